//! Drift: whether a latency, a queue or a probe rises steadily.

use super::{
    TooShort,
    mann_kendall::{Detrend, mann_kendall_hamed_rao},
    season::daily_levels,
};
use crate::series::{DAY, LocalClock, Series};

/// Below this many days a drift cannot be told from slow wandering.
const LEAST_DAYS: i64 = 28;

/// How a drift is judged.
#[derive(Debug, Clone, PartialEq)]
pub struct DriftSettings {
    /// The platform's local time.
    pub clock: LocalClock,
    /// Only this many days up to the last one are looked at.
    pub days: i64,
}

/// A steady change, in percent of the level at the start.
#[derive(Debug, Clone, PartialEq)]
pub struct Drift {
    /// Change over the span, in percent.
    pub percent_over_span: f64,
    /// Change per 30 days, in percent.
    pub percent_per_month: f64,
    /// Lower end of its 90 % interval.
    pub low_per_month: f64,
    /// Upper end of its 90 % interval.
    pub high_per_month: f64,
    /// Days from the first to the last one looked at.
    pub span_days: f64,
    /// Two-sided p-value, corrected for autocorrelation.
    pub p_value: f64,
    /// The first day looked at, in local days since 1970-01-01.
    pub first_day: i64,
    /// The level of each day with the daily and weekly shape taken out, in the series' unit; `None` for holes
    /// and incident days.
    pub levels: Vec<Option<f64>>,
    /// The trend through those levels, in the series' unit.
    pub trend: Vec<f64>,
    /// Days left out as incidents.
    pub incidents: usize,
}

/// Tests an hourly series of values that are not negative: daily levels of its logarithm with the hour-of-week
/// shape taken out, Mann–Kendall with Hamed and Rao's correction, and the Theil–Sen slope as its size.
pub fn drift(hours: &Series, settings: &DriftSettings) -> Result<Drift, TooShort> {
    let mut clock = settings.clock.clone();
    let first = hours.first().map_or(0, |(time, _)| time);
    let last = hours.last().map_or(0, |(time, _)| time);
    let scale = Scale::of(hours);
    let recent = recent(hours, last - settings.days * DAY, &scale);
    let days = daily_levels(&recent, &mut clock);
    let short = || TooShort {
        have_days: days.levels.len() as f64,
        need_days: LEAST_DAYS as f64,
        enough_at: (first + LEAST_DAYS * DAY).max(last + DAY),
    };
    let known: Vec<usize> =
        days.levels.iter().enumerate().filter(|(_, l)| l.is_some()).map(|(i, _)| i).collect();
    let (Some(&from), Some(&to)) = (known.first(), known.last()) else { return Err(short()) };
    let span = to - from;
    // Days that were left out as incidents are history all the same.
    if (days.levels.len() as i64) < LEAST_DAYS || (known.len() as i64) < LEAST_DAYS / 2 || span == 0 {
        return Err(short());
    }
    let test = mann_kendall_hamed_rao(&days.levels, Detrend::Shape);
    let (slope, low, high, p_value) =
        test.map_or((0.0, 0.0, 0.0, 1.0), |t| (t.slope, t.slope_low, t.slope_high, t.p_value));
    let mut offsets: Vec<f64> =
        known.iter().filter_map(|&i| days.levels[i].map(|level| level - slope * i as f64)).collect();
    let intercept = crate::series::median(&mut offsets).unwrap_or(0.0);
    let start = scale.back(intercept + slope * from as f64);
    let percent = |slope: f64, days: f64| {
        let end = scale.back(intercept + slope * from as f64 + slope * days);
        if start > 0.0 { 100.0 * (end / start - 1.0) } else { 0.0 }
    };
    Ok(Drift {
        percent_over_span: percent(slope, span as f64),
        percent_per_month: percent(slope, 30.0),
        low_per_month: percent(low, 30.0),
        high_per_month: percent(high, 30.0),
        span_days: span as f64,
        p_value,
        first_day: days.first_day,
        trend: (0..days.levels.len()).map(|i| scale.back(intercept + slope * i as f64)).collect(),
        levels: days.levels.iter().map(|l| l.map(|l| scale.back(l))).collect(),
        incidents: days.incidents,
    })
}

/// The scale on which a change is a share: the logarithm, or the logarithm of one more where zeros occur, as
/// they do in queues.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Scale {
    Log,
    LogPlusOne,
}

