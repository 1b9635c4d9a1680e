//! Whether a level follows its load at the same hour of the week, or only the time of day.
//!
//! Load and latency are both high by day, whatever depends on what. From one Tuesday at ten to the next, the load differs, and
//! if the load is the cause, the level differs with it as the curve says. So the differences of the level from a week before
//! are regressed on those of the curve: a coefficient of 1 is a load that explains all of the curve, 0 one that explains
//! nothing. Differences from one week to the next leave out what changes once for good, such as a source that answers more
//! finely from some day on. Hours of one day go together, and so do days a week apart, which share a day: the error is that of
//! a regression clustered by days with the covariance a week apart added (Liang & Zeger 1986; Newey & West 1987), after
//! Huber's weights (1964).

use std::collections::BTreeMap;

use super::{load_hours::LoadedHour, normal::Z_95};
use crate::series::mad;

/// Days of a week.
const WEEK: i64 = 7;
/// Deviations within which an hour counts fully (Huber 1964: 95 % efficiency on normal errors).
const HUBER: f64 = 1.345;
/// Rounds of reweighting.
const ROUNDS: usize = 4;
/// The 99.9 % quantile: one level in a thousand follows the load by chance.
const Z_999: f64 = 3.090_232_306_167_813;

/// The share of a curve that shows at the same hour of the week, with its 90 % interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SameHour {
    /// The share: 1 where the load is the whole cause.
    pub share: f64,
    /// Lower end of its interval.
    pub low: f64,
    /// Upper end of its interval.
    pub high: f64,
    /// Its standard error.
    error: f64,
}

impl SameHour {
    /// The load counts as the cause from this share on.
    pub const LEAST: f64 = 0.6;

    /// Whether the load is the cause: of at least half of the curve, and surely of some.
    pub fn is_sure(self) -> bool {
        self.share >= Self::LEAST && self.share > Z_999 * self.error
    }
}

/// The share for hours with their level, and the curve of the load.
pub(super) fn same_hour(hours: &[LoadedHour], level: &[f64], curve: impl Fn(f64) -> f64) -> SameHour {
    let place: BTreeMap<(i64, usize), usize> =
        hours.iter().enumerate().map(|(i, hour)| ((hour.day, hour.hour_of_week), i)).collect();
    // Day by day: the day, and the differences of the curve and of the level from the same hour a week before.
    let differences: Vec<(i64, f64, f64)> = hours
        .iter()
        .enumerate()
        .filter_map(|(i, hour)| {
            let &before = place.get(&(hour.day - WEEK, hour.hour_of_week))?;
            let by_load = curve(hour.load) - curve(hours[before].load);
            Some((hour.day, by_load, level[i] - level[before]))
        })
        .collect();
    let (x, y): (Vec<f64>, Vec<f64>) = differences.iter().map(|d| (d.1, d.2)).unzip();
    let mut weights = vec![1.0; x.len()];
    let (mut share, mut spread) = (0.0, 0.0);
    for _ in 0..ROUNDS {
        let sum = |of: &dyn Fn(usize) -> f64| (0..x.len()).map(|i| weights[i] * of(i)).sum::<f64>();
        spread = sum(&|i| x[i] * x[i]);
        if spread <= 0.0 {
            // The load is the same in each week.
            let none = f64::INFINITY;
            return SameHour { share: 0.0, low: -none, high: none, error: none };
        }
        share = sum(&|i| x[i] * y[i]) / spread;
        let off: Vec<f64> = (0..x.len()).map(|i| y[i] - share * x[i]).collect();
        let scale = mad(&mut off.clone()).unwrap_or(0.0).max(f64::MIN_POSITIVE);
        weights = off.iter().map(|off| (HUBER * scale / off.abs().max(f64::MIN_POSITIVE)).min(1.0)).collect();
    }
    let mut of_day: BTreeMap<i64, f64> = BTreeMap::new();
    for (i, difference) in differences.iter().enumerate() {
        *of_day.entry(difference.0).or_default() += weights[i] * x[i] * (y[i] - share * x[i]);
    }
    let own: f64 = of_day.values().map(|sum| sum * sum).sum();
    let shared: f64 = of_day.iter().filter_map(|(day, sum)| Some(sum * of_day.get(&(day + WEEK))?)).sum();
    let variance = own + 2.0 * shared.max(0.0);
    let error = variance.sqrt() / spread;
    SameHour { share, low: share - Z_95 * error, high: share + Z_95 * error, error }
}
