//! One report with a finding of every kind and every verdict, hostile labels among them, for the tests of
//! all renderers. Every value is arithmetic on its index; nothing is random.

mod looking_back;
mod rise;

use std::f64::consts::TAU;

use chrono::{NaiveDate, NaiveTime};

use super::{InputNotes, LiveSourceNote, MeasureHeld, Report, Unrecognised};
use crate::{
    plans::{
        Backtest, Band, Between, DatedStep, Decision, Departure, DriftKind, DriftSize, Ebb, EventId,
        Evidence, Exception, Exhaustion, Fact, Finding, GrowthExplained, Kind, Line, Mark, MonthlyGrowth,
        Move, NoEbb, Order, Peers, Quantity, Quiet, Rebalance, Relieved, Replay, ReplayDay, RiskLevel,
        Runway, SameLoadEffect, Saving, Schedule, Scope, Severity, Subject, Threshold, Verdict, Volumes,
        Week, Window,
    },
    platform::{Labels, Measure, Role, Unit},
};

/// 2026-11-16T05:00:00Z, six in the morning in Berlin.
pub(crate) const AS_OF: i64 = 1_794_805_200;
const DAY: i64 = 86_400;
const GIB: f64 = 1_073_741_824.0;

/// A label that tries everything: markup, quotes, a formula, a path, an escape sequence, an emoji.
pub(crate) const HOSTILE: &str = "=<script>alert(\"x\")</script>'../../etc\u{1b}[31m 📮";

pub(crate) fn report() -> Report {
    Report {
        platform: "Example Mail & Co".to_owned(),
        timezone: chrono_tz::Europe::Berlin,
        currency: "EUR".to_owned(),
        as_of: AS_OF,
        title: "Weekly capacity report".to_owned(),
        charts: 7,
        findings: findings(),
        scenarios: Vec::new(),
        track_record: looking_back::track_record(),
        inputs: inputs(),
    }
}

/// Evidence without any.
pub(crate) fn evidence(unit: Unit) -> Evidence {
    Evidence {
        unit,
        lines: Vec::new(),
        band: None,
        thresholds: Vec::new(),
        marks: Vec::new(),
        week: None,
        parts: Vec::new(),
        facts: Vec::new(),
        model: String::new(),
        backtest: None,
    }
}

/// A ramp: percent a month and over the span, each with its interval.
fn drift_size(monthly: [f64; 3], all: [f64; 3], belief: f64, p_value: f64) -> DriftSize {
    let [[percent_per_month, low, high], [percent_over_span, low_over_span, high_over_span]] = [monthly, all];
    DriftSize {
        percent_per_month,
        low,
        high,
        percent_over_span,
        low_over_span,
        high_over_span,
        span_days: 120.0,
        course: DriftKind::Ramp,
        began_on: None,
        steps: Vec::new(),
        belief,
        least_belief: 0.62,
        scope: Some(Scope::Pool),
        compared: Some(Peers { hosts: 4, rising: 3, above_percent: 12.0, apart: false }),
        limit_dates: None,
        same_load: Some(SameLoadEffect {
            measure: Measure::LoadMessages,
            explained: 0.41,
            raw_percent: 81.0,
            raw_rises: true,
        }),
        p_value,
    }
}

