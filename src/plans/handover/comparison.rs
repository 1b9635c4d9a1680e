//! What has changed between the windows that are in force and those that are planned.

use super::dated::Stretch;
use super::week::{DAY_MINUTES, Daily, Span, WEEK_MINUTES, daily};

/// What has changed; empty where nothing has.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Comparison {
    /// The windows that changed.
    pub windows: Vec<WindowChange>,
    /// The zones of their times, in force and planned, where they differ.
    pub timezone: Option<(String, String)>,
    /// The servers outside all windows, in force and planned, where they differ.
    pub servers_now: Option<(u32, u32)>,
    /// What is different on dates in force and is not planned, and what is planned and not in force.
    pub dates: (Vec<Stretch>, Vec<Stretch>),
    /// The moments at which they end, in force and planned, where they differ.
    pub expires: Option<(Option<i64>, Option<i64>)>,
}

impl Comparison {
    /// Whether nothing has changed.
    pub fn is_empty(&self) -> bool {
        *self == Comparison::default()
    }
}

/// How a window has changed. What a window has of a length in minutes and of servers stands in its `what`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WindowChange {
    /// It is planned and not in force.
    Added(Daily<(u32, u32)>),
    /// It is in force and not planned any more.
    Gone(Daily<(u32, u32)>),
    /// It is at the same time, with another number of servers than `was`.
    Servers {
        /// As it is planned.
        window: Daily<(u32, u32)>,
        /// Servers in force.
        was: u32,
    },
    /// It begins or ends at another time.
    Moved {
        /// As it is in force.
        was: Daily<(u32, u32)>,
        /// As it is planned.
        window: Daily<(u32, u32)>,
    },
}

/// The windows that changed. Two windows are the same one where they begin and end together, else where they overlap,
/// those with most in common first.
pub fn compared(in_force: &[Span], planned: &[Span]) -> Vec<WindowChange> {
    let mut old: Vec<Span> = in_force.iter().filter(|span| !planned.contains(span)).copied().collect();
    let mut new: Vec<Span> = planned.iter().filter(|span| !in_force.contains(span)).copied().collect();
    let mut pairs: Vec<(Span, Span)> = Vec::new();
    let mut overlaps: Vec<(bool, u32, Span, Span)> = old
        .iter()
        .flat_map(|a| new.iter().map(move |b| (same_time(a, b), overlap(a, b), *a, *b)))
        .filter(|pair| pair.1 > 0)
        .collect();
    overlaps.sort_by_key(|&(same, minutes, a, b)| (!same, std::cmp::Reverse(minutes), a, b));
    for (_, _, a, b) in overlaps {
        if let (Some(i), Some(j)) = (old.iter().position(|s| *s == a), new.iter().position(|s| *s == b)) {
            old.swap_remove(i);
            new.swap_remove(j);
            pairs.push((a, b));
        }
    }
    pairs.sort_unstable();
    old.sort_unstable();
    new.sort_unstable();
    // Changes that are the same on several days are one.
    let gone = daily(old.iter().map(|s| (s.from, (s.minutes, s.servers))));
    let added = daily(new.iter().map(|s| (s.from, (s.minutes, s.servers))));
    let shifted = |(a, b): &(Span, Span)| {
        let shift = (b.from + WEEK_MINUTES - a.from) % WEEK_MINUTES;
        (a.from, (a.minutes, a.servers, shift, b.minutes, b.servers))
    };
    let changed = daily(pairs.iter().map(shifted)).into_iter().map(|old| {
        let (minutes, servers, shift, new_minutes, new_servers) = old.what;
        let from = |day: &u32| (day * DAY_MINUTES + old.minute + shift) % WEEK_MINUTES;
        let window = daily(old.days.iter().map(|day| (from(day), (new_minutes, new_servers))));
        let was = Daily { days: old.days, minute: old.minute, what: (minutes, servers) };
        let window = window.into_iter().next().unwrap_or_else(|| was.clone());
        if shift == 0 && minutes == new_minutes {
            WindowChange::Servers { window, was: servers }
        } else {
            WindowChange::Moved { was, window }
        }
    });
    let changed: Vec<WindowChange> = changed.collect();
    let gone = gone.into_iter().map(WindowChange::Gone);
    changed.into_iter().chain(added.into_iter().map(WindowChange::Added)).chain(gone).collect()
}

fn same_time(a: &Span, b: &Span) -> bool {
    (a.from, a.minutes) == (b.from, b.minutes)
}

/// Minutes of the week that two spans share.
fn overlap(a: &Span, b: &Span) -> u32 {
    let shared = |shift: i64| {
        let (a_from, b_from) = (i64::from(a.from), i64::from(b.from) + shift);
        let end = (a_from + i64::from(a.minutes)).min(b_from + i64::from(b.minutes));
        (end - a_from.max(b_from)).max(0)
    };
    let week = i64::from(WEEK_MINUTES);
    let minutes = shared(-week) + shared(0) + shared(week);
    u32::try_from(minutes).unwrap_or(0).min(WEEK_MINUTES)
}
