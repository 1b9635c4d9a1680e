//! Months: the archive's partitions in time, always UTC.

use std::{fmt, str::FromStr};

use chrono::{DateTime, Datelike};

/// A calendar month of the years 0 to 9999, UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Month {
    year: u16,
    /// 1 to 12.
    month: u8,
}

impl Month {
    /// The month that holds a time (seconds since 1970-01-01 UTC); `None` outside the years 0 to 9999.
    pub(super) fn containing(time: i64) -> Option<Month> {
        let date = DateTime::from_timestamp(time, 0)?;
        let year = u16::try_from(date.year()).ok().filter(|year| *year <= 9999)?;
        let month = u8::try_from(date.month()).ok()?;
        Some(Month { year, month })
    }

    /// The months of a calendar year, 0 to 9999.
    pub(super) fn of_year(year: u16) -> impl DoubleEndedIterator<Item = Month> {
        (1..=12).map(move |month| Month { year, month })
    }

    /// The year that it lies in.
    pub(super) fn year(self) -> u16 {
        self.year
    }

    /// Its first second, since 1970-01-01 UTC.
    pub(super) fn start(self) -> i64 {
        days_from_civil(i64::from(self.year), i64::from(self.month)) * SECONDS_PER_DAY
    }

    /// The first second after it.
    pub(super) fn end(self) -> i64 {
        let (year, month) = if self.month == 12 { (self.year + 1, 1) } else { (self.year, self.month + 1) };
        days_from_civil(i64::from(year), i64::from(month)) * SECONDS_PER_DAY
    }
}

/// UTC has no daylight saving, and POSIX time no leap seconds.
const SECONDS_PER_DAY: i64 = 86_400;

/// Days from 1970-01-01 to the first day of a month in the Gregorian calendar: Howard Hinnant,
/// "chrono-Compatible Low-Level Date Algorithms", `days_from_civil` (eras of 400 years, years that begin in March).
fn days_from_civil(year: i64, month: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

/// Written as `2026-03`.
impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.year, self.month)
    }
}

/// Exactly what [`Month`]'s display writes.
impl FromStr for Month {
    type Err = ();

    fn from_str(text: &str) -> Result<Month, ()> {
        let (year, month) = text.split_once('-').ok_or(())?;
        let parsed = Month { year: year.parse().map_err(|_| ())?, month: month.parse().map_err(|_| ())? };
        let legal = parsed.year <= 9999 && (1..=12).contains(&parsed.month) && parsed.to_string() == text;
        legal.then_some(parsed).ok_or(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_month_begins_and_ends_where_the_calendar_says() {
        // `date -u -d 2026-03-01 +%s` and `date -u -d 2026-04-01 +%s`.
        let march = Month::containing(1_773_000_000).unwrap();
        assert_eq!(march.to_string(), "2026-03");
        assert_eq!((march.start(), march.end()), (1_772_323_200, 1_775_001_600));
        // A leap February: 29 days from 2024-02-01.
        let february = Month::from_str("2024-02").unwrap();
        assert_eq!(february.end() - february.start(), 29 * 86_400);
        let december = Month::from_str("2025-12").unwrap();
        assert_eq!(december.end(), Month::from_str("2026-01").unwrap().start());
    }

    #[test]
    fn what_is_no_month_is_refused() {
        for text in ["2026-13", "2026-00", "2026-3", "26-03", "2026", "+026-03", "2026-03-01", ""] {
            assert_eq!(Month::from_str(text), Err(()), "{text}");
        }
        assert_eq!(Month::containing(i64::MAX), None);
        assert_eq!(Month::containing(i64::MIN), None);
        // The last second of 9999 and the first of 10000.
        assert!(Month::containing(253_402_300_799).is_some());
        assert_eq!(Month::containing(253_402_300_800), None);
    }

    proptest! {
        #[test]
        fn a_time_lies_in_its_month(time in -62_167_219_200_i64..253_402_300_800) {
            let month = Month::containing(time).unwrap();
            prop_assert!(month.start() <= time && time < month.end());
            prop_assert_eq!(month.to_string().parse(), Ok(month));
        }
    }
}