fn findings() -> Vec<Finding> {
    let tiny = drift_size([0.4, -1.1, 1.9], [1.6, -4.3, 7.8], 0.02, 0.41);
    let runway = |p5, p50, p95| Runway { p5_days: p5, p50_days: p50, p95_days: p95 };
    vec![
        Finding {
            decision: moved(),
            ..volume(Severity::Critical, "disk-full/ms03/var/mail", "ms03:/var/mail", fills(18.0, 24.0, 33.0))
        },
        Finding {
            kind: Kind::InodeExhaustion,
            evidence: inodes(),
            ..volume(
                Severity::Critical,
                "inodes-full/ms02/var/mail",
                "ms02:/var/mail inodes",
                fills(30.0, 40.0, 61.0),
            )
        },
        Finding {
            kind: Kind::PoolExhaustion,
            decision: ordered(),
            ..volume(
                Severity::Ok,
                "pool-full/mailstore",
                "pool mailstore",
                Verdict::FillsBeyond { horizon_days: 180.0, runway: runway(Some(151.0), None, None) },
            )
        },
        Finding {
            kind: Kind::Departure,
            evidence: departed(),
            headline: "ms06:/var/mail grows by +21.4 % a month, the 7 others of its pool by +5.1 %"
                .to_owned(),
            advice: "Have a look at what grows on ms06.".to_owned(),
            ..volume(Severity::Info, "departs/ms06/var/mail", "ms06:/var/mail", Verdict::Departs(departure()))
        },
        volume(Severity::Ok, "disk-full/log01/var/log", "log01:/var/log", Verdict::Cleaned { at_ratio: 0.8 }),
        volume(Severity::Ok, "disk-full/db01/srv", "db01:/srv", Verdict::Shrinking),
        volume(Severity::Ok, "disk-full/ns1/", "ns1:/", Verdict::Flat),
        volume(
            Severity::Info,
            "disk-full/ms09/var/mail",
            "ms09:/var/mail",
            Verdict::Undecided {
                reason: "9 days of history are too few for a forecast; 28 are needed".to_owned(),
                enough_on: NaiveDate::from_ymd_opt(2026, 12, 5),
            },
        ),
        volume(Severity::Warning, "disk-full/hostile", HOSTILE, fills(38.0, 45.0, 58.0)),
        Finding {
            decision: rise::explained(),
            ..drift(
                Severity::Warning,
                "drift/outbound/delivery.delay",
                "pool outbound",
                Verdict::Rises(drift_size([14.2, 9.8, 18.9], [68.0, 45.0, 99.0], 1.0, 0.000_03)),
            )
        },
        drift(
            Severity::Info,
            "drift/imap",
            "probe imap_login_read",
            Verdict::Falls(DriftSize {
                course: DriftKind::Step,
                steps: NaiveDate::from_ymd_opt(2026, 10, 12)
                    .map(|on| DatedStep { on, percent: -21.0 })
                    .into_iter()
                    .collect(),
                ..drift_size([-6.1, -8.0, -3.9], [-21.0, -28.0, -14.0], 0.97, 0.002)
            }),
        ),
        drift(Severity::Ok, "drift/inbound", "probe inbound", Verdict::Steady(tiny)),
        ebb(),
        Finding {
            id: EventId("ebb/mx".to_owned()),
            severity: Severity::Ok,
            subject: subject("pool mx", Measure::LoadMessages),
            verdict: Verdict::NoEbb {
                because: NoEbb::NeedsAll,
                reason: "its floor of 3 servers is what runs today".to_owned(),
            },
            headline: "Pool mx needs its servers at all hours.".to_owned(),
            advice: "Nothing to do.".to_owned(),
            evidence: evidence(Unit::MessagesPerSecond),
            ..ebb()
        },
        Finding {
            kind: Kind::Stale,
            verdict: Verdict::Stale { since: AS_OF - 9 * DAY },
            headline: "No sample since 7 Nov 2026.".to_owned(),
            advice: "Restart the exporter on smtp04 or remove the host from the platform file.".to_owned(),
            ..volume(Severity::Warning, "stale/smtp04", "smtp04", Verdict::Flat)
        },
    ]
}

fn departure() -> Departure {
    Departure {
        percent_per_month: 21.4,
        percent_per_month_before: 5.0,
        peers_percent_per_month: 5.1,
        sigmas: 11.3,
        peers: 7,
    }
}

fn departed() -> Evidence {
    let lines = disk().lines;
    Evidence { lines: lines.into_iter().take(1).collect(), ..evidence(Unit::Bytes) }
}

/// A tenth of ms03 is moved to a volume with a hostile name.
fn moved() -> Decision {
    let runway = |p5, p50, p95| Runway { p5_days: Some(p5), p50_days: p50, p95_days: p95 };
    let relieved = |volume: &str, before, after| Relieved { volume: volume.to_owned(), before, after };
    Decision {
        rebalance: Some(Rebalance {
            lasts_days: 90.0,
            moves: vec![Move {
                from: "ms03:/var/mail".to_owned(),
                to: HOSTILE.to_owned(),
                bytes: 193.6 * GIB,
                share: 0.1,
                mailboxes: Some(12_400.0),
                buys_days: Some(86.0),
            }],
            volumes: vec![
                relieved(
                    "ms03:/var/mail",
                    runway(18.0, Some(24.0), Some(33.0)),
                    runway(90.0, Some(110.0), Some(140.0)),
                ),
                relieved(HOSTILE, runway(160.0, None, None), runway(120.0, Some(171.0), None)),
            ],
            pool_runway: Some(runway(151.0, None, None)),
        }),
        ..Decision::default()
    }
}

