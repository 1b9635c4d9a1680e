//! Pulling from a scripted source: what is asked, what is kept, what is asked again.

use std::{path::Path, sync::atomic::Ordering};

use super::*;
use crate::{
    pipeline::{
        asking::plan_source,
        scripted::{DAYS, HOUR, Reply, Scripted},
    },
    platform::Measure,
    series::DAY,
    sources::live::Request,
};

const PLATFORM: &str = r#"
[platform]
name = "Example Mail"
timezone = "UTC"
currency = "EUR"

[[source]]
name = "scripted"
kind = "prometheus"
url = "http://127.0.0.1:9"
history = "100d"
overlap = "2h"
parallel = 3

[[pool]]
name = "mx"
role = "mx"
hosts = ["mx*"]
floor = 1
"#;

/// Whole days, so that ranges begin at midnight.
const NOW: i64 = 20_000 * DAY;

struct Silent;

impl Progress for Silent {
    fn stage(&self, _name: &str, _steps: u64) {}
    fn step(&self, _note: &str) {}
}

/// One pull up to `until`.
fn pull(archive: &Archive, server: &Scripted, until: i64) -> Pulled {
    let platform = Platform::parse(PLATFORM, Path::new("platform.toml")).unwrap();
    let source = &platform.sources[0];
    let live = source.origin.live().unwrap();
    let opened = plan_source(source, live, Box::new(server), Some(archive), until, until).unwrap();
    let opened = [opened];
    let mut keeper = Keeper::new(archive, &opened, &Silent);
    ask_all(&opened, |answered| keeper.take(answered)).unwrap();
    let mut pulled = Pulled::default();
    keeper.finish(&mut pulled).unwrap();
    pulled
}

fn archive() -> (tempfile::TempDir, Archive) {
    let directory = tempfile::tempdir().unwrap();
    let archive = Archive::open(&directory.path().join("archive")).unwrap();
    (directory, archive)
}

/// The hours that the archive holds of each question.
fn held(archive: &Archive) -> Vec<Vec<i64>> {
    let extract = archive.extract(Measure::QueueDepth, 0..i64::MAX).unwrap();
    let hours = |times: &[i64]| times.iter().map(|time| time / HOUR).collect();
    extract.columns.iter().map(|column| hours(&column.points.times)).collect()
}

/// The hours of the hundred days up to a moment; the point at the moment itself is complete.
fn hundred_days(until: i64) -> Vec<i64> {
    ((until - 100 * DAY) / HOUR..=until / HOUR).collect()
}

#[test]
fn everything_is_asked_once_and_then_only_what_is_new() {
    let (_directory, archive) = archive();
    let server = Scripted::new(2, |_, _| Reply::Points);
    let first = pull(&archive, &server, NOW);
    // 100 days and an hour by ten days: eleven requests a question.
    assert_eq!(server.asked.lock().unwrap().len(), 22);
    assert_eq!((first.live[0].requests, first.live[0].answered), (22, 22));
    assert_eq!(held(&archive), [hundred_days(NOW), hundred_days(NOW)]);

    let server = Scripted::new(2, |_, _| Reply::Points);
    let week = pull(&archive, &server, NOW + 7 * DAY);
    let asked = server.asked.lock().unwrap();
    // From two hours before the newest answer, which ended an hour after it.
    assert!(asked.iter().all(|request| request.range == (NOW - HOUR..NOW + 7 * DAY + HOUR)), "{asked:?}");
    assert_eq!((asked.len(), week.appended.points_new, week.appended.points_same), (2, 2 * 168, 2 * 2));
}

#[test]
fn what_failed_is_asked_for_again_and_only_that() {
    let (_directory, archive) = archive();
    let gap = NOW - 100 * DAY + 3 * DAYS * DAY;
    let down_once = move |request: &Request, _: usize| {
        if request.range.start == gap { Reply::Down } else { Reply::Points }
    };
    let server = Scripted::new(1, down_once);
    let pulled = pull(&archive, &server, NOW);
    assert_eq!(pulled.live[0].failures, ["scripted: is down; mend it"]);
    assert!(pulled.is_partial());
    let server = Scripted::new(1, |_, _| Reply::Points);
    pull(&archive, &server, NOW);
    let mut asked: Vec<_> = server.asked.lock().unwrap().iter().map(|r| r.range.clone()).collect();
    asked.sort_by_key(|range| range.start);
    assert_eq!(asked, [gap..gap + DAYS * DAY, NOW - HOUR..NOW + HOUR]);
    assert_eq!(held(&archive), [hundred_days(NOW)]);
}

