//! Walk-forward: the growth model is fitted again and again to the past alone, and held against what came.

use statrs::distribution::{ContinuousCDF, StudentsT};

use super::growth_line::{Course, fit};
use crate::series::level_on;

/// Distances at which the model is tried, in days.
const DISTANCES: [i64; 6] = [7, 14, 28, 56, 91, 182];
/// Days from one try to the next.
const EVERY: i64 = 7;
/// The distances, by index, at which two courses are held against each other: a month, two and a quarter.
const SCORED: [usize; 3] = [2, 3, 4];
/// Most tries: a year's.
const MOST_ORIGINS: usize = 52;
/// The distance that the summary speaks of, in days, where the history allows it.
const SUMMARY_DISTANCE: i64 = 28;

/// How wrong the model was on one series, each try knowing only what came before it.
#[derive(Debug, Clone, PartialEq)]
pub struct GrowthBacktest {
    /// Tries at the summary's distance.
    pub origins: usize,
    /// The summary's distance in days.
    pub horizon_days: i64,
    /// Mean absolute error at that distance, in the level's unit.
    pub mean_abs_error: f64,
    /// Mean absolute error at that distance of saying that nothing changes, in the level's unit.
    pub naive_error: f64,
    /// Share of the outcomes within the interval that the errors before them gave; `None` with too few tries.
    pub coverage: Option<f64>,
}

/// Of fewer intervals than this nobody can say how often they hold.
const LEAST_COVERED: usize = 8;
/// How much a try counts that was made before the growth rate changed: rates do change, so that its error is no
/// accident, but one change known of should not widen the interval like one a month.
const BEFORE_CHANGE: f64 = 0.25;

/// The root mean square of the errors by distance.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct ErrorScale {
    /// Days ahead, and how far the 90 % interval reaches down and up from the forecast, in the level's unit;
    /// ascending.
    knots: Vec<(f64, Reach)>,
}

/// How far an interval reaches from the forecast, both ways.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Reach {
    pub(super) down: f64,
    pub(super) up: f64,
}

impl Reach {
    fn both(a: Reach, b: Reach, of: impl Fn(f64, f64) -> f64) -> Reach {
        Reach { down: of(a.down, b.down), up: of(a.up, b.up) }
    }
}

impl ErrorScale {
    /// The reach of the 90 % interval at a distance: linear between the tried distances, in proportion to the
    /// distance beyond the last.
    pub(super) fn reach(&self, ahead: f64) -> Reach {
        let after = self.knots.partition_point(|k| k.0 < ahead);
        let times = |reach: Reach, factor: f64| Reach { down: reach.down * factor, up: reach.up * factor };
        match (after.checked_sub(1).map(|i| self.knots[i]), self.knots.get(after)) {
            (Some((x0, near)), Some(&(x1, far))) => {
                Reach::both(near, far, |near, far| near + (far - near) * (ahead - x0) / (x1 - x0))
            }
            (Some((x, reach)), None) => times(reach, ahead / x),
            // Nearer than the first distance: the level itself is known to half of that distance's error.
            (None, Some(&(x, reach))) => times(reach, 0.5 + 0.5 * ahead / x),
            (None, None) => Reach { down: 0.0, up: 0.0 },
        }
    }
}

/// One try: the day it was made on, and actual less predicted at each distance that has come to pass.
struct Try {
    day: i64,
    errors: Vec<Option<f64>>,
    naive: Vec<Option<f64>>,
}

/// What walking forward taught.
pub(super) struct WalkForward {
    pub(super) backtest: GrowthBacktest,
    pub(super) scale: ErrorScale,
    /// Mean absolute error a day ahead, over the distances of [`SCORED`]; lower is better.
    pub(super) score: f64,
}

