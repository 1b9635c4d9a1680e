//! Sources that differ about the same series, in words.

use std::collections::BTreeMap;

use crate::{
    archive::{Disagreement, EARLIER_PULL},
    platform::Measure,
};

/// What two sources differ in, over all series of a measure.
#[derive(Default)]
struct Difference {
    series: usize,
    compared: u64,
    differing: u64,
    largest: f64,
}

/// A sentence for each measure and pair of sources.
pub(super) fn in_words(disagreements: &[(Measure, Disagreement)]) -> Vec<String> {
    let mut pairs: BTreeMap<(Measure, &str, &str), Difference> = BTreeMap::new();
    for (measure, of) in disagreements {
        let pair = pairs.entry((*measure, &of.finer, &of.coarser)).or_default();
        pair.series += 1;
        pair.compared += of.compared;
        pair.differing += of.differing;
        pair.largest = pair.largest.max(of.median_difference);
    }
    pairs.iter().map(|((measure, finer, coarser), of)| sentence(*measure, finer, coarser, of)).collect()
}

fn sentence(measure: Measure, finer: &str, coarser: &str, of: &Difference) -> String {
    let Difference { series, compared, differing, largest } = of;
    format!(
        "{measure}: {} and {} differ about {series} series: {differing} of {compared} points, by up to {:.1} % at the \
         median of a series. {}, the finer, is taken; mend the one that is wrong, or hold it to other `packs`",
        named(coarser),
        named(finer),
        100.0 * largest,
        named(finer)
    )
}

fn named(source: &str) -> String {
    if source == EARLIER_PULL { "an earlier pull".to_owned() } else { format!("source {source}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::Labels;

    #[test]
    fn series_of_a_pair_are_told_together() {
        let of = |host: &str, differing, median_difference| Disagreement {
            labels: Labels::from([("host", host)]),
            finer: "prometheus".to_owned(),
            coarser: EARLIER_PULL.to_owned(),
            compared: 100,
            differing,
            median_difference,
            first: 0,
            last: 1,
        };
        let told =
            in_words(&[(Measure::DiskUsed, of("ms1", 40, 0.05)), (Measure::DiskUsed, of("ms2", 2, 0.123))]);
        assert_eq!(
            told,
            [
                "disk.used: an earlier pull and source prometheus differ about 2 series: 42 of 200 points, by up to \
              12.3 % at the median of a series. source prometheus, the finer, is taken; mend the one that is wrong, \
              or hold it to other `packs`"
            ]
        );
    }
}
