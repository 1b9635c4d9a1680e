//! Findings: the one type that reports and alerts read.

use std::fmt;

use chrono::NaiveDate;
use serde::Serialize;

use super::{Crossing, Decision, Departure, DriftSize, Earlier, Ebb, Evidence, LoadLimit, NoEbb, NoEffect};
use crate::platform::{Labels, Measure, Role};

/// A stable name for what a finding is about: the same volume, pool or probe has the same identifier in
/// every run, so that tools can open, update and close one event.
///
/// Lower-case words joined by `/`, such as `disk-full/ms03/var/mail`: only `a-z`, `0-9`, `.`, `_`, `-` and
/// `/`, at most 200 bytes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct EventId(pub String);

impl fmt::Display for EventId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// How urgent a finding is, in rising order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Nothing to do.
    Ok,
    /// Worth knowing.
    Info,
    /// To be planned for.
    Warning,
    /// To be acted on now.
    Critical,
}

impl Severity {
    /// The severity's name in files.
    pub fn name(self) -> &'static str {
        match self {
            Severity::Ok => "ok",
            Severity::Info => "info",
            Severity::Warning => "warning",
            Severity::Critical => "critical",
        }
    }
}

/// Which of the operator's questions a finding answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Question {
    /// When is a disk full?
    WhenFull,
    /// Is mail getting slower?
    Slower,
    /// Do processors, memory or disks get busier?
    Busier,
    /// Which hours need fewer servers?
    FewerServers,
    /// Can the history be trusted?
    History,
}

/// What kind of finding it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A volume's bytes run out.
    VolumeExhaustion,
    /// A volume's inodes run out.
    InodeExhaustion,
    /// A pool's bytes run out, all its volumes together.
    PoolExhaustion,
    /// One host's disk grows as that of no other host of its pool does.
    Departure,
    /// A pool can run with fewer servers for a while each day or week.
    Ebb,
    /// A latency, queue or probe rises steadily.
    Drift,
    /// The same of most hosts of a pool.
    PoolDrift,
    /// A host's processors, memory or disk get busier.
    Resource,
    /// The same of most hosts of a pool.
    PoolResource,
    /// A load at which a latency, queue or probe reaches its limit.
    Capacity,
    /// A series that has stopped.
    Stale,
}

impl Kind {
    /// The kind's name in files.
    pub fn name(self) -> &'static str {
        match self {
            Kind::VolumeExhaustion => "volume_exhaustion",
            Kind::InodeExhaustion => "inode_exhaustion",
            Kind::PoolExhaustion => "pool_exhaustion",
            Kind::Departure => "departure",
            Kind::Ebb => "ebb",
            Kind::Drift => "drift",
            Kind::PoolDrift => "pool_drift",
            Kind::Resource => "resource",
            Kind::PoolResource => "pool_resource",
            Kind::Capacity => "capacity",
            Kind::Stale => "stale",
        }
    }

    /// The question that this kind answers.
    pub fn question(self) -> Question {
        match self {
            Kind::VolumeExhaustion | Kind::InodeExhaustion | Kind::PoolExhaustion | Kind::Departure => {
                Question::WhenFull
            }
            Kind::Drift | Kind::PoolDrift | Kind::Capacity => Question::Slower,
            Kind::Resource | Kind::PoolResource => Question::Busier,
            Kind::Ebb => Question::FewerServers,
            Kind::Stale => Question::History,
        }
    }
}

/// What a finding is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Subject {
    /// Short name for people: `ms03:/var/mail`, `pool mailstore`, `probe inbound`.
    pub name: String,
    /// The pool, where it belongs to one.
    pub pool: Option<String>,
    /// What that pool does.
    pub role: Option<Role>,
    /// The measure that the finding rests on.
    pub measure: Measure,
    /// The labels of the series that the finding rests on.
    pub labels: Labels,
}

/// Days from the as-of moment until the full mark is reached, as quantiles of the forecast. `None` is "not
/// within the horizon".
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Runway {
    /// One chance in twenty that it is earlier.
    pub p5_days: Option<f64>,
    /// As likely earlier as later.
    pub p50_days: Option<f64>,
    /// One chance in twenty that it is later.
    pub p95_days: Option<f64>,
}

/// When something is full, and by when to order.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Exhaustion {
    /// The days left.
    pub runway: Runway,
    /// The local date of P5.
    pub p5: Option<NaiveDate>,
    /// The local date of P50.
    pub p50: Option<NaiveDate>,
    /// The local date of P95.
    pub p95: Option<NaiveDate>,
    /// P5 less the lead time: decide by this date. It may have passed.
    pub order_by: Option<NaiveDate>,
    /// Days between deciding and having new capacity.
    pub lead_time_days: f64,
    /// Where it is an early warning: how little it rests on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub early_warning: Option<EarlyWarning>,
}

