//! What `what-if` is told: named scenarios, and one of its own.

use chrono::NaiveDate;
use clap::Args as ClapArgs;

use super::job::Job;
use crate::platform::{Load, Planned, Platform, Pool, Scenario, Takes, Target, Undertaking, bytes_of};

/// The name of the scenario that is told on the command line.
const OWN: &str = "as asked";

/// What `what-if` is told.
#[derive(Debug, Clone, ClapArgs)]
pub(super) struct WhatIfJob {
    #[command(flatten)]
    pub(super) job: Job,
    /// A [[scenario]] of the platform file, several times for several [default: all, unless one is asked below]
    #[arg(long, value_name = "NAME")]
    scenario: Vec<String>,
    /// Growth times this factor, from now on
    #[arg(long, value_name = "FACTOR", value_parser = growth, conflicts_with = "volume", help_heading = ASKED)]
    growth: Option<f64>,
    /// Bytes, or a number of mailboxes, that move in on a date: 200GB@2027-01-15, 4000@2027-01-15
    #[arg(long, value_name = "AMOUNT@DATE", value_parser = Moved::parse, help_heading = ASKED)]
    move_in: Vec<Moved>,
    /// Bytes or mailboxes that move out on a date
    #[arg(long, value_name = "AMOUNT@DATE", value_parser = Moved::parse, help_heading = ASKED)]
    move_out: Vec<Moved>,
    /// Bytes of one mailbox, for moves that are counted in mailboxes [default: as measured]
    #[arg(long, value_name = "BYTES", value_parser = bytes, help_heading = ASKED)]
    mailbox_size: Option<f64>,
    /// Usable bytes that are added on a date: 10TB@2027-02-01
    #[arg(long, value_name = "BYTES@DATE", value_parser = added, help_heading = ASKED)]
    add: Vec<(f64, NaiveDate)>,
    /// A purge of bytes or a share, once or again and again: 500GB@2027-01-01, 5%@2027-01-01/30d
    #[arg(long, value_name = "AMOUNT@DATE[/DAYS]", value_parser = Purged::parse, help_heading = ASKED)]
    purge: Vec<Purged>,
    /// Another full mark, as a share of the usable bytes: 0.85
    #[arg(long, value_name = "SHARE", value_parser = full_mark, conflicts_with = "volume", help_heading = ASKED)]
    full_mark: Option<f64>,
    /// Another lead time, in days
    #[arg(long, value_name = "DAYS", value_parser = lead_time, conflicts_with = "volume", help_heading = ASKED)]
    lead_time: Option<f64>,
    /// Without a [[planned]] of the platform file
    #[arg(long, value_name = "NAME", help_heading = ASKED)]
    without: Vec<String>,
    /// The pool that it is asked for; growth, full mark and lead time are for all pools where none is named
    #[arg(long, value_name = "POOL", conflicts_with = "volume", help_heading = ASKED)]
    pool: Option<String>,
    /// The volume that moves, capacity and purges are asked for: ms03:/var/mail
    #[arg(long, value_name = "HOST:MOUNT", value_parser = volume, help_heading = ASKED)]
    volume: Option<Target>,
}

/// The heading of what makes a scenario of its own.
const ASKED: &str = "A scenario of your own";

/// Why there is nothing to compare.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum NothingToCompare {
    /// No scenario of that name.
    #[error("there is no scenario {name:?} in the platform file; {known}")]
    Unknown { name: String, known: String },
    /// No scenario at all.
    #[error(
        "there is no scenario to compare; write a [[scenario]] into the platform file, or ask one, such as --growth 1.5"
    )]
    None,
    /// No pool of that name.
    #[error("there is no pool {name:?} in the platform file; it has {known}")]
    Pool { name: String, known: String },
    /// Nothing of that name is planned.
    #[error("nothing that is planned in the platform file is called {name:?}; {known}")]
    Planned { name: String, known: String },
    /// Nobody says where.
    #[error("{what} needs a place; add --pool with one of {pools}, or --volume HOST:MOUNT")]
    NoPlace { what: &'static str, pools: String },
    /// A place that says nothing.
    #[error(
        "{what} says nothing by itself; add what is to be different there, such as --move-in 200GB@2027-01-15"
    )]
    PlaceAlone { what: &'static str },
}

