use super::*;
use crate::{
    plans::{Ahead, fixture::foretold},
    series::DAY,
};

/// Noon of day 100, so that a day's middle lies whole days ahead.
const AS_OF: i64 = 100 * DAY + DAY / 2;

fn runway(p5: Option<f64>, p50: Option<f64>, p95: Option<f64>) -> Runway {
    Runway { p5_days: p5, p50_days: p50, p95_days: p95 }
}

/// A volume at 900 of 1,000 in noon of day 100 that came to grow by so much a day, known until day `last`.
fn came(per_day: f64, last: i64) -> Outcome {
    Outcome::of((60..=last).map(|day| (day, 900.0 + per_day * (day - 100) as f64)).collect())
}

fn said(runway: Runway) -> Foretold {
    Foretold { runway, ..foretold(AS_OF, 900.0, 1_000.0) }
}

fn row(card: &Scorecard, days: i64, method: Method) -> ScoreRow {
    card.rows().into_iter().find(|row| row.horizon_days == days && row.method == method).unwrap()
}

fn date(card: &Scorecard, days: i64) -> DateScore {
    row(card, days, Method::Model).date.unwrap()
}

#[test]
fn days_of_error_are_capped_at_the_distance() {
    // 4 a day: full 25 days after noon of day 100; said in 40 days, 20 to 70.
    let mut card = Scorecard::default();
    card.add(&said(runway(Some(20.0), Some(40.0), Some(70.0))), &came(4.0, 150));
    // Within 14 days it did not fill, which the forecast said, too: nobody errs.
    let near = date(&card, 14);
    assert_eq!((near.outcomes, near.filled, near.error_days_of_all), (1, 0, 0.0));
    assert_eq!((near.error_days, near.late, near.false_alarm_share), (None, None, Some(0.0)));
    // Within 30 days: it filled on the 25th, and the forecast said not within 30. 5 days; 40 is 15 too late.
    let month = date(&card, 30);
    assert_eq!((month.filled, month.error_days, month.late), (1, Some(5.0), Some(1.0)));
    // The interval from 20 to 70, capped at 30, holds 25: its score is its width, 10.
    assert_eq!((month.coverage, month.interval_score_days), (Some(1.0), Some(10.0)));
    // Within 60 days: 40 − 25.
    assert_eq!((date(&card, 60).error_days, date(&card, 60).interval_score_days), (Some(15.0), Some(40.0)));
}

#[test]
fn exactly_a_fortnight_late_is_not_late() {
    let mut card = Scorecard::default();
    card.add(&said(runway(Some(20.0), Some(39.0), Some(70.0))), &came(4.0, 150));
    assert_eq!(date(&card, 30).late, Some(0.0));
    // Said not to fill within the year.
    let mut never = Scorecard::default();
    never.add(&said(runway(None, None, None)), &came(4.0, 150));
    assert_eq!((date(&never, 30).late, date(&never, 30).coverage), (Some(1.0), Some(0.0)));
    // The interval is "beyond 30", a width of none, 5 days too late: 20 · 5.
    assert_eq!(date(&never, 30).interval_score_days, Some(100.0));
}

#[test]
fn a_level_that_ends_before_the_distance_is_censored() {
    // Known until the end of day 129, 29.5 days on; at 1 a day it is full on the 100th.
    let mut card = Scorecard::default();
    card.add(&said(runway(Some(5.0), Some(10.0), Some(20.0))), &came(1.0, 129));
    assert_eq!(date(&card, 14).false_alarms, 1);
    let rows = card.rows();
    assert!(rows.iter().all(|row| row.horizon_days <= 14), "{rows:?}");
    // With one day more, it is known not to have filled within 30.
    card.add(&said(runway(Some(5.0), Some(10.0), Some(20.0))), &came(1.0, 130));
    let month = date(&card, 30);
    assert_eq!((month.outcomes, month.filled, month.false_alarms), (1, 0, 1));
    // Said on the 10th, and the cap of 30 is the earliest that it can have been: 20 days. The interval ended at 20,
    // ten days short: 15 + 20 · 10.
    assert_eq!((month.error_days_of_all, month.interval_score_days), (20.0, Some(215.0)));
    // What filled later than the distance is known not to have filled within it, however soon its history ends then.
    let mut later = Scorecard::default();
    later.add(&said(runway(None, None, None)), &came(4.0, 125));
    assert_eq!((date(&later, 14).outcomes, date(&later, 30).filled), (1, 1));
}