/// A warning by a history that is too short for a whole forecast.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct EarlyWarning {
    /// Days of history that there are.
    pub history_days: f64,
    /// The local date on which there will be enough for a whole forecast.
    pub enough_on: NaiveDate,
}

/// What a finding says.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "verdict", rename_all = "snake_case")]
pub enum Verdict {
    /// Reaches the full mark within the horizon.
    Fills(Exhaustion),
    /// Grows, but does not reach the full mark within the horizon.
    FillsBeyond {
        /// How far the forecast looks.
        horizon_days: f64,
        /// The days left, where an early edge lies within the horizon.
        runway: Runway,
    },
    /// Is cleaned at a mark again and again, and so does not fill.
    Cleaned {
        /// The share of the usable bytes at which it is cleaned.
        at_ratio: f64,
    },
    /// Gets emptier.
    Shrinking,
    /// Neither grows nor shrinks.
    Flat,
    /// Grows faster than the other hosts of its pool, and than before.
    Departs(Departure),
    /// Rises: steadily, since a day, or by steps.
    Rises(DriftSize),
    /// Falls: steadily, since a day, or by steps.
    Falls(DriftSize),
    /// Neither rises nor falls.
    Steady(DriftSize),
    /// Reaches its limit at a load.
    Crosses(Crossing),
    /// Rises with its load, and stays below its limit up to the highest load seen at least.
    Holds {
        /// How it rises.
        load_limit: LoadLimit,
    },
    /// Does not rise with its load.
    Independent {
        /// What it does instead.
        because: NoEffect,
        /// The same in words.
        reason: String,
    },
    /// Can run with fewer servers at times.
    Ebbs(Box<Ebb>),
    /// Needs its servers at all hours.
    NoEbb {
        /// What kind of reason it is.
        because: NoEbb,
        /// Why.
        reason: String,
    },
    /// Stopped.
    Stale {
        /// Its last sample, seconds since 1970-01-01 UTC.
        since: i64,
    },
    /// Cannot say.
    Undecided {
        /// Why.
        reason: String,
        /// The local date on which there will be enough history, where waiting helps.
        enough_on: Option<NaiveDate>,
    },
}

impl Verdict {
    /// The verdict's name in files.
    pub fn name(&self) -> &'static str {
        match self {
            Verdict::Fills(_) => "fills",
            Verdict::FillsBeyond { .. } => "fills_beyond",
            Verdict::Cleaned { .. } => "cleaned",
            Verdict::Shrinking => "shrinking",
            Verdict::Flat => "flat",
            Verdict::Departs(_) => "departs",
            Verdict::Rises(_) => "rises",
            Verdict::Falls(_) => "falls",
            Verdict::Steady(_) => "steady",
            Verdict::Crosses(_) => "crosses",
            Verdict::Holds { .. } => "holds",
            Verdict::Independent { .. } => "independent",
            Verdict::Ebbs(_) => "ebbs",
            Verdict::NoEbb { .. } => "no_ebb",
            Verdict::Stale { .. } => "stale",
            Verdict::Undecided { .. } => "undecided",
        }
    }
}

/// One answer to one of the operator's questions about one subject.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Finding {
    /// Stable over runs.
    pub id: EventId,
    /// What kind it is.
    pub kind: Kind,
    /// How urgent it is.
    pub severity: Severity,
    /// What it is about.
    pub subject: Subject,
    /// What it says.
    #[serde(flatten)]
    pub verdict: Verdict,
    /// The verdict in one sentence.
    pub headline: String,
    /// What to do, in one sentence.
    pub advice: String,
    /// What to decide, in numbers, and what else is known of the subject.
    #[serde(flatten)]
    pub decision: Decision,
    /// What it rests on.
    pub evidence: Evidence,
    /// What an earlier run said of the same, and why it says something else now.
    pub earlier: Option<Earlier>,
    /// What it would say in the scenarios that concern its subject, in the order of the platform file.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub what_if: Vec<WhatIf>,
}

/// What a finding would say if something were different.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct WhatIf {
    /// The scenario's name.
    pub scenario: String,
    /// How urgent it would be.
    pub severity: Severity,
    /// What it would say.
    #[serde(flatten)]
    pub verdict: Verdict,
    /// How many days later it would be full, or earlier where negative; `None` where it is not full within the
    /// horizon, either as things are or in the scenario.
    pub later_by_days: Option<f64>,
}
