//! Local time: which day of the week and which slot of the day a moment belongs to, where the platform is.

use chrono::{DateTime, NaiveDate, Offset, TimeZone};
use chrono_tz::Tz;

/// Seconds in an hour.
pub const HOUR: i64 = 3_600;
/// Seconds in a day.
pub const DAY: i64 = 86_400;

/// Days from 0001-01-01 (day 1 of chrono's count) to 1970-01-01.
const EPOCH_DAY: i32 = 719_163;

/// A moment on the wall clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LocalTime {
    /// Days since 1970-01-01, local.
    pub day: i64,
    /// Monday is 0.
    pub weekday: u8,
    /// Seconds since local midnight by the wall clock, 0 to 86,399.
    pub second: i64,
}

impl LocalTime {
    /// The local calendar date; `None` beyond the calendar's range.
    pub fn date(self) -> Option<NaiveDate> {
        NaiveDate::from_num_days_from_ce_opt(i32::try_from(self.day).ok()?.checked_add(EPOCH_DAY)?)
    }
}

/// Turns moments into local time. It remembers the offset of the hour asked for last: offsets from UTC change
/// at full hours, and neighbouring samples mostly share one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LocalClock {
    zone: Tz,
    hour: i64,
    offset: i64,
}

impl LocalClock {
    /// A clock of one time zone.
    pub fn new(zone: Tz) -> Self {
        LocalClock { zone, hour: i64::MIN, offset: 0 }
    }

    /// The local time of a moment, in seconds since 1970-01-01 UTC.
    pub fn at(&mut self, time: i64) -> LocalTime {
        let hour = time.div_euclid(HOUR);
        if hour != self.hour {
            self.hour = hour;
            self.offset = offset(self.zone, time);
        }
        let local = time + self.offset;
        let day = local.div_euclid(DAY);
        // 1970-01-01 was a Thursday, weekday 3.
        LocalTime { day, weekday: (day + 3).rem_euclid(7) as u8, second: local.rem_euclid(DAY) }
    }

    /// The local calendar date of a moment; `None` beyond the calendar's range.
    pub fn date(&mut self, time: i64) -> Option<NaiveDate> {
        self.at(time).date()
    }
}

/// The zone's offset from UTC at a moment, in seconds; zero beyond the calendar's range.
fn offset(zone: Tz, time: i64) -> i64 {
    let utc = DateTime::from_timestamp(time, 0).unwrap_or_default().naive_utc();
    i64::from(zone.offset_from_utc_datetime(&utc).fix().local_minus_utc())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(zone: Tz, text: &str) -> LocalTime {
        LocalClock::new(zone).at(DateTime::parse_from_rfc3339(text).unwrap().timestamp())
    }

    #[test]
    fn a_monday_in_new_zealand_is_a_sunday_in_utc() {
        let monday = at(chrono_tz::Pacific::Auckland, "2026-11-15T20:30:00Z");
        assert_eq!((monday.weekday, monday.second), (0, 9 * HOUR + 1800));
        assert_eq!(monday.date().unwrap().to_string(), "2026-11-16");
    }

    #[test]
    fn the_wall_clock_repeats_an_hour_in_autumn() {
        let before = at(chrono_tz::Europe::Berlin, "2026-10-25T00:30:00Z");
        let after = at(chrono_tz::Europe::Berlin, "2026-10-25T01:30:00Z");
        assert_eq!(before.second, 2 * HOUR + 1800);
        assert_eq!(after.second, before.second);
    }

    #[test]
    fn a_far_moment_is_no_panic() {
        assert_eq!(at(chrono_tz::UTC, "1969-12-31T23:59:59Z").weekday, 2);
        let mut clock = LocalClock::new(chrono_tz::Europe::Berlin);
        assert_eq!(clock.date(4_000_000_000_000_000), None);
    }
}
