//! Histograms: what was counted between the edges of buckets, by the hour. The resolution is kept: between two edges nothing
//! is known, so a share above a limit and a percentile are ranges unless they fall on an edge.

use std::collections::BTreeMap;

use super::{clock::HOUR, counter::slotted};
use crate::{archive::Column, platform::Labels};

/// What was counted in buckets.
#[derive(Debug, Clone, PartialEq)]
pub struct Histogram {
    /// What it is of: the labels but for `le`.
    pub labels: Labels,
    /// The buckets' upper edges, ascending; above the last one is one bucket more.
    pub edges: Vec<f64>,
    /// The hours in which every bucket is known, ascending.
    pub hours: Vec<(i64, Buckets)>,
}

/// Counts by bucket, the one above all edges last.
#[derive(Debug, Clone, PartialEq)]
pub struct Buckets(pub Vec<f64>);

/// Puts histograms together from the running totals of their buckets, each "at most `le`". One without a bucket `+Inf` does not
/// say what lies above its edges, and is left out.
pub fn histograms(columns: &[Column]) -> Vec<Histogram> {
    let mut groups: BTreeMap<Labels, Vec<(f64, &Column)>> = BTreeMap::new();
    for column in columns {
        let Some(edge) = column.labels.get("le").and_then(|le| le.parse::<f64>().ok()) else { continue };
        groups.entry(column.labels.clone().without("le")).or_default().push((edge, column));
    }
    groups.into_iter().filter_map(|(labels, buckets)| put_together(labels, buckets)).collect()
}

fn put_together(labels: Labels, mut buckets: Vec<(f64, &Column)>) -> Option<Histogram> {
    buckets.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (last, _) = buckets.last()?;
    let edges: Vec<f64> = buckets.iter().map(|(edge, _)| *edge).filter(|edge| edge.is_finite()).collect();
    if *last != f64::INFINITY || edges.is_empty() {
        return None;
    }
    let grown: Vec<BTreeMap<i64, f64>> =
        buckets.iter().map(|(_, column)| slotted(&[&column.points], HOUR)).collect();
    let hour = |slot: &i64| {
        let at_most: Option<Vec<f64>> = grown.iter().map(|slots| slots.get(slot).copied()).collect();
        let mut below = 0.0;
        let counts = at_most?.into_iter().map(|at_most| {
            // The buckets of one scrape are read one after the other, and may be off by a message.
            let own = f64::max(at_most - below, 0.0);
            below = f64::max(at_most, below);
            own
        });
        Some((slot * HOUR, Buckets(counts.collect())))
    };
    let hours: Vec<(i64, Buckets)> = grown.first()?.keys().filter_map(hour).collect();
    (!hours.is_empty()).then_some(Histogram { labels, edges, hours })
}

impl Histogram {
    /// What several count together, under labels of their own; an hour is known where one of them knows it. `None` where
    /// their edges differ, or there is none.
    pub fn together(labels: Labels, several: &[&Histogram]) -> Option<Histogram> {
        let edges = &several.first()?.edges;
        if several.iter().any(|one| one.edges != *edges) {
            return None;
        }
        let mut hours: BTreeMap<i64, Buckets> = BTreeMap::new();
        for (hour, buckets) in several.iter().flat_map(|one| &one.hours) {
            let sums = hours.entry(*hour).or_insert_with(|| Buckets(vec![0.0; edges.len() + 1]));
            sums.0.iter_mut().zip(&buckets.0).for_each(|(sum, count)| *sum += count);
        }
        Some(Histogram { labels, edges: edges.clone(), hours: hours.into_iter().collect() })
    }

    /// All that was counted from a moment on.
    pub fn since(&self, time: i64) -> Buckets {
        let mut sums = vec![0.0; self.edges.len() + 1];
        for (_, buckets) in self.hours.iter().filter(|(hour, _)| *hour >= time) {
            sums.iter_mut().zip(&buckets.0).for_each(|(sum, count)| *sum += count);
        }
        Buckets(sums)
    }

    /// The edge next to a value, by their ratio: itself where it is one.
    pub fn edge_next_to(&self, value: f64) -> usize {
        let far = |edge: f64| if edge == value { 0.0 } else { (edge / value).ln().abs() };
        let edges = self.edges.iter().enumerate().filter(|(_, edge)| **edge > 0.0);
        edges.min_by(|a, b| far(*a.1).total_cmp(&far(*b.1))).map_or(0, |(place, _)| place)
    }

    /// The least and the largest share of counts that may lie above a value: the same where it is an edge. `None` where nothing
    /// was counted.
    pub fn share_above(&self, counts: &Buckets, value: f64) -> Option<(f64, f64)> {
        let total = counts.total();
        // All buckets from the first whose lower edge is at least the value are above it for sure.
        let next = self.edges.partition_point(|edge| *edge < value);
        let above = |from: usize| counts.0.iter().skip(from).sum::<f64>() / total;
        let exact = self.edges.get(next) == Some(&value);
        (total > 0.0).then(|| (above(next + 1), above(if exact { next + 1 } else { next })))
    }

    /// The edges that a quantile lies between: nought below the first, `None` above the last. `None` where nothing was counted.
    pub fn quantile(&self, counts: &Buckets, q: f64) -> Option<(f64, Option<f64>)> {
        let wanted = q * counts.total();
        let mut passed = 0.0;
        let bucket = counts.0.iter().position(|count| {
            passed += count;
            *count > 0.0 && passed >= wanted
        })?;
        let below = bucket.checked_sub(1).map_or(0.0, |before| self.edges[before]);
        Some((below, self.edges.get(bucket).copied()))
    }
}

impl Buckets {
    /// All that was counted.
    pub fn total(&self) -> f64 {
        self.0.iter().sum()
    }

