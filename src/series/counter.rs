//! Counters: running totals become increments and rates; a total that falls has started again from zero.

use super::{
    clock::HOUR,
    grid::{Series, native_step},
};
use crate::sources::Points;

/// What a counter grew by from one sample to the next: at the later sample's time, with the seconds between.
/// A value below its predecessor is a reset: the counter has grown from zero to it, as in Prometheus'
/// `increase`. A distance over three native steps (at least an hour) is a hole and gives no increment, since
/// nobody knows what happened in it.
pub fn increments(points: &Points) -> Vec<(i64, f64, f64)> {
    let longest = native_step(points).map_or(HOUR, |step| (3 * step).max(HOUR));
    let pairs = points.times.windows(2).zip(points.values.windows(2));
    pairs
        .filter_map(|(t, v)| {
            let seconds = t[1] - t[0];
            (seconds > 0 && seconds <= longest).then(|| {
                let grown = if v[1] >= v[0] { v[1] - v[0] } else { v[1] };
                (t[1], grown.max(0.0), seconds as f64)
            })
        })
        .collect()
}

/// A counter's rate per second, at the later of each two samples.
pub fn rate(points: &Points) -> Points {
    increments(points).into_iter().map(|(time, grown, seconds)| (time, grown / seconds)).collect()
}

/// The mean per event over each slot of `step` seconds, from the counter of a sum and the counter of events:
/// the increments of all sums over the increments of all counts. A slot without events is a hole.
pub fn mean_per_event(sums: &[&Points], counts: &[&Points], step: i64) -> Series {
    let (sums, counts) = (slotted(sums, step), slotted(counts, step));
    let (Some((&first, _)), Some((&last, _))) = (sums.first_key_value(), sums.last_key_value()) else {
        return Series::holes(0, step, 0);
    };
    let len = usize::try_from(last - first + 1).unwrap_or(0);
    let slots = (0..len as i64).map(|i| {
        let slot = first + i;
        let (sum, count) = (sums.get(&slot)?, counts.get(&slot)?);
        (*count > 0.0).then(|| sum / count)
    });
    Series::from_slots(first * step, step, slots.collect::<Vec<_>>())
}

/// The increments of all counters in each slot.
fn slotted(counters: &[&Points], step: i64) -> std::collections::BTreeMap<i64, f64> {
    let mut slots = std::collections::BTreeMap::new();
    for counter in counters {
        for (time, grown, _) in increments(counter) {
            // An increment ends at its time: one that ends on a slot's edge belongs to the slot before.
            *slots.entry((time - 1).div_euclid(step)).or_insert(0.0) += grown;
        }
    }
    slots
}

#[cfg(test)]
mod tests {
    use super::*;

    fn points(pairs: &[(i64, f64)]) -> Points {
        pairs.iter().copied().collect()
    }

    #[test]
    fn a_reset_counts_from_zero() {
        let p = points(&[(0, 100.0), (60, 160.0), (120, 30.0), (180, 90.0)]);
        let grown: Vec<f64> = increments(&p).into_iter().map(|(_, g, _)| g).collect();
        assert_eq!(grown, [60.0, 30.0, 60.0]);
        assert_eq!(rate(&p).values, [1.0, 0.5, 1.0]);
    }

    #[test]
    fn nothing_is_said_of_a_gap() {
        let p = points(&[(0, 0.0), (300, 10.0), (600, 20.0), (90_000, 5_000.0), (90_300, 5_010.0)]);
        assert_eq!(increments(&p).len(), 3);
    }

    #[test]
    fn a_mean_is_weighted_by_events_and_an_idle_slot_is_a_hole() {
        // Hour 1: stage a 10 s over 5 messages, stage b 20 s over the same 5; hour 2: nothing delivered.
        let a = points(&[(0, 0.0), (3_600, 10.0), (7_200, 10.0)]);
        let b = points(&[(0, 0.0), (3_600, 20.0), (7_200, 20.0)]);
        let count = points(&[(0, 0.0), (3_600, 5.0), (7_200, 5.0)]);
        let mean = mean_per_event(&[&a, &b], &[&count], HOUR);
        assert_eq!(mean.slots().collect::<Vec<_>>(), [Some(6.0), None]);
    }
}
