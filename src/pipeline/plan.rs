//! Planning: from the archive to a report.

use super::{
    PipelineError, Places, Progress, Pulled, history::History, judge, notes::notes, pull::state,
    pulled::SourceState,
};
use crate::{
    archive::Archive,
    plans::{Context, LastAnswered, stale_findings, stale_source_findings},
    platform::Platform,
    reports::{LiveSourceNote, Report},
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
    let context = Context { platform, as_of };
    let mut history = History::new(&archive, as_of)?;
    progress.stage("judging", 4);
    let mut findings = judge::disk_findings(&mut history, &context)?;
    progress.step("disks");
    findings.extend(judge::drift_of_all(&mut history, &context)?);
    progress.step("latencies and queues");
    findings.extend(judge::ebb_of_all(&mut history, &context)?);
    progress.step("daily use");
    history.read_the_rest()?;
    if history.seen.is_empty() {
        return Err(no_history(places, as_of));
    }
    findings.extend(stale_findings(&history.seen, &context));
    let sources = live_sources(platform, &archive)?;
    findings.extend(stale_source_findings(&sources.iter().map(last_answered).collect::<Vec<_>>(), &context));
    progress.step("what has stopped");
    let title =
        platform.report.title.clone().unwrap_or_else(|| format!("{}: weekly capacity report", platform.name));
    Ok(Report {
        platform: platform.name.clone(),
        timezone: platform.timezone,
        currency: platform.currency.clone(),
        as_of,
        title,
        charts: platform.report.charts,
        findings,
        inputs: notes(platform, &history, &sources, pulled),
    })
}

/// That there is nothing to plan from.
pub(super) fn no_history(places: &Places, as_of: i64) -> PipelineError {
    let as_of = chrono::DateTime::from_timestamp(as_of, 0).map_or(as_of.to_string(), |t| t.to_rfc3339());
    PipelineError::NoHistory { archive: places.archive.clone(), as_of }
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
