//! Growth: a robust slope on what follows the last change of rate, purges of a retention job put back on
//! their schedule, and an interval from how wrong the same model was on the same series before.

use super::{
    TooShort,
    growth_backtest::{GrowthBacktest, WalkForward, walk_forward},
    growth_line::{Course, LEAST_DAYS, Line, fit},
};
use crate::series::{DAY, Level, Retention};

/// Fewest days of history for a forecast: the shortest fit, and two tries a week apart with a week to come true, for
/// no forecast goes out without its back-test.
const LEAST_HISTORY: i64 = LEAST_DAYS + 14;
/// A bend must err by this share less than a steady course to be believed.
const CLEARLY_BETTER: f64 = 0.95;
/// What a growth forecast is asked for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GrowthSettings {
    /// How many days ahead the forecast looks, at least 1.
    pub horizon_days: usize,
}

/// A forecast of a level by day, with the interval in which nine of ten outcomes should lie.
#[derive(Debug, Clone, PartialEq)]
pub struct Forecast {
    /// The day of the last level, in days since 1970-01-01 UTC; entry `i` of the quantiles is day `from_day +
    /// i`, so that entry 0 is the present level.
    pub from_day: i64,
    /// One chance in twenty to be lower.
    pub p5: Vec<f64>,
    /// As likely lower as higher.
    pub p50: Vec<f64>,
    /// One chance in twenty to be higher.
    pub p95: Vec<f64>,
    /// Growth in the level's unit per day, before the purges of a retention job.
    pub gross_per_day: f64,
    /// Growth in the level's unit per day, purges of a retention job included.
    pub net_per_day: f64,
    /// The first day of the history that the slope rests on, in days since 1970-01-01 UTC.
    pub fitted_from: i64,
    /// The day on which the rate changed last, where it did, in days since 1970-01-01 UTC.
    pub rate_changed: Option<i64>,
    /// How the growth goes on.
    pub course: Course,
    /// How wrong the model was on this series.
    pub backtest: GrowthBacktest,
}

/// Forecasts a level. The interval's reach at each distance comes from the walk-forward errors at that
/// distance ([`GrowthBacktest`]), never from the fit.
pub fn forecast(level: &Level, settings: GrowthSettings) -> Result<Forecast, TooShort> {
    let days = &level.days;
    let (Some(&(first, _)), Some(&(last, _))) = (days.first(), days.last()) else {
        return Err(TooShort { have_days: 0.0, need_days: LEAST_HISTORY as f64, enough_at: 0 });
    };
    let short = || TooShort {
        have_days: (last - first + 1) as f64,
        need_days: LEAST_HISTORY as f64,
        enough_at: (first + LEAST_HISTORY) * DAY,
    };
    // The course that did better on this series' own past; the plainer one where they are alike.
    let steady = fit(days, Course::Steady).ok_or_else(short)?;
    let walked = walk_forward(days, Course::Steady, steady.changed).ok_or_else(short)?;
    let retention = level.steps.retention;
    if let Some(bending) = fit(days, Course::Bending).filter(|line| line.bend != 0.0)
        && let Some(better) = walk_forward(days, Course::Bending, bending.changed)
        && better.score < CLEARLY_BETTER * walked.score
    {
        return Ok(drawn(bending, Course::Bending, retention, better, settings));
    }
    Ok(drawn(steady, Course::Steady, retention, walked, settings))
}

fn drawn(
    line: Line,
    course: Course,
    retention: Option<Retention>,
    walked: WalkForward,
    settings: GrowthSettings,
) -> Forecast {
    let mut forecast = Forecast {
        from_day: line.at,
        p5: Vec::with_capacity(settings.horizon_days + 1),
        p50: Vec::with_capacity(settings.horizon_days + 1),
        p95: Vec::with_capacity(settings.horizon_days + 1),
        gross_per_day: line.per_day,
        net_per_day: line.per_day - retention.map_or(0.0, |r| r.size / r.period_days),
        fitted_from: line.from,
        rate_changed: line.changed,
        course,
        backtest: walked.backtest,
    };
    for ahead in 0..=settings.horizon_days {
        let purged = retention.map_or(0.0, |r| purges_until(&r, line.at, ahead as i64) * r.size);
        let middle = line.level_in(ahead as f64) - purged;
        let reach = walked.scale.reach(ahead as f64);
        forecast.p5.push((middle - reach.down).max(0.0));
        forecast.p50.push(middle.max(0.0));
        forecast.p95.push((middle + reach.up).max(0.0));
    }
    forecast
}

