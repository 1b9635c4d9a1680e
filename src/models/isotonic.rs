//! Isotonic regression: the values that never fall and lie nearest to given ones, by pooling adjacent violators.

/// One pool of neighbours that share a value.
#[derive(Debug, Clone, Copy)]
struct Pool {
    value: f64,
    weight: f64,
    points: usize,
}

/// The never falling values with the least weighted sum of squared distances from those of `points`, each a value and its
/// weight above zero, in the order in which they must not fall: pool-adjacent-violators (Ayer, Brunk, Ewing, Reid &
/// Silverman 1955; Best & Chakravarti 1990). In one pass, in the time of their number.
pub(super) fn isotonic(points: &[(f64, f64)]) -> Vec<f64> {
    let mut pools: Vec<Pool> = Vec::with_capacity(points.len());
    for &(value, weight) in points {
        let mut last = Pool { value, weight, points: 1 };
        while let Some(before) = pools.pop_if(|before| before.value >= last.value) {
            let weight = before.weight + last.weight;
            let value = (before.value * before.weight + last.value * last.weight) / weight;
            last = Pool { value, weight, points: before.points + last.points };
        }
        pools.push(last);
    }
    pools.iter().flat_map(|pool| std::iter::repeat_n(pool.value, pool.points)).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[derive(serde::Deserialize)]
    struct Reference {
        isotonic: Vec<Case>,
    }

    #[derive(serde::Deserialize)]
    struct Case {
        values: Vec<f64>,
        weights: Vec<f64>,
        fitted: Vec<f64>,
    }

    #[test]
    fn it_is_the_one_of_scipy() {
        let text = include_str!("../../tests/references/queues.json");
        let cases = serde_json::from_str::<Reference>(text).unwrap().isotonic;
        assert_eq!(cases.len(), 4);
        for Case { values, weights, fitted } in cases {
            let points: Vec<(f64, f64)> = values.into_iter().zip(weights).collect();
            for (got, expected) in isotonic(&points).into_iter().zip(fitted) {
                assert!((got - expected).abs() < 1e-9, "{got}, expected {expected}");
            }
        }
    }

    #[test]
    fn two_that_fall_become_their_weighted_mean() {
        // (3 · 1 + 1 · 3) / 4 = 1.5.
        assert_eq!(isotonic(&[(0.0, 1.0), (3.0, 1.0), (1.0, 3.0), (4.0, 1.0)]), [0.0, 1.5, 1.5, 4.0]);
        assert!(isotonic(&[]).is_empty());
    }

    proptest! {
        #[test]
        fn it_never_falls_keeps_the_mean_and_leaves_alone_what_never_fell(
            points in prop::collection::vec((-1e3..1e3_f64, 0.1..10.0_f64), 1..60)
        ) {
            let fitted = isotonic(&points);
            prop_assert_eq!(fitted.len(), points.len());
            prop_assert!(fitted.windows(2).all(|two| two[0] <= two[1]));
            let mean = |values: &[f64]| values.iter().zip(&points).map(|(v, p)| v * p.1).sum::<f64>();
            let own: Vec<f64> = points.iter().map(|p| p.0).collect();
            prop_assert!((mean(&fitted) - mean(&own)).abs() < 1e-6);
            let again: Vec<(f64, f64)> = fitted.iter().zip(&points).map(|(v, p)| (*v, p.1)).collect();
            for (once, twice) in fitted.iter().zip(isotonic(&again)) {
                prop_assert!((once - twice).abs() < 1e-9);
            }
        }
    }
}
