//! A rise of the delivery delay in parts: which stage, host and pool it comes from.

use chrono::NaiveDate;
use serde::Serialize;

/// Where a change of the mean delivery delay comes from. The seconds of the stages add up to those of the host; those of a
/// pool's hosts, with the shift of traffic between them, to those of the pool; those of a way's pools to those of the way.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RiseExplained {
    /// The local date from which it changed.
    pub from: NaiveDate,
    /// The local date until which it was looked at.
    pub until: NaiveDate,
    /// The host's own delay, by stage; `None` where its source does not tell stages apart, or where the mean in seconds
    /// did not change for sure.
    pub host: Option<Parts>,
    /// The pool's mean delay; `None` where fewer than two of its hosts are known.
    pub pool: Option<PoolParts>,
    /// The ways that mail takes through the pool and others whose delays are known.
    pub ways: Vec<WayParts>,
}

impl RiseExplained {
    /// By stage: the host's own change, or else the pool's.
    pub fn by_stage(&self) -> Option<&Parts> {
        self.host.as_ref().or_else(|| self.pool.as_ref()?.by_stage.as_ref())
    }
}

/// A change and the parts that add up to it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Parts {
    /// Seconds by which the whole changed.
    pub seconds: f64,
    /// Lower end of its 90 % interval.
    pub low: f64,
    /// Upper end of its 90 % interval.
    pub high: f64,
    /// The parts, what is most of the change first.
    pub parts: Vec<Part>,
}

/// One part of a change.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Part {
    /// The stage's, host's or pool's name.
    pub name: String,
    /// Seconds of the change that it is.
    pub seconds: f64,
    /// Lower end of its 90 % interval.
    pub low: f64,
    /// Upper end of its 90 % interval.
    pub high: f64,
    /// Share of the change that it is; the shares add up to 1, and one that goes the other way is negative.
    pub share: f64,
    /// Lower end of its 90 % interval.
    pub share_low: f64,
    /// Upper end of its 90 % interval.
    pub share_high: f64,
}

/// A pool's mean delay, each host by its share of the messages.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PoolParts {
    /// By host, and [`SHIFT`].
    pub by_host: Parts,
    /// By stage, and [`SHIFT`]; `None` where its hosts do not all tell the same stages apart.
    pub by_stage: Option<Parts>,
    /// Hosts that are left out: they are known on too few of the days.
    pub left_out: usize,
}

/// The part of a pool's change that comes of more messages on slower hosts, or fewer: no host changed for it.
pub const SHIFT: &str = "shift of traffic";

/// A way that mail takes, through one pool after the other.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct WayParts {
    /// Which way: `inbound` or `outbound`.
    pub way: &'static str,
    /// By pool, in so far as its delay is known.
    pub by_pool: Parts,
}

impl Parts {
    /// What is most of the change.
    pub fn most(&self) -> Option<&Part> {
        self.parts.first()
    }
}
