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

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;
    use crate::series::HOUR;

    fn moment(text: &str) -> i64 {
        DateTime::parse_from_rfc3339(text).unwrap().timestamp()
    }

    fn settings(zone: chrono_tz::Tz, until: i64) -> ProfileSettings {
        ProfileSettings { clock: LocalClock::new(zone), until, weeks: 4, upper: 1.0 }
    }

    /// A load by the hour over `days` days up to `until`, from local time.
    fn load(zone: chrono_tz::Tz, until: i64, days: i64, of: impl Fn(LocalTime, i64) -> f64) -> Series {
        let mut clock = LocalClock::new(zone);
        let start = until - days * DAY;
        let slots = (0..days * 24).map(|i| Some(of(clock.at(start + i * HOUR), i / (7 * 24))));
        Series::from_slots(start, HOUR, slots.collect::<Vec<_>>())
    }

    #[test]
    fn a_slot_has_the_median_and_the_highest_of_its_weeks() {
        let until = moment("2026-11-16T00:00:00Z");
        // Weeks 0 to 3 carry 10, 20, 30, 100: median 25, highest 100, lowest 10.
        let week = |_: LocalTime, week: i64| [10.0, 20.0, 30.0, 100.0][week as usize];
        let got =
            profile(&load(chrono_tz::UTC, until, 28, week), &settings(chrono_tz::UTC, until), &|_| false)
                .unwrap();
        assert_eq!((got.median[5], got.upper[5], got.lower[5]), (Some(25.0), Some(100.0), Some(10.0)));
        assert_eq!((got.slots_per_day, got.median.len()), (24, 168));
    }

    #[test]
    fn slots_keep_local_time_over_both_changes_of_the_clock() {
        for (zone, until) in [
            (chrono_tz::Europe::Berlin, "2026-11-09T06:00:00Z"),
            (chrono_tz::Europe::Berlin, "2026-04-13T06:00:00Z"),
            (chrono_tz::Pacific::Auckland, "2026-10-12T06:00:00Z"),
            (chrono_tz::Pacific::Auckland, "2026-04-20T06:00:00Z"),
        ] {
            let until = moment(until);
            let office =
                |local: LocalTime, _: i64| f64::from(u8::from((8..18).contains(&(local.second / HOUR))));
            let got = profile(&load(zone, until, 28, office), &settings(zone, until), &|_| false).unwrap();
            for (slot, median) in got.median.iter().enumerate() {
                let expected = f64::from(u8::from((8..18).contains(&(slot % 24))));
                // The hour that the clocks skip in spring is filled but three times: never a wrong value.
                assert_eq!(*median, Some(expected), "{zone} slot {slot}");
            }
        }
    }

    #[test]
    fn days_that_are_left_out_are_not_looked_at() {
        let until = moment("2026-11-16T00:00:00Z");
        let holiday = |local: LocalTime| local.date().is_some_and(|d| d.to_string() == "2026-11-11");
        let odd = |local: LocalTime, _: i64| if holiday(local) { 500.0 } else { 10.0 };
        let got = profile(&load(chrono_tz::UTC, until, 28, odd), &settings(chrono_tz::UTC, until), &holiday)
            .unwrap();
        assert!(got.upper.iter().all(|&u| u == Some(10.0)));
    }

    #[test]
    fn ten_days_are_too_short_and_say_until_when() {
        let until = moment("2026-11-16T00:00:00Z");
        let short = load(chrono_tz::UTC, until, 10, |_, _| 1.0);
        let short = profile(&short, &settings(chrono_tz::UTC, until), &|_| false).unwrap_err();
        assert_eq!((short.need_days, short.enough_at), (14.0, until + 4 * DAY));
    }
}
