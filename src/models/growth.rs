//! Growth: a robust slope on what follows the last change of rate, purges of a retention job put back on
//! their schedule, and an interval from how wrong the same model was on the same series before.

use super::{
    TooShort,
    change::last_change,
    growth_backtest::{ErrorScale, GrowthBacktest, walk_forward},
    theil_sen::theil_sen,
};
use crate::series::{DAY, Level, Retention, level_on, median};

/// Fewest days of history: four weeks, so that a weekly rhythm averages out (Checkmk and netdata users' false
/// alarms came from shorter ones).
const LEAST_DAYS: i64 = 28;
/// Most days that the slope rests on: a rate wanders, and what it was a quarter ago tells little of today.
const MOST_DAYS: i64 = 91;

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
    /// How wrong the model was on this series.
    pub backtest: GrowthBacktest,
}

/// A straight line: the model behind the forecast, fitted to the days up to one of them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Line {
    pub(super) at: i64,
    pub(super) level: f64,
    pub(super) per_day: f64,
    pub(super) from: i64,
    pub(super) changed: Option<i64>,
}

/// Forecasts a level. The interval's half-width at each distance comes from the walk-forward errors at that
/// distance ([`GrowthBacktest`]), never from the fit.
pub fn forecast(level: &Level, settings: GrowthSettings) -> Result<Forecast, TooShort> {
    let days = &level.days;
    let (Some(&(first, _)), Some(&(last, _))) = (days.first(), days.last()) else {
        return Err(TooShort { have_days: 0.0, need_days: LEAST_DAYS as f64, enough_at: 0 });
    };
    let short = || TooShort {
        have_days: (last - first + 1) as f64,
        need_days: LEAST_DAYS as f64,
        enough_at: (first + LEAST_DAYS) * DAY,
    };
    let line = fit(days).ok_or_else(short)?;
    let (backtest, scale) = walk_forward(days, line.changed).ok_or_else(short)?;
    Ok(drawn(line, level.steps.retention, backtest, &scale, settings))
}

fn drawn(
    line: Line,
    retention: Option<Retention>,
    backtest: GrowthBacktest,
    scale: &ErrorScale,
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
        backtest,
    };
    for ahead in 0..=settings.horizon_days {
        let purged = retention.map_or(0.0, |r| purges_until(&r, line.at, ahead as i64) * r.size);
        let middle = line.level + line.per_day * ahead as f64 - purged;
        let half = scale.half_width(ahead as f64);
        forecast.p5.push((middle - half).max(0.0));
        forecast.p50.push(middle.max(0.0));
        forecast.p95.push((middle + half).max(0.0));
    }
    forecast
}

/// How many purges of the job fall into the days after `from`, up to `ahead` days.
fn purges_until(job: &Retention, from: i64, ahead: i64) -> f64 {
    let due =
        |day: i64| (((day + 1) * DAY - job.last) as f64 / DAY as f64 / job.period_days).floor().max(0.0);
    (due(from + ahead) - due(from)).max(0.0)
}

/// Fits the line to ascending days; `None` with less than [`LEAST_DAYS`] of them.
pub(super) fn fit(days: &[(i64, f64)]) -> Option<Line> {
    let (&(first, _), &(last, _)) = (days.first()?, days.last()?);
    if last - first + 1 < LEAST_DAYS || days.len() < (LEAST_DAYS / 2) as usize {
        return None;
    }
    let weekly = weekly_growth(days);
    let start = last_change(&weekly);
    let changed = (start > 0).then(|| last - 7 * (weekly.len() - start) as i64);
    let from = changed.unwrap_or(first).max(last - MOST_DAYS).min(last - LEAST_DAYS + 1);
    let recent = &days[days.partition_point(|d| d.0 < from)..];
    let x: Vec<f64> = recent.iter().map(|d| (d.0 - last) as f64).collect();
    let y: Vec<f64> = recent.iter().map(|d| d.1).collect();
    let per_day = theil_sen(&x, &y)?;
    // Anchored at now: the median of the last days, each carried to the last one.
    let near = days.iter().rev().take_while(|d| last - d.0 < ANCHOR_DAYS);
    let level = median(&mut near.map(|d| d.1 + per_day * (last - d.0) as f64).collect::<Vec<_>>())?;
    Some(Line { at: last, level, per_day, from, changed })
}

/// The level of today is the median of this many days, so that one odd day does not shift the forecast.
const ANCHOR_DAYS: i64 = 3;

/// What the level grew by in each whole week, the last one ending on the last day; a week's end that is a
/// hole lies on the line between its neighbours.
fn weekly_growth(days: &[(i64, f64)]) -> Vec<f64> {
    let (Some(&(first, _)), Some(&(last, _))) = (days.first(), days.last()) else { return Vec::new() };
    let weeks = (last - first) / 7;
    let ends: Vec<f64> = (0..=weeks).rev().filter_map(|k| level_on(days, last - 7 * k)).collect();
    ends.windows(2).map(|w| w[1] - w[0]).collect()
}