/// How many purges of the job fall between the middle of the day `from` and that of the day `ahead` days later.
fn purges_until(job: &Retention, from: i64, ahead: i64) -> f64 {
    let due =
        |day: i64| ((day * DAY + DAY / 2 - job.last) as f64 / DAY as f64 / job.period_days).floor().max(0.0);
    (due(from + ahead) - due(from)).max(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::series::{HOUR, Series};

    /// A level by the hour for `days` days.
    fn level(days: usize, of: impl Fn(f64) -> f64) -> Level {
        let slots = (0..days * 24).map(|i| Some(of(i as f64 / 24.0)));
        Level::of(&Series::from_slots(0, HOUR, slots.collect::<Vec<_>>())).unwrap()
    }

    const YEAR: GrowthSettings = GrowthSettings { horizon_days: 365 };

    fn near(got: f64, expected: f64, share: f64) {
        assert!((got - expected).abs() <= share * expected.abs(), "{got}, expected {expected}");
    }

    #[test]
    fn steady_growth_goes_on_and_has_nothing_to_be_unsure_of() {
        let forecast = forecast(&level(120, |d| 1000.0 + 10.0 * d), YEAR).unwrap();
        near(forecast.net_per_day, 10.0, 1e-9);
        // The last day's median lies at 119 days and 11.5 hours; 100 days later there are 1,000 more.
        near(forecast.p50[0], 1000.0 + 10.0 * (119.0 + 11.5 / 24.0), 1e-9);
        near(forecast.p50[100] - forecast.p50[0], 1000.0, 1e-9);
        near(forecast.p95[100], forecast.p5[100], 1e-9);
        assert_eq!((forecast.course, forecast.rate_changed), (Course::Steady, None));
        assert!(forecast.backtest.mean_abs_error < 1e-6);
        // Saying that nothing changes is off by 28 days of growth.
        near(forecast.backtest.naive_error, 280.0, 1e-9);
    }

    #[test]
    fn a_purge_is_not_growth_and_comes_only_once() {
        let purged = |d: f64| 100_000.0 + 100.0 * d - if d >= 60.0 { 12_000.0 } else { 0.0 };
        let forecast = forecast(&level(120, purged), YEAR).unwrap();
        near(forecast.net_per_day, 100.0, 0.01);
        near(forecast.p50[365], purged(119.48) + 36_500.0, 0.01);
    }

    #[test]
    fn purges_of_a_retention_job_come_back_on_their_day() {
        // 100 a day, and 700 less on every tenth day: 30 a day net.
        let kept = |d: f64| 20_000.0 + 100.0 * d - 700.0 * (d / 10.0).floor();
        let forecast = forecast(&level(120, kept), YEAR).unwrap();
        near(forecast.gross_per_day, 100.0, 0.02);
        near(forecast.net_per_day, 30.0, 0.1);
        // Day 119 stands just before a purge: the next day lies about 600 lower.
        near(forecast.p50[1] - forecast.p50[0], -600.0, 0.1);
        near(forecast.p50[300] - forecast.p50[0], 9_000.0, 0.1);
    }

    #[test]
    fn the_rate_of_today_is_that_after_the_last_change() {
        // A little unevenness from week to week, so that a change has something to stand out from.
        let uneven = |d: f64| 20.0 * (d / 3.0).sin();
        let faster = |d: f64| 10_000.0 + 10.0 * d.min(80.0) + 40.0 * (d - 80.0).max(0.0) + uneven(d);
        let forecast = forecast(&level(150, faster), YEAR).unwrap();
        near(forecast.net_per_day, 40.0, 0.1);
        let changed = forecast.rate_changed.unwrap();
        assert!((changed - 80).abs() <= 7, "{changed}");
    }

    #[test]
    fn growth_that_speeds_up_is_bent() {
        // The rate doubles every 90 days: 10 · 2^(d/90) a day.
        let doubling = |d: f64| 50_000.0 + 10.0 * 90.0 / 2_f64.ln() * (d / 90.0).exp2();
        let forecast = forecast(&level(300, doubling), YEAR).unwrap();
        assert_eq!(forecast.course, Course::Bending);
        near(forecast.gross_per_day, 10.0 * (300.0_f64 / 90.0).exp2(), 0.1);
        near(forecast.p50[90] - forecast.p50[0], doubling(389.5) - doubling(299.5), 0.15);
    }

    #[test]
    fn growth_that_slows_down_like_a_logarithm_goes_on_like_one() {
        // The rate is 400 / (1 + d/60) a day: the level is 24,000 · ln(1 + d/60) above its start.
        let saturating = |d: f64| 50_000.0 + 400.0 * 60.0 * (1.0 + d / 60.0).ln();
        let forecast = forecast(&level(300, saturating), YEAR).unwrap();
        assert_eq!(forecast.course, Course::Bending);
        near(forecast.gross_per_day, 400.0 / 6.0, 0.05);
        near(forecast.p50[180] - forecast.p50[0], saturating(479.5) - saturating(299.5), 0.05);
    }

    #[test]
    fn less_than_six_weeks_is_too_short_and_says_until_when() {
        let short = forecast(&level(30, |d| 1000.0 + d), YEAR).unwrap_err();
        assert_eq!((short.have_days, short.need_days, short.enough_at), (30.0, 42.0, 42 * DAY));
        assert!(forecast(&level(43, |d| 1000.0 + d), YEAR).is_ok());
    }
}
