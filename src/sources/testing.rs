//! What the readers' tests share.

use std::collections::{BTreeMap, HashMap};

use proptest::prelude::*;

use super::{FileReading, Identity, Points, Recognition, read::read_bytes};
use crate::platform::{Labels, Measure, SeriesKey};

/// A name and the entries of a series; `None` is a hole.
pub(super) type Written = (String, Vec<(i64, Option<f64>)>);

/// Knows every series, under a label that spells its identity.
fn known(identity: &Identity) -> Recognition {
    Recognition::Known { key: key(identity), factor: 1.0, offset: 0.0 }
}

fn key(identity: &Identity) -> SeriesKey {
    let mut labels = Labels::new();
    labels.set("identity", format!("{identity:?}"));
    SeriesKey { measure: Measure::QueueDepth, labels }
}

/// Reads a text as a file called `test`.
pub(super) fn read(text: &str) -> FileReading {
    read_raw(text.as_bytes())
}

/// Reads bytes as a file called `test`.
pub(super) fn read_raw(bytes: &[u8]) -> FileReading {
    read_bytes(bytes.to_vec(), "test", &known)
}

/// A Prometheus identity.
pub(super) fn prometheus(name: &str, labels: &[(&str, &str)]) -> Identity {
    let labels = labels.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
    Identity::Prometheus { name: name.to_owned(), labels }
}

/// A Graphite identity without tags.
pub(super) fn graphite(path: &str) -> Identity {
    Identity::Graphite { path: path.to_owned(), tags: BTreeMap::new() }
}

/// The identity of a CSV's series.
pub(super) fn name(name: &str) -> Identity {
    Identity::Named { name: name.to_owned() }
}

/// Exactly these series with exactly these points were read, in this order.
#[track_caller]
pub(super) fn assert_read(reading: &FileReading, expected: &[(Identity, &[(i64, f64)])]) {
    let read: Vec<_> = reading.samples.iter().map(|s| (s.key.clone(), s.points.iter().collect())).collect();
    let expected: Vec<(_, Vec<_>)> = expected.iter().map(|(id, points)| (key(id), points.to_vec())).collect();
    assert_eq!(read, expected);
}

/// Up to four series of distinct names, with times in the years that count.
pub(super) fn series_lists() -> impl Strategy<Value = Vec<Written>> {
    let value = prop_oneof![
        any::<f64>().prop_filter("finite", |v| v.is_finite()),
        (0i64..1_000_000_000).prop_map(|n| n as f64 / 1000.0),
        (0i64..1_000_000_000_000).prop_map(|n| n as f64),
    ];
    let points =
        prop::collection::vec((700_000_000i64..4_000_000_000, prop::option::weighted(0.9, value)), 0..6);
    prop::collection::btree_map("[a-zA-Z0-9_.:/ é,;|=\"\\\\{}()-]{0,8}", points, 0..4)
        .prop_map(|series| series.into_iter().collect())
}

/// Everything that was written is read, to the bit, and nothing else.
pub(super) fn assert_all_read(
    reading: &FileReading,
    all: &[Written],
    identity: impl Fn(&str) -> Identity,
) -> Result<(), TestCaseError> {
    let entries = all.iter().flat_map(|(_, entries)| entries);
    let holes = entries.filter(|(_, value)| value.is_none()).count();
    prop_assert_eq!(reading.report.holes as usize, holes);
    assert_points_read(reading, all, identity)
}

/// The points that were written are read, to the bit, and no others.
pub(super) fn assert_points_read(
    reading: &FileReading,
    all: &[Written],
    identity: impl Fn(&str) -> Identity,
) -> Result<(), TestCaseError> {
    prop_assert_eq!(&reading.report.error, &None);
    prop_assert!(reading.report.not_read.is_empty(), "{:?}", reading.report.not_read);
    let mut read: HashMap<_, _> = reading.samples.iter().map(|s| (s.key.clone(), bits(&s.points))).collect();
    for (name, entries) in all {
        let points: Vec<_> = entries.iter().filter_map(|(t, v)| v.map(|v| (*t, v.to_bits()))).collect();
        prop_assert_eq!(read.remove(&key(&identity(name))).unwrap_or_default(), points, "{}", name);
    }
    prop_assert!(read.is_empty(), "read besides: {:?}", read);
    Ok(())
}

fn bits(points: &Points) -> Vec<(i64, u64)> {
    points.iter().map(|(time, value)| (time, value.to_bits())).collect()
}

/// A text that is cut off at any byte gives a prefix of each series, never a point that the whole does not have.
#[track_caller]
pub(super) fn assert_cuts_invent_nothing(text: &str) {
    let whole: HashMap<_, _> = read(text).samples.into_iter().map(|s| (s.key, s.points)).collect();
    assert!(whole.values().any(|points| !points.is_empty()));
    for cut in 0..text.len() {
        for samples in read_raw(&text.as_bytes()[..cut]).samples {
            let points =
                whole.get(&samples.key).unwrap_or_else(|| panic!("cut at {cut}: invented {}", samples.key));
            let prefix = bits(points).starts_with(&bits(&samples.points));
            assert!(prefix, "cut at {cut}: {:?} is no prefix of {points:?}", samples.points);
        }
    }
}
