//! Decisions: what a finding asks for and what explains it, in numbers that other programs can take up.

use chrono::NaiveDate;
use serde::Serialize;

use super::{QueueState, RiseExplained, RoseWith, Runway, ShareState};

/// What is to be decided, and what helps to decide it; each part is absent where it does not apply.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Decision {
    /// What to move from one volume of the pool to another.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rebalance: Option<Rebalance>,
    /// What disk to order.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order: Option<Order>,
    /// Which of mailboxes and bytes per mailbox grows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub growth_explained: Option<GrowthExplained>,
    /// Which stage, host and pool a change of the delivery delay comes from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rise_explained: Option<RiseExplained>,
    /// What rose together with a latency, queue or probe.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rose_with: Option<RoseWith>,
    /// A share of attempts that failed, or of messages that came late.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub share: Option<ShareState>,
    /// A queue beside its drift.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub queue: Option<QueueState>,
}

/// Moves that make the volumes of a pool last longer.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Rebalance {
    /// Days from the plan for which the moves relieve, at the pool's `plan_risk`.
    pub lasts_days: f64,
    /// The moves, those off the volume that fills first before the others.
    pub moves: Vec<Move>,
    /// Every volume that a move concerns, before and after.
    pub volumes: Vec<Relieved>,
    /// The pool's own runway, which moves within it do not change.
    pub pool_runway: Option<Runway>,
}

/// Mailboxes that are moved from one volume to another.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Move {
    /// The volume that they leave, as its finding names it.
    pub from: String,
    /// The volume that they come to.
    pub to: String,
    /// How much they hold now.
    pub bytes: f64,
    /// Their share of what `from` holds: they take as large a share of its growth with them.
    pub share: f64,
    /// About how many mailboxes hold so much, where they are counted.
    pub mailboxes: Option<f64>,
    /// Days by which all moves off `from` together put off its likeliest full date; `None` where that lies beyond the
    /// horizon afterwards.
    pub buys_days: Option<f64>,
}

/// A volume before and after the moves.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Relieved {
    /// The volume.
    pub volume: String,
    /// Its runway as things are.
    pub before: Runway,
    /// Its runway if all moves were done today.
    pub after: Runway,
}

/// Disk to order.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Order {
    /// Usable bytes to add to the pool.
    pub bytes: f64,
    /// The local date by which to order, which may have passed: the early edge of the pool's full date less the lead time.
    pub by: NaiveDate,
    /// Days from the plan that the pool lasts with it.
    pub lasts_days: f64,
    /// The chance that it does not.
    pub risk: f64,
    /// As volumes of the size that most of the pool's have; `None` where no size is usual.
    pub volumes: Option<Volumes>,
    /// What it costs in the platform's currency; `None` where the pool has no price per terabyte.
    pub money: Option<f64>,
}

/// So many volumes of one size.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Volumes {
    /// How many.
    pub count: u32,
    /// Usable bytes of each.
    pub bytes: f64,
}

/// A growth in percent a month (hundredths of a natural logarithm in 30 days) with its 90 % interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct MonthlyGrowth {
    /// The estimate.
    pub percent_per_month: f64,
    /// Lower end of its interval.
    pub low: f64,
    /// Upper end of its interval.
    pub high: f64,
}

/// Used bytes are mailboxes times bytes per mailbox: the growth of both adds up to that of the used bytes.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct GrowthExplained {
    /// Days looked at.
    pub span_days: f64,
    /// Growth of the used bytes, one-off purges and moves left out.
    pub used: MonthlyGrowth,
    /// Growth of the number of mailboxes, likewise.
    pub mailboxes: MonthlyGrowth,
    /// Growth of the bytes that a mailbox holds.
    pub bytes_per_mailbox: MonthlyGrowth,
    /// Mailboxes now.
    pub mailboxes_now: f64,
    /// Bytes that a mailbox holds now.
    pub bytes_per_mailbox_now: f64,
}

/// How far a host's growth departs from that of the other hosts of its pool.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Departure {
    /// Growth of late in percent of its level a month.
    pub percent_per_month: f64,
    /// The same over the quarter before.
    pub percent_per_month_before: f64,
    /// The median of the other hosts' of late.
    pub peers_percent_per_month: f64,
    /// How many robust standard deviations lie between.
    pub sigmas: f64,
    /// How many others there are.
    pub peers: u32,
}
