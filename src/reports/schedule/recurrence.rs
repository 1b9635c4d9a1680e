//! Weekly recurrences in the five fields of cron: minute, hour, day of the month, month, day of the week.

use std::str::FromStr;

use chrono::{Datelike, NaiveDate, NaiveDateTime, NaiveTime, Timelike};
use croner::{Cron, Weekday, errors::CronError};

use crate::plans::{DAY_MINUTES, Daily};

/// Longest recurrence that is read: that of EC2's interface.
const LONGEST: usize = 255;

/// What happens more often is no plan for servers: every half hour.
const MOST_A_DAY: usize = 48;

const WEEKDAYS: [Weekday; 7] = [
    Weekday::Monday,
    Weekday::Tuesday,
    Weekday::Wednesday,
    Weekday::Thursday,
    Weekday::Friday,
    Weekday::Saturday,
    Weekday::Sunday,
];

/// What happens at the same time on several days of the week, as `0 22 * * 1-4`.
pub(super) fn recurrence<T>(daily: &Daily<T>) -> String {
    at(&daily.days, daily.minute)
}

/// A time on these days (Monday is 0) as a recurrence. Sunday is written as 0, which every cron takes.
pub(super) fn at(days: &[u32], minute: u32) -> String {
    let mut days: Vec<u32> = days.iter().map(|day| (day + 1) % 7).collect();
    days.sort_unstable();
    days.dedup();
    let runs = days.chunk_by(|a, b| a + 1 == *b).map(|run| match *run {
        [first, _, .., last] => format!("{first}-{last}"),
        _ => run.iter().map(u32::to_string).collect::<Vec<_>>().join(","),
    });
    let days = if days.len() == 7 { "*".to_owned() } else { runs.collect::<Vec<_>>().join(",") };
    format!("{} {} * * {days}", minute % 60, minute / 60)
}

/// The minute of the day, the day and the month of what happens once a year, such as `0 22 24 12 *`.
pub(super) fn on_date(text: &str) -> Option<(u32, u32, u32)> {
    let fields: Vec<&str> = text.split_whitespace().collect();
    let [minute, hour, day, month, "*"] = fields[..] else { return None };
    let number = |text: &str, from: u32, to: u32| {
        let digits = text.chars().all(|c| c.is_ascii_digit());
        text.parse::<u32>().ok().filter(|number| digits && (from..=to).contains(number))
    };
    let minute = number(hour, 0, 23)? * 60 + number(minute, 0, 59)?;
    Some((minute, number(day, 1, 31)?, number(month, 1, 12)?))
}

/// A time as `0 22 24 12 *`, once a year.
pub(super) fn once_a_year(time: NaiveDateTime) -> String {
    format!("{} {} {} {} *", time.minute(), time.hour(), time.day(), time.month())
}

/// The first time from a date on that such a recurrence happens.
pub(super) fn first_from(date: NaiveDate, yearly: (u32, u32, u32)) -> Option<NaiveDateTime> {
    let (minute, day, month) = yearly;
    let time = NaiveTime::from_num_seconds_from_midnight_opt(minute * 60, 0)?;
    // 29 February comes at the latest after eight years.
    let years = (0..=8).filter_map(|ahead| NaiveDate::from_ymd_opt(date.year() + ahead, month, day));
    years.filter(|own| *own >= date).map(|own| own.and_time(time)).next()
}

/// The minutes of the week (Monday 00:00 is 0) at which a recurrence happens.
///
/// # Errors
/// It is no recurrence of five fields, or it is not the same in every week.
pub(super) fn minutes_of(text: &str) -> Result<Vec<u32>, String> {
    let fields: Vec<&str> = text.split_whitespace().collect();
    let [_, _, day, month, weekday] = fields[..] else {
        return Err(format!("{text:?} has not the five fields of a recurrence"));
    };
    if text.len() > LONGEST {
        return Err("a recurrence of more than 255 bytes is none".to_owned());
    }
    // Letters are names of days, not the extensions (`L`, `#`) by which a day is one of the month's.
    let names = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];
    let bare = names.iter().fold(weekday.to_ascii_uppercase(), |bare, name| bare.replace(name, ""));
    let every_week = |field: &str| matches!(field, "*" | "?");
    let plain = bare.chars().all(|c| c.is_ascii_digit() || matches!(c, ',' | '-' | '*' | '/' | '?'));
    if !every_week(day) || !every_week(month) || !plain {
        return Err(format!("{text:?} is not the same in every week"));
    }
    let refused = |error: CronError| format!("{text:?} is no recurrence: {error}");
    let cron = Cron::from_str(&fields.join(" ").replace('?', "*")).map_err(refused)?.pattern;
    let hits = |range: std::ops::Range<u32>, hit: &dyn Fn(u32) -> Result<bool, CronError>| {
        range
            .filter_map(|at| hit(at).map(|hit| hit.then_some(at)).transpose())
            .collect::<Result<Vec<u32>, _>>()
    };
    let minutes = hits(0..60, &|minute| cron.minute_match(minute)).map_err(refused)?;
    let hours = hits(0..24, &|hour| cron.hour_match(hour)).map_err(refused)?;
    // 1 January 2024 was a Monday.
    let weekday = |day: u32| WEEKDAYS[day as usize % WEEKDAYS.len()];
    let days = hits(0..7, &|day| cron.day_match(2024, 1, 1 + day, weekday(day))).map_err(refused)?;
    if minutes.len() * hours.len() > MOST_A_DAY {
        return Err(format!("{text:?} happens more than {MOST_A_DAY} times a day"));
    }
    let of_day = |day: u32| hours.iter().map(move |hour| day * DAY_MINUTES + hour * 60);
    let of_week = days.iter().flat_map(|day| of_day(*day));
    Ok(of_week.flat_map(|hour| minutes.iter().map(move |minute| hour + minute)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_written_as_every_cron_takes_them() {
        for (days, minute, written) in [
            (&[0, 1, 2, 3][..], 22 * 60, "0 22 * * 1-4"),
            (&[6], 0, "0 0 * * 0"),
            (&[5, 6], 75, "15 1 * * 0,6"),
            (&[0, 1, 2, 3, 4, 5, 6], 1439, "59 23 * * *"),
            (&[6, 0, 1, 3], 600, "0 10 * * 0-2,4"),
            (&[4, 5], 600, "0 10 * * 5,6"),
        ] {
            assert_eq!(at(days, minute), written);
            let mut minutes: Vec<u32> = days.iter().map(|day| day * 1440 + minute).collect();
            minutes.sort_unstable();
            assert_eq!(minutes_of(written).unwrap(), minutes, "{written}");
        }
    }

    #[test]
    fn what_others_write_is_read() {
        assert_eq!(minutes_of("30 6 * * MON-FRI").unwrap(), [390, 1830, 3270, 4710, 6150]);
        assert_eq!(minutes_of("0 6 ? * sun,7").unwrap(), [6 * 1440 + 360]);
        assert_eq!(minutes_of("0 6-8/2 * * 1").unwrap(), [360, 480]);
        assert_eq!(minutes_of("*/30 0 * * 1").unwrap(), [0, 30]);
    }

    #[test]
    fn what_is_not_weekly_is_refused() {
        for text in [
            "",
            "0 6 * *",
            "0 6 1 * *",
            "0 6 * 12 1",
            "0 6 * * 5#2",
            "0 6 * * 5L",
            "61 6 * * 1",
            "0 6 * * 1; reboot",
            "@reboot",
            "* * * * *",
            "0 0 6 * * 1",
        ] {
            assert!(minutes_of(text).is_err(), "{text}");
        }
    }
}
