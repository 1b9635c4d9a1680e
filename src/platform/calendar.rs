//! The calendar: days on which people do not work, and events that explain what the history shows.

use std::collections::BTreeSet;

use chrono::{Datelike, NaiveDate, Weekday};

use super::{
    HostPattern, Pool,
    fields::Fields,
    pool::read_hosts,
    wording::{quoted, suggestion},
};

/// Days in the platform's time zone.
#[derive(Debug, Clone, PartialEq)]
pub struct Calendar {
    /// Days on which people do not work, whatever their weekday.
    pub holidays: BTreeSet<NaiveDate>,
    /// The weekdays on which people do not work, in the order of the file; at most six.
    pub weekend: Vec<Weekday>,
    /// What happened, or will happen, and is known.
    pub events: Vec<Event>,
}

/// Days that the models treat apart.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// What it is called in reports.
    pub name: String,
    /// Its first day.
    pub from: NaiveDate,
    /// Its last day, not before the first.
    pub to: NaiveDate,
    /// What the models do with it.
    pub action: Action,
    /// The pools that it concerns, by name.
    pub pools: Vec<String>,
    /// The hosts that it concerns. Where pools and hosts are both empty, it concerns everything.
    pub hosts: Vec<HostPattern>,
}

/// What the models do with the days of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// They are left out: a campaign, an incident, a restore.
    Ignore,
    /// What was before says nothing of what comes after: a migration, a new release, a new quota.
    Break,
}

impl Action {
    /// Every action.
    pub const ALL: &[Action] = &[Action::Ignore, Action::Break];

    /// The action's name in files.
    pub fn name(self) -> &'static str {
        match self {
            Action::Ignore => "ignore",
            Action::Break => "break",
        }
    }
}

/// No holidays, no events, Saturday and Sunday off.
impl Default for Calendar {
    fn default() -> Self {
        Calendar { holidays: BTreeSet::new(), weekend: vec![Weekday::Sat, Weekday::Sun], events: Vec::new() }
    }
}

impl Calendar {
    /// Whether a local day is a declared holiday.
    pub fn is_holiday(&self, date: NaiveDate) -> bool {
        self.holidays.contains(&date)
    }

    /// Whether a local day falls on the weekend.
    pub fn is_weekend(&self, date: NaiveDate) -> bool {
        self.weekend.contains(&date.weekday())
    }

    /// Whether a local day is neither on the weekend nor a holiday.
    pub fn is_workday(&self, date: NaiveDate) -> bool {
        !self.is_weekend(date) && !self.is_holiday(date)
    }

    /// The events that concern a host and its pool, in the order of the file.
    pub fn events_of<'a>(
        &'a self,
        host: Option<&'a str>,
        pool: Option<&'a Pool>,
    ) -> impl Iterator<Item = &'a Event> {
        self.events.iter().filter(move |event| event.concerns(host, pool))
    }

    /// Reads `[calendar]`. `pools` are the names of all pools.
    pub(super) fn read(mut fields: Fields<'_>, pools: &[&str]) -> Calendar {
        let holidays = fields.dates("holidays").unwrap_or_default().into_iter().collect();
        let weekend = read_weekend(&mut fields);
        let events =
            fields.sub_tables("event").into_iter().filter_map(|event| Event::read(event, pools)).collect();
        fields.finish();
        Calendar { holidays, weekend: weekend.unwrap_or(Calendar::default().weekend), events }
    }
}

impl Event {
    /// Whether a local day is one of the event's.
    pub fn covers(&self, date: NaiveDate) -> bool {
        (self.from..=self.to).contains(&date)
    }

    /// Whether the event concerns a host and its pool.
    pub fn concerns(&self, host: Option<&str>, pool: Option<&Pool>) -> bool {
        (self.pools.is_empty() && self.hosts.is_empty())
            || pool.is_some_and(|pool| self.pools.contains(&pool.name))
            || host.is_some_and(|host| self.hosts.iter().any(|pattern| pattern.matches(host)))
    }

