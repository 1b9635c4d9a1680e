//! Ordinary: how much a level changes from one slot to the next while nothing happens to it.

use super::quantile::mad;

/// A jump counts as a step over this many robust standard deviations of the ordinary change from one slot to
/// the next (trials on simulated fleets: 8 keeps false steps under one a decade of hours).
const SIGMAS: f64 = 8.0;
/// … and over this share of the level; a retention job may take no more than that at a time.
pub(super) const LEAST_SHARE: f64 = 0.004;
/// One in so many of the changes, and one at least, is left out at either end before their mean is taken: steps are rarer.
const TRIM: usize = 100;
/// Of fewer changes than this none is left out.
const LEAST_TRIMMED: usize = 5;
/// Standard deviation of a normal distribution over its mean absolute deviation: the root of π/2.
const NORMAL_SPREAD: f64 = 1.2533;

/// How much the series ordinarily changes from one slot to the next.
pub(super) struct Ordinary {
    step: i64,
    /// From one slot to the next, in the series' unit.
    pub(super) drift: f64,
    sigma: f64,
}

impl Ordinary {
    /// From the present slots of a series and its step; `None` with too few that follow each other.
    pub(super) fn of(present: &[(i64, f64)], step: i64) -> Option<Self> {
        let neighbours = present.windows(2).filter(|w| w[1].0 - w[0].0 == step);
        let mut changes: Vec<f64> = neighbours.map(|w| w[1].1 - w[0].1).collect();
        let robust = mad(&mut changes)?;
        // Means of what is no step: day and night differ, and a quantised level mostly does not change at all.
        changes.sort_unstable_by(f64::total_cmp);
        let trim = (changes.len() / TRIM).max(usize::from(changes.len() >= LEAST_TRIMMED));
        let kept = &changes[trim..changes.len() - trim];
        let drift = kept.iter().sum::<f64>() / kept.len() as f64;
        let spread = kept.iter().map(|c| (c - drift).abs()).sum::<f64>() / kept.len() as f64;
        let sigma = robust.max(NORMAL_SPREAD * spread);
        Some(Ordinary { step, drift, sigma })
    }

    /// Where the level would be at a time, had nothing happened since a reading.
    pub(super) fn from(&self, before: (i64, f64), time: i64) -> f64 {
        before.1 + self.drift * (time - before.0) as f64 / self.step as f64
    }

    /// Whether a change is too large to be an ordinary one.
    pub(super) fn exceeded(&self, before: (i64, f64), after: (i64, f64)) -> bool {
        let slots = (after.0 - before.0) as f64 / self.step as f64;
        let change = (after.1 - before.1 - self.drift * slots).abs();
        change > SIGMAS * self.sigma * slots.sqrt()
            && change > LEAST_SHARE * before.1.abs().max(after.1.abs())
    }
}
