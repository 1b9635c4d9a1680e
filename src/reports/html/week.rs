//! The heat strip: an ordinary week as seven rows of hours, shaded by load, with the servers needed.

use serde::Serialize;

use crate::plans::Week;

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

#[derive(Debug, Serialize)]
struct Hour {
    /// Shade from 0 to 9 by the upper load; absent without history.
    shade: Option<u8>,
    /// The most servers that the hour needs.
    servers: u32,
    /// Fewer than run today.
    rests: bool,
}

const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

impl Heat {
    /// `None` where the week's columns do not fill seven days.
    pub(super) fn new(week: &Week) -> Option<Self> {
        let per_day = week.slots_per_day;
        let slots = per_day.checked_mul(7)?;
        if per_day == 0 || week.upper.len() < slots || week.servers.len() < slots {
            return None;
        }
        let loads = week.upper.iter().copied().flatten().filter(|v| v.is_finite());
        let highest = loads.fold(0.0, f64::max);
        let hour = |day: usize, hour: usize| {
            // The slots that touch this hour; a slot longer than an hour is in several.
            let first = day * per_day + hour * per_day / 24;
            let last = (day * per_day + ((hour + 1) * per_day).div_ceil(24)).max(first + 1);
            let load = week.upper[first..last]
                .iter()
                .copied()
                .flatten()
                .fold(None, |most: Option<f64>, load| Some(most.map_or(load, |m| m.max(load))));
            let servers = week.servers[first..last].iter().copied().max().unwrap_or(0);
            let shade = load.filter(|v| v.is_finite()).map(|load| shade(load, highest));
            Hour { shade, servers, rests: servers < week.servers_now }
        };
        let days = DAYS
            .iter()
            .enumerate()
            .map(|(day, name)| Day { name, hours: (0..24).map(|h| hour(day, h)).collect() });
        Some(Self { days: days.collect(), servers_now: week.servers_now })
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
            servers_now: 5,
        }
    }

    #[test]
    fn every_step_gives_24_hours_with_the_most_that_each_needs() {
        for (slots_per_day, last_hour) in [(24, 23), (288, 287), (12, 11), (1, 0)] {
            let heat = Heat::new(&week(slots_per_day)).unwrap();
            assert_eq!((heat.days.len(), heat.days[6].hours.len()), (7, 24));
            assert_eq!(heat.days[6].hours[23].servers, last_hour);
        }
    }

    #[test]
    fn a_week_that_is_cut_short_is_not_shown() {
        let mut cut = week(24);
        cut.servers.pop();
        assert!(Heat::new(&cut).is_none());
        assert!(Heat::new(&Week { slots_per_day: 0, ..week(24) }).is_none());
        assert!(Heat::new(&Week { slots_per_day: usize::MAX, ..week(24) }).is_none());
    }
}