impl WhatIfJob {
    /// The platform with the scenarios that are to be compared, and no others.
    pub(super) fn asked(&self, mut platform: Platform) -> Result<Platform, NothingToCompare> {
        let own = self.own(&platform)?;
        let all = self.scenario.is_empty() && own.is_none();
        for name in &self.scenario {
            if !platform.scenarios.iter().any(|scenario| scenario.name == *name) {
                let names = platform.scenarios.iter().map(|scenario| scenario.name.as_str());
                return Err(NothingToCompare::Unknown { name: name.clone(), known: known(names) });
            }
        }
        platform.scenarios.retain(|scenario| all || self.scenario.contains(&scenario.name));
        platform.scenarios.extend(own);
        if platform.scenarios.is_empty() { Err(NothingToCompare::None) } else { Ok(platform) }
    }

    /// The scenario that is told on the command line, where there is one.
    fn own(&self, platform: &Platform) -> Result<Option<Scenario>, NothingToCompare> {
        let pools = || platform.pools.iter().map(|pool| pool.name.as_str()).collect::<Vec<_>>().join(", ");
        if let Some(name) = self.pool.as_ref().filter(|name| platform.pool(name).is_none()) {
            return Err(NothingToCompare::Pool { name: name.clone(), known: pools() });
        }
        for name in &self.without {
            if !platform.planned.iter().any(|planned| planned.name == *name) {
                let names = platform.planned.iter().map(|planned| planned.name.as_str());
                return Err(NothingToCompare::Planned { name: name.clone(), known: known(names) });
            }
        }
        let target = self.pool.clone().map(Target::Pool).or_else(|| self.volume.clone());
        let mut planned = Vec::new();
        for (what, date, undertaking) in self.undertakings() {
            let Some(target) = target.clone() else {
                return Err(NothingToCompare::NoPlace { what, pools: pools() });
            };
            planned.push(Planned {
                name: what.trim_start_matches('-').to_owned(),
                date,
                target,
                what: undertaking,
            });
        }
        let scenario = Scenario {
            pools: self.pool.iter().cloned().collect(),
            growth: self.growth,
            full_mark: self.full_mark,
            lead_time_days: self.lead_time,
            without: self.without.clone(),
            planned,
            ..Scenario::named(OWN)
        };
        match (scenario.is_empty(), &self.pool, &self.volume) {
            (false, _, _) => Ok(Some(scenario)),
            (true, Some(_), _) => Err(NothingToCompare::PlaceAlone { what: "--pool" }),
            (true, None, Some(_)) => Err(NothingToCompare::PlaceAlone { what: "--volume" }),
            (true, None, None) => Ok(None),
        }
    }

    /// What is asked to happen on a date, with the option that asks it.
    fn undertakings(&self) -> Vec<(&'static str, NaiveDate, Undertaking)> {
        let mut all = Vec::new();
        for moved in &self.move_in {
            all.push(("--move-in", moved.date, Undertaking::MoveIn(moved.load(self.mailbox_size))));
        }
        for moved in &self.move_out {
            all.push(("--move-out", moved.date, Undertaking::MoveOut(moved.load(self.mailbox_size))));
        }
        all.extend(self.add.iter().map(|(bytes, date)| ("--add", *date, Undertaking::Capacity(*bytes))));
        all.extend(self.purge.iter().map(|purged| {
            let Purged { takes, date, every_days } = *purged;
            ("--purge", date, Undertaking::Purge { takes, every_days })
        }));
        all
    }
}

fn known<'a>(names: impl Iterator<Item = &'a str>) -> String {
    match names.collect::<Vec<_>>().as_slice() {
        [] => "it has none".to_owned(),
        names => format!("it has {}", names.join(", ")),
    }
}

