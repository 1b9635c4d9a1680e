//! A week of servers: how many run at each minute of an ordinary week.

use chrono::{NaiveTime, Timelike};

use crate::plans::Window;

/// Minutes of a day.
pub const DAY_MINUTES: u32 = 1440;
/// Minutes of a week.
pub const WEEK_MINUTES: u32 = 7 * DAY_MINUTES;

/// How many servers run at each minute of an ordinary week in local time, as the changes that lead there. Two
/// that say the same of every minute are equal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerWeek {
    changes: Vec<Change>,
}

/// From when on how many servers run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Change {
    /// Minute of the week; Monday 00:00 is 0.
    pub minute: u32,
    /// Servers from then on.
    pub servers: u32,
}

/// A run of minutes with one number of servers. It may go over the end of the week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span {
    /// Minute of the week at which it begins; Monday 00:00 is 0.
    pub from: u32,
    /// Minutes that it lasts, at most a week.
    pub minutes: u32,
    /// Servers meanwhile.
    pub servers: u32,
}

/// The same at the same time of several days.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Daily<T> {
    /// The weekdays on which it begins, ascending; Monday is 0.
    pub days: Vec<u32>,
    /// Minute of the day at which it begins.
    pub minute: u32,
    /// What it is.
    pub what: T,
}

impl ServerWeek {
    /// The week that windows make of a pool of `servers_now`. Where two overlap, the one with more servers
    /// counts; a window with more servers than the pool has counts as none.
    pub fn of_windows(windows: &[Window], servers_now: u32) -> ServerWeek {
        let mut week: Vec<Option<u32>> = vec![None; WEEK_MINUTES as usize];
        for window in windows {
            let from = minute_of(window.from);
            let minutes = (window.hours * 60.0).round().clamp(0.0, f64::from(WEEK_MINUTES)) as u32;
            for &day in &window.days {
                for minute in 0..minutes {
                    let at = (u32::from(day) * DAY_MINUTES + from + minute) % WEEK_MINUTES;
                    let slot = &mut week[at as usize];
                    *slot = Some(slot.unwrap_or(0).max(window.servers));
                }
            }
        }
        let servers = week.into_iter().map(|servers| servers.unwrap_or(servers_now).min(servers_now));
        ServerWeek::of_minutes(&servers.collect::<Vec<u32>>())
    }

    /// The week of these servers a minute, Monday 00:00 first. What is missing is as the last one.
    pub fn of_minutes(servers: &[u32]) -> ServerWeek {
        let last = servers.last().copied().unwrap_or(0);
        let at = |minute: usize| servers.get(minute).copied().unwrap_or(last);
        let whole = 0..WEEK_MINUTES as usize;
        let before = |minute: usize| at((minute + WEEK_MINUTES as usize - 1) % WEEK_MINUTES as usize);
        let changed = whole.filter(|&minute| at(minute) != before(minute));
        let mut changes: Vec<Change> =
            changed.map(|minute| Change { minute: minute as u32, servers: at(minute) }).collect();
        if changes.is_empty() {
            changes.push(Change { minute: 0, servers: at(0) });
        }
        ServerWeek { changes }
    }

    /// The week that changes lead to, in any order; `None` where there is none, or where two of the same minute
    /// differ. Minutes beyond the week count into the next.
    pub fn of_changes(changes: impl IntoIterator<Item = Change>) -> Option<ServerWeek> {
        let within = |c: Change| Change { minute: c.minute % WEEK_MINUTES, ..c };
        let mut changes: Vec<Change> = changes.into_iter().map(within).collect();
        changes.sort_unstable();
        changes.dedup();
        if changes.windows(2).any(|pair| pair[0].minute == pair[1].minute) {
            return None;
        }
        if changes.is_empty() {
            return None;
        }
        Some(ServerWeek::of_minutes(&ServerWeek { changes }.minutes()))
    }

    /// The changes of a week in their order; a week that never changes has one, at its beginning.
    pub fn changes(&self) -> &[Change] {
        &self.changes
    }

