//! Walk-forward: what the models would have said in past weeks is held against what came. From it come how much
//! the simple courses count, how far the interval has to be widened, and the back-test of the report.

use super::{
    growth_average::Foretold,
    growth_filter::AHEAD,
    growth_simple::{COUNTS, SIMPLE, simple_rates},
    growth_weeks::{WEEK, Weeks},
    normal::Z_95,
};

/// A try of so many weeks ago counts half.
const HALF_LIFE: f64 = 40.0;
/// Models count by one over this power of their error: near to choosing the best, but not at the edge.
const POWER: i32 = 8;
/// The average of shapes counts so many times as much as all simple courses together, had they erred as much as it
/// did, where weeks follow each other …
const COUNTS_CALM: f64 = 3.3;
/// … and where the level grows in bursts: there it takes chance for bends and changes. Set on six simulated fleets,
/// whose volumes do not grow in bursts, and ten real series, most of which do: either is content with a tenth or ten
/// times as much of the other's.
const COUNTS_IN_BURSTS: f64 = 0.001;
/// Added to each error before they are compared, as a share of that of the average: a model that was right by
/// chance on a few tries is not believed forever.
const LEAST_ERROR: f64 = 0.05;
/// The interval is taken to be right as if so many outcomes had said so.
const TRUST: f64 = 12.0;
/// An outcome farther off than five standard deviations tells no more than one at five.
const FARTHEST: f64 = 25.0;
/// The interval is never made narrower, nor wider, than by this.
const WIDENED: (f64, f64) = (0.9, 3.0);
/// The distance that the summary speaks of, as an index into [`AHEAD`]: four weeks …
const SUMMARY: usize = 1;
/// Of fewer intervals than this nobody can say how often they hold.
const LEAST_COVERED: usize = 8;

/// How wrong the model was on one series, each try knowing only what came before it.
#[derive(Debug, Clone, PartialEq)]
pub struct GrowthBacktest {
    /// Tries at the summary's distance.
    pub origins: usize,
    /// The summary's distance in days.
    pub horizon_days: i64,
    /// Mean absolute error at that distance, in the level's unit.
    pub mean_abs_error: f64,
    /// Mean absolute error at that distance of saying that nothing changes, in the level's unit.
    pub naive_error: f64,
    /// Share of the outcomes within the interval that the errors before them gave; `None` with too few tries.
    pub coverage: Option<f64>,
}

/// How the models are put together.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Blend {
    /// The share of the simple courses, 0 to 1.
    pub(super) simple: f64,
    /// The share of each among them.
    pub(super) shares: [f64; SIMPLE],
    /// By how much the interval is widened.
    pub(super) widened: f64,
}

impl Blend {
    /// Growth a week of the simple courses together.
    pub(super) fn simple_rate(&self, rates: &[f64; SIMPLE]) -> f64 {
        self.shares.iter().zip(rates).map(|(share, rate)| share * rate).sum()
    }
}

/// The tries of one history.
pub(super) struct WalkForward<'a> {
    weeks: &'a Weeks,
    foretold: &'a [Foretold],
    /// Of each try, what the simple courses said.
    rates: Vec<[f64; SIMPLE]>,
    /// How much the average counts beside all simple courses.
    average_counts: f64,
}

impl<'a> WalkForward<'a> {
    /// `in_bursts` is how likely it is that the level grows in bursts.
    pub(super) fn of(weeks: &'a Weeks, foretold: &'a [Foretold], in_bursts: f64) -> Self {
        let mut rates: Vec<[f64; SIMPLE]> = Vec::with_capacity(foretold.len());
        for (i, told) in foretold.iter().enumerate() {
            let same = i.checked_sub(1).filter(|&before| foretold[before].week == told.week);
            let told = same.map_or_else(|| simple_rates(&weeks.ends, told.week), |before| rates[before]);
            rates.push(told);
        }
        let average_counts = COUNTS_CALM.powf(1.0 - in_bursts) * COUNTS_IN_BURSTS.powf(in_bursts);
        WalkForward { weeks, foretold, rates, average_counts }
    }

    /// What the outcomes up to a week teach.
    pub(super) fn blend(&self, week: usize) -> Blend {
        let mut of_average = 0.0;
        let mut of_simple = [0.0; SIMPLE];
        let (mut squares, mut counted, mut tries) = (0.0, TRUST, 0.0);
        for (told, rates) in self.foretold.iter().zip(&self.rates) {
            let steps = AHEAD[told.distance] as f64;
            let known_at = told.week + AHEAD[told.distance];
            let Some(age) = week.checked_sub(known_at) else { continue };
            let counts = 0.5_f64.powf((age as f64 + steps) / HALF_LIFE);
            let error = told.actual - told.mean;
            // Tries are two weeks apart and overlap.
            let alone = counts * 2.0 / steps;
            squares += alone * (error * error / told.variance).min(FARTHEST);
            counted += alone;
            tries += counts;
            of_average += counts * error.abs() / steps;
            let now = self.weeks.means[told.week];
            for (sum, rate) in of_simple.iter_mut().zip(rates) {
                *sum += counts * (told.actual - now - rate * steps).abs() / steps;
            }
        }
        let widened = ((TRUST + squares) / counted).sqrt().clamp(WIDENED.0, WIDENED.1);
        if tries == 0.0 {
            return Blend { simple: 1.0 / (1.0 + self.average_counts), shares: COUNTS, widened };
        }
        let floor = LEAST_ERROR * of_average + 1e-3 * self.weeks.least_growth * tries;
        // Relative to the average's, so that no power overflows.
        let counts = |error: f64| ((of_average + floor) / (error + floor)).powi(POWER);
        let mut shares = COUNTS;
        shares.iter_mut().zip(of_simple).for_each(|(share, error)| *share *= counts(error));
        let sum: f64 = shares.iter().sum();
        shares.iter_mut().for_each(|share| *share /= sum);
        Blend { simple: sum / (sum + self.average_counts), shares, widened }
    }

