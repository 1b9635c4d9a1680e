//! Schedules: when a pool runs with how many servers. What is handed on to schedulers is made of these.

use chrono::{NaiveDate, NaiveTime};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

/// When a pool runs with how many servers. All times and dates are local to its time zone, on the wall clock: a window
/// from 22:00 to 06:00 is an hour shorter in the night in which the clocks go forward.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Schedule {
    /// The pool.
    pub pool: String,
    /// The time zone.
    pub timezone: Tz,
    /// The date on which it was made: nothing later is known to it.
    pub as_of: NaiveDate,
    /// Servers that run outside of all windows.
    pub servers_now: u32,
    /// The windows of an ordinary week, which do not overlap.
    pub windows: Vec<Window>,
    /// The dates of the coming weeks on which other windows start than on their weekday, ascending.
    pub exceptions: Vec<Exception>,
}

/// A span of local time in which a pool can run with fewer servers. It belongs to the day on which it starts
/// and may end on the next one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Window {
    /// The weekdays on which it starts, ascending; Monday is 0.
    pub days: Vec<u8>,
    /// Local time at which the scale-down begins.
    pub from: NaiveTime,
    /// Local time at which all servers are needed again; not after `from` means on the next day.
    pub to: NaiveTime,
    /// Hours from begin to end by the wall clock.
    pub hours: f64,
    /// Servers that are enough.
    pub servers: u32,
    /// Servers that run today.
    pub servers_now: u32,
}

/// A date that is no ordinary one, such as a holiday.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Exception {
    /// The date.
    pub date: NaiveDate,
    /// Why: `holiday`, or the name of a declared event.
    pub because: String,
    /// The windows that start on this date, in place of those of its weekday; empty where none does.
    pub windows: Vec<Window>,
}

/// A pool's ebb: its schedule, what that saves, and what it would have risked.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Ebb {
    /// When it runs with how many servers.
    #[serde(flatten)]
    pub schedule: Schedule,
    /// Server-hours saved in an ordinary week.
    pub server_hours_per_week: f64,
    /// Share of the pool's server-hours that this is.
    pub share: f64,
    /// Money saved in an ordinary week, in the platform's currency; `None` where the pool has no price.
    pub money_per_week: Option<f64>,
    /// Share of the windows' time, in held-back weeks, in which fewer servers would have been too few; `None`
    /// where none of the load of those weeks lay inside windows.
    pub violation_share: Option<f64>,
    /// What is saved over longer spans, with its interval.
    pub savings: Vec<Saving>,
    /// What would be saved at other risks, the least first.
    pub curve: Vec<RiskLevel>,
    /// The schedules that the weeks before would have given, run on the weeks that they did not see.
    pub replay: Replay,
    /// What to know before it is used.
    pub caveats: Vec<String>,
}

/// What is saved over a span of time.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Saving {
    /// `week`, `month` or `year`.
    pub span: &'static str,
    /// Server-hours.
    pub server_hours: Between,
    /// Money in the platform's currency; `None` where the pool has no price.
    pub money: Option<Between>,
}

/// A number with its 90 % interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Between {
    /// The number.
    pub middle: f64,
    /// One chance in twenty to be lower.
    pub low: f64,
    /// One chance in twenty to be higher.
    pub high: f64,
}

/// What a schedule saves that takes more or less risk.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RiskLevel {
    /// Share of the windows' time in which servers may be too few.
    pub risk: f64,
    /// Server-hours saved in an ordinary week.
    pub server_hours_per_week: f64,
    /// Money saved in an ordinary week; `None` where the pool has no price.
    pub money_per_week: Option<f64>,
    /// Share of the windows' time in which they were too few, in the weeks held back; `None` without windows.
    pub violation_share: Option<f64>,
    /// Whether this is the level of the schedule.
    pub chosen: bool,
}

/// How schedules would have done on weeks that they did not see.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Replay {
    /// Weeks that were held back.
    pub weeks: usize,
    /// Minutes in which the servers that ran were loaded above the target, a week.
    pub minutes_above: f64,
    /// The same with all servers.
    pub minutes_above_doing_nothing: f64,
    /// The highest one-hour mean utilisation of the servers that ran.
    pub worst_utilisation: f64,
    /// The same with all servers.
    pub worst_utilisation_doing_nothing: f64,
    /// The most servers that were missing at any time inside a window.
    pub servers_short: u32,
    /// Server-hours that the replayed schedules saved, a week.
    pub server_hours_per_week: f64,
    /// Server-hours that windows cut to what really came would have saved, a week.
    pub best_server_hours_per_week: f64,
    /// Day by day, the oldest first.
    pub days: Vec<ReplayDay>,
}

/// One day of a replay.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ReplayDay {
    /// The local date.
    pub date: NaiveDate,
    /// Minutes above the target inside windows.
    pub minutes_above: f64,
    /// The highest one-hour mean utilisation of the servers that ran.
    pub worst_utilisation: f64,
    /// The most servers that were missing inside a window.
    pub servers_short: u32,
}

/// Why a pool gets no schedule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum NoEbb {
    /// Its servers are not declared to scale out.
    NotScaling,
    /// It needs its servers at every hour.
    NeedsAll,
    /// A schedule of earlier weeks would have had too few servers in the weeks that followed.
    WouldHurt,
    /// Its level has changed so much of late that earlier weeks say little.
    LevelShifted,
    /// Its weeks are too unlike each other to trust any hour.
    TooIrregular,
}

/// The span in which heavy work (a backup, an index rebuild, an upgrade) meets the least load.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Quiet {
    /// The weekday on which it starts; Monday is 0.
    pub day: u8,
    /// Local time at which it begins.
    pub from: NaiveTime,
    /// Local time at which it ends; not after `from` means on the next day.
    pub to: NaiveTime,
    /// Its hours.
    pub hours: f64,
    /// The upper bound of the load in it, as a share of the week's highest.
    pub load_share: f64,
}
