//! Whether a share changes: of attempts that fail, of messages that come late.
//!
//! The failures of a day are beta-binomial: a share, and a correlation by which one failure makes the next likelier, as in
//! an outage. Binomial counts would make every outage a change. The share stays, goes from one to another evenly on the
//! scale of logits, or does so at once on a day; each counts by how likely it makes the days, all shares and correlations
//! integrated out on a grid (Bayesian model averaging, Hoeting et al. 1999).

use std::f64::consts::PI;

use super::{
    TooShort,
    drift_fleet::DriftPrior,
    share_grid::{CORRELATIONS, Grid},
};
use crate::series::DAY;

/// Below this many days a change cannot be told from a bad week.
const LEAST_DAYS: i64 = 28;
/// A step lies at least so many days from either end: fewer days are an outage.
const EDGE_DAYS: usize = 7;
/// Days from one step that is weighed to the next.
const STEP_DAYS: usize = 2;
/// How far a share changes, on the scale of logits, is normal around zero: (standard deviation, weight). Set on simulated
/// probes; from 1 to 2.7 % is the narrow deviation, from 0.1 to 2 % the wide one.
const CHANGES: [(f64, f64); 2] = [(1.0, 0.7), (3.0, 0.3)];
/// No likelihood counts for more than so much, as a logarithm, above the highest of no change.
pub(super) const MOST_LOG: f64 = 600.0;
/// A rise is told from this ratio of the shares on …
const LEAST_RATIO: f64 = 1.5;
/// … and from this difference on: one in a thousand.
const LEAST_DIFFERENCE: f64 = 0.001;

/// What was tried on one day. Fractions are shares of an attempt that a source averaged.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DayCount {
    /// The local day since 1970-01-01.
    pub day: i64,
    /// How many, above zero.
    pub count: f64,
    /// How many of them failed, or came late.
    pub failed: f64,
}

/// A share with its 90 % interval, 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Share {
    /// The median of what is believed.
    pub middle: f64,
    /// Lower end of the interval.
    pub low: f64,
    /// Upper end of the interval.
    pub high: f64,
}

/// Whether a share changes.
#[derive(Debug, Clone, PartialEq)]
pub struct ShareChange {
    /// The chance that it rose by at least half and by a thousandth; 0 where the last week is as it was at the start.
    pub rises: f64,
    /// The chance that it fell as much.
    pub falls: f64,
    /// By how many percent the share changed: the median of what is believed.
    pub percent: f64,
    /// Lower end of its 90 % interval.
    pub low_percent: f64,
    /// Upper end of its 90 % interval.
    pub high_percent: f64,
    /// The share at the start.
    pub before: Share,
    /// The share now.
    pub now: Share,
    /// The first day of the new share, where it is likelier to have changed at once than evenly.
    pub since: Option<i64>,
}

/// What one series says of the change of its share, before it is known how many others change.
#[derive(Debug, Clone, PartialEq)]
pub struct ShareEvidence {
    grid: Grid,
    /// The likelihood of a change over that of none, as a logarithm.
    log_ratio: f64,
    /// Given no change: how likely each share of the grid is.
    steady: Vec<f64>,
    /// Given a change: likewise of the share before it, and after.
    before: Vec<f64>,
    after: Vec<f64>,
    /// Given a change: how likely each change by so many steps of the grid is, the largest fall first.
    moved: Vec<f64>,
    /// Given a change: the chance of a rise, and of a fall, that is worth telling.
    rises: f64,
    falls: f64,
    since: Option<i64>,
    /// The share of the last week.
    lately: f64,
}

/// Weighs the days of a series, ascending. Days on which nothing was tried are left out.
pub fn share_evidence(days: &[DayCount]) -> Result<ShareEvidence, TooShort> {
    let (first, last) = (days.first().map_or(0, |day| day.day), days.last().map_or(0, |day| day.day));
    let have = if days.is_empty() { 0 } else { last - first + 1 };
    if have < LEAST_DAYS || (days.len() as i64) < LEAST_DAYS / 2 {
        return Err(TooShort {
            have_days: have as f64,
            need_days: LEAST_DAYS as f64,
            enough_at: (first + LEAST_DAYS).max(last + 1) * DAY,
        });
    }
    let grid = Grid::of(days);
    let shares = grid.logits.len();
    // Jeffreys' prior of a share, on the scale of logits.
    let prior: Vec<f64> = grid.shares.iter().map(|s| (s * (1.0 - s)).sqrt() / PI * grid.step).collect();
    let density = |change: f64| -> f64 {
        let normal = |sd: f64| (-0.5 * (change / sd).powi(2)).exp() / (sd * (2.0 * PI).sqrt());
        CHANGES.iter().map(|(sd, weight)| weight * normal(*sd)).sum::<f64>() * grid.step
    };
    let apart: Vec<f64> = (0..shares).map(|i| density(i as f64 * grid.step)).collect();
    let mut of_change = OfChange::new(shares);
    let mut steady = vec![0.0; shares];
    let steps: Vec<usize> = (EDGE_DAYS..days.len() - EDGE_DAYS).step_by(STEP_DAYS).collect();
    let (each_step, ramp) = (0.5 / steps.len() as f64, 0.5);
    let mut by_step = vec![0.0; steps.len()];
    let mut of_ramp = 0.0;
    for correlation in 0..CORRELATIONS.len() {
        let (all, highest) = grid.likelihood(correlation, 0, days.len());
        let scale = (highest - grid.highest).exp();
        steady.iter_mut().zip(&all).zip(&prior).for_each(|((sum, all), prior)| *sum += scale * all * prior);
        for (&step, total) in steps.iter().zip(&mut by_step) {
            let (old, high_before) = grid.likelihood(correlation, 0, step);
            let (new, high_after) = grid.likelihood(correlation, step, days.len());
            // A step that explains far more than no change could is as sure as numbers go.
            let scale = each_step * (high_before + high_after - grid.highest).min(MOST_LOG).exp();
            let (rows, columns) = (counting(&old), counting(&new));
            let weight = |i: usize, j: usize| scale * prior[i] * old[i] * new[j];
            *total += of_change.add(&grid, &apart, (&rows, &columns), weight);
        }
        let evenly = grid.evenly(correlation, days);
        // Every other share stands for its neighbour as well: an even change has no edge that would need more.
        let some: Vec<usize> = (0..shares).step_by(2).collect();
        of_ramp +=
            of_change.add(&grid, &apart, (&some, &some), |i, j| 4.0 * ramp * prior[i] * evenly.at(i, j));
    }
    let (none, change) = (steady.iter().sum::<f64>(), of_change.total);
    let likeliest = by_step.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1));
    let at_once = by_step.iter().sum::<f64>() > of_ramp;
    let since = likeliest.filter(|_| at_once).map(|(i, _)| days[steps[i]].day);
    let scaled = |weights: Vec<f64>, total: f64| weights.into_iter().map(|w| w / total).collect();
    Ok(ShareEvidence {
        log_ratio: (change / none).ln(),
        steady: scaled(steady, none),
        before: scaled(of_change.before, change),
        after: scaled(of_change.after, change),
        moved: scaled(of_change.moved, change),
        rises: of_change.rises / change,
        falls: of_change.falls / change,
        since,
        lately: share_of(&days[days.len() - EDGE_DAYS..]),
        grid,
    })
}

