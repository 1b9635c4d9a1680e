use super::*;
use crate::{
    models::{GrowthBacktest, WeeklyRhythm},
    plans::fixture::{AS_OF, MAILSTORE, at, date, hours, platform},
    series::Series,
};

/// A forecast from the level 100 whose quantiles grow by so much a day: `[p5, p50, p95]`.
fn growing(per_day: [f64; 3]) -> Forecast {
    let path = |per_day: f64| (0..=365).map(|day| 100.0 + per_day * f64::from(day)).collect();
    Forecast {
        from_day: AS_OF / DAY - 1,
        p5: path(per_day[0]),
        p50: path(per_day[1]),
        p95: path(per_day[2]),
        highest: Highest {
            early: path(per_day[2]),
            planned: path(per_day[2]),
            likely: path(per_day[1]),
            sure: path(per_day[1]),
            late: path(per_day[0]),
        },
        gross_per_day: per_day[1],
        net_per_day: per_day[1],
        fitted_from: AS_OF / DAY - 91,
        rate_changed: None,
        course: Course::Steady,
        rhythm: WeeklyRhythm::default(),
        backtest: Some(GrowthBacktest {
            origins: 9,
            horizon_days: 28,
            mean_abs_error: 2.0,
            naive_error: 28.0,
            coverage: Some(0.875),
        }),
        short: None,
    }
}

fn level_of(series: &Series) -> Level {
    Level::of(series).unwrap()
}

/// Judges against a mark with a lead time of 30 days and 365 days ahead.
fn weighed(per_day: [f64; 3], mark: f64) -> (Verdict, Severity) {
    let platform = platform(MAILSTORE);
    let bounds = Bounds { mark, lead_time_days: 30.0, changes: &[] };
    weigh(&growing(per_day), &level_of(&hours(30, |_| 100.0)), bounds, &at(&platform))
}

#[test]
fn urgency_comes_from_the_likeliest_day_and_the_earliest() {
    // Half a day of each path is over at the moment of the plan: the level of a day is that of its noon.
    for (per_day, mark, verdict, severity, runway) in [
        // 30.5 - 0.5 = 30 days, as long as the lead time.
        ([0.5, 1.0, 2.0], 130.5, "fills", Severity::Critical, [Some(14.75), Some(30.0), Some(60.5)]),
        // The early edge, at 44.5 - 0.5 = 44 days, leaves 14 to decide …
        ([0.5, 1.0, 2.0], 189.0, "fills", Severity::Warning, [Some(44.0), Some(88.5), Some(177.5)]),
        // … and here 14.5.
        ([0.5, 1.0, 2.0], 190.0, "fills", Severity::Info, [Some(44.5), Some(89.5), Some(179.5)]),
        // 400 and 800 days lie beyond the horizon.
        ([0.25, 0.5, 4.0], 300.0, "fills_beyond", Severity::Ok, [Some(49.5), None, None]),
        ([0.25, 0.5, 5.0], 300.0, "fills_beyond", Severity::Info, [Some(39.5), None, None]),
    ] {
        let (got, urgency) = weighed(per_day, mark);
        assert_eq!((got.name(), urgency), (verdict, severity), "{mark}");
        let (Verdict::Fills(Exhaustion { runway: got, .. }) | Verdict::FillsBeyond { runway: got, .. }) = got
        else {
            panic!("{got:?}")
        };
        assert_eq!([got.p5_days, got.p50_days, got.p95_days], runway, "{mark}");
    }
}

#[test]
fn growth_of_less_than_a_hundredth_a_year_is_none_unless_it_may_fill() {
    // 1 a year of 100 is 0.00274 a day.
    for (per_day, mark, verdict) in [
        ([-0.1, 0.0027, 0.1], 200.0, "flat"),
        ([-0.1, 0.0028, 0.1], 200.0, "fills_beyond"),
        ([-0.1, 0.0027, 1.0], 200.0, "fills_beyond"),
        ([-2.0, -1.0, -0.5], 200.0, "shrinking"),
        // It shrinks on the whole, but may as well grow.
        ([-2.0, -1.0, 0.1], 200.0, "fills_beyond"),
    ] {
        assert_eq!(weighed(per_day, mark).0.name(), verdict, "{per_day:?}");
    }
}

#[test]
fn a_weekend_without_samples_is_bridged() {
    let platform = platform(MAILSTORE);
    let bounds = Bounds { mark: 220.0, lead_time_days: 30.0, changes: &[] };
    let judged = |ended: i64| {
        let level = level_of(&crate::plans::fixture::ended(&hours(60, |d| 200.0 + d), ended));
        Prospect::of(&level, 0.05, &at(&platform)).judge(&level, bounds, &at(&platform)).verdict
    };
    // 20 days left, counted from the moment of the plan and not from the last sample; two in five futures are
    // full a little earlier.
    for ended in [0, 2] {
        let Verdict::Fills(full) = judged(ended) else { panic!("{ended}") };
        assert!((full.runway.p50_days.unwrap() - 20.0).abs() < 0.6, "{full:?}");
        assert_eq!(full.p50, Some(date("2026-12-05")));
    }
    let reason = "no sample for 3 days".to_owned();
    assert_eq!(judged(3), Verdict::Undecided { reason, enough_on: None });
}

