//! A platform in a few words, and series by formula, for the tests of all plans. Nothing is random, so that every
//! right answer can be worked out by hand.

use std::path::Path;

use chrono::NaiveDate;

use super::{
    Ahead, Context, DISTANCES, EventId, Exhaustion, Finding, Foretold, Kind, Quantity, Runway, Verdict,
    pool_findings, volume_findings,
};
use crate::{
    platform::{Labels, Platform},
    series::{DAY, HOUR, Mailboxes, Series, Volume},
};

/// 2026-11-16T00:00:00Z, a Monday.
pub(super) const AS_OF: i64 = 1_794_787_200;
/// A gigabyte in bytes.
pub(super) const GB: f64 = 1e9;
/// A pool of mailstores, to be followed by more of its fields.
pub(super) const MAILSTORE: &str =
    "[[pool]]\nname = \"mailstore\"\nrole = \"mailstore\"\nhosts = [\"ms*\"]\n";

/// A platform in UTC with these tables, a pool among them.
pub(super) fn platform(tables: &str) -> Platform {
    platform_in("UTC", tables)
}

/// A platform in a time zone with these tables, a pool among them.
pub(super) fn platform_in(zone: &str, tables: &str) -> Platform {
    let head = format!("[platform]\nname = \"Example Mail\"\ntimezone = \"{zone}\"\ncurrency = \"EUR\"\n");
    let source = "[[source]]\nname = \"prometheus\"\nfiles = [\"exports\"]\n";
    Platform::parse(&format!("{head}{source}{tables}"), Path::new("platform.toml")).unwrap()
}

/// An event of `[calendar]` that concerns everything.
pub(super) fn event(action: &str, from: &str, to: &str) -> String {
    format!("[[calendar.event]]\nname = \"event\"\naction = \"{action}\"\nfrom = {from}\nto = {to}\n")
}

/// What a plan is told at [`AS_OF`].
pub(super) fn at(platform: &Platform) -> Context<'_> {
    Context::new(platform, AS_OF)
}

pub(super) fn date(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// The hours of so many days before [`AS_OF`]. `of` is told the days until then: -1.5 is noon of the day before
/// yesterday.
pub(super) fn hours(days: i64, of: impl Fn(f64) -> f64) -> Series {
    let slots = (-24 * days..0).map(|hour| Some(of(hour as f64 / 24.0)));
    Series::from_slots(AS_OF - days * DAY, HOUR, slots)
}

/// A series without its last days.
pub(super) fn ended(series: &Series, days: i64) -> Series {
    let end = AS_OF - days * DAY;
    let slots = (0..series.len()).map(|slot| series.get(slot).filter(|_| series.time(slot) < end));
    Series::from_slots(series.time(0), series.step(), slots.collect::<Vec<_>>())
}

/// `/var/mail` of a host, of one size all the time, whose source tells nothing of inodes.
pub(super) fn volume(host: &str, used: Series, usable: f64) -> Volume {
    let none = Series::holes(0, HOUR, 0);
    Volume {
        labels: Labels::from([("host", host), ("volume", "/var/mail")]),
        usable: used.map(|_| usable),
        last_sample: used.last().map_or(0, |(time, _)| time),
        used,
        inodes_used: none.clone(),
        inodes_total: none,
        also_mounted: Vec::new(),
    }
}

/// The findings about a pool of mailstores with these volumes: host, used and usable bytes.
pub(super) fn mail_pool(volumes: &[(&str, Series, f64)], context: &Context) -> Vec<Finding> {
    let pool = context.platform.pool("mailstore").unwrap();
    let answer = |(host, used, usable): &(&str, Series, f64)| {
        volume_findings(&volume(host, used.clone(), *usable), Some(pool), context)
    };
    pool_findings(pool, volumes.iter().map(answer).collect(), &Mailboxes::default(), context)
}

/// A little that is the same in every run: no day is like the next one, and five of them nearly make up for each other.
pub(super) fn noise(days: f64) -> f64 {
    [0.0, 0.7, -0.4, 0.2, -0.6][days.floor().rem_euclid(5.0) as usize]
}

/// The days and dates of a finding that says when something is full.
pub(super) fn exhaustion(finding: &Finding) -> &Exhaustion {
    match &finding.verdict {
        Verdict::Fills(exhaustion) => exhaustion,
        _ => panic!("{}", finding.headline),
    }
}

/// A number of the evidence by its name.
pub(super) fn fact(finding: &Finding, name: &str) -> Option<f64> {
    match finding.evidence.facts.iter().find(|fact| fact.name == name)?.quantity {
        Quantity::Number { value, .. } | Quantity::PerDay { value, .. } | Quantity::Days { value } => {
            Some(value)
        }
        Quantity::OnDate { value, .. } => Some(value),
        Quantity::Text { .. } => None,
    }
}

/// What a run has foretold of a volume at this level below this mark: nothing but that it stays as it is.
pub(super) fn foretold(as_of: i64, level: f64, mark: f64) -> Foretold {
    let ahead = |&days: &i64| Ahead { days, p5: level, p50: level, p95: level };
    Foretold {
        id: EventId("disk-full/ms01/var/mail".to_owned()),
        kind: Kind::VolumeExhaustion,
        verdict: "fills_beyond".to_owned(),
        as_of,
        from_day: as_of.div_euclid(DAY),
        level,
        mark,
        later_marks: Vec::new(),
        per_day: 0.0,
        horizon_days: 365.0,
        runway: Runway { p5_days: None, p50_days: None, p95_days: None },
        ahead: DISTANCES.iter().map(ahead).collect(),
        parts: Vec::new(),
    }
}
