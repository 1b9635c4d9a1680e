//! Months that become a year while another run writes to them: there is no lock, and no point is lost.

use std::{
    sync::atomic::{AtomicUsize, Ordering},
    thread,
};

use super::{
    scripted::{Call, Fate, Scripted},
    *,
};
use crate::{
    archive::{
        Tidied, Tidying,
        tests::{DAY, HOUR, MARCH, SOURCE, held, hours, model},
    },
    platform::Measure,
    sources::Samples,
};

/// 2025-01-01T00:00:00Z.
const YEAR_2025: i64 = 1_735_689_600;
/// 2026-04-15T00:00:00Z.
const NOW: i64 = MARCH + 45 * DAY;

/// January to March 2025, a point every six hours or so.
fn before() -> Vec<Samples> {
    (0..85).map(|day| hours(Measure::DiskUsed, "ms1", YEAR_2025 + day * DAY, 4)).collect()
}

/// Other times and series of the same months, and a month that has no partition yet.
fn meanwhile() -> Vec<Samples> {
    vec![
        hours(Measure::DiskUsed, "ms1", YEAR_2025 + 20 * DAY + 10 * HOUR, 6),
        hours(Measure::DiskUsed, "ms0", YEAR_2025 + 40 * DAY, 3),
        hours(Measure::DiskUsed, "ms1", YEAR_2025 + 200 * DAY, 3),
    ]
}

/// Tidies, and appends just before the put or the removal that is `at` in their order. `false` where there are
/// fewer.
fn overtaken(at: usize) -> bool {
    let memory = Arc::new(InMemory::new());
    open(shared(&memory)).unwrap().append(SOURCE, before()).unwrap();
    let (calls, other) = (Arc::new(AtomicUsize::new(0)), Arc::clone(&memory));
    let counted = Arc::clone(&calls);
    let store = Scripted::new(&memory, move |call, path| {
        let changes = matches!(call, Call::Put | Call::Delete) && !path.as_ref().ends_with("format.json");
        if changes && counted.fetch_add(1, Ordering::SeqCst) == at {
            // A thread of its own: this one is within the runtime.
            let append = || open(shared(&other)).unwrap().append(SOURCE, meanwhile()).unwrap();
            thread::scope(|scope| scope.spawn(append).join()).unwrap();
        }
        Fate::Answered
    });
    let archive = open(store).unwrap();
    archive.tidy(&Tidying::default(), NOW).unwrap();
    let was_overtaken = calls.load(Ordering::SeqCst) > at;
    let expected = if was_overtaken { [before(), meanwhile()].concat() } else { before() };
    let archive = open(shared(&memory)).unwrap();
    assert_eq!(held(&archive), model(&expected), "overtaken at {at}");
    // Whatever lies on the year is put into it the next time.
    archive.tidy(&Tidying::default(), NOW).unwrap();
    assert_eq!(held(&archive), model(&expected), "overtaken at {at}");
    assert_eq!(archive.tidy(&Tidying::default(), NOW).unwrap(), Tidied::default());
    assert!(archive.verify().unwrap().flaws.is_empty());
    was_overtaken
}

#[test]
fn a_run_that_is_overtaken_while_it_makes_a_year_loses_nothing() {
    let changes = (0..).take_while(|at| overtaken(*at)).count();
    // The year, and three months that are emptied and removed.
    assert_eq!(changes, 1 + 3 * 2);
}

#[test]
fn readers_see_every_point_while_a_year_is_made() {
    let memory = Arc::new(InMemory::new());
    open(shared(&memory)).unwrap().append(SOURCE, before()).unwrap();
    let other = Arc::clone(&memory);
    let expected = model(&before());
    let (reads, counted) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let read = Arc::clone(&reads);
    let store = Scripted::new(&memory, move |_, _| {
        counted.fetch_add(1, Ordering::SeqCst);
        let look = || held(&open(shared(&other)).unwrap());
        let seen = thread::scope(|scope| scope.spawn(look).join()).unwrap();
        assert!(seen == expected, "points are hidden");
        read.fetch_add(1, Ordering::SeqCst);
        Fate::Answered
    });
    open(store).unwrap().tidy(&Tidying::default(), NOW).unwrap();
    assert!(reads.load(Ordering::SeqCst) > 7);
}
