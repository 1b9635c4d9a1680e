//! Weeks: a level by day as one observation a week, its weekly rhythm left out.

use super::{growth_rhythm::WeeklyRhythm, normal::NORMAL_SPREAD};
use crate::series::{level_on, median};

/// Days in a week.
pub(super) const WEEK: i64 = 7;
/// Most weeks that a forecast looks back: a year's, and the week that began it.
const MOST_WEEKS: i64 = 53;
/// Fewest weeks: three to fit, two to hold the fit against, and the one that the first growth is counted from.
pub(super) const LEAST_WEEKS: i64 = 6;
/// Fewest weeks of a history that says no more than what is near: two, whose difference is growth; of less, a weekend
/// cannot be told from one.
const FEWEST_WEEKS: i64 = 2;
/// Days after each other are a little alike; the variance of their mean is larger by this (a correlation of 0.1
/// from day to day, over a week).
const ALIKE: f64 = 1.3;
/// Least noise, as a share of the level: no reading is known better than its metadata.
const LEAST_NOISE: f64 = 1e-5;
/// How far the last day may lie off the line of its week, as a share of a usual day's growth: a weekend's lag.
const LAST_DAY: f64 = 0.15;
/// A rate wanders by no less than as if growth were this share of the usual week's growth …
const LEAST_OF_MEDIAN: f64 = 0.3;
/// … and this share of its mean, which counts the weeks that jump.
const LEAST_OF_MEAN: f64 = 0.1;
/// … and this share of the level, so that a level that never moved is not certain never to move.
const LEAST_OF_LEVEL: f64 = 2e-6;

/// A level's observation: its value and the variance of its noise.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Observed {
    pub(super) value: f64,
    pub(super) variance: f64,
}

/// A level by week; values are shares of [`Weeks::unit`].
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Weeks {
    /// The last day, in days since 1970-01-01 UTC; every week ends on its weekday.
    pub(super) last: i64,
    /// The weekly rhythm, which is left out of everything below.
    pub(super) rhythm: WeeklyRhythm,
    /// The standard deviation of a day's level around its course, in the level's unit.
    pub(super) noise: f64,
    /// The level that counts as one, in the level's unit: the largest of the history.
    pub(super) unit: f64,
    /// The mean level of each week, days without data lying on the line between their neighbours.
    pub(super) means: Vec<f64>,
    /// The level at the end of each week's last day, or on the line between its neighbours where that has no data.
    pub(super) ends: Vec<f64>,
    /// What was seen of each week; `None` for one without data.
    pub(super) observed: Vec<Option<Observed>>,
    /// The level of the last day.
    pub(super) now: Observed,
    /// The variance of one week's mean.
    pub(super) variance: f64,
    /// What a week's growth is at least taken to be, where it says how far the growth wanders.
    pub(super) least_growth: f64,
    /// Mean absolute growth of a week, at least [`Weeks::least_growth`].
    pub(super) usual_growth: f64,
}

impl Weeks {
    /// The weeks of ascending days; `None` with less than [`LEAST_WEEKS`] of them.
    pub(super) fn of(days: &[(i64, f64)]) -> Option<Self> {
        Weeks::at_least(LEAST_WEEKS, days)
    }

    /// The weeks of ascending days that may be few; `None` with less than [`FEWEST_WEEKS`] of them.
    pub(super) fn of_short(days: &[(i64, f64)]) -> Option<Self> {
        Weeks::at_least(FEWEST_WEEKS, days)
    }

