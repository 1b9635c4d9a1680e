//! Weekly rhythm: by how much a level lies above or below its own course on each weekday.
//!
//! Each day's level is held against the mean of the seven days around it, in which a straight course and any rhythm
//! cancel out; the median of a weekday's differences is its offset (the classical decomposition, made robust). Seven offsets
//! by chance are not all zero either: they are shrunk by as much as chance would make of them (James & Stein 1961; Efron &
//! Morris 1973).

use super::{growth_weeks::WEEK, normal::NORMAL_SPREAD};
use crate::series::median;

/// Days of history that a rhythm is read from: a rhythm of long ago belongs to another growth.
const MOST_DAYS: i64 = 182;
/// Fewest differences of each weekday: of three, one outlier is still outvoted, and one more may be a holiday's.
const LEAST: usize = 4;
/// Positive-part James–Stein: seven means around their own mean leave six degrees of freedom, less two.
const SHRINKS: f64 = 4.0 / 6.0;
/// From which ratio of variances on a rhythm is told: the 99.9 % quantile of F with 6 and 60 degrees of freedom …
const TOLD_RATIO: f64 = 4.37;
/// … and from which share of the variance within the weeks on.
const TOLD_STRENGTH: f64 = 0.3;

/// How a level moves within each week, beside its course.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct WeeklyRhythm {
    /// By day since 1970-01-01 UTC modulo seven, in the level's unit; they sum to nothing.
    offsets: [f64; WEEK as usize],
    /// The share of the variance within the weeks that the offsets explain.
    strength: f64,
    /// Whether it is no chance, and strong enough to be told.
    told: bool,
}

/// The days of a rhythm between which the level grows most and least.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RhythmDays {
    /// The later day of those between which it grows most, 0 for Monday (UTC), …
    pub most: usize,
    /// … and by how much more than on an average day, in the level's unit.
    pub most_above: f64,
    /// The later day of those between which it grows least, …
    pub least: usize,
    /// … and by how much less than on an average day.
    pub least_below: f64,
    /// The share of the variance within the weeks that the rhythm explains, 0 to 1.
    pub strength: f64,
}

impl WeeklyRhythm {
    /// The rhythm of ascending levels by day; none where they are too few.
    pub(super) fn of(days: &[(i64, f64)]) -> WeeklyRhythm {
        let last = days.last().map_or(0, |day| day.0);
        let recent = &days[days.partition_point(|day| day.0 < last - MOST_DAYS)..];
        let mut of_weekday: [Vec<f64>; WEEK as usize] = Default::default();
        for around in recent.windows(WEEK as usize).filter(|w| w[6].0 - w[0].0 == WEEK - 1) {
            let mean = around.iter().map(|day| day.1).sum::<f64>() / WEEK as f64;
            of_weekday[place(around[3].0)].push(around[3].1 - mean);
        }
        if of_weekday.iter().any(|differences| differences.len() < LEAST) {
            return WeeklyRhythm::default();
        }
        let mut offsets = of_weekday.each_mut().map(|differences| median(differences).unwrap_or(0.0));
        let mean = offsets.iter().sum::<f64>() / WEEK as f64;
        offsets.iter_mut().for_each(|offset| *offset -= mean);
        let rest = of_weekday
            .iter()
            .zip(offsets)
            .flat_map(|(all, offset)| all.iter().map(move |d| (d - offset).abs()));
        let mut rest: Vec<f64> = rest.collect();
        let weeks = rest.len() as f64 / WEEK as f64;
        let spread = NORMAL_SPREAD * median(&mut rest).unwrap_or(0.0);
        let between = |offsets: &[f64]| offsets.iter().map(|offset| offset * offset).sum::<f64>() / 6.0;
        // The variance of a median is larger by π/2 than that of a mean.
        let chance = std::f64::consts::FRAC_PI_2 * spread * spread / weeks;
        let ratio = between(&offsets) / chance;
        if ratio.is_nan() {
            return WeeklyRhythm::default();
        }
        let offsets = offsets.map(|offset| offset * (1.0 - SHRINKS / ratio).max(0.0));
        let explained = between(&offsets);
        let strength = if explained > 0.0 { explained / (explained + spread * spread) } else { 0.0 };
        WeeklyRhythm { offsets, strength, told: ratio >= TOLD_RATIO && strength >= TOLD_STRENGTH }
    }

