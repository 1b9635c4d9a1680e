//! Down-sampling: one series in one month, on a coarser step.

use std::ops::Range;

use super::step::median_step;
use crate::{platform::Form, sources::Points};

/// One point for each slot of `step` seconds, counted from `start`; `None` where that would change nothing, or
/// where the series is no more than half as coarse again: a slot would then hold one point or two.
///
/// - A level becomes its mean, stamped with the slot's start, as Graphite and CloudWatch stamp their roll-ups: a
///   grid of that step puts it where its values were. A slot with holes is the mean of what is there.
/// - A running total keeps its last point, at its own time, the points on both sides of each new start from zero,
///   and the month's first: what it has grown by is the same as before.
///
/// A slot with one point is left as it is, so a second time changes nothing. The mean of values and their mean is
/// their mean: samples that are appended once more are taken in without harm.
pub(super) fn downsample(form: Form, times: &[i64], values: &[f64], start: i64, step: i64) -> Option<Points> {
    if step < 1 || median_step(times)?.saturating_mul(2) > step {
        return None;
    }
    let mut kept = Points::default();
    for slot in slots(times, start, step) {
        match form {
            _ if slot.len() == 1 => kept.push(times[slot.start], values[slot.start]),
            Form::Gauge => {
                let number = times[slot.start].saturating_sub(start).div_euclid(step);
                kept.push(start + number * step, mean(&values[slot]));
            }
            Form::Counter => {
                let last = slot.end - 1;
                let rows = slot
                    .filter(|row| *row == last || *row == 0 || falls(values, *row) || falls(values, row + 1));
                rows.for_each(|row| kept.push(times[row], values[row]));
            }
        }
    }
    (kept.times != times || kept.values != values).then_some(kept)
}

/// Whether the value of a row is below the one before it.
fn falls(values: &[f64], row: usize) -> bool {
    let before = row.checked_sub(1).and_then(|before| values.get(before));
    before.zip(values.get(row)).is_some_and(|(before, value)| value < before)
}

/// The rows of each slot that has any.
fn slots(times: &[i64], start: i64, step: i64) -> impl Iterator<Item = Range<usize>> {
    let number = move |time: i64| time.saturating_sub(start).div_euclid(step);
    let mut from = 0;
    times.chunk_by(move |a, b| number(*a) == number(*b)).map(move |slot| {
        let rows = from..from + slot.len();
        from = rows.end;
        rows
    })
}

