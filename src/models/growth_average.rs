//! The average of shapes: each shape with each wander, weighed by how likely it makes the history
//! (Bayesian model averaging).

use super::{
    growth_filter::{AHEAD, Known, REST, Track, Tried, WANDERS, filter, tried_weeks},
    growth_prior::FleetPrior,
    growth_shape::{Course, FAMILIES, Shape, shapes},
    growth_weeks::Weeks,
};

/// A factor is beforehand normal around zero with so many times the usual growth …
const FACTOR: f64 = 3.0;
/// … and a change of rate with so many.
const CHANGE: f64 = 1.5;
/// A model this much less likely than the likeliest does not count.
const NEGLIGIBLE: f64 = 1e-4;

/// One shape with one wander.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Model {
    /// Index into [`Average::shapes`].
    pub(super) shape: usize,
    /// Index into [`WANDERS`].
    pub(super) wander: usize,
    pub(super) known: Known,
    /// How likely it is; all of them sum to one.
    pub(super) weight: f64,
}

/// A level that was foretold from a past week, and what came.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Foretold {
    /// The week it was made in.
    pub(super) week: usize,
    /// Index into [`AHEAD`].
    pub(super) distance: usize,
    pub(super) mean: f64,
    pub(super) variance: f64,
    pub(super) actual: f64,
}

/// All models of one history.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Average {
    pub(super) shapes: Vec<Shape>,
    /// Growth added up to the last day, by shape and column.
    pub(super) until_now: Vec<[f64; 2]>,
    /// Absolute growth of each week, coming ones included, by shape.
    pub(super) scales: Vec<Vec<f64>>,
    /// The likeliest first.
    pub(super) models: Vec<Model>,
    /// In the order of weeks, then distances.
    pub(super) foretold: Vec<Foretold>,
}

impl Average {
    /// Weighs all shapes and wanders for a history and so many weeks ahead.
    pub(super) fn of(weeks: &Weeks, ahead: usize, prior: &FleetPrior) -> Self {
        let shapes = shapes(weeks.len(), weeks.len() + ahead + 1);
        let precision = [FACTOR, CHANGE].map(|times| (times * weeks.usual_growth).powi(-2));
        let (mut models, mut tried) = (Vec::new(), Vec::new());
        let (mut until_now, mut scales) = (Vec::new(), Vec::new());
        for (index, shape) in shapes.iter().enumerate() {
            let levels: Vec<Vec<f64>> = shape.columns.iter().map(|column| added_up(column)).collect();
            let scale = scale(shape, weeks, &levels);
            let second: (&[f64], f64) =
                shape.columns.get(1).zip(levels.get(1)).map_or((&[], 0.0), |(c, l)| (l, c[weeks.len()]));
            let track = Track {
                level: [&levels[0], second.0],
                columns: shape.columns.len(),
                rest: [REST * shape.columns[0][weeks.len()], REST * second.1],
                scale: &scale,
                precision,
            };
            for (wander, wandering) in WANDERS.iter().enumerate() {
                let known = filter(weeks, &track, wandering, &mut tried);
                let weight = known.log_evidence + prior.of_model(shape, wander).ln();
                models.push(Model { shape: index, wander, known, weight });
            }
            let end = weeks.len() - 1;
            until_now
                .push([0, 1].map(|j| track.level[j].get(end).map_or(0.0, |level| level + track.rest[j])));
            scales.push(scale);
        }
        let foretold = foretold(weeks, &shapes, &models, &tried, prior);
        let mut weights: Vec<f64> = models.iter().map(|m| m.weight).collect();
        normalise(&mut weights);
        for (model, weight) in models.iter_mut().zip(weights) {
            model.weight = weight;
        }
        models.sort_by(|a, b| b.weight.total_cmp(&a.weight));
        Average { shapes, until_now, scales, models, foretold }
    }

    /// How likely each wander is with each family of shapes; all of them sum to one.
    pub(super) fn belief(&self) -> [[f64; WANDERS.len()]; FAMILIES] {
        let mut belief = [[0.0; WANDERS.len()]; FAMILIES];
        for model in &self.models {
            belief[self.shapes[model.shape].family][model.wander] += model.weight;
        }
        belief
    }

    /// How likely it is that the level grows in bursts.
    pub(super) fn in_bursts(&self) -> f64 {
        self.models.iter().filter(|m| WANDERS[m.wander].in_bursts()).map(|m| m.weight).sum()
    }