/// Walks forward through ascending days; `None` where no try has an outcome yet. `changed` is the day of the
/// last change of rate.
pub(super) fn walk_forward(days: &[(i64, f64)], course: Course, changed: Option<i64>) -> Option<WalkForward> {
    let tries = tries(days, course);
    let knots = knots(&tries, changed);
    if knots.is_empty() {
        return None;
    }
    let known = |k: usize| tries.iter().filter(|t| t.errors[k].is_some()).count();
    let summary = (0..DISTANCES.len()).filter(|&k| DISTANCES[k] <= SUMMARY_DISTANCE && known(k) > 0).max()?;
    let mean_abs = |of: &dyn Fn(&Try) -> Option<f64>| {
        let errors: Vec<f64> = tries.iter().filter_map(of).map(f64::abs).collect();
        errors.iter().sum::<f64>() / errors.len().max(1) as f64
    };
    let score = SCORED.map(|k| mean_abs(&|t: &Try| t.errors[k]) / DISTANCES[k] as f64).iter().sum();
    let backtest = GrowthBacktest {
        origins: known(summary),
        horizon_days: DISTANCES[summary],
        mean_abs_error: mean_abs(&|t| t.errors[summary]),
        naive_error: mean_abs(&|t| t.naive[summary]),
        coverage: coverage(&tries, summary),
    };
    Some(WalkForward { backtest, scale: ErrorScale { knots }, score })
}

fn tries(days: &[(i64, f64)], course: Course) -> Vec<Try> {
    let Some(&(last, _)) = days.last() else { return Vec::new() };
    let mut tries = Vec::new();
    let mut day = last - EVERY;
    while tries.len() < MOST_ORIGINS {
        let past = &days[..days.partition_point(|d| d.0 <= day)];
        let Some(line) = fit(past, course) else { break };
        let outcome =
            |&distance: &i64| if day + distance <= last { level_on(days, day + distance) } else { None };
        let error = |d: &i64| Some(outcome(d)? - line.level_in((day + d - line.at) as f64));
        tries.push(Try {
            day,
            errors: DISTANCES.iter().map(error).collect(),
            naive: DISTANCES.iter().map(|d| Some(outcome(d)? - line.level)).collect(),
        });
        day -= EVERY;
    }
    tries.reverse();
    tries
}

/// The interval's reach from the errors of some tries.
fn knots(tries: &[Try], changed: Option<i64>) -> Vec<(f64, Reach)> {
    let weight = |day: i64| if changed.is_some_and(|changed| day < changed) { BEFORE_CHANGE } else { 1.0 };
    let mut knots: Vec<(f64, Reach)> = Vec::new();
    for (k, &distance) in DISTANCES.iter().enumerate() {
        let errors: Vec<(f64, f64)> =
            tries.iter().filter_map(|t| Some((t.errors[k]?, weight(t.day)))).collect();
        let Some(reach) = reach(&errors, distance) else { continue };
        // An interval does not narrow with distance.
        let floor = knots.last().map_or(reach, |last| last.1);
        knots.push((distance as f64, Reach::both(reach, floor, f64::max)));
    }
    knots
}

/// The interval's reach from errors (and their weights) at one distance: their root mean square times Student's
/// 95 % quantile, half of it from all errors and half from those to that side. Tries overlap, so that the degrees
/// of freedom are the outcomes that do not; two more stand for the shorter distances, at which the same model was
/// tried far oftener.
fn reach(errors: &[(f64, f64)], distance: i64) -> Option<Reach> {
    if errors.len() < 2 {
        return None;
    }
    let weights: f64 = errors.iter().map(|e| e.1).sum();
    let squares = |side: &dyn Fn(f64) -> bool| -> f64 {
        errors.iter().filter(|(e, _)| side(*e)).map(|(e, weight)| weight * e * e).sum::<f64>() / weights
    };
    let (below, above) = (squares(&|e| e < 0.0), squares(&|e| e > 0.0));
    let apart = (weights - 1.0).max(0.0) * EVERY as f64 / distance as f64;
    let t = StudentsT::new(0.0, 1.0, apart + 2.0).ok()?.inverse_cdf(0.95);
    let mean = |side: f64| (0.5 * (below + above) + 0.5 * (2.0 * side)).sqrt() * t;
    Some(Reach { down: mean(below), up: mean(above) })
}

