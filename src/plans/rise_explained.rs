//! Rises explained: which stage, host and pool a change of the delivery delay comes from.
//!
//! The course is the one that the drift was told to take. Each part of the mean delay, in seconds, is fitted with it
//! (`models::rise_parts`), so that the parts add up.

use std::collections::BTreeMap;

use super::{
    Context, DriftSize, Finding, Kind, Part, Parts, PoolParts, RiseExplained, SHIFT, Verdict, WayParts,
    rise_course::RiseCourse,
    rise_days::{HostDays, PoolDays},
    rise_ways::ways,
    rise_words, wording,
};
use crate::{
    models::{NoParts, PartChange, rise_parts},
    platform::Measure,
    series::Stages,
};

/// Tells each rise or fall of a delivery delay which stages, hosts and pools it comes from: typed, in the advice, and as a
/// fact where it cannot be told.
pub fn explain_rises(findings: &mut [Finding], delays: &[Stages], context: &Context<'_>) {
    let hosts: Vec<HostDays<'_>> = delays.iter().map(|one| HostDays::of(one, context)).collect();
    let last = context.clock().at(context.as_of).day;
    let pools = of_pools(findings, &hosts, last);
    for finding in findings.iter_mut() {
        let Some((size, whose)) = moving(finding) else { continue };
        let host = hosts.iter().find(|one| whose == Whose::Host(one.host));
        let pool = match whose {
            Whose::Host(_) => host.and_then(|host| host.pool),
            Whose::Pool(name) => context.platform.pool(name),
        };
        let Some(course) = RiseCourse::of(size, last) else { continue };
        let (Some(from), Some(until)) = (wording::local_date(course.from), wording::local_date(course.last))
        else {
            continue;
        };
        let own = host.and_then(|host| of_host(host, &course));
        let role = pool.map(|pool| pool.role);
        let pool = pool.and_then(|pool| pools.get(pool.name.as_str()));
        if let Some(Err(why)) = &own {
            finding.evidence.facts.push(wording::text("by stage", format!("cannot be told: {why}")));
        }
        let explained = RiseExplained {
            from,
            until,
            host: own.and_then(Result::ok),
            pool: pool.and_then(|pool| pool.parts.clone()),
            ways: pool.map(|pool| pool.ways.clone()).unwrap_or_default(),
        };
        if explained.host.is_none() && explained.pool.is_none() && explained.ways.is_empty() {
            continue;
        }
        if let Some(told) = rise_words::advice(&explained, role) {
            finding.advice = format!("{} {told}", finding.advice);
        }
        finding.decision.rise_explained = Some(explained);
    }
}

/// Whose delay it is that moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Whose<'a> {
    Host(&'a str),
    Pool(&'a str),
}

/// The size of a finding that a mean delivery delay moves, and whose it is.
fn moving(finding: &Finding) -> Option<(&DriftSize, Whose<'_>)> {
    let labels = &finding.subject.labels;
    // A quantile has no parts that add up, and a stage by itself is one.
    let mean = ["quantile", "stage"].iter().all(|label| labels.get(label).is_none());
    match &finding.verdict {
        Verdict::Rises(size) | Verdict::Falls(size)
            if finding.subject.measure == Measure::DeliveryDelay && mean =>
        {
            match (labels.get("host"), finding.kind) {
                (Some(host), _) => Some((size, Whose::Host(host))),
                (None, Kind::PoolDrift) => Some((size, Whose::Pool(finding.subject.pool.as_deref()?))),
                (None, _) => None,
            }
        }
        _ => None,
    }
}

/// A host's change by stage; `None` where its stages are not told apart.
fn of_host(host: &HostDays<'_>, course: &RiseCourse) -> Option<Result<Parts, NoParts>> {
    (host.stages.len() > 1).then(|| parts(&host.by_stage(course.first), course, host.stages))
}

/// The change of what is told by day, in named parts.
pub(super) fn parts(
    days: &[(i64, Vec<f64>)],
    course: &RiseCourse,
    names: &[impl AsRef<str>],
) -> Result<Parts, NoParts> {
    let found = rise_parts(days, |day| course.at(day))?;
    let part = |(name, (own, share)): (&str, (&PartChange, &PartChange))| Part {
        name: name.to_owned(),
        seconds: own.middle,
        low: own.low,
        high: own.high,
        share: share.middle,
        share_low: share.low,
        share_high: share.high,
    };
    let names = names.iter().map(AsRef::as_ref);
    let mut parts: Vec<Part> = names.zip(found.parts.iter().zip(&found.shares)).map(part).collect();
    parts.sort_by(|a, b| b.share.total_cmp(&a.share).then_with(|| a.name.cmp(&b.name)));
    let whole = found.whole;
    Ok(Parts { seconds: whole.middle, low: whole.low, high: whole.high, parts })
}

/// What is told of a pool.
#[derive(Debug, Clone, PartialEq)]
struct OfPool {
    parts: Option<PoolParts>,
    ways: Vec<WayParts>,
}

/// The pools with a host whose delay moves, by name.
fn of_pools<'a>(findings: &[Finding], hosts: &'a [HostDays<'a>], last: i64) -> BTreeMap<&'a str, OfPool> {
    let mut groups: BTreeMap<&str, Vec<&HostDays<'_>>> = BTreeMap::new();
    for host in hosts {
        if let Some(pool) = host.pool {
            groups.entry(pool.name.as_str()).or_default().push(host);
        }
    }
    let told = groups.iter().filter_map(|(name, group)| {
        let course = pool_course(findings, (name, group), last)?;
        let days = PoolDays::of(group, course.first);
        let ways = ways(&groups, group.first()?.pool?, &course);
        Some((*name, OfPool { parts: pool_parts(&days, &course), ways }))
    });
    told.collect()
}

/// The pool's own course; where it does not move as a whole, that of the host whose rise is the surest, or fall where none
/// rises.
fn pool_course(
    findings: &[Finding],
    (pool, group): (&str, &[&HostDays<'_>]),
    last: i64,
) -> Option<RiseCourse> {
    let own = findings.iter().filter_map(|finding| {
        let (size, whose) = moving(finding)?;
        let known = whose == Whose::Pool(pool) || group.iter().any(|one| whose == Whose::Host(one.host));
        let rises = matches!(finding.verdict, Verdict::Rises(_));
        known.then_some(((matches!(whose, Whose::Pool(_)), rises), size))
    });
    let surest = own.max_by(|a, b| a.0.cmp(&b.0).then(a.1.belief.total_cmp(&b.1.belief)))?;
    RiseCourse::of(surest.1, last)
}

fn pool_parts(days: &PoolDays<'_>, course: &RiseCourse) -> Option<PoolParts> {
    if days.hosts.len() < 2 {
        return None;
    }
    let hosts = with_shift(days.hosts.iter().map(|host| host.host));
    let by_host = parts(&days.by_host(), course, &hosts).ok()?;
    let by_stage = days
        .by_stage()
        .and_then(|(stages, days)| parts(&days, course, &with_shift(stages.iter().map(String::as_str))).ok());
    Some(PoolParts { by_host, by_stage, left_out: days.left_out })
}

fn with_shift<'a>(names: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    names.chain([SHIFT]).collect()
}

#[cfg(test)]
mod tests;
