//! A back-test with every method, kinds with and without dates, and distances that are not known.

use crate::{
    plans::{DateScore, Kind, LevelScore, Method, ScoreRow},
    reports::{Played, Undecided, fixture::AS_OF},
};

const DAY: i64 = 86_400;

pub(crate) fn played() -> Played {
    let methods = [(Method::Model, 0.6), (Method::LastValue, 1.0), (Method::LastThirtyDays, 1.2)];
    let mut rows = Vec::new();
    for (kind, with_dates) in [(Kind::VolumeExhaustion, true), (Kind::PoolExhaustion, false)] {
        for days in [7, 30, 90] {
            for (method, worse) in methods {
                rows.push(row(kind, days, method, worse, with_dates));
            }
        }
    }
    Played {
        platform: "Example Mail & Co".to_owned(),
        timezone: chrono_tz::Europe::Berlin,
        as_of: AS_OF,
        every_days: 28,
        first: AS_OF - 200 * DAY,
        moments: (1..=6).rev().map(|n| AS_OF - n * 28 * DAY).collect(),
        horizons: vec![7, 30, 90, 180, 365],
        forecasts: 1_234,
        undecided: vec![Undecided { kind: Kind::VolumeExhaustion, times: 7 }],
        rows,
    }
}

fn row(kind: Kind, days: i64, method: Method, worse: f64, with_dates: bool) -> ScoreRow {
    let ahead = days as f64;
    let own = method == Method::Model;
    ScoreRow {
        kind,
        horizon_days: days,
        method,
        level: Some(LevelScore {
            outcomes: (12_000 / days) as usize,
            runs: 6,
            subjects: 40,
            mean_abs_error: 1e8 * ahead * worse,
            error_of_mark: 0.0005 * ahead * worse,
            relative: Some(worse),
            coverage: own.then_some(0.9 - 0.0005 * ahead),
            interval_score: own.then_some(0.003 * ahead),
        }),
        date: with_dates.then(|| DateScore {
            outcomes: 200,
            filled: if days > 7 { 12 } else { 0 },
            error_days: (days > 7).then_some(0.2 * ahead * worse),
            error_days_of_all: 0.02 * ahead * worse,
            late: (days > 7).then_some(0.1 * worse),
            false_alarms: if own { 3 } else { 0 },
            false_alarm_share: Some(if own { 3.0 / 188.0 } else { 0.0 }),
            relieved: usize::from(days == 90),
            coverage: own.then_some(0.97),
            interval_score_days: own.then_some(0.3 * ahead),
        }),
    }
}
