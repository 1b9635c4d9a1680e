//! The moment that a plan is made for.

use chrono::{DateTime, NaiveDate, NaiveTime, TimeZone};
use chrono_tz::Tz;

/// A moment as the operator gives it: `2026-11-16T06:00:00Z`, or a local date, which is its first moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum AsOf {
    /// A moment, in seconds since 1970-01-01 UTC.
    Moment(i64),
    /// The beginning of a local day.
    Day(NaiveDate),
}

impl AsOf {
    /// Reads what follows `--as-of`.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        if let Ok(moment) = DateTime::parse_from_rfc3339(text) {
            return Ok(AsOf::Moment(moment.timestamp()));
        }
        NaiveDate::parse_from_str(text, "%Y-%m-%d").map(AsOf::Day).map_err(|_| {
            "give a date (2026-11-16) or a moment with its zone (2026-11-16T06:00:00Z)".to_owned()
        })
    }

    /// The moment, in seconds since 1970-01-01 UTC. A day begins with its first moment that exists: there are
    /// zones in which the clocks go forward at midnight.
    pub(super) fn moment(self, zone: Tz) -> i64 {
        match self {
            AsOf::Moment(moment) => moment,
            AsOf::Day(date) => {
                let midnight = date.and_time(NaiveTime::MIN);
                let quarters = (0..8).map(|i| midnight + chrono::TimeDelta::minutes(15 * i));
                let first = quarters.filter_map(|t| zone.from_local_datetime(&t).earliest()).next();
                first.map_or(midnight.and_utc().timestamp(), |t| t.timestamp())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_is_local_and_a_moment_is_not() {
        let day = AsOf::parse("2026-11-16").unwrap().moment(chrono_tz::Europe::Berlin);
        assert_eq!(day, AsOf::parse("2026-11-15T23:00:00Z").unwrap().moment(chrono_tz::UTC));
        // In Beirut the clocks went forward at midnight of 27 March 2022: the day began at 01:00, 22:00 UTC.
        let beirut = AsOf::parse("2022-03-27").unwrap().moment(chrono_tz::Asia::Beirut);
        assert_eq!(beirut, AsOf::parse("2022-03-26T22:00:00Z").unwrap().moment(chrono_tz::UTC));
        assert!(AsOf::parse("16.11.2026").is_err());
    }
}
