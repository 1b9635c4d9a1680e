//! Windows: spans of the week in which fewer servers are enough.

use chrono::NaiveTime;

use super::Window;

/// Hours in a day.
const HOURS: usize = 24;
/// A day begins at noon here, so that a night belongs to one day.
const NOON: usize = 12;
/// The shortest span worth a change: below three hours, starting and stopping servers costs what it saves.
const LEAST_HOURS: usize = 3;

/// What the windows are to respect.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    /// Fewest servers.
    pub(super) floor: u32,
    /// Servers that run today.
    pub(super) now: u32,
    /// Minutes that a started server needs until it carries load.
    pub(super) warm_up_minutes: f64,
}

/// The windows of a week, at most one from each noon to the next, given the servers that each slot of the week
/// (Monday 00:00 first) needs. Work nights that follow each other share one window that fits all of them;
/// `works(weekday)` says which days are worked.
pub(super) fn windows(need: &[u32], limits: Limits, works: &dyn Fn(u8) -> bool) -> Vec<Window> {
    let hours = by_hour(need, limits);
    // A night between two working days is an ordinary one; every other night stands for itself.
    let ordinary: Vec<u8> = (0..7).filter(|&day| works(day) && works((day + 1) % 7)).collect();
    let mut classes: Vec<Vec<u8>> =
        (0..7).filter(|day| !ordinary.contains(day)).map(|day| vec![day]).collect();
    if !ordinary.is_empty() {
        classes.push(ordinary);
    }
    let mut windows: Vec<Window> = Vec::new();
    for days in classes {
        let Some(window) = best(&hours, &days, limits) else { continue };
        match windows
            .iter_mut()
            .find(|w| (w.from, w.to, w.servers) == (window.from, window.to, window.servers))
        {
            Some(same) => same.days.extend(window.days),
            None => windows.push(window),
        }
    }
    windows.iter_mut().for_each(|w| w.days.sort_unstable());
    windows.sort_by(|a, b| a.days.cmp(&b.days));
    windows
}

/// The servers that each hour of the week needs: the most of its slots, and of those that come before a server
/// started at the hour's end would carry load.
fn by_hour(need: &[u32], limits: Limits) -> Vec<u32> {
    let per_hour = (need.len() / (7 * HOURS)).max(1);
    let slot_minutes = 60.0 / per_hour as f64;
    let ahead = (limits.warm_up_minutes / slot_minutes).ceil() as usize;
    (0..7 * HOURS)
        .map(|hour| {
            let slots = (0..per_hour + ahead).map(|i| need[(hour * per_hour + i) % need.len()]);
            slots.max().unwrap_or(limits.now).max(limits.floor)
        })
        .collect()
}

/// The window from noon to noon, on days that share it, that saves the most server-hours.
fn best(hours: &[u32], days: &[u8], limits: Limits) -> Option<Window> {
    let need: Vec<u32> = (0..HOURS)
        .map(|i| days.iter().map(|&day| hours[(usize::from(day) * HOURS + NOON + i) % hours.len()]).max())
        .collect::<Option<_>>()?;
    let mut best: Option<(u64, usize, usize, u32)> = None;
    for servers in limits.floor..limits.now {
        let (from, to) = longest(&need, servers);
        let saved = u64::from(limits.now - servers) * (to - from) as u64;
        if to - from >= LEAST_HOURS && best.is_none_or(|b| saved > b.0) {
            best = Some((saved, from, to, servers));
        }
    }
    let (_, from, to, servers) = best?;
    let at = |i: usize| NaiveTime::from_hms_opt(((NOON + i) % HOURS) as u32, 0, 0).unwrap_or_default();
    Some(Window {
        days: days.to_vec(),
        from: at(from),
        to: at(to),
        hours: (to - from) as f64,
        servers,
        servers_now: limits.now,
    })
}

