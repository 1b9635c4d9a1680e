//! Where a load's level goes beyond the coming week, for what is reckoned over a month or a year.

/// Differences from week to week that a course needs.
const LEAST: usize = 3;
/// The farthest that a course goes from today's level, as a logarithm: to the threefold or a third. Of levels farther off,
/// eight weeks say nothing.
const FARTHEST: f64 = 1.1;

/// How a load's level goes on: a growth a week that is not known for sure, and wandering. In logarithms.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LevelCourse {
    /// Growth a week, shrunk by how sure it is.
    growth: f64,
    /// Its standard error.
    growth_error: f64,
    /// The standard deviation of what a week changes for good.
    wander: f64,
}

impl LevelCourse {
    /// The course of weekly levels, the last first; `None` with fewer than four in a row.
    ///
    /// The levels are taken for a random walk with drift that is seen with noise (a local level model, Harvey 1989, 2.3):
    /// of the differences from week to week, the covariance of neighbours is minus the noise's variance `r`, and their
    /// variance is `q + 2 r` with the walk's variance `q`. The drift is their mean, with the variance `q/m + 2 r/m²`, and is
    /// shrunk by `1 − se²/drift²` (James & Stein 1961).
    pub fn of(levels: &[f64]) -> Option<LevelCourse> {
        let known = levels.iter().take_while(|level| level.is_finite() && **level > 0.0);
        let logs: Vec<f64> = known.map(|level| level.ln()).collect();
        let steps: Vec<f64> = logs.windows(2).map(|pair| pair[0] - pair[1]).collect();
        if steps.len() < LEAST {
            return None;
        }
        let m = steps.len() as f64;
        let drift = steps.iter().sum::<f64>() / m;
        let square: f64 = steps.iter().map(|step| (step - drift).powi(2)).sum();
        let variance = square / (m - 1.0);
        let neighbours: f64 = steps.windows(2).map(|pair| (pair[0] - drift) * (pair[1] - drift)).sum();
        // No noise makes more than all of the variance.
        let noise = (-neighbours / (m - 1.0)).clamp(0.0, variance / 2.0);
        let walk = variance - 2.0 * noise;
        let error2 = walk / m + 2.0 * noise / (m * m);
        let shrink = if drift == 0.0 { 0.0 } else { (1.0 - error2 / (drift * drift)).max(0.0) };
        Some(LevelCourse { growth: drift * shrink, growth_error: error2.sqrt(), wander: walk.sqrt() })
    }

    /// By what factor the level of the week `ahead` lies above the coming one's, where the mean of a span of so many weeks
    /// lies `deviations` standard deviations off its middle.
    ///
    /// The mean of a walk over `n` weeks has the variance `q · n / 3`; that of a drift is off by half the span.
    pub fn factor(&self, ahead: f64, span: f64, deviations: f64) -> f64 {
        let error = self.wander.powi(2) * span / 3.0 + (self.growth_error * span / 2.0).powi(2);
        (self.growth * ahead + deviations * error.sqrt()).clamp(-FARTHEST, FARTHEST).exp()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_steady_growth_goes_on_and_is_sure() {
        // 1.02 from week to week, without any noise.
        let levels: Vec<f64> = (0..8).map(|week| 1.02_f64.powi(-week)).collect();
        let course = LevelCourse::of(&levels).unwrap();
        assert!((course.factor(10.0, 52.0, 1.645) - 1.02_f64.powi(10)).abs() < 1e-6);
    }

    #[test]
    fn noise_is_no_wander_and_a_walk_is() {
        // Logarithms +0.01 and −0.01 in turn: differences ±0.02, seven of them, 0.02 first. Their mean is 0.02/7, and their
        // neighbours' products are all negative: everything is noise, r = variance / 2.
        let levels: Vec<f64> =
            (0..8).map(|w| if w % 2 == 0 { 0.01_f64.exp() } else { (-0.01_f64).exp() }).collect();
        let course = LevelCourse::of(&levels).unwrap();
        let mean = 0.02 / 7.0;
        let variance = (4.0 * (0.02_f64 - mean).powi(2) + 3.0 * (-0.02 - mean).powi(2)) / 6.0;
        // 2 r / m² with 2 r = variance; it is more than the squared mean, so no growth is left.
        assert!((course.growth_error - (variance / 49.0).sqrt()).abs() < 1e-12);
        assert_eq!((course.growth, course.wander), (course.growth, 0.0));
        assert!(course.factor(26.0, 52.0, 0.0) - 1.0 < 1e-12);
        // Steps 0.02, 0.02, −0.02, −0.02, 0.02, 0.02, −0.02, −0.02: a mean of 0, neighbours +, −, +, −, +, −, + of 0.0004, which is
        // 0.0004 in sum: no noise, variance 8 · 0.0004 / 7.
        let mut log = 0.0;
        let mut levels = vec![1.0];
        for step in [0.02, 0.02, -0.02, -0.02, 0.02, 0.02, -0.02, -0.02] {
            log -= step;
            levels.push(f64::exp(log));
        }
        let course = LevelCourse::of(&levels).unwrap();
        let walk = 8.0 * 0.0004_f64 / 7.0;
        assert!((course.wander - walk.sqrt()).abs() < 1e-9);
        // A year: q · 52 / 3 + q / 8 · 26².
        let year = (walk * 52.0 / 3.0 + walk / 8.0 * 676.0).sqrt();
        assert!((course.factor(0.0, 52.0, 1.0).ln() - year).abs() < 1e-9);
    }

    #[test]
    fn few_weeks_bear_no_course() {
        assert_eq!(LevelCourse::of(&[1.0, 1.1, 1.2]), None);
        assert_eq!(LevelCourse::of(&[1.0, 1.1, f64::NAN, 1.2, 1.1, 1.0]), None);
    }
}