    /// The back-test: each try put together by what was known in its week. `None` without a try.
    pub(super) fn backtest(&self) -> Option<GrowthBacktest> {
        let last = self.foretold.iter().map(|told| told.distance).filter(|&d| d <= SUMMARY).max()?;
        let (mut error, mut naive, mut origins) = (0.0, 0.0, 0);
        let (mut inside, mut looked_at) = (0, 0);
        for (told, rates) in self.foretold.iter().zip(&self.rates).filter(|(told, _)| told.distance == last) {
            let blend = self.blend(told.week);
            let now = self.weeks.means[told.week];
            let simple = now + blend.simple_rate(rates) * AHEAD[last] as f64;
            let off = told.actual - told.mean - blend.simple * (simple - told.mean);
            origins += 1;
            error += off.abs();
            naive += (told.actual - now).abs();
            looked_at += 1;
            inside += usize::from(off.abs() <= Z_95 * blend.widened * told.variance.sqrt());
        }
        let mean = |sum: f64| sum / origins as f64 * self.weeks.unit;
        Some(GrowthBacktest {
            origins,
            horizon_days: AHEAD[last] as i64 * WEEK,
            mean_abs_error: mean(error),
            naive_error: mean(naive),
            coverage: (looked_at >= LEAST_COVERED).then(|| inside as f64 / looked_at as f64),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Forty weeks that grow by one hundredth each, and tries two weeks ahead that are off by so much.
    fn walked(off: f64, in_bursts: f64, test: impl Fn(&WalkForward)) {
        let days: Vec<(i64, f64)> = (0..280).map(|d| (d, 1000.0 + d as f64)).collect();
        let weeks = Weeks::of(&days).unwrap();
        let foretold: Vec<Foretold> = (7..38)
            .step_by(2)
            .map(|week| Foretold {
                week,
                distance: 0,
                mean: weeks.means[week + 2] - off,
                variance: 1e-6,
                actual: weeks.means[week + 2],
            })
            .collect();
        test(&WalkForward::of(&weeks, &foretold, in_bursts));
    }

    #[test]
    fn the_average_gives_way_where_a_straight_line_was_right() {
        walked(0.01, 0.0, |walk| assert!(walk.blend(39).simple > 0.99, "{:?}", walk.blend(39)));
        // Simple courses and the average are right alike, and only no growth at all is wrong: 0.98 / (0.98 + 3.3).
        walked(0.0, 0.0, |walk| {
            let blend = walk.blend(39);
            assert!(
                (blend.simple - 0.98 / 4.28).abs() < 1e-3 && blend.shares[SIMPLE - 1] < 1e-9,
                "{blend:?}"
            );
        });
        // In bursts 0.98 / (0.98 + 0.001), and before any try as much as beforehand.
        walked(0.0, 1.0, |walk| {
            assert!((walk.blend(39).simple - 0.98 / 0.981).abs() < 1e-3, "{:?}", walk.blend(39));
            assert!((walk.blend(7).simple - 1.0 / 1.001).abs() < 1e-9, "{:?}", walk.blend(7));
        });
    }

    #[test]
    fn an_interval_that_did_not_hold_is_widened() {
        // Off by five of its standard deviations, each time: 25 is the most that counts.
        walked(0.005, 0.0, |walk| {
            let blend = walk.blend(39);
            assert!(blend.widened > 2.0 && blend.widened <= 3.0, "{blend:?}");
            // Nothing was known in week 7.
            assert_eq!(walk.blend(7).widened, 1.0);
        });
        walked(0.0, 0.0, |walk| assert_eq!(walk.blend(39).widened, 0.9));
    }

    #[test]
    fn the_backtest_speaks_of_what_was_known() {
        walked(0.0, 0.0, |walk| {
            let test = walk.backtest().unwrap();
            assert_eq!((test.origins, test.horizon_days, test.coverage), (16, 14, Some(1.0)));
            // Two weeks of 7 each. In the first try nothing was known, and the course of no growth counts 0.02 / 4.3:
            // it is off by that share of 14, and the sixteen tries on average by 0.0041.
            assert!((test.naive_error - 14.0).abs() < 1e-9, "{test:?}");
            assert!((test.mean_abs_error - 0.0041).abs() < 1e-4, "{test:?}");
        });
    }
}
