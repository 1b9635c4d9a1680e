//! The daily and weekly shape of a latency or queue, and its level by day and by quarter of a day with that shape
//! taken out.

use crate::series::{DAY, HOUR, LocalClock, Series, mad, median};

/// Slots of a week: hours.
const WEEK_HOURS: usize = 168;
/// Times that shape and level are told apart in turn; after three they no longer change visibly.
const PASSES: usize = 3;
/// With fewer hours a day than this (a probe that runs every few hours) there is no shape to take out, and a
/// day's level is its median.
const SHAPED_HOURS: usize = 12;
/// Hours left out of a day's mean: two low ones, four high ones, since latencies err upward.
const TRIM_LOW: usize = 2;
/// See [`TRIM_LOW`].
const TRIM_HIGH: usize = 4;
/// Parts of a day that have a level of their own: short enough to tell hours of slow answers from days of them, and
/// long enough that one slow hour is trimmed away.
pub(super) const QUARTERS: usize = 4;
/// Hours of a quarter.
const QUARTER_HOURS: usize = 6;
/// A quarter with fewer hours than this is a hole: the lowest and the highest are left out of its mean.
const LEAST_HOURS: usize = 4;
/// What is off by less than this is neither an incident nor odd, however even the rest is: on the scale of logarithms,
/// 5 %.
const LEAST_OFF: f64 = 0.05;
/// A quarter this many robust deviations from the running median of its neighbours is left out.
const ODD_QUARTER: f64 = 5.0;
/// What borders on quarters that were left out is left out as well while it is this many robust deviations off to their
/// side.
const BORDER: f64 = 2.0;
/// A day this many robust deviations from the running median is an incident …
const INCIDENT: f64 = 4.0;
/// … unless more than this many follow each other: then it is the new level.
const INCIDENT_DAYS: usize = 4;

/// Levels with the hour-of-week shape taken out.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Levels {
    /// The first day, in local days since 1970-01-01.
    pub(super) first_day: i64,
    /// The level of each day; holes and incident days are `None`.
    pub(super) days: Vec<Option<f64>>,
    /// The level of each quarter of those days; empty where there are too few hours a day.
    pub(super) quarters: Vec<Option<f64>>,
    /// How many days were taken out as incidents.
    pub(super) incidents: usize,
}

/// Takes an hourly series (on an additive scale, such as logs) apart into a shape by hour of the week and a
/// level by day and quarter.
pub(super) fn levels_of(hours: &Series, clock: &mut LocalClock) -> Levels {
    let cells: Vec<(usize, usize, f64)> = cells(hours, clock);
    let Some(days) = cells.iter().map(|c| c.0).max().map(|d| d + 1) else {
        return Levels { first_day: 0, days: Vec::new(), quarters: Vec::new(), incidents: 0 };
    };
    let first_day = hours.first().map_or(0, |(time, _)| clock.at(time).day);
    let usual = usual_hours(&cells, days);
    let mut shape = vec![0.0; WEEK_HOURS];
    let passes = if usual < SHAPED_HOURS { 0 } else { PASSES };
    for _ in 0..passes {
        let smooth = running_median(&levels(&cells, &shape, days, usual), 3);
        shape = shape_around(&cells, &smooth);
    }
    let mut levels = levels(&cells, &shape, days, usual);
    let before = levels.clone();
    let incidents = drop_incidents(&mut levels);
    let mut quarters = Vec::new();
    if usual >= SHAPED_HOURS {
        quarters = quarter_levels(&cells, &shape, days);
        let all = quarters.clone();
        for day in (0..days).filter(|&day| before[day].is_some() && levels[day].is_none()) {
            quarters[day * QUARTERS..(day + 1) * QUARTERS].fill(None);
        }
        drop_odd_quarters(&mut quarters);
        drop_borders(&all, &mut quarters);
    }
    Levels { first_day, days: levels, quarters, incidents }
}

