//! The heat strip: an ordinary week as seven rows of hours, shaded by load, with the servers needed.

use serde::Serialize;

use crate::{plans::Week, reports::hours::hourly};

/// A week of hours.
#[derive(Debug, Serialize)]
pub(super) struct Heat {
    days: Vec<Day>,
    servers_now: u32,
}

#[derive(Debug, Serialize)]
struct Day {
    name: &'static str,
    hours: Vec<Hour>,
}

#[derive(Debug, Clone, Serialize)]
struct Hour {
    /// Shade from 0 to 9 by the upper load; absent without history.
    shade: Option<u8>,
    /// The servers that are shown of the hour.
    servers: u32,
    /// Fewer than run today.
    rests: bool,
}

const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

impl Heat {
    /// `None` where the week's columns do not fill seven days.
    pub(super) fn new(week: &Week) -> Option<Self> {
        let week = hourly(week)?;
        Some(Self::of(&week, &week.servers))
    }

    /// The same with the servers that the upper bound needs in place of those that the schedule leaves.
    pub(super) fn needed(week: &Week) -> Option<Self> {
        let week = hourly(week)?;
        Some(Self::of(&week, &week.needed))
    }

    fn of(week: &Week, shown: &[u32]) -> Self {
        let highest = week.upper.iter().copied().flatten().fold(0.0, f64::max);
        let hours: Vec<Hour> = week
            .upper
            .iter()
            .zip(&week.servers)
            .zip(shown)
            .map(|((load, &servers), &shown)| Hour {
                shade: load.map(|load| shade(load, highest)),
                servers: shown,
                rests: servers < week.servers_now,
            })
            .collect();
        let days = DAYS.iter().zip(hours.chunks(24)).map(|(name, hours)| Day { name, hours: hours.to_vec() });
        Self { days: days.collect(), servers_now: week.servers_now }
    }
}

fn shade(load: f64, highest: f64) -> u8 {
    if highest > 0.0 { ((load / highest).clamp(0.0, 1.0) * 9.0).round() as u8 } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn week(slots_per_day: usize) -> Week {
        let slots = slots_per_day * 7;
        Week {
            slots_per_day,
            median: vec![None; slots],
            upper: (0..slots).map(|slot| Some((slot % slots_per_day) as f64)).collect(),
            servers: (0..slots).map(|slot| (slot % slots_per_day) as u32).collect(),
            needed: vec![5; slots],
            servers_now: 5,
            quiet: None,
            bound: Vec::new(),
        }
    }

    #[test]
    fn the_busiest_hour_is_darkest_and_an_hour_that_rests_is_told() {
        let heat = Heat::new(&week(288)).unwrap();
        assert_eq!((heat.days.len(), heat.days[6].hours.len()), (7, 24));
        let (first, last) = (&heat.days[6].hours[0], &heat.days[6].hours[23]);
        assert_eq!((first.shade, first.servers, first.rests), (Some(0), 11, false));
        assert_eq!((last.shade, last.servers), (Some(9), 287));
    }

    #[test]
    fn a_week_that_is_cut_short_is_not_shown() {
        let mut cut = week(24);
        cut.servers.pop();
        assert!(Heat::new(&cut).is_none());
    }
}
