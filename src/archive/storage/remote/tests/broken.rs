//! Connections that break, and runs that end in between: nothing is lost, and the next run goes on from there.

use std::{
    collections::BTreeSet,
    sync::atomic::{AtomicUsize, Ordering},
};

use super::{
    scripted::{Fate, Scripted},
    *,
};
use crate::{
    archive::tests::{APRIL, HOUR, Model, held, hours, model},
    platform::Measure,
};

fn before() -> Vec<Samples> {
    vec![hours(Measure::DiskUsed, "ms1", APRIL - 10 * HOUR, 20)]
}

/// Two measures, two months; one series that is there before, and new ones.
fn after() -> Vec<Samples> {
    vec![
        hours(Measure::DiskUsed, "ms0", APRIL - 10 * HOUR, 20),
        hours(Measure::DiskUsed, "ms1", APRIL - 12 * HOUR, 30),
        hours(Measure::QueueDepth, "mx1", APRIL - 2 * HOUR, 4),
    ]
}

/// Whether a call breaks: about one in four, by the same rule each time (Knuth's multiplicative hash).
fn breaks(seed: usize, call: usize) -> bool {
    (seed * 1000 + call).wrapping_mul(2_654_435_761) >> 16 & 3 == 0
}

#[test]
fn one_call_in_four_may_break_before_or_after_it_is_done() {
    for seed in 0..10 {
        for fate in [Fate::Broken, Fate::AnswerLost] {
            let memory = Arc::new(InMemory::new());
            let calls = AtomicUsize::new(0);
            let store = Scripted::new(&memory, move |_, _| {
                if breaks(seed, calls.fetch_add(1, Ordering::SeqCst)) { fate } else { Fate::Answered }
            });
            // The HTTP client below a real store repeats what only reads; here, the next run does.
            let run = || {
                let archive = open(store.clone())?;
                append(&archive, before())?;
                append(&archive, after())
            };
            assert!((0..50).any(|_| run().is_ok()), "{fate:?}, seed {seed}");
            let archive = open(shared(&memory)).unwrap();
            assert_eq!(held(&archive), model(&[before(), after()].concat()), "{fate:?}, seed {seed}");
            assert!(archive.info().unwrap().measures.iter().all(|measure| measure.damaged.is_empty()));
        }
    }
}

/// A measure, whether its points are of April, and these points.
type Month = (Measure, bool, Vec<(String, i64, u64)>);

/// The points of each measure, before April and after.
fn by_month(model: &Model) -> BTreeSet<Month> {
    let mut months = BTreeSet::new();
    for (measure, series) in model {
        for is_april in [false, true] {
            let all =
                series.iter().flat_map(|(labels, points)| points.iter().map(move |point| (labels, point)));
            let points: Vec<_> = all
                .filter(|(_, (time, _))| (**time >= APRIL) == is_april)
                .map(|(labels, (time, value))| (labels.to_string(), *time, value.to_bits()))
                .collect();
            if !points.is_empty() {
                months.insert((*measure, is_april, points));
            }
        }
    }
    months
}

#[test]
fn a_run_that_ends_at_any_call_can_be_gone_on_from() {
    let (old, new) = (by_month(&model(&before())), by_month(&model(&[before(), after()].concat())));
    let mut last = 0;
    loop {
        let memory = Arc::new(InMemory::new());
        append(&open(shared(&memory)).unwrap(), before()).unwrap();
        let calls = AtomicUsize::new(0);
        let ends = Scripted::new(&memory, move |_, _| {
            if calls.fetch_add(1, Ordering::SeqCst) < last { Fate::Answered } else { Fate::Broken }
        });
        let ended = open(ends).and_then(|archive| append(&archive, after()));
        let archive = open(shared(&memory)).unwrap();
        let left = by_month(&held(&archive));
        assert!(left.iter().all(|month| old.contains(month) || new.contains(month)), "call {last}: {left:?}");
        assert!(archive.info().unwrap().measures.iter().all(|measure| measure.damaged.is_empty()));
        append(&archive, after()).unwrap();
        assert_eq!(by_month(&held(&archive)), new, "call {last}");
        if ended.is_ok() {
            break;
        }
        last += 1;
    }
    // Opening and checking take five calls; two registries and four months are read and written.
    assert!(last >= 5 + 2 * (2 + 4), "only {last} calls were made");
}