    /// By how much the level of a day since 1970-01-01 UTC lies above its course.
    pub(super) fn on(&self, day: i64) -> f64 {
        self.offsets[place(day)]
    }

    /// Between which days the level grows most and least; `None` where it has no rhythm to speak of.
    pub fn told(&self) -> Option<RhythmDays> {
        // 1970-01-05 was a Monday.
        let above = |weekday: usize| self.on(weekday as i64 + 4) - self.on(weekday as i64 + 3);
        let by = |a: &usize, b: &usize| above(*a).total_cmp(&above(*b));
        // Of equal days the first is told.
        let (most, least) = ((0..7).rev().max_by(by)?, (0..7).min_by(by)?);
        let (most_above, least_below) = (above(most), -above(least));
        self.told.then_some(RhythmDays { most, most_above, least, least_below, strength: self.strength })
    }
}

fn place(day: i64) -> usize {
    day.rem_euclid(WEEK) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 70 on each working day and nothing on weekends, told at noon: Monday's noon has 35 of the week's 350.
    fn working_days(day: i64) -> f64 {
        let since_monday = (day + 3).rem_euclid(7);
        let weeks = (day + 3).div_euclid(7);
        350.0 * weeks as f64 + [35.0, 105.0, 175.0, 245.0, 315.0, 350.0, 350.0][since_monday as usize]
    }

    #[test]
    fn working_days_grow_and_weekends_do_not() {
        let days: Vec<(i64, f64)> = (0..100).map(|day| (day, 1_000.0 + working_days(day))).collect();
        let rhythm = WeeklyRhythm::of(&days);
        // Noon lies at 25, 75, … 325 of a steady 50 a day, and the week at 35, 105, … 350: 10, 30, 50, 70, 90, 75 and 25
        // above, 50 on average. Days 4 to 10 are a Monday to Sunday.
        let offsets: Vec<f64> = (4..=10).map(|day| rhythm.on(day).round()).collect();
        assert_eq!(offsets, [-40.0, -20.0, 0.0, 20.0, 40.0, 25.0, -25.0]);
        let told = rhythm.told().unwrap();
        // From Monday to Tuesday 70 and not 50; from Saturday to Sunday nothing.
        assert_eq!((told.most, told.least), (1, 6));
        assert!((told.most_above - 20.0).abs() < 1e-9 && (told.least_below - 50.0).abs() < 1e-9, "{told:?}");
        assert!(told.strength > 0.999, "{told:?}");
    }

    #[test]
    fn what_is_chance_is_shrunk_to_nothing_and_not_told() {
        // Steady growth, and a sine at times that do not repeat.
        let noise = |day: i64| 3.0 * (0.7 * (day * day) as f64).sin();
        let days: Vec<(i64, f64)> = (0..182).map(|day| (day, 50.0 * day as f64 + noise(day))).collect();
        let rhythm = WeeklyRhythm::of(&days);
        assert_eq!(rhythm.told(), None);
        assert!((0..7).all(|day| rhythm.on(day).abs() < 1.0), "{rhythm:?}");
        // A line has no difference at all.
        let line: Vec<(i64, f64)> = (0..182).map(|day| (day, 50.0 * day as f64)).collect();
        assert_eq!(WeeklyRhythm::of(&line).told(), None);
    }

    #[test]
    fn a_month_is_too_short_for_a_rhythm() {
        let days: Vec<(i64, f64)> = (0..33).map(|day| (day, working_days(day))).collect();
        assert_eq!(WeeklyRhythm::of(&days), WeeklyRhythm::default());
        assert_eq!(WeeklyRhythm::of(&[]), WeeklyRhythm::default());
    }
}
