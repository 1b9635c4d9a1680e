//! One report with a finding of every kind and every verdict, hostile labels among them, for the tests of
//! all renderers. Every value is arithmetic on its index; nothing is random.

mod decisions;
mod disks;
mod drifts;
mod ebbs;
mod inputs;
mod loads;
mod looking_back;
mod rise;

use chrono::NaiveDate;

use self::{
    decisions::{moved, ordered},
    disks::{departed, departure, fills, inodes, volume},
    drifts::{drift, drift_size},
    ebbs::ebb,
};
use super::Report;
use crate::{
    plans::{
        DatedStep, DriftKind, DriftSize, EventId, Evidence, Finding, Kind, NoEbb, Runway, Severity, Subject,
        Verdict,
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
        findings: findings().into_iter().chain(loads::findings()).collect(),
        scenarios: Vec::new(),
        track_record: looking_back::track_record(),
        inputs: inputs::inputs(),
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

fn subject(name: &str, measure: Measure) -> Subject {
    Subject {
        name: name.to_owned(),
        pool: Some("mailstore".to_owned()),
        role: Some(Role::Mailstore),
        measure,
        labels: Labels::from([("host", name), ("volume", "/var/mail")]),
    }
}
