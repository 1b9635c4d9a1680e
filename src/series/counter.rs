//! Counters: running totals become increments and rates; a total that falls has started again from zero.

use super::{clock::HOUR, grid::native_step};
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

/// The increments of all counters in each slot.
pub(super) fn slotted(counters: &[&Points], step: i64) -> std::collections::BTreeMap<i64, f64> {
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
}
