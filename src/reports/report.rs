//! What a report is made of: the findings, and what they rest on.

use std::cmp::Ordering;

use chrono::{DateTime, NaiveDate};
use chrono_tz::Tz;
use serde::Serialize;

use crate::{
    plans::{Finding, Runway, Severity, TrackRecord, Verdict},
    platform::Scenario,
};

/// Everything that a report shows. It is drawn as it stands; nothing in it is fitted or computed again.
#[derive(Debug, Clone)]
pub struct Report {
    /// Name of the platform.
    pub platform: String,
    /// The platform's time zone: every date in the report is local to it.
    pub timezone: Tz,
    /// ISO 4217 code of the platform's currency.
    pub currency: String,
    /// The moment that the report speaks of, seconds since 1970-01-01 UTC.
    pub as_of: i64,
    /// Title of the report.
    pub title: String,
    /// How many findings get a chart at most, the most urgent first; what is fine gets none, unless it is a pool.
    pub charts: usize,
    /// The findings, in any order.
    pub findings: Vec<Finding>,
    /// What the findings were asked "what if" about, in the order of the platform file.
    pub scenarios: Vec<Scenario>,
    /// How right earlier runs were.
    pub track_record: TrackRecord,
    /// What they rest on.
    pub inputs: InputNotes,
}

/// What was read, and what of it could not be used.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct InputNotes {
    /// Files that were read.
    pub files_read: usize,
    /// The live sources, in the order of the platform file.
    pub live_sources: Vec<LiveSourceNote>,
    /// Series held.
    pub series: usize,
    /// Samples held.
    pub points: u64,
    /// The oldest sample, seconds since 1970-01-01 UTC.
    pub oldest: Option<i64>,
    /// The newest sample, seconds since 1970-01-01 UTC.
    pub newest: Option<i64>,
    /// Files that could not be read, each with its reason and byte offset.
    pub unreadable: Vec<String>,
    /// What was seen and deliberately not read, such as native histograms.
    pub not_read: Vec<String>,
    /// What the sources themselves warned of.
    pub warnings: Vec<String>,
    /// Series that no query pack recognised.
    pub unrecognised: Vec<Unrecognised>,
    /// Hosts that no pool of the platform file claims.
    pub unassigned_hosts: Vec<String>,
    /// What is planned, or would be in a scenario, and is not counted, in words.
    pub not_counted: Vec<String>,
    /// The measures held.
    pub measures: Vec<MeasureHeld>,
}

/// How a live source has fared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LiveSourceNote {
    /// The source, as the platform file names it.
    pub name: String,
    /// Its monitoring system.
    pub system: &'static str,
    /// When all that was asked of it was last answered, seconds since 1970-01-01 UTC.
    pub answered: Option<i64>,
    /// Why it was not at the last pull.
    pub failure: Option<String>,
}

/// A series that no query pack recognised.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Unrecognised {
    /// The series as its source names it.
    pub identity: String,
    /// The packs that came nearest, the nearest first.
    pub nearest: Vec<String>,
}

/// What is held of one measure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MeasureHeld {
    /// The measure's name, such as `disk.used`.
    pub measure: String,
    /// How many series.
    pub series: usize,
    /// Their step in words, such as `5 min` or `1 h, 5 min of late`.
    pub step: String,
    /// The time they span in words, such as `120 days`.
    pub span: String,
}

impl Report {
    /// The findings by urgency: severity first, then the shorter runway, then the greater rise, then
    /// the identifier.
    pub fn ranked(&self) -> Vec<&Finding> {
        let mut findings: Vec<&Finding> = self.findings.iter().collect();
        findings.sort_by(|a, b| by_urgency(a, b));
        findings
    }

    /// How many findings are of this severity.
    pub fn count(&self, severity: Severity) -> usize {
        self.findings.iter().filter(|f| f.severity == severity).count()
    }

    /// A moment in the platform's time zone; `None` beyond the years that a calendar date can hold.
    pub(crate) fn local(&self, seconds: i64) -> Option<DateTime<Tz>> {
        DateTime::from_timestamp(seconds, 0).map(|utc| utc.with_timezone(&self.timezone))
    }

