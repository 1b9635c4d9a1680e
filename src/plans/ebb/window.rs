//! Windows: spans of the week in which fewer servers are enough.

use chrono::{NaiveTime, Timelike};

use super::{super::Window, day_plan::DayPlan};

/// Hours in a day.
pub(super) const HOURS: usize = 24;
/// A day begins at noon here, so that a night belongs to one day.
const NOON: usize = 12;
/// Days share their windows if that costs at most this share of what they would save apart: windows that people can remember are
/// worth more than the last server-hour.
const SHARED_LOSS: f64 = 0.05;

/// What the windows are to respect.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    /// Fewest servers.
    pub(super) floor: u32,
    /// Servers that run today.
    pub(super) now: u32,
    /// Minutes that a started server needs until it carries load.
    pub(super) warm_up_minutes: f64,
    /// Minutes until a server that is taken out stops costing.
    pub(super) drain_minutes: f64,
    /// The shortest span worth a change, in hours.
    pub(super) shortest_hours: usize,
    /// The most changes from one noon to the next.
    pub(super) changes: usize,
}

/// Days that share a plan.
#[derive(Debug, Clone, PartialEq)]
struct Class {
    days: Vec<u8>,
    plan: DayPlan,
}

impl Class {
    fn of(hours: &[u32], days: Vec<u8>, limits: Limits) -> Class {
        let plan = DayPlan::best(&of_days(hours, &days), limits);
        Class { days, plan }
    }

    /// The two as one, and the share of what they save that this costs.
    fn joined(&self, other: &Class, hours: &[u32], limits: Limits) -> (f64, Class) {
        let mut days = [self.days.as_slice(), &other.days].concat();
        days.sort_unstable();
        let both = Class::of(hours, days, limits);
        let apart = self.saved() + other.saved();
        (if apart > 0.0 { 1.0 - both.saved() / apart } else { f64::INFINITY }, both)
    }

    fn saved(&self) -> f64 {
        self.days.len() as f64 * self.plan.saved
    }
}

/// The windows of a week given the servers that each slot of the week (Monday 00:00 first) needs. Days from noon to noon that are
/// alike share windows that fit all of them: which ones those are is seen from the need, not from a calendar.
pub(super) fn windows(need: &[u32], limits: Limits) -> Vec<Window> {
    let hours = by_hour(need, limits);
    let mut classes: Vec<Class> = (0..7).map(|day| Class::of(&hours, vec![day], limits)).collect();
    let mut pairs: Vec<(f64, Class)> = Vec::new();
    for a in 0..classes.len() {
        for b in a + 1..classes.len() {
            pairs.push(classes[a].joined(&classes[b], &hours, limits));
        }
    }
    // The two that lose the least by sharing become one, as long as that is little.
    while let Some(at) = (0..pairs.len()).min_by(|&a, &b| pairs[a].0.total_cmp(&pairs[b].0))
        && pairs[at].0 <= SHARED_LOSS
    {
        let joined = pairs.swap_remove(at).1;
        let part = |class: &Class| class.days.iter().any(|day| joined.days.contains(day));
        pairs.retain(|(_, pair)| !part(pair));
        classes.retain(|class| !part(class));
        pairs.extend(classes.iter().map(|other| joined.joined(other, &hours, limits)));
        classes.push(joined);
    }
    let mut windows: Vec<Window> =
        classes.iter().flat_map(|class| cut(&class.days, &class.plan, limits.now)).collect();
    windows.sort_by(|a, b| (&a.days, a.from).cmp(&(&b.days, b.from)));
    windows
}