fn ordered() -> Decision {
    let growth = |percent_per_month, low, high| MonthlyGrowth { percent_per_month, low, high };
    Decision {
        order: Some(Order {
            bytes: 5_000.0 * GIB,
            by: NaiveDate::from_ymd_opt(2027, 3, 18).unwrap(),
            lasts_days: 365.0,
            risk: 0.05,
            volumes: Some(Volumes { count: 3, bytes: 2_200.0 * GIB }),
            money: Some(107.4),
        }),
        growth_explained: Some(GrowthExplained {
            span_days: 91.0,
            used: growth(3.1, 2.7, 3.5),
            mailboxes: growth(0.9, 0.8, 1.0),
            bytes_per_mailbox: growth(2.2, 1.8, 2.6),
            mailboxes_now: 124_000.0,
            bytes_per_mailbox_now: 0.0155 * GIB,
        }),
        ..Decision::default()
    }
}

fn subject(name: &str, measure: Measure) -> Subject {
    Subject {
        name: name.to_owned(),
        pool: Some("mailstore".to_owned()),
        role: Some(Role::Mailstore),
        measure,
        labels: Labels::from([("host", name), ("volume", "/var/mail")]),
    }
}

fn fills(p5: f64, p50: f64, p95: f64) -> Verdict {
    let today = NaiveDate::from_ymd_opt(2026, 11, 16).unwrap();
    let date = |days: f64| today.checked_add_days(chrono::Days::new(days as u64));
    Verdict::Fills(Exhaustion {
        runway: Runway { p5_days: Some(p5), p50_days: Some(p50), p95_days: Some(p95) },
        p5: date(p5),
        p50: date(p50),
        p95: date(p95),
        order_by: today.checked_add_signed(chrono::Duration::days(p5 as i64 - 28)),
        lead_time_days: 28.0,
    })
}

fn volume(severity: Severity, id: &str, name: &str, verdict: Verdict) -> Finding {
    let headline = match &verdict {
        Verdict::Fills(_) => format!("{name} reaches its full mark on 10 Dec 2026."),
        Verdict::FillsBeyond { .. } => format!("{name} does not fill within 180 days."),
        Verdict::Cleaned { .. } => format!("{name} is cleaned at 80 % again and again."),
        other => format!("{name}: {}.", other.name()),
    };
    Finding {
        id: EventId(id.to_owned()),
        kind: Kind::VolumeExhaustion,
        severity,
        subject: subject(name, Measure::DiskUsed),
        verdict,
        headline,
        advice: "Order 2 TiB for pool mailstore or move 400 mailboxes to ms05.".to_owned(),
        evidence: disk(),
        what_if: Vec::new(),
        earlier: (id == "disk-full/ms03/var/mail").then(looking_back::earlier),
        decision: Decision::default(),
    }
}

/// 120 days of six-hourly samples growing by 9 GiB a day, with a purge of 180 GiB at day 70 and a hole.
fn disk() -> Evidence {
    let times: Vec<i64> = (0..480).map(|i| AS_OF - 120 * DAY + i * DAY / 4).collect();
    let used = |i: i64| {
        let purged = if i >= 280 { 180.0 } else { 0.0 };
        (860.0 + 2.25 * i as f64 - purged + 4.0 * (i as f64 * TAU / 28.0).sin()) * GIB
    };
    let values = (0..480).map(|i| (!(330..352).contains(&i)).then(|| used(i))).collect();
    let ahead: Vec<i64> = (0..=60).collect();
    let from = used(479);
    let quantile = |rate: f64, spread: f64| -> Vec<f64> {
        ahead.iter().map(|&d| from + (rate * d as f64 + spread * (d as f64).sqrt()) * GIB).collect()
    };
    Evidence {
        lines: vec![
            Line { name: "used".to_owned(), times: times.clone(), values },
            Line { name: "usable".to_owned(), times, values: vec![Some(2200.0 * GIB); 480] },
        ],
        band: Some(Band {
            times: ahead.iter().map(|d| AS_OF + d * DAY).collect(),
            p5: quantile(6.5, -6.0),
            p50: quantile(9.0, 0.0),
            p95: quantile(11.0, 9.0),
        }),
        thresholds: vec![Threshold { name: "full mark".to_owned(), value: 1980.0 * GIB, later: Vec::new() }],
        marks: vec![
            Mark { time: AS_OF - 50 * DAY, name: "purge".to_owned(), size: Some(-180.0 * GIB) },
            Mark { time: AS_OF - 45 * DAY, name: "change of rate".to_owned(), size: None },
        ],
        facts: vec![
            Fact { name: "used".to_owned(), quantity: Quantity::Number { value: from, unit: Unit::Bytes } },
            Fact {
                name: "usable".to_owned(),
                quantity: Quantity::Number { value: 2200.0 * GIB, unit: Unit::Bytes },
            },
            Fact {
                name: "growth".to_owned(),
                quantity: Quantity::PerDay { value: 9.0 * GIB, unit: Unit::Bytes },
            },
            Fact { name: "longest hole".to_owned(), quantity: Quantity::Days { value: 5.5 } },
            Fact { name: "device".to_owned(), quantity: Quantity::Text { value: "/dev/<sdb1>".to_owned() } },
        ],
        model: "robust slope since the change of rate on 2 Oct 2026, steps taken out".to_owned(),
        backtest: Some(Backtest {
            origins: 12,
            horizon_days: 30.0,
            mean_abs_error: 21.0 * GIB,
            coverage: Some(0.92),
            summary: "12 times 30 days ahead: 21 GiB off on average, 11 of 12 within the interval".to_owned(),
        }),
        ..evidence(Unit::Bytes)
    }
}