/// The mean of finite values, finite as well.
fn mean(values: &[f64]) -> f64 {
    let count = values.len() as f64;
    let mean = values.iter().sum::<f64>() / count;
    let mean = if mean.is_finite() { mean } else { values.iter().map(|value| value / count).sum() };
    // The archive has one zero.
    mean + 0.0
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const HOUR: i64 = 3600;

    fn pairs(points: &Points) -> Vec<(i64, f64)> {
        points.iter().collect()
    }

    fn hourly(form: Form, points: &Points) -> Option<Points> {
        downsample(form, &points.times, &points.values, 0, HOUR)
    }

    #[test]
    fn a_level_becomes_the_mean_of_what_is_there_at_the_start_of_its_slot() {
        // Ten minutes: 1 to 6 in the first hour (mean 3.5), 7 and 9 in the second with a hole between (mean 8), one
        // in the third.
        let points: Points = [
            (0, 1.0),
            (600, 2.0),
            (1200, 3.0),
            (1800, 4.0),
            (2400, 5.0),
            (3000, 6.0),
            (HOUR + 60, 7.0),
            (2 * HOUR - 1, 9.0),
            (2 * HOUR + 600, 5.0),
        ]
        .into_iter()
        .collect();
        let hours = hourly(Form::Gauge, &points).unwrap();
        assert_eq!(pairs(&hours), [(0, 3.5), (HOUR, 8.0), (2 * HOUR + 600, 5.0)]);
    }

    #[test]
    fn a_running_total_keeps_its_last_point_and_what_it_has_grown_by() {
        // It starts again at 1800: 10 -> 40 is 30, 5 -> 25 is 5 + 20.
        let points: Points = [
            (0, 10.0),
            (600, 20.0),
            (1200, 40.0),
            (1800, 5.0),
            (2400, 25.0),
            (HOUR, 30.0),
            (HOUR + 600, 31.0),
        ]
        .into_iter()
        .collect();
        let hours = hourly(Form::Counter, &points).unwrap();
        assert_eq!(pairs(&hours), [(0, 10.0), (1200, 40.0), (1800, 5.0), (2400, 25.0), (HOUR + 600, 31.0)]);
    }

    #[test]
    fn what_is_that_coarse_already_is_left_alone() {
        // An hour that comes a little early or late: two points in one slot, none in the next.
        let late: Points = [(0, 1.0), (3590, 2.0), (7200, 3.0), (10_790, 4.0)].into_iter().collect();
        assert_eq!(hourly(Form::Gauge, &late), None);
        let days: Points = (0..5).map(|day| (day * 24 * HOUR + 77, 1.0)).collect();
        assert_eq!(hourly(Form::Gauge, &days), None);
        assert_eq!(hourly(Form::Gauge, &Points::default()), None);
        assert_eq!(downsample(Form::Gauge, &[1, 2, 3], &[1.0; 3], 0, 0), None);
    }

    #[test]
    fn means_are_finite() {
        assert_eq!(mean(&[f64::MAX, f64::MAX]), f64::MAX);
        assert_eq!(mean(&[-5e-324, 0.0]).to_bits(), 0.0_f64.to_bits());
    }

    proptest! {
        #[test]
        fn a_second_time_changes_nothing(
            times in prop::collection::btree_set(0_i64..40_000, 0..300),
            seed in any::<u32>(),
            step in prop::sample::select(vec![60_i64, 300, 900, HOUR, 6 * HOUR]),
            counter in any::<bool>(),
        ) {
            let form = if counter { Form::Counter } else { Form::Gauge };
            // Rises, and starts again every few thousand seconds.
            let value = |time: i64| f64::from((time as u32).wrapping_add(seed % 9973) % (1000 + seed % 9000));
            let points: Points = times.iter().map(|time| (*time, value(*time))).collect();
            if let Some(once) = downsample(form, &points.times, &points.values, 0, step) {
                prop_assert!(once.times.is_sorted_by(|a, b| a < b));
                prop_assert!(once.len() < points.len());
                prop_assert_eq!(downsample(form, &once.times, &once.values, 0, step), None);
                let slots = |points: &Points| {
                    points.times.iter().map(|time| time / step).collect::<std::collections::BTreeSet<_>>()
                };
                prop_assert_eq!(slots(&once), slots(&points));
                // What a total has grown by.
                if counter {
                    let grown = |points: &Points| {
                        let pairs = points.values.windows(2);
                        pairs.map(|v| if v[1] >= v[0] { v[1] - v[0] } else { v[1] }).sum::<f64>()
                    };
                    prop_assert_eq!(grown(&once), grown(&points));
                }
            }
        }

        #[test]
        fn samples_that_come_once_more_change_no_mean(
            offset in 0_i64..600,
            values in prop::collection::vec(-1e6..1e6_f64, 12..60),
        ) {
            let raw: Points = (0_i64..).zip(&values).map(|(i, v)| (offset + i * 600, *v)).collect();
            let once = hourly(Form::Gauge, &raw).unwrap();
            let mut both: std::collections::BTreeMap<i64, f64> = once.iter().collect();
            both.extend(raw.iter());
            let both: Points = both.into_iter().collect();
            let again = hourly(Form::Gauge, &both).unwrap();
            prop_assert_eq!(&again.times, &once.times);
            for (a, b) in again.values.iter().zip(&once.values) {
                prop_assert!((a - b).abs() <= 1e-9 * 1e6, "{} {}", a, b);
            }
        }
    }
}
