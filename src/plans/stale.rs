//! Stale series: what has stopped answering.

use std::collections::BTreeMap;

use super::{Context, EventId, Evidence, Finding, Kind, Severity, Subject, Verdict, wording};
use crate::{
    platform::{Labels, Measure, SeriesKey, Unit},
    series::DAY,
};

/// A series is stale when it is silent for this many of its steps …
const STEPS: i64 = 3;
/// … and for a day: a night without monitoring is no vanished host.
const LEAST: i64 = DAY;
/// After a quarter of silence it was taken away on purpose.
const GONE: i64 = 90 * DAY;

/// When a series was last heard of.
#[derive(Debug, Clone)]
pub struct LastSeen {
    /// The series.
    pub key: SeriesKey,
    /// Its last sample, in seconds since 1970-01-01 UTC.
    pub time: i64,
    /// Its usual distance between samples, in seconds.
    pub step: i64,
}

/// One finding for each host all of whose series have stopped, and one for each measure of a host (or of none)
/// of which all series have, where the host still answers others.
pub fn stale_findings(series: &[LastSeen], context: &Context) -> Vec<Finding> {
    let mut hosts: BTreeMap<&str, Vec<&LastSeen>> = BTreeMap::new();
    for seen in series {
        hosts.entry(seen.key.labels.get("host").unwrap_or_default()).or_default().push(seen);
    }
    let silent = |seen: &LastSeen| context.as_of - seen.time > LEAST.max(STEPS * seen.step);
    let mut findings = Vec::new();
    for (host, all) in hosts {
        // A monitoring server goes on saying that a host is down: that is no sign of life.
        let own: Vec<&&LastSeen> = all.iter().filter(|s| s.key.measure != Measure::HostUp).collect();
        if !host.is_empty() && !own.is_empty() && own.iter().all(|s| silent(s)) {
            findings.extend(finding(host, None, &all, context));
            continue;
        }
        let mut measures: BTreeMap<Measure, Vec<&LastSeen>> = BTreeMap::new();
        for &seen in &all {
            measures.entry(seen.key.measure).or_default().push(seen);
        }
        for (measure, of_measure) in measures {
            if of_measure.iter().all(|s| silent(s)) {
                findings.extend(finding(host, Some(measure), &of_measure, context));
            }
        }
    }
    findings
}

fn finding(host: &str, only: Option<Measure>, series: &[&LastSeen], context: &Context) -> Option<Finding> {
    let last = series.iter().filter(|s| s.key.measure != Measure::HostUp).max_by_key(|s| s.time)?;
    let pool = context.platform.pool_of(host);
    let name = match (host, only) {
        ("", _) => last.key.to_string(),
        (host, Some(measure)) => format!("{measure} of {host}"),
        (host, None) => format!("host {host}"),
    };
    let gone = context.as_of - last.time > GONE;
    let silent = wording::days((context.as_of - last.time) as f64 / DAY as f64);
    let labels = if host.is_empty() { last.key.labels.clone() } else { Labels::from([("host", host)]) };
    let measure = only.map_or("all", Measure::name);
    Some(Finding {
        id: if host.is_empty() {
            EventId::of(Kind::Stale, &[measure, &labels.to_string()])
        } else {
            EventId::of(Kind::Stale, &[host, measure])
        },
        kind: Kind::Stale,
        severity: if gone { Severity::Info } else { Severity::Warning },
        subject: Subject {
            name: name.clone(),
            pool: pool.map(|p| p.name.clone()),
            role: pool.map(|p| p.role),
            measure: only.unwrap_or(Measure::HostUp),
            labels,
        },
        verdict: Verdict::Stale { since: last.time },
        headline: format!(
            "{name} has sent nothing for {silent}, since {}",
            wording::date(context.date(last.time))
        ),
        advice: if gone {
            "If it was taken away, nothing to do.".to_owned()
        } else {
            "Find out whether it is down or only its monitoring is; nothing can be said of it meanwhile."
                .to_owned()
        },
        evidence: Evidence {
            unit: Unit::Count,
            lines: Vec::new(),
            band: None,
            thresholds: Vec::new(),
            marks: Vec::new(),
            week: None,
            facts: vec![wording::number("series", series.len() as f64, Unit::Count)],
            model: String::new(),
            backtest: None,
        },
    })
}
