//! Models: pure functions of one series and its settings. No I/O, no clock, no global: they run on every core
//! here and could run anywhere else. Each estimate comes with its interval.

mod change_shape;
mod drift;
mod drift_backtest;
mod drift_evidence;
mod drift_fleet;
mod drift_noise;
mod drift_posterior;
mod drift_reach;
mod drift_shape;
mod drift_sizes;
mod drift_steps;
mod false_discoveries;
mod growth;
mod growth_average;
mod growth_backtest;
mod growth_change;
mod growth_filter;
mod growth_future;
mod growth_parts;
mod growth_prior;
mod growth_rhythm;
mod growth_shape;
mod growth_simple;
mod growth_weeks;
mod interval_score;
mod isotonic;
mod kaplan_meier;
mod line_slope;
mod load;
mod load_bins;
mod load_bound;
mod load_change;
mod load_clean;
mod load_course;
mod load_curve;
mod load_days;
mod load_expected;
mod load_growth;
mod load_held_back;
mod load_holiday;
mod load_hourly;
mod load_hours;
mod load_models;
mod load_near;
mod load_reach;
mod load_ridge;
mod load_smoothing;
mod load_spread;
mod load_weeks;
mod load_zone;
mod mann_kendall;
mod normal;
mod profile;
mod queue_drain;
mod queue_utilisation;
mod queueing_shape;
mod ranks;
mod rise_parts;
mod same_hour;
mod same_load;
mod season;
mod share_change;
mod share_grid;
mod theil_sen;
mod together;
mod weekly_peak;

pub use drift::{Drift, DriftCourse, DriftEvidence, DriftSettings, DriftStep, drift_evidence, drift_prior};
pub use drift_backtest::{
    DATES_AHEAD_DAYS, DateErrors, DateTried, LEAST_DATES, LEAST_KNOWN_DAYS, date_errors, dates_tried,
};
pub use drift_fleet::{DriftPrior, least_belief};
pub use drift_reach::ReachDays;
pub use false_discoveries::told_up_to;
pub use growth::{Fit, Forecast, GrowthSettings, Highest, fit, forecast};
pub use growth_backtest::GrowthBacktest;
pub use growth_change::{Change, Effect};
pub use growth_parts::{GrowthParts, GrowthRate, growth_parts};
pub use growth_prior::{FleetPrior, GrowthBelief};
pub use growth_rhythm::{RhythmDays, WeeklyRhythm};
pub use growth_shape::Course;
pub use interval_score::interval_score;
pub use kaplan_meier::{Lasting, lasting_quantile};
pub use load::{ComingSlot, HeldBack, LoadForecast, LoadSettings, LoadWeek, load_forecast};
pub use load_course::LevelCourse;
pub use load_curve::{CurveShape, LoadCurve, NoCurve, Reached, load_curve};
pub use load_hourly::{HourlyForecast, hourly_forecast};
pub use load_reach::{DaysUntil, PEAK_LOAD_AHEAD_DAYS, PeakLoad, days_until, peak_load};
pub use mann_kendall::{Detrend, MannKendall, mann_kendall_hamed_rao};
pub use normal::Z_95;
pub use profile::Profile;
pub use queue_drain::{QueueDrain, QueuePeak, queue_drain};
pub use queue_utilisation::{Capacity, NoUtilisation, Utilisation, queue_utilisation, queues_together};
pub use rise_parts::{DayParts, NoParts, PartChange, RiseParts, rise_parts};
pub use same_hour::SameHour;
pub use same_load::{SameLoad, at_same_load};
pub use share_change::{DayCount, Share, ShareChange, ShareEvidence, share_evidence};
pub use theil_sen::theil_sen;
pub use together::{Together, moves_together};
pub use weekly_peak::{WeeklyPeak, weekly_peak};

/// A series is too short for a model.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("{have_days:.0} days of history; the model needs {need_days:.0}")]
pub struct TooShort {
    /// Days of history that there are.
    pub have_days: f64,
    /// Days of history that the model needs.
    pub need_days: f64,
    /// When there will be enough if the series goes on, in seconds since 1970-01-01 UTC.
    pub enough_at: i64,
}
