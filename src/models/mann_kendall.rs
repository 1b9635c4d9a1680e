//! Mann–Kendall trend test with Hamed and Rao's correction for autocorrelation.

use statrs::distribution::{ContinuousCDF, Normal};

use super::{
    change_shape::{around_line, around_shape},
    normal::Z_95,
    ranks::ranks,
    theil_sen::{slopes, theil_sen},
};
use crate::series::quantile;

/// The 97.5 % quantile of the standard normal distribution: autocorrelations beyond ± this over √n count.
const Z_975: f64 = 1.959_963_984_540_054;

/// A trend test on values at equal distances.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MannKendall {
    /// The test's standardised statistic; positive rises.
    pub z: f64,
    /// The two-sided p-value.
    pub p_value: f64,
    /// Theil–Sen slope per step.
    pub slope: f64,
    /// Lower end of the slope's 90 % interval (Sen 1968), with the corrected variance.
    pub slope_low: f64,
    /// Upper end of the slope's 90 % interval.
    pub slope_high: f64,
}

/// What is taken off the values before their autocorrelation is looked at: a change that is not taken off would
/// itself look like autocorrelation and hide itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Detrend {
    /// The Theil–Sen line, as Hamed and Rao do.
    Line,
    /// The Theil–Sen line, or a step or a late rise where one of them fits clearly better.
    Shape,
}

/// Tests whether values rise or fall steadily: Mann 1945 and Kendall 1975 with ties, the variance corrected for
/// autocorrelation as in Hamed & Rao 1998, equations 9 and 10. Steps that are holes are given as `None` and keep
/// their distance in the slope. `None` with fewer than 8 values, or where all are equal.
pub fn mann_kendall_hamed_rao(values: &[Option<f64>], detrend: Detrend) -> Option<MannKendall> {
    let known: Vec<(f64, f64)> =
        values.iter().enumerate().filter_map(|(i, v)| v.map(|v| (i as f64, v))).collect();
    if known.len() < 8 {
        return None;
    }
    let (x, y): (Vec<f64>, Vec<f64>) = known.into_iter().unzip();
    let slope = theil_sen(&x, &y)?;
    let residuals = match detrend {
        Detrend::Line => around_line(&x, &y, slope),
        Detrend::Shape => around_shape(&x, &y, slope),
    };
    let variance = variance(&y) * correction(&residuals);
    if variance <= 0.0 {
        return None;
    }
    let s = score(&y);
    let z = (s - s.signum()) / variance.sqrt() * f64::from(u8::from(s != 0.0));
    let p_value = 2.0 * (1.0 - Normal::standard().cdf(z.abs()));
    // Sen's interval: the slopes whose ranks lie z·√Var(S)/2 either side of the middle.
    let mut all = slopes(&x, &y);
    let reach = Z_95 * variance.sqrt() / (2.0 * all.len() as f64);
    let slope_low = quantile(&mut all, 0.5 - reach)?;
    let slope_high = quantile(&mut all, 0.5 + reach)?;
    Some(MannKendall { z, p_value, slope, slope_low, slope_high })
}

/// Rising pairs less falling pairs.
fn score(y: &[f64]) -> f64 {
    let mut s = 0_i64;
    for j in 1..y.len() {
        for i in 0..j {
            s += i64::from(y[j] > y[i]) - i64::from(y[j] < y[i]);
        }
    }
    s as f64
}

/// The score's variance without trend and without autocorrelation, ties allowed for.
fn variance(y: &[f64]) -> f64 {
    let term = |n: f64| n * (n - 1.0) * (2.0 * n + 5.0);
    let mut sorted = y.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    let ties: f64 = sorted.chunk_by(|a, b| a == b).map(|same| term(same.len() as f64)).sum();
    (term(y.len() as f64) - ties) / 18.0
}

/// Hamed and Rao's factor from the significant autocorrelations of the ranks of the detrended values.
fn correction(residuals: &[f64]) -> f64 {
    let n = residuals.len();
    let ranks = ranks(residuals);
    let mean = ranks.iter().sum::<f64>() / n as f64;
    let centred: Vec<f64> = ranks.iter().map(|r| r - mean).collect();
    let square: f64 = centred.iter().map(|c| c * c).sum();
    if square == 0.0 {
        return 1.0;
    }
    let m = n as f64;
    let sum: f64 = (1..n)
        .map(|lag| {
            let rho = centred[lag..].iter().zip(&centred).map(|(a, b)| a * b).sum::<f64>() / square;
            let left = m - lag as f64;
            if rho.abs() > Z_975 / m.sqrt() { left * (left - 1.0) * (left - 2.0) * rho } else { 0.0 }
        })
        .sum();
    1.0 + 2.0 / (m * (m - 1.0) * (m - 2.0)) * sum
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
        values: Vec<f64>,
        z: f64,
        p: f64,
        slope: f64,
    }

    fn cases() -> Vec<Case> {
        let text = include_str!("../../tests/references/statistics.json");
        serde_json::from_str::<Reference>(text).unwrap().cases
    }

    #[test]
    fn the_test_agrees_with_pymannkendall_and_the_slope_with_scipy() {
        for case in cases() {
            let values: Vec<_> = case.values.iter().copied().map(Some).collect();
            let got = mann_kendall_hamed_rao(&values, Detrend::Line).unwrap();
            // Detrended ties differ by rounding, and so do their ranks in the two programs.
            let within = if case.name == "ties" { 5e-3 } else { 1e-9 };
            assert!(
                (got.z - case.z).abs() < within * case.z.abs().max(1.0),
                "{}: {got:?} {}",
                case.name,
                case.z
            );
            assert!((got.p_value - case.p).abs() < 1e-9, "{}: {got:?} {}", case.name, case.p);
            assert!((got.slope - case.slope).abs() < 1e-9, "{}: {got:?} {}", case.name, case.slope);
            assert!(got.slope_low <= got.slope && got.slope <= got.slope_high, "{}: {got:?}", case.name);
        }
    }

    #[test]
    fn little_or_constant_history_is_no_test() {
        assert_eq!(mann_kendall_hamed_rao(&[Some(1.0); 7], Detrend::Line), None);
        assert_eq!(mann_kendall_hamed_rao(&[Some(1.0); 30], Detrend::Line), None);
    }

    #[test]
    fn holes_keep_their_distance() {
        let values: Vec<_> = (0..40).map(|i| (i % 3 != 0).then_some(2.0 * f64::from(i))).collect();
        assert_eq!(mann_kendall_hamed_rao(&values, Detrend::Line).unwrap().slope, 2.0);
    }
}
