//! How a latency or a queue rises with its load: the load at which it reaches a limit.
//!
//! Hours of a quarter are sorted by their load into bins, and the median logarithm of each is fitted twice: by isotonic
//! regression, which assumes nothing but that more load is no better (`isotonic.rs`), and by the shape of a queueing system
//! (`queueing_shape.rs`), which also says what comes beyond the loads seen. Each week is held back once. The queueing shape is
//! taken where it errs less on them than isotonic regression and than a power of the load, which rises without end at no load;
//! neither is taken where a constant errs as little. What changes from week to week at the same load is taken
//! off first, so that the curve is that of the last two weeks. The interval comes from drawing days anew (Efron 1979;
//! Davison & Hinkley 1997, section 8.3, blocks of a day); the draws are the same in every run.
//!
//! A latency that is slow by day because people at the other end are busy rises with the load as well, hour by hour. What
//! tells the two apart is the same hour of the week at different loads: where the load has its effect, a busier Tuesday at
//! ten is a slower one (`same_hour.rs`).

use super::{
    growth_future::Draws,
    load_bins::{Bins, Curve},
    load_held_back::{HeldBack, levelled},
    load_hours::{LoadedHour, loaded_hours},
    same_hour::{SameHour, same_hour},
};
use crate::series::{LocalClock, Series, quantile};

/// Days looked at: a quarter, as the drift model looks at.
const DAYS: i64 = 91;
/// Fewest weeks, each to be held back once.
const LEAST_WEEKS: usize = 4;
/// Fewest hours, of as many weeks.
const LEAST_HOURS: usize = 21 * 24;
/// The highest load must be this many times the lowest, or nothing can be seen.
const LEAST_SPAN: f64 = 1.2;
/// The curve must err by this share less than a constant on weeks held back. Set on simulated fleets.
const LEAST_GAIN: f64 = 0.08;
/// The curve must rise by this much from the lowest to the highest load, on logarithms: a twentieth.
const LEAST_RISE: f64 = 0.05;
/// Times that the days are drawn anew.
const REPEATS: usize = 100;
/// Beyond this multiple of the highest load seen no shape is believed.
const FARTHEST: f64 = 1.5;

/// Which curve it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CurveShape {
    /// Never falling, nothing else.
    Monotone,
    /// That of a queueing system.
    Queueing,
}

/// A curve over the load.
#[derive(Debug, Clone, PartialEq)]
pub struct LoadCurve {
    /// Which it is.
    pub shape: CurveShape,
    /// Some of its points: the load, and what comes of it, in their units.
    pub points: Vec<(f64, f64)>,
    /// The highest load that was seen often enough to count.
    pub highest_load: f64,
    /// Mean absolute error on hours of weeks held back, as a factor less one: 0.1 is a tenth.
    pub error: f64,
    /// The same of a constant.
    pub error_without: f64,
    /// Weeks that were held back.
    pub weeks: usize,
    /// Hours that were fitted.
    pub hours: usize,
    /// The load at which the limit is reached.
    pub reached: Reached,
    /// How much of the curve shows in the same hours of the week.
    pub same_hour: SameHour,
}

/// The load at which a limit is reached.
#[derive(Debug, Clone, PartialEq)]
pub enum Reached {
    /// At a load.
    At {
        /// By the curve.
        load: f64,
        /// One chance in twenty that it is less.
        low: f64,
        /// One chance in twenty that it is more; `None` where that is beyond what can be said.
        high: Option<f64>,
        /// Whether it lies beyond the loads that were seen.
        beyond_seen: bool,
        /// The load of each draw, infinite where it does not reach the limit.
        draws: Vec<f64>,
    },
    /// At no load that was seen or can be inferred.
    NotSeen,
}

/// Why there is no curve.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum NoCurve {
    /// Too few hours or weeks with both.
    #[error("{have_weeks} weeks have both a load and a level; the model needs {LEAST_WEEKS}")]
    TooShort {
        /// Weeks that there are.
        have_weeks: usize,
    },
    /// The load hardly moves.
    #[error("its load hardly moves")]
    LoadStandsStill,
    /// It does not rise with the load.
    #[error("it does not rise with its load")]
    DoesNotRise,
    /// It follows the hours of the week, and not the load at the same hour.
    #[error("it follows the time of day, not the load at the same hour")]
    FollowsTheClock,
    /// It may do either.
    #[error(
        "at the same hour of the week its load hardly differs: load and time of day cannot be told apart"
    )]
    LoadOrClock,
    /// It is above the limit without load.
    #[error("it is above its limit at any load")]
    AboveAtAnyLoad,
}