#[test]
fn a_question_that_finds_series_at_last_asks_for_their_past() {
    let (_directory, archive) = archive();
    let mistaken = Scripted::new(1, |_, _| Reply::Nothing);
    let pulled = pull(&archive, &mistaken, NOW);
    let told = &pulled.live[0].warnings[0];
    assert!(told.starts_with("scripted: the server knows none of the series"), "{told}");
    let mended = Scripted::new(1, |_, _| Reply::Points);
    pull(&archive, &mended, NOW + 7 * DAY);
    pull(&archive, &mended, NOW + 7 * DAY);
    // A hundred days back from then, whose first week is not looked at any more by then.
    assert_eq!(held(&archive), [hundred_days(NOW + 7 * DAY)]);
    let asked = mended.asked.lock().unwrap().len();
    pull(&archive, &mended, NOW + 7 * DAY);
    assert_eq!(mended.asked.lock().unwrap().len(), asked + 1, "only the overlap is asked for again");
}

#[test]
fn half_an_answer_is_kept_and_asked_for_again() {
    let (_directory, archive) = archive();
    let server = Scripted::new(1, |_, before| if before == 0 { Reply::Half } else { Reply::Points });
    let pulled = pull(&archive, &server, NOW);
    assert_eq!(pulled.unreadable(), ["question 0: breaks off; ask again"]);
    // Ten of a hundred days were asked for first, and five of them came.
    assert_eq!(held(&archive)[0].len(), 100 * 24 + 1 - 5 * 24);
    let server = Scripted::new(1, |_, _| Reply::Points);
    pull(&archive, &server, NOW);
    assert_eq!(held(&archive), [hundred_days(NOW)]);
}

#[test]
fn a_server_that_is_down_is_left_alone_and_a_wrong_question_does_not_stop_the_others() {
    let (_directory, archive) = archive();
    let server = Scripted::new(9, |_, _| Reply::Down);
    let pulled = pull(&archive, &server, NOW);
    // Three in a row, and what the three workers had under way meanwhile.
    let asked = server.asked.lock().unwrap().len();
    assert!((3..=5).contains(&asked), "{asked}");
    let not_asked = 9 * 11 - asked;
    let last = pulled.live[0].failures.last().unwrap();
    assert!(last.starts_with(&format!("scripted: {not_asked} more requests were not made")), "{last}");

    let server =
        Scripted::new(3, |request, _| if request.question == 1 { Reply::Wrong } else { Reply::Points });
    let pulled = pull(&archive, &server, NOW);
    assert_eq!(held(&archive), [hundred_days(NOW), hundred_days(NOW)]);
    let wrong = pulled.live[0].failures.iter().filter(|text| text.contains("question 1 is wrong")).count();
    assert!((1..=3).contains(&wrong), "{wrong} of eleven were asked");
}

#[test]
fn keeping_that_fails_ends_the_asking() {
    let (_directory, archive) = archive();
    let server = Scripted::new(40, |_, _| Reply::Points);
    let platform = Platform::parse(PLATFORM, Path::new("platform.toml")).unwrap();
    let source = &platform.sources[0];
    let live = source.origin.live().unwrap();
    let opened = [plan_source(source, live, Box::new(&server), Some(&archive), NOW, NOW).unwrap()];
    let taken = std::sync::atomic::AtomicUsize::new(0);
    let outcome = ask_all(&opened, |_| {
        taken.fetch_add(1, Ordering::Relaxed);
        Err("the disk is full")
    });
    assert_eq!((outcome, taken.load(Ordering::Relaxed)), (Err("the disk is full"), 1));
    assert!(server.asked.lock().unwrap().len() < 10, "440 requests were planned");
}
