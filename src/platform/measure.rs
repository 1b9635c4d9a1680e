//! Measures: the canonical quantities, each with a unit.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::Unit;

/// How a measure's values are to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// A level at a moment.
    Gauge,
    /// A running total that only grows, and starts again from zero when its process does.
    Counter,
}

macro_rules! measures {
    ($($(#[$doc:meta])* $variant:ident = $name:literal, $unit:ident, $form:ident;)*) => {
        /// A canonical quantity. Its name is what packs, the archive and the reports call it.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Measure { $($(#[$doc])* $variant,)* }

        impl Measure {
            /// Every measure, in the order in which they are declared.
            pub const ALL: &[Measure] = &[$(Measure::$variant,)*];

            /// The measure's name, such as `disk.used`.
            pub fn name(self) -> &'static str {
                match self { $(Measure::$variant => $name,)* }
            }

            /// The canonical unit of its values.
            pub fn unit(self) -> Unit {
                match self { $(Measure::$variant => Unit::$unit,)* }
            }

            /// Whether its values are levels or a running total.
            pub fn form(self) -> Form {
                match self { $(Measure::$variant => Form::$form,)* }
            }
        }
    };
}

measures! {
    /// Bytes in use on a volume.
    DiskUsed = "disk.used", Bytes, Gauge;
    /// Size of a volume, root-reserved blocks included.
    DiskSize = "disk.size", Bytes, Gauge;
    /// Unused bytes, root-reserved ones included: used = size - free.
    DiskFree = "disk.free", Bytes, Gauge;
    /// Bytes that an ordinary process may still write: usable = used + avail.
    DiskAvail = "disk.avail", Bytes, Gauge;
    /// Bytes reserved for root.
    DiskReserved = "disk.reserved", Bytes, Gauge;
    /// Used share of the usable bytes, where a source answers only that.
    DiskUsedRatio = "disk.used_ratio", Ratio, Gauge;
    /// Inodes in use on a volume.
    InodesUsed = "inodes.used", Count, Gauge;
    /// Inodes that a volume has.
    InodesTotal = "inodes.total", Count, Gauge;
    /// Inodes not in use.
    InodesFree = "inodes.free", Count, Gauge;
    /// Messages waiting in a queue.
    QueueDepth = "queue.depth", Messages, Gauge;
    /// Age of the messages waiting in a queue.
    QueueAge = "queue.age", Seconds, Gauge;
    /// Time from accepting a message to delivering it: a mean or a quantile (label `quantile`).
    DeliveryDelay = "delivery.delay", Seconds, Gauge;
    /// Sum of the delays of all messages delivered: with `delivery.count` it gives the mean delay.
    DeliverySeconds = "delivery.seconds", Seconds, Counter;
    /// Messages delivered, as counted beside `delivery.seconds`.
    DeliveryCount = "delivery.count", Messages, Counter;
    /// Messages delivered within so many seconds (label `le`): the running totals of a histogram's buckets.
    DeliveryBuckets = "delivery.buckets", Messages, Counter;
    /// Time in which a service answered its users: a mean or a quantile (label `quantile`).
    ResponseTime = "response.time", Seconds, Gauge;
    /// Share of a host's processors that is busy.
    LoadCpu = "load.cpu", Ratio, Gauge;
    /// Seconds that a processor has spent idle (label `cpu`).
    CpuIdleSeconds = "cpu.idle_seconds", Seconds, Counter;
    /// Share of a host's memory that is not available.
    LoadMemory = "load.memory", Ratio, Gauge;
    /// A host's memory.
    MemoryTotal = "memory.total", Bytes, Gauge;
    /// Memory that can still be had without swapping.
    MemoryAvailable = "memory.available", Bytes, Gauge;
    /// Share of the time in which a disk has requests under way (label `device`).
    DiskBusy = "disk.busy", Ratio, Gauge;
    /// Seconds in which a disk has had requests under way (label `device`).
    DiskBusySeconds = "disk.busy_seconds", Seconds, Counter;
    /// Sessions that are open.
    LoadSessions = "load.sessions", Count, Gauge;
    /// Connections that are open.
    LoadConnections = "load.connections", Count, Gauge;
    /// Messages handled per second.
    LoadMessages = "load.messages", MessagesPerSecond, Gauge;
    /// Messages handled since the process started.
    MessagesTotal = "messages.total", Messages, Counter;
    /// Servers of a pool that are in service.
    ServersRunning = "servers.running", Count, Gauge;
    /// One where a host answers its monitoring, zero where it does not.
    HostUp = "host.up", Ratio, Gauge;
    /// Time that a probe's user action took.
    ProbeDuration = "probe.duration", Seconds, Gauge;
    /// Share of a probe's attempts that succeeded.
    ProbeSuccess = "probe.success", Ratio, Gauge;
    /// Mailboxes held.
    Mailboxes = "mailboxes", Count, Gauge;
}

/// A name that is not a measure.
#[derive(Debug, Clone, thiserror::Error)]
#[error("`{name}` is not a measure; the measures are {}", list())]
pub struct UnknownMeasure {
    /// What was given.
    pub name: String,
}

fn list() -> String {
    Measure::ALL.iter().map(|m| m.name()).collect::<Vec<_>>().join(", ")
}

impl FromStr for Measure {
    type Err = UnknownMeasure;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Measure::ALL
            .iter()
            .copied()
            .find(|m| m.name() == name)
            .ok_or_else(|| UnknownMeasure { name: name.to_owned() })
    }
}

impl fmt::Display for Measure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Serialize for Measure {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl<'de> Deserialize<'de> for Measure {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}
