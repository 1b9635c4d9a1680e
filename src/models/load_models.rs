//! The models that compete for a load's coming week, and how much each counts.

use super::{
    load_clean::medians,
    load_expected::{Expected, Learnt, expected, learnt},
    load_weeks::Weeks,
};

/// How sharply errors tell the models apart: each counts by its mean absolute error on held-back weeks to this power. Set on
/// simulated fleets; on a load with a rhythm nearly all goes to the best.
const SHARPNESS: i32 = -12;
/// Weeks of the median that any script can take.
const MEDIAN_WEEKS: usize = 4;
/// Added to a load before the logarithm, as a share of its mean, so that a slot without any load has one.
const LEAST: f64 = 0.01;
/// Weeks whose loads are multiplied before one logarithm is taken of all: a hundredth to this power is far from nothing.
const LOGARITHMS: usize = 9;

/// What each model expects of a week, by column, and what the first knows of its spread.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Candidates {
    /// Weeks cleaned, levelled and pooled over like days; the median of four weeks; the plain day.
    models: [Vec<f64>; 3],
    pub(super) spread: Vec<f64>,
    /// How unlike days were that the first has averaged.
    pub(super) width: f64,
}

/// How much each model counts; the sum is one.
pub(super) type Weights = [f64; 3];

impl Candidates {
    /// What the weeks before the last `held_back` ones say of the week after them; and what was learnt of them. `None` with less
    /// than two weeks. `near`, the width of a coarser grid, carries the newest hours on.
    pub(super) fn of(
        weeks: &Weeks,
        held_back: usize,
        apart: &dyn Fn(i64) -> bool,
        near: Option<f64>,
    ) -> Option<(Candidates, Learnt)> {
        let learnt = learnt(weeks, held_back, apart)?;
        let Expected { middle: pooled, spread, width } = expected(&learnt, weeks.slots_per_day, near);
        let mut four = weeks.before(held_back).iter().take(MEDIAN_WEEKS).cloned().collect::<Vec<_>>();
        for (back, row) in four.iter_mut().enumerate() {
            weeks.leave_out(row, (held_back + back) as i64, apart);
        }
        let day = plain_day(weeks.before(held_back), weeks.slots_per_day);
        let plain: Vec<f64> = day.iter().cycle().take(weeks.columns()).copied().collect();
        let median = medians(&four);
        // What one model knows nothing of, another may.
        let pooled = filled(filled(pooled, &median), &plain);
        let (median, plain) = (filled(median, &pooled), filled(plain, &pooled));
        Some((Candidates { models: [pooled, median, plain], spread, width }, learnt))
    }

    /// The mean absolute error of each model on what came; NaN where nothing came.
    pub(super) fn errors(&self, came: &[f64]) -> [f64; 3] {
        self.models.each_ref().map(|model| {
            let errors = came.iter().zip(model).map(|(came, v)| (came - v).abs()).filter(|e| !e.is_nan());
            let (sum, count) = errors.fold((0.0, 0.0), |(sum, n), error| (sum + error, n + 1.0));
            sum / count
        })
    }

    /// The models' mean.
    pub(super) fn weighted(&self, weights: Weights) -> Vec<f64> {
        let [a, b, c] = &self.models;
        let [x, y, z] = weights;
        a.iter().zip(b).zip(c).map(|((a, b), c)| x * a + y * b + z * c).collect()
    }
}

/// A model whose holes are filled by another.
fn filled(model: Vec<f64>, other: &[f64]) -> Vec<f64> {
    model.into_iter().zip(other).map(|(v, other)| if v.is_nan() { *other } else { v }).collect()
}

/// How much each model counts after these errors of held-back weeks; without any, the first model alone.
pub(super) fn weights<'a>(errors: impl Iterator<Item = &'a [f64; 3]>) -> Weights {
    let mut sums = [0.0; 3];
    for errors in errors.filter(|errors| errors.iter().all(|e| e.is_finite())) {
        sums.iter_mut().zip(errors).for_each(|(sum, error)| *sum += error);
    }
    let least = sums.iter().copied().fold(f64::INFINITY, f64::min);
    if sums == [0.0; 3] {
        return [1.0, 0.0, 0.0];
    }
    // Relative to the best, so that a perfect one does not divide by zero.
    let shares = sums.map(|sum| ((sum + f64::MIN_POSITIVE) / (least + f64::MIN_POSITIVE)).powi(SHARPNESS));
    let total: f64 = shares.iter().sum();
    shares.map(|share| share / total)
}

/// The geometric mean of all days by time of day: in a load without a rhythm, few high hours say little of others.
fn plain_day(rows: &[Vec<f64>], slots_per_day: usize) -> Vec<f64> {
    let known = || rows.iter().flatten().filter(|v| !v.is_nan());
    let mean = known().sum::<f64>() / known().count().max(1) as f64;
    // No slot lies so far from the mean that a handful of their products leave what a number can hold.
    let (floor, scale) = (LEAST * mean, if mean > 0.0 { 1.0 / mean } else { 1.0 });
    let mut sums = vec![(0.0, 0.0); slots_per_day];
    for rows in rows.chunks(LOGARITHMS) {
        for c in 0..rows.first().map_or(0, Vec::len) {
            let values = rows.iter().map(|row| row[c]).filter(|v| !v.is_nan());
            let (product, count) =
                values.fold((1.0, 0.0), |(p, n), v| (p * ((v.max(0.0) + floor) * scale), n + 1.0));
            let sum = &mut sums[c % slots_per_day];
            *sum = (sum.0 + f64::ln(product), sum.1 + count);
        }
    }
    let mean_of = |sum: f64, n: f64| (sum / n).exp() / scale - floor;
    sums.iter().map(|&(sum, n)| if n > 0.0 { mean_of(sum, n) } else { f64::NAN }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_decide_how_much_a_model_counts() {
        // Errors 1 and 2: 2⁻¹² = 1/4096 for the second.
        let got = weights([[1.0, 2.0, 2.0]].iter());
        assert!((got[1] / got[0] - 1.0 / 4096.0).abs() < 1e-12);
        assert!((got.iter().sum::<f64>() - 1.0).abs() < 1e-12);
        assert_eq!(weights([].iter()), [1.0, 0.0, 0.0]);
        assert_eq!(weights([[f64::NAN, 1.0, 1.0]].iter()), [1.0, 0.0, 0.0]);
        // A model that was never off counts alone.
        assert_eq!(weights([[1.0, 0.0, 1.0]].iter()), [0.0, 1.0, 0.0]);
    }
}
