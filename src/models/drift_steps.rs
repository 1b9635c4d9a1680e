//! Several steps: a level that was moved more than once, as releases and migrations do over a long span.
//!
//! A segmentation of the days by least squares (Auger & Lawrence 1989) proposes where; each step then has to be as
//! sure, beside all others and under all noises, as a change that is told.

use super::{
    drift_evidence::{Spaced, weigh},
    drift_fleet::DriftPrior,
    drift_posterior::Posterior,
    drift_shape::{Course, STEP_DAYS, steps_around},
};
use crate::series::median;

/// A step beside others must be this likely: each one is told with its date.
const SURE: f64 = 0.95;
/// Days on which a step might as well have been.
const POSITIONS: f64 = 30.0;
/// More steps than this are no steps but a course of their own.
const MOST: usize = 8;
/// A proposed segment must save this many variances of a day for each logarithm of the days: twice what independent
/// days ask for (Schwarz 1978), since days are not independent.
const SAVES: f64 = 4.0;

/// Two or more steps in the order of their days.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Steps {
    /// Each with its size on the scale of the evidence.
    pub(super) parts: Vec<(Course, f64)>,
    /// Logarithm of the odds of these steps against no change.
    pub(super) log_odds: f64,
    /// The sum of the steps: the median, and the ends of its 90 % interval.
    pub(super) middle: f64,
    pub(super) low: f64,
    pub(super) high: f64,
    /// The chance that they add up to a rise that is worth telling, and to such a fall.
    pub(super) rises: f64,
    pub(super) falls: f64,
}

/// The steps of a series; `None` where fewer than two are sure.
pub(super) fn steps(series: &Spaced, prior: &DriftPrior) -> Option<Steps> {
    let mut found: Vec<Course> = proposed(series).into_iter().map(Course::Step).collect();
    while (2..=MOST).contains(&found.len()) {
        for i in 0..found.len() {
            found[i] = sharpened(series, &shapes(series, &others(&found, i)), found[i], prior);
        }
        let odds = (0..found.len()).map(|i| beside(series, &others(&found, i), found[i], prior).log_odds);
        let weakest = odds.enumerate().min_by(|a, b| a.1.total_cmp(&b.1))?;
        if weakest.1 - POSITIONS.ln() >= (SURE / (1.0 - SURE)).ln() {
            break;
        }
        found.remove(weakest.0);
    }
    if !(2..=MOST).contains(&found.len()) {
        return None;
    }
    // The odds of all are those of the first, of the second beside the first, and so on.
    let one_more = |i: usize| beside(series, &found[..i], found[i], prior).log_odds - POSITIONS.ln();
    let log_odds = (0..found.len()).map(one_more).sum();
    let size = |i: usize| beside(series, &others(&found, i), found[i], prior).quantile(0.5);
    let parts = (0..found.len()).map(|i| (found[i], size(i))).collect();
    // The sum times the shape of the first step, and each other step's size times what its shape lacks of that.
    let mut fixed = shapes(series, &found);
    let lead = fixed.remove(0);
    for shape in &mut fixed {
        shape.iter_mut().zip(&lead).for_each(|(own, lead)| *own -= lead);
    }
    let sum = Posterior::of(&weigh(series, &fixed, vec![found[0]]), prior);
    let [low, middle, high] = [0.05, 0.5, 0.95].map(|q| sum.quantile(q));
    let (rises, falls) = sum.sized();
    Some(Steps { parts, log_odds, middle, low, high, rises, falls })
}

/// The day of a step, to the distance of the levels.
pub(super) fn sharpened(series: &Spaced, fixed: &[Vec<f64>], step: Course, prior: &DriftPrior) -> Course {
    let around = steps_around(step.begins(), series.span(), series.step).collect();
    Posterior::of(&weigh(series, fixed, around), prior).course()
}

/// What is believed of one step if the others are there.
fn beside(series: &Spaced, others: &[Course], step: Course, prior: &DriftPrior) -> Posterior {
    Posterior::of(&weigh(series, &shapes(series, others), vec![step]), prior)
}