    fn at_least(least: i64, days: &[(i64, f64)]) -> Option<Self> {
        let (&(first, _), &(last, level)) = (days.first()?, days.last()?);
        let rhythm = WeeklyRhythm::of(days);
        let level = level - rhythm.on(last);
        let count = ((last - first + 1) / WEEK).min(MOST_WEEKS);
        if count < least {
            return None;
        }
        let unit = days.iter().map(|d| d.1.abs()).fold(0.0, f64::max);
        let unit = if unit > 0.0 { unit } else { 1.0 };
        let days: Vec<(i64, f64)> = days.iter().map(|&(day, level)| (day, level - rhythm.on(day))).collect();
        let days = days.as_slice();
        // A short history has no same weekday on both sides: what it does within the week counts as noise, too.
        let apart = if count < LEAST_WEEKS { 1 } else { WEEK };
        let of_a_day = noise_of_a_day(days, apart, unit);
        let noise = ALIKE * of_a_day.powi(2);
        let (mut means, mut ends) = (Vec::new(), Vec::new());
        let mut observed = Vec::new();
        for week in 0..count {
            let end = last - WEEK * (count - 1 - week);
            let known = days.partition_point(|d| d.0 <= end) - days.partition_point(|d| d.0 <= end - WEEK);
            let mean =
                (0..WEEK).filter_map(|back| level_on(days, end - back)).sum::<f64>() / WEEK as f64 / unit;
            means.push(mean);
            ends.push(level_on(days, end).unwrap_or(level) / unit);
            // The first week is what all growth is counted from.
            let seen = (known > 0 || week == 0).then(|| noise / known.max(1) as f64);
            observed.push(seen.map(|variance| Observed { value: mean, variance }));
        }
        let mut growth: Vec<f64> = means.windows(2).map(|w| (w[1] - w[0]).abs()).collect();
        let mean = growth.iter().sum::<f64>() / growth.len() as f64;
        let median = median(&mut growth)?;
        let least_growth = (LEAST_OF_MEDIAN * median).max(LEAST_OF_MEAN * mean).max(LEAST_OF_LEVEL);
        let now =
            Observed { value: level / unit, variance: noise + (LAST_DAY * median / WEEK as f64).powi(2) };
        Some(Weeks {
            last,
            rhythm,
            noise: of_a_day * unit,
            unit,
            means,
            ends,
            observed,
            now,
            variance: noise / WEEK as f64,
            least_growth,
            usual_growth: mean.max(least_growth),
        })
    }

    /// How many weeks there are.
    pub(super) fn len(&self) -> usize {
        self.means.len()
    }
}

/// The standard deviation of one day's level around those so many days before and after: a week's are the same weekday.
fn noise_of_a_day(days: &[(i64, f64)], apart: i64, unit: f64) -> f64 {
    let on = |day: i64| days.binary_search_by_key(&day, |d| d.0).ok().map(|i| days[i].1);
    let mut off: Vec<f64> = days
        .iter()
        .filter_map(|d| Some((d.1 - 0.5 * (on(d.0 - apart)? + on(d.0 + apart)?)).abs() / unit))
        .collect();
    // Of three days' noise, the difference holds 1 + 1/4 + 1/4 of the variance.
    let spread = median(&mut off).unwrap_or(0.0) * NORMAL_SPREAD * (2.0_f64 / 3.0).sqrt();
    spread.max(LEAST_NOISE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weeks_end_on_the_last_day_and_a_hole_is_bridged() {
        // 1 a day from 100 to 145 in 46 days, days 30 to 39 missing: six weeks from day 4 on.
        let days: Vec<(i64, f64)> =
            (0..46).filter(|d| !(30..40).contains(d)).map(|d| (d, 100.0 + d as f64)).collect();
        let weeks = Weeks::of(&days).unwrap();
        assert_eq!((weeks.len(), weeks.last, weeks.unit), (6, 45, 145.0));
        // The weeks' middles are days 7, 14, … 42.
        for (i, mean) in weeks.means.iter().enumerate() {
            assert!((mean * 145.0 - (107.0 + 7.0 * i as f64)).abs() < 1e-9, "week {i}: {mean}");
        }
        // Days 32 to 38 are the fifth week; nothing was seen of it.
        assert!(weeks.observed[4].is_none() && weeks.observed[3].is_some());
    }

    #[test]
    fn a_week_less_is_too_short() {
        let days: Vec<(i64, f64)> = (0..41).map(|d| (d, 100.0)).collect();
        assert_eq!(Weeks::of(&days), None);
        assert_eq!(Weeks::of(&[]), None);
    }

    #[test]
    fn noise_is_told_from_growth_and_rhythm() {
        // Growth of 1 a day, weekends without, and a sine of amplitude 3 at times that do not repeat: its standard
        // deviation is 3 over the root of 2, 2.12.
        let grown = |d: i64| (d / 7 * 5 + (d % 7).min(5)) as f64;
        let days: Vec<(i64, f64)> =
            (0..350).map(|d| (d, 1000.0 + grown(d) + 3.0 * (0.7 * (d * d) as f64).sin())).collect();
        let noise = noise_of_a_day(&days, WEEK, 1.0);
        assert!((1.5..3.0).contains(&noise), "{noise}");
        let still: Vec<(i64, f64)> = (0..350).map(|d| (d, 1000.0 + grown(d))).collect();
        assert_eq!(noise_of_a_day(&still, WEEK, 1.0), LEAST_NOISE);
    }
}
