//! Looking around: what the servers of a platform that is yet to be described have, for `mailtide init`.

use std::collections::BTreeMap;

use super::{
    PipelineError, Progress,
    clock::now,
    looking::{Looked, hosts, look, look_into},
    packs::{packs, packs_of},
};
use crate::{
    platform::{HostSeen, Origin, Platform, Source},
    sources::{Packs, Recogniser, live::open},
};

/// What was found.
#[derive(Debug, Clone, Default)]
pub struct Surroundings {
    /// Each source, in the order of the platform file.
    pub sources: Vec<FoundSource>,
    /// The hosts of all of them.
    pub hosts: BTreeMap<String, HostSeen>,
}

/// What a source has.
#[derive(Debug, Clone, Default)]
pub struct FoundSource {
    /// Its name.
    pub name: String,
    /// Each query pack that finds series in a live source, with how many, in the order of the packs.
    pub packs: Vec<(String, usize)>,
    /// Series that mean something to Mailtide.
    pub series: usize,
    /// Hosts that they belong to.
    pub hosts: usize,
    /// What it cost to ask, in US dollars.
    pub price: f64,
    /// What was not answered, or could not be read, each with the next step.
    pub problems: Vec<String>,
}

/// Asks every source of a platform for what it has. A source that does not answer is one of what is told.
///
/// # Errors
/// A query pack is refused.
pub fn look_around(platform: &Platform, progress: &dyn Progress) -> Result<Surroundings, PipelineError> {
    let packs = packs(platform)?;
    let at = now();
    progress.stage("looking", platform.sources.len() as u64);
    let seen = std::thread::scope(|scope| {
        let looking: Vec<_> = platform
            .sources
            .iter()
            .map(|source| {
                let packs = &packs;
                scope.spawn(move || {
                    let seen = look_at(platform, source, packs, at);
                    progress.step(&source.name);
                    seen
                })
            })
            .collect();
        let joined = looking.into_iter().map(|looking| looking.join());
        joined.map(|seen| seen.unwrap_or_else(|panic| std::panic::resume_unwind(panic))).collect::<Vec<_>>()
    });
    let seen: Vec<(FoundSource, Looked)> = seen.into_iter().collect::<Result<_, _>>()?;
    let hosts = hosts(seen.iter().map(|(_, looked)| looked));
    Ok(Surroundings { sources: seen.into_iter().map(|(found, _)| found).collect(), hosts })
}

fn look_at(
    platform: &Platform,
    source: &Source,
    packs: &Packs,
    at: i64,
) -> Result<(FoundSource, Looked), PipelineError> {
    let own = packs_of(source, packs)?;
    let mut found = FoundSource { name: source.name.clone(), ..FoundSource::default() };
    let looked = match &source.origin {
        Origin::Files(patterns) => look_into(source, patterns, platform, &Recogniser::new(&own)),
        Origin::Live(live) => match open(source, live, &own, &|path| platform.resolve(path)) {
            Err(problem) => {
                found.problems.push(problem.to_string());
                Looked::default()
            }
            Ok(server) => {
                let looked = look(server.as_ref(), live.asking.parallel, at);
                let mut series: BTreeMap<&str, usize> = BTreeMap::new();
                for (question, count) in &looked.questions {
                    let Some(question) = server.questions().get(*question) else { continue };
                    *series.entry(&question.pack).or_default() += count;
                }
                let counted = own.iter().filter_map(|pack| Some((pack, *series.get(pack.name.as_str())?)));
                found.packs =
                    counted.filter(|(_, n)| *n > 0).map(|(pack, n)| (pack.name.clone(), n)).collect();
                looked
            }
        },
    };
    found.problems.extend(looked.problems(&source.name));
    found.series = looked.series.len();
    found.hosts = hosts(std::iter::once(&looked)).len();
    found.price = looked.price;
    Ok((found, looked))
}