    /// The likeliest course, and the first week of the present rate where that is a change.
    pub(super) fn course(&self) -> (Course, Option<usize>) {
        if self.in_bursts() > 0.5 {
            return (Course::InBursts, None);
        }
        let of = |course: Course| self.models.iter().filter(move |m| self.shapes[m.shape].course == course);
        let belief = |course: Course| of(course).map(|m| m.weight).sum::<f64>();
        let bent = [Course::Accelerating, Course::Saturating, Course::Changed];
        // The plainest course unless another is likelier than all the rest.
        let course = bent.into_iter().find(|&course| belief(course) > 0.5).unwrap_or(Course::Steady);
        (course, of(course).next().and_then(|model| self.shapes[model.shape].change))
    }
}

fn added_up(column: &[f64]) -> Vec<f64> {
    let mut sum = 0.0;
    let steps = column.iter().skip(1).map(|growth| {
        sum += growth;
        sum
    });
    std::iter::once(0.0).chain(steps).collect()
}

/// Absolute growth of each week by a plain fit of the shape through the first and the last week.
fn scale(shape: &Shape, weeks: &Weeks, levels: &[Vec<f64>]) -> Vec<f64> {
    let end = weeks.len() - 1;
    let rate = |from: usize, to: usize| (weeks.means[to] - weeks.means[from]) / (to - from).max(1) as f64;
    let growth = |i: usize| match shape.change {
        Some(change) if i < change => rate(0, change - 1),
        Some(change) => rate(change - 1, end),
        None => (weeks.means[end] - weeks.means[0]) / levels[0][end] * shape.columns[0][i],
    };
    (0..shape.columns[0].len()).map(|i| growth(i).abs().max(weeks.least_growth)).collect()
}

/// Turns logarithms into shares of one.
fn normalise(logs: &mut [f64]) {
    let most = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    logs.iter_mut().for_each(|log| *log = (*log - most).exp());
    let sum: f64 = logs.iter().sum();
    logs.iter_mut().for_each(|share| *share /= sum);
}

/// What the average would have said in the past. `tried` holds the tries of each model, one model after another.
fn foretold(
    weeks: &Weeks,
    shapes: &[Shape],
    models: &[Model],
    tried: &[Tried],
    prior: &FleetPrior,
) -> Vec<Foretold> {
    let mut foretold = Vec::new();
    let each = tried.len() / models.len().max(1);
    let mut weights: Vec<f64> = Vec::with_capacity(models.len());
    for (at, week) in tried_weeks(weeks.len()).enumerate().take(each) {
        weights.clear();
        weights.extend(models.iter().enumerate().map(|(i, model)| {
            let shape = &shapes[model.shape];
            if shape.known_in(week) {
                tried[i * each + at].log_evidence + prior.of_model(shape, model.wander).ln()
            } else {
                f64::NEG_INFINITY
            }
        }));
        normalise(&mut weights);
        let most = weights.iter().copied().fold(0.0, f64::max);
        for (distance, ahead) in
            AHEAD.into_iter().enumerate().take_while(|(_, ahead)| week + ahead < weeks.len())
        {
            let (mut sum, mut mean, mut square) = (0.0, 0.0, 0.0);
            for (i, weight) in weights.iter().enumerate().filter(|(_, w)| **w > NEGLIGIBLE * most) {
                let tried = &tried[i * each + at];
                sum += weight;
                mean += weight * tried.mean[distance];
                square += weight * (tried.variance[distance] + tried.mean[distance].powi(2));
            }
            let mean = mean / sum;
            foretold.push(Foretold {
                week,
                distance,
                mean,
                variance: (square / sum - mean * mean).max(0.0) + weeks.variance,
                actual: weeks.means[week + ahead],
            });
        }
    }
    foretold
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A level by day for a year that grows at a rate, with a little unevenness from week to week.
    fn course(rate: impl Fn(f64) -> f64) -> (Course, Option<usize>) {
        let mut level = 10_000.0;
        let days: Vec<(i64, f64)> = (0..364)
            .map(|d| {
                level += rate(f64::from(d as i32)) * (1.0 + 0.2 * (d as f64 / 17.0).sin());
                (d, level)
            })
            .collect();
        Average::of(&Weeks::of(&days).unwrap(), 52, &FleetPrior::default()).course()
    }

    #[test]
    fn each_course_is_told_from_the_others() {
        assert_eq!(course(|_| 20.0), (Course::Steady, None));
        // e^(2 · 364 / 365) = 7.4 times as fast after the year.
        assert_eq!(course(|d| 10.0 * (2.0 * d / 365.0).exp()), (Course::Accelerating, None));
        assert_eq!(course(|d| 80.0 / (1.0 + d / 40.0)), (Course::Saturating, None));
        let (changed, week) = course(|d| if d < 240.0 { 10.0 } else { 40.0 });
        // Week 34 is the first whole one after day 240.
        assert!(
            changed == Course::Changed && week.is_some_and(|w| w.abs_diff(34) <= 2),
            "{changed:?} {week:?}"
        );
    }
}