    fn read(mut fields: Fields<'_>, pools: &[&str]) -> Option<Event> {
        fields.require("name", "a name for the reports, in quotes");
        fields.require("from", "its first day, as in 2026-12-24");
        fields.require("to", "its last day, as in 2026-12-26");
        fields.require("action", "ignore, break");
        let name = fields.text("name").map(toml::Spanned::into_inner);
        let (from, to) = (fields.date("from"), fields.date("to"));
        let action = fields.choice("action", "an action", Action::ALL, Action::name);
        let named = fields.texts("pools").unwrap_or_default();
        let hosts = read_hosts(&mut fields).unwrap_or_default();
        for pool in named.iter().filter(|pool| !pools.contains(&pool.get_ref().as_str())) {
            let problem = format!("{} is not a pool of this file", quoted(pool.get_ref()));
            fields.refuse_at(pool.span().start, "pools", problem, suggestion(pool.get_ref(), pools));
        }
        if let (Some(from), Some(to)) = (from, to)
            && from > to
        {
            fields.refuse("to", format!("{to} is before from = {from}"), format!("legal: {from} or later"));
        }
        fields.finish();
        let pools = named.into_iter().map(toml::Spanned::into_inner).collect();
        Some(Event { name: name?, from: from?, to: to?, action: action?, pools, hosts })
    }
}

/// The weekdays of `weekend`. All seven are refused: a week needs a working day.
fn read_weekend(fields: &mut Fields<'_>) -> Option<Vec<Weekday>> {
    const NAMES: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
    let mut weekend = Vec::new();
    for day in fields.texts("weekend")? {
        match day.get_ref().parse::<Weekday>() {
            Ok(weekday) if weekend.contains(&weekday) => {
                let problem = format!("{} is named twice", quoted(day.get_ref()));
                fields.refuse_at(day.span().start, "weekend", problem, "remove one");
            }
            Ok(weekday) => weekend.push(weekday),
            Err(_) => {
                let problem = format!("{} is not a weekday", quoted(day.get_ref()));
                fields.refuse_at(day.span().start, "weekend", problem, suggestion(day.get_ref(), &NAMES));
            }
        }
    }
    if weekend.len() == NAMES.len() {
        fields.refuse("weekend", "leaves no working day", "legal: at most six weekdays");
    }
    Some(weekend)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn workdays_are_neither_weekend_nor_holiday() {
        // 2026-12-24 is a Thursday, 2026-12-25 a Friday.
        let ordinary = Calendar { holidays: [day("2026-12-25")].into(), ..Calendar::default() };
        assert!(ordinary.is_workday(day("2026-12-24")));
        assert!(ordinary.is_holiday(day("2026-12-25")) && !ordinary.is_workday(day("2026-12-25")));
        assert!(ordinary.is_weekend(day("2026-12-26")) && ordinary.is_weekend(day("2026-12-27")));
        assert!(ordinary.is_workday(day("2026-12-28")));

        let gulf = Calendar { weekend: vec![Weekday::Fri, Weekday::Sat], ..Calendar::default() };
        assert!(!gulf.is_workday(day("2026-12-25")) && gulf.is_workday(day("2026-12-27")));
    }

    #[test]
    fn an_event_covers_both_its_ends() {
        let event = Event {
            name: "move".to_owned(),
            from: day("2026-10-01"),
            to: day("2026-10-03"),
            action: Action::Break,
            pools: Vec::new(),
            hosts: vec![HostPattern::new("ms*").unwrap()],
        };
        assert!(event.covers(day("2026-10-01")) && event.covers(day("2026-10-03")));
        assert!(!event.covers(day("2026-09-30")) && !event.covers(day("2026-10-04")));
        assert!(event.concerns(Some("ms01"), None));
        assert!(!event.concerns(Some("mx01"), None) && !event.concerns(None, None));
        assert!(Event { hosts: Vec::new(), ..event }.concerns(None, None));
    }
}