#[test]
fn a_short_history_warns_of_what_is_near_and_says_nothing_else() {
    let platform = platform(MAILSTORE);
    let judged = |days: usize, per_day: f64, mark: f64| {
        let level = level_of(&hours(days as i64, |d| 200.0 + per_day * d));
        let bounds = Bounds { mark, lead_time_days: 30.0, changes: &[] };
        Prospect::of(&level, 0.05, &at(&platform)).judge(&level, bounds, &at(&platform))
    };
    // 5 a day, and 50 left: ten days.
    let warned = judged(20, 5.0, 250.0);
    let Verdict::Fills(full) = &warned.verdict else { panic!("{warned:?}") };
    assert!((full.runway.p50_days.unwrap() - 10.0).abs() < 1.0, "{full:?}");
    assert!(full.runway.p5_days.unwrap() < 8.0 && full.runway.p95_days.unwrap() > 13.0, "{full:?}");
    // 42 days are over 22 days after 16 November.
    let early = EarlyWarning { history_days: 20.0, enough_on: date("2026-12-08") };
    assert_eq!((full.early_warning, warned.severity), (Some(early), Severity::Critical));
    assert!(
        headline("ms01", &warned.verdict).ends_with(": an early warning by 20 days of history"),
        "{}",
        headline("ms01", &warned.verdict)
    );
    assert_eq!(backtest(warned.forecast.as_ref().unwrap(), Unit::Bytes), None);
    // 500 left: a hundred days, of which twenty say nothing. Thirteen days say nothing of anything.
    for (days, mark, reason) in [
        (20, 700.0, "20 days of history; the model needs 42, and it is not sure to fill within 42 days"),
        (13, 250.0, "13 days of history; the model needs 42"),
    ] {
        let Outlook { verdict, severity, forecast } = judged(days, 5.0, mark);
        assert!(matches!(&verdict, Verdict::Undecided { reason: told, .. } if told == reason), "{verdict:?}");
        assert_eq!((severity, forecast), (Severity::Info, None));
    }
}

#[test]
fn a_change_of_rate_and_steps_are_marks_in_the_order_of_time() {
    // 1,000 came in 40 days before, and 600 went 20 days before.
    let level = level_of(&hours(100, |d| match d {
        d if d < -40.0 => 9_000.0 + d,
        d if d < -20.0 => 10_000.0 + d,
        d => 9_400.0 + d,
    }));
    let changed = Forecast { rate_changed: Some(AS_OF / DAY - 30), ..growing([1.0; 3]) };
    let marks = marks(&level, Some(&changed));
    let told: Vec<_> = marks.iter().map(|m| (m.name.as_str(), (AS_OF - m.time) / DAY)).collect();
    assert_eq!(told, [("migration", 40), ("change of rate", 30), ("purge", 20)]);
    assert!((marks[0].size.unwrap() - 1_000.0).abs() < 1.0, "{marks:?}");
    assert_eq!(marks[1].size, None);
}

#[test]
fn the_band_stands_at_noon_and_the_model_speaks_of_its_past() {
    let (forecast, platform) = (growing([0.5, 1.0, 2.0]), platform(MAILSTORE));
    let band = band(&forecast);
    assert_eq!(band.times[..2], [AS_OF - DAY / 2, AS_OF + DAY / 2]);
    assert_eq!((band.p5[2], band.p50[2], band.p95[2]), (101.0, 102.0, 104.0));
    // 91 days before 16 November is 17 August.
    let words = model(&forecast, &level_of(&hours(30, |_| 100.0)), &at(&platform));
    assert_eq!(
        words,
        "steady growth since 17 Aug 2026, averaged with the courses that fit as well; interval from drawn futures, \
         widened by walk-forward errors on this series"
    );
    assert_eq!(
        backtest(&forecast, Unit::Bytes).unwrap().summary,
        "28 days ahead, tried 9 times on its own past: off by 2.0 % of today's bytes on average, where saying \
         that nothing changes was off by 28.0 %; the 90 % interval held 88 % of the outcomes"
    );
}

#[test]
fn a_crossing_lies_between_two_days() {
    assert_eq!(crossing(&[10.0, 20.0, 30.0], 25.0), Some(1.5));
    assert_eq!(crossing(&[30.0], 25.0), Some(0.0));
    assert_eq!(crossing(&[10.0, 20.0], 25.0), None);
}
