//! Steps: how far apart the points of a series lie.

/// The median of the steps between times that ascend (years 0 to 9999, so differences do not overflow), the
/// lower one of two; `None` where there are fewer than two times.
pub(super) fn median_step(times: &[i64]) -> Option<i64> {
    let mut steps: Vec<i64> = times.windows(2).map(|pair| pair[1] - pair[0]).collect();
    let middle = steps.len().checked_sub(1)? / 2;
    let (_, median, _) = steps.select_nth_unstable(middle);
    Some(*median)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_step_is_the_lower_one_of_two() {
        // Steps 60, 60, 180, 60, 181, 60, 600; then 10 and 30.
        assert_eq!(median_step(&[0, 60, 120, 300, 360, 541, 601, 1201]), Some(60));
        assert_eq!(median_step(&[0, 10, 40]), Some(10));
        assert_eq!(median_step(&[7]), None);
        assert_eq!(median_step(&[]), None);
    }
}
