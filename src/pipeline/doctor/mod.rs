//! Examining: whether the sources answer and what they have, whether the archive can be used, and what the platform
//! file leaves open, each with the next step. Nothing is kept and nothing is written.

mod access;
mod archive;
mod gaps;
mod source;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::{
    PipelineError, Places, Progress,
    looking::{Looked, hosts},
    packs::packs,
};
use crate::platform::{HostSeen, Measure, Platform};

/// What an examination found.
#[derive(Debug, Clone, Serialize)]
pub struct Diagnosis {
    /// The platform's name.
    pub platform: String,
    /// Each source, in the order of the platform file.
    pub sources: Vec<SourceHealth>,
    /// The archive.
    pub archive: ArchiveHealth,
    /// Hosts that were seen and that no pool claims, sorted.
    pub hosts_without_pool: Vec<String>,
    /// Pools for which no host was seen, in the order of the platform file; only where every source told its hosts.
    pub pools_without_hosts: Vec<String>,
    /// What to do, the most pressing first; empty where all is well.
    pub to_do: Vec<String>,
}

/// How a source is.
#[derive(Debug, Clone, Default, Serialize)]
pub struct SourceHealth {
    /// The source, as the platform file names it.
    pub name: String,
    /// Its monitoring system, or `files`.
    pub system: &'static str,
    /// Where it is.
    pub address: String,
    /// How it is shown who asks; `None` for files.
    pub login: Option<String>,
    /// Whether it answers.
    pub reachable: bool,
    /// What answers, with its version where it tells.
    pub server: Option<String>,
    /// Seconds by which its clock is ahead of this machine's; `None` where it does not tell.
    pub clock_ahead_seconds: Option<i64>,
    /// The oldest moment that it still answers for, RFC 3339.
    pub oldest: Option<String>,
    /// The query packs that find series.
    pub packs: Vec<PackHealth>,
    /// The query packs that find none.
    pub silent_packs: Vec<String>,
    /// For files, and where the source declares its measure: what is found.
    pub measures: Vec<MeasureFound>,
    /// Its files.
    pub files: Option<FilesHealth>,
    /// Hosts that it measures; `None` where it was not asked for them.
    pub hosts: Option<usize>,
    /// When all that a pull asked was last answered, RFC 3339.
    pub last_answered: Option<String>,
    /// Why it was not at the last pull.
    pub last_failure: Option<String>,
    /// What else to know.
    pub notes: Vec<String>,
    /// What is wrong, each with the next step.
    pub problems: Vec<String>,
    /// What could be better, each with the next step.
    pub advice: Vec<String>,
}

/// What a query pack finds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PackHealth {
    /// The pack.
    pub name: String,
    /// What it finds.
    pub found: Vec<MeasureFound>,
    /// What it asks for and does not find.
    pub not_found: Vec<Measure>,
}

/// How many series there are of a measure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MeasureFound {
    /// Which.
    pub measure: Measure,
    /// How many.
    pub series: usize,
}

/// The files of a source.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct FilesHealth {
    /// Files that could be read to their end.
    pub readable: usize,
    /// Files that could not.
    pub broken: usize,
    /// Series that no query pack recognises.
    pub unrecognised: usize,
}

/// How the archive is.
#[derive(Debug, Clone, Default, Serialize)]
pub struct ArchiveHealth {
    /// Where it is.
    pub location: String,
    /// `directory` or `object store`.
    pub kind: String,
    /// Whether there is one; the first pull makes it.
    pub exists: bool,
    /// Its schema version, where there is one.
    pub schema_version: Option<u64>,
    /// Measures that it holds.
    pub measures: usize,
    /// Whether a directory can be written, as far as that shows without writing; `None` for an object store.
    pub writable: Option<bool>,
    /// What is wrong, each with the next step.
    pub problems: Vec<String>,
}

impl Diagnosis {
    /// Whether a source or the archive has a problem.
    pub fn has_problems(&self) -> bool {
        self.sources.iter().any(|source| !source.problems.is_empty()) || !self.archive.problems.is_empty()
    }
}

/// Examines sources, archive and platform file. The sources are examined at once; one that fails does not keep the
/// others from being examined.
///
/// # Errors
/// A query pack is refused.
pub fn examine(
    platform: &Platform,
    places: &Places,
    progress: &dyn Progress,
) -> Result<Diagnosis, PipelineError> {
    let packs = packs(platform)?;
    let (archive, held) = archive::examine(places);
    progress.stage("examining", platform.sources.len() as u64);
    let examined = std::thread::scope(|scope| {
        let examining: Vec<_> = platform
            .sources
            .iter()
            .map(|source| {
                let packs = &packs;
                scope.spawn(move || {
                    let examined = source::examine(platform, source, packs);
                    progress.step(&source.name);
                    examined
                })
            })
            .collect();
        let joined = examining.into_iter().map(|examining| examining.join());
        joined
            .map(|examined| examined.unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
            .collect::<Result<Vec<_>, _>>()
    })?;
    let seen = Seen::of(&examined);
    let mut sources: Vec<SourceHealth> = examined.into_iter().map(|examined| examined.health).collect();
    for source in &mut sources {
        source::note_last_pull(source, held.as_ref());
    }
    let hosts_without_pool = gaps::hosts_without_pool(platform, &seen);
    let pools_without_hosts = gaps::pools_without_hosts(platform, &seen);
    let problems = sources.iter().flat_map(|source| source.problems.clone());
    let advice = sources.iter().flat_map(|source| source.advice.clone());
    let to_do = problems
        .chain(archive.problems.clone())
        .chain(advice)
        .chain(gaps::in_words(platform, &packs, &seen, &hosts_without_pool, &pools_without_hosts))
        .collect();
    Ok(Diagnosis {
        platform: platform.name.clone(),
        sources,
        archive,
        hosts_without_pool,
        pools_without_hosts,
        to_do,
    })
}

/// A source, with what it showed.
struct Examined {
    health: SourceHealth,
    looked: Looked,
    measures: BTreeSet<Measure>,
}

/// What all sources show together.
#[derive(Debug, Default)]
struct Seen {
    /// What is measured.
    measures: BTreeSet<Measure>,
    /// Each host with what is measured of it.
    hosts: BTreeMap<String, HostSeen>,
    /// Whether every source told its hosts.
    all_hosts: bool,
}

impl Seen {
    fn of(examined: &[Examined]) -> Seen {
        Seen {
            measures: examined.iter().flat_map(|one| one.measures.iter().copied()).collect(),
            hosts: hosts(examined.iter().map(|one| &one.looked)),
            all_hosts: examined.iter().all(|one| one.health.hosts.is_some()),
        }
    }
}
