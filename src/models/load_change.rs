//! Parts of the week that have changed for good: what weeks before the change say of them is forgotten.
//!
//! A backup is put at another hour; or the clocks change, people come at the same hour of the wall clock as before, and
//! what runs by a clock in UTC comes an hour earlier or later.

use super::{
    load_clean::{medians, running_mean},
    load_weeks::DAYS,
};
use crate::series::{mad, median};

/// A difference counts from so many robust standard deviations of all slots' differences.
const CLEAR: f64 = 4.0;
/// Weeks that a change must have lasted, where no change of the clocks explains it.
const LASTED: usize = 2;

/// Makes holes of what has changed, in the rows before the change. `moved` tells for each day of each row by how many
/// slots the clocks were moved since.
pub(super) fn forget_changed(rows: &mut [Vec<f64>], moved: &[[i64; DAYS]], slots_per_day: usize) {
    let now = moved.first().map_or(0, |days| days[DAYS - 1]);
    let since = rows.iter().zip(moved).take_while(|(_, days)| days.iter().all(|m| *m == now)).count();
    if (1..rows.len()).contains(&since) {
        forget(rows, since, slots_per_day);
    }
    if rows.len() >= 2 * LASTED && since != LASTED {
        forget(rows, LASTED, slots_per_day);
    }
}

/// Forgets in the rows from `since` on what all rows before it have otherwise.
fn forget(rows: &mut [Vec<f64>], since: usize, slots_per_day: usize) {
    let hour = (slots_per_day / 24).max(1);
    let old = medians(&rows[since..]);
    let smooth = |row: &[f64], scale: f64| {
        running_mean(&row.iter().zip(&old).map(|(v, o)| v * scale - o).collect::<Vec<_>>(), hour / 4)
    };
    let differences: Vec<Vec<f64>> = rows[..since]
        .iter()
        .map(|row| {
            let ratios = row.iter().zip(&old).filter(|(v, o)| **v > 0.0 && !o.is_nan());
            let scale = median(&mut ratios.map(|(v, o)| o / v).collect::<Vec<_>>()).unwrap_or(1.0);
            smooth(row, scale)
        })
        .collect();
    let columns = old.len();
    // The least of the differences where all have one sign: one odd week makes no change.
    let shared: Vec<f64> = (0..columns)
        .map(|c| {
            let all = differences.iter().map(|d| d[c]).filter(|d| !d.is_nan());
            let (low, high) = all.fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), d| (l.min(d), h.max(d)));
            if low > high {
                f64::NAN
            } else if low > 0.0 {
                low
            } else {
                high.min(0.0)
            }
        })
        .collect();
    let mut of_one: Vec<f64> = differences.iter().flatten().copied().filter(|d| !d.is_nan()).collect();
    let clear = CLEAR * mad(&mut of_one).unwrap_or(0.0) / (since as f64).sqrt();
    let changed: Vec<bool> = shared.iter().map(|d| d.abs() > clear).collect();
    // Where nothing newer is known, the old is better than nothing.
    let known: Vec<bool> = (0..columns).map(|c| rows[..since].iter().any(|row| !row[c].is_nan())).collect();
    for c in (0..columns).filter(|&c| changed[c]) {
        // A single slot is noise.
        if !(c > 0 && changed[c - 1] || changed.get(c + 1) == Some(&true)) {
            continue;
        }
        let around = (c.saturating_sub(1)..(c + 2).min(columns)).filter(|&i| known[i]);
        around.for_each(|i| rows[since..].iter_mut().for_each(|row| row[i] = f64::NAN));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Weeks of a load of 50 with a little noise, with a job of two hours from an hour of the day on.
    fn weeks(jobs: &[usize]) -> Vec<Vec<f64>> {
        let noise = |i: usize| [0.0, 0.7, -0.4, 0.2, -0.6, 0.5, -0.3][(i * i + i / 7) % 7];
        let slot = |week: usize, at: usize, c: usize| {
            let of_day = c % 96;
            let job = if (4 * at..4 * at + 8).contains(&of_day) { 30.0 } else { 0.0 };
            50.0 + job + noise(c + 13 * week)
        };
        jobs.iter().enumerate().map(|(w, &at)| (0..672).map(|c| slot(w, at, c)).collect()).collect()
    }

    fn forgotten(rows: &[Vec<f64>], week: usize) -> Vec<usize> {
        let mut hours: Vec<usize> =
            (0..672).filter(|&c| rows[week][c].is_nan()).map(|c| c % 96 / 4).collect();
        hours.sort_unstable();
        hours.dedup();
        hours
    }

    #[test]
    fn a_job_in_utc_is_forgotten_where_it_ran_before_the_clocks_changed() {
        // Clocks went forward by an hour, four slots, three weeks ago: from 03 to 04, and from 05 to 06, something else ran.
        let mut rows = weeks(&[4, 4, 4, 3, 3, 3]);
        let moved = [[0; 7], [0; 7], [0; 7], [4; 7], [4; 7], [4; 7]];
        forget_changed(&mut rows, &moved, 96);
        let old = forgotten(&rows, 4);
        assert!(old.contains(&3) && old.contains(&5) && !old.contains(&12), "{old:?}");
        assert!(forgotten(&rows, 0).is_empty());
    }

    #[test]
    fn a_job_that_was_put_elsewhere_two_weeks_ago_is_believed() {
        let mut rows = weeks(&[22, 22, 3, 3, 3, 3]);
        forget_changed(&mut rows, &[[0; 7]; 6], 96);
        let old = forgotten(&rows, 3);
        assert!(old.contains(&3) && old.contains(&22), "{old:?}");
    }

    #[test]
    fn what_is_not_known_since_the_change_is_not_forgotten() {
        // The last two weeks have a hole on the first morning, at 03:15, in the middle of what has changed.
        let mut rows = weeks(&[22, 22, 3, 3, 3, 3]);
        rows[..2].iter_mut().for_each(|row| row[12..15].fill(f64::NAN));
        let before = rows.clone();
        forget_changed(&mut rows, &[[0; 7]; 6], 96);
        assert!(rows[3][13] == before[3][13] && rows[3][16].is_nan(), "{:?}", &rows[3][8..24]);
    }

    #[test]
    fn one_odd_week_changes_nothing() {
        let mut rows = weeks(&[22, 3, 3, 3, 3, 3]);
        let before = rows.clone();
        forget_changed(&mut rows, &[[0; 7]; 6], 96);
        assert_eq!(rows, before);
    }
}