/// The likelihood of changes, by the share before and after.
struct OfChange {
    total: f64,
    rises: f64,
    falls: f64,
    before: Vec<f64>,
    after: Vec<f64>,
    moved: Vec<f64>,
}

impl OfChange {
    fn new(shares: usize) -> Self {
        let (before, after) = (vec![0.0; shares], vec![0.0; shares]);
        OfChange { total: 0.0, rises: 0.0, falls: 0.0, before, after, moved: vec![0.0; 2 * shares - 1] }
    }

    /// Adds a course's weight of each pair of shares before and after, and says how much it is in all. `apart` is the density
    /// of a change.
    fn add(
        &mut self,
        grid: &Grid,
        apart: &[f64],
        (before, after): (&[usize], &[usize]),
        weight: impl Fn(usize, usize) -> f64,
    ) -> f64 {
        let mut added = 0.0;
        for &i in before {
            for &j in after {
                let weight = apart[i.abs_diff(j)] * weight(i, j);
                added += weight;
                self.before[i] += weight;
                self.after[j] += weight;
                self.moved[j + self.after.len() - 1 - i] += weight;
                let (old, new) = (grid.shares[i], grid.shares[j]);
                if worth_telling(old, new) {
                    self.rises += weight;
                } else if worth_telling(new, old) {
                    self.falls += weight;
                }
            }
        }
        self.total += added;
        added
    }
}

/// The shares that count: those of which the likelihood is not far below the highest.
fn counting(likelihood: &[f64]) -> Vec<usize> {
    const FAR: f64 = 1e-9;
    let highest = likelihood.iter().copied().fold(0.0, f64::max);
    (0..likelihood.len()).filter(|&i| likelihood[i] > FAR * highest).collect()
}

fn share_of(days: &[DayCount]) -> f64 {
    let failed: f64 = days.iter().map(|day| day.failed).sum();
    failed / days.iter().map(|day| day.count).sum::<f64>()
}

fn worth_telling(less: f64, more: f64) -> bool {
    more >= LEAST_RATIO * less && more - less >= LEAST_DIFFERENCE
}

impl ShareEvidence {
    /// What is believed of it, in a fleet of which so many series change.
    pub fn judge(&self, prior: &DriftPrior) -> ShareChange {
        let changing = prior.changing;
        let odds = changing / (1.0 - changing) * self.log_ratio.exp();
        let changed = if odds.is_finite() { odds / (1.0 + odds) } else { 1.0 };
        let mixed = |given: &[f64]| -> Vec<f64> {
            self.steady
                .iter()
                .zip(given)
                .map(|(none, some)| (1.0 - changed) * none + changed * some)
                .collect()
        };
        let before = self.grid.share(&mixed(&self.before));
        let percent = self.percent(changed, before.middle);
        // What is over is no change: the last week is as it was.
        let (up, down) = (self.lately > before.high, self.lately < before.low);
        ShareChange {
            rises: if up { changed * self.rises } else { 0.0 },
            falls: if down { changed * self.falls } else { 0.0 },
            percent: percent(0.5),
            low_percent: percent(0.05),
            high_percent: percent(0.95),
            before,
            now: self.grid.share(&mixed(&self.after)),
            since: self.since,
        }
    }

    /// Quantiles of the change of a share in percent, where a change is so likely.
    fn percent(&self, changed: f64, before: f64) -> impl Fn(f64) -> f64 {
        let stays = self.steady.len() - 1;
        let weight =
            move |(i, moved): (usize, &f64)| changed * moved + if i == stays { 1.0 - changed } else { 0.0 };
        move |q: f64| {
            let mut passed = 0.0;
            let place = self.moved.iter().enumerate().position(|one| {
                passed += weight(one);
                passed >= q
            });
            let moved = (place.unwrap_or(stays) as f64 - stays as f64) * self.grid.step;
            let odds = before / (1.0 - before) * moved.exp();
            100.0 * (odds / (1.0 + odds) / before - 1.0)
        }
    }
}

#[cfg(test)]
mod tests;
