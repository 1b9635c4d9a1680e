//! What to know before a schedule is used.

use super::{super::Context, PoolServers, sizing::Sizing};
use crate::{
    platform::{Measure, Unit},
    series::DAY,
};

/// Weeks of history below which a caveat says so.
const SHORT_WEEKS: f64 = 5.0;
/// Days that are looked at for past scale-downs.
const LOOKED_AT: i64 = 28;
/// A scale-down is seen where fewer servers than usual answered in at least this share of the slots.
const SCALED_DOWN: f64 = 0.05;

/// The caveats of a pool's schedule, in words.
pub(super) fn caveats(sizing: &Sizing, servers: &PoolServers, context: &Context) -> Vec<String> {
    let mut caveats = Vec::new();
    if let Some((fewest, usual)) = scaled_down(servers, context.as_of) {
        caveats.push(format!(
            "The history already holds scale-downs: at times {fewest} of {usual} servers answered. The load is that of all together, so it \
             does not look low; how well users were served then is not known."
        ));
    }
    let weeks = sizing.drivers.iter().map(|driver| driver.forecast.weeks).fold(f64::INFINITY, f64::min);
    if weeks < SHORT_WEEKS {
        caveats.push(format!("The history is short: {weeks:.0} weeks."));
    }
    if let Some(whose) = sizing.drivers.iter().find_map(|driver| driver.forecast.moved_with.as_ref()) {
        caveats.push(format!(
            "Its load moved when the clocks of {whose} changed, and those of the declared time zone did not: set `timezone` of the pool \
             to that of its users, or the windows will be an hour off after the next change."
        ));
    }
    if sizing.pool.price_per_server_hour.is_none() {
        caveats.push("The pool has no price, so savings are told in server-hours only.".to_owned());
    }
    for driver in &sizing.drivers {
        if !matches!(driver.measure, Measure::LoadCpu | Measure::LoadMemory) {
            debug_assert!(driver.measure.unit() != Unit::Ratio);
            caveats.push(format!(
                "Nobody has said how much {} a server can carry: today's servers are taken to be just right for the busiest slot.",
                driver.measure
            ));
        }
    }
    if context.platform.calendar.holidays.is_empty() {
        caveats.push("No holidays are declared, so a holiday is taken for its weekday.".to_owned());
    }
    caveats
}

/// The fewest servers that answered together, and the usual number, where there were fewer than usual for a while.
fn scaled_down(servers: &PoolServers, as_of: i64) -> Option<(usize, usize)> {
    let loads = servers.loads.first()?;
    let step = loads.1.iter().map(|host| host.load.step()).min()?;
    let mut counts = vec![0_usize; usize::try_from(LOOKED_AT * DAY / step).ok()?];
    for host in &loads.1 {
        for (time, _) in host.load.present() {
            let slot = usize::try_from((time - as_of + LOOKED_AT * DAY).div_euclid(step)).ok();
            if let Some(count) = slot.and_then(|slot| counts.get_mut(slot)) {
                *count += 1;
            }
        }
    }
    counts.retain(|count| *count > 0);
    let usual = counts.iter().copied().max()?;
    let fewer: Vec<usize> = counts.iter().copied().filter(|count| *count < usual).collect();
    let often = fewer.len() as f64 >= SCALED_DOWN * counts.len() as f64;
    Some((fewer.into_iter().min()?, usual)).filter(|_| often)
}
