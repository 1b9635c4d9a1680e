//! The columns of a drift: how it came, how sure it is, whom it concerns, and when its limit is reached.

use super::{date, number};
use crate::{
    plans::{DatedStep, DriftKind, DriftSize, Scope},
    platform::Measure,
};

/// Their names.
pub(super) const HEADER: [&str; 20] = [
    "drift_course",
    "drift_began_on",
    "drift_steps",
    "drift_chance",
    "drift_least_chance",
    "drift_percent",
    "drift_percent_low",
    "drift_percent_high",
    "drift_span_days",
    "drift_scope",
    "drift_hosts",
    "drift_hosts_rising",
    "drift_pool_from",
    "drift_above_peers_percent",
    "limit_early",
    "limit_on",
    "limit_late",
    "same_load",
    "same_load_explains",
    "with_load_percent",
];

/// Their cells; all are empty where nothing drifts.
pub(super) fn cells(drift: Option<&DriftSize>) -> [String; HEADER.len()] {
    let course = drift.map(|d| match d.course {
        DriftKind::Ramp => "ramp",
        DriftKind::Late => "late",
        DriftKind::Step => "step",
        DriftKind::Steps => "steps",
    });
    let scope = drift.and_then(|d| d.scope).map(|scope| match scope {
        Scope::Local => "local",
        Scope::Pool => "pool",
    });
    let peers = drift.and_then(|d| d.compared);
    let count = |count: Option<usize>| count.map(|count| count.to_string()).unwrap_or_default();
    let limit = drift.and_then(|d| d.limit_dates);
    let load = drift.and_then(|d| d.same_load);
    [
        course.unwrap_or_default().to_owned(),
        date(drift.and_then(|d| d.began_on)),
        drift.map(|d| in_words(&d.steps)).unwrap_or_default(),
        number(drift.map(|d| d.belief)),
        number(drift.map(|d| d.least_belief)),
        number(drift.map(|d| d.percent_over_span)),
        number(drift.map(|d| d.low_over_span)),
        number(drift.map(|d| d.high_over_span)),
        number(drift.map(|d| d.span_days)),
        scope.unwrap_or_default().to_owned(),
        count(peers.map(|p| p.hosts)),
        count(peers.map(|p| p.rising)),
        count(peers.map(|p| p.pool_from)),
        number(peers.map(|p| p.above_percent)),
        date(limit.and_then(|l| l.early)),
        date(limit.and_then(|l| l.middle)),
        date(limit.and_then(|l| l.late)),
        load.map(|l| Measure::name(l.measure).to_owned()).unwrap_or_default(),
        number(load.map(|l| l.explained)),
        number(load.map(|l| l.raw_percent)),
    ]
}

/// Steps as `2026-05-03 +38.2 %; …`.
fn in_words(steps: &[DatedStep]) -> String {
    let one = |step: &DatedStep| format!("{} {:+.1} %", step.on, step.percent);
    steps.iter().map(one).collect::<Vec<_>>().join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::NaiveDate;

    #[test]
    fn steps_are_dated() {
        let on = |day| NaiveDate::from_ymd_opt(2026, 5, day).unwrap();
        let steps = [DatedStep { on: on(3), percent: 38.24 }, DatedStep { on: on(20), percent: -7.0 }];
        assert_eq!(in_words(&steps), "2026-05-03 +38.2 %; 2026-05-20 -7.0 %");
        assert!(cells(None).iter().all(String::is_empty));
    }
}