    /// The local date of a moment.
    pub(crate) fn local_date(&self, seconds: i64) -> Option<NaiveDate> {
        self.local(seconds).map(|moment| moment.date_naive())
    }
}

/// The days left that a verdict speaks of.
pub(crate) fn runway(verdict: &Verdict) -> Option<Runway> {
    match verdict {
        Verdict::Fills(exhaustion) => Some(exhaustion.runway),
        Verdict::FillsBeyond { runway, .. } => Some(*runway),
        Verdict::Crosses(crossing) => Some(crossing.reached.runway),
        _ => None,
    }
}

/// Whether the full mark is reached already: a level is that of a day, so less than a day is none.
pub(crate) fn reached(runway: &Runway) -> bool {
    runway.p50_days.is_some_and(|days| days < 1.0)
}

/// The date by which to decide, where a verdict carries one.
pub(crate) fn order_by(verdict: &Verdict) -> Option<NaiveDate> {
    match verdict {
        Verdict::Fills(exhaustion) => exhaustion.order_by,
        Verdict::Crosses(crossing) => crossing.reached.order_by,
        _ => None,
    }
}

/// How much a rise is at the least, in percent over the span looked at: the lower end of its 90 % interval.
fn rise(verdict: &Verdict) -> f64 {
    match verdict {
        Verdict::Rises(size) => size.low_over_span,
        _ => 0.0,
    }
}

fn by_urgency(a: &Finding, b: &Finding) -> Ordering {
    let days = |f: &Finding| {
        let left = runway(&f.verdict);
        let or_never = |days: Option<f64>| days.unwrap_or(f64::INFINITY);
        (or_never(left.and_then(|r| r.p50_days)), or_never(left.and_then(|r| r.p5_days)))
    };
    let ((a50, a5), (b50, b5)) = (days(a), days(b));
    b.severity
        .cmp(&a.severity)
        .then(a50.total_cmp(&b50))
        .then(a5.total_cmp(&b5))
        .then(rise(&b.verdict).total_cmp(&rise(&a.verdict)))
        .then_with(|| a.id.cmp(&b.id))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reports::fixture;

    #[test]
    fn the_urgent_come_first_and_the_sooner_full_before_the_later() {
        let report = fixture::report();
        let ranked = report.ranked();
        assert_eq!(ranked.len(), report.findings.len());
        for pair in ranked.windows(2) {
            assert!(pair[0].severity >= pair[1].severity);
        }
        let ids: Vec<&str> = ranked.iter().map(|f| f.id.0.as_str()).take(2).collect();
        assert_eq!(ids, ["disk-full/ms03/var/mail", "inodes-full/ms02/var/mail"]);
    }

    #[test]
    fn of_equally_urgent_rises_the_one_that_is_surely_greater_comes_first() {
        let mut report = fixture::report();
        let one = report.findings.iter().find(|f| matches!(f.verdict, Verdict::Rises(_))).unwrap().clone();
        let rising = |id: &str, percent: f64| {
            let mut finding = one.clone();
            id.clone_into(&mut finding.id.0);
            let Verdict::Rises(size) = &mut finding.verdict else { unreachable!("it was found as a rise") };
            size.low_over_span = percent;
            finding
        };
        report.findings = vec![rising("a", 6.0), rising("b", 40.0), rising("c", 15.0)];
        let ids: Vec<&str> = report.ranked().iter().map(|f| f.id.0.as_str()).collect();
        assert_eq!(ids, ["b", "c", "a"]);
    }

    #[test]
    fn the_order_does_not_depend_on_the_order_of_the_input() {
        let report = fixture::report();
        let mut reversed = report.clone();
        reversed.findings.reverse();
        let ids = |r: &Report| r.ranked().iter().map(|f| f.id.clone()).collect::<Vec<_>>();
        assert_eq!(ids(&report), ids(&reversed));
    }

    #[test]
    fn dates_are_local_to_the_platform() {
        let report = fixture::report();
        // 2026-11-15T23:30:00Z is already the 16th in Berlin (UTC+1).
        let local = report.local_date(1_794_785_400).unwrap();
        assert_eq!(local.to_string(), "2026-11-16");
        assert_eq!(report.local_date(i64::MAX), None);
    }
}
