//! A pool's week by the hour: what a picture of a week has room for, whatever the step of its history.

use crate::plans::Week;

/// Hours of a day.
const HOURS: usize = 24;

/// The week with 24 slots a day. Of the slots that touch an hour it keeps the mean of the medians, the highest
/// upper load and the most servers, so that no need is hidden; a slot longer than an hour is in several. A
/// hole is an hour without any load. `None` where the columns do not fill seven days.
pub(crate) fn hourly(week: &Week) -> Option<Week> {
    let per_day = week.slots_per_day;
    let slots = per_day.checked_mul(7)?;
    let lengths = [week.median.len(), week.upper.len(), week.servers.len(), week.needed.len()];
    if per_day == 0 || lengths.iter().any(|&n| n < slots) {
        return None;
    }
    let within = |hour: usize| {
        let (day, hour) = (hour / HOURS, hour % HOURS);
        let first = day * per_day + hour * per_day / HOURS;
        first..day * per_day + ((hour + 1) * per_day).div_ceil(HOURS)
    };
    let hours = || (0..7 * HOURS).map(within);
    Some(Week {
        slots_per_day: HOURS,
        median: hours().map(|slots| mean(&week.median[slots])).collect(),
        upper: hours().map(|slots| highest(&week.upper[slots])).collect(),
        servers: hours().map(|slots| most(&week.servers[slots])).collect(),
        needed: hours().map(|slots| most(&week.needed[slots])).collect(),
        servers_now: week.servers_now,
        quiet: week.quiet.clone(),
        bound: Vec::new(),
    })
}

fn most(servers: &[u32]) -> u32 {
    servers.iter().copied().max().unwrap_or(0)
}

fn mean(column: &[Option<f64>]) -> Option<f64> {
    let held: Vec<f64> = column.iter().copied().flatten().filter(|v| v.is_finite()).collect();
    let count = held.len() as f64;
    // Divided before they are added, so that the sum of large values stays finite.
    (!held.is_empty()).then(|| held.iter().map(|v| v / count).sum())
}

fn highest(column: &[Option<f64>]) -> Option<f64> {
    column.iter().copied().flatten().filter(|v| v.is_finite()).max_by(f64::total_cmp)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each slot's values are its number in the day.
    fn week(slots_per_day: usize) -> Week {
        let slot = |slot: usize| slot % slots_per_day;
        let loads: Vec<Option<f64>> = (0..slots_per_day * 7).map(|i| Some(slot(i) as f64)).collect();
        Week {
            slots_per_day,
            median: loads.clone(),
            upper: loads,
            servers: (0..slots_per_day * 7).map(|i| slot(i) as u32).collect(),
            needed: vec![5; slots_per_day * 7],
            servers_now: 5,
            quiet: None,
            bound: Vec::new(),
        }
    }

    #[test]
    fn an_hour_keeps_the_mean_of_its_medians_and_the_most_of_its_needs() {
        let hours = hourly(&week(288)).unwrap();
        // Five-minute slots 12 to 23 are the second hour: their mean is (12 + 23) / 2.
        assert_eq!((hours.median[1], hours.upper[1], hours.servers[1]), (Some(17.5), Some(23.0), 23));
        assert_eq!((hours.median.len(), hours.slots_per_day, hours.servers_now), (168, 24, 5));
    }

    #[test]
    fn any_step_fills_the_day() {
        for (slots_per_day, last) in [(24, 23), (288, 287), (96, 95), (12, 11), (7, 6), (1, 0)] {
            let hours = hourly(&week(slots_per_day)).unwrap();
            assert_eq!((hours.servers.len(), hours.servers[167]), (168, last), "{slots_per_day} a day");
        }
    }

    #[test]
    fn holes_and_what_is_no_number_are_left_out_and_an_hour_of_them_is_a_hole() {
        let mut holed = week(96);
        holed.upper[0..4].copy_from_slice(&[None, Some(f64::NAN), None, Some(f64::INFINITY)]);
        holed.median[4..8].copy_from_slice(&[None, Some(2.0), None, Some(4.0)]);
        let hours = hourly(&holed).unwrap();
        assert_eq!((hours.upper[0], hours.median[1]), (None, Some(3.0)));
    }

    #[test]
    fn a_week_that_is_cut_short_is_none() {
        let mut cut = week(24);
        cut.servers.pop();
        assert!(hourly(&cut).is_none());
        assert!(hourly(&Week { slots_per_day: 0, ..week(24) }).is_none());
        assert!(hourly(&Week { slots_per_day: usize::MAX, ..week(24) }).is_none());
    }
}
