//! Departures: one host whose disk grows as that of no other host of its pool does. A spam run, a purge that no longer
//! runs, a log that nobody rotates: the trouble is that host's, and no disk needs to be ordered. A pool that grows
//! faster as a whole is no departure but a matter of planning, and is told with the pool.
//!
//! A growth is the median slope (Theil–Sen) of the daily levels, one-off steps taken out, relative to the level. A host
//! departs if its growth of the last three weeks lies far above the median of the others', in robust standard
//! deviations of theirs (median absolute deviation) and in percent, and as far above its own of the quarter before: what
//! has always grown faster is no news.

use super::{
    Decision, Departure, EventId, Evidence, Finding, Kind, Line, Severity, Subject, Verdict, VolumeAnswer,
    wording,
};
use crate::{
    models::theil_sen,
    platform::{Measure, Pool, Unit},
    series::{DAY, level_on, mad, median},
};

/// Days of late: three weeks even out weekends, and are short enough to notice what has begun.
const RECENT_DAYS: i64 = 21;
/// … and fewest of them with a level.
const LEAST_RECENT: usize = 14;
/// Days before these: a quarter, as the drift model looks at, and fewest of them with a level.
const BEFORE_DAYS: i64 = 91;
const LEAST_BEFORE: usize = 28;
/// Fewest others: of three, one odd one moves the median.
const LEAST_PEERS: usize = 4;
/// The others' growth is never taken to be more alike than this share of its median, and this many percent a month:
/// among few hosts, chance makes their spread small.
const LEAST_SPREAD: (f64, f64) = (0.25, 0.5);
/// A level that ended this many days before the plan says nothing of late.
const FRESH_DAYS: i64 = 3;
/// A retention job that is late by this many of its periods has stopped.
const OVERDUE: f64 = 2.0;

/// A pool grows together from so large a share of its volumes on that grow faster than before …
const TOGETHER_SHARE: f64 = 0.8;
/// … whose median growth is this many times that before, and so many percent a month more.
const TOGETHER_FACTOR: f64 = 1.5;
const TOGETHER_PERCENT: f64 = 1.0;

/// A volume's growth, in percent of its level a month.
#[derive(Debug, Clone)]
pub(super) struct Growing<'a> {
    volume: &'a VolumeAnswer,
    days: Vec<(i64, f64)>,
    recent: f64,
    before: f64,
}

impl<'a> Growing<'a> {
    /// `None` where the history is too short or ended, or where a retention job makes the level a saw.
    pub(super) fn of(volume: &'a VolumeAnswer, as_of: i64) -> Option<Self> {
        let level = volume.level.as_ref()?;
        let days = level.net_days();
        let &(last, now) = days.last()?;
        if as_of.div_euclid(DAY) - last > FRESH_DAYS || now <= 0.0 {
            return None;
        }
        let overdue = |last: i64, period: f64| (as_of - last) as f64 / DAY as f64 > OVERDUE * period;
        if level.steps.retention.is_some_and(|job| !overdue(job.last, job.period_days)) {
            return None;
        }
        let percent = |from: i64, until: i64, least: usize| {
            let span = &days[days.partition_point(|d| d.0 <= from)..days.partition_point(|d| d.0 <= until)];
            let (x, y): (Vec<f64>, Vec<f64>) = span.iter().map(|d| (d.0 as f64, d.1)).unzip();
            (span.len() >= least).then(|| theil_sen(&x, &y)).flatten().map(|slope| 3_000.0 * slope / now)
        };
        let recent = percent(last - RECENT_DAYS, last, LEAST_RECENT)?;
        let before = percent(last - RECENT_DAYS - BEFORE_DAYS, last - RECENT_DAYS, LEAST_BEFORE)?;
        Some(Growing { volume, days, recent, before })
    }
}

/// What is mounted alike is used alike: `/var/mail` and `/var/mail2`.
pub(super) fn stem(volume: &VolumeAnswer) -> &str {
    volume.labels.get("volume").unwrap_or_default().trim_end_matches(|c: char| c.is_ascii_digit())
}

/// The hosts that depart from a pool, in the order of its volumes.
pub(super) fn departures(pool: &Pool, volumes: &[VolumeAnswer], as_of: i64) -> Vec<Finding> {
    let growing: Vec<Growing> = volumes.iter().filter_map(|volume| Growing::of(volume, as_of)).collect();
    let judged = growing.iter().enumerate().filter_map(|(i, one)| {
        let peers: Vec<&Growing> = growing
            .iter()
            .enumerate()
            .filter(|(j, other)| *j != i && stem(other.volume) == stem(one.volume))
            .map(|(_, other)| other)
            .collect();
        let departure = departure(pool, one, &peers)?;
        Some(finding(pool, one, &peers, departure))
    });
    judged.collect()
}

fn departure(pool: &Pool, one: &Growing, peers: &[&Growing]) -> Option<Departure> {
    if peers.len() < LEAST_PEERS {
        return None;
    }
    let mut rates: Vec<f64> = peers.iter().map(|peer| peer.recent).collect();
    let usual = median(&mut rates)?;
    let spread = mad(&mut rates)?.max(LEAST_SPREAD.0 * usual.abs()).max(LEAST_SPREAD.1);
    let (beyond, faster) = (one.recent - usual, one.recent - one.before);
    let (sigmas, percent) = (pool.planning.departs_sigmas, pool.planning.departs_percent);
    let far = percent.max(sigmas * spread);
    let departs = beyond >= far && faster >= far;
    departs.then(|| Departure {
        percent_per_month: one.recent,
        percent_per_month_before: one.before,
        peers_percent_per_month: usual,
        sigmas: beyond / spread,
        peers: u32::try_from(peers.len()).unwrap_or(u32::MAX),
    })
}

