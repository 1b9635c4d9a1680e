//! When a rise reaches a limit, if it goes on as it does.

use chrono::NaiveDate;
use serde::Serialize;

use super::{Context, DriftKind, DriftSize};

/// Days ahead that are told: farther, no quarter's slope says anything.
const HORIZON_DAYS: f64 = 365.0;

/// The local dates on which a limit is reached if the rise goes on at the same percent a month. `None` is "not within
/// a year".
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct LimitDates {
    /// At the upper end of the slope's 90 % interval.
    pub early: Option<NaiveDate>,
    /// At its middle.
    pub middle: Option<NaiveDate>,
    /// At its lower end.
    pub late: Option<NaiveDate>,
}

/// The dates on which a level below its limit reaches it; `None` where it is above the limit, where it moved by steps,
/// which go on to nothing, and where even the upper end does not reach it within a year.
pub(super) fn limit_dates(
    size: &DriftSize,
    level: f64,
    limit: f64,
    context: &Context<'_>,
) -> Option<LimitDates> {
    let steps = matches!(size.course, DriftKind::Step | DriftKind::Steps);
    if steps || level <= 0.0 || level >= limit {
        return None;
    }
    let date = |percent: f64| {
        let days = 30.0 * (limit / level).ln() / (percent / 100.0).ln_1p();
        (percent > 0.0 && days <= HORIZON_DAYS).then(|| context.date_in(days))
    };
    let dates =
        LimitDates { early: date(size.high), middle: date(size.percent_per_month), late: date(size.low) };
    dates.early.map(|_| dates)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plans::{
        drift_size::tests::ramp,
        fixture::{MAILSTORE, at, date, platform},
    };

    fn dates(percents: [f64; 3], level: f64, limit: f64) -> Option<LimitDates> {
        let platform = platform(MAILSTORE);
        limit_dates(&ramp(percents), level, limit, &at(&platform))
    }

    #[test]
    fn a_limit_is_reached_when_the_slope_has_added_what_is_missing() {
        // ln 1.5 / ln 1.1 · 30 = 127.6 days from 16 November; at 20 % 66.7, at 5 % 249.3.
        let found = dates([10.0, 5.0, 20.0], 2.0, 3.0).unwrap();
        assert_eq!(found.middle, Some(date("2027-03-23")));
        assert_eq!((found.early, found.late), (Some(date("2027-01-21")), Some(date("2027-07-23"))));
    }

    #[test]
    fn what_lies_beyond_a_year_has_no_date() {
        // ln 1.5 / ln 1.01 · 30 = 1,222 days.
        let found = dates([5.0, 1.0, 20.0], 2.0, 3.0).unwrap();
        assert_eq!((found.middle.is_some(), found.late), (true, None));
        assert_eq!(dates([1.0, -1.0, 2.0], 2.0, 3.0), None);
        assert_eq!(dates([10.0, 5.0, 20.0], 3.0, 3.0), None);
        assert_eq!(dates([10.0, 5.0, 20.0], 0.0, 3.0), None);
    }
}
