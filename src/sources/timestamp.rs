//! Timestamps: the ways in which exports write a moment, as seconds since 1970-01-01 UTC.

use std::ops::Range;

use super::decimal;

/// 1990-01-01 to 2100-01-01 UTC: a time outside is a mistake of unit, not history of a mail platform.
pub(super) const PLAUSIBLE: Range<i64> = 631_152_000..4_102_444_800;

const DAY: i64 = 86_400;

/// Reads an ISO 8601 moment: `2026-11-20`, `2026-11-20 10:30:00`, `2026-11-20T10:30:00.5Z`,
/// `2026-11-20T10:30+01:00`, `…+0100`. Without a zone it is UTC. Fractions of a second are dropped.
pub(super) fn iso(text: &str) -> Option<i64> {
    let mut rest = Digits(text.as_bytes());
    let year = rest.take(4)?;
    rest.byte(b'-')?;
    let month = rest.take(2)?;
    rest.byte(b'-')?;
    let day = rest.take(2)?;
    if !(1..=12).contains(&month) || day < 1 || day > days_of_month(year, month) {
        return None;
    }
    let midnight = days_since_1970(year, month, day) * DAY;
    if rest.0.is_empty() {
        return Some(midnight);
    }
    rest.byte(b'T').or_else(|| rest.byte(b' '))?;
    let hour = rest.take(2)?;
    rest.byte(b':')?;
    let minute = rest.take(2)?;
    let mut second = 0;
    if rest.byte(b':').is_some() {
        second = rest.take(2)?;
        if rest.byte(b'.').is_some() {
            rest.fraction()?;
        }
    }
    if hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    Some(midnight + hour * 3600 + minute * 60 + second - rest.zone()?)
}

/// Reads the time cell of a CSV: ISO 8601, or seconds since 1970, or milliseconds where it has 13 digits
/// (so many that seconds would lie beyond the year 33000).
pub(super) fn cell(text: &str) -> Option<i64> {
    let text = text.trim();
    if text.bytes().all(|b| b.is_ascii_digit()) && text.len() == 13 {
        return text.parse::<i64>().ok().map(|milliseconds| milliseconds / 1000);
    }
    iso(text).or_else(|| decimal::parse(text).filter(|t| t.is_finite()).map(decimal::whole_seconds))
}

/// Days from 1970-01-01 in the proleptic Gregorian calendar (Howard Hinnant, "chrono-Compatible Low-Level
/// Date Algorithms", `days_from_civil`).
fn days_since_1970(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * (if month > 2 { month - 3 } else { month + 9 }) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

fn days_of_month(year: i64, month: i64) -> i64 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// What is left of a timestamp.
struct Digits<'a>(&'a [u8]);

impl Digits<'_> {
    /// A number of exactly `count` digits.
    fn take(&mut self, count: usize) -> Option<i64> {
        let (digits, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        digits.iter().try_fold(0, |number, b| b.is_ascii_digit().then(|| number * 10 + i64::from(b - b'0')))
    }

    /// Exactly this byte.
    fn byte(&mut self, byte: u8) -> Option<()> {
        self.0 = self.0.strip_prefix(&[byte])?;
        Some(())
    }

    /// One digit or more, whatever they are.
    fn fraction(&mut self) -> Option<()> {
        let digits = self.0.iter().take_while(|b| b.is_ascii_digit()).count();
        self.0 = self.0.get(digits..)?;
        (digits > 0).then_some(())
    }

    /// A zone to the end of the text, in seconds east of UTC.
    fn zone(mut self) -> Option<i64> {
        if self.0.is_empty() || self.0 == b"Z" {
            return Some(0);
        }
        let sign = if self.byte(b'+').is_some() {
            1
        } else {
            self.byte(b'-')?;
            -1
        };
        let hours = self.take(2)?;
        let _colon = self.byte(b':');
        let minutes = if self.0.is_empty() && _colon.is_none() { 0 } else { self.take(2)? };
        (self.0.is_empty() && hours <= 23 && minutes <= 59).then_some(sign * (hours * 3600 + minutes * 60))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::{DateTime, FixedOffset, NaiveDate, SecondsFormat};
    use proptest::prelude::*;

    #[test]
    fn reads_every_shape_that_exports_use() {
        // 2026-11-20 10:30:00 UTC; `date -u -d @1795170600`.
        for text in [
            "2026-11-20T10:30:00Z",
            "2026-11-20 10:30:00",
            "2026-11-20T10:30:00.999Z",
            "2026-11-20T10:30Z",
            "2026-11-20T11:30:00+01:00",
            "2026-11-20T11:30:00+0100",
            "2026-11-20T11:30:00+01",
            "2026-11-20T05:00:00.123456-05:30",
        ] {
            assert_eq!(iso(text), Some(1_795_170_600), "{text}");
        }
        assert_eq!(iso("2026-11-20"), Some(1_795_132_800));
        assert_eq!(iso("2000-02-29T00:00:00Z"), Some(951_782_400));
    }

    #[test]
    fn refuses_what_is_no_date() {
        for text in [
            "",
            "2026",
            "2026-13-01",
            "2026-00-10",
            "2026-02-29",
            "1900-02-29",
            "2026-04-31",
            "2026-11-20T24:00:00Z",
            "2026-11-20T10:60:00Z",
            "2026-11-20T10:30:60Z",
            "2026-11-20T10:30:00.Z",
            "2026-11-20T10:30:00+1:00",
            "2026-11-20T10:30:00ZZ",
            "2026-11-20T10:30:00+01:",
            "20-11-2026 10:30:00",
            "2026-11-20T",
            "2026-1１-20",
        ] {
            assert_eq!(iso(text), None, "{text}");
        }
    }

    #[test]
    fn cells_may_be_epochs() {
        assert_eq!(cell("1795170600"), Some(1_795_170_600));
        assert_eq!(cell(" 1795170600.7 "), Some(1_795_170_600));
        assert_eq!(cell("1795170600123"), Some(1_795_170_600));
        assert_eq!(cell("1e400"), None);
        assert_eq!(cell("yesterday"), None);
    }

    proptest! {
        #[test]
        fn agrees_with_chrono(seconds in PLAUSIBLE, east in -840i32..840, millis: bool, z: bool) {
            let zone = FixedOffset::east_opt(east * 60).unwrap();
            let moment = DateTime::from_timestamp(seconds, 0).unwrap().with_timezone(&zone);
            let digits = if millis { SecondsFormat::Millis } else { SecondsFormat::Secs };
            let text = moment.to_rfc3339_opts(digits, z);
            prop_assert_eq!(iso(&text), Some(seconds), "{}", text);
        }

        #[test]
        fn takes_exactly_the_days_that_chrono_takes(year in 0i32..10_000, month in 0u32..14, day in 0u32..33) {
            let expected = NaiveDate::from_ymd_opt(year, month, day)
                .and_then(|date| date.and_hms_opt(0, 0, 0))
                .map(|midnight| midnight.and_utc().timestamp());
            prop_assert_eq!(iso(&format!("{year:04}-{month:02}-{day:02}")), expected);
        }

        #[test]
        fn never_panics(text in "\\PC{0,40}") {
            let _ = cell(&text);
        }
    }
}
