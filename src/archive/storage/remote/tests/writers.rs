//! Several writers at once: the archive holds what one clean append of everything would have put there.

use std::{
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::Duration,
};

use object_store::throttle::{ThrottleConfig, ThrottledStore};
use proptest::prelude::*;

use super::{
    scripted::{Call, Fate, Scripted},
    *,
};
use crate::{
    archive::{
        TableColumn,
        tests::{APRIL, HOUR, MARCH, held, hours, model, samples},
    },
    platform::Measure,
};

/// A store that takes its time, so that writers are between reading and writing at the same time.
fn slow(memory: &Arc<InMemory>) -> ThrottledStore<Scripted> {
    let pause = Duration::from_millis(2);
    let config = ThrottleConfig { wait_get_per_call: pause, wait_put_per_call: pause, ..Default::default() };
    ThrottledStore::new(shared(memory), config)
}

/// Appends each part from a thread of its own, to the same archive.
fn append_at_once(memory: &Arc<InMemory>, parts: &[Vec<Samples>]) {
    thread::scope(|scope| {
        for part in parts {
            scope.spawn(|| append(&open(slow(memory)).unwrap(), part.clone()).unwrap());
        }
    });
}

#[test]
fn eight_writers_of_one_month_lose_nothing() {
    let memory = Arc::new(InMemory::new());
    // Each has a series of its own, and all have some hours of the same two.
    let part = |writer: i64| {
        let from = APRIL + writer * 5 * HOUR;
        let common = |host: &str| {
            let points: Vec<_> =
                (0..8).map(|hour| from + hour * HOUR).map(|time| (time, time as f64)).collect();
            samples(Measure::DiskUsed, host, &points)
        };
        vec![
            hours(Measure::DiskUsed, &format!("own{writer}"), APRIL - 2 * HOUR, 4),
            common("common1"),
            common("common2"),
        ]
    };
    let parts: Vec<Vec<Samples>> = (0..8).map(part).collect();
    append_at_once(&memory, &parts);
    assert_eq!(held(&open(shared(&memory)).unwrap()), model(&parts.concat()));
}

/// Points of a series that are what their time says, so that no order of writers matters.
fn a_part() -> impl Strategy<Value = Vec<Samples>> {
    let measure = prop_oneof![Just(Measure::DiskUsed), Just(Measure::QueueDepth)];
    let series = (measure, 0..4_u8, proptest::collection::vec(0..100_i64, 1..30));
    proptest::collection::vec(series, 1..4).prop_map(|all| {
        all.into_iter()
            .map(|(measure, host, slots)| {
                let points: Vec<_> =
                    slots.iter().map(|slot| (MARCH + slot * 12 * HOUR, *slot as f64)).collect();
                samples(measure, &format!("host{host}"), &points)
            })
            .collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn writers_at_once_are_as_one(parts in proptest::collection::vec(a_part(), 2..5)) {
        let memory = Arc::new(InMemory::new());
        append_at_once(&memory, &parts);
        let archive = open(shared(&memory)).unwrap();
        prop_assert_eq!(held(&archive), model(&parts.concat()));
        // Everything is there already, so nothing is written again.
        prop_assert_eq!(append(&archive, parts.concat()).unwrap().partitions, 0);
    }
}

/// Has another run append between the moment at which this one has read a file and that at which it writes it.
fn overtaken_at(file: &'static str) {
    let memory = Arc::new(InMemory::new());
    let ours = vec![hours(Measure::DiskUsed, "ours", MARCH, 5), hours(Measure::DiskUsed, "both", MARCH, 5)];
    let theirs =
        vec![hours(Measure::DiskUsed, "theirs", MARCH, 3), hours(Measure::DiskUsed, "both", MARCH, 9)];
    let before = vec![hours(Measure::DiskUsed, "before", MARCH, 5)];
    append(&open(shared(&memory)).unwrap(), before.clone()).unwrap();

    let (other, overtaken) = (Arc::clone(&memory), AtomicBool::new(false));
    let (their_part, seen) = (theirs.clone(), Arc::new(AtomicBool::new(false)));
    let happened = Arc::clone(&seen);
    let store = Scripted::new(&memory, move |call, path| {
        if call == Call::Put && path.as_ref().ends_with(file) && !overtaken.swap(true, Ordering::SeqCst) {
            // A thread of its own: this one is within the runtime.
            let overtake = || append(&open(shared(&other)).unwrap(), their_part.clone()).unwrap();
            thread::scope(|scope| scope.spawn(overtake).join()).unwrap();
            happened.store(true, Ordering::SeqCst);
        }
        Fate::Answered
    });
    append(&open(store).unwrap(), ours.clone()).unwrap();
    assert!(seen.load(Ordering::SeqCst), "nobody was overtaken");
    let mut expected = model(&[before, ours].concat());
    for (measure, series) in model(&theirs) {
        for (labels, points) in series {
            expected.entry(measure).or_default().entry(labels).or_default().extend(points);
        }
    }
    assert_eq!(held(&open(shared(&memory)).unwrap()), expected);
}

#[test]
fn a_registry_that_another_run_has_written_meanwhile_is_read_again() {
    overtaken_at("series.parquet");
}

#[test]
fn a_month_that_another_run_has_written_meanwhile_is_merged_again() {
    overtaken_at("points.parquet");
}

#[test]
fn notes_that_runs_add_to_at_once_are_all_kept() {
    let memory = Arc::new(InMemory::new());
    open(shared(&memory)).unwrap();
    thread::scope(|scope| {
        for line in 0..8 {
            let archive = open(slow(&memory)).unwrap();
            let add = move |held: Option<&[u8]>| Some([held.unwrap_or_default(), &[b'0' + line]].concat());
            scope.spawn(move || archive.update_note("coverage", add).unwrap());
        }
    });
    let mut note = open(shared(&memory)).unwrap().note("coverage").unwrap().unwrap();
    note.sort_unstable();
    assert_eq!(note, b"01234567");
}

#[test]
fn of_runs_that_foretell_on_a_day_at_once_one_is_kept_whole() {
    let memory = Arc::new(InMemory::new());
    open(shared(&memory)).unwrap();
    let day: chrono::NaiveDate = "2026-11-16".parse().unwrap();
    let levels = |table: &[TableColumn]| match table {
        [TableColumn::Number { values, .. }] => values.clone(),
        _ => panic!("{table:?}"),
    };
    thread::scope(|scope| {
        for run in 0..6 {
            let archive = open(slow(&memory)).unwrap();
            let table =
                vec![TableColumn::Number { name: "level".to_owned(), values: vec![f64::from(run); 3] }];
            // The later run stays, whoever is first.
            let later = move |held: Option<Vec<TableColumn>>| {
                held.is_none_or(|held| levels(&held)[0] < f64::from(run)).then(|| table.clone())
            };
            scope.spawn(move || archive.update_ledger(day, later).unwrap());
        }
    });
    let archive = open(shared(&memory)).unwrap();
    assert_eq!(archive.ledger_days().unwrap(), [day]);
    assert_eq!(levels(&archive.ledger(day).unwrap().unwrap()), [5.0; 3]);
    archive.forget_ledger(&[day]).unwrap();
    assert_eq!(archive.ledger(day).unwrap(), None);
}
