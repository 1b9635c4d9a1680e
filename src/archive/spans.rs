//! Spans of time: sets of moments as ranges that ascend and do not touch.

use std::ops::Range;

use serde::{Deserialize, Serialize};

/// A set of moments, in seconds since 1970-01-01 UTC: ranges, each with its start and without its end, ascending,
/// none empty, none touching the next.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Vec<(i64, i64)>", into = "Vec<(i64, i64)>")]
pub struct Spans(Vec<Range<i64>>);

impl Spans {
    /// The moments of one range.
    pub fn of(range: Range<i64>) -> Spans {
        [range].into_iter().collect()
    }

    /// The ranges, ascending.
    pub fn iter(&self) -> impl Iterator<Item = Range<i64>> {
        self.0.iter().cloned()
    }

    /// Whether there is no moment.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The first moment, if there is one.
    pub fn start(&self) -> Option<i64> {
        self.0.first().map(|range| range.start)
    }

    /// The moment after the last one, if there is one.
    pub fn end(&self) -> Option<i64> {
        self.0.last().map(|range| range.end)
    }

    /// The moments of either.
    #[must_use]
    pub fn union(&self, other: &Spans) -> Spans {
        self.iter().chain(other.iter()).collect()
    }

    /// The moments of both.
    #[must_use]
    pub fn intersection(&self, other: &Spans) -> Spans {
        let pairs = self.0.iter().flat_map(|a| other.0.iter().map(move |b| (a, b)));
        pairs.map(|(a, b)| a.start.max(b.start)..a.end.min(b.end)).collect()
    }

    /// The moments that the other has not.
    #[must_use]
    pub fn without(&self, other: &Spans) -> Spans {
        let between = |range: &Range<i64>| {
            let taken = Spans::of(range.clone()).intersection(other);
            let starts: Vec<i64> = [range.start].into_iter().chain(taken.0.iter().map(|t| t.end)).collect();
            let ends = taken.0.iter().map(|t| t.start).chain([range.end]).collect::<Vec<_>>();
            starts.into_iter().zip(ends).map(|(start, end)| start..end).collect::<Vec<_>>()
        };
        self.0.iter().flat_map(between).collect()
    }
}

impl FromIterator<Range<i64>> for Spans {
    fn from_iter<I: IntoIterator<Item = Range<i64>>>(ranges: I) -> Spans {
        let mut ranges: Vec<Range<i64>> =
            ranges.into_iter().filter(|range| range.start < range.end).collect();
        ranges.sort_by_key(|range| range.start);
        let mut joined: Vec<Range<i64>> = Vec::with_capacity(ranges.len());
        for range in ranges {
            match joined.last_mut() {
                Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
                _ => joined.push(range),
            }
        }
        Spans(joined)
    }
}

impl From<Vec<(i64, i64)>> for Spans {
    fn from(pairs: Vec<(i64, i64)>) -> Spans {
        pairs.into_iter().map(|(start, end)| start..end).collect()
    }
}

impl From<Spans> for Vec<(i64, i64)> {
    fn from(spans: Spans) -> Vec<(i64, i64)> {
        spans.0.into_iter().map(|range| (range.start, range.end)).collect()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    /// The same set, moment by moment.
    fn moments(spans: &Spans) -> BTreeSet<i64> {
        spans.iter().flatten().collect()
    }

    fn spans() -> impl Strategy<Value = Spans> {
        proptest::collection::vec((0_i64..60, 0_i64..12), 0..6)
            .prop_map(|ranges| ranges.into_iter().map(|(start, length)| start..start + length).collect())
    }

    proptest! {
        #[test]
        fn sets_are_those_of_their_moments(a in spans(), b in spans()) {
            let (of_a, of_b) = (moments(&a), moments(&b));
            prop_assert_eq!(moments(&a.union(&b)), &of_a | &of_b);
            prop_assert_eq!(moments(&a.intersection(&b)), &of_a & &of_b);
            prop_assert_eq!(moments(&a.without(&b)), &of_a - &of_b);
            for set in [a.union(&b), a.intersection(&b), a.without(&b)] {
                let apart = set.0.windows(2).all(|pair| pair[0].end < pair[1].start);
                prop_assert!(apart && set.0.iter().all(|range| range.start < range.end), "{:?}", set);
            }
        }

        #[test]
        fn a_set_comes_back_from_its_text(a in spans()) {
            let text = serde_json::to_string(&a).unwrap();
            prop_assert_eq!(serde_json::from_str::<Spans>(&text).unwrap(), a);
        }
    }
}
