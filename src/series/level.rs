//! A volume's level: its used bytes or inodes by day, cleaned, with the one-off steps taken out.

use super::{
    clock::DAY,
    grid::Series,
    outliers::outliers,
    quantile::median,
    resolution::resolution,
    steps::{StepKind, Steps, find_steps},
};

/// A reading below this share of the level around it is a mount point read while nothing was mounted.
const NEAR_ZERO: f64 = 0.05;

/// A level by day.
#[derive(Debug, Clone, PartialEq)]
pub struct Level {
    /// The day's number since 1970-01-01 UTC and the day's median level, ascending, days without data left
    /// out, and a last one of which less than half is over. One-off steps are taken out: all days stand on the level of the last one. Purges of a retention
    /// job are taken out too, and come back in the forecast.
    pub days: Vec<(i64, f64)>,
    /// The level as it was read, cleaned of readings near zero and of outliers.
    pub series: Series,
    /// What was taken out.
    pub steps: Steps,
    /// Readings near zero that became holes.
    pub near_zero: usize,
    /// Readings that lay off the level for a short time and became holes.
    pub outliers: usize,
    /// The unit that the level is told in whole numbers of, where that is coarse.
    pub resolution: Option<f64>,
    /// Holes within the history, in slots of [`Level::series`], what was left out not counted.
    pub holes: usize,
    /// What it is the sum of.
    pub of: Parts,
}

/// The volumes that a level is the sum of, on each of which one-off purges and moves happen by themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Parts {
    /// How many volumes, at least one.
    pub volumes: usize,
    /// One-off purges seen on all of them.
    pub purges: usize,
}

/// Why there is no level.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LevelError {
    /// Nothing to go by.
    #[error("there is no sample")]
    Empty,
}

impl Level {
    /// The level behind a series of used bytes or inodes.
    pub fn of(series: &Series) -> Result<Self, LevelError> {
        let (mut series, near_zero) = without_readings_near_zero(series);
        let outlying = outliers(&series);
        outlying.iter().for_each(|&slot| series.set(slot, None));
        if series.first().is_none() {
            return Err(LevelError::Empty);
        }
        let steps = find_steps(&series);
        let days = days_that_count(&series, &steps);
        let outliers = outlying.len();
        let holes = series.slots().filter(Option::is_none).count() - near_zero - outliers;
        let resolution = resolution(&series);
        let purges = steps.once.iter().filter(|step| step.kind() == StepKind::Purge).count();
        let of = Parts { volumes: 1, purges };
        Ok(Level { days, series, steps, near_zero, outliers, resolution, holes, of })
    }
}

/// A series' median by day as it was read, readings near zero left out, purges and moves left in: what came, to hold
/// a forecast against. Days without data are left out.
pub fn as_it_came(series: &Series) -> Vec<(i64, f64)> {
    by_day(&without_readings_near_zero(series).0, &Steps::default())
}

impl Level {
    /// The levels by day with only the one-off steps taken out: what a retention job purges stays in.
    pub fn net_days(&self) -> Vec<(i64, f64)> {
        let once = Steps { once: self.steps.once.clone(), ..Steps::default() };
        days_that_count(&self.series, &once)
    }
}

/// Makes readings near zero holes, unless the level stays there: the reference is the median of the day
/// before, the day and the day after.
fn without_readings_near_zero(series: &Series) -> (Series, usize) {
    let per_day = usize::try_from(DAY / series.step()).unwrap_or(1).max(1);
    let slots: Vec<Option<f64>> = series.slots().collect();
    let mut cleaned = series.clone();
    let mut dropped = 0;
    for from in (0..slots.len()).step_by(per_day) {
        let around = &slots[from.saturating_sub(per_day)..slots.len().min(from + 2 * per_day)];
        let mut known: Vec<f64> = around.iter().copied().flatten().collect();
        let Some(usual) = median(&mut known) else { continue };
        for (i, slot) in slots[from..].iter().take(per_day).enumerate() {
            if slot.is_some_and(|v| v < NEAR_ZERO * usual) {
                cleaned.set(from + i, None);
                dropped += 1;
            }
        }
    }
    (cleaned, dropped)
}

