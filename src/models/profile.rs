//! Daily use: a profile by slot of the week in local time.

use super::TooShort;
use crate::series::{DAY, LocalClock, LocalTime, Series, quantile};

/// What a profile rests on.
#[derive(Debug, Clone, PartialEq)]
pub struct ProfileSettings {
    /// The platform's local time.
    pub clock: LocalClock,
    /// The moment up to which history is looked at, in seconds since 1970-01-01 UTC.
    pub until: i64,
    /// How many weeks are looked at. Four is the best plain choice on simulated fleets: fewer are noisy, more
    /// lag behind.
    pub weeks: i64,
    /// The upper quantile, 0 to 1; with four weeks, 1 is the highest of the four.
    pub upper: f64,
}

/// A load by slot of the week, Monday 00:00 local first. A slot without history is `None`.
#[derive(Debug, Clone, PartialEq)]
pub struct Profile {
    /// Slots in a day.
    pub slots_per_day: usize,
    /// Median load, in the series' unit.
    pub median: Vec<Option<f64>>,
    /// Upper quantile of the load, in the series' unit.
    pub upper: Vec<Option<f64>>,
    /// Lower quantile (one less the upper one) of the load, in the series' unit.
    pub lower: Vec<Option<f64>>,
    /// Whole weeks of history behind it.
    pub weeks: f64,
    /// Share of the slots that have at least two values.
    pub filled: f64,
}

impl Profile {
    /// The slot of a local time.
    pub fn slot(&self, local: LocalTime) -> usize {
        let of_day = local.second * self.slots_per_day as i64 / DAY;
        usize::from(local.weekday) * self.slots_per_day + of_day as usize
    }
}

/// The profile of a load over the last weeks. Days for which `left_out` says so (holidays, declared events) are
/// not looked at.
///
/// Needs two weeks of history and nine tenths of the slots filled twice.
pub fn profile(
    load: &Series,
    settings: &ProfileSettings,
    left_out: &dyn Fn(LocalTime) -> bool,
) -> Result<Profile, TooShort> {
    let slots_per_day = usize::try_from(DAY / load.step()).unwrap_or(1).max(1);
    let mut clock = settings.clock.clone();
    let mut cells: Vec<Vec<f64>> = vec![Vec::new(); 7 * slots_per_day];
    let from = settings.until - settings.weeks * 7 * DAY;
    let mut first = None;
    let mut last = from;
    for (time, value) in load.present() {
        first = first.or(Some(time));
        if time < from || time >= settings.until {
            continue;
        }
        last = time;
        let local = clock.at(time);
        if !left_out(local) {
            let slot = usize::from(local.weekday) * slots_per_day + (local.second / load.step()) as usize;
            if let Some(cell) = cells.get_mut(slot) {
                cell.push(value);
            }
        }
    }
    let filled = cells.iter().filter(|c| c.len() >= 2).count() as f64 / cells.len() as f64;
    let begin = first.unwrap_or(settings.until).max(from);
    if filled < 0.9 {
        let have_days = (last - begin).max(0) as f64 / DAY as f64;
        let enough_at = if have_days < 14.0 { begin + 14 * DAY } else { settings.until + 14 * DAY };
        return Err(TooShort { have_days, need_days: 14.0, enough_at });
    }
    let mut at = |q: f64| cells.iter_mut().map(|cell| quantile(cell, q)).collect::<Vec<_>>();
    Ok(Profile {
        slots_per_day,
        median: at(0.5),
        upper: at(settings.upper),
        lower: at(1.0 - settings.upper),
        weeks: (last - begin) as f64 / (7 * DAY) as f64,
        filled,
    })
}