    /// What lies above an edge, by its place.
    pub fn above(&self, edge: usize) -> f64 {
        self.0.iter().skip(edge + 1).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The running totals of one host at the ends of hours, by the edge.
    fn columns(buckets: &[(&str, &[f64])]) -> Vec<Column> {
        let column = |(le, totals): &(&str, &[f64])| Column {
            labels: Labels::from([("host", "out01"), ("stage", "transmission"), ("le", *le)]),
            points: totals.iter().enumerate().map(|(hour, total)| (hour as i64 * HOUR, *total)).collect(),
        };
        buckets.iter().map(column).collect()
    }

    /// 100 messages in the first hour: 50 up to 1 s, 40 more up to 60 s, 7 up to an hour, 3 longer.
    fn worked() -> Histogram {
        let found = histograms(&columns(&[
            ("60.0", &[0.0, 90.0, 95.0]),
            ("+Inf", &[0.0, 100.0, 110.0]),
            ("1", &[0.0, 50.0, 50.0]),
            ("3600", &[0.0, 97.0, 103.0]),
        ]));
        let [one] = <[Histogram; 1]>::try_from(found).unwrap();
        one
    }

    #[test]
    fn buckets_are_what_lies_between_two_edges() {
        let found = worked();
        assert_eq!(found.labels, Labels::from([("host", "out01"), ("stage", "transmission")]));
        assert_eq!(found.edges, [1.0, 60.0, 3600.0]);
        // The second hour: 0 up to 1 s, 5 up to 60 s, 6 - 5 = 1 up to an hour, 10 - 6 = 4 longer.
        let counts: Vec<&[f64]> = found.hours.iter().map(|(_, counts)| &counts.0[..]).collect();
        assert_eq!(counts, [&[50.0, 40.0, 7.0, 3.0][..], &[0.0, 5.0, 1.0, 4.0]]);
        assert_eq!(found.since(HOUR).0, [0.0, 5.0, 1.0, 4.0]);
        assert_eq!(found.since(0).0, [50.0, 45.0, 8.0, 7.0]);
    }

    #[test]
    fn a_share_is_exact_at_an_edge_and_a_range_between_two() {
        let found = worked();
        let (_, first) = &found.hours[0];
        // Above 60 s: 7 and 3 of 100. Above 300 s: the 3 for sure, the 7 perhaps.
        assert_eq!(found.share_above(first, 60.0), Some((0.1, 0.1)));
        assert_eq!(found.share_above(first, 300.0), Some((0.03, 0.1)));
        assert_eq!(found.share_above(first, 0.5), Some((0.5, 1.0)));
        // Above two hours: none for sure, the 3 perhaps.
        assert_eq!(found.share_above(first, 7200.0), Some((0.0, 0.03)));
        assert_eq!(found.share_above(&Buckets(vec![0.0; 4]), 60.0), None);
        assert_eq!(
            (found.edge_next_to(60.0), found.edge_next_to(300.0), found.edge_next_to(3000.0)),
            (1, 1, 2)
        );
        assert_eq!(first.above(1), 10.0);
    }

    #[test]
    fn a_percentile_lies_between_two_edges() {
        let found = worked();
        let (_, first) = &found.hours[0];
        // The 50th of 100 is the last up to 1 s, the 51st lies up to 60 s, the 95th up to an hour, the 98th beyond.
        assert_eq!(found.quantile(first, 0.5), Some((0.0, Some(1.0))));
        assert_eq!(found.quantile(first, 0.51), Some((1.0, Some(60.0))));
        assert_eq!(found.quantile(first, 0.95), Some((60.0, Some(3600.0))));
        assert_eq!(found.quantile(first, 0.98), Some((3600.0, None)));
        assert_eq!(found.quantile(&Buckets(vec![0.0; 4]), 0.95), None);
    }

    #[test]
    fn what_is_not_whole_says_nothing() {
        // No bucket above all edges.
        assert_eq!(histograms(&columns(&[("1", &[0.0, 5.0]), ("60", &[0.0, 7.0])])), []);
        // One bucket is not known in the second hour.
        let found = histograms(&columns(&[("1", &[0.0, 5.0]), ("+Inf", &[0.0, 7.0, 9.0])]));
        assert_eq!(found[0].hours.len(), 1);
        // All start again from zero.
        let found = histograms(&columns(&[("1", &[90.0, 4.0]), ("+Inf", &[99.0, 6.0])]));
        assert_eq!(found[0].hours, [(0, Buckets(vec![4.0, 2.0]))]);
    }

    #[test]
    fn histograms_of_the_same_edges_are_added_up() {
        let one = histograms(&columns(&[("1", &[0.0, 5.0]), ("+Inf", &[0.0, 7.0])])).remove(0);
        // Another host is known for an hour more: 3 and 1 in the first, 2 and 4 in the second.
        let other = histograms(&columns(&[("1", &[0.0, 3.0, 5.0]), ("+Inf", &[0.0, 4.0, 10.0])])).remove(0);
        let labels = Labels::from([("pool", "outbound")]);
        let both = Histogram::together(labels.clone(), &[&one, &other]).unwrap();
        let counts: Vec<&[f64]> = both.hours.iter().map(|(_, buckets)| &buckets.0[..]).collect();
        assert_eq!((both.labels, both.edges), (labels.clone(), vec![1.0]));
        assert_eq!(counts, [&[8.0, 3.0][..], &[2.0, 4.0]]);
        let finer =
            histograms(&columns(&[("1", &[0.0, 5.0]), ("9", &[0.0, 6.0]), ("+Inf", &[0.0, 7.0])])).remove(0);
        assert_eq!(Histogram::together(labels, &[&one, &finer]), None);
    }
}
