//! The columns of a share: of attempts that failed, of messages that came late.

use super::{date, number};
use crate::plans::{Finding, ShareState};

/// Their names.
pub(super) const HEADER: [&str; 8] = [
    "share_of",
    "share",
    "share_low",
    "share_high",
    "share_before",
    "share_since",
    "late_p95_low",
    "late_p95_high",
];

/// Their cells; all are empty where no share is told.
pub(super) fn cells(finding: &Finding) -> [String; HEADER.len()] {
    let state = finding.decision.share.as_ref();
    let now = state.map(|state| state.now);
    let late = state.and_then(|state| state.late.as_ref());
    [
        state.map_or("", |state: &ShareState| state.of).to_owned(),
        number(now.map(|now| now.share)),
        number(now.map(|now| now.low)),
        number(now.map(|now| now.high)),
        number(state.map(|state| state.before.share)),
        date(state.and_then(|state| state.since)),
        number(late.map(|late| late.p95_low)),
        number(late.and_then(|late| late.p95_high)),
    ]
}
