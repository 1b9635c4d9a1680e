//! How large changes are: a mixture of sizes on either side of zero. The fleet teaches its shares, so that neither a
//! platform that mostly gets slower nor one whose changes are all large is judged as if any change were as likely.

use super::drift_evidence::Change;

/// One part of the sizes of changes from the start to the end of the span, on the scale of logarithms: a normal
/// distribution.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Size {
    centre: f64,
    deviation: f64,
    /// Its share before any series was seen.
    pub(super) share: f64,
}

/// The sizes on one side of zero: centre, deviation and share. With those on the other side they are a normal
/// distribution of deviation 0.4 to 4 % of its density (least squares, by scipy's `nnls`): a factor of 1.35 is about as
/// common as a change that is not worth telling.
const ASIDE: [(f64, f64, f64); 6] = [
    (0.08, 0.08, 0.307),
    (0.22, 0.08, 0.233),
    (0.36, 0.08, 0.184),
    (0.52, 0.10, 0.160),
    (0.72, 0.13, 0.092),
    (1.00, 0.20, 0.024),
];
/// The deviation and share of the size that takes the rest: a release that halves a latency is no surprise to it. Set on
/// simulated fleets.
const WIDE: (f64, f64) = (1.2, 0.15);

/// How many sizes there are.
pub(super) const SIZES: usize = 2 * ASIDE.len() + 1;

/// All sizes, a rise and a fall in turn, the wide one last. Their shares are 1 together.
pub(super) fn sizes() -> [Size; SIZES] {
    let (deviation, wide) = WIDE;
    std::array::from_fn(|s| match ASIDE.get(s / 2) {
        Some(&(centre, deviation, share)) => {
            let side = if s % 2 == 0 { 1.0 } else { -1.0 };
            Size { centre: side * centre, deviation, share: 0.5 * (1.0 - wide) * share }
        }
        None => Size { centre: 0.0, deviation, share: wide },
    })
}

impl Size {
    /// The logarithm of the likelihood of a course with a change of this size, the change integrated out.
    pub(super) fn log_likelihood(&self, change: &Change) -> f64 {
        let total = self.deviation * self.deviation + change.error * change.error;
        change.log_likelihood - 0.5 * (total.ln() + (change.size - self.centre).powi(2) / total)
    }

    /// Mean and deviation of the change if it is of this size and its estimate has this variance.
    pub(super) fn given(&self, estimate: f64, variance: f64) -> (f64, f64) {
        let own = self.deviation * self.deviation;
        let total = own + variance;
        ((estimate * own + self.centre * variance) / total, (own * variance / total).sqrt())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_a_distribution_that_is_nearly_the_normal_one_it_stands_for() {
        let shares: f64 = sizes().iter().map(|size| size.share).sum();
        assert!((shares - 1.0).abs() < 1e-12);
        let density = |x: f64, centre: f64, deviation: f64| {
            (-0.5 * ((x - centre) / deviation).powi(2)).exp() / (deviation * std::f64::consts::TAU.sqrt())
        };
        for x in [0.0, 0.1, -0.3, 0.5, -0.8, 1.0] {
            let own: f64 = sizes().iter().map(|s| s.share * density(x, s.centre, s.deviation)).sum();
            let meant = 0.85 * density(x, 0.0, 0.4) + 0.15 * density(x, 0.0, 1.2);
            assert!((own - meant).abs() < 0.05, "{x}: {own} for {meant}");
        }
    }

    #[test]
    fn an_estimate_as_uncertain_as_a_size_is_wide_ends_half_way() {
        let size = Size { centre: 0.22, deviation: 0.08, share: 0.1 };
        let (mean, deviation) = size.given(0.30, 0.08 * 0.08);
        // (0.30 + 0.22) / 2, and 0.08 / √2.
        assert!((mean - 0.26).abs() < 1e-12 && (deviation - 0.056_568_542_494_923_8).abs() < 1e-12);
        let change = Change { log_likelihood: -3.0, size: 0.30, error: 0.08 };
        // The total variance is 0.0128: −3 − ½·(ln 0.0128 + 0.08²/0.0128) = −3 − ½·(−4.35831 + 0.5).
        assert!((size.log_likelihood(&change) - (-1.070_845)).abs() < 1e-5);
    }
}
