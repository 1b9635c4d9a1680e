//! Planning: from the archive to a report.

use super::{
    PipelineError, Places, Progress, Pulled,
    history::{History, OTHER_DAYS},
    judge,
    ledger::Ledger,
    notes::notes,
    pull::state,
    pulled::SourceState,
};
use crate::{
    archive::Archive,
    plans::{Context, Finding, LastAnswered, Outcomes, TrackRecord, stale_findings, stale_source_findings},
    platform::{Platform, Scenario},
    reports::{InputNotes, LiveSourceNote, Report},
    series::{DAY, Volume},
};

/// Judges what the archive holds up to `as_of`, and makes a report of it. `pulled` is what this run read, if it
/// read anything.
pub fn plan(
    platform: &Platform,
    places: &Places,
    as_of: i64,
    pulled: Option<&Pulled>,
    progress: &dyn Progress,
) -> Result<Report, PipelineError> {
    // Opening would make one, and planning writes nothing.
    let Some(archive) = places.find_archive()? else { return Err(no_history(places, as_of)) };
    let others = scenarios(platform, as_of);
    let context = Context::new(platform, as_of);
    let mut history = History::new(&archive, as_of)?;
    progress.stage("judging", 5);
    let judge::Disks { volumes, mut findings, not_counted } =
        judge::disks(&mut history, context.clone().with_scenarios(&others))?;
    let track_record = look_back(&archive, &volumes, &mut findings, &context)?;
    drop(volumes);
    progress.step("disks");
    findings.extend(judge::drift_of_all(&mut history, &context)?);
    progress.step("latencies and queues");
    findings.extend(judge::capacity_of_all(&mut history, &context)?);
    progress.step("loads at their limits");
    findings.extend(judge::ebb_of_all(&mut history, &context)?);
    progress.step("daily use");
    history.read_the_rest()?;
    if history.seen.is_empty() {
        return Err(nothing_seen(&archive, places, as_of));
    }
    findings.extend(stale_findings(&history.seen, &context));
    let sources = live_sources(platform, &archive)?;
    findings.extend(stale_source_findings(&sources.iter().map(last_answered).collect::<Vec<_>>(), &context));
    progress.step("what has stopped");
    let notes = notes(platform, &history, &sources, pulled);
    let inputs = InputNotes { not_counted, ..notes };
    Ok(Report { track_record, ..report(platform, as_of, findings, inputs) })
}

/// Judges when volumes and pools are full, as things are and in each scenario of the platform, and nothing else.
pub fn what_if(
    platform: &Platform,
    places: &Places,
    as_of: i64,
    progress: &dyn Progress,
) -> Result<Report, PipelineError> {
    let Some(archive) = places.find_archive()? else { return Err(no_history(places, as_of)) };
    let others = scenarios(platform, as_of);
    let context = Context::new(platform, as_of).with_scenarios(&others);
    let mut history = History::new(&archive, as_of)?;
    progress.stage("judging", 1);
    let judge::Disks { findings, not_counted, .. } = judge::disks(&mut history, context)?;
    progress.step("disks");
    if history.seen.is_empty() {
        return Err(nothing_seen(&archive, places, as_of));
    }
    let notes = notes(platform, &history, &[], None);
    Ok(report(platform, as_of, findings, InputNotes { not_counted, ..notes }))
}

/// The platform as it would be in each of its scenarios.
fn scenarios(platform: &Platform, as_of: i64) -> Vec<(String, Platform)> {
    let today = Context::new(platform, as_of).today();
    let applied = |scenario: &Scenario| (scenario.name.clone(), scenario.applied(platform, today));
    platform.scenarios.iter().map(applied).collect()
}

/// A report that looks back at no earlier one.
fn report(platform: &Platform, as_of: i64, findings: Vec<Finding>, inputs: InputNotes) -> Report {
    let title =
        platform.report.title.clone().unwrap_or_else(|| format!("{}: weekly capacity report", platform.name));
    Report {
        platform: platform.name.clone(),
        timezone: platform.timezone,
        currency: platform.currency.clone(),
        as_of,
        title,
        charts: platform.report.charts,
        findings,
        scenarios: platform.scenarios.clone(),
        track_record: TrackRecord::default(),
        inputs,
    }
}

/// There is nothing to go by up to a moment.
pub(super) fn no_history(places: &Places, as_of: i64) -> PipelineError {
    PipelineError::NoHistory { archive: places.archive.clone(), as_of: rfc3339(as_of) }
}

/// An archive whose history told nothing: it begins after the moment, or ended long before it.
pub(super) fn nothing_seen(archive: &Archive, places: &Places, as_of: i64) -> PipelineError {
    let info = match archive.info() {
        Ok(info) => info,
        Err(error) => return error.into(),
    };
    match info.measures.iter().filter_map(|held| held.last).max() {
        Some(newest) if newest < as_of - OTHER_DAYS * DAY => PipelineError::OldHistory {
            archive: places.archive.clone(),
            as_of: rfc3339(as_of),
            newest: rfc3339(newest),
        },
        _ => no_history(places, as_of),
    }
}

fn rfc3339(seconds: i64) -> String {
    chrono::DateTime::from_timestamp(seconds, 0).map_or(seconds.to_string(), |moment| moment.to_rfc3339())
}

/// Tells the findings on disks what earlier runs said of them, and how right these were.
fn look_back(
    archive: &Archive,
    volumes: &[Volume],
    findings: &mut [Finding],
    context: &Context,
) -> Result<TrackRecord, PipelineError> {
    let ledger = Ledger::before(archive, context.as_of)?;
    ledger.compare(findings, context);
    Ok(ledger.record(&Outcomes::of(volumes, findings), findings))
}

/// How each live source has fared, as the last pull left word.
fn live_sources(platform: &Platform, archive: &Archive) -> Result<Vec<LiveSourceNote>, PipelineError> {
    let live = platform.sources.iter().filter_map(|source| Some((source, source.origin.live()?)));
    live.map(|(source, live)| {
        let SourceState { name, answered, failure } = state(archive, &source.name)?;
        Ok(LiveSourceNote { name, system: live.system.name(), answered, failure })
    })
    .collect()
}

fn last_answered(source: &LiveSourceNote) -> LastAnswered {
    let LiveSourceNote { name, system, answered, failure } = source.clone();
    LastAnswered { name, system, time: answered, failure }
}
