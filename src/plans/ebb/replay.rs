//! Replay: the schedules that earlier weeks would have given, run on the weeks that they did not see.

use std::collections::BTreeMap;

use super::{
    super::{Context, Replay, ReplayDay, Window},
    sizing::{Driver, Sizing, carrying},
    window::{saved, scheduled, windows},
};

/// What became of one held-back week.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct WeekReplayed {
    /// Slots inside windows.
    pub(super) inside: f64,
    /// Those of them with too few servers.
    pub(super) short: f64,
    /// Server-hours that its schedule saved.
    pub(super) saved: f64,
}

impl WeekReplayed {
    /// The share of the windows' time with too few servers.
    pub(super) fn share(&self) -> Option<f64> {
        (self.inside > 0.0).then(|| self.short / self.inside)
    }
}

/// The share of the windows' time with too few servers over many weeks; `None` without windows.
pub(super) fn share(weeks: &[WeekReplayed]) -> Option<f64> {
    let sum = |of: fn(&WeekReplayed) -> f64| weeks.iter().map(of).sum::<f64>();
    let inside = sum(|w| w.inside);
    (inside > 0.0).then(|| sum(|w| w.short) / inside)
}

/// Runs each held-back week, the last first, with the schedule of the weeks before it at a risk.
pub(super) fn weeks(sizing: &Sizing, risk: f64) -> Vec<WeekReplayed> {
    (0..held_back(sizing))
        .map(|week| {
            let plan = plan(sizing, week, risk);
            let left = scheduled(&plan, slots(sizing), sizing.limits.now);
            let mut replayed =
                WeekReplayed { inside: 0.0, short: 0.0, saved: saved(&plan, sizing.limits.drain_minutes) };
            for (slot, &servers) in
                left.iter().enumerate().filter(|(_, servers)| **servers < sizing.limits.now)
            {
                if let Some(needed) = needed(sizing, week, slot) {
                    replayed.inside += 1.0;
                    replayed.short += f64::from(u8::from(needed > servers));
                }
            }
            replayed
        })
        .collect()
}

/// The whole replay at the pool's risk; `None` where no week could be held back.
pub(super) fn replay(sizing: &Sizing, context: &Context) -> Option<Replay> {
    let count = held_back(sizing);
    if count == 0 {
        return None;
    }
    let slots = slots(sizing);
    let minutes = 7.0 * 24.0 * 60.0 / slots as f64;
    let now = sizing.limits.now;
    let mut sum = Replay {
        weeks: count,
        minutes_above: 0.0,
        minutes_above_doing_nothing: 0.0,
        worst_utilisation: 0.0,
        worst_utilisation_doing_nothing: 0.0,
        servers_short: 0,
        server_hours_per_week: 0.0,
        best_server_hours_per_week: 0.0,
        days: Vec::new(),
    };
    let mut days: BTreeMap<i64, (f64, f64, u32)> = BTreeMap::new();
    for week in 0..count {
        let plan = plan(sizing, week, sizing.pool.scaling.risk);
        let left = scheduled(&plan, slots, now);
        let came: Vec<Option<u32>> = (0..slots).map(|slot| needed(sizing, week, slot)).collect();
        // In hindsight, every hour needs just what came.
        let hindsight: Vec<u32> =
            came.iter().map(|n| n.map_or(now, |n| sizing.pool.scaling.redundancy.servers(n))).collect();
        sum.server_hours_per_week += saved(&plan, sizing.limits.drain_minutes);
        sum.best_server_hours_per_week +=
            saved(&windows(&hindsight, sizing.limits), sizing.limits.drain_minutes);
        for (slot, &servers) in left.iter().enumerate() {
            let Some(needed) = came[slot] else { continue };
            let (used, of_all) =
                (utilisation(sizing, week, slot, servers), utilisation(sizing, week, slot, now));
            let above = |servers: u32| if needed > servers { minutes } else { 0.0 };
            sum.minutes_above += above(servers);
            sum.minutes_above_doing_nothing += above(now);
            sum.worst_utilisation = sum.worst_utilisation.max(used);
            sum.worst_utilisation_doing_nothing = sum.worst_utilisation_doing_nothing.max(of_all);
            let day = days.entry(day(sizing, week, slot)).or_default();
            day.1 = day.1.max(used);
            if servers < now {
                let short = needed.saturating_sub(servers);
                sum.servers_short = sum.servers_short.max(short);
                *day = (day.0 + above(servers), day.1, day.2.max(short));
            }
        }
    }
    let weeks = count as f64;
    for per_week in [
        &mut sum.minutes_above,
        &mut sum.minutes_above_doing_nothing,
        &mut sum.server_hours_per_week,
        &mut sum.best_server_hours_per_week,
    ] {
        *per_week /= weeks;
    }
    sum.days = days
        .into_iter()
        .filter_map(|(day, (minutes_above, worst_utilisation, servers_short))| {
            Some(ReplayDay {
                date: context.date_of_day(day)?,
                minutes_above,
                worst_utilisation,
                servers_short,
            })
        })
        .collect();
    Some(sum)
}

/// The weeks that every driver could hold back.
fn held_back(sizing: &Sizing) -> usize {
    sizing.drivers.iter().map(|driver| driver.forecast.held_back.len()).min().unwrap_or(0)
}

fn slots(sizing: &Sizing) -> usize {
    sizing.drivers.first().map_or(0, |driver| driver.forecast.profile(sizing.pool.scaling.risk).upper.len())
}

fn plan(sizing: &Sizing, week: usize, risk: f64) -> Vec<Window> {
    let profiles: Vec<_> =
        sizing.drivers.iter().map(|driver| driver.forecast.held_back[week].profile(risk)).collect();
    windows(&sizing.needed(&profiles), sizing.limits)
}

/// The servers that what came in a slot needed, without what must be survivable; `None` where nothing came.
fn needed(sizing: &Sizing, week: usize, slot: usize) -> Option<u32> {
    let of = |driver: &Driver| {
        let came = driver.forecast.held_back[week].came.get(slot).copied().filter(|came| !came.is_nan())?;
        carrying(driver, came)
    };
    sizing.drivers.iter().filter_map(of).max()
}

/// The utilisation of so many servers by what came, the tightest driver's.
fn utilisation(sizing: &Sizing, week: usize, slot: usize, servers: u32) -> f64 {
    let of = |driver: &Driver| {
        let came = driver.forecast.held_back[week].came.get(slot).copied().filter(|came| !came.is_nan())?;
        let carried = f64::from(servers.max(1)) * driver.per_server;
        (carried > 0.0).then(|| came / carried * sizing.pool.target_utilisation)
    };
    sizing.drivers.iter().filter_map(of).fold(0.0, f64::max)
}

fn day(sizing: &Sizing, week: usize, slot: usize) -> i64 {
    sizing.drivers.first().and_then(|d| d.forecast.held_back[week].days.get(slot).copied()).unwrap_or(0)
}
