//! What stands for a span of time when a server is asked for coarser points than it keeps.

use crate::platform::{Form, Measure};

/// How a server makes one point of all that it has in a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Over {
    /// Their mean.
    Avg,
    /// The largest.
    Max,
    /// The smallest.
    Min,
    /// The last.
    Last,
}

impl Over {
    /// All of them, in the order in which they are offered.
    pub const ALL: &[Over] = &[Over::Avg, Over::Max, Over::Min, Over::Last];

    /// What a pack calls it; so do PromQL (`avg_over_time`) and Graphite (`summarize(…, "avg")`).
    pub fn name(self) -> &'static str {
        match self {
            Over::Avg => "avg",
            Over::Max => "max",
            Over::Min => "min",
            Over::Last => "last",
        }
    }

    /// Those that a measure may be asked with: of a running total only its last value is a total.
    pub(super) fn legal(measure: Measure) -> &'static [Over] {
        match measure.form() {
            Form::Gauge => Over::ALL,
            Form::Counter => &[Over::Last],
        }
    }

    /// What stands for a span where a pack does not say: the mean of a level, and the last value of a running
    /// total, for the mean of a total that starts anew within the span is no value that it ever had.
    pub fn usual(measure: Measure) -> Over {
        match measure.form() {
            Form::Gauge => Over::Avg,
            Form::Counter => Over::Last,
        }
    }
}
