//! Months, the archive's partitions: no request crosses the end of one.

use chrono::{DateTime, Datelike, Months, NaiveTime};

/// When the month after that of a time begins, in UTC; `None` beyond the calendar.
pub(super) fn next_month(time: i64) -> Option<i64> {
    let first = DateTime::from_timestamp(time, 0)?.date_naive().with_day(1)?;
    Some(first.checked_add_months(Months::new(1))?.and_time(NaiveTime::MIN).and_utc().timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_ends_where_the_next_begins() {
        // date -u -d 2024-02-01 +%s and so on.
        for (time, next) in [
            (1_706_745_600, 1_709_251_200), // 2024-02-01 to 2024-03-01, a leap year
            (1_709_251_199, 1_709_251_200), // the last second of February
            (1_735_603_200, 1_735_689_600), // 2024-12-31 to 2025-01-01
            (-1, 0),
        ] {
            assert_eq!(next_month(time), Some(next), "{time}");
        }
        assert_eq!(next_month(i64::MAX), None);
    }
}
