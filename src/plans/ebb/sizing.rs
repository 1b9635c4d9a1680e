//! How a load becomes a number of servers.

use super::window::Limits;
use crate::{
    models::{LoadForecast, Profile},
    platform::{Measure, Pool},
};

/// A load that drives a pool's need for servers.
#[derive(Debug)]
pub(super) struct Driver {
    /// The measure.
    pub(super) measure: Measure,
    /// What one server can carry of it at the target utilisation; 0 where nothing is ever carried.
    pub(super) per_server: f64,
    /// What is known of the coming week.
    pub(super) forecast: LoadForecast,
}

/// A pool's drivers and what its windows are to respect.
#[derive(Debug)]
pub(super) struct Sizing<'a> {
    pub(super) pool: &'a Pool,
    pub(super) limits: Limits,
    pub(super) drivers: Vec<Driver>,
}

impl<'a> Sizing<'a> {
    /// A processor or memory share says itself how much a server can carry: the target utilisation. Of sessions,
    /// connections and messages nobody has said it: there, today's servers are taken to be just right for the
    /// busiest slot of the week.
    pub(super) fn of(pool: &'a Pool, forecasts: Vec<(Measure, LoadForecast)>, now: u32) -> Self {
        let scaling = &pool.scaling;
        let drivers = forecasts.into_iter().map(|(measure, forecast)| {
            let per_server = match measure {
                Measure::LoadCpu | Measure::LoadMemory => pool.target_utilisation,
                _ => {
                    let upper = forecast.profile(scaling.risk).upper;
                    let peak = upper.iter().flatten().copied().fold(0.0, f64::max);
                    peak / f64::from(scaling.redundancy.usable(now).max(1))
                }
            };
            Driver { measure, per_server, forecast }
        });
        let limits = Limits {
            floor: pool.floor,
            now,
            warm_up_minutes: pool.warm_up_minutes,
            drain_minutes: scaling.drain_minutes,
            shortest_hours: scaling.shortest_window_hours,
            changes: scaling.changes_per_day,
        };
        Sizing { pool, limits, drivers: drivers.collect() }
    }

    /// The servers that each slot of a week needs by the profiles of the drivers, the tightest deciding; all where one knows
    /// nothing.
    pub(super) fn needed(&self, profiles: &[Profile]) -> Vec<u32> {
        let slots = profiles.first().map_or(0, |profile| profile.upper.len());
        (0..slots)
            .map(|slot| {
                let drivers = self.drivers.iter().zip(profiles);
                let each = drivers.map(|(driver, profile)| {
                    let load = profile.upper.get(slot).copied().flatten();
                    load.map_or(self.limits.now, |load| self.servers(driver, load))
                });
                each.max().unwrap_or(self.limits.now)
            })
            .collect()
    }

    /// Servers with floor and redundancy.
    fn servers(&self, driver: &Driver, load: f64) -> u32 {
        let carrying = carrying(driver, load).unwrap_or(self.limits.now);
        self.pool.scaling.redundancy.servers(carrying).max(self.limits.floor)
    }
}

/// The servers that carry a load at the target utilisation; `None` where nobody knows what one carries.
pub(super) fn carrying(driver: &Driver, load: f64) -> Option<u32> {
    // A float that just misses a whole number of servers is that number.
    let servers = (load / driver.per_server - 1e-9).ceil().clamp(0.0, f64::from(u32::MAX)) as u32;
    (driver.per_server > 0.0).then_some(servers)
}
