//! Growth in parts: a level is a number of holders times what each of them holds, so that it grows because there are
//! more of them, or because each holds more.
//!
//! The logarithm of the level is the sum of the two logarithms, and a straight line by least squares is linear in what
//! it is laid through: fitted to the same weeks, the slope of the level is exactly the sum of the slopes of its parts
//! (an additive log decomposition). All three are told in hundredths of a natural logarithm in 30 days, which for slow
//! growth is percent a month. The intervals allow for the autocorrelation of what is left (`line_slope`).

use super::{TooShort, line_slope::line_slope};
use crate::series::DAY;

/// Weeks that are looked at, back from the last day: a quarter, as the drift model looks at.
const WEEKS: i64 = 13;
/// Fewest weeks that a slope and its interval can be told from.
const LEAST_WEEKS: usize = 6;
/// Fewest days of a week that stand for it.
const LEAST_DAYS: usize = 4;
/// Days of a week, and of a month.
const WEEK: i64 = 7;
const MONTH: f64 = 30.0;

/// How fast something grows, with its 90 % interval: hundredths of a natural logarithm in 30 days.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GrowthRate {
    /// The slope.
    pub middle: f64,
    /// Lower end of its interval.
    pub low: f64,
    /// Upper end of its interval.
    pub high: f64,
}

/// The growth of a level, and of its two parts, whose middles add up to it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GrowthParts {
    /// Days looked at.
    pub span_days: f64,
    /// Of the level.
    pub level: GrowthRate,
    /// Of the number of holders.
    pub holders: GrowthRate,
    /// Of what each holds.
    pub per_holder: GrowthRate,
    /// What each held when they were last counted, in the level's unit.
    pub per_holder_now: f64,
}

/// Takes a growth apart. Both are values by day since 1970-01-01, ascending; days on which either is missing or not
/// above zero are left out.
///
/// # Errors
/// Too few weeks in which both are known.
pub fn growth_parts(level: &[(i64, f64)], holders: &[(i64, f64)]) -> Result<GrowthParts, TooShort> {
    let both = together(level, holders);
    let (first, last) = (both.first().map_or(0, |d| d.0), both.last().map_or(0, |d| d.0));
    let need = LEAST_WEEKS as i64 * WEEK;
    let short = || TooShort {
        have_days: both.len() as f64,
        need_days: need as f64,
        enough_at: (first.max(last - need) + need) * DAY,
    };
    let weeks = weeks(&both, last);
    if weeks.len() < LEAST_WEEKS {
        return Err(short());
    }
    let day: Vec<f64> = weeks.iter().map(|w| w[0]).collect();
    let slope = |of: fn(&[f64; 3]) -> f64| slope(&day, &weeks.iter().map(of).collect::<Vec<_>>());
    let parts = (slope(|w| w[1] + w[2]), slope(|w| w[1]), slope(|w| w[2]));
    let (Some(level), Some(holders), Some(per_holder)) = parts else { return Err(short()) };
    let now = both.last().copied().unwrap_or_default();
    let span_days = day.last().zip(day.first()).map_or(0.0, |(last, first)| last - first + WEEK as f64);
    Ok(GrowthParts { span_days, level, holders, per_holder, per_holder_now: now.1 / now.2 })
}

/// The days on which both are known and above zero: day, level, holders.
fn together(level: &[(i64, f64)], holders: &[(i64, f64)]) -> Vec<(i64, f64, f64)> {
    let mut at = 0;
    let known = level.iter().filter_map(|&(day, value)| {
        at += holders[at..].partition_point(|holder| holder.0 < day);
        let held = holders.get(at).filter(|holder| holder.0 == day)?.1;
        (value > 0.0 && held > 0.0).then_some((day, value, held))
    });
    known.collect()
}

/// The weeks up to `last` with enough days: the mean day, and the mean logarithms of the holders and of what each holds.
fn weeks(both: &[(i64, f64, f64)], last: i64) -> Vec<[f64; 3]> {
    let of_week = |week: i64| {
        let ends = last - week * WEEK;
        let from = both.partition_point(|d| d.0 <= ends - WEEK);
        let days = &both[from..both.partition_point(|d| d.0 <= ends)];
        let mean = |of: fn(&(i64, f64, f64)) -> f64| days.iter().map(of).sum::<f64>() / days.len() as f64;
        let known = days.len() >= LEAST_DAYS;
        known.then(|| [mean(|d| d.0 as f64), mean(|d| d.2.ln()), mean(|d| (d.1 / d.2).ln())])
    };
    (0..WEEKS).rev().filter_map(of_week).collect()
}

