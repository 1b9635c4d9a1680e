//! The columns about loads at their limits, and about queues.

use super::number;
use crate::plans::{Finding, LoadLimit, Verdict};

/// The columns, after all others.
pub(super) const HEADER: [&str; 14] = [
    "load",
    "limit",
    "at_load",
    "at_load_low",
    "at_load_high",
    "highest_load",
    "weekly_peak_load",
    "load_percent_per_month",
    "queue_weekly_peak",
    "queue_drain_hours",
    "queue_overtaken_lately",
    "queue_arrivals",
    "queue_capacity",
    "queue_utilisation",
];

pub(super) fn cells(finding: &Finding) -> [String; HEADER.len()] {
    let limit = limit_of(&finding.verdict);
    let growth = limit.and_then(|limit| limit.growth);
    let queue = finding.decision.queue.as_ref();
    let drain = queue.and_then(|queue| queue.drain);
    let busy = queue.and_then(|queue| queue.busy);
    [
        limit.map(|limit| limit.load.name().to_owned()).unwrap_or_default(),
        number(limit.map(|limit| limit.limit)),
        number(limit.and_then(|limit| limit.at_load)),
        number(limit.and_then(|limit| limit.at_load_low)),
        number(limit.and_then(|limit| limit.at_load_high)),
        number(limit.map(|limit| limit.highest_load)),
        number(growth.map(|growth| growth.weekly_peak)),
        number(growth.map(|growth| growth.percent_per_month)),
        number(queue.and_then(|queue| queue.weekly_peak).map(|peak| peak.typical)),
        number(drain.and_then(|drain| drain.hours)),
        drain.map(|drain| drain.overtaken_lately.to_string()).unwrap_or_default(),
        number(busy.map(|busy| busy.arrivals)),
        number(busy.map(|busy| busy.capacity)),
        number(busy.map(|busy| busy.utilisation)),
    ]
}

fn limit_of(verdict: &Verdict) -> Option<&LoadLimit> {
    match verdict {
        Verdict::Crosses(crossing) => Some(&crossing.load_limit),
        Verdict::Holds { load_limit } => Some(load_limit),
        _ => None,
    }
}
