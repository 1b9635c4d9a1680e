//! A regular grid: one slot after another, each with a value or a hole.

use super::{clock::HOUR, quantile::median};
use crate::sources::Points;

/// Values on a regular grid. Slot `i` covers `[start + i·step, start + (i+1)·step)` and has a value or is a
/// hole; a hole is never a zero.
#[derive(Debug, Clone, PartialEq)]
pub struct Series {
    start: i64,
    step: i64,
    // NaN stands for a hole, in here only: what leaves is an `Option`.
    values: Vec<f64>,
}

impl Series {
    /// A series of holes. `start` is in seconds since 1970-01-01 UTC, `step` in seconds (at least 1).
    pub fn holes(start: i64, step: i64, len: usize) -> Self {
        Series { start, step: step.max(1), values: vec![f64::NAN; len] }
    }

    /// A series from its slots.
    pub fn from_slots(start: i64, step: i64, slots: impl IntoIterator<Item = Option<f64>>) -> Self {
        let values = slots.into_iter().map(|v| v.filter(|v| v.is_finite()).unwrap_or(f64::NAN)).collect();
        Series { start, step: step.max(1), values }
    }

    /// How many slots there are, holes included.
    pub fn len(&self) -> usize {
        self.values.len()
    }

    /// Whether there are no slots.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// Seconds from one slot to the next.
    pub fn step(&self) -> i64 {
        self.step
    }

    /// When a slot begins, in seconds since 1970-01-01 UTC.
    pub fn time(&self, slot: usize) -> i64 {
        self.start + slot as i64 * self.step
    }

    /// The slot that holds a moment.
    pub fn slot(&self, time: i64) -> Option<usize> {
        let slot = usize::try_from((time - self.start).div_euclid(self.step)).ok()?;
        (slot < self.len()).then_some(slot)
    }

    /// A slot's value; `None` for a hole and outside the grid.
    pub fn get(&self, slot: usize) -> Option<f64> {
        self.values.get(slot).copied().filter(|v| !v.is_nan())
    }

    /// Sets a slot, or makes it a hole. Outside the grid nothing happens.
    pub fn set(&mut self, slot: usize, value: Option<f64>) {
        if let Some(place) = self.values.get_mut(slot) {
            *place = value.filter(|v| v.is_finite()).unwrap_or(f64::NAN);
        }
    }

    /// All slots in order.
    pub fn slots(&self) -> impl Iterator<Item = Option<f64>> {
        self.values.iter().map(|v| if v.is_nan() { None } else { Some(*v) })
    }

    /// Times and values of the slots that are no holes.
    pub fn present(&self) -> impl DoubleEndedIterator<Item = (i64, f64)> {
        self.values
            .iter()
            .enumerate()
            .filter(|(_, v)| !v.is_nan())
            .map(|(slot, v)| (self.start + slot as i64 * self.step, *v))
    }

    /// The last value and its time.
    pub fn last(&self) -> Option<(i64, f64)> {
        self.present().next_back()
    }

    /// The first value and its time.
    pub fn first(&self) -> Option<(i64, f64)> {
        self.present().next()
    }

    /// The same on a coarser grid whose slots begin at multiples of `step`, each the mean of what it covers. As it is where it
    /// is no finer.
    #[must_use]
    pub fn coarser(&self, step: i64) -> Self {
        if self.step >= step || self.is_empty() {
            return self.clone();
        }
        let start = self.start.div_euclid(step) * step;
        let len = (self.time(self.len() - 1) - start) / step + 1;
        let mut sums = vec![(0.0, 0.0); usize::try_from(len).unwrap_or(0)];
        for (time, value) in self.present() {
            let sum = &mut sums[((time - start) / step) as usize];
            *sum = (sum.0 + value, sum.1 + 1.0);
        }
        Series::from_slots(start, step, sums.into_iter().map(|(sum, n)| (n > 0.0).then(|| sum / n)))
    }

    /// The same grid with each value changed.
    #[must_use]
    pub fn map(&self, mut change: impl FnMut(f64) -> f64) -> Self {
        Series::from_slots(self.start, self.step, self.slots().map(|v| v.map(&mut change)))
    }
}

/// Two series of one step, slot by slot, where both have a value.
pub(super) fn zip(a: &Series, b: &Series, combine: impl Fn(f64, f64) -> f64) -> Series {
    let slots = (0..a.len()).map(|i| Some(combine(a.get(i)?, b.get(b.slot(a.time(i))?)?)));
    Series::from_slots(a.start, a.step, slots.collect::<Vec<_>>())
}