fn inodes() -> Evidence {
    let scale = |v: f64| v / GIB * 1000.0;
    let bytes = disk();
    let line =
        |line: &Line| Line { values: line.values.iter().map(|v| v.map(scale)).collect(), ..line.clone() };
    let band = bytes.band.as_ref().map(|b| Band {
        times: b.times.clone(),
        p5: b.p5.iter().map(|v| scale(*v)).collect(),
        p50: b.p50.iter().map(|v| scale(*v)).collect(),
        p95: b.p95.iter().map(|v| scale(*v)).collect(),
    });
    Evidence {
        unit: Unit::Count,
        lines: bytes.lines.iter().map(line).collect(),
        band,
        thresholds: vec![Threshold { name: "full mark".to_owned(), value: 2_000_000.0, later: Vec::new() }],
        marks: Vec::new(),
        ..bytes
    }
}

fn drift(severity: Severity, id: &str, name: &str, verdict: Verdict) -> Finding {
    let times: Vec<i64> = (0..120).map(|i| AS_OF - (120 - i) * DAY).collect();
    let level = |i: i64| 1.9 + 0.011 * i as f64;
    let median = |i: i64| Some(level(i) + 0.25 * (i as f64 * 2.4).sin()).filter(|_| !(40..44).contains(&i));
    let lines = vec![
        Line {
            name: "daily median".to_owned(),
            times: times.clone(),
            values: (0..120).map(median).collect(),
        },
        Line { name: "trend".to_owned(), times, values: (0..120).map(|i| Some(level(i))).collect() },
    ];
    Finding {
        id: EventId(id.to_owned()),
        kind: Kind::Drift,
        severity,
        subject: subject(name, Measure::DeliveryDelay),
        headline: format!("{name}: delivery.delay {}.", verdict.name()),
        verdict,
        advice: "Look at the connection set-up stage of outbound first.".to_owned(),
        evidence: Evidence {
            lines,
            thresholds: vec![Threshold { name: "limit".to_owned(), value: 4.0, later: Vec::new() }],
            facts: vec![Fact {
                name: "level now".to_owned(),
                quantity: Quantity::Number { value: 3.2, unit: Unit::Seconds },
            }],
            model: "Theil–Sen on daily medians".to_owned(),
            ..evidence(Unit::Seconds)
        },
        what_if: Vec::new(),
        earlier: None,
        decision: Decision::default(),
    }
}

/// What the webmail pool's windows save and would have risked.
fn saving(windows: Vec<Window>) -> Ebb {
    let between = |middle: f64| Between { middle, low: 0.9 * middle, high: 1.05 * middle };
    let span = |span, weeks: f64| Saving {
        span,
        server_hours: between(344.0 * weeks),
        money: Some(between(72.24 * weeks)),
    };
    let level = |risk, hours: f64, violation_share| RiskLevel {
        risk,
        server_hours_per_week: hours,
        money_per_week: Some(hours * 0.21),
        violation_share: Some(violation_share),
        chosen: risk == 0.01,
    };
    let day = |date: &str, minutes_above, worst_utilisation, servers_short| ReplayDay {
        date: date.parse().unwrap(),
        minutes_above,
        worst_utilisation,
        servers_short,
    };
    Ebb {
        schedule: Schedule {
            pool: "webmail".to_owned(),
            timezone: chrono_tz::Europe::Berlin,
            as_of: "2026-11-16".parse().unwrap(),
            servers_now: 8,
            exceptions: vec![Exception {
                date: "2026-12-08".parse().unwrap(),
                because: "holiday".to_owned(),
                windows: vec![Window { days: vec![1], servers: 2, ..windows[1].clone() }],
            }],
            windows,
        },
        server_hours_per_week: 344.0,
        share: 0.256,
        money_per_week: Some(72.24),
        violation_share: Some(0.004),
        savings: vec![span("week", 1.0), span("month", 4.348), span("year", 52.18)],
        curve: vec![level(0.003, 290.0, 0.0), level(0.01, 344.0, 0.004), level(0.05, 402.0, 0.031)],
        replay: Replay {
            weeks: 2,
            minutes_above: 15.0,
            minutes_above_doing_nothing: 0.0,
            worst_utilisation: 0.66,
            worst_utilisation_doing_nothing: 0.55,
            servers_short: 1,
            server_hours_per_week: 340.0,
            best_server_hours_per_week: 421.0,
            days: vec![day("2026-11-14", 0.0, 0.58, 0), day("2026-11-15", 30.0, 0.66, 1)],
        },
        caveats: vec!["The history is short: 4 weeks.".to_owned()],
    }
}

