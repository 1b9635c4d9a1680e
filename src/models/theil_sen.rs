//! Theil–Sen: the median of the slopes between all pairs of points.

use crate::series::median;

/// The median slope of `y` over `x` (Theil 1950, Sen 1968), in `y`'s unit per `x`'s. Pairs of equal `x` are
/// left out; `None` where no pair is left. Needs `x.len() == y.len()`; costs the square of the length.
pub fn theil_sen(x: &[f64], y: &[f64]) -> Option<f64> {
    median(&mut slopes(x, y))
}

/// The slopes between all pairs of points with different `x`.
pub(super) fn slopes(x: &[f64], y: &[f64]) -> Vec<f64> {
    let n = x.len().min(y.len());
    let mut slopes = Vec::with_capacity(n * n.saturating_sub(1) / 2);
    for j in 1..n {
        for i in 0..j {
            let run = x[j] - x[i];
            if run != 0.0 {
                slopes.push((y[j] - y[i]) / run);
            }
        }
    }
    slopes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_slope_ignores_an_outlier() {
        // scipy.stats.theilslopes([1, 3, 5, 100, 9], [0, 1, 2, 3, 4]).slope -> 2.0
        assert_eq!(theil_sen(&[0.0, 1.0, 2.0, 3.0, 4.0], &[1.0, 3.0, 5.0, 100.0, 9.0]), Some(2.0));
        assert_eq!(theil_sen(&[1.0, 1.0], &[2.0, 3.0]), None);
    }
}