/// The windows of one noon-to-noon day that stands for itself, given the need of its week.
pub(super) fn windows_of_day(need: &[u32], day: u8, limits: Limits) -> Vec<Window> {
    let class = Class::of(&by_hour(need, limits), vec![day % 7], limits);
    cut(&class.days, &class.plan, limits.now)
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

/// The most that any of the days needs, hour by hour from noon to noon.
fn of_days(hours: &[u32], days: &[u8]) -> Vec<u32> {
    let at = |day: u8, i: usize| hours[(usize::from(day) * HOURS + NOON + i) % hours.len()];
    (0..HOURS).map(|i| days.iter().map(|&day| at(day, i)).max().unwrap_or(u32::MAX)).collect()
}

/// A plan as windows that start on their weekdays.
fn cut(days: &[u8], plan: &DayPlan, now: u32) -> Vec<Window> {
    let at = |i: usize| NaiveTime::from_hms_opt(((NOON + i) % HOURS) as u32, 0, 0).unwrap_or_default();
    let mut windows = Vec::new();
    let mut from = 0;
    for run in plan.servers.chunk_by(|a, b| a == b) {
        let to = from + run.len();
        if run[0] < now {
            // What begins after midnight starts on the next weekday.
            let later = u8::from(NOON + from >= HOURS);
            let mut days: Vec<u8> = days.iter().map(|day| (day + later) % 7).collect();
            days.sort_unstable();
            let hours = run.len() as f64;
            windows.push(Window {
                days,
                from: at(from),
                to: at(to),
                hours,
                servers: run[0],
                servers_now: now,
            });
        }
        from = to;
    }
    windows
}

/// The servers that a week's windows leave in each slot (Monday 00:00 first).
pub(super) fn scheduled(windows: &[Window], slots: usize, now: u32) -> Vec<u32> {
    let per_hour = (slots / (7 * HOURS)).max(1);
    let mut servers = vec![now; slots];
    for window in windows {
        for &day in &window.days {
            let begin = usize::from(day) * HOURS + window.from.hour() as usize;
            for i in 0..window.hours as usize * per_hour {
                servers[(begin * per_hour + i) % slots] = window.servers;
            }
        }
    }
    servers
}

/// The server-hours that windows save in a week.
pub(super) fn saved(windows: &[Window], drain_minutes: f64) -> f64 {
    let of = |w: &Window| {
        let hours = (w.hours - drain_minutes / 60.0).max(0.0);
        hours * w.days.len() as f64 * f64::from(w.servers_now - w.servers)
    };
    windows.iter().map(of).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 8 servers from 07:00 to 22:00 on working days, 3 otherwise.
    fn office() -> Vec<u32> {
        (0..168).map(|h| if h / 24 < 5 && (7..22).contains(&(h % 24)) { 8 } else { 3 }).collect()
    }

    const LIMITS: Limits =
        Limits { floor: 2, now: 8, warm_up_minutes: 0.0, drain_minutes: 0.0, shortest_hours: 3, changes: 2 };

    fn shown(windows: &[Window]) -> Vec<String> {
        windows.iter().map(|w| format!("{:?} {}-{} {}", w.days, w.from, w.to, w.servers)).collect()
    }

    #[test]
    fn nights_cross_midnight_and_weekends_are_long() {
        let got = windows(&office(), LIMITS);
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
        // What is scheduled is exactly what is needed: 4 × 9 + 14 + 24 + 19 = 93 hours with five servers less.
        assert_eq!(scheduled(&got, 168, 8), office());
        assert_eq!(saved(&got, 0.0), 93.0 * 5.0);
        // Half an hour of draining costs five servers half an hour each in seven windows.
        assert_eq!(saved(&got, 30.0), 93.0 * 5.0 - 7.0 * 2.5);
    }

    #[test]
    fn weeks_from_sunday_to_thursday_are_seen_from_the_need() {
        let works = |day: usize| day == 6 || day < 4;
        let need: Vec<u32> =
            (0..168).map(|h| if works(h / 24) && (7..22).contains(&(h % 24)) { 8 } else { 3 }).collect();
        let got = windows(&need, LIMITS);
        assert_eq!(
            shown(&got),
            [
                "[0, 1, 2, 6] 22:00:00-07:00:00 3",
                "[3] 22:00:00-12:00:00 3",
                "[4] 12:00:00-12:00:00 3",
                "[5] 12:00:00-07:00:00 3",
            ]
        );
    }

    #[test]
    fn a_window_ends_early_enough_to_warm_up() {
        let quarter: Vec<u32> = office().into_iter().flat_map(|n| [n; 4]).collect();
        let got = windows(&quarter, Limits { warm_up_minutes: 10.0, ..LIMITS });
        assert_eq!(shown(&got)[0], "[0, 1, 2, 3] 22:00:00-06:00:00 3");
    }

    #[test]
    fn the_floor_holds_and_a_flat_pool_has_no_window() {
        let got = windows(&office(), Limits { floor: 5, ..LIMITS });
        assert!(got.iter().all(|w| w.servers == 5));
        assert!(windows(&[8; 168], LIMITS).is_empty());
        assert!(windows(&office(), Limits { floor: 1, now: 1, ..LIMITS }).is_empty());
    }

    #[test]
    fn a_window_after_midnight_starts_on_the_next_day() {
        // 3 servers are enough from 01:00 to 05:00 on Wednesdays only.
        let need: Vec<u32> =
            (0..168).map(|h| if h / 24 == 2 && (1..5).contains(&(h % 24)) { 3 } else { 8 }).collect();
        let got = windows(&need, LIMITS);
        assert_eq!(shown(&got), ["[2] 01:00:00-05:00:00 3"]);
        assert_eq!(scheduled(&got, 168, 8), need);
    }

    #[test]
    fn a_backup_in_the_middle_of_the_night_splits_it_where_changes_are_allowed() {
        // From 22:00 to 06:00 three servers are enough but at 02:00, when a backup needs six.
        let need: Vec<u32> = (0..168)
            .map(|h| match h % 24 {
                2 => 6,
                22..=23 | 0..6 => 3,
                _ => 8,
            })
            .collect();
        // One window: 4 hours × 5 before the backup save 20, 8 × 2 through it 16, 3 × 5 after it 15.
        assert_eq!(shown(&windows(&need, LIMITS)), ["[0, 1, 2, 3, 4, 5, 6] 22:00:00-02:00:00 3"]);
        // Four changes: 20 and 15.
        let four = windows(&need, Limits { changes: 4, ..LIMITS });
        assert_eq!(
            shown(&four),
            ["[0, 1, 2, 3, 4, 5, 6] 03:00:00-06:00:00 3", "[0, 1, 2, 3, 4, 5, 6] 22:00:00-02:00:00 3"]
        );
        // The hour of the backup alone is no span worth a change; with spans of an hour, it is: 20 + 2 + 15.
        let fine = windows(&need, Limits { changes: 4, shortest_hours: 1, ..LIMITS });
        assert_eq!(saved(&fine, 0.0), 7.0 * 37.0);
    }
}
