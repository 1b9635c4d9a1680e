//! What all series together say of the noise, of how many change, and by how much.

use super::{
    drift_evidence::Evidence,
    drift_noise::{NOISES, noises},
    drift_shape::COURSES,
    drift_sizes::{SIZES, sizes},
};

/// Of no change, a ramp, a late ramp, a step, before any series was seen.
const KINDS: [f64; 1 + COURSES] = [0.5, 0.2, 0.15, 0.15];
/// As many series as these weights count for.
const KINDS_COUNT: f64 = 20.0;
/// What wanders by itself changes this much more seldom, before any series was seen: on simulated fleets a change fits what
/// wanders more often than it is there.
const WANDERING: f64 = 0.3;
/// As many series as this counts for among those whose noise is alike in that.
const ALIKE_COUNT: f64 = 20.0;
/// As many series as equal weights of all noises count for.
const NOISES_COUNT: f64 = 26.0;
/// As many changes as the sizes' own shares count for.
const SIZES_COUNT: f64 = 20.0;
/// Rounds of expectation and maximisation; after these the weights no longer move visibly.
const ROUNDS: usize = 12;

/// How likely each noise with each kind of course is, and each size of a change, before a series is looked at.
#[derive(Debug, Clone, PartialEq)]
pub struct DriftPrior {
    /// By noise: no change, a ramp, a late ramp, a step. All together are 1.
    pub(super) weights: Vec<[f64; 1 + COURSES]>,
    /// The share of each size among changes.
    pub(super) sizes: [f64; SIZES],
    /// The share of series that change, whatever their noise.
    pub(super) changing: f64,
}

impl Default for DriftPrior {
    fn default() -> Self {
        DriftPrior::of(&Counts::none(), 0.0)
    }
}

impl DriftPrior {
    /// The share that the weights give to changes.
    pub(super) fn weight_of_changes(&self) -> f64 {
        1.0 - self.weights.iter().map(|kinds| kinds[0]).sum::<f64>()
    }

    /// What so many series say that were counted.
    fn of(counts: &Counts, series: f64) -> Self {
        let mut kinds = KINDS.map(|k| k * KINDS_COUNT);
        let mut alike = [[0.0; 1 + COURSES]; 2];
        for (noise, counts) in noises().zip(&counts.kinds) {
            for (k, count) in counts.iter().enumerate() {
                kinds[k] += count;
                alike[usize::from(noise.wanders())][k] += count;
            }
        }
        let kinds = kinds.map(|k| k / (KINDS_COUNT + series));
        for (own, changes) in alike.iter_mut().zip([1.0, WANDERING]) {
            let count: f64 = own.iter().sum();
            for (k, own) in own.iter_mut().enumerate() {
                let usual = if k > 0 { changes * kinds[k] } else { 1.0 - changes * (1.0 - kinds[0]) };
                *own = (*own + ALIKE_COUNT * usual) / (count + ALIKE_COUNT);
            }
        }
        let weights = noises().zip(&counts.kinds).map(|(noise, counts)| {
            let count: f64 = counts.iter().sum();
            let share = (count + NOISES_COUNT / NOISES as f64) / (series + NOISES_COUNT);
            alike[usize::from(noise.wanders())].map(|kind| share * kind)
        });
        let changes: f64 = counts.sizes.iter().sum();
        let mut shares = sizes().map(|size| SIZES_COUNT * size.share / (SIZES_COUNT + changes));
        shares
            .iter_mut()
            .zip(counts.sizes)
            .for_each(|(share, count)| *share += count / (SIZES_COUNT + changes));
        DriftPrior { weights: weights.collect(), sizes: shares, changing: 1.0 - kinds[0] }
    }
}

/// Learns all by expectation and maximisation (Dempster, Laird & Rubin 1977) with Dirichlet priors.
pub(super) fn learn(fleet: &[&Evidence]) -> DriftPrior {
    let tables: Vec<Table> = fleet.iter().map(|one| Table::of(one)).collect();
    let mut prior = DriftPrior::default();
    for _ in 0..ROUNDS {
        let mut counts = Counts::none();
        tables.iter().for_each(|table| table.count(&prior, &mut counts));
        prior = DriftPrior::of(&counts, fleet.len() as f64);
    }
    prior
}

/// How many series are taken for what.
struct Counts {
    /// By noise: no change, a ramp, a late ramp, a step.
    kinds: Vec<[f64; 1 + COURSES]>,
    /// By size, those that change.
    sizes: [f64; SIZES],
}

impl Counts {
    fn none() -> Self {
        Counts { kinds: vec![[0.0; 1 + COURSES]; NOISES], sizes: [0.0; SIZES] }
    }