/// The slope of a line through points, with the interval of one with autocorrelated residuals; `None` for points of
/// one day. `x` is in days, `y` in natural logarithms.
pub(super) fn slope(x: &[f64], y: &[f64]) -> Option<GrowthRate> {
    let percent = 100.0 * MONTH;
    let found = line_slope(x, y, 2)?;
    Some(GrowthRate {
        middle: percent * found.middle,
        low: percent * (found.middle - found.reach),
        high: percent * (found.middle + found.reach),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn days(count: i64, of: impl Fn(f64) -> f64) -> Vec<(i64, f64)> {
        (0..count).map(|day| (day, of(day as f64))).collect()
    }

    fn near(got: f64, expected: f64) {
        assert!((got - expected).abs() < 1e-9, "{got}, expected {expected}");
    }

    #[test]
    fn the_parts_add_up() {
        // Mailboxes grow by 1 and what each holds by 2 hundredths of a logarithm in 30 days: used grows by 3.
        let holders = days(91, |d| 1_000.0 * (0.01 * d / 30.0).exp());
        let level = days(91, |d| 1_000.0 * 5e9 * (0.03 * d / 30.0).exp());
        let parts = growth_parts(&level, &holders).unwrap();
        near(parts.holders.middle, 1.0);
        near(parts.per_holder.middle, 2.0);
        near(parts.level.middle, 3.0);
        // Nothing is left beside the lines, so that their intervals are points.
        near(parts.level.high - parts.level.low, 0.0);
        near(parts.span_days, 91.0);
        near(parts.per_holder_now / (5e9 * (0.02 * 90.0 / 30.0_f64).exp()), 1.0);
    }

    #[test]
    fn the_parts_add_up_whatever_their_unevenness_and_holes() {
        let uneven = |d: f64| (d * 1.7).sin();
        let holders: Vec<_> = days(120, |d| 1_000.0 + 3.0 * d + 20.0 * uneven(d));
        let holders: Vec<_> =
            holders.into_iter().filter(|d| d.0 % 5 != 0 && !(60..75).contains(&d.0)).collect();
        let level = days(120, |d| 6e12 + 3e10 * d + 2e11 * uneven(d * 0.3));
        let parts = growth_parts(&level, &holders).unwrap();
        near(parts.holders.middle + parts.per_holder.middle, parts.level.middle);
        for rate in [parts.level, parts.holders, parts.per_holder] {
            assert!(rate.low < rate.middle && rate.middle < rate.high, "{parts:?}");
        }
    }

    #[derive(serde::Deserialize)]
    struct Reference {
        growth_rates: Vec<Case>,
    }

    #[derive(serde::Deserialize)]
    struct Case {
        name: String,
        residuals: Vec<f64>,
        rate: [f64; 3],
    }

    #[test]
    fn a_slope_has_the_interval_of_its_independent_weeks() {
        let text = include_str!("../../tests/references/statistics.json");
        let cases = serde_json::from_str::<Reference>(text).unwrap().growth_rates;
        assert_eq!(cases.len(), 2);
        for Case { name, residuals, rate } in cases {
            let x: Vec<f64> = (0..residuals.len()).map(|i| 7.0 * i as f64).collect();
            let y: Vec<f64> = x.iter().zip(&residuals).map(|(x, e)| 0.001 * x + 0.002 * e).collect();
            let got = slope(&x, &y).unwrap();
            for (got, expected) in [got.middle, got.low, got.high].into_iter().zip(rate) {
                assert!((got / expected - 1.0).abs() < 1e-6, "{name}: {got}, expected {expected}");
            }
        }
    }

    #[test]
    fn no_mailboxes_are_no_growth_and_say_how_long_it_takes() {
        let level = days(91, |d| 1e12 + d);
        assert!(growth_parts(&level, &days(91, |_| 0.0)).is_err());
        assert!(growth_parts(&level, &[]).is_err());
        let short = growth_parts(&level, &days(91, |d| if d < 60.0 { 0.0 } else { 100.0 })).unwrap_err();
        // 31 days, from day 60 on; 42 days are over on day 102.
        assert_eq!((short.have_days, short.need_days, short.enough_at), (31.0, 42.0, 102 * DAY));
    }
}
