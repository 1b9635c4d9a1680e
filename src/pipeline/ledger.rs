//! The ledger: each run keeps what it has foretold in the archive; later runs compare, and hold it against what came.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate};
use rayon::prelude::*;

use super::{PipelineError, Places, ledger_table};
use crate::{
    archive::{Archive, ArchiveError, TableColumn},
    plans::{Context, DISTANCES, Earlier, EventId, Finding, Foretold, Outcomes, TrackRecord},
    platform::Platform,
    reports::Report,
    series::DAY,
};

/// Runs of the last days are all kept, one for each day: comparing looks back that far, and more.
const ALL_DAYS: i64 = 100;
/// Of older ones, the first of each of these spans is kept: whatever their number, the ledger stays small.
const SPAN_DAYS: i64 = 28;
/// Still older ones are forgotten: a forecast of a year has come due, and stayed in the record for another one.
const OLDEST_DAYS: i64 = 800;
/// "Four weeks ago we said": how far back an earlier run lies that is compared with, as near as there is one …
const COMPARED_DAYS: i64 = 28;
/// … between last week's and the last quarter's.
const COMPARED: std::ops::RangeInclusive<i64> = 6..=92;

/// What earlier runs have foretold, in the order of time.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    runs: Vec<Vec<Foretold>>,
    /// Tables that could not be read, each with its reason and the next step.
    unreadable: Vec<String>,
}

impl Ledger {
    /// The runs of the days before a moment. A table that cannot be read costs what it says, and no more.
    pub(super) fn before(archive: &Archive, as_of: i64) -> Result<Ledger, ArchiveError> {
        let Some(today) = day(as_of) else { return Ok(Ledger::default()) };
        let days = kept(&archive.ledger_days()?, today);
        let read: Vec<Result<Vec<Foretold>, String>> = days
            .par_iter()
            .map(|day| {
                let table = archive.ledger(*day).map_err(|error| error.to_string())?.unwrap_or_default();
                let mut run = ledger_table::read(table).map_err(|problem| {
                    format!("ledger of {day}: {problem}; what that run has foretold is left out")
                })?;
                run.retain(|foretold| is_of(foretold, *day));
                Ok(run)
            })
            .collect();
        let mut ledger = Ledger::default();
        for run in read {
            match run {
                Ok(run) if run.is_empty() => {}
                Ok(run) => ledger.runs.push(run),
                Err(problem) => ledger.unreadable.push(problem),
            }
        }
        Ok(ledger)
    }

    /// Tells each finding what an earlier run said of the same.
    pub(super) fn compare(&self, findings: &mut [Finding], context: &Context) {
        let horizon = context.platform.report.horizon_days;
        let earlier = self.compared(context.as_of);
        for finding in findings {
            let Some(then) = earlier.get(&finding.id) else { continue };
            if let Some(now) = Foretold::of(finding, context.as_of, horizon, &DISTANCES) {
                finding.earlier = Some(Earlier::of(then, &now, finding, context));
            }
        }
    }

    /// Of each finding, the earlier forecast that lies nearest to four weeks back.
    fn compared(&self, as_of: i64) -> BTreeMap<&EventId, &Foretold> {
        let age = |foretold: &Foretold| (as_of - foretold.as_of + DAY / 2).div_euclid(DAY);
        let off = |foretold: &Foretold| (age(foretold) - COMPARED_DAYS).abs();
        let mut nearest: BTreeMap<&EventId, &Foretold> = BTreeMap::new();
        for foretold in self.runs.iter().flatten().filter(|foretold| COMPARED.contains(&age(foretold))) {
            let held = nearest.entry(&foretold.id).or_insert(foretold);
            if off(foretold) < off(held) {
                *held = foretold;
            }
        }
        nearest
    }

    /// How right the earlier runs were.
    pub(super) fn record(self, outcomes: &Outcomes, findings: &[Finding]) -> TrackRecord {
        TrackRecord { unreadable: self.unreadable, ..TrackRecord::of(&self.runs, outcomes, findings) }
    }
}

/// Keeps what a report foretells, for later runs to be held against. The same report leaves the same ledger; one of an
/// earlier moment of a day leaves what a later one has kept.
///
/// # Errors
/// The archive cannot be written, or another process is writing to it.
pub fn keep_forecasts(platform: &Platform, places: &Places, report: &Report) -> Result<(), PipelineError> {
    let Some(today) = day(report.as_of) else { return Ok(()) };
    let horizon = platform.report.horizon_days;
    let mut foretold: Vec<Foretold> = report
        .findings
        .iter()
        .filter_map(|finding| Foretold::of(finding, report.as_of, horizon, &DISTANCES))
        .collect();
    foretold.sort_by(|a, b| a.id.cmp(&b.id));
    let Some(archive) = places.find_archive()?.filter(|_| !foretold.is_empty()) else { return Ok(()) };
    let later = |held: &[TableColumn]| ledger_table::moment(held).is_some_and(|held| held > report.as_of);
    archive.update_ledger(today, |held| {
        let stays = held.is_some_and(|held| later(&held));
        (!stays).then(|| ledger_table::of(&foretold))
    })?;
    let days = archive.ledger_days()?;
    let kept = kept(&days, today);
    let forgotten: Vec<NaiveDate> =
        days.into_iter().filter(|day| *day < today && !kept.contains(day)).collect();
    Ok(archive.forget_ledger(&forgotten)?)
}

/// Whether a row is of the day whose table it is in: nothing later slips in by a file that was renamed.
fn is_of(foretold: &Foretold, of: NaiveDate) -> bool {
    let near = |seconds: i64| (foretold.as_of - 366 * DAY..=foretold.as_of).contains(&seconds);
    day(foretold.as_of) == Some(of) && foretold.from_day.checked_mul(DAY).is_some_and(near)
}

/// The day of a moment, UTC.
fn day(moment: i64) -> Option<NaiveDate> {
    DateTime::from_timestamp(moment, 0).map(|moment| moment.date_naive())
}

/// Of the days before `today`, those whose runs are kept. Days ascend.
fn kept(days: &[NaiveDate], today: NaiveDate) -> Vec<NaiveDate> {
    let mut kept: Vec<NaiveDate> = Vec::new();
    let span = |day: NaiveDate| i64::from(chrono::Datelike::num_days_from_ce(&day)).div_euclid(SPAN_DAYS);
    for &day in days {
        let age = today.signed_duration_since(day).num_days();
        let first_of_span = kept.last().is_none_or(|last| span(*last) < span(day));
        if age >= 1 && (age <= ALL_DAYS || (age <= OLDEST_DAYS && first_of_span)) {
            kept.push(day);
        }
    }
    kept
}

#[cfg(test)]
mod tests;