/// An amount that moves on a date.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Moved {
    amount: Amount,
    date: NaiveDate,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Amount {
    Bytes(f64),
    Mailboxes(f64),
}

impl Moved {
    fn parse(text: &str) -> Result<Moved, String> {
        let (amount, date) = on_date(text, "200GB@2027-01-15 or 4000@2027-01-15")?;
        let mailboxes = || amount.parse::<u32>().ok().filter(|count| *count > 0).map(f64::from);
        let amount = bytes_of(amount).map(Amount::Bytes).or_else(|| mailboxes().map(Amount::Mailboxes));
        let amount = amount.ok_or("legal: bytes such as 200GB, or a number of mailboxes such as 4000")?;
        Ok(Moved { amount, date })
    }

    /// Mailboxes of undeclared size are as large as those that are measured.
    fn load(&self, bytes_each: Option<f64>) -> Load {
        match self.amount {
            Amount::Bytes(bytes) => Load::Bytes(bytes),
            Amount::Mailboxes(count) => Load::Mailboxes { count, bytes_each },
        }
    }
}

/// A purge on a date.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Purged {
    takes: Takes,
    date: NaiveDate,
    every_days: Option<u32>,
}

impl Purged {
    fn parse(text: &str) -> Result<Purged, String> {
        let (text, every_days) = match text.split_once('/') {
            Some((text, every)) => {
                let days = every.strip_suffix('d').and_then(|days| days.parse::<u32>().ok());
                let days = days.filter(|days| (1..=3650).contains(days));
                (text, Some(days.ok_or("legal after the slash: 1d to 3650d")?))
            }
            None => (text, None),
        };
        let (amount, date) = on_date(text, "500GB@2027-01-01 or 5%@2027-01-01/30d")?;
        let share = || amount.strip_suffix('%')?.parse::<f64>().ok().filter(|p| *p > 0.0 && *p <= 100.0);
        let takes = bytes_of(amount).map(Takes::Bytes).or_else(|| share().map(|p| Takes::Share(p / 100.0)));
        let takes = takes.ok_or("legal: bytes such as 500GB, or a share such as 5%")?;
        Ok(Purged { takes, date, every_days })
    }
}

fn on_date<'t>(text: &'t str, example: &str) -> Result<(&'t str, NaiveDate), String> {
    let (amount, date) = text.split_once('@').ok_or_else(|| format!("legal: such as {example}"))?;
    let date = date.parse().map_err(|_| format!("{date:?} is not a day; legal: such as {example}"))?;
    Ok((amount, date))
}

fn added(text: &str) -> Result<(f64, NaiveDate), String> {
    let (amount, date) = on_date(text, "10TB@2027-02-01")?;
    Ok((bytes(amount)?, date))
}

fn bytes(text: &str) -> Result<f64, String> {
    bytes_of(text).ok_or_else(|| "legal: a number and a unit, such as 500MB, 2.5TB or 10TiB".to_owned())
}

fn growth(text: &str) -> Result<f64, String> {
    number(text, Planned::is_growth, "more than 0, at most 100; 1 is as it is")
}

fn full_mark(text: &str) -> Result<f64, String> {
    number(text, Pool::is_full_mark, "a share of the usable bytes, more than 0, at most 1")
}

fn lead_time(text: &str) -> Result<f64, String> {
    number(text, Pool::is_lead_time_days, "0 to 3650 days")
}

fn number(text: &str, holds: impl Fn(f64) -> bool, legal: &str) -> Result<f64, String> {
    text.parse().ok().filter(|number| holds(*number)).ok_or_else(|| format!("legal: {legal}"))
}

fn volume(text: &str) -> Result<Target, String> {
    let (host, volume) = text
        .split_once(':')
        .filter(|(host, volume)| !host.is_empty() && !volume.is_empty())
        .ok_or("legal: a host and a mount point, such as ms03:/var/mail")?;
    Ok(Target::Volume { host: host.to_owned(), volume: volume.to_owned() })
}
