use super::*;
use crate::{
    plans::{
        Mark, VolumeAnswer,
        fixture::{AS_OF, GB, MAILSTORE, at, date, foretold, hours, platform, volume},
        volume_findings,
    },
    platform::Platform,
};

/// Four weeks before the plan.
const THEN: i64 = AS_OF - 28 * DAY;

fn runway(p5: f64, p50: f64, p95: f64) -> Runway {
    Runway { p5_days: Some(p5), p50_days: Some(p50), p95_days: Some(p95) }
}

/// A run at a moment on a volume of 1,000 below a mark of 2,000 that grows by so much a day.
fn run(as_of: i64, per_day: f64, level: f64, runway: Runway) -> Foretold {
    let mut run = Foretold { per_day, runway, ..foretold(as_of, level, 2_000.0) };
    run.ahead.iter_mut().for_each(|ahead| ahead.p50 = level + per_day * ahead.days as f64);
    run
}

/// A finding with these marks; its other evidence is that of any volume.
fn finding(platform: &Platform, marks: Vec<Mark>) -> Finding {
    let volume = volume("ms01", hours(60, |d| (500.0 + d) * GB), 1_000.0 * GB);
    let VolumeAnswer { mut findings, .. } = volume_findings(&volume, None, &at(platform));
    let mut finding = findings.remove(0);
    finding.evidence.marks = marks;
    finding
}

fn mark(name: &str, days_ago: i64, size: Option<f64>) -> Mark {
    Mark { time: AS_OF - days_ago * DAY, name: name.to_owned(), size }
}

fn compared(then: &Foretold, now: &Foretold, marks: Vec<Mark>) -> Earlier {
    let platform = platform(MAILSTORE);
    Earlier::of(then, now, &finding(&platform, marks), &at(&platform))
}

#[test]
fn what_is_said_again_needs_no_reason() {
    // 1,000 a month ago and 10 a day: 1,280 now, as was said, and 72 of the 100 days are left.
    let then = run(THEN, 10.0, 1_000.0, runway(80.0, 100.0, 130.0));
    let now = run(AS_OF, 10.0, 1_280.0, runway(60.0, 72.0, 90.0));
    let earlier = compared(&then, &now, vec![mark("purge", 40, Some(-500.0))]);
    assert_eq!((earlier.on, earlier.days_ago, earlier.within), (date("2026-10-19"), 28.0, true));
    // 100 days after 19 October.
    assert_eq!((earlier.p50, earlier.later_by_days), (Some(date("2027-01-27")), Some(0.0)));
    assert_eq!(earlier.because, []);
}

#[test]
fn a_change_of_rate_is_named_with_its_date() {
    let then = run(THEN, 10.0, 1_000.0, runway(80.0, 100.0, 130.0));
    let now = run(AS_OF, 20.0, 1_280.0, runway(30.0, 36.0, 45.0));
    let earlier = compared(&then, &now, vec![mark("change of rate", 10, None)]);
    // 720 are left: 72 days at the old rate, 36 at the new one.
    assert_eq!((earlier.later_by_days, earlier.within), (Some(-36.0), false));
    let difference = Difference::Growth { from: 10.0, to: 20.0, changed_on: Some(date("2026-11-06")) };
    assert_eq!(earlier.because, [Reason { difference, later_by_days: Some(-36.0) }]);
}

#[test]
fn purges_and_a_new_size_are_named_with_their_sizes() {
    let then = run(THEN, 10.0, 1_000.0, runway(80.0, 100.0, 130.0));
    let mut now = run(AS_OF, 10.0, 980.0, runway(140.0, 152.0, 170.0));
    now.mark = 2_500.0;
    let earlier = compared(&then, &now, vec![mark("purge", 3, Some(-300.0))]);
    // 500 more room are 50 days, 300 less are 30.
    let mark = Difference::Mark { from: 2_000.0, to: 2_500.0 };
    let purge = Difference::Moved { name: "purge".to_owned(), size: -300.0, on: date("2026-11-13") };
    let because: Vec<_> = earlier.because.iter().map(|r| (&r.difference, r.later_by_days)).collect();
    assert_eq!(because, [(&mark, Some(50.0)), (&purge, Some(30.0))]);
    // What it would hold without the purge is what was said: the level is no reason.
    assert_eq!(earlier.later_by_days, Some(80.0));
}

#[test]
fn a_level_that_came_out_otherwise_is_the_reason_that_is_left() {
    let then = run(THEN, 10.0, 1_000.0, runway(80.0, 100.0, 130.0));
    let now = run(AS_OF, 10.0, 1_400.0, runway(50.0, 60.0, 70.0));
    let earlier = compared(&then, &now, vec![]);
    // Between the kept distances of 14 and 30 days, 1,280 was said for the 28th; 120 more are 12 days.
    let difference = Difference::Level { expected: 1_280.0, came: 1_400.0 };
    assert_eq!(earlier.because, [Reason { difference, later_by_days: Some(-12.0) }]);
    assert!(earlier.within);
}

#[test]
fn what_was_put_beyond_the_horizon_holds_everything_beyond() {
    let beyond = Runway { p5_days: None, p50_days: None, p95_days: None };
    assert!(within(&beyond, None, 365.0) && within(&beyond, Some(365.0), 365.0));
    assert!(!within(&beyond, Some(300.0), 365.0));
    let open = Runway { p5_days: Some(100.0), ..beyond };
    assert!(within(&open, None, 365.0) && !within(&open, Some(99.0), 365.0));
    assert!(!within(&runway(1.0, 2.0, 3.0), None, 365.0));
    // A level that no longer grows has no days to reckon with.
    let then = run(THEN, 10.0, 1_000.0, runway(80.0, 100.0, 130.0));
    let earlier = compared(&then, &run(AS_OF, -5.0, 1_280.0, beyond), vec![]);
    assert_eq!((earlier.later_by_days, earlier.within), (None, false));
    assert!(matches!(earlier.because[0].difference, Difference::Growth { from: 10.0, to: -5.0, .. }));
}
