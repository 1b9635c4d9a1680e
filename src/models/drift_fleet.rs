//! What all series together say of the noise and of how many change.

use super::{
    drift_evidence::{Evidence, log_sum},
    drift_noise::NOISES,
    drift_shape::COURSES,
};

/// Of no change, a ramp, a late ramp, a step, before any series was seen.
const KINDS: [f64; 1 + COURSES] = [0.5, 0.2, 0.15, 0.15];
/// As many series as these weights count for.
const KINDS_COUNT: f64 = 20.0;
/// As many series as equal weights of all noises count for.
const NOISES_COUNT: f64 = 26.0;
/// Rounds of expectation and maximisation; after these the weights no longer move visibly.
const ROUNDS: usize = 12;

/// As many series as independence of noise and course counts for.
const INDEPENDENT_COUNT: f64 = 40.0;

/// How likely each noise with each kind of course is, before a series is looked at.
#[derive(Debug, Clone, PartialEq)]
pub struct DriftPrior {
    /// By noise: no change, a ramp, a late ramp, a step. All together are 1.
    pub(super) weights: Vec<[f64; 1 + COURSES]>,
}

impl Default for DriftPrior {
    fn default() -> Self {
        DriftPrior { weights: vec![KINDS.map(|k| k / NOISES as f64); NOISES] }
    }
}

impl DriftPrior {
    /// The share of series that change.
    pub(super) fn changing(&self) -> f64 {
        1.0 - self.weights.iter().map(|kinds| kinds[0]).sum::<f64>()
    }
}

/// Learns both by expectation and maximisation (Dempster, Laird & Rubin 1977) with Dirichlet priors.
pub(super) fn learn(fleet: &[&Evidence]) -> DriftPrior {
    let tables: Vec<Vec<[f64; 1 + COURSES]>> = fleet.iter().map(|e| e.by_kind()).collect();
    let mut prior = DriftPrior::default();
    for _ in 0..ROUNDS {
        let mut counts = vec![[0.0; 1 + COURSES]; NOISES];
        for table in &tables {
            let joint = |n: usize, k: usize| table[n][k] + prior.weights[n][k].ln();
            let cells = || (0..NOISES).flat_map(|n| (0..=COURSES).map(move |k| (n, k)));
            let total = cells().fold(f64::NEG_INFINITY, |sum, (n, k)| log_sum(sum, joint(n, k)));
            for (n, k) in cells() {
                counts[n][k] += (joint(n, k) - total).exp();
            }
        }
        let count = fleet.len() as f64;
        let mut kinds = KINDS.map(|k| k * KINDS_COUNT);
        (0..=COURSES).for_each(|k| kinds[k] += counts.iter().map(|c| c[k]).sum::<f64>());
        let kinds = kinds.map(|k| k / (KINDS_COUNT + count));
        let noises: Vec<f64> = counts
            .iter()
            .map(|c| (c.iter().sum::<f64>() + NOISES_COUNT / NOISES as f64) / (count + NOISES_COUNT))
            .collect();
        for n in 0..NOISES {
            for k in 0..=COURSES {
                prior.weights[n][k] =
                    (counts[n][k] + INDEPENDENT_COUNT * kinds[k] * noises[n]) / (count + INDEPENDENT_COUNT);
            }
        }
    }
    prior
}

/// Beliefs that are told as changes may on average be wrong this often. On simulated fleets, 3 to 5 of 100 that were
/// told were false.
const FALSE_SHARE: f64 = 0.035;
/// A belief below this is never told, however many sure ones there are beside it.
const LEAST_BELIEF: f64 = 0.62;
/// A belief above this is always told: what a series by itself needs.
const LONE_BELIEF: f64 = 0.85;

/// The least belief in a rise or fall that is told, so that of all that are told the share of false ones, by their
/// own beliefs, stays low: the Bayesian false discovery rate (Newton et al. 2004). It takes the beliefs of all series.
pub fn least_belief(beliefs: &[f64]) -> f64 {
    let mut sorted = beliefs.to_vec();
    sorted.sort_unstable_by(|a, b| b.total_cmp(a));
    let mut doubt = 0.0;
    let mut least = 1.0;
    for (told, belief) in sorted.iter().enumerate() {
        doubt += 1.0 - belief;
        if doubt <= FALSE_SHARE * (told + 1) as f64 {
            least = *belief;
        }
    }
    least.clamp(LEAST_BELIEF, LONE_BELIEF)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_many_are_told_as_leave_the_share_of_false_ones_low() {
        // Doubts 0.01, 0.02, 0.03 are 0.02 each; with 0.1 more they are 0.04 each.
        assert_eq!(least_belief(&[0.1, 0.97, 0.99, 0.7, 0.98, 0.9]), LONE_BELIEF);
        // Ninety sure ones leave room for doubtful ones: 10 × 0.34 of 100 is 0.034.
        let mut beliefs = vec![1.0; 90];
        beliefs.extend([0.66; 10]);
        assert_eq!(least_belief(&beliefs), 0.66);
        beliefs.extend([0.4; 10]);
        assert_eq!(least_belief(&beliefs), 0.66);
    }

    #[test]
    fn few_series_need_the_belief_of_a_lone_one() {
        assert_eq!(least_belief(&[]), LONE_BELIEF);
        assert_eq!(least_belief(&[0.9]), LONE_BELIEF);
        assert_eq!(least_belief(&[1.0; 50]), LONE_BELIEF);
    }
}
