//! What every plan is told besides its series.

use chrono::{Days, NaiveDate, NaiveTime, TimeZone};

use super::{Placement, Verdict, coming::day_number, placement::bytes_of};
use crate::{
    models::{FleetPrior, TooShort},
    platform::{Action, Event, Planned, Platform, Pool, Undertaking},
    series::{DAY, LocalClock, LocalTime, Mailboxes, Series, Volume},
};

/// Why something past is not counted.
const PAST: &str = "lies in the past: what came of it is in the history";

/// A series that stopped so many days before the plan's moment is not judged: three bridge a weekend's outage of the
/// monitoring.
pub(super) const STALE_DAYS: i64 = 3;

/// The operator's words and the moment that the plan is made for.
#[derive(Debug, Clone)]
pub struct Context<'a> {
    /// What the operator declares.
    pub platform: &'a Platform,
    /// The moment of the plan, in seconds since 1970-01-01 UTC; nothing after it is visible.
    pub as_of: i64,
    /// How growth goes in this fleet; [`FleetPrior::GENERAL`] where nothing was learnt on it.
    pub growth: FleetPrior,
    /// Where what is planned lands.
    pub placement: Placement,
    /// What the plan would be if something were different: each scenario's name, and what it would be told.
    pub scenarios: Vec<(&'a str, Context<'a>)>,
}

impl<'a> Context<'a> {
    /// What is known before any series is read.
    pub fn new(platform: &'a Platform, as_of: i64) -> Self {
        let (growth, placement) = (FleetPrior::GENERAL, Placement::default());
        Context { platform, as_of, growth, placement, scenarios: Vec::new() }
    }

    /// The same with what was learnt on the fleet, in the scenarios as well.
    pub fn with_growth(mut self, growth: FleetPrior) -> Self {
        self.growth = growth;
        for (_, scenario) in &mut self.scenarios {
            scenario.growth = growth;
        }
        self
    }

    /// The same, told what would be planned in scenarios: the platform of each, by its name.
    pub fn with_scenarios(mut self, others: &'a [(String, Platform)]) -> Self {
        let told = |(name, platform): &'a (String, Platform)| (&name[..], Context::new(platform, self.as_of));
        self.scenarios = others.iter().map(told).collect();
        self
    }

    /// The same with all that is planned placed on the volumes that there are, in the scenarios as well.
    pub fn placed(mut self, volumes: &[Volume], mailboxes: &Mailboxes) -> Self {
        self.placement = Placement::of(self.platform, volumes, mailboxes, self.today());
        for (_, scenario) in &mut self.scenarios {
            scenario.placement = Placement::of(scenario.platform, volumes, mailboxes, scenario.today());
        }
        self
    }

    /// What is planned, or would be in a scenario, and is not counted: each in words, with the reason.
    pub fn not_counted(&self) -> Vec<String> {
        let uncounted = |context: &Context<'a>| -> Vec<(&'a Planned, &'static str)> {
            let all = context.platform.planned.iter().enumerate();
            all.filter_map(|(i, planned)| Some((planned, context.why_not_counted(i, planned)?))).collect()
        };
        let own = uncounted(self).into_iter();
        // What is declared and past is told beside the volume that should show it.
        let own = own.filter(|(_, why)| *why != PAST);
        let mut words: Vec<String> =
            own.map(|(planned, why)| format!("planned {:?} {why}", planned.name)).collect();
        for (name, scenario) in &self.scenarios {
            let theirs = uncounted(scenario).into_iter();
            let new = theirs.filter(|(planned, _)| !self.platform.planned.contains(planned));
            words.extend(
                new.map(|(planned, why)| format!("scenario {name:?}: planned {:?} {why}", planned.name)),
            );
        }
        words
    }

    fn why_not_counted(&self, place: usize, planned: &Planned) -> Option<&'static str> {
        let last = self.date_in(self.platform.report.horizon_days);
        let load = match planned.what {
            Undertaking::MoveIn(load) | Undertaking::MoveOut(load) => Some(load),
            _ => None,
        };
        match () {
            () if self.placement.is_nowhere(place, planned) => Some("is for no volume that is known"),
            () if planned.date < self.today() && planned.is_once() => Some(PAST),
            () if planned.date > last => Some("lies beyond the horizon"),
            () if load.is_some_and(|load| bytes_of(load, self.placement.bytes_each(place)).is_none()) => {
                Some("counts mailboxes, and how large one is is neither declared nor measured")
            }
            () => None,
        }
    }

    /// The local day of the plan.
    pub fn today(&self) -> NaiveDate {
        self.date(self.as_of)
    }

    /// The local noon of a day, in seconds since 1970-01-01 UTC.
    pub(super) fn noon(&self, date: NaiveDate) -> i64 {
        let noon = NaiveTime::from_hms_opt(12, 0, 0).unwrap_or_default();
        let local = self.platform.timezone.from_local_datetime(&date.and_time(noon)).earliest();
        local.map_or(day_number(date) * DAY + DAY / 2, |moment| moment.timestamp())
    }

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

    /// Why nothing is said of a series that has stopped; `None` of one that goes on.
    pub(super) fn stopped(&self, series: &Series) -> Option<Verdict> {
        let silent = series.last().map_or(i64::MAX, |(time, _)| self.as_of.saturating_sub(time));
        (silent > STALE_DAYS * DAY)
            .then(|| Verdict::Undecided { reason: "its data stopped".to_owned(), enough_on: None })
    }

    /// What is said of a history that is too short: why, and when there is enough.
    pub(super) fn too_short(&self, short: &TooShort) -> Verdict {
        Verdict::Undecided { reason: short.to_string(), enough_on: Some(self.date(short.enough_at)) }
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
