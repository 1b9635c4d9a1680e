//! How long something lasts, where the end of some was not seen.

/// How long one lasted.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Lasting {
    /// For so long it was watched, in any unit.
    pub time: f64,
    /// Whether it ended then; otherwise it lasted longer.
    pub ended: bool,
}

/// The time by which a share `q` (0 to 1) has ended: the first at which Kaplan and Meier's estimate of the share that still
/// lasts (1958, J. Am. Stat. Assoc. 53, 457–481) is no more than `1 - q`. `None` where it stays above it. What was watched to
/// no end is taken to be like those that lasted as long.
pub fn lasting_quantile(all: &[Lasting], q: f64) -> Option<f64> {
    /// Shares are products of fractions, and rounding must not put one beyond its mark.
    const ROUNDING: f64 = 1e-12;
    let mut ordered = all.to_vec();
    // At the same time an end comes before what was only watched until then.
    ordered.sort_by(|a, b| a.time.total_cmp(&b.time).then(b.ended.cmp(&a.ended)));
    let mut lasts = 1.0;
    for (i, one) in ordered.iter().enumerate() {
        if one.ended {
            let at_risk = (ordered.len() - i) as f64;
            lasts *= (at_risk - 1.0) / at_risk;
            if lasts <= 1.0 - q + ROUNDING {
                return Some(one.time);
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(serde::Deserialize)]
    struct Reference {
        lasting: Vec<Case>,
    }

    #[derive(serde::Deserialize)]
    struct Case {
        times: Vec<f64>,
        ended: Vec<bool>,
        quantiles: Vec<(f64, Option<f64>)>,
    }

    #[test]
    fn quantiles_are_those_of_statsmodels() {
        let text = include_str!("../../tests/references/queues.json");
        let cases = serde_json::from_str::<Reference>(text).unwrap().lasting;
        assert_eq!(cases.len(), 3);
        for Case { times, ended, quantiles } in cases {
            let all: Vec<Lasting> =
                times.into_iter().zip(ended).map(|(time, ended)| Lasting { time, ended }).collect();
            for (q, expected) in quantiles {
                assert_eq!(lasting_quantile(&all, q), expected, "{q} of {all:?}");
            }
        }
    }

    #[test]
    fn what_was_not_seen_to_end_lasts_longer() {
        let of = |times: &[(f64, bool)]| -> Vec<Lasting> {
            times.iter().map(|&(time, ended)| Lasting { time, ended }).collect()
        };
        // 3/4 last beyond 2, then two of three at risk: 3/4 · 1/2 = 3/8 beyond 5.
        let all = of(&[(2.0, true), (3.0, false), (5.0, true), (9.0, false)]);
        assert_eq!(lasting_quantile(&all, 0.25), Some(2.0));
        assert_eq!(lasting_quantile(&all, 0.26), Some(5.0));
        assert_eq!(lasting_quantile(&all, 0.5), Some(5.0));
        assert_eq!(lasting_quantile(&all, 0.7), None);
        assert_eq!(lasting_quantile(&[], 0.5), None);
    }
}
