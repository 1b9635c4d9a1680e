//! The score of an interval: how wide it is, and how far off it where the outcome lies outside (Winkler 1972).

/// The score of a central interval that is meant to hold all outcomes but a share `alpha` of them: its width, and 2 /
/// `alpha` times the distance by which the outcome missed it. In the outcome's unit; lower is better. It is least in
/// the mean for who states the true quantiles (Gneiting & Raftery 2007, section 6.2).
pub fn interval_score(low: f64, high: f64, outcome: f64, alpha: f64) -> f64 {
    let missed = (low - outcome).max(0.0) + (outcome - high).max(0.0);
    (high - low) + 2.0 / alpha * missed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_miss_costs_twenty_times_its_distance_at_ninety_percent() {
        // Within: the width alone, 30 − 10 = 20.
        assert_eq!(interval_score(10.0, 30.0, 10.0, 0.1), 20.0);
        // 3 above: 20 + 2 / 0.1 · 3 = 80; 2 below: 20 + 20 · 2 = 60.
        assert!((interval_score(10.0, 30.0, 33.0, 0.1) - 80.0).abs() < 1e-9);
        assert!((interval_score(10.0, 30.0, 8.0, 0.1) - 60.0).abs() < 1e-9);
    }

    #[test]
    fn the_true_quantiles_score_best() {
        // Of the outcomes 0 to 99, one each, the central 90 % lie from 4.5 to 94.5; narrower and wider cost more.
        let mean = |low: f64, high: f64| {
            (0..100).map(|i| interval_score(low, high, f64::from(i), 0.1)).sum::<f64>() / 100.0
        };
        let best = mean(4.5, 94.5);
        assert!(best < mean(9.5, 89.5) && best < mean(0.5, 98.5), "{best}");
    }
}
