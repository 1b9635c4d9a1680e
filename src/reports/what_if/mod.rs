//! What if: the findings about disks as they are, beside what they would be in each scenario.
//!
//! `words` says what a scenario assumes and how far a case lies from the present one; `table` is for a terminal,
//! `json` for other programs, and the page's section is in `html/`.

mod json;
mod table;
pub(crate) mod words;

pub(crate) use json::Assumed;
pub use json::what_if_json;
pub use table::what_if_table;

use super::{Report, report::runway};
use crate::plans::{Finding, Kind, Runway, Severity, Verdict};

/// What stands for the present case where scenarios have names.
pub(crate) const AS_IT_IS: &str = "as it is";

/// A date moves by less than this where nothing has changed: dates are whole days.
const LEAST_DAYS: f64 = 1.0;

/// A finding beside what it would be.
#[derive(Debug, Clone)]
pub(crate) struct Compared<'a> {
    /// The finding as things are.
    pub(crate) finding: &'a Finding,
    /// As things are, then each scenario that concerns it.
    pub(crate) cases: Vec<Case<'a>>,
}

/// One of the cases that are compared.
#[derive(Debug, Clone)]
pub(crate) struct Case<'a> {
    /// The scenario's name, or [`AS_IT_IS`].
    pub(crate) name: &'a str,
    /// Whether it is a scenario.
    pub(crate) is_scenario: bool,
    pub(crate) severity: Severity,
    pub(crate) verdict: &'a Verdict,
    /// How far it lies from the present case, in words; empty for that one.
    pub(crate) difference: String,
}

/// What is compared.
#[derive(Debug, Clone)]
pub(crate) struct Comparison<'a> {
    /// Every pool that a scenario concerns, then every volume for which one makes a difference; of each the most urgent
    /// first, by the worst of its cases.
    pub(crate) rows: Vec<Compared<'a>>,
    /// How many volumes a scenario concerns and leaves as they are.
    pub(crate) unchanged: usize,
}

impl<'a> Comparison<'a> {
    /// All that a report compares.
    pub(crate) fn of(report: &'a Report) -> Self {
        let concerned = report.ranked().into_iter().filter(|finding| !finding.what_if.is_empty());
        let is_pool = |finding: &Finding| finding.kind == Kind::PoolExhaustion;
        let (shown, unchanged): (Vec<&Finding>, Vec<&Finding>) =
            concerned.partition(|finding| is_pool(finding) || makes_a_difference(finding));
        let mut rows: Vec<Compared> = shown.into_iter().map(Compared::of).collect();
        rows.sort_by(|a, b| {
            let pools_first = is_pool(b.finding).cmp(&is_pool(a.finding));
            pools_first.then(b.worst().cmp(&a.worst())).then(a.soonest().total_cmp(&b.soonest()))
        });
        Comparison { rows, unchanged: unchanged.len() }
    }
}

impl<'a> Compared<'a> {
    fn of(finding: &'a Finding) -> Self {
        let now = Case {
            name: AS_IT_IS,
            is_scenario: false,
            severity: finding.severity,
            verdict: &finding.verdict,
            difference: String::new(),
        };
        let scenarios = finding.what_if.iter().map(|what_if| Case {
            name: &what_if.scenario,
            is_scenario: true,
            severity: what_if.severity,
            verdict: &what_if.verdict,
            difference: words::difference(&finding.verdict, what_if),
        });
        Compared { finding, cases: std::iter::once(now).chain(scenarios).collect() }
    }

    fn worst(&self) -> Option<Severity> {
        self.cases.iter().map(|case| case.severity).max()
    }

    /// The fewest days until one of the cases is full.
    fn soonest(&self) -> f64 {
        let days = |case: &Case| runway(case.verdict).and_then(|Runway { p50_days, .. }| p50_days);
        self.cases.iter().filter_map(days).fold(f64::INFINITY, f64::min)
    }
}

fn makes_a_difference(finding: &Finding) -> bool {
    finding.what_if.iter().any(|what_if| {
        what_if.severity != finding.severity
            || what_if.verdict.name() != finding.verdict.name()
            || what_if.later_by_days.is_some_and(|days| days.abs() >= LEAST_DAYS)
    })
}

#[cfg(test)]
pub(crate) mod tests;
