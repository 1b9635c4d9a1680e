//! Stale series: what has stopped answering.

use std::collections::BTreeMap;

use super::{Context, Decision, EventId, Evidence, Finding, Kind, Severity, Subject, Verdict, wording};
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
        // Without a host, each series is a subject of its own: of seven probes one may stop.
        let mut measures: BTreeMap<(Measure, Option<&Labels>), Vec<&LastSeen>> = BTreeMap::new();
        for &seen in &all {
            let own = host.is_empty().then_some(&seen.key.labels);
            measures.entry((seen.key.measure, own)).or_default().push(seen);
        }
        for ((measure, _), of_measure) in measures {
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
        evidence: Evidence::of_facts(vec![wording::number("series", series.len() as f64, Unit::Count)]),
        what_if: Vec::new(),
        earlier: None,
        decision: Decision::default(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        plans::fixture::{AS_OF, MAILSTORE, at, platform},
        series::HOUR,
    };

    /// A series of a host that was last heard of so many days ago.
    fn seen(host: &str, measure: Measure, days: f64, step: i64) -> LastSeen {
        let key = SeriesKey { measure, labels: Labels::from([("host", host)]) };
        LastSeen { key, time: AS_OF - (days * DAY as f64) as i64, step }
    }

    fn found(series: &[LastSeen]) -> Vec<Finding> {
        stale_findings(series, &at(&platform(MAILSTORE)))
    }

    #[test]
    fn a_host_that_stopped_is_one_finding_though_its_monitoring_says_that_it_is_down() {
        let found = found(&[
            seen("ms01", Measure::DiskUsed, 9.0, HOUR),
            seen("ms01", Measure::LoadCpu, 9.5, HOUR),
            seen("ms01", Measure::HostUp, 0.0, HOUR),
            seen("ms02", Measure::LoadCpu, 0.0, HOUR),
        ]);
        let [host] = &found[..] else { panic!("{found:?}") };
        assert_eq!((host.id.0.as_str(), host.severity), ("stale/ms01/all", Severity::Warning));
        assert_eq!(host.verdict, Verdict::Stale { since: AS_OF - 9 * DAY });
        // 9 days before 16 November.
        assert_eq!(host.headline, "host ms01 has sent nothing for 9 days, since 7 Nov 2026");
        assert_eq!(host.subject.pool.as_deref(), Some("mailstore"));
    }

    #[test]
    fn a_measure_that_stopped_on_a_living_host_is_one_finding() {
        let found = found(&[
            seen("ms01", Measure::DiskUsed, 9.0, HOUR),
            seen("ms01", Measure::DiskUsed, 12.0, HOUR),
            seen("ms01", Measure::LoadCpu, 0.0, HOUR),
        ]);
        let [measure] = &found[..] else { panic!("{found:?}") };
        assert_eq!(measure.id.0, "stale/ms01/disk.used");
        assert_eq!(measure.subject.measure, Measure::DiskUsed);
        assert!(measure.headline.starts_with("disk.used of ms01 has sent nothing for 9 days"));
    }

    #[test]
    fn silence_is_held_against_a_day_and_three_steps() {
        for (days, step, stale) in [
            (0.9, 300, false),
            (1.1, 300, true),
            (1.1, 6 * HOUR, true),
            (2.0, DAY, false),
            (3.0, DAY, false),
            (3.1, DAY, true),
        ] {
            let found = found(&[seen("ms01", Measure::DiskUsed, days, step)]);
            assert_eq!(!found.is_empty(), stale, "{days} days of silence, a sample each {step} s");
        }
    }

    #[test]
    fn what_has_been_silent_for_a_quarter_was_taken_away() {
        for (days, severity) in [(89.0, Severity::Warning), (100.0, Severity::Info)] {
            let found = found(&[seen("ms01", Measure::DiskUsed, days, HOUR)]);
            assert_eq!(found[0].severity, severity, "{days}");
        }
    }

    #[test]
    fn a_measure_of_no_host_is_named_by_its_series() {
        let key = SeriesKey { measure: Measure::ProbeDuration, labels: Labels::from([("probe", "inbound")]) };
        let found = found(&[LastSeen { key, time: AS_OF - 2 * DAY, step: HOUR }]);
        let [probe] = &found[..] else { panic!("{found:?}") };
        assert_eq!(probe.subject.name, "probe.duration{probe=\"inbound\"}");
        assert_eq!(probe.subject.labels, Labels::from([("probe", "inbound")]));
    }
}
