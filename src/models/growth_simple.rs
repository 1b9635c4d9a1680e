//! Simple courses: straight lines that stand beside the average of shapes where the series' own past prefers them.

use super::theil_sen::theil_sen;

/// Mean growth over so many last weeks.
const MEANS: [usize; 6] = [2, 4, 8, 13, 26, 52];
/// Median of the slopes between all pairs of so many last weeks.
const MEDIANS: [usize; 3] = [13, 26, 52];
/// How many there are: these, and no growth at all.
pub(super) const SIMPLE: usize = MEANS.len() + MEDIANS.len() + 1;

/// Growth a week of each simple course, told by the weeks up to one of them (at least the second).
pub(super) fn simple_rates(means: &[f64], week: usize) -> [f64; SIMPLE] {
    let mut rates = [0.0; SIMPLE];
    let Some(past) = means.get(..=week).filter(|past| past.len() > 1) else { return rates };
    for (rate, weeks) in rates.iter_mut().zip(MEANS) {
        let weeks = weeks.min(week);
        *rate = (past[week] - past[week - weeks]) / weeks as f64;
    }
    for (rate, weeks) in rates.iter_mut().skip(MEANS.len()).zip(MEDIANS) {
        let recent = &past[week - weeks.min(week)..];
        let x: Vec<f64> = (0..recent.len()).map(|i| i as f64).collect();
        *rate = theil_sen(&x, recent).unwrap_or(0.0);
    }
    rates
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_jump_moves_the_means_and_not_the_medians() {
        // One a week, and 100 more in the last week but one.
        let means: Vec<f64> = (0..60).map(|i| i as f64 + if i >= 58 { 100.0 } else { 0.0 }).collect();
        let rates = simple_rates(&means, 59);
        let expected = [51.0, 26.0, 13.5, 113.0 / 13.0, 126.0 / 26.0, 152.0 / 52.0, 1.0, 1.0, 1.0, 0.0];
        for (i, (rate, expected)) in rates.iter().zip(expected).enumerate() {
            assert!((rate - expected).abs() < 1e-9, "{i}: {rate}, expected {expected}");
        }
    }
}
