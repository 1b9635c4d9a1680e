//! How one source is.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, SecondsFormat};

use super::{
    Examined, FilesHealth, MeasureFound, PackHealth, SourceHealth,
    access::{address, login},
};
use crate::{
    archive::Archive,
    pipeline::{
        PipelineError,
        clock::now,
        keeping::{CLOCK_SLACK, clock_words},
        looking::{Looked, ahead, hosts, look, look_into},
        packs::packs_of,
        pull::state,
    },
    platform::{Live, Measure, Origin, Platform, Source, System},
    sources::{
        Packs, Recogniser,
        live::{Examination, LiveSource, Question, open},
    },
};

/// Examines a source.
pub(super) fn examine(
    platform: &Platform,
    source: &Source,
    packs: &Packs,
) -> Result<Examined, PipelineError> {
    let own = packs_of(source, packs)?;
    Ok(match &source.origin {
        Origin::Files(patterns) => {
            let looked = look_into(source, patterns, platform, &Recogniser::new(&own));
            of_files(source, patterns, looked)
        }
        Origin::Live(live) => {
            let mut health = SourceHealth {
                name: source.name.clone(),
                system: live.system.name(),
                address: address(live),
                login: Some(login(live)),
                ..SourceHealth::default()
            };
            match open(source, live, &own, &|path| platform.resolve(path)) {
                Ok(server) => of_server(source, live, &own, server.as_ref(), health),
                Err(problem) => {
                    health.problems.push(problem.to_string());
                    Examined { health, looked: Looked::default(), measures: BTreeSet::new() }
                }
            }
        }
    })
}

/// Examines a server. `health` is what is known of it without asking.
pub(super) fn of_server(
    source: &Source,
    live: &Live,
    packs: &Packs,
    server: &dyn LiveSource,
    mut health: SourceHealth,
) -> Examined {
    let before = now();
    let examination = match server.examine(before) {
        Ok(examination) => examination,
        Err(problem) => {
            health.problems.push(problem.to_string());
            return Examined { health, looked: Looked::default(), measures: BTreeSet::new() };
        }
    };
    let clock = examination.server_time.map(|time| ahead(time, before, now()));
    health.reachable = true;
    // Points of CloudWatch cost money, and its series are counted without them.
    let looked = match &live.system {
        System::CloudWatch(_) => {
            let costs = "its hosts are not looked for, as asking CloudWatch for points costs money";
            health.notes.push(costs.to_owned());
            Looked::default()
        }
        _ => {
            let looked = look(server, live.asking.parallel, before);
            health.hosts = Some(hosts(std::iter::once(&looked)).len());
            looked
        }
    };
    health.clock_ahead_seconds = looked.clock.or(clock);
    let wrong = health.clock_ahead_seconds.filter(|ahead| ahead.abs() > CLOCK_SLACK);
    health.problems.extend(wrong.map(|ahead| clock_words(&source.name, ahead)));
    health.problems.extend(looked.problems(&source.name));
    health.notes.extend(server.notes());
    health.server = examination.server.clone();
    health.oldest = examination.oldest.map(moment);
    health.notes.extend(examination.notes.iter().cloned());
    let counted = count(server, &examination, &looked);
    note_packs(source, packs, &counted, &mut health);
    let measures = counted.iter().filter(|counted| counted.series > 0).map(|counted| counted.measure);
    Examined { measures: measures.collect(), health, looked }
}

/// A question and how many series it has.
struct Counted<'a> {
    pack: &'a str,
    measure: Measure,
    series: usize,
}

/// Each question, with what the server told when it was examined, or else with what was seen.
fn count<'a>(server: &'a dyn LiveSource, examination: &Examination, looked: &Looked) -> Vec<Counted<'a>> {
    let told: BTreeMap<&str, usize> =
        examination.answers.iter().map(|(id, series)| (id.as_str(), *series)).collect();
    let count = |(at, question): (usize, &'a Question)| {
        let seen = looked.questions.get(&at).copied().unwrap_or_default();
        let series = told.get(question.id.as_str()).copied().unwrap_or(seen);
        Counted { pack: &question.pack, measure: question.measure, series }
    };
    server.questions().iter().enumerate().map(count).collect()
}

