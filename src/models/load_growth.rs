//! How a load's level goes from week to week.

use crate::series::median;

/// The level of weeks, relative to their common profile, and where it goes.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct WeeklyLevel {
    /// The level of each week, the last first; 1 is that of the profile.
    pub(super) levels: Vec<f64>,
    /// The level at the middle of the last week, by a line through all.
    at_last: f64,
    /// Change a week.
    slope: f64,
}

impl WeeklyLevel {
    /// The level of each row against `profile`: the median of their ratio over the busier half of the slots. The slope of
    /// the line through them is shrunk by how sure it is, 1 − se²/slope² (James & Stein 1961).
    pub(super) fn of(rows: &[Vec<f64>], profile: &[f64]) -> WeeklyLevel {
        let mut known: Vec<f64> = profile.iter().copied().filter(|v| !v.is_nan()).collect();
        let busy = median(&mut known).unwrap_or(0.0).max(f64::MIN_POSITIVE);
        let levels: Vec<f64> = rows
            .iter()
            .map(|row| {
                let ratios = row.iter().zip(profile).filter(|(v, p)| !v.is_nan() && **p >= busy);
                median(&mut ratios.map(|(v, p)| v / p).collect::<Vec<_>>()).unwrap_or(f64::NAN)
            })
            .collect();
        let points: Vec<(f64, f64)> =
            levels.iter().enumerate().filter(|(_, l)| !l.is_nan()).map(|(w, l)| (-(w as f64), *l)).collect();
        let n = points.len() as f64;
        let (mx, my) =
            (points.iter().map(|p| p.0).sum::<f64>() / n, points.iter().map(|p| p.1).sum::<f64>() / n);
        let sxx: f64 = points.iter().map(|p| (p.0 - mx).powi(2)).sum();
        if points.len() < 4 || sxx <= 0.0 {
            return WeeklyLevel { levels, at_last: if n > 0.0 { my } else { 1.0 }, slope: 0.0 };
        }
        let slope = points.iter().map(|p| (p.0 - mx) * (p.1 - my)).sum::<f64>() / sxx;
        let rest: f64 = points.iter().map(|p| (p.1 - my - slope * (p.0 - mx)).powi(2)).sum();
        let se2 = rest / (n - 2.0) / sxx;
        let shrink = if slope == 0.0 { 0.0 } else { (1.0 - se2 / (slope * slope)).max(0.0) };
        let slope = slope * shrink;
        WeeklyLevel { levels, at_last: my - slope * mx, slope }
    }

    /// The level by the line; week 0 is the last, −1 the coming one.
    pub(super) fn at(&self, week: f64) -> f64 {
        (self.at_last - self.slope * week).max(0.05)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_steady_growth_goes_on_and_noise_does_not() {
        let profile: Vec<f64> = (0..168).map(|h| 10.0 + f64::from(h % 24)).collect();
        let weeks = |levels: &[f64]| -> Vec<Vec<f64>> {
            levels.iter().map(|l| profile.iter().map(|p| l * p).collect()).collect()
        };
        // 1.0, 0.9, 0.8, 0.7, the last first: a tenth more each week.
        let steady = WeeklyLevel::of(&weeks(&[1.0, 0.9, 0.8, 0.7]), &profile);
        assert!((steady.at(-1.0) - 1.1).abs() < 1e-9 && (steady.at(3.0) - 0.7).abs() < 1e-9);
        // 1.0, 1.2, 1.2, 1.0: the slope is nothing.
        assert!((WeeklyLevel::of(&weeks(&[1.0, 1.2, 1.2, 1.0]), &profile).at(-1.0) - 1.1).abs() < 1e-9);
        // 1.1, 0.9, 1.1, 0.9: slope 0.04, sum of squares 5; residuals −0.04, 0.12, −0.12, 0.04 make se² = 0.032 / 2 / 5 =
        // 0.0032 > 0.0016 = slope²: it is shrunk to nothing.
        assert_eq!(WeeklyLevel::of(&weeks(&[1.1, 0.9, 1.1, 0.9]), &profile).slope, 0.0);
        // Three weeks bear no slope.
        assert_eq!(WeeklyLevel::of(&weeks(&[1.3, 1.2, 1.1]), &profile).slope, 0.0);
    }
}
