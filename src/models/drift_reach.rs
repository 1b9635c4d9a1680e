//! When a rise reaches a level, if it goes on as it does: by the slope and its interval, and by how far the level of a week is
//! off the trend.

use super::{
    drift::{Drift, DriftCourse},
    normal::Z_95,
};
use crate::series::median;

/// Days ahead that are told: farther, no quarter's slope says anything.
const HORIZON_DAYS: f64 = 365.0;
/// A week with fewer days than this that have a level says nothing of the noise.
const LEAST_WEEK_DAYS: usize = 4;
/// Halvings of a span of days; after these a day is told to a minute.
const HALVINGS: usize = 24;

/// Days until a level is reached; `None` is "not within a year".
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ReachDays {
    /// At the early end of the 90 % interval.
    pub early: Option<f64>,
    /// At the middle of the slope.
    pub middle: Option<f64>,
    /// At the late end.
    pub late: Option<f64>,
}

impl Drift {
    /// Days after the last one until the level of a week reaches `level`, in the series' unit. `None` where the change is no
    /// rise that goes on: a step goes on to nothing, and nobody knows when what does not rise gets there.
    pub fn days_until(&self, level: f64) -> Option<ReachDays> {
        let now = self.trend.last().copied().filter(|now| *now > 0.0)?;
        let a_day = |percent: f64| (percent / 100.0).max(-0.99).ln_1p() / 30.0;
        let [low, middle, high] =
            [self.low_per_month, self.percent_per_month, self.high_per_month].map(a_day);
        if matches!(self.course, DriftCourse::Steps(_)) || middle <= 0.0 || level <= 0.0 {
            return None;
        }
        let far = (level / now).ln();
        // Today's level is as far off the trend as that of the week to come.
        let noise = Z_95 * self.week_noise() * std::f64::consts::SQRT_2;
        // The rise of the interval's ends after some days, on the scale of logarithms.
        let upper = |days: f64| middle * days + ((high - middle) * days).hypot(noise);
        let lower = |days: f64| middle * days - ((middle - low) * days).hypot(noise);
        Some(ReachDays {
            early: first(upper, far),
            middle: first(|days| middle * days, far),
            late: if low > 0.0 { first(lower, far) } else { None },
        })
    }

    /// How far the level of a week is off the trend: the root mean square of the logarithm of the weeks' medians.
    fn week_noise(&self) -> f64 {
        let off = self.levels.iter().zip(&self.trend).map(|(level, trend)| {
            level.filter(|level| *level > 0.0 && *trend > 0.0).map(|level| (level / trend).ln())
        });
        let off: Vec<Option<f64>> = off.collect();
        let week = |days: &[Option<f64>]| {
            let mut known: Vec<f64> = days.iter().copied().flatten().collect();
            median(&mut known).filter(|_| known.len() >= LEAST_WEEK_DAYS)
        };
        let weeks: Vec<f64> = off.chunks(7).filter_map(week).collect();
        (weeks.iter().map(|off| off * off).sum::<f64>() / weeks.len().max(1) as f64).sqrt()
    }
}

/// The first day, from today to the horizon, on which something that rises is at a height.
fn first(rise: impl Fn(f64) -> f64, height: f64) -> Option<f64> {
    if rise(0.0) >= height {
        return Some(0.0);
    }
    if rise(HORIZON_DAYS) < height {
        return None;
    }
    let (mut before, mut after) = (0.0, HORIZON_DAYS);
    for _ in 0..HALVINGS {
        let day = 0.5 * (before + after);
        if rise(day) < height { before = day } else { after = day }
    }
    Some(after)
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::models::DriftStep;

    /// A ramp over so many days that ends at a level, with the low end, the middle and the high end of its rise a day, on the
    /// scale of logarithms.
    pub(in super::super) fn ramp(days: usize, level: f64, [low, middle, high]: [f64; 3]) -> Drift {
        let a_month = |day: f64| 100.0 * ((30.0 * day).exp() - 1.0);
        let span = (days - 1) as f64;
        let over_span = |day: f64| 100.0 * ((span * day).exp() - 1.0);
        let trend: Vec<f64> = (0..days).map(|d| level * (middle * (d as f64 - span)).exp()).collect();
        Drift {
            course: DriftCourse::Ramp,
            rises: 0.99,
            falls: 0.0,
            percent_over_span: over_span(middle),
            low_over_span: over_span(low),
            high_over_span: over_span(high),
            percent_per_month: a_month(middle),
            low_per_month: a_month(low),
            high_per_month: a_month(high),
            span_days: span,
            p_value: 0.001,
            first_day: 20_000,
            levels: trend.iter().copied().map(Some).collect(),
            trend,
            incidents: 0,
        }
    }

    const A_DAY: [f64; 3] = [0.008, 0.010, 0.012];

    #[test]
    fn a_level_is_reached_when_the_slope_and_its_ends_are_there() {
        // A rise by 0.2: at 0.012, 0.010 and 0.008 a day.
        let reach = ramp(84, 100.0, A_DAY).days_until(100.0 * 0.2_f64.exp()).unwrap();
        let near = |days: Option<f64>, expected: f64| (days.unwrap() - expected).abs() < 0.01;
        assert!(
            near(reach.early, 0.2 / 0.012) && near(reach.middle, 20.0) && near(reach.late, 25.0),
            "{reach:?}"
        );
        // A slope that may be none may never get there, and a year is as far as is told.
        let doubtful = ramp(84, 100.0, [-0.001, 0.010, 0.012]).days_until(120.0).unwrap();
        assert!(doubtful.middle.is_some() && doubtful.late.is_none());
        assert_eq!(ramp(84, 100.0, A_DAY).days_until(1e9).unwrap().early, None);
    }

    #[test]
    fn weeks_that_are_off_the_trend_make_the_date_less_sure() {
        let mut drift = ramp(84, 100.0, A_DAY);
        for (day, level) in drift.levels.iter_mut().enumerate() {
            let side = if day / 7 % 2 == 0 { 0.02_f64 } else { -0.02 };
            *level = level.map(|level| level * side.exp());
        }
        // Each week is off by 0.02; scipy's brentq on 0.010 t ± √((0.002 t)² + 2 · (1.645 · 0.02)²) = 0.2.
        let reach = drift.days_until(100.0 * 0.2_f64.exp()).unwrap();
        assert!((reach.early.unwrap() - 14.515_793).abs() < 0.01, "{reach:?}");
        assert!((reach.late.unwrap() - 27.150_874).abs() < 0.01, "{reach:?}");
    }

    #[test]
    fn what_does_not_go_on_reaches_nothing() {
        let step = DriftCourse::Steps(vec![DriftStep { day: 20_040, percent: 30.0 }]);
        assert_eq!(Drift { course: step, ..ramp(84, 100.0, A_DAY) }.days_until(120.0), None);
        assert_eq!(ramp(84, 100.0, [-0.01, -0.005, 0.001]).days_until(120.0), None);
    }
}