/// How the samples that fall into one slot become its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fold {
    /// Their mean.
    Mean,
    /// Their largest.
    Max,
    /// Their median.
    Median,
}

/// The usual distance between samples in seconds: the median of the distances of the newest 500, so that a
/// series that was kept finer of late counts as fine. `None` with fewer than two samples.
pub fn native_step(points: &Points) -> Option<i64> {
    let newest = &points.times[points.len().saturating_sub(500)..];
    let mut distances: Vec<f64> = newest.windows(2).map(|w| (w[1] - w[0]) as f64).collect();
    median(&mut distances).map(|d| (d as i64).max(1))
}

/// Puts ascending points on a grid of `step` seconds whose slots begin at multiples of `step`.
///
/// Monitoring keeps old samples coarser: a sample whose successor follows within the hour stands for the slots
/// between the two; a longer distance is a hole.
pub fn grid(points: &Points, step: i64, fold: Fold) -> Series {
    let step = step.max(1);
    let (Some(&first), Some(&last)) = (points.times.first(), points.times.last()) else {
        return Series::holes(0, step, 0);
    };
    let start = first.div_euclid(step) * step;
    let len = usize::try_from((last - start) / step + 1).unwrap_or(0);
    let mut series = Series::holes(start, step, len);
    let mut bucket: Vec<f64> = Vec::new();
    let mut previous: Option<usize> = None;
    let mut i = 0;
    while i < points.len() {
        let slot = ((points.times[i] - start) / step) as usize;
        bucket.clear();
        while i < points.len() && ((points.times[i] - start) / step) as usize == slot {
            bucket.push(points.values[i]);
            i += 1;
        }
        if let Some(before) = previous {
            carry_within_the_hour(&mut series, before, slot);
        }
        series.set(slot, folded(&mut bucket, fold));
        previous = Some(slot);
    }
    series
}

fn carry_within_the_hour(series: &mut Series, before: usize, slot: usize) {
    if (slot - before) as i64 * series.step <= HOUR {
        let value = series.get(before);
        for between in before + 1..slot {
            series.set(between, value);
        }
    }
}

fn folded(bucket: &mut [f64], fold: Fold) -> Option<f64> {
    match fold {
        Fold::Mean if bucket.is_empty() => None,
        Fold::Mean => Some(bucket.iter().sum::<f64>() / bucket.len() as f64),
        Fold::Max => bucket.iter().copied().max_by(f64::total_cmp),
        Fold::Median => median(bucket),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn points(pairs: &[(i64, f64)]) -> Points {
        pairs.iter().copied().collect()
    }

    #[test]
    fn slots_begin_at_multiples_of_the_step_and_gaps_stay_holes() {
        let series = grid(&points(&[(3_700, 1.0), (3_900, 3.0), (18_000, 5.0)]), HOUR, Fold::Mean);
        assert_eq!(series.time(0), 3_600);
        assert_eq!(series.slots().collect::<Vec<_>>(), [Some(2.0), None, None, None, Some(5.0)]);
    }

    #[test]
    fn an_hourly_sample_stands_for_its_hour_on_a_finer_grid() {
        let series = grid(&points(&[(0, 1.0), (3_600, 2.0), (7_260, 9.0)]), 900, Fold::Mean);
        let slots: Vec<_> = series.slots().collect();
        assert_eq!(slots[..5], [Some(1.0), Some(1.0), Some(1.0), Some(1.0), Some(2.0)]);
        assert_eq!(slots[8], Some(9.0));
    }

    #[test]
    fn folds_differ() {
        let p = points(&[(0, 1.0), (1, 2.0), (2, 9.0)]);
        let of = |fold| grid(&p, 60, fold).get(0);
        assert_eq!((of(Fold::Mean), of(Fold::Max), of(Fold::Median)), (Some(4.0), Some(9.0), Some(2.0)));
    }

    #[test]
    fn nothing_gives_an_empty_grid() {
        assert!(grid(&Points::default(), 60, Fold::Mean).is_empty());
    }

    #[test]
    fn the_native_step_is_that_of_the_newest_samples() {
        let mut p = Points::default();
        (0..100).for_each(|i| p.push(i * 3_600, 1.0));
        (0..600).for_each(|i| p.push(360_000 + i * 300, 1.0));
        assert_eq!(native_step(&p), Some(300));
        assert_eq!(native_step(&points(&[(0, 1.0)])), None);
    }
}
