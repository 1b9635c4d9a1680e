//! The schedules of all pools: from the archive to what is handed over.

use chrono::NaiveDate;

use super::{
    PipelineError, Places, Progress,
    history::History,
    judge,
    plan::{no_history, nothing_seen},
};
use crate::{
    plans::{Context, Handover, NoHandover},
    platform::Platform,
};

/// What there is to hand over.
#[derive(Debug, Clone, PartialEq)]
pub struct Schedules {
    /// The schedules, in the order of the pools.
    pub schedules: Vec<Handover>,
    /// The pools that have none, and why.
    pub without: Vec<(String, NoHandover)>,
}

/// Works out each pool's schedule from what the archive holds up to `as_of`; each ends at the beginning of the local
/// day `expires`.
///
/// # Errors
/// The archive failed, or holds nothing.
pub fn schedules(
    platform: &Platform,
    places: &Places,
    as_of: i64,
    expires: Option<NaiveDate>,
    progress: &dyn Progress,
) -> Result<Schedules, PipelineError> {
    let Some(archive) = places.find_archive()? else { return Err(no_history(places, as_of)) };
    let context = Context::new(platform, as_of);
    let mut history = History::new(&archive, as_of)?;
    progress.stage("judging", 1);
    let findings = judge::ebb_of_all(&mut history, &context)?;
    progress.step("daily use");
    if history.seen.is_empty() {
        return Err(nothing_seen(&archive, places, as_of));
    }
    let mut found = Schedules { schedules: Vec::new(), without: Vec::new() };
    for pool in &platform.pools {
        let own = findings.iter().find(|finding| finding.subject.pool.as_ref() == Some(&pool.name));
        let Some(finding) = own else { continue };
        match Handover::of(finding, &context, expires) {
            Ok(schedule) => found.schedules.push(schedule),
            Err(none) => found.without.push((pool.name.clone(), none)),
        }
    }
    Ok(found)
}