/// The curve of a level over its load, both by the hour, and the load at which it reaches `limit`, in the level's unit. Levels
/// below `least` count as that.
///
/// # Errors
/// Why there is no such curve.
pub fn load_curve(
    level: &Series,
    load: &Series,
    (limit, least): (f64, f64),
    clock: &mut LocalClock,
) -> Result<LoadCurve, NoCurve> {
    let hours = loaded_hours(level, load, least, DAYS, clock);
    let mut weeks: Vec<usize> = hours.iter().map(|hour| hour.week).collect();
    weeks.sort_unstable();
    weeks.dedup();
    if hours.len() < LEAST_HOURS || weeks.len() < LEAST_WEEKS {
        return Err(NoCurve::TooShort { have_weeks: weeks.len() });
    }
    let bins = Bins::of(&hours);
    let (Some(&lowest_load), Some(&highest_load)) = (bins.loads.first(), bins.loads.last()) else {
        return Err(NoCurve::TooShort { have_weeks: weeks.len() });
    };
    if highest_load < LEAST_SPAN * lowest_load {
        return Err(NoCurve::LoadStandsStill);
    }
    let tried = HeldBack::of(&hours, &bins);
    let shape = tried.shape();
    let (without, error) = (tried.without(), tried.error(shape));
    let whole: Vec<f64> = vec![1.0; hours.len()];
    let (levelled, unsure) = levelled(&hours, &bins, &whole);
    let ordered = bins.ordered(&levelled);
    let curve = Curve::of(shape, &bins, &bins.medians(&ordered, &whole)).ok_or(NoCurve::LoadStandsStill)?;
    let rise = curve.ln_at(highest_load) - curve.ln_at(lowest_load);
    if tried.gain(shape) < LEAST_GAIN || rise < LEAST_RISE {
        return Err(NoCurve::DoesNotRise);
    }
    let same_hour = same_hour(&hours, &levelled, |load| curve.ln_at(load.min(highest_load)));
    if !same_hour.is_sure() {
        return Err(if same_hour.high < SameHour::LEAST {
            NoCurve::FollowsTheClock
        } else {
            NoCurve::LoadOrClock
        });
    }
    if limit.ln() <= curve.ln_at(lowest_load) {
        return Err(NoCurve::AboveAtAnyLoad);
    }
    let reached = reached((shape, &curve), (limit.ln(), unsure), &hours, (&bins, &ordered));
    let every = bins.loads.len().div_ceil(8).max(1);
    let points = bins.loads.iter().rev().step_by(every).rev();
    Ok(LoadCurve {
        shape,
        points: points.map(|&load| (load, curve.ln_at(load).exp())).collect(),
        highest_load,
        error: error.exp_m1(),
        error_without: without.exp_m1(),
        weeks: weeks.len(),
        hours: hours.len(),
        reached,
        same_hour,
    })
}

/// The load at which the curve reaches a limit, with its interval.
fn reached(
    (shape, curve): (CurveShape, &Curve),
    (ln_limit, unsure): (f64, f64),
    hours: &[LoadedHour],
    (bins, ordered): (&Bins, &[Vec<(usize, f64)>]),
) -> Reached {
    let seen = bins.loads.last().copied().unwrap_or(0.0);
    let farthest = FARTHEST * seen;
    let load = curve.load_at(ln_limit, farthest);
    if !load.is_finite() {
        return Reached::NotSeen;
    }
    let mut days: Vec<i64> = hours.iter().map(|hour| hour.day).collect();
    days.sort_unstable();
    days.dedup();
    let place: Vec<usize> = hours.iter().map(|hour| days.partition_point(|&day| day < hour.day)).collect();
    let mut chance = Draws(0);
    let mut draw = || {
        let mut times = vec![0.0; days.len()];
        for _ in 0..days.len() {
            times[((chance.uniform() * days.len() as f64) as usize).min(days.len() - 1)] += 1.0;
        }
        let weights: Vec<f64> = place.iter().map(|&day| times[day]).collect();
        let drawn = Curve::of(shape, bins, &bins.medians(ordered, &weights));
        let off = unsure * chance.normals()[0];
        drawn.map_or(f64::INFINITY, |curve| curve.load_at(ln_limit + off, farthest))
    };
    let draws: Vec<f64> = (0..REPEATS).map(|_| draw()).collect();
    // Infinite draws sort last; a quantile among them is no number.
    let at = |q: f64| quantile(&mut draws.clone(), q).filter(|load| load.is_finite());
    let low = at(0.05).unwrap_or(load).min(load);
    // What queues rises ever faster, so that a straight line from the highest load seen is late.
    let straight = curve.straight_on(seen, ln_limit).filter(|_| load > seen);
    let high = at(0.95).map(|high| high.max(load).max(straight.unwrap_or(load)));
    Reached::At { load, low, high, beyond_seen: load > seen, draws }
}

#[cfg(test)]
mod tests;
