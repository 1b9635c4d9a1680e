//! The load at which a latency or a queue reaches its limit.

use serde::Serialize;

use super::Exhaustion;
use crate::platform::{Measure, Unit};

/// Which curve was laid through a latency over its load.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LoadShape {
    /// One that never falls (isotonic regression); it says nothing beyond the loads that were seen.
    Monotone,
    /// That of a queueing system.
    Queueing,
}

/// A point of the curve.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct LoadPoint {
    /// The load, in its unit.
    pub load: f64,
    /// What comes of it, in the subject's unit.
    pub level: f64,
}

/// How a load grows: the highest of each week.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct LoadGrowth {
    /// The highest load of an ordinary week now.
    pub weekly_peak: f64,
    /// Its growth in 30 days, percent.
    pub percent_per_month: f64,
    /// Lower end of its 90 % interval.
    pub low: f64,
    /// Upper end of its 90 % interval.
    pub high: f64,
    /// Mean error of the same line four weeks ahead, percent; `None` where it could not be tried.
    pub error_percent: Option<f64>,
    /// How many times it was tried.
    pub tries: usize,
}

/// How something depends on its load, and at which load it reaches its limit.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LoadLimit {
    /// The load.
    pub load: Measure,
    /// Its unit.
    pub load_unit: Unit,
    /// The limit, in the subject's unit.
    pub limit: f64,
    /// The load at which it is reached; `None` where that is beyond what can be said.
    pub at_load: Option<f64>,
    /// Lower end of its 90 % interval.
    pub at_load_low: Option<f64>,
    /// Upper end of its 90 % interval; `None` where that is beyond what can be said.
    pub at_load_high: Option<f64>,
    /// Whether that load has not been seen: then it is the queueing shape drawn on.
    pub beyond_seen: bool,
    /// The highest load that was seen often enough to count.
    pub highest_load: f64,
    /// The curve.
    pub shape: LoadShape,
    /// Some of its points, by ascending loads.
    pub points: Vec<LoadPoint>,
    /// Mean error of the curve on weeks held back, percent.
    pub error_percent: f64,
    /// The same of a constant.
    pub error_percent_without: f64,
    /// Weeks that were held back.
    pub weeks: usize,
    /// The share of the curve that shows at the same hour of the week, with its 90 % interval: 1 where the load is the
    /// whole cause.
    pub same_hour: [f64; 3],
    /// How the load grows; `None` with fewer than six weeks of it.
    pub growth: Option<LoadGrowth>,
}

/// When growth brings the load at which a limit is reached.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Crossing {
    /// When, and by when to decide.
    #[serde(flatten)]
    pub reached: Exhaustion,
    /// At which load.
    pub load_limit: LoadLimit,
}

/// What a latency follows, where it is not its load.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum NoEffect {
    /// It does not rise with its load.
    DoesNotRise,
    /// It rises at the hours at which the load does, and not with the load at the same hour.
    FollowsTheClock,
}