/// The level of each quarter of a day: the mean of its hours without the lowest and the highest.
fn quarter_levels(cells: &[(usize, usize, f64)], shape: &[f64], days: usize) -> Vec<Option<f64>> {
    let mut sums = vec![(0_usize, 0.0_f64, f64::INFINITY, f64::NEG_INFINITY); days * QUARTERS];
    for &(day, slot, value) in cells {
        let quarter = &mut sums[day * QUARTERS + slot % 24 / QUARTER_HOURS];
        let value = value - shape[slot];
        *quarter = (quarter.0 + 1, quarter.1 + value, quarter.2.min(value), quarter.3.max(value));
    }
    let level = |(hours, sum, low, high): (usize, f64, f64, f64)| {
        (hours >= LEAST_HOURS).then(|| (sum - low - high) / (hours - 2) as f64)
    };
    sums.into_iter().map(level).collect()
}

/// Makes quarters far from their neighbours of five days on either side holes.
fn drop_odd_quarters(quarters: &mut [Option<f64>]) {
    let usual = running_median(quarters, 5 * QUARTERS);
    let away: Vec<Option<f64>> = quarters.iter().zip(&usual).map(|(l, u)| Some((*l)? - (*u)?)).collect();
    let Some(spread) = mad(&mut away.iter().copied().flatten().collect::<Vec<_>>()) else { return };
    for (quarter, away) in quarters.iter_mut().zip(away) {
        if away.is_some_and(|a| a.abs() > (ODD_QUARTER * spread).max(LEAST_OFF)) {
            *quarter = None;
        }
    }
}

/// Makes the quarters on either side of what was left out holes as long as they are off to the same side: an incident
/// begins and ends within a quarter, or fades.
fn drop_borders(all: &[Option<f64>], quarters: &mut [Option<f64>]) {
    let usual = running_median(quarters, 5 * QUARTERS);
    let away = |i: usize| Some(all[i]? - usual[i]?);
    let left: Vec<f64> = (0..all.len()).filter_map(|i| quarters[i].and(away(i))).collect();
    let Some(spread) = mad(&mut left.clone()) else { return };
    let dropped: Vec<usize> = (0..all.len()).filter(|&i| all[i].is_some() && quarters[i].is_none()).collect();
    for &from in &dropped {
        let Some(side) = away(from) else { continue };
        let belongs = |i: &usize| away(*i).is_none_or(|away| away * side.signum() > BORDER * spread);
        let before = (0..from).rev().take_while(belongs);
        let after = (from + 1..all.len()).take_while(belongs);
        before.chain(after).for_each(|i| quarters[i] = None);
    }
}

/// (day from the first, hour of the week, value) of each hour.
fn cells(hours: &Series, clock: &mut LocalClock) -> Vec<(usize, usize, f64)> {
    let mut cells: Vec<(usize, usize, f64)> = Vec::with_capacity(hours.len());
    let Some((start, _)) = hours.first() else { return cells };
    let first = clock.at(start).day;
    for (time, value) in hours.present() {
        let local = clock.at(time);
        let slot = usize::from(local.weekday) * (DAY / HOUR) as usize + (local.second / HOUR) as usize;
        cells.push(((local.day - first).max(0) as usize, slot, value));
    }
    cells
}

/// How many hours a day usually has, of the days that have any.
fn usual_hours(cells: &[(usize, usize, f64)], days: usize) -> usize {
    let mut hours = vec![0.0_f64; days];
    cells.iter().for_each(|c| hours[c.0] += 1.0);
    hours.retain(|&h| h > 0.0);
    median(&mut hours).map_or(0, |usual| usual as usize)
}

/// The level of each day that has at least half of the usual hours.
fn levels(cells: &[(usize, usize, f64)], shape: &[f64], days: usize, usual: usize) -> Vec<Option<f64>> {
    let mut by_day: Vec<Vec<f64>> = vec![Vec::new(); days];
    for &(day, slot, value) in cells {
        by_day[day].push(value - shape[slot]);
    }
    let enough = |hours: &Vec<f64>| !hours.is_empty() && 2 * hours.len() >= usual;
    by_day.iter_mut().map(|hours| if enough(hours) { level(hours) } else { None }).collect()
}