    /// Servers at a minute of the week.
    pub fn at(&self, minute: u32) -> u32 {
        let minute = minute % WEEK_MINUTES;
        let before = self.changes.iter().rev().find(|change| change.minute <= minute);
        before.or(self.changes.last()).map_or(0, |change| change.servers)
    }

    /// Servers at each minute of the week.
    pub fn minutes(&self) -> Vec<u32> {
        let mut next = self.changes.iter().peekable();
        let mut servers = self.changes.last().map_or(0, |change| change.servers);
        let at = |minute: u32| {
            if let Some(change) = next.next_if(|change| change.minute == minute) {
                servers = change.servers;
            }
            servers
        };
        (0..WEEK_MINUTES).map(at).collect()
    }

    /// The most servers at any minute.
    pub fn most(&self) -> u32 {
        self.changes.iter().map(|change| change.servers).max().unwrap_or(0)
    }

    /// The fewest servers at any minute.
    pub fn fewest(&self) -> u32 {
        self.changes.iter().map(|change| change.servers).min().unwrap_or(0)
    }

    /// Whether it is the same at every minute.
    pub fn is_constant(&self) -> bool {
        self.changes.len() == 1
    }

    /// Each number of servers that occurs, ascending.
    pub fn levels(&self) -> Vec<u32> {
        let mut levels: Vec<u32> = self.changes.iter().map(|change| change.servers).collect();
        levels.sort_unstable();
        levels.dedup();
        levels
    }

    /// The runs of one number of servers, in their order; the last one may go over the end of the week.
    pub fn spans(&self) -> Vec<Span> {
        let next = |i: usize| self.changes[(i + 1) % self.changes.len()].minute;
        let span = |(i, change): (usize, &Change)| {
            let minutes = (next(i) + WEEK_MINUTES - change.minute) % WEEK_MINUTES;
            let minutes = if minutes == 0 { WEEK_MINUTES } else { minutes };
            Span { from: change.minute, minutes, servers: change.servers }
        };
        self.changes.iter().enumerate().map(span).collect()
    }

    /// The runs with fewer servers than so many, each with its own number.
    pub fn runs_below(&self, servers: u32) -> Vec<Span> {
        self.spans().into_iter().filter(|span| span.servers < servers).collect()
    }

    /// The runs for which `holds` is true of the number of servers, those that follow each other as one, with the
    /// number of servers of the first.
    pub fn runs(&self, holds: impl Fn(u32) -> bool) -> Vec<Span> {
        let marked: Vec<u32> = self.minutes().into_iter().map(|servers| u32::from(holds(servers))).collect();
        let runs = ServerWeek::of_minutes(&marked).spans().into_iter().filter(|span| span.servers == 1);
        runs.map(|span| Span { servers: self.at(span.from), ..span }).collect()
    }

    /// The changes that are the same at the same time of several days, together.
    pub fn daily_changes(&self) -> Vec<Daily<u32>> {
        daily(self.changes.iter().map(|change| (change.minute, change.servers)))
    }
}

/// The spans that are the same at the same time of several days, together: what is in `what` is how many minutes,
/// and with how many servers.
pub fn daily_spans(spans: &[Span]) -> Vec<Daily<(u32, u32)>> {
    daily(spans.iter().map(|span| (span.from, (span.minutes, span.servers))))
}

pub(super) fn daily<T: PartialEq>(all: impl Iterator<Item = (u32, T)>) -> Vec<Daily<T>> {
    let mut together: Vec<Daily<T>> = Vec::new();
    for (minute, what) in all {
        let (day, minute) = (minute / DAY_MINUTES, minute % DAY_MINUTES);
        match together.iter_mut().find(|daily| daily.minute == minute && daily.what == what) {
            Some(daily) => daily.days.push(day),
            None => together.push(Daily { days: vec![day], minute, what }),
        }
    }
    together.iter_mut().for_each(|daily| daily.days.sort_unstable());
    together
}

fn minute_of(time: NaiveTime) -> u32 {
    time.hour() * 60 + time.minute()
}
