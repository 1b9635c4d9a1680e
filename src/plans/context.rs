//! What every plan is told besides its series.

use chrono::{Days, NaiveDate};

use crate::{
    platform::{Action, Event, Platform, Pool},
    series::{DAY, LocalClock, LocalTime, Series},
};

/// The operator's words and the moment that the plan is made for.
#[derive(Debug, Clone)]
pub struct Context<'a> {
    /// What the operator declares.
    pub platform: &'a Platform,
    /// The moment of the plan, in seconds since 1970-01-01 UTC; nothing after it is visible.
    pub as_of: i64,
}

impl<'a> Context<'a> {
    /// A clock of the platform's time zone.
    pub fn clock(&self) -> LocalClock {
        LocalClock::new(self.platform.timezone)
    }

    /// The local date of a moment; the last date of the calendar beyond its range.
    pub(super) fn date(&self, time: i64) -> NaiveDate {
        self.clock().date(time).unwrap_or(NaiveDate::MAX)
    }

    /// The local date so many days from the moment of the plan.
    pub(super) fn date_in(&self, days: f64) -> NaiveDate {
        self.date(self.as_of.saturating_add((days * DAY as f64) as i64))
    }

    /// A date less some days.
    pub(super) fn before(&self, date: NaiveDate, days: f64) -> NaiveDate {
        date.checked_sub_days(Days::new(days.max(0.0).ceil() as u64)).unwrap_or(NaiveDate::MIN)
    }

    fn events(&self, host: Option<&'a str>, pool: Option<&'a Pool>) -> impl Iterator<Item = &'a Event> {
        self.platform.calendar.events_of(host, pool)
    }

    /// A series without the days that the operator said to ignore, and without what came before a break.
    pub(super) fn declared(&self, series: &Series, host: Option<&'a str>, pool: Option<&'a Pool>) -> Series {
        let events: Vec<&Event> = self.events(host, pool).collect();
        if events.is_empty() {
            return series.clone();
        }
        let today = self.date(self.as_of);
        let past = |event: &&&Event| event.action == Action::Break && event.to <= today;
        let fresh_from = events.iter().filter(past).map(|event| event.to).max();
        let mut clock = self.clock();
        let mut kept = series.clone();
        for slot in 0..series.len() {
            let date = clock.date(series.time(slot));
            let ignored =
                |event: &&Event| event.action == Action::Ignore && date.is_some_and(|d| event.covers(d));
            let stale = fresh_from.is_some_and(|from| date.is_some_and(|d| d <= from));
            if stale || events.iter().any(ignored) {
                kept.set(slot, None);
            }
        }
        kept
    }

    /// A clock of the time zone that a pool's users live in.
    pub(super) fn clock_of(&self, pool: &Pool) -> LocalClock {
        LocalClock::new(pool.scaling.timezone.unwrap_or(self.platform.timezone))
    }

    /// The date of a local day, counted from 1970-01-01; `None` beyond the calendar's range.
    pub(super) fn date_of_day(&self, day: i64) -> Option<NaiveDate> {
        LocalTime { day, weekday: 0, second: 0 }.date()
    }

    /// Whether a local day, counted from 1970-01-01, is a declared holiday.
    pub(super) fn is_holiday_on(&self, day: i64) -> bool {
        self.date_of_day(day).is_some_and(|date| self.platform.calendar.is_holiday(date))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        plans::fixture::{AS_OF, MAILSTORE, at, date, event, hours, platform, platform_in},
        series::HOUR,
    };

    /// The dates that are left of the last ten days, 6 to 15 November, of a host of the pool.
    fn left(tables: &str, host: &str) -> Vec<u32> {
        use chrono::Datelike;
        let platform = platform(&format!("{MAILSTORE}{tables}"));
        let context = at(&platform);
        let kept = context.declared(&hours(10, |d| d), Some(host), platform.pool_of(host));
        let mut dates: Vec<u32> = kept.present().map(|(time, _)| context.date(time).day()).collect();
        dates.dedup();
        dates
    }

    #[test]
    fn declared_days_are_left_out_for_those_whom_they_concern() {
        let ignore = event("ignore", "2026-11-08", "2026-11-13");
        let gone = event("break", "2026-11-10", "2026-11-11");
        let all: Vec<u32> = (6..=15).collect();
        for (tables, host, expected) in [
            (String::new(), "ms01", &all[..]),
            (ignore.clone(), "ms01", &[6, 7, 14, 15]),
            (gone.clone(), "mx01", &[12, 13, 14, 15]),
            (format!("{gone}pools = [\"mailstore\"]\n"), "ms01", &[12, 13, 14, 15]),
            (format!("{gone}pools = [\"mailstore\"]\n"), "mx01", &all),
            (format!("{ignore}hosts = [\"ms02\"]\n"), "ms01", &all),
            // The last of two breaks counts; one to come does not.
            (format!("{gone}{}", event("break", "2026-11-13", "2026-11-13")), "ms01", &[14, 15]),
            (event("break", "2026-11-15", "2026-11-17"), "ms01", &all),
        ] {
            assert_eq!(left(&tables, host), expected, "{host} with {tables}");
        }
    }

    #[test]
    fn days_are_local_ones() {
        // In Auckland, 13 hours ahead, 15 November ends at 11:00 UTC.
        let tables = format!("{MAILSTORE}{}", event("ignore", "2026-11-15", "2026-11-15"));
        let platform = platform_in("Pacific/Auckland", &tables);
        let kept = at(&platform).declared(&hours(1, |d| d), None, None);
        assert_eq!(kept.first().unwrap().0, AS_OF - DAY + 11 * HOUR);
        assert_eq!(at(&platform).date(AS_OF), date("2026-11-16"));
        assert_eq!(at(&platform).date(AS_OF + 11 * HOUR), date("2026-11-17"));
    }

    #[test]
    fn dates_ahead_and_before_stay_within_the_calendar() {
        let platform = platform(MAILSTORE);
        let context = at(&platform);
        assert_eq!(context.date_in(19.02), date("2026-12-05"));
        assert_eq!(context.date_in(1e300), NaiveDate::MAX);
        // Half a day of lead time costs a whole one.
        assert_eq!(context.before(date("2026-12-05"), 9.5), date("2026-11-25"));
        assert_eq!(context.before(date("2026-12-05"), f64::INFINITY), NaiveDate::MIN);
    }
}