/// The longest run of hours that need at most so many servers, the first of equal ones.
fn longest(need: &[u32], servers: u32) -> (usize, usize) {
    let mut best = (0, 0);
    let mut from = 0;
    for run in need.chunk_by(|a, b| (*a <= servers) == (*b <= servers)) {
        if run[0] <= servers && run.len() > best.1 - best.0 {
            best = (from, from + run.len());
        }
        from += run.len();
    }
    best
}

/// The servers that a week's schedule leaves in each slot (Monday 00:00 first).
pub(super) fn scheduled(windows: &[Window], slots: usize, now: u32) -> Vec<u32> {
    use chrono::Timelike;
    let per_hour = (slots / (7 * HOURS)).max(1);
    let mut servers = vec![now; slots];
    for window in windows {
        for &day in &window.days {
            // Windows begin at noon or later, or after midnight on the next calendar day.
            let next_day = usize::from((window.from.hour() as usize) < NOON);
            let begin = (usize::from(day) + next_day) * HOURS + window.from.hour() as usize;
            for i in 0..window.hours as usize * per_hour {
                servers[(begin * per_hour + i) % slots] = window.servers;
            }
        }
    }
    servers
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 8 servers from 07:00 to 22:00 on working days, 3 otherwise.
    fn office() -> Vec<u32> {
        (0..168).map(|h| if h / 24 < 5 && (7..22).contains(&(h % 24)) { 8 } else { 3 }).collect()
    }

    const LIMITS: Limits = Limits { floor: 2, now: 8, warm_up_minutes: 0.0 };

    fn shown(windows: &[Window]) -> Vec<String> {
        windows.iter().map(|w| format!("{:?} {}-{} {}", w.days, w.from, w.to, w.servers)).collect()
    }

    #[test]
    fn nights_cross_midnight_and_weekends_are_long() {
        let got = windows(&office(), LIMITS, &|day| day < 5);
        assert_eq!(
            shown(&got),
            [
                "[0, 1, 2, 3] 22:00:00-07:00:00 3",
                "[4] 22:00:00-12:00:00 3",
                "[5] 12:00:00-12:00:00 3",
                "[6] 12:00:00-07:00:00 3",
            ]
        );
        assert_eq!(got.iter().map(|w| w.hours).collect::<Vec<_>>(), [9.0, 14.0, 24.0, 19.0]);
        // What is scheduled is exactly what is needed.
        assert_eq!(scheduled(&got, 168, 8), office());
    }

    #[test]
    fn a_window_ends_early_enough_to_warm_up() {
        let quarter: Vec<u32> = office().into_iter().flat_map(|n| [n; 4]).collect();
        let got = windows(&quarter, Limits { warm_up_minutes: 10.0, ..LIMITS }, &|day| day < 5);
        assert_eq!(shown(&got)[0], "[0, 1, 2, 3] 22:00:00-06:00:00 3");
    }

    #[test]
    fn the_floor_holds_and_a_flat_pool_has_no_window() {
        let got = windows(&office(), Limits { floor: 5, ..LIMITS }, &|day| day < 5);
        assert!(got.iter().all(|w| w.servers == 5));
        assert!(windows(&[8; 168], LIMITS, &|day| day < 5).is_empty());
        assert!(windows(&office(), Limits { floor: 1, now: 1, ..LIMITS }, &|_| true).is_empty());
    }

    #[test]
    fn a_window_after_midnight_lies_on_the_next_calendar_day() {
        // 3 servers are enough from 01:00 to 05:00 only.
        let need: Vec<u32> = (0..168).map(|h| if (1..5).contains(&(h % 24)) { 3 } else { 8 }).collect();
        let got = windows(&need, LIMITS, &|_| true);
        assert_eq!(shown(&got), ["[0, 1, 2, 3, 4, 5, 6] 01:00:00-05:00:00 3"]);
        assert_eq!(scheduled(&got, 168, 8), need);
    }
}
