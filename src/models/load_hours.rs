//! Hours that have both a load and what may depend on it, and how the latter goes from week to week at the same load.

use super::weekly_peak::hour_of_week;
use crate::series::{DAY, LocalClock, Series, median};

/// Days of a week.
const WEEK: i64 = 7;

/// One hour.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct LoadedHour {
    /// Local day since 1970-01-01.
    pub(super) day: i64,
    /// Weeks before the last hour: 0 is the last seven days.
    pub(super) week: usize,
    /// The local hour of the week, from Monday 00:00.
    pub(super) hour_of_week: usize,
    /// The load, above zero.
    pub(super) load: f64,
    /// The natural logarithm of what may depend on it.
    pub(super) ln: f64,
}

/// The hours of the last `days` that have both; what depends counts from `least` on, so that an empty queue has a logarithm.
pub(super) fn loaded_hours(
    level: &Series,
    load: &Series,
    least: f64,
    days: i64,
    clock: &mut LocalClock,
) -> Vec<LoadedHour> {
    let Some((last, _)) = level.last() else { return Vec::new() };
    let hour = |(time, value): (i64, f64)| {
        let before = last - time;
        let load = load.get(load.slot(time)?).filter(|load| *load > 0.0)?;
        let value = Some(value.max(least)).filter(|value| *value > 0.0)?;
        (before < days * DAY).then(|| LoadedHour {
            day: clock.at(time).day,
            week: (before / (WEEK * DAY)) as usize,
            hour_of_week: hour_of_week(clock, time),
            load,
            ln: value.ln(),
        })
    };
    level.present().filter_map(hour).collect()
}

/// The median of what is left of each week beside `of_load`, the last week first: a rise or fall at the same load. A week
/// without hours is like the ones before it.
pub(super) fn weekly_levels(hours: &[LoadedHour], of_load: impl Fn(f64) -> f64) -> Vec<f64> {
    let weeks = hours.iter().map(|hour| hour.week + 1).max().unwrap_or(0);
    let mut left: Vec<Vec<f64>> = vec![Vec::new(); weeks];
    for hour in hours {
        left[hour.week].push(hour.ln - of_load(hour.load));
    }
    let all = median(&mut left.concat()).unwrap_or(0.0);
    left.iter_mut().map(|week| median(week).unwrap_or(all)).collect()
}
