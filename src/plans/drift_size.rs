//! How much something drifts, how it came and how sure that is.

use chrono::NaiveDate;
use serde::Serialize;

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
    /// Two-sided p-value of Mann–Kendall's trend test, corrected for autocorrelation: a second opinion.
    pub p_value: f64,
}
