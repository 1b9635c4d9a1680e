//! Outliers: readings that lie off the level for a while and come back, and say nothing of where it goes.

use super::{
    grid::Series,
    ordinary::Ordinary,
    steps::{BUMP, UNDONE},
};

/// More of them than this share of all readings are what the level does, and no exceptions.
const MOST: f64 = 0.05;

/// The slots between a jump and another one that undoes it within [`BUMP`]: a restore, a temporary copy, a reading that is
/// wrong. A level that comes back slowly has been cleaned and grows again: that is none.
pub(super) fn outliers(series: &Series) -> Vec<usize> {
    let present: Vec<(i64, f64)> = series.present().collect();
    let Some(ordinary) = Ordinary::of(&present, series.step()) else { return Vec::new() };
    let mut found = Vec::new();
    let mut at = 1;
    while at < present.len() {
        let (before, first) = (present[at - 1], present[at]);
        let undone = ordinary.exceeded(before, first).then(|| undone(&present, at, &ordinary)).flatten();
        let end = undone.unwrap_or(at);
        found.extend(present[at..end].iter().filter_map(|reading| series.slot(reading.0)));
        at = end + 1;
    }
    if found.len() as f64 > MOST * present.len() as f64 { Vec::new() } else { found }
}

/// The place at which the jump to `first` is undone by one back to where the level would have been.
fn undone(present: &[(i64, f64)], first: usize, ordinary: &Ordinary) -> Option<usize> {
    let before = present[first - 1];
    let jump = present[first].1 - before.1;
    let near = present[first..].iter().take_while(|reading| reading.0 - present[first].0 <= BUMP).count();
    (first + 1..first + near).find(|&place| {
        let (last, back) = (present[place - 1], present[place]);
        ordinary.exceeded(last, back)
            && (back.1 - last.1) * jump < 0.0
            && (back.1 - ordinary.from(before, back.0)).abs() < UNDONE * jump.abs()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::series::clock::HOUR;

    /// 100 days of hours that grow by 1 an hour from 10,000 with a little regular noise, plus `shift`.
    fn found(shift: impl Fn(usize) -> f64) -> Vec<usize> {
        let noise = |i: usize| [0.0, 0.7, -0.4, 0.2, -0.6][i % 5];
        let level = |i: usize| 10_000.0 + i as f64 + noise(i) + shift(i);
        outliers(&Series::from_slots(0, HOUR, (0..2400).map(|i| Some(level(i)))))
    }

    #[test]
    fn a_copy_that_is_removed_and_a_wrong_reading_are_outliers() {
        assert_eq!(
            found(|i| if (1000..1030).contains(&i) { 800.0 } else { 0.0 }),
            (1000..1030).collect::<Vec<_>>()
        );
        assert_eq!(found(|i| if i == 1500 { -5_000.0 } else { 0.0 }), [1500]);
        // What goes up within two hours and back within two begins and ends half-way.
        let ramp = [0.0, 400.0, 800.0, 800.0, 400.0];
        let slow = |i: usize| i.checked_sub(1000).and_then(|i| ramp.get(i)).copied().unwrap_or(0.0);
        assert_eq!(found(slow), [1001, 1002, 1003, 1004]);
    }

    #[test]
    fn a_purge_a_cleaning_and_a_level_at_its_end_are_none() {
        assert_eq!(found(|i| if i >= 1000 { -800.0 } else { 0.0 }), [0; 0]);
        // Cleaned by 800 each second day, and grown again by then: no jump leads back.
        assert_eq!(found(|i| (i % 48) as f64 * 800.0 / 48.0), [0; 0]);
        // Whether what came 30 hours ago goes again, nobody knows.
        assert_eq!(found(|i| if i >= 2370 { 800.0 } else { 0.0 }), [0; 0]);
        // A job that copies and removes for six hours of each day is what this volume does.
        assert_eq!(found(|i| if i % 24 < 6 { 800.0 } else { 0.0 }), [0; 0]);
    }
}