/// Notes which packs find what, and what to do about those that do not.
fn note_packs(source: &Source, packs: &Packs, counted: &[Counted<'_>], health: &mut SourceHealth) {
    if source.declared.is_some() {
        health.measures = found(counted.iter());
        if health.measures.is_empty() {
            health.problems.push(format!(
                "{}: its query finds no series; try it in the server's own console, and mend `query`",
                source.name
            ));
        }
        return;
    }
    for pack in packs.iter() {
        let own: Vec<&Counted<'_>> = counted.iter().filter(|counted| counted.pack == pack.name).collect();
        let of_pack = found(own.iter().copied());
        let missed: BTreeSet<Measure> = own.iter().map(|counted| counted.measure).collect();
        let not_found =
            missed.into_iter().filter(|measure| of_pack.iter().all(|found| found.measure != *measure));
        if !of_pack.is_empty() {
            let pack = PackHealth { name: pack.name.clone(), not_found: not_found.collect(), found: of_pack };
            health.packs.push(pack);
        } else if !own.is_empty() || source.packs.is_some() {
            health.silent_packs.push(pack.name.clone());
        }
    }
    if health.packs.is_empty() {
        health.problems.push(format!(
            "{}: it answers, but no query pack finds a series in it; if its exporters are others than the packs know, \
             write a pack of your own (queries/README.md)",
            source.name
        ));
    } else if source.packs.is_some() {
        let silent = health.silent_packs.iter().map(|pack| {
            format!(
                "{}: the pack {pack} finds no series; see that its exporter is scraped, or take it out of `packs`",
                source.name
            )
        });
        health.advice.extend(silent);
    }
}

/// The measures that have series, in their own order, with how many.
fn found<'a>(counted: impl Iterator<Item = &'a Counted<'a>>) -> Vec<MeasureFound> {
    let mut series: BTreeMap<Measure, usize> = BTreeMap::new();
    for one in counted.filter(|one| one.series > 0) {
        *series.entry(one.measure).or_default() += one.series;
    }
    series.into_iter().map(|(measure, series)| MeasureFound { measure, series }).collect()
}

fn of_files(source: &Source, patterns: &[String], looked: Looked) -> Examined {
    let broken = looked.files.iter().filter(|file| file.error.is_some()).count();
    let unrecognised: usize = looked.files.iter().map(|file| file.unrecognised.len()).sum();
    let mut series: BTreeMap<Measure, usize> = BTreeMap::new();
    for key in looked.series.keys() {
        *series.entry(key.measure).or_default() += 1;
    }
    let mut health = SourceHealth {
        name: source.name.clone(),
        system: "files",
        address: patterns.join(", "),
        reachable: looked.files.len() > broken,
        measures: series.into_iter().map(|(measure, series)| MeasureFound { measure, series }).collect(),
        files: Some(FilesHealth { readable: looked.files.len() - broken, broken, unrecognised }),
        hosts: Some(hosts(std::iter::once(&looked)).len()),
        problems: looked.problems(&source.name),
        ..SourceHealth::default()
    };
    if health.reachable && looked.series.is_empty() {
        let first = looked.files.iter().flat_map(|file| &file.unrecognised).next();
        let first = first.map(|series| format!(", such as {}", series.identity)).unwrap_or_default();
        health.problems.push(format!(
            "{}: no series of its files is recognised{first}; declare its `measure`, or write a query pack of your own \
             (queries/README.md)",
            source.name
        ));
    }
    Examined { measures: looked.measures(), health, looked }
}

/// Notes how the last pull fared, where the archive knows.
pub(super) fn note_last_pull(health: &mut SourceHealth, archive: Option<&Archive>) {
    let Some(archive) = archive else { return };
    if let Ok(state) = state(archive, &health.name) {
        health.last_answered = state.answered.map(moment);
        health.last_failure = state.failure;
    }
}

fn moment(time: i64) -> String {
    DateTime::from_timestamp(time, 0)
        .map_or_else(|| time.to_string(), |time| time.to_rfc3339_opts(SecondsFormat::Secs, true))
}