    fn add(&mut self, other: &Counts, times: f64) {
        let own = self.kinds.iter_mut().flatten().chain(&mut self.sizes);
        own.zip(other.kinds.iter().flatten().chain(&other.sizes))
            .for_each(|(own, other)| *own += times * other);
    }
}

/// How likely no change, and each kind of course with each size, makes one series, up to a factor.
struct Table {
    /// By noise.
    steady: Vec<f64>,
    /// By noise, kind and size; courses of one kind are equally likely.
    changes: Vec<[[f64; SIZES]; COURSES]>,
}

impl Table {
    fn of(evidence: &Evidence) -> Self {
        let mut alike = [0.0_f64; COURSES];
        evidence.courses.iter().for_each(|course| alike[course.kind()] += 1.0);
        let all = sizes();
        let logs: Vec<Vec<[f64; SIZES]>> = evidence
            .changes
            .iter()
            .map(|changes| changes.iter().map(|change| all.map(|size| size.log_likelihood(change))).collect())
            .collect();
        let cells = logs.iter().flatten().flatten().chain(&evidence.steady);
        let highest = cells.copied().fold(f64::NEG_INFINITY, f64::max);
        let by_kind = |by_course: &Vec<[f64; SIZES]>| {
            let mut kinds = [[0.0; SIZES]; COURSES];
            for (course, logs) in evidence.courses.iter().zip(by_course) {
                let kind = course.kind();
                let sums = kinds[kind].iter_mut().zip(logs);
                sums.for_each(|(sum, log)| *sum += (log - highest).exp() / alike[kind]);
            }
            kinds
        };
        let changes = logs.iter().map(by_kind).collect();
        Table { steady: evidence.steady.iter().map(|log| (log - highest).exp()).collect(), changes }
    }

    /// Counts this series as what it is, each possibility as far as it is believed.
    fn count(&self, prior: &DriftPrior, counts: &mut Counts) {
        let mut own = Counts::none();
        for ((own_kinds, weights), (steady, changes)) in
            own.kinds.iter_mut().zip(&prior.weights).zip(self.steady.iter().zip(&self.changes))
        {
            own_kinds[0] = steady * weights[0];
            for (k, likelihoods) in changes.iter().enumerate() {
                for (s, likelihood) in likelihoods.iter().enumerate() {
                    let cell = likelihood * weights[1 + k] * prior.sizes[s];
                    own_kinds[1 + k] += cell;
                    own.sizes[s] += cell;
                }
            }
        }
        let total: f64 = own.kinds.iter().flatten().sum();
        if total > 0.0 {
            counts.add(&own, 1.0 / total);
        }
    }
}

/// Beliefs that are told as changes may on average be wrong this often. On simulated fleets, 3 to 5 of 100 that were
/// told were false.
const FALSE_SHARE: f64 = 0.035;
/// A belief below this is never told, however many sure ones there are beside it.
const LEAST_BELIEF: f64 = 0.60;
/// A belief above this is always told: what a series by itself needs.
pub(super) const LONE_BELIEF: f64 = 0.85;

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
    use crate::models::{drift_evidence::Change, drift_shape::Course};

    /// A ramp of 30 % or of none, for sure, under whatever noise.
    fn ramp(rises: bool) -> Evidence {
        let likely = if rises { 50.0 } else { -50.0 };
        let change = Change { log_likelihood: likely, size: 0.26, error: 0.02 };
        Evidence {
            courses: vec![Course::Ramp],
            steady: vec![0.0; NOISES],
            changes: vec![vec![change]; NOISES],
        }
    }

    #[test]
    fn a_fleet_teaches_how_many_rise_and_by_how_much() {
        let fleet: Vec<Evidence> = (0..60).map(|i| ramp(i < 40)).collect();
        let prior = learn(&fleet.iter().collect::<Vec<_>>());
        assert!((prior.weights.iter().flatten().sum::<f64>() - 1.0).abs() < 1e-9);
        // All rises are of sizes above zero, or of the wide one, which is at most 1 % likely beside them. Of the rest
        // 20 rises' worth are as they were: 0.425·20 + 40 of 60.
        let rises: f64 = prior.sizes.iter().step_by(2).take(6).sum();
        assert!((0.79..=0.8084).contains(&rises), "{rises}");
        // 40 of 60 change, and 10 of 20 did before they were seen.
        assert!((prior.changing - 50.0 / 80.0).abs() < 1e-9);
    }

    #[test]
    fn what_wanders_is_thought_to_change_more_seldom_until_the_fleet_says_otherwise() {
        let prior = DriftPrior::default();
        for (noise, kinds) in noises().zip(&prior.weights) {
            let changes = 1.0 - kinds[0] / kinds.iter().sum::<f64>();
            // Half, and 0.3 of a half.
            let expected = if noise.wanders() { 0.15 } else { 0.5 };
            assert!((changes - expected).abs() < 1e-9);
        }
    }

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