impl Scale {
    fn of(series: &Series) -> Self {
        if series.present().all(|(_, v)| v > 0.0) { Scale::Log } else { Scale::LogPlusOne }
    }

    fn to(self, value: f64) -> f64 {
        match self {
            Scale::Log => value.ln(),
            Scale::LogPlusOne => value.max(0.0).ln_1p(),
        }
    }

    fn back(self, value: f64) -> f64 {
        match self {
            Scale::Log => value.exp(),
            Scale::LogPlusOne => value.exp_m1(),
        }
    }
}

fn recent(hours: &Series, after: i64, scale: &Scale) -> Series {
    let from = (0..hours.len()).find(|&i| hours.time(i) > after).unwrap_or(hours.len());
    let slots = (from..hours.len()).map(|i| hours.get(i).map(|v| scale.to(v)));
    Series::from_slots(hours.time(from), hours.step(), slots.collect::<Vec<_>>())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::series::HOUR;

    /// A latency by the hour for `days` days: `level(day)` seconds, three times as much at noon, a third more on
    /// two days of the week, and a little unevenness.
    fn hours(days: usize, level: impl Fn(f64) -> f64) -> Series {
        let slots = (0..days * 24).map(|i| {
            let (day, hour) = (i as f64 / 24.0, (i % 24) as f64);
            let noon = 1.0 + 2.0 * (-(hour - 12.0).powi(2) / 18.0).exp();
            let week = if (i / 24) % 7 < 2 { 4.0 / 3.0 } else { 1.0 };
            let uneven = 1.0 + 0.03 * ((i as f64 * 12.9898).sin() * 43_758.545).fract();
            Some(level(day) * noon * week * uneven)
        });
        Series::from_slots(0, HOUR, slots.collect::<Vec<_>>())
    }

    fn settings() -> DriftSettings {
        DriftSettings { clock: LocalClock::new(chrono_tz::Europe::Berlin), days: 90 }
    }

    #[test]
    fn a_rise_is_sized_with_the_shape_of_the_week_taken_out() {
        // 0.3 % a day, compounded: e^(0.003 · 30) - 1 = 9.417 % a month.
        let drift = drift(&hours(60, |day| 2.0 * (0.003 * day).exp()), &settings()).unwrap();
        assert!((drift.percent_per_month - 9.417).abs() < 0.3, "{drift:?}");
        assert!(drift.low_per_month <= 9.417 + 0.3 && drift.high_per_month >= 9.417 - 0.3, "{drift:?}");
        assert!(drift.p_value < 0.001, "{drift:?}");
        assert!((drift.span_days - 59.0).abs() <= 1.0, "{drift:?}");
    }

    #[test]
    fn a_daily_and_weekly_shape_is_no_drift() {
        let drift = drift(&hours(60, |_| 2.0), &settings()).unwrap();
        assert!(drift.percent_over_span.abs() < 1.0, "{drift:?}");
    }

    #[test]
    fn an_incident_is_left_out() {
        let drift = drift(&hours(60, |day| if (50.0..52.0).contains(&day) { 9.0 } else { 2.0 }), &settings())
            .unwrap();
        assert!(drift.incidents >= 2, "{drift:?}");
        assert!(drift.percent_over_span.abs() < 1.0, "{drift:?}");
    }

    #[test]
    fn a_queue_that_is_mostly_empty_has_a_level_too() {
        let empty = hours(60, |day| if (day as i64) % 2 == 0 { 0.0 } else { 5.0 });
        assert!(drift(&empty, &settings()).unwrap().percent_over_span.abs() < 10.0);
    }

    #[test]
    fn a_probe_that_runs_every_eight_hours_is_judged_by_day() {
        let all = hours(60, |day| 2.0 * (0.005 * day).exp());
        let sparse =
            Series::from_slots(0, HOUR, all.slots().enumerate().map(|(i, v)| v.filter(|_| i % 8 == 0)));
        let drift = drift(&sparse, &settings()).unwrap();
        // e^(0.005 · 30) - 1 = 16.18 %
        assert!((drift.percent_per_month - 16.18).abs() < 2.0, "{drift:?}");
    }

    #[test]
    fn less_than_four_weeks_is_too_short() {
        let short = drift(&hours(20, |_| 2.0), &settings()).unwrap_err();
        assert_eq!((short.need_days, short.enough_at), (28.0, 28 * DAY));
        assert!(drift(&Series::holes(0, HOUR, 100), &settings()).is_err());
    }
}
