//! How likely each course under each noise makes the levels of one series.

use super::{
    drift_noise::{Gain, NOISES, gains, noises},
    drift_shape::Course,
};

/// A course of which less than this is left beside the fixed shapes is one of them.
const LEAST_OWN: f64 = 1e-9;
/// No fit leaves less than this square a level: they have finite digits.
const LEAST_REST: f64 = 1e-12;

/// Levels at equal distances, on an additive scale.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Spaced {
    /// Days from one level to the next.
    pub(super) step: f64,
    /// The levels; holes are `None`.
    pub(super) levels: Vec<Option<f64>>,
}

impl Spaced {
    /// Days from the first level to one.
    pub(super) fn day(&self, level: usize) -> f64 {
        level as f64 * self.step
    }

    /// Days from the first level to the last.
    pub(super) fn span(&self) -> f64 {
        self.day(self.levels.len().max(2) - 1)
    }
}

/// What one series says of each course under each noise.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Evidence {
    /// The courses that were weighed.
    pub(super) courses: Vec<Course>,
    /// By noise: the logarithm of the likelihood of no change.
    pub(super) steady: Vec<f64>,
    /// By noise, then course.
    pub(super) changes: Vec<Vec<Change>>,
}

/// A course under one noise.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Change {
    /// The logarithm of the likelihood at the best size times √(2π) standard errors: the change integrated out as if all
    /// sizes were as likely. On the same scale as that of no change, but for the density of sizes.
    pub(super) log_likelihood: f64,
    /// The change that fits best.
    pub(super) size: f64,
    /// Its standard error.
    pub(super) error: f64,
}

impl Evidence {
    /// Adds courses that were weighed by themselves, each as likely as this share of one that is there.
    pub(super) fn add(&mut self, other: Evidence, share: f64) {
        self.courses.extend(other.courses);
        for (own, other) in self.changes.iter_mut().zip(other.changes) {
            let weighted =
                |change: Change| Change { log_likelihood: change.log_likelihood + share.ln(), ..change };
            own.extend(other.into_iter().map(weighted));
        }
    }
}

/// Weighs courses under all noises, beside shapes that are held to be there whatever their size (`fixed`: a value
/// for each level). The constant, the fixed shapes and σ are integrated out with flat priors (on σ's logarithm); the
/// change is left, for the fleet to say how large changes are (`drift_sizes`).
pub(super) fn weigh(series: &Spaced, fixed: &[Vec<f64>], courses: Vec<Course>) -> Evidence {
    let known: Vec<bool> = series.levels.iter().map(Option::is_some).collect();
    let columns = Columns::of(series, fixed, &courses);
    let mut steady = Vec::with_capacity(NOISES);
    let mut changes = Vec::with_capacity(NOISES);
    for noise in noises() {
        let (gains, log_determinant) = gains(noise, series.step, &known);
        let (none, some) = Products::of(&columns, &gains).integrate(log_determinant);
        steady.push(none);
        changes.push(some);
    }
    Evidence { courses, steady, changes }
}

/// Row by row: the level (zero in a hole), one, the fixed shapes, and the shape of each course.
struct Columns {
    rows: Vec<f64>,
    width: usize,
    /// The constant and the fixed shapes.
    nuisances: usize,
}

impl Columns {
    fn of(series: &Spaced, fixed: &[Vec<f64>], courses: &[Course]) -> Self {
        let mut known: Vec<f64> = series.levels.iter().copied().flatten().collect();
        let centre = crate::series::median(&mut known).unwrap_or(0.0);
        let (width, nuisances) = (2 + fixed.len() + courses.len(), 1 + fixed.len());
        let mut rows = Vec::with_capacity(series.levels.len() * width);
        for (i, level) in series.levels.iter().enumerate() {
            rows.push(level.map_or(0.0, |level| level - centre));
            rows.push(1.0);
            rows.extend(fixed.iter().map(|shape| shape.get(i).copied().unwrap_or(0.0)));
            rows.extend(courses.iter().map(|course| course.at(series.day(i), series.span())));
        }
        Columns { rows, width, nuisances }
    }
}

/// Inner products of the whitened columns: with themselves, with the level, with each nuisance.
struct Products {
    own: Vec<f64>,
    level: Vec<f64>,
    nuisances: Vec<Vec<f64>>,
    count: f64,
}

