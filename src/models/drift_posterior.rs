//! What is believed of one series once its evidence has met what the fleet says.

use statrs::distribution::{ContinuousCDF, Normal};

use super::{
    drift_evidence::Evidence,
    drift_fleet::DriftPrior,
    drift_shape::{COURSES, Course},
    drift_sizes::sizes,
};

/// A change of less than this share over the span is no drift, however certain.
const LEAST_CHANGE: f64 = 0.05;
/// The power of the likelihood: real noise has more memory than any of those that are weighed, and evidence taken
/// at its word was too sure. Set on simulated fleets, so that beliefs and intervals hold as often as they say.
const POWER: f64 = 0.8;
/// Parts of the posterior that together weigh less than this are left out: they move no quantile visibly.
const NEGLIGIBLE: f64 = 1e-4;
/// A course under a noise that is less likely than the best by this logarithm is left out before sizes are looked at: a
/// size makes up for a few units of it.
const UNHEARD: f64 = 20.0;

/// A part of the belief in a change: a normal distribution of its size under one course, noise and size.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Part {
    course: usize,
    weight: f64,
    mean: f64,
    deviation: f64,
}

/// The belief in a change and its size, on the scale of the evidence.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Posterior {
    courses: Vec<Course>,
    parts: Vec<Part>,
    /// Logarithm of the odds of a change against none.
    pub(super) log_odds: f64,
    /// The chance that something changed at all.
    pub(super) changed: f64,
    /// The chance of a rise that is worth telling.
    pub(super) rises: f64,
    /// The chance of a fall that is worth telling.
    pub(super) falls: f64,
}

impl Posterior {
    pub(super) fn of(evidence: &Evidence, prior: &DriftPrior) -> Self {
        let counts = evidence.courses.iter().fold([0.0_f64; COURSES], |mut counts, course| {
            counts[course.kind()] += 1.0;
            counts
        });
        let steady = || evidence.steady.iter().zip(&prior.weights).map(|(l, w)| l + w[0].ln());
        let joint = |noise: usize, course: usize| {
            let kind = evidence.courses[course].kind();
            (prior.weights[noise][1 + kind] / counts[kind]).ln()
        };
        let cells = || {
            (0..evidence.steady.len())
                .flat_map(|noise| (0..evidence.courses.len()).map(move |course| (noise, course)))
        };
        let all = sizes();
        let part = |(noise, course): (usize, usize)| {
            let (joint, change) = (joint(noise, course), evidence.changes[noise][course]);
            all.iter().zip(&prior.sizes).map(move |(size, share)| {
                let (mean, deviation) = size.given(change.size, change.error * change.error / POWER);
                Part { course, weight: joint + share.ln() + size.log_likelihood(&change), mean, deviation }
            })
        };
        // Weights are logarithms until the highest is known.
        let about = |(noise, course): (usize, usize)| {
            joint(noise, course) + evidence.changes[noise][course].log_likelihood
        };
        let best = cells().map(about).fold(f64::NEG_INFINITY, f64::max);
        let likely = |cell: &(usize, usize)| about(*cell) > best - UNHEARD;
        let mut parts: Vec<Part> = cells().filter(likely).flat_map(part).collect();
        let highest = steady().chain(parts.iter().map(|part| part.weight)).fold(f64::NEG_INFINITY, f64::max);
        let none: f64 = steady().map(|l| (l - highest).exp()).sum();
        parts.iter_mut().for_each(|part| part.weight = (part.weight - highest).exp());
        parts.retain(|part| part.weight > 0.0);
        let some: f64 = parts.iter().map(|part| part.weight).sum();
        parts.sort_unstable_by(|a, b| b.weight.total_cmp(&a.weight));
        let mut left = some;
        let kept = parts.iter().take_while(|part| {
            let worth = left > NEGLIGIBLE * some;
            left -= part.weight;
            worth
        });
        let kept = kept.count();
        parts.truncate(kept);
        let total: f64 = parts.iter().map(|part| part.weight).sum();
        parts.iter_mut().for_each(|part| part.weight /= total);
        let changes = prior.weight_of_changes();
        let odds = (changes / (1.0 - changes)).ln();
        let log_odds = odds + POWER * (some.ln() - none.max(f64::MIN_POSITIVE).ln() - odds);
        let changed = 1.0 / (1.0 + (-log_odds).exp());
        let mut posterior =
            Posterior { courses: evidence.courses.clone(), parts, log_odds, changed, rises: 0.0, falls: 0.0 };
        let (rises, falls) = posterior.sized();
        (posterior.rises, posterior.falls) = (changed * rises, changed * falls);
        posterior
    }

    /// The chances that the change, if there is one, is a rise that is worth telling, and such a fall.
    pub(super) fn sized(&self) -> (f64, f64) {
        ((1.0 - self.below((1.0 + LEAST_CHANGE).ln())).max(0.0), self.below((1.0 - LEAST_CHANGE).ln()))
    }

    /// The chance that the change, if there is one, is below a size.
    fn below(&self, size: f64) -> f64 {
        let normal = Normal::standard();
        self.parts.iter().map(|part| part.weight * normal.cdf((size - part.mean) / part.deviation)).sum()
    }

    /// The quantile of the size of the change, if there is one.
    pub(super) fn quantile(&self, q: f64) -> f64 {
        let reach = |sign: f64| {
            let ends = self.parts.iter().map(|part| part.mean + sign * 8.0 * part.deviation);
            ends.fold(0.0, |end: f64, v| if sign * v > sign * end { v } else { end })
        };
        let (mut low, mut high) = (reach(-1.0), reach(1.0));
        for _ in 0..50 {
            let middle = 0.5 * (low + high);
            if self.below(middle) < q { low = middle } else { high = middle }
        }
        0.5 * (low + high)
    }

    /// The belief if the change is of this kind of course.
    pub(super) fn of_kind(mut self, kind: usize) -> Self {
        self.parts.retain(|part| self.courses[part.course].kind() == kind);
        let total: f64 = self.parts.iter().map(|part| part.weight).sum();
        self.parts.iter_mut().for_each(|part| part.weight /= total);
        self
    }

    /// The kind of course that is most likely, and of that kind the most likely one.
    pub(super) fn course(&self) -> Course {
        let mut courses = vec![0.0_f64; self.courses.len()];
        let mut kinds = [0.0_f64; COURSES];
        for part in &self.parts {
            courses[part.course] += part.weight;
            kinds[self.courses[part.course].kind()] += part.weight;
        }
        let kind = most(&kinds);
        let of_kind = courses.iter().zip(&self.courses);
        let of_kind: Vec<f64> = of_kind.map(|(w, c)| if c.kind() == kind { *w } else { -1.0 }).collect();
        self.courses.get(most(&of_kind)).copied().unwrap_or(Course::Ramp)
    }
}

fn most(values: &[f64]) -> usize {
    values.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1)).map_or(0, |(i, _)| i)
}