/// A webmail pool that sleeps at night and is half as busy at the weekend.
fn ebb() -> Finding {
    let hours = 0..168i32;
    let load = |hour: i32| {
        let day = 0.5 - 0.5 * (f64::from(hour % 24 - 2) * TAU / 24.0).cos();
        40.0 + 900.0 * day * if hour / 24 >= 5 { 0.5 } else { 1.0 }
    };
    let needed = |hour: i32| (load(hour) * 1.3 / 160.0).ceil().max(2.0) as u32;
    let window = |days: Vec<u8>, from, to, hours, servers| Window {
        days,
        from: NaiveTime::from_hms_opt(from, 0, 0).unwrap(),
        to: NaiveTime::from_hms_opt(to, 0, 0).unwrap(),
        hours,
        servers,
        servers_now: 8,
    };
    Finding {
        id: EventId("ebb/webmail".to_owned()),
        kind: Kind::Ebb,
        severity: Severity::Info,
        subject: subject("pool webmail", Measure::LoadSessions),
        verdict: Verdict::Ebbs(Box::new(saving(vec![
            window(vec![0, 1, 2, 3, 4], 22, 6, 8.0, 3),
            window(vec![5, 6], 20, 8, 12.0, 2),
        ]))),
        headline: "Pool webmail can rest 344 server-hours a week.".to_owned(),
        advice: "Run 3 of 8 servers on weekday nights and 2 at weekend nights.".to_owned(),
        evidence: Evidence {
            week: Some(Week {
                slots_per_day: 24,
                median: hours.clone().map(|h| Some(load(h)).filter(|_| h != 30)).collect(),
                upper: hours.clone().map(|h| Some(load(h) * 1.3).filter(|_| h != 30)).collect(),
                servers: hours.clone().map(needed).collect(),
                needed: hours.map(needed).collect(),
                servers_now: 8,
                quiet: Some(Quiet {
                    day: 6,
                    from: NaiveTime::from_hms_opt(0, 0, 0).unwrap(),
                    to: NaiveTime::from_hms_opt(4, 0, 0).unwrap(),
                    hours: 4.0,
                    load_share: 0.06,
                }),
                bound: Vec::new(),
            }),
            facts: vec![Fact {
                name: "target utilisation".to_owned(),
                quantity: Quantity::Number { value: 0.7, unit: Unit::Ratio },
            }],
            model: "median of four weeks for each hour of the week".to_owned(),
            ..evidence(Unit::Count)
        },
        what_if: Vec::new(),
        earlier: None,
        decision: Decision::default(),
    }
}

fn inputs() -> InputNotes {
    InputNotes {
        files_read: 41,
        live_sources: vec![LiveSourceNote {
            name: "thanos".to_owned(),
            system: "prometheus",
            answered: Some(AS_OF - 7 * DAY),
            failure: Some("thanos: connection refused; is it running?".to_owned()),
        }],
        series: 318,
        points: 1_234_567,
        oldest: Some(AS_OF - 120 * DAY),
        newest: Some(AS_OF),
        unreadable: vec!["exports/cut.json: byte 4096: the file ends within a string".to_owned()],
        not_read: vec!["2 native histograms of smtp_delivery_seconds".to_owned()],
        warnings: vec!["Prometheus: PromQL warning: <b>rate</b> of a gauge".to_owned()],
        unrecognised: vec![Unrecognised {
            identity: format!("weird_metric{{label=\"{HOSTILE}\"}}"),
            nearest: vec!["node_exporter".to_owned(), "collectd".to_owned()],
        }],
        unassigned_hosts: vec!["build01".to_owned()],
        not_counted: vec!["planned \"Move to ms99\" is for no volume that is known".to_owned()],
        measures: vec![MeasureHeld {
            measure: "disk.used".to_owned(),
            series: 44,
            step: "1 h".to_owned(),
            span: "120 days".to_owned(),
        }],
    }
}