/// The share of outcomes at one distance that lay in the interval given by the errors known when it was drawn.
fn coverage(tries: &[Try], k: usize) -> Option<f64> {
    let distance = DISTANCES[k];
    let mut inside = 0;
    let mut looked_at = 0;
    for (i, this) in tries.iter().enumerate() {
        let Some(error) = this.errors[k] else { continue };
        let known = tries[..i].iter().filter(|t| t.day + distance <= this.day);
        let before: Vec<(f64, f64)> = known.filter_map(|t| Some((t.errors[k]?, 1.0))).collect();
        if before.len() < 4 {
            continue;
        }
        looked_at += 1;
        inside += usize::from(reach(&before, distance).is_some_and(|r| -r.down <= error && error <= r.up));
    }
    (looked_at >= LEAST_COVERED).then(|| f64::from(inside as u32) / f64::from(looked_at as u32))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_interval_leans_the_way_the_model_erred() {
        // 8 tries a week apart, 14 days ahead: 7 / 2 = 3.5 outcomes beside the first, 5.5 degrees of freedom.
        // scipy.stats.t.ppf(0.95, 5.5) = 1.9759...: taken from statrs here, held against scipy below.
        let all_low: Vec<(f64, f64)> = [2.0; 8].iter().map(|&e| (e, 1.0)).collect();
        let reach = reach(&all_low, 14).unwrap();
        let t = StudentsT::new(0.0, 1.0, 5.5).unwrap().inverse_cdf(0.95);
        // Mean square 4: up 0.5 · 4 + 0.5 · 2 · 4 = 6, down 0.5 · 4 = 2.
        assert!((reach.up - 6_f64.sqrt() * t).abs() < 1e-9, "{reach:?}");
        assert!((reach.down - 2_f64.sqrt() * t).abs() < 1e-9, "{reach:?}");
    }

    #[test]
    fn students_quantiles_are_those_of_scipy() {
        // scipy.stats.t.ppf(0.95, df)
        for (df, expected) in [(2.0, 2.919_985_580), (3.0, 2.353_363_435), (10.0, 1.812_461_123)] {
            let got = StudentsT::new(0.0, 1.0, df).unwrap().inverse_cdf(0.95);
            assert!((got - expected).abs() < 1e-6, "{df}: {got}");
        }
    }

    #[test]
    fn the_reach_is_linear_between_and_in_proportion_beyond() {
        let reach = |v: f64| Reach { down: v, up: 2.0 * v };
        let scale = ErrorScale { knots: vec![(7.0, reach(10.0)), (14.0, reach(30.0))] };
        for (ahead, expected) in [(0.0, 5.0), (7.0, 10.0), (10.5, 20.0), (14.0, 30.0), (28.0, 60.0)] {
            assert_eq!(scale.reach(ahead), reach(expected), "{ahead} days ahead");
        }
    }

    #[test]
    fn a_try_knows_only_what_came_before_it() {
        // Flat for 60 days, then 10 a day: tries before day 60 cannot see it and are off by all of it.
        let days: Vec<(i64, f64)> = (0..100).map(|d| (d, 1000.0 + 10.0 * (d - 60).max(0) as f64)).collect();
        let tries = tries(&days, Course::Steady);
        // The last day is 99: there is a try on day 57, and 28 days later the level is 250 higher.
        let blind = tries.iter().find(|t| t.day == 57).unwrap();
        assert_eq!(blind.errors[2], Some(10.0 * (57 + 28 - 60) as f64));
        assert_eq!(tries.last().map(|t| t.day), Some(92));
        assert!(tries.iter().all(|t| t.day >= 27), "a try needs four weeks");
    }
}
