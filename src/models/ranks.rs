//! Ranks of values, as rank tests and rank correlations take them.

/// Ranks from 1, equal values sharing their mean rank.
pub(super) fn ranks(values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_unstable_by(|&a, &b| values[a].total_cmp(&values[b]));
    let mut ranks = vec![0.0; values.len()];
    let mut from = 0;
    for same in order.chunk_by(|&a, &b| values[a] == values[b]) {
        let rank = from as f64 + (same.len() as f64 + 1.0) / 2.0;
        same.iter().for_each(|&i| ranks[i] = rank);
        from += same.len();
    }
    ranks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_values_share_the_mean_of_their_ranks() {
        // Places 1, 2 and 3 are of the three twos: 2 each.
        assert_eq!(ranks(&[7.0, 2.0, 2.0, 9.0, 2.0]), [4.0, 2.0, 2.0, 5.0, 2.0]);
        assert_eq!(ranks(&[]), [0.0; 0]);
    }
}
