//! Order statistics.

/// The `q`-quantile (0 ≤ q ≤ 1) of finite values, by linear interpolation between order statistics
/// (Hyndman & Fan 1996, type 7, the default of R and numpy). `None` without values. Reorders `values`.
pub fn quantile(values: &mut [f64], q: f64) -> Option<f64> {
    let last = values.len().checked_sub(1)?;
    let rank = q.clamp(0.0, 1.0) * last as f64;
    let below = rank.floor() as usize;
    let (_, &mut low, rest) = values.select_nth_unstable_by(below, f64::total_cmp);
    let high = rest.iter().copied().min_by(f64::total_cmp).unwrap_or(low);
    Some(low + (high - low) * (rank - below as f64))
}

/// The median of finite values; `None` without values. Reorders `values`.
pub fn median(values: &mut [f64]) -> Option<f64> {
    quantile(values, 0.5)
}

/// The median absolute deviation from the median, times 1.4826 so that it estimates the standard deviation of
/// a normal distribution (Rousseeuw & Croux 1993, section 1). `None` without values. Reorders `values`.
pub fn mad(values: &mut [f64]) -> Option<f64> {
    let centre = median(values)?;
    let mut deviations: Vec<f64> = values.iter().map(|v| (v - centre).abs()).collect();
    Some(1.4826 * median(&mut deviations)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_interpolate_between_order_statistics() {
        // numpy.quantile([7, 1, 3, 10], [0, 0.25, 0.5, 0.9, 1]) -> 1, 2.5, 5, 9.1, 10
        let values = [7.0, 1.0, 3.0, 10.0];
        for (q, expected) in [(0.0, 1.0), (0.25, 2.5), (0.5, 5.0), (0.9, 9.1), (1.0, 10.0)] {
            let got = quantile(&mut values.to_vec(), q).unwrap();
            assert!((got - expected).abs() < 1e-12, "{q}: {got}");
        }
        assert_eq!(quantile(&mut [], 0.5), None);
    }

    #[test]
    fn mad_is_scaled_to_a_standard_deviation() {
        // median of |1..9 - 5| = 2
        let got = mad(&mut [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0]).unwrap();
        assert!((got - 2.0 * 1.4826).abs() < 1e-12, "{got}");
    }
}