fn finding(pool: &Pool, one: &Growing, peers: &[&Growing], departure: Departure) -> Finding {
    let volume = one.volume;
    let label = |name: &str| volume.labels.get(name).unwrap_or_default();
    let rate = |percent: f64| format!("{} a month", wording::hundredths(percent));
    let early = volume.findings.iter().filter_map(|finding| match &finding.verdict {
        Verdict::Fills(exhaustion) => exhaustion.runway.p5_days,
        Verdict::FillsBeyond { runway, .. } => runway.p5_days,
        _ => None,
    });
    // It is one host's trouble; what makes it urgent is that its disk may be full before anything else helps.
    let urgent = early.min_by(f64::total_cmp).is_some_and(|days| days <= pool.lead_time_days);
    let look = format!(
        "look at what grows on {}: a spam run, a purge that no longer runs and a log that nobody rotates look like this",
        if label("host").is_empty() { &volume.name } else { label("host") }
    );
    let rule = format!(
        "at least {} robust standard deviations of the others and {} % a month above their median, and as far above \
         itself in the {BEFORE_DAYS} days before",
        pool.planning.departs_sigmas, pool.planning.departs_percent
    );
    Finding {
        id: EventId::of(Kind::Departure, &[label("host"), label("volume")]),
        kind: Kind::Departure,
        severity: if urgent { Severity::Warning } else { Severity::Info },
        subject: Subject {
            name: volume.name.clone(),
            pool: Some(pool.name.clone()),
            role: Some(pool.role),
            measure: Measure::DiskUsed,
            labels: volume.labels.clone(),
        },
        headline: format!(
            "{} grows by {}, the {} others of its pool by {}",
            volume.name,
            rate(departure.percent_per_month),
            departure.peers,
            rate(departure.peers_percent_per_month)
        ),
        advice: if urgent {
            format!("Act now: {look}; it may be full before new disk is there.")
        } else {
            format!("Have a {look}.")
        },
        evidence: Evidence {
            unit: Unit::Bytes,
            lines: lines(one, peers),
            model: "median slopes of the daily levels, one-off steps taken out, relative to the level"
                .to_owned(),
            ..Evidence::of_facts(vec![
                wording::text("growth of late", rate(departure.percent_per_month)),
                wording::text("growth before", rate(departure.percent_per_month_before)),
                wording::text("growth of the others", rate(departure.peers_percent_per_month)),
                wording::text("apart", format!("{:.1} robust standard deviations", departure.sigmas)),
                wording::number("others", f64::from(departure.peers), Unit::Count),
                wording::text("rule", rule),
            ])
        },
        verdict: Verdict::Departs(departure),
        decision: Decision::default(),
        what_if: Vec::new(),
        earlier: None,
    }
}

/// The host's level, and what it would have been had it grown as the others did from the first day on.
fn lines(one: &Growing, peers: &[&Growing]) -> Vec<Line> {
    let last = one.days.last().map_or(0, |d| d.0);
    let first = one.days.first().map_or(last, |d| d.0).max(last - RECENT_DAYS - BEFORE_DAYS);
    let start = level_on(&one.days, first);
    let as_others = |day: i64| {
        let grown = peers.iter().filter_map(|peer| {
            let from = level_on(&peer.days, first).filter(|&from| from > 0.0)?;
            Some(level_on(&peer.days, day)? / from)
        });
        Some(start? * median(&mut grown.collect::<Vec<f64>>())?)
    };
    let own = |day: i64| one.days.binary_search_by_key(&day, |d| d.0).ok().map(|at| one.days[at].1);
    vec![
        super::lines::of_days("used", first, (first..=last).map(own).collect()),
        super::lines::of_days("as the others grew", first, (first..=last).map(as_others).collect()),
    ]
}

/// What is told of a pool that grows faster as a whole; `None` where it does not, or has too few volumes to say so.
pub(super) fn together(volumes: &[&VolumeAnswer], as_of: i64) -> Option<String> {
    let growing: Vec<Growing> = volumes.iter().filter_map(|volume| Growing::of(volume, as_of)).collect();
    let faster = growing.iter().filter(|one| one.recent > one.before).count();
    let of = growing.len();
    let recent = median(&mut growing.iter().map(|one| one.recent).collect::<Vec<_>>())?;
    let before = median(&mut growing.iter().map(|one| one.before).collect::<Vec<_>>())?;
    let moved = faster as f64 >= TOGETHER_SHARE * of as f64
        && recent >= TOGETHER_FACTOR * before
        && recent - before >= TOGETHER_PERCENT;
    (of > LEAST_PEERS && moved).then(|| {
        let [recent, before] = [recent, before].map(wording::hundredths);
        format!("{faster} of {of} volumes grow faster than in the quarter before: {recent} a month, {before} before")
    })
}

#[cfg(test)]
mod tests;
