//! The upper bound of a load: how many spreads above the middle a schedule is safe.
//!
//! A quantile of all errors would say little: what hurts are hours that were taken for quiet and were not. So each week that was
//! held back is asked, for several levels: of the hours whose bound lay below the level, in how many did the load lie above? The
//! answer is shrunk to that of many series, since one series has few such hours.

use super::load_clean::hour_mean;

/// Shares of the busy load that are taken for levels: where a pool's steps from one number of servers to the next may lie.
const LEVELS: [f64; 5] = [0.3, 0.4, 0.5, 0.6, 0.75];
/// Spreads are looked at in steps of so much, from none up.
const STEP: f64 = 0.1;
/// Steps up to eight spreads: no schedule is left above them.
const STEPS: usize = 80;
/// The answer of many series counts as much as so many weeks of one's own. Set on simulated fleets and real series.
const SHARED_WEEKS: f64 = 4.0;
/// Of many series, this share of the hours is above at no spread at all, and it falls by a factor e with every 1 / 0.9 of a
/// spread. Set on simulated fleets.
const SHARED: f64 = 0.08;
const SHARED_FALL: f64 = 0.9;
/// The hours that are counted here lie near to one of many levels, and were forecast from less history: a coming week's
/// schedule has fewer of them above, by this factor. Set on simulated fleets; above it, real series are no longer safe.
const HARDER: f64 = 2.7;

/// What held-back weeks say of bounds: by number of steps up to which an hour's bound lies below a level, how many such hours
/// there were, and how many of them lay above it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Tally {
    below: [f64; STEPS],
    above: [f64; STEPS],
    slots_per_week: f64,
}

impl Tally {
    /// Nothing seen yet, on a grid.
    pub(super) fn new(slots_per_week: usize) -> Self {
        Tally { below: [0.0; STEPS], above: [0.0; STEPS], slots_per_week: slots_per_week as f64 }
    }

    /// Adds a week: what came and what was expected of it, by column, and the busy load.
    pub(super) fn add(
        &mut self,
        came: &[f64],
        middle: &[f64],
        spread: &[f64],
        busy: f64,
        slots_per_day: usize,
    ) {
        let (came, middle) = (hour_mean(came, slots_per_day), hour_mean(middle, slots_per_day));
        for ((came, middle), spread) in came.iter().zip(&middle).zip(spread) {
            if came.is_nan() || middle.is_nan() || *spread <= 0.0 {
                continue;
            }
            for level in LEVELS.map(|share| share * busy) {
                let steps = (level - middle) / spread / STEP;
                if steps >= 0.0 {
                    let bin = (steps as usize).min(STEPS - 1);
                    self.below[bin] += 1.0;
                    self.above[bin] += f64::from(u8::from(*came > level));
                }
            }
        }
    }

    /// The least number of spreads with which a schedule has too few servers in at most a share `risk` of its time.
    pub(super) fn spreads(&self, risk: f64) -> f64 {
        // Half of the hours and levels lie below a bound.
        let shared = SHARED_WEEKS * self.slots_per_week * LEVELS.len() as f64 / 2.0;
        let (mut below, mut above) = (self.below.iter().sum::<f64>(), self.above.iter().sum::<f64>());
        for step in 0..STEPS {
            let spreads = step as f64 * STEP;
            let of_many = SHARED * (-SHARED_FALL * spreads).exp();
            if (above + shared * of_many) / (below + shared) <= HARDER * risk {
                return spreads;
            }
            below -= self.below[step];
            above -= self.above[step];
        }
        STEPS as f64 * STEP
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_week_of_its_own_a_series_is_as_many_are() {
        // 0.08 · exp(−0.9 z) ≤ 2.7 · 0.01 from z = ln(0.08 / 0.027) / 0.9 = 1.207 on: 1.3 in steps of a tenth.
        assert!((Tally::new(168).spreads(0.01) - 1.3).abs() < 1e-9);
        // 2.7 · 0.05 = 0.135 is more than 0.08 already.
        assert_eq!(Tally::new(168).spreads(0.05), 0.0);
    }

    #[test]
    fn what_was_taken_for_quiet_and_was_not_raises_the_bound() {
        // 100 is busy; 35 with a spread of 1 lies 5 below the level of 40. What came is 45: above that level, and below those
        // of 50, 60 and 75.
        let mut hurt = Tally::new(168);
        for _ in 0..40 {
            hurt.add(&[45.0; 168], &[35.0; 168], &[1.0; 168], 100.0, 24);
        }
        assert!(hurt.spreads(0.01) > 5.0, "{}", hurt.spreads(0.01));
        let mut safe = Tally::new(168);
        (0..40).for_each(|_| safe.add(&[35.5; 168], &[35.0; 168], &[1.0; 168], 100.0, 24));
        assert_eq!(safe.spreads(0.01), 0.0);
        assert!(hurt.spreads(0.1) <= hurt.spreads(0.01));
    }

    #[test]
    fn holes_and_loads_without_noise_say_nothing() {
        let mut tally = Tally::new(168);
        tally.add(&[f64::NAN; 168], &[35.0; 168], &[1.0; 168], 100.0, 24);
        tally.add(&[45.0; 168], &[35.0; 168], &[0.0; 168], 100.0, 24);
        assert_eq!(tally, Tally::new(168));
    }
}