#[test]
fn false_alarms_are_counted_among_what_did_not_fill() {
    let mut card = Scorecard::default();
    let alarm = said(runway(Some(5.0), Some(10.0), Some(20.0)));
    card.add(&alarm, &came(0.0, 150));
    card.add(&said(runway(None, None, None)), &came(0.0, 150));
    card.add(&alarm, &came(10.0, 150));
    // 10 a day fills on the 10th day: of the two that did not, one was said to.
    let month = date(&card, 30);
    assert_eq!((month.outcomes, month.filled, month.false_alarms), (3, 1, 1));
    assert_eq!((month.false_alarm_share, month.relieved), (Some(0.5), 0));
    // Said for the 10th day is no alarm about the first seven.
    assert_eq!(date(&card, 7).false_alarms, 0);
}

#[test]
fn what_is_full_already_is_no_forecast_of_a_date() {
    let mut card = Scorecard::default();
    let full = Foretold { level: 1_000.0, ..said(runway(Some(0.0), Some(0.0), Some(0.0))) };
    card.add(&full, &came(4.0, 150));
    assert!(card.rows().iter().all(|row| row.date.is_none()));
}

#[test]
fn levels_are_scored_by_error_coverage_and_interval() {
    // After 7 days at 4 a day it stands at 928. Said: 920, from 910 to 925, so 3 above the interval.
    let mut run = said(runway(None, None, None));
    run.ahead = vec![Ahead { days: 7, p5: 910.0, p50: 920.0, p95: 925.0 }];
    let mut card = Scorecard::default();
    card.add(&run, &came(4.0, 150));
    let model = row(&card, 7, Method::Model).level.unwrap();
    assert_eq!((model.outcomes, model.runs, model.subjects), (1, 1, 1));
    assert_eq!((model.mean_abs_error, model.error_of_mark), (8.0, 0.008));
    // Saying that nothing changes is off by 28.
    assert!((model.relative.unwrap() - 8.0 / 28.0).abs() < 1e-12);
    // 15 wide and 20 · 3 for the miss, of a mark of 1,000.
    assert_eq!(model.coverage, Some(0.0));
    assert!((model.interval_score.unwrap() - 0.075).abs() < 1e-12);
    let last = row(&card, 7, Method::LastValue).level.unwrap();
    assert_eq!((last.mean_abs_error, last.relative, last.coverage), (28.0, Some(1.0), None));
    // The line through what grew by 4 a day is right.
    let line = row(&card, 7, Method::LastThirtyDays);
    assert!(line.level.unwrap().mean_abs_error < 1e-6);
    // The same line is full 25 days ahead; the last value never is.
    let date = |method| row(&card, 7, method).date.unwrap();
    assert_eq!((date(Method::LastThirtyDays).outcomes, date(Method::LastValue).coverage), (1, None));
}

#[test]
fn of_two_volumes_the_large_one_counts_no_more() {
    let mut card = Scorecard::default();
    card.add(&said(runway(None, None, None)), &came(1.0, 110));
    // A thousand times as large, and off by twice as much of its mark.
    let large = Foretold {
        id: EventId("disk-full/ms02/var/mail".to_owned()),
        ..foretold(AS_OF, 900_000.0, 1_000_000.0)
    };
    let grew = (60..=110).map(|day| (day, 900_000.0 + 2_000.0 * (day - 100) as f64)).collect();
    card.add(&large, &Outcome::of(grew));
    let level = row(&card, 7, Method::Model).level.unwrap();
    // (7 + 14,000) / 2, and (0.7 % + 1.4 %) / 2.
    assert_eq!((level.mean_abs_error, level.subjects, level.runs), (7_003.5, 2, 1));
    assert!((level.error_of_mark - 0.0105).abs() < 1e-12);
}