impl Products {
    fn of(columns: &Columns, gains: &[Gain]) -> Self {
        let width = columns.width;
        let zeros = || vec![0.0; width];
        let (mut short, mut long, mut off) = (zeros(), zeros(), zeros());
        let (mut own, mut level) = (zeros(), zeros());
        let mut nuisances = vec![zeros(); columns.nuisances];
        let mut count = 0.0;
        for (row, gain) in columns.rows.chunks_exact(width).zip(gains) {
            let [keep_short, keep_long] = gain.kept;
            if !gain.known {
                short.iter_mut().for_each(|m| *m *= keep_short);
                long.iter_mut().for_each(|m| *m *= keep_long);
                continue;
            }
            count += 1.0;
            let [take_short, take_long] = gain.taken;
            for k in 0..width {
                let innovation = row[k] - short[k] - long[k];
                short[k] = keep_short * short[k] + take_short * innovation;
                long[k] = keep_long * long[k] + take_long * innovation;
                off[k] = innovation;
            }
            let of_level = off[0] * gain.weight;
            for k in 0..width {
                own[k] += off[k] * off[k] * gain.weight;
                level[k] += off[k] * of_level;
            }
            for (n, products) in nuisances.iter_mut().enumerate() {
                let of_nuisance = off[1 + n] * gain.weight;
                products.iter_mut().zip(&off).for_each(|(product, off)| *product += off * of_nuisance);
            }
        }
        Products { own, level, nuisances, count }
    }

    /// The likelihoods of no change and of each course.
    fn integrate(mut self, log_determinant: f64) -> (f64, Vec<Change>) {
        let mut base = -0.5 * log_determinant;
        for n in 0..self.nuisances.len() {
            base -= 0.5 * self.sweep(n).ln();
        }
        let freedom = self.count - self.nuisances.len() as f64;
        let least = LEAST_REST * self.count;
        let left = self.own[0].max(least);
        let change = |k: usize| {
            let (xx, xy) = (self.own[k], self.level[k]);
            if xx <= LEAST_OWN {
                return Change { log_likelihood: f64::NEG_INFINITY, size: 0.0, error: f64::INFINITY };
            }
            let size = xy / xx;
            let rest = (left - xy * size).max(least);
            // The t-distribution of the size, by its variance.
            let variance = rest / ((freedom - 3.0).max(1.0) * xx);
            let log_likelihood = base - 0.5 * freedom * rest.ln() + 0.5 * variance.ln();
            Change { log_likelihood, size, error: variance.sqrt() }
        };
        (base - 0.5 * freedom * left.ln(), (1 + self.nuisances.len()..self.own.len()).map(change).collect())
    }

    /// Takes a nuisance out of all columns (a step of Gauss and Jordan), and gives what was left of it itself.
    fn sweep(&mut self, n: usize) -> f64 {
        let own = self.nuisances[n].clone();
        let pivot = own[1 + n].max(f64::MIN_POSITIVE);
        let of_level = own[0] / pivot;
        let columns = self.own.iter_mut().zip(&mut self.level);
        for ((squares, level), own) in columns.zip(&own) {
            *squares -= own * own / pivot;
            *level -= own * of_level;
        }
        for products in &mut self.nuisances[n + 1..] {
            let of_nuisance = products[1 + n] / pivot;
            products.iter_mut().zip(&own).for_each(|(product, own)| *product -= own * of_nuisance);
        }
        pivot
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Deserialize)]
    struct Reference {
        cases: Vec<Case>,
    }

    #[derive(Deserialize)]
    struct Case {
        name: String,
        step: f64,
        levels: Vec<Option<f64>>,
        noise: usize,
        step_at: f64,
        fixed: Vec<Vec<f64>>,
        steady: f64,
        fits: Vec<[f64; 3]>,
    }

    #[test]
    fn likelihoods_and_sizes_are_those_of_generalised_least_squares() {
        // tests/references/drift.py, with the covariance written out and inverted.
        let text = include_str!("../../tests/references/drift.json");
        let reference: Reference = serde_json::from_str(text).unwrap();
        for case in reference.cases {
            let series = Spaced { step: case.step, levels: case.levels };
            let courses = vec![Course::Ramp, Course::Step(case.step_at)];
            let evidence = weigh(&series, &case.fixed, courses);
            let near = |a: f64, b: f64| (a - b).abs() <= 1e-7 * b.abs().max(1.0);
            assert!(near(evidence.steady[case.noise], case.steady), "{}", case.name);
            for (change, [size, error, likelihood]) in evidence.changes[case.noise].iter().zip(case.fits) {
                let found = (change.size, change.error, change.log_likelihood);
                assert!(
                    near(found.0, size) && near(found.1, error) && near(found.2, likelihood),
                    "{}: {found:?}",
                    case.name
                );
            }
        }
    }
}
