//! How small a p-value must be where many are looked at.

/// The largest p-value that is told, so that of all that are told no more than `rate` are false on average: Benjamini &
/// Hochberg 1995. Below zero where none is told.
pub fn told_up_to(p_values: &[f64], rate: f64) -> f64 {
    let mut sorted = p_values.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    let n = sorted.len() as f64;
    let told = sorted.iter().enumerate().rev().find(|(i, p)| **p <= rate * (i + 1) as f64 / n);
    told.map_or(-1.0, |(_, p)| *p)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_many_are_told_as_the_rate_allows() {
        // The example of Benjamini & Hochberg 1995, section 3: of these fifteen, the first four are told at 0.05.
        let p = [
            0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719,
            0.6528, 0.7590, 1.0,
        ];
        assert_eq!(told_up_to(&p, 0.05), 0.0095);
        let mut shuffled = p.to_vec();
        shuffled.rotate_left(7);
        assert_eq!(told_up_to(&shuffled, 0.05), 0.0095);
        assert_eq!(told_up_to(&[0.2, 0.9], 0.05), -1.0);
        assert_eq!(told_up_to(&[], 0.05), -1.0);
    }
}
