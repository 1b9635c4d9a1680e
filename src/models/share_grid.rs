//! A grid of shares and correlations, and how likely they make the failures of days.

use statrs::function::gamma::ln_gamma;

use super::share_change::{DayCount, MOST_LOG, Share};

/// By how much one failure of a day makes the next likelier: 0 is the binomial distribution, 1 a day that fails whole or not
/// at all. All are equally likely.
pub(super) const CORRELATIONS: [f64; 8] = [0.0, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 0.6];
/// Shares of the grid.
const SHARES: usize = 121;
/// The grid reaches so many standard errors beyond the weeks' shares …
const REACH: f64 = 4.0;
/// … and at least so far, on the scale of logits.
const LEAST_REACH: f64 = 0.3;
/// Days of a block within which an even change counts as level.
const BLOCK: usize = 7;

/// Shares at equal distances on the scale of logits.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Grid {
    pub(super) logits: Vec<f64>,
    pub(super) shares: Vec<f64>,
    /// The distance from one to the next.
    pub(super) step: f64,
    /// By correlation and share: the logarithm of the likelihood of all days before one; the last is that of all.
    sums: Vec<Vec<Vec<f64>>>,
    /// The highest logarithm of all days: what is taken off each, so that likelihoods have digits.
    pub(super) highest: f64,
}

impl Grid {
    /// A grid that holds every share which the days may have come from.
    pub(super) fn of(days: &[DayCount]) -> Grid {
        let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
        for week in days.chunks(BLOCK) {
            let count: f64 = week.iter().map(|day| day.count).sum();
            let failed: f64 = week.iter().map(|day| day.failed).sum();
            // Anscombe's logit, with its standard error.
            let (yes, no) = (failed + 0.5, count - failed + 0.5);
            let (logit, error) = ((yes / no).ln(), (1.0 / yes + 1.0 / no).sqrt());
            let reach = (REACH * error).max(LEAST_REACH);
            (low, high) = (low.min(logit - reach), high.max(logit + reach));
        }
        let step = (high - low) / (SHARES - 1) as f64;
        let logits: Vec<f64> = (0..SHARES).map(|i| low + step * i as f64).collect();
        let shares: Vec<f64> = logits.iter().map(|logit| 1.0 / (1.0 + (-logit).exp())).collect();
        let of = |correlation: f64, share: f64| {
            let mut sums = vec![0.0];
            let likelihood = BetaBinomial::new(share, correlation);
            let mut sum = 0.0;
            sums.extend(days.iter().map(|day| {
                sum += likelihood.ln(day);
                sum
            }));
            sums
        };
        let sums: Vec<Vec<Vec<f64>>> = CORRELATIONS
            .iter()
            .map(|&correlation| shares.iter().map(|&share| of(correlation, share)).collect())
            .collect();
        let all = sums.iter().flatten().filter_map(|sums| sums.last().copied());
        let highest = all.fold(f64::NEG_INFINITY, f64::max);
        Grid { logits, shares, step, sums, highest }
    }

    /// By share: the likelihood of the days from one to before another as a multiple of the highest, and the logarithm of that.
    pub(super) fn likelihood(&self, correlation: usize, from: usize, to: usize) -> (Vec<f64>, f64) {
        let of = |sums: &Vec<f64>| sums[to] - sums[from];
        let highest = self.sums[correlation].iter().map(of).fold(f64::NEG_INFINITY, f64::max);
        (self.sums[correlation].iter().map(|sums| (of(sums) - highest).exp()).collect(), highest)
    }

    /// The likelihood of going evenly from one share to another.
    pub(super) fn evenly(&self, correlation: usize, days: &[DayCount]) -> Evenly {
        let (first, last) = (days[0].day as f64, days[days.len() - 1].day as f64);
        let starts: Vec<usize> = (0..days.len()).step_by(BLOCK).collect();
        let blocks = starts.iter().map(|&from| {
            let to = (from + BLOCK).min(days.len());
            let middle = (days[from].day + days[to - 1].day) as f64 / 2.0;
            let sums = self.sums[correlation].iter().map(|sums| sums[to] - sums[from]).collect();
            ((middle - first) / (last - first), sums)
        });
        Evenly { blocks: blocks.collect(), highest: self.highest }
    }

    /// The quantiles of a distribution over the shares.
    pub(super) fn share(&self, weights: &[f64]) -> Share {
        let total: f64 = weights.iter().sum();
        let at = |q: f64| {
            let mut passed = 0.0;
            let found = weights.iter().position(|weight| {
                passed += weight;
                passed >= q * total
            });
            let place = found.unwrap_or(weights.len() - 1);
            // Within the cell, as if its weight were spread evenly.
            let within = if weights[place] > 0.0 { (passed - q * total) / weights[place] } else { 0.5 };
            1.0 / (1.0 + (-(self.logits[place] + self.step * (0.5 - within))).exp())
        };
        Share { middle: at(0.5), low: at(0.05), high: at(0.95) }
    }
}

/// An even change: by block, how much of it had come, and the logarithm of each share's likelihood.
pub(super) struct Evenly {
    blocks: Vec<(f64, Vec<f64>)>,
    highest: f64,
}

impl Evenly {
    /// The likelihood of going from one share of the grid to another.
    pub(super) fn at(&self, from: usize, to: usize) -> f64 {
        let mut sum = -self.highest;
        for (come, likelihood) in &self.blocks {
            let place = from as f64 + come * (to as f64 - from as f64);
            let (below, part) = (place as usize, place.fract());
            sum += likelihood[below];
            if part > 0.0 {
                sum += part * (likelihood[below + 1] - likelihood[below]);
            }
        }
        sum.min(MOST_LOG).exp()
    }
}

/// The distribution of the failures of a day, but for the binomial coefficient, which no share changes.
enum BetaBinomial {
    Independent { yes: f64, no: f64 },
    Correlated { a: f64, b: f64, norm: f64 },
}

impl BetaBinomial {
    fn new(share: f64, correlation: f64) -> Self {
        if correlation <= 0.0 {
            return BetaBinomial::Independent { yes: share.ln(), no: (-share).ln_1p() };
        }
        let both = (1.0 - correlation) / correlation;
        let (a, b) = (share * both, (1.0 - share) * both);
        BetaBinomial::Correlated { a, b, norm: ln_gamma(a + b) - ln_gamma(a) - ln_gamma(b) }
    }

    fn ln(&self, day: &DayCount) -> f64 {
        let (failed, passed) = (day.failed, day.count - day.failed);
        match *self {
            BetaBinomial::Independent { yes, no } => failed * yes + passed * no,
            BetaBinomial::Correlated { a, b, norm } => {
                norm + ln_gamma(a + failed) + ln_gamma(b + passed) - ln_gamma(a + b + day.count)
            }
        }
    }
}
