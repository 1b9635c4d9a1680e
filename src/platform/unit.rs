//! Units: the canonical ones that Mailtide computes in, and the ones that sources answer in.

use serde::{Deserialize, Serialize};

/// A canonical unit. Every value past the sources is in one of these.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// Bytes.
    Bytes,
    /// A share of one: 0.9 is ninety percent.
    Ratio,
    /// Seconds.
    Seconds,
    /// Messages of mail.
    Messages,
    /// Messages per second.
    MessagesPerSecond,
    /// A plain count: inodes, sessions, connections, servers, mailboxes.
    Count,
}

impl Unit {
    /// The unit's name in machine-readable output.
    pub fn name(self) -> &'static str {
        match self {
            Unit::Bytes => "bytes",
            Unit::Ratio => "ratio",
            Unit::Seconds => "seconds",
            Unit::Messages => "messages",
            Unit::MessagesPerSecond => "messages_per_second",
            Unit::Count => "count",
        }
    }
}

/// The unit in which a source answers; converted to a canonical [`Unit`] on the way in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SourceUnit {
    /// Bytes.
    Bytes,
    /// 1024 bytes.
    Kib,
    /// 1024² bytes.
    Mib,
    /// 1024³ bytes.
    Gib,
    /// 1000³ bytes.
    Gb,
    /// A share of one.
    Ratio,
    /// Hundredths.
    Percent,
    /// Seconds.
    Seconds,
    /// Thousandths of a second.
    Milliseconds,
    /// Thousandths of a second in each second: a share of the time.
    MillisecondsPerSecond,
    /// Millionths of a second.
    Microseconds,
    /// Messages.
    Messages,
    /// Messages per second.
    MessagesPerSecond,
    /// Messages per minute.
    MessagesPerMinute,
    /// A plain count.
    Count,
}

impl SourceUnit {
    /// Every unit that a source can answer in.
    pub const ALL: &[SourceUnit] = &[
        SourceUnit::Bytes,
        SourceUnit::Kib,
        SourceUnit::Mib,
        SourceUnit::Gib,
        SourceUnit::Gb,
        SourceUnit::Ratio,
        SourceUnit::Percent,
        SourceUnit::Seconds,
        SourceUnit::Milliseconds,
        SourceUnit::MillisecondsPerSecond,
        SourceUnit::Microseconds,
        SourceUnit::Messages,
        SourceUnit::MessagesPerSecond,
        SourceUnit::MessagesPerMinute,
        SourceUnit::Count,
    ];

    /// The unit's name in files.
    pub fn name(self) -> &'static str {
        match self {
            SourceUnit::Bytes => "bytes",
            SourceUnit::Kib => "kib",
            SourceUnit::Mib => "mib",
            SourceUnit::Gib => "gib",
            SourceUnit::Gb => "gb",
            SourceUnit::Ratio => "ratio",
            SourceUnit::Percent => "percent",
            SourceUnit::Seconds => "seconds",
            SourceUnit::Milliseconds => "milliseconds",
            SourceUnit::MillisecondsPerSecond => "milliseconds_per_second",
            SourceUnit::Microseconds => "microseconds",
            SourceUnit::Messages => "messages",
            SourceUnit::MessagesPerSecond => "messages_per_second",
            SourceUnit::MessagesPerMinute => "messages_per_minute",
            SourceUnit::Count => "count",
        }
    }

    /// The canonical unit that this one converts to, and the factor that takes a value there.
    pub fn to_canonical(self) -> (Unit, f64) {
        match self {
            SourceUnit::Bytes => (Unit::Bytes, 1.0),
            SourceUnit::Kib => (Unit::Bytes, 1024.0),
            SourceUnit::Mib => (Unit::Bytes, 1024.0 * 1024.0),
            SourceUnit::Gib => (Unit::Bytes, 1024.0 * 1024.0 * 1024.0),
            SourceUnit::Gb => (Unit::Bytes, 1e9),
            SourceUnit::Ratio => (Unit::Ratio, 1.0),
            SourceUnit::Percent => (Unit::Ratio, 0.01),
            SourceUnit::Seconds => (Unit::Seconds, 1.0),
            SourceUnit::Milliseconds => (Unit::Seconds, 1e-3),
            SourceUnit::MillisecondsPerSecond => (Unit::Ratio, 1e-3),
            SourceUnit::Microseconds => (Unit::Seconds, 1e-6),
            SourceUnit::Messages => (Unit::Messages, 1.0),
            SourceUnit::MessagesPerSecond => (Unit::MessagesPerSecond, 1.0),
            SourceUnit::MessagesPerMinute => (Unit::MessagesPerSecond, 1.0 / 60.0),
            SourceUnit::Count => (Unit::Count, 1.0),
        }
    }
}
