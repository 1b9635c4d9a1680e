//! What a week of a load is expected to be, from the weeks before it: cleaned of incidents, put to one level, and each day made of
//! all days that are like it.

use super::{
    load_change::forget_changed,
    load_clean::{clean, medians, running_mean},
    load_days::pooled,
    load_growth::WeeklyLevel,
    load_spread::spread,
    load_weeks::{DAYS, Weeks},
};

/// Weeks that are looked at. Set on simulated fleets: fewer are noisy, more lag behind.
const MOST_WEEKS: usize = 8;
/// Hours of the newest residual that is carried on.
const NEAR_HOURS: usize = 3;
/// Hours after which nothing of it is left at the latest.
const NEAR_REACH: usize = 24;
/// Below this share of the newest residual, carrying on stops.
const NEAR_LEAST: f64 = 0.1;

/// Weeks of which only what is usual is left, the last first.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Learnt {
    /// The load; NaN is a hole.
    pub(super) rows: Vec<Vec<f64>>,
    /// The middle of each column.
    usual: Vec<f64>,
    level: WeeklyLevel,
}

impl Learnt {
    /// The level of each week, the last first.
    pub(super) fn levels(&self) -> &[f64] {
        &self.level.levels
    }

    /// What takes a week's load, counted back from the last one that was learnt, to the level of the week after it.
    pub(super) fn scale(&self, week: usize) -> f64 {
        self.level.at(-1.0) / self.level.at(week as f64)
    }
}

/// The weeks before the last `held_back` ones without incidents, without the local days that stand `apart` (holidays), and
/// without what has changed since. `None` with less than two weeks.
pub(super) fn learnt(weeks: &Weeks, held_back: usize, apart: &dyn Fn(i64) -> bool) -> Option<Learnt> {
    let mut rows: Vec<Vec<f64>> = weeks.before(held_back).iter().take(MOST_WEEKS).cloned().collect();
    if rows.len() < 2 {
        return None;
    }
    for (back, row) in rows.iter_mut().enumerate() {
        weeks.leave_out(row, (held_back + back) as i64, apart);
    }
    forget_changed(&mut rows, weeks.moved_before(held_back), weeks.slots_per_day);
    let usual = medians(&rows);
    let level = WeeklyLevel::of(&rows, &usual);
    clean(&mut rows, &usual, &level.levels, weeks.slots_per_day);
    Some(Learnt { rows, usual, level })
}

/// What is expected of a week, by column; NaN where nothing is known.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Expected {
    pub(super) middle: Vec<f64>,
    /// How far one-hour means may be off, as a standard deviation.
    pub(super) spread: Vec<f64>,
    /// How unlike days were that have been averaged.
    pub(super) width: f64,
}

/// What is expected of the week after those that were learnt. With `near`, the width of a coarser grid, the newest hours are
/// carried on into the first ones, as they are in the coming week and not in an ordinary one.
pub(super) fn expected(learnt: &Learnt, slots_per_day: usize, near: Option<f64>) -> Expected {
    let rows: Vec<Vec<f64>> = learnt
        .rows
        .iter()
        .enumerate()
        .map(|(week, row)| {
            let scale = learnt.scale(week);
            row.iter().map(|v| v * scale).collect()
        })
        .collect();
    let (mut middle, width) = pooled(&rows, slots_per_day, near);
    let coming = learnt.level.at(-1.0);
    middle
        .iter_mut()
        .zip(&learnt.usual)
        .filter(|(m, _)| m.is_nan())
        .for_each(|(m, usual)| *m = usual * coming);
    let spread = spread(&rows, &middle, slots_per_day);
    if near.is_some() {
        carry_on(&mut middle, &rows, slots_per_day);
    }
    Expected { middle, spread, width }
}

/// Lets the newest hours' relative residual go on as far as the series' own residuals usually do.
fn carry_on(middle: &mut [f64], rows: &[Vec<f64>], slots_per_day: usize) {
    let hour = (slots_per_day / 24).max(1);
    let hours = DAYS * slots_per_day / hour;
    let relative: Vec<f64> = rows
        .iter()
        .rev()
        .flat_map(|row| {
            (0..hours).map(|h| h * hour..(h + 1) * hour).map(|at| relative(&row[at.clone()], &middle[at]))
        })
        .collect();
    let blocks = running_mean(&relative, NEAR_HOURS);
    // The last block that is whole ends with the history.
    let Some(newest) = blocks.len().checked_sub(2).map(|i| blocks[i]).filter(|v| !v.is_nan()) else { return };
    let square: f64 = blocks.iter().filter(|v| !v.is_nan()).map(|v| v * v).sum();
    for h in 0..NEAR_REACH {
        // From the block's middle, an hour before the end, to the middle of the hour.
        let lag = h + 2;
        let pairs = relative.iter().skip(lag).zip(&blocks).filter(|(a, b)| !a.is_nan() && !b.is_nan());
        let carried = if square > 0.0 { pairs.map(|(a, b)| a * b).sum::<f64>() / square } else { 0.0 };
        if carried < NEAR_LEAST {
            break;
        }
        middle[h * hour..(h + 1) * hour].iter_mut().for_each(|m| *m *= 1.0 + carried * newest);
    }
}

/// By how much of what was expected more came; NaN without any slot of both.
fn relative(came: &[f64], expected: &[f64]) -> f64 {
    let pairs = came.iter().zip(expected).filter(|(came, e)| !came.is_nan() && !e.is_nan());
    let (came, expected) = pairs.fold((0.0, 0.0), |sum, (came, e)| (sum.0 + came, sum.1 + e));
    if expected > 0.0 { came / expected - 1.0 } else { f64::NAN }
}
