//! The slope of a straight line by least squares, with an interval that allows for autocorrelation.
//!
//! The residuals count for as many independent ones as their autocorrelation leaves (Santer et al. 2000, J. Geophys.
//! Res. 105, 7337–7356, equations 4 to 6). Least squares are linear in what the line is laid through: with the same `x`,
//! the slope of a sum is exactly the sum of the slopes.

use statrs::distribution::{ContinuousCDF, StudentsT};

/// Fewest independent residuals beside the parameters that are assumed: so many are left to say how far off the line is.
const LEAST_LEFT: f64 = 2.0;

/// A slope, in `y`'s unit per `x`'s.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct LineSlope {
    /// The slope.
    pub(super) middle: f64,
    /// How far its 90 % interval reaches on either side.
    pub(super) reach: f64,
}

/// The slope of a line through points in the order of time; `None` where all have one `x`. `parameters` are those that
/// were fitted, the slope and a constant among them. Needs `x.len() == y.len()`.
pub(super) fn line_slope(x: &[f64], y: &[f64], parameters: usize) -> Option<LineSlope> {
    let n = x.len() as f64;
    let (centre, mean) = (x.iter().sum::<f64>() / n, y.iter().sum::<f64>() / n);
    let spread: f64 = x.iter().map(|x| (x - centre).powi(2)).sum();
    // Also where there are no points at all.
    if spread.is_nan() || spread <= 0.0 {
        return None;
    }
    let middle = x.iter().zip(y).map(|(x, y)| (x - centre) * (y - mean)).sum::<f64>() / spread;
    let left: Vec<f64> = x.iter().zip(y).map(|(x, y)| y - mean - middle * (x - centre)).collect();
    let squares: f64 = left.iter().map(|e| e * e).sum();
    let lagged: f64 = left.windows(2).map(|e| e[0] * e[1]).sum();
    let correlation = if squares > 0.0 { (lagged / squares).max(0.0) } else { 0.0 };
    let independent = n * (1.0 - correlation) / (1.0 + correlation);
    let free = (independent - parameters as f64).max(LEAST_LEFT);
    let error = (squares / free / spread).sqrt();
    let reach = StudentsT::new(0.0, 1.0, free).ok()?.inverse_cdf(0.95) * error;
    Some(LineSlope { middle, reach })
}
