//! The noise around a drift: how long a latency that is off stays off.
//!
//! The errors of the levels have covariance σ²·[(1 − w)·exp(−|Δt|/τ) + w·exp(−|Δt|/τ₀)]: hours of slow answers, and
//! wandering over days (Ornstein–Uhlenbeck). Values are whitened by the Kalman filter of that process (Harvey 1989,
//! section 3.4), which costs one pass instead of a matrix inversion.

/// How many days the short part of the noise lasts: set on simulated fleets, whose hours have it. On levels by day
/// it is white.
const SHORT_DAYS: f64 = 0.1;
/// Share of the variance that no memory explains: levels are medians of few samples.
const WHITE: f64 = 0.02;
/// Days that the long part lasts.
const LONG_DAYS: [f64; 5] = [0.35, 0.7, 1.4, 2.8, 5.6];
/// Share of the short part.
const SHORT_SHARES: [f64; 5] = [0.9, 0.75, 0.5, 0.25, 0.0];

/// Noise that remembers longer than this, its parts by their shares, wanders: on simulated fleets few that do change
/// beside it.
const WANDERS_DAYS: f64 = 0.4;

/// One kind of noise.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Noise {
    long_days: f64,
    short_share: f64,
}

impl Noise {
    /// Whether it wanders: on average it remembers longer than [`WANDERS_DAYS`].
    pub(super) fn wanders(self) -> bool {
        self.short_share * SHORT_DAYS + (1.0 - self.short_share) * self.long_days > WANDERS_DAYS
    }
}

/// How many kinds of noise are weighed.
pub(super) const NOISES: usize = 1 + LONG_DAYS.len() * SHORT_SHARES.len();

/// All kinds of noise: short alone, then each long one with each share of the short one.
pub(super) fn noises() -> impl Iterator<Item = Noise> {
    let mixed = LONG_DAYS
        .iter()
        .flat_map(|&long_days| SHORT_SHARES.iter().map(move |&short_share| Noise { long_days, short_share }));
    std::iter::once(Noise { long_days: LONG_DAYS[0], short_share: 1.0 }).chain(mixed)
}

/// One step of the filter, the same for all columns that it whitens.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Gain {
    /// Whether there is a value.
    pub(super) known: bool,
    /// One over the innovation's variance.
    pub(super) weight: f64,
    /// What of the innovation the short and the long part take over into the next step.
    pub(super) taken: [f64; 2],
    /// What of themselves they keep.
    pub(super) kept: [f64; 2],
}

/// The filter's steps for values at equal distances of `step` days, and the logarithm of the covariance's
/// determinant (at σ = 1).
pub(super) fn gains(noise: Noise, step: f64, known: &[bool]) -> (Vec<Gain>, f64) {
    let kept = [(-step / SHORT_DAYS).exp(), (-step / noise.long_days).exp()];
    let share = [noise.short_share, 1.0 - noise.short_share];
    // The state's covariance: of the short part, between both, of the long part.
    let mut p = [share[0], 0.0, share[1]];
    let mut log_determinant = 0.0;
    let gains = known.iter().map(|&known| {
        let of = [p[0] + p[1], p[1] + p[2]];
        let variance = of[0] + of[1] + WHITE;
        let gain = if known { [of[0] / variance, of[1] / variance] } else { [0.0, 0.0] };
        if known {
            log_determinant += variance.ln();
        }
        p = [p[0] - gain[0] * of[0], p[1] - gain[0] * of[1], p[2] - gain[1] * of[1]];
        p = [
            kept[0] * kept[0] * p[0] + share[0] * (1.0 - kept[0] * kept[0]),
            kept[0] * kept[1] * p[1],
            kept[1] * kept[1] * p[2] + share[1] * (1.0 - kept[1] * kept[1]),
        ];
        Gain { known, weight: 1.0 / variance, taken: [kept[0] * gain[0], kept[1] * gain[1]], kept }
    });
    let gains = gains.collect();
    (gains, log_determinant)
}
