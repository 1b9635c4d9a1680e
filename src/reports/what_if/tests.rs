//! The comparison of a pool, a volume and a volume that stays as it is, under three scenarios.

use super::*;
use crate::{
    plans::{Exhaustion, WhatIf},
    platform::{Load, Planned, Scenario, Takes, Target, Undertaking},
    reports::fixture,
};

/// The fixture's report with scenarios for its pool and some of its volumes.
pub(crate) fn report() -> Report {
    let mut report = fixture::report();
    let fills = |days: f64| match &report.findings[0].verdict {
        Verdict::Fills(now) => {
            let left = |of: Option<f64>| of.map(|of| of * days / 24.0);
            let Runway { p5_days, p50_days, p95_days } = now.runway;
            let runway =
                Runway { p5_days: left(p5_days), p50_days: left(p50_days), p95_days: left(p95_days) };
            let date = |of: Option<f64>| {
                "2026-11-16"
                    .parse::<chrono::NaiveDate>()
                    .unwrap()
                    .checked_add_days(chrono::Days::new(of? as u64))
            };
            let (p5, p50, p95) = (date(runway.p5_days), date(runway.p50_days), date(runway.p95_days));
            Verdict::Fills(Exhaustion { runway, p5, p50, p95, ..now.clone() })
        }
        other => panic!("{other:?}"),
    };
    let beyond = report.findings[2].verdict.clone();
    let what_if = |scenario: &str, severity, verdict: &Verdict, later_by_days| WhatIf {
        scenario: scenario.to_owned(),
        severity,
        verdict: verdict.clone(),
        later_by_days,
    };
    let (takeover, shelf, strict) = ("takeover", "takeover, with a shelf", "=cmd|'<b>strict</b>'");
    let of_volume = vec![
        what_if(takeover, Severity::Critical, &fills(12.0), Some(-12.0)),
        what_if(shelf, Severity::Ok, &beyond, None),
        what_if(strict, Severity::Critical, &fills(23.6), Some(-0.4)),
    ];
    let of_pool = vec![
        what_if(takeover, Severity::Warning, &fills(100.0), None),
        what_if(shelf, Severity::Ok, &beyond, None),
    ];
    let still = vec![what_if(takeover, Severity::Ok, &report.findings[4].verdict, None)];
    report.findings[0].what_if = of_volume;
    report.findings[2].what_if = of_pool;
    report.findings[4].what_if = still;
    let on = |name: &str, date: &str, target, what| Planned {
        name: name.to_owned(),
        date: date.parse().unwrap(),
        target,
        what,
    };
    let pool = || Target::Pool("mailstore".to_owned());
    let mailboxes = Load::Mailboxes { count: 4000.0, bytes_each: Some(5e8) };
    let moved = on("example.net", "2027-01-15", pool(), Undertaking::MoveIn(mailboxes));
    let retention = Undertaking::Retention { keep_days: 90.0, bytes_per_day: 4e9 };
    let purge = Undertaking::Purge { takes: Takes::Share(0.05), every_days: Some(30) };
    let volume = Target::Volume { host: "log01".to_owned(), volume: "/var/log".to_owned() };
    let to = "2027-03-31".parse().ok();
    report.scenarios = vec![
        Scenario { planned: vec![moved.clone()], ..Scenario::named(takeover) },
        Scenario {
            planned: vec![moved, on("A shelf", "2027-01-11", pool(), Undertaking::Capacity(1e13))],
            ..Scenario::named(shelf)
        },
        Scenario {
            pools: vec!["mailstore".to_owned(), "logs".to_owned()],
            growth: Some(1.5),
            full_mark: Some(0.85),
            lead_time_days: Some(45.0),
            without: vec!["Shelf 7".to_owned()],
            planned: vec![
                on(
                    "a",
                    "2027-01-01",
                    Target::Host("ms01".to_owned()),
                    Undertaking::MoveOut(Load::Bytes(2e11)),
                ),
                on("b", "2027-01-02", pool(), Undertaking::Decommission(1e12)),
                on("c", "2027-01-03", pool(), purge),
                on("d", "2027-01-04", volume, retention),
                on("e", "2027-01-05", Target::Everywhere, Undertaking::Growth { factor: 1.3, to }),
            ],
            ..Scenario::named(strict)
        },
    ];
    report
}

#[test]
fn the_whole_table() {
    insta::assert_snapshot!(what_if_table(&report(), 130));
}

#[test]
fn the_whole_table_on_eighty_columns() {
    let table = what_if_table(&report(), 80);
    assert!(table.lines().skip_while(|line| !line.starts_with('─')).all(|line| line.chars().count() <= 80));
    insta::assert_snapshot!(table);
}

#[test]
fn the_whole_document() {
    insta::assert_snapshot!(what_if_json(&report()).unwrap());
}

#[test]
fn nothing_concerned_is_said_in_a_line() {
    let mut report = report();
    report.findings.clear();
    report.scenarios.truncate(1);
    report.inputs.not_counted.clear();
    assert_eq!(
        what_if_table(&report, 100),
        "takeover: 4000 mailboxes of 477 MiB into pool mailstore on 15 Jan 2027\nNo volume or pool is concerned.\n"
    );
}

#[test]
fn differences_are_told_in_words() {
    let now = fixture::report().findings[0].verdict.clone();
    let beyond = fixture::report().findings[2].verdict.clone();
    let said = |now: &Verdict, then: &Verdict, later_by_days| {
        let severity = Severity::Ok;
        let what_if = WhatIf { scenario: "a".to_owned(), severity, verdict: then.clone(), later_by_days };
        words::difference(now, &what_if).replace('\u{a0}', " ")
    };
    assert_eq!(said(&now, &now, Some(0.6)), "the same day");
    assert_eq!(said(&now, &now, Some(-1.2)), "1 day earlier");
    assert_eq!(said(&now, &now, Some(20.0)), "20 days later");
    assert_eq!(said(&now, &beyond, None), "no longer full");
    assert_eq!(said(&beyond, &now, None), "becomes full");
    assert_eq!(said(&beyond, &beyond, None), "the same verdict");
    assert_eq!(said(&beyond, &Verdict::Flat, None), "");
}
