//! The highest hour of each week: how high it usually is, and when it usually comes.

use crate::series::{DAY, LocalClock, Series, median, quantile};

/// Days of a week.
const WEEK: i64 = 7;
/// A week with less than this share of its slots says nothing of its highest: two of its days may be missing.
const LEAST_SHARE: f64 = 5.0 / 7.0;
/// Fewest weeks that say what is usual.
const LEAST_WEEKS: usize = 3;
/// Hours of a week.
const WEEK_HOURS: usize = 168;

/// The highest of an ordinary week.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct WeeklyPeak {
    /// The median of the weeks' highest.
    pub typical: f64,
    /// The lowest of them.
    pub lowest: f64,
    /// The highest of them.
    pub highest: f64,
    /// The local weekday whose hour is usually the highest; Monday is 0.
    pub weekday: u8,
    /// The hour of that day.
    pub hour: u8,
    /// Weeks looked at.
    pub weeks: usize,
}

/// The peak of weeks counted back from the last slot of a series on a step of an hour or finer; `None` with fewer than three
/// weeks that are known well enough.
pub fn weekly_peak(series: &Series, clock: &mut LocalClock) -> Option<WeeklyPeak> {
    let mut highest: Vec<f64> =
        weeks(series).into_iter().filter_map(|(_, mut week)| quantile(&mut week, 1.0)).collect();
    if highest.len() < LEAST_WEEKS {
        return None;
    }
    let busiest = busiest_hour(series, clock)?;
    Some(WeeklyPeak {
        typical: median(&mut highest)?,
        lowest: quantile(&mut highest, 0.0)?,
        highest: quantile(&mut highest, 1.0)?,
        weekday: (busiest / 24) as u8,
        hour: (busiest % 24) as u8,
        weeks: highest.len(),
    })
}

/// The values of the weeks that are known well enough, the last first, each with how many weeks it is before the last.
pub(super) fn weeks(series: &Series) -> Vec<(usize, Vec<f64>)> {
    let Some((last, _)) = series.last() else { return Vec::new() };
    let slots = (WEEK * DAY / series.step()).max(1) as usize;
    let end = series.slot(last).map_or(0, |slot| slot + 1);
    let week = |ago: usize| {
        let to = end - ago * slots;
        (ago, (to.saturating_sub(slots)..to).filter_map(|slot| series.get(slot)).collect())
    };
    let known = |(_, week): &(usize, Vec<f64>)| week.len() as f64 >= LEAST_SHARE * slots as f64;
    (0..end.div_ceil(slots)).map(week).filter(known).collect()
}

/// The local hour of the week, from Monday 00:00, with the highest median.
fn busiest_hour(series: &Series, clock: &mut LocalClock) -> Option<usize> {
    let mut hours: Vec<Vec<f64>> = vec![Vec::new(); WEEK_HOURS];
    for (time, value) in series.present() {
        hours[hour_of_week(clock, time)].push(value);
    }
    let medians = hours.iter_mut().enumerate().filter_map(|(hour, all)| Some((hour, median(all)?)));
    medians.max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0))).map(|(hour, _)| hour)
}

/// The local hour of the week, from Monday 00:00.
pub(super) fn hour_of_week(clock: &mut LocalClock, time: i64) -> usize {
    let local = clock.at(time);
    (usize::from(local.weekday) * 24 + (local.second / 3_600) as usize).min(WEEK_HOURS - 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::series::HOUR;

    #[test]
    fn the_peak_of_a_week_is_told_with_its_local_hour_and_its_range() {
        // Five weeks from Thursday 1970-01-01, UTC: on Mondays at nine 100, 110, 120, 130 and 140.
        let value = |hour: i64| match (hour + 72).rem_euclid(168) {
            9 => 100.0 + 10.0 * (hour / 168) as f64,
            _ => 5.0,
        };
        let series = Series::from_slots(0, HOUR, (0..5 * 168).map(|hour| Some(value(hour))));
        let peak = |zone| weekly_peak(&series, &mut LocalClock::new(zone)).unwrap();
        let expected =
            WeeklyPeak { typical: 120.0, lowest: 100.0, highest: 140.0, weekday: 0, hour: 9, weeks: 5 };
        assert_eq!(peak(chrono_tz::UTC), expected);
        // Kathmandu is 5:30 ahead.
        assert_eq!(
            (peak(chrono_tz::Asia::Kathmandu).weekday, peak(chrono_tz::Asia::Kathmandu).hour),
            (0, 14)
        );
    }

    #[test]
    fn weeks_with_days_missing_do_not_count() {
        let mut series = Series::from_slots(0, HOUR, (0..4 * 168).map(|_| Some(5.0)));
        (200..260).for_each(|slot| series.set(slot, None));
        assert_eq!(weeks(&series).len(), 3);
        (400..460).for_each(|slot| series.set(slot, None));
        assert_eq!(weekly_peak(&series, &mut LocalClock::new(chrono_tz::UTC)), None);
        assert_eq!(weekly_peak(&Series::holes(0, HOUR, 0), &mut LocalClock::new(chrono_tz::UTC)), None);
    }
}