fn by_day(series: &Series, steps: &Steps) -> Vec<(i64, f64)> {
    let mut all: Vec<_> = steps.once.iter().chain(&steps.recurring).collect();
    all.sort_by_key(|s| s.time);
    let mut shift: f64 = all.iter().map(|s| s.size).sum();
    let mut next = 0;
    let mut days: Vec<(i64, f64)> = Vec::new();
    let mut bucket: Vec<f64> = Vec::new();
    let mut current = None;
    for (time, value) in series.present() {
        while next < all.len() && all[next].time <= time {
            shift -= all[next].size;
            next += 1;
        }
        let day = time.div_euclid(DAY);
        if current != Some(day) {
            close(&mut days, current, &mut bucket);
            current = Some(day);
        }
        bucket.push(value + shift);
    }
    close(&mut days, current, &mut bucket);
    days
}

/// The days without a last one of which less than half is over. The median of a morning lies off that of the day by what
/// the level does within a day, and a forecast would start from there.
fn days_that_count(series: &Series, steps: &Steps) -> Vec<(i64, f64)> {
    let mut days = by_day(series, steps);
    let since_midnight = series.last().map_or(0, |(time, _)| (time + series.step()).rem_euclid(DAY));
    if days.len() > 1 && since_midnight > 0 && since_midnight < DAY / 2 {
        days.pop();
    }
    days
}

/// The level on a day: linear between its neighbours in a gap, the last one known after the end and the first
/// one before the beginning; `None` without any. `days` ascend.
pub fn level_on(days: &[(i64, f64)], day: i64) -> Option<f64> {
    let after = days.partition_point(|d| d.0 < day);
    match (after.checked_sub(1).map(|i| days[i]), days.get(after)) {
        (_, Some(&(d, v))) if d == day => Some(v),
        (Some(a), Some(&b)) => Some(a.1 + (b.1 - a.1) * (day - a.0) as f64 / (b.0 - a.0) as f64),
        (Some(a), None) => Some(a.1),
        (None, b) => b.map(|b| b.1),
    }
}

fn close(days: &mut Vec<(i64, f64)>, day: Option<i64>, bucket: &mut Vec<f64>) {
    if let Some((day, value)) = day.zip(median(bucket)) {
        days.push((day, value));
    }
    bucket.clear();
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::series::clock::HOUR;

    fn hours(len: usize, of: impl Fn(usize) -> Option<f64>) -> Series {
        Series::from_slots(0, HOUR, (0..len).map(of))
    }

    #[test]
    fn an_unmounted_hour_is_a_hole_and_an_emptied_volume_is_not() {
        let level = Level::of(&hours(240, |i| Some(if i == 100 { 3.0 } else { 1000.0 + i as f64 }))).unwrap();
        assert_eq!((level.near_zero, level.series.get(100)), (1, None));
        let emptied =
            Level::of(&hours(480, |i| Some(if i >= 240 { 20.0 } else { 1000.0 } + i as f64 / 100.0)))
                .unwrap();
        assert!(emptied.near_zero <= 24, "{}", emptied.near_zero);
        assert!(emptied.series.get(400).is_some());
    }

    #[test]
    fn steps_are_taken_out_and_the_last_level_stays() {
        let level =
            Level::of(&hours(2400, |i| Some(10_000.0 + i as f64 - if i >= 1200 { 2_000.0 } else { 0.0 })))
                .unwrap();
        let (first, last) = (level.days[0], level.days[99]);
        // Day medians lie 11.5 hours after midnight; growth of 24 a day is all that is left.
        assert!((first.1 - (8_000.0 + 11.5)).abs() < 3.0, "{first:?}");
        assert_eq!(last, (99, 10_000.0 + 2376.0 + 11.5 - 2_000.0));
    }

    #[test]
    fn a_last_day_counts_once_half_of_it_is_over() {
        // A day brings 24, at once at six in the morning: the median of a whole day is that of its afternoon.
        let stepped = |hours: usize| {
            Series::from_slots(0, HOUR, (0..hours).map(|i| Some(10_000.0 + 24.0 * ((i + 18) / 24) as f64)))
        };
        let days = |hours: usize| Level::of(&stepped(hours)).unwrap().days;
        assert_eq!(days(240 + 6), days(240));
        assert_eq!((days(240 + 12).len(), days(240 + 12).last().unwrap().0), (11, 10));
        assert_eq!(Level::of(&stepped(6)).unwrap().days.len(), 1);
    }

    #[test]
    fn what_came_has_its_purges_and_no_unmounted_hours() {
        let series = hours(96, |i| match i {
            30 => Some(3.0),
            48..72 => None,
            72.. => Some(600.0),
            _ => Some(1000.0),
        });
        assert_eq!(as_it_came(&series), [(0, 1000.0), (1, 1000.0), (3, 600.0)]);
    }

    #[test]
    fn nothing_is_an_error() {
        assert_eq!(Level::of(&hours(10, |_| None)), Err(LevelError::Empty));
    }
}