fn level(hours: &mut [f64]) -> Option<f64> {
    if hours.len() < SHAPED_HOURS {
        return median(hours);
    }
    hours.sort_unstable_by(f64::total_cmp);
    let kept = &hours[TRIM_LOW..hours.len() - TRIM_HIGH];
    Some(kept.iter().sum::<f64>() / kept.len() as f64)
}

/// The median value of each hour of the week around the day's level, centred on zero.
fn shape_around(cells: &[(usize, usize, f64)], levels: &[Option<f64>]) -> Vec<f64> {
    let mut slots: Vec<Vec<f64>> = vec![Vec::new(); WEEK_HOURS];
    for &(day, slot, value) in cells {
        if let Some(level) = levels[day] {
            slots[slot].push(value - level);
        }
    }
    let mut shape: Vec<f64> = slots.iter_mut().map(|s| median(s).unwrap_or(0.0)).collect();
    let centre = shape.iter().sum::<f64>() / shape.len() as f64;
    shape.iter_mut().for_each(|s| *s -= centre);
    shape
}

/// The median of the days within `reach` on either side, holes left out; a day without neighbours stays a hole.
fn running_median(levels: &[Option<f64>], reach: usize) -> Vec<Option<f64>> {
    (0..levels.len())
        .map(|i| {
            let window = &levels[i.saturating_sub(reach)..levels.len().min(i + reach + 1)];
            median(&mut window.iter().copied().flatten().collect::<Vec<_>>())
        })
        .collect()
}

/// Makes days far from the running median holes, unless they follow each other.
fn drop_incidents(levels: &mut [Option<f64>]) -> usize {
    let usual = running_median(levels, 5);
    let away: Vec<Option<f64>> = levels.iter().zip(&usual).map(|(l, u)| Some((*l)? - (*u)?)).collect();
    let Some(spread) = mad(&mut away.iter().copied().flatten().collect::<Vec<_>>()) else { return 0 };
    let odd: Vec<bool> =
        away.iter().map(|a| a.is_some_and(|a| a.abs() > (INCIDENT * spread).max(LEAST_OFF))).collect();
    let mut dropped = 0;
    let mut day = 0;
    for run in odd.chunk_by(|a, b| a == b) {
        if run[0] && run.len() <= INCIDENT_DAYS {
            levels[day..day + run.len()].iter_mut().for_each(|l| *l = None);
            dropped += run.len();
        }
        day += run.len();
    }
    dropped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_borders_on_an_incident_goes_with_it() {
        // Forty days that wiggle by 1 %; a day and a half at 1.0 more, on logarithms, that begins and ends within a
        // quarter, and fades by half every six hours.
        let (from, until) = (20 * 24 + 9, 21 * 24 + 21);
        let hour = |i: i32| {
            let wiggle = 0.01 * [0.0, 0.7, -0.4, 0.2, -0.6][(i / 6 % 5) as usize];
            match i {
                _ if i < from => wiggle,
                _ if i < until => 1.0 + wiggle,
                _ => wiggle + 0.5_f64.powf(f64::from(i - until) / 6.0),
            }
        };
        let hours = Series::from_slots(0, HOUR, (0..40 * 24).map(|i| Some(hour(i))).collect::<Vec<_>>());
        let levels = levels_of(&hours, &mut LocalClock::new(chrono_tz::UTC));
        let holes: Vec<usize> = (0..160).filter(|&i| levels.quarters[i].is_none()).collect();
        assert_eq!(levels.quarters[81], None, "it begins in the second quarter of day 20");
        assert!(holes.iter().all(|i| (80..96).contains(i)), "{holes:?}");
        let off = levels.quarters.iter().flatten().map(|level| level.abs()).fold(0.0, f64::max);
        assert!(off < 0.03, "{off}");
    }
}
