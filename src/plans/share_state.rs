//! A share beside its verdict: of attempts that failed, of messages that came late.

use chrono::NaiveDate;
use serde::Serialize;

/// A share, 0 to 1, with its 90 % interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct ShareNow {
    /// The middle of what is believed.
    pub share: f64,
    /// Lower end of its interval.
    pub low: f64,
    /// Upper end of its interval.
    pub high: f64,
}

/// A share at the start of what was looked at and now.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ShareState {
    /// What it is the share of: `failed`, or `late`.
    pub of: &'static str,
    /// The share at the start.
    pub before: ShareNow,
    /// The share now.
    pub now: ShareNow,
    /// The local date of the first day of the new share, where it changed at once.
    pub since: Option<NaiveDate>,
    /// Attempts or messages that were looked at.
    pub count: f64,
    /// How many of them failed or came late.
    pub counted: f64,
    /// The histogram behind it, where there is one.
    pub late: Option<LateState>,
}

/// What the last four weeks of a histogram say.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LateState {
    /// Seconds from which a message counts as late: the edge of a bucket.
    pub seconds: f64,
    /// The limit that was asked for, in seconds.
    pub limit_seconds: f64,
    /// Least share above the limit: all that lies above the next edge.
    pub above_low: f64,
    /// Largest share above it: all that lies above the edge before. The same where the limit is an edge.
    pub above_high: f64,
    /// The lower edge of the bucket that the 95th percentile lies in, in seconds.
    pub p95_low: f64,
    /// Its upper edge; `None` where it lies above all edges.
    pub p95_high: Option<f64>,
}
