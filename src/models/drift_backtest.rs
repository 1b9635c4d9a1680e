//! How right the dates are that a rise foretells, on the past: at earlier moments, by what could be known then, when a level
//! would be reached, and when it was.

use super::{drift::Drift, drift_fleet::LONE_BELIEF};
use crate::series::median;

/// Days ahead of each moment: a month is soon enough to act on, and long enough for a slope to show.
pub const DATES_AHEAD_DAYS: i64 = 28;
/// Days that were known at a moment, at least: on simulated fleets a rise that was told from fewer had nearly always been
/// overestimated, which says little of what is told from more.
pub const LEAST_KNOWN_DAYS: f64 = 56.0;
/// Days from one moment to the next.
const APART_DAYS: i64 = 14;
/// Days on either side of a day whose median level is what came: in a week a single day matters little.
const CAME_AROUND: i64 = 3;
/// Of fewer dates than this neither the usual error nor the share within their intervals says anything.
pub const LEAST_DATES: usize = 8;

/// One date that was foretold: that of the level which came [`DATES_AHEAD_DAYS`] later.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DateTried {
    /// Days by which the level came later than foretold; negative where it came sooner.
    pub days_late: f64,
    /// Whether it came within the date's 90 % interval.
    pub within: bool,
}

/// What the dates foretold in the past say of one that is foretold now.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DateErrors {
    /// Dates that were foretold.
    pub dates: usize,
    /// The median of how many days they were off.
    pub median_days_off: f64,
    /// The share of those that came within their intervals.
    pub within: f64,
}

/// Tries a series at moments of the past. `now` is what is believed of it today, and knows what came; `then` says what
/// is believed by the data up to so many days before the last one, and `None` where they are too few. Only what would have
/// been told as a rise foretells a date; what others say was not known then, so the bar is that of a lone series.
pub fn dates_tried(now: &Drift, then: impl Fn(i64) -> Option<Drift>) -> Vec<DateTried> {
    let mut tried = Vec::new();
    let mut back = DATES_AHEAD_DAYS + CAME_AROUND;
    while let Some(came) = level_around(now, back - DATES_AHEAD_DAYS) {
        let Some(then) = then(back) else { break };
        tried.extend(came.and_then(|came| date_tried(&then, came)));
        back += APART_DAYS;
    }
    tried
}

/// The errors of the dates of all series that were tried; `None` where they are too few.
pub fn date_errors(tried: &[DateTried]) -> Option<DateErrors> {
    let mut off: Vec<f64> = tried.iter().map(|date| date.days_late.abs()).collect();
    let median_days_off = median(&mut off).filter(|_| tried.len() >= LEAST_DATES)?;
    let within = tried.iter().filter(|date| date.within).count() as f64 / tried.len() as f64;
    Some(DateErrors { dates: tried.len(), median_days_off, within })
}

fn date_tried(then: &Drift, came: f64) -> Option<DateTried> {
    if then.rises < LONE_BELIEF || then.span_days < LEAST_KNOWN_DAYS - 1.0 {
        return None;
    }
    let reach = then.days_until(came)?;
    let ahead = DATES_AHEAD_DAYS as f64;
    let slope = (then.percent_per_month / 100.0).ln_1p() / 30.0;
    // What has fallen since would have been there before: the slope says by how many days.
    let foretold = (came / then.trend.last()?).ln() / slope;
    let within =
        reach.early.is_some_and(|early| early <= ahead) && reach.late.is_none_or(|late| late >= ahead);
    Some(DateTried { days_late: ahead - foretold, within })
}

/// The level of the week around so many days before the last one: `None` before the first day, `Some(None)` where no
/// day of that week has a level.
fn level_around(now: &Drift, back: i64) -> Option<Option<f64>> {
    let end = now.levels.len().checked_sub(usize::try_from(back - CAME_AROUND).ok()?)?;
    let week = now.levels.get(end.checked_sub(1 + 2 * CAME_AROUND as usize)?..end)?;
    Some(median(&mut week.iter().copied().flatten().collect::<Vec<_>>()).filter(|came| *came > 0.0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models::drift_reach::tests::ramp;

    const A_DAY: [f64; 3] = [0.008, 0.010, 0.012];

    /// What was believed so many days before the end of a rise of 0.01 a day to 100.
    fn before(back: i64, slopes: [f64; 3]) -> Option<Drift> {
        Some(ramp(60, 100.0 * (-0.01 * back as f64).exp(), slopes))
    }

    #[test]
    fn a_rise_that_goes_on_as_foretold_is_there_on_the_day() {
        let now = ramp(90, 100.0, A_DAY);
        let tried = dates_tried(&now, |back| before(back, A_DAY));
        // Weeks around 3, 17, 31, 45, 59 and 73 days before the last one; that around 87 has no first days.
        assert_eq!(tried.len(), 6);
        assert!(tried.iter().all(|date| date.days_late.abs() < 1e-6 && date.within), "{tried:?}");
    }

    #[test]
    fn a_slope_that_was_twice_what_came_is_two_weeks_late() {
        // The rise of 0.28 in 28 days was foretold for 14, at the lower end 0.016 a day for 17.5.
        let now = ramp(90, 100.0, A_DAY);
        let tried = dates_tried(&now, |back| before(back, [0.016, 0.020, 0.024]));
        assert!(tried.iter().all(|date| (date.days_late - 14.0).abs() < 1e-6 && !date.within), "{tried:?}");
    }

    #[test]
    fn only_what_was_told_from_enough_days_counts() {
        let now = ramp(90, 100.0, A_DAY);
        let doubtful = |back| before(back, A_DAY).map(|then| Drift { rises: 0.7, ..then });
        assert_eq!(dates_tried(&now, doubtful), []);
        assert_eq!(dates_tried(&now, |_| Some(ramp(40, 70.0, A_DAY))), []);
        assert_eq!(dates_tried(&now, |_| None), []);
    }

    #[test]
    fn the_errors_of_few_dates_say_nothing() {
        let date = |days_late, within| DateTried { days_late, within };
        let mut tried = vec![date(-2.0, true), date(4.0, true), date(10.0, false), date(1.0, true)];
        assert_eq!(date_errors(&tried), None);
        tried.extend([date(-6.0, true), date(3.0, true), date(20.0, false), date(5.0, true)]);
        // 1, 2, 3, 4, 5, 6, 10, 20: between 4 and 5; six of eight.
        assert_eq!(date_errors(&tried), Some(DateErrors { dates: 8, median_days_off: 4.5, within: 0.75 }));
    }
}