fn others(all: &[Course], but: usize) -> Vec<Course> {
    all.iter().enumerate().filter(|(i, _)| *i != but).map(|(_, course)| *course).collect()
}

fn shapes(series: &Spaced, courses: &[Course]) -> Vec<Vec<f64>> {
    let span = series.span();
    let shape = |course: &Course| (0..series.levels.len()).map(|i| course.at(series.day(i), span)).collect();
    courses.iter().map(shape).collect()
}

/// The step that leaves the least squares, to the distance of the levels: where there is little noise, a step a day off
/// explains nothing. `None` where the levels are too few.
pub(super) fn best_split(series: &Spaced) -> Option<Course> {
    let known: Vec<(f64, f64)> =
        series.levels.iter().enumerate().filter_map(|(i, level)| Some((series.day(i), (*level)?))).collect();
    let (count, sum) = (known.len() as f64, known.iter().map(|level| level.1).sum::<f64>());
    let (mut below, mut best) = (0.0, None);
    for (i, &(day, level)) in known.iter().enumerate() {
        // What a split takes off the squares around one mean.
        let (left, right) = (i as f64, count - i as f64);
        let taken =
            if i > 0 { (below - left * sum / count).powi(2) * (1.0 / left + 1.0 / right) } else { 0.0 };
        if (STEP_DAYS..=series.span() - STEP_DAYS).contains(&day) && best.is_none_or(|(most, _)| taken > most)
        {
            best = Some((taken, day));
        }
        below += level;
    }
    best.map(|(_, day)| Course::Step(day))
}

/// Where segments of the days begin, in days after the first level, the first segment left out.
fn proposed(series: &Spaced) -> Vec<f64> {
    let days = days(series);
    let known: Vec<f64> = days.iter().map(|day| day.1).collect();
    let mut moves: Vec<f64> = known.windows(2).map(|pair| (pair[1] - pair[0]).powi(2)).collect();
    // The median of a squared normal is 0.455 of its variance, and a difference has twice that of a day.
    let variance = median(&mut moves).unwrap_or(0.0) / (2.0 * 0.455);
    let costs = SAVES * variance * (known.len().max(2) as f64).ln();
    let least = (STEP_DAYS as usize).min(known.len().max(1));
    let sums = |power: i32| {
        let mut sum = 0.0;
        std::iter::once(0.0)
            .chain(known.iter().map(|v| {
                sum += v.powi(power);
                sum
            }))
            .collect::<Vec<f64>>()
    };
    let (ones, squares) = (sums(1), sums(2));
    let spread = |from: usize, to: usize| {
        squares[to] - squares[from] - (ones[to] - ones[from]).powi(2) / (to - from) as f64
    };
    // The best cost of the days until each, and where its last segment begins.
    let mut best = vec![(f64::INFINITY, 0_usize); known.len() + 1];
    best[0] = (-costs, 0);
    for to in least..=known.len() {
        for from in (0..=to - least).filter(|&from| from == 0 || from >= least) {
            let cost = best[from].0 + spread(from, to) + costs;
            if cost < best[to].0 {
                best[to] = (cost, from);
            }
        }
    }
    let mut begins = Vec::new();
    let mut at = best[known.len()].1;
    while at > 0 {
        begins.push(days[at].0);
        at = best[at].1;
    }
    begins.reverse();
    begins
}

/// The mean level of each day that has one, with its day after the first level.
fn days(series: &Spaced) -> Vec<(f64, f64)> {
    let a_day = (1.0 / series.step).round().max(1.0) as usize;
    let mean = |(day, levels): (usize, &[Option<f64>])| {
        let known: Vec<f64> = levels.iter().copied().flatten().collect();
        let sum: f64 = known.iter().sum();
        (!known.is_empty()).then(|| (series.day(day * a_day), sum / known.len() as f64))
    };
    series.levels.chunks(a_day).enumerate().filter_map(mean).collect()
}
