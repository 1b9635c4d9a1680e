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

    /// Whether a local day is no ordinary day for the load of a pool: a holiday.
    pub(super) fn is_holiday(&self, local: LocalTime) -> bool {
        local.date().is_some_and(|date| self.platform.calendar.is_holiday(date))
    }
}
