//! How much something drifts, how it came and how sure that is.

use chrono::NaiveDate;
use serde::Serialize;

use super::{LimitDates, Peers, Scope};
use crate::platform::Measure;

/// How a level changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DriftKind {
    /// Over the whole span.
    Ramp,
    /// From a day on.
    Late,
    /// At once.
    Step,
    /// At once, several times.
    Steps,
}

/// A level that changed at once.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct DatedStep {
    /// The first local date of the new level.
    pub on: NaiveDate,
    /// Percent that the new level is above the old one.
    pub percent: f64,
}

/// What the load explains of a latency, and was taken off before it was judged.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct SameLoadEffect {
    /// The load.
    pub measure: Measure,
    /// Share of the latency's variance within days that it explains, 0 to 1.
    pub explained: f64,
    /// Percent over the span with the load left in.
    pub raw_percent: f64,
    /// Whether that would be told as a rise.
    pub raw_rises: bool,
}

/// How fast something rises.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DriftSize {
    /// Percent that the level changes by in 30 days, compounded: of a late rise since it began, else over the span.
    pub percent_per_month: f64,
    /// Lower end of its 90 % interval.
    pub low: f64,
    /// Upper end of its 90 % interval.
    pub high: f64,
    /// Percent over the whole span looked at.
    pub percent_over_span: f64,
    /// Lower end of its 90 % interval.
    pub low_over_span: f64,
    /// Upper end of its 90 % interval.
    pub high_over_span: f64,
    /// Days looked at.
    pub span_days: f64,
    /// How it came; a ramp where nothing is told.
    pub course: DriftKind,
    /// The local date on which a late rise began.
    pub began_on: Option<NaiveDate>,
    /// The steps, in the order of their dates.
    pub steps: Vec<DatedStep>,
    /// The chance that it rose (or, where falling is likelier, fell) by at least 5 % over the span, given all series.
    pub belief: f64,
    /// The least belief that is told as a rise or fall in this run.
    pub least_belief: f64,
    /// Whom it concerns: one host or its pool.
    pub scope: Option<Scope>,
    /// The host beside the others of its pool.
    pub compared: Option<Peers>,
    /// When the limit is reached if the rise goes on.
    pub limit_dates: Option<LimitDates>,
    /// The load whose effect was taken off; `None` where the level was judged as it is.
    pub same_load: Option<SameLoadEffect>,
    /// Two-sided p-value of Mann–Kendall's trend test, corrected for autocorrelation: a second opinion.
    pub p_value: f64,
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A ramp by its percent a month and its interval.
    pub(in super::super) fn ramp([percent_per_month, low, high]: [f64; 3]) -> DriftSize {
        DriftSize {
            percent_per_month,
            low,
            high,
            percent_over_span: 3.0 * percent_per_month,
            low_over_span: 3.0 * low,
            high_over_span: 3.0 * high,
            span_days: 90.0,
            course: DriftKind::Ramp,
            began_on: None,
            steps: Vec::new(),
            belief: 1.0,
            least_belief: 0.85,
            scope: None,
            compared: None,
            limit_dates: None,
            same_load: None,
            p_value: 0.001,
        }
    }
}
