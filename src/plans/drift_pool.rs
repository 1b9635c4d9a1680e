//! A pool's own level of a latency or a queue: what most of its hosts do, hour by hour.

use std::collections::BTreeMap;

use super::{
    Context, Finding, Kind, Peers, Scope, Severity, Verdict,
    drift_scope::{LEAST_HOSTS, Member},
};
use crate::{
    archive::Column,
    platform::Labels,
    series::{Fold, HOUR, Series, grid, median},
};

/// An hour in which fewer than this share of the hosts have a value does not tell what most of them do.
const LEAST_PRESENT: f64 = 0.5;

/// The series of one pool's hosts that are alike but for the host.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct OfPool<'a> {
    /// The pool's name as `pool`, and what the labels of its hosts have in common.
    pub(super) labels: Labels,
    columns: Vec<&'a Column>,
}

/// The pools of which at least three hosts answer.
pub(super) fn of_pools<'a>(columns: &'a [Column], context: &Context<'_>) -> Vec<OfPool<'a>> {
    of_pools_from(LEAST_HOSTS, columns, context)
}

/// The pools of which at least so many hosts answer, in the order of their labels. Of series that name their pool
/// themselves there is nothing to put together.
pub(super) fn of_pools_from<'a>(
    least: usize,
    columns: &'a [Column],
    context: &Context<'_>,
) -> Vec<OfPool<'a>> {
    let mut pools: BTreeMap<Labels, Vec<&Column>> = BTreeMap::new();
    for column in columns.iter().filter(|column| column.labels.get("pool").is_none()) {
        let Some(labels) = as_of_pool(&column.labels, context) else { continue };
        pools.entry(labels).or_default().push(column);
    }
    let enough = pools.into_iter().filter(|(_, columns)| columns.len() >= least);
    enough.map(|(labels, columns)| OfPool { labels, columns }).collect()
}

/// The labels of what a host's pool has of the same: with `pool` for `host`. `None` for a host of no pool, and for what is of no
/// host.
pub(super) fn as_of_pool(labels: &Labels, context: &Context<'_>) -> Option<Labels> {
    let pool = context.platform.pool_of(labels.get("host")?)?;
    Some(labels.clone().without("host").with("pool", &pool.name))
}

impl OfPool<'_> {
    /// The typical host's value of each hour.
    pub(super) fn hours(&self) -> Series {
        let hosts: Vec<Series> =
            self.columns.iter().map(|column| grid(&column.points, HOUR, Fold::Median)).collect();
        typical(&hosts)
    }
}

/// The median over hosts of each hour, each host relative to its own usual level, so that a host which comes, goes or is
/// silent for a while is no step; in the unit of the hosts. Where a host's usual level is zero, as of an empty queue, the
/// median of the values as they are.
fn typical(hosts: &[Series]) -> Series {
    let usual: Vec<f64> = hosts
        .iter()
        .filter_map(|host| median(&mut host.present().map(|(_, value)| value).collect::<Vec<_>>()))
        .collect();
    let relative = usual.len() == hosts.len() && usual.iter().all(|level| *level > 0.0);
    let level = median(&mut usual.clone()).unwrap_or(0.0);
    let ratio = |host: usize| if relative { level / usual[host] } else { 1.0 };
    let filled = hosts.iter().filter(|host| !host.is_empty());
    let start = filled.clone().map(|host| host.time(0)).min().unwrap_or(0);
    let end = filled.map(|host| host.time(host.len())).max().unwrap_or(start);
    let least = (LEAST_PRESENT * hosts.len() as f64).ceil() as usize;
    let mut present = Vec::with_capacity(hosts.len());
    let slots = (start..end).step_by(HOUR as usize).map(|time| {
        present.clear();
        let value = |(i, host): (usize, &Series)| Some(ratio(i) * host.get(host.slot(time)?)?);
        present.extend(hosts.iter().enumerate().filter_map(value));
        (present.len() >= least).then(|| median(&mut present)).flatten()
    });
    Series::from_slots(start, HOUR, slots.collect::<Vec<_>>())
}

/// Whether the labels of a pool and of a host have all in common but for pool and host.
fn alike(pool: &Labels, host: &Labels) -> bool {
    pool.clone().without("pool") == host.clone().without("host")
}

/// How many hosts of each pool among `members` were judged, and how many of them rise; `peers` are those of the members.
pub(super) fn hosts_that_rise(
    pool: &Member<'_>,
    members: &[Member<'_>],
    peers: &[Option<Peers>],
) -> Option<Peers> {
    let own = |member: &Member<'_>| {
        member.measure == pool.measure && member.pool == pool.pool && alike(pool.labels, member.labels)
    };
    let (_, peers) = members.iter().zip(peers).find(|(member, peers)| peers.is_some() && own(member))?;
    peers.map(|peers| Peers { above_percent: 0.0, apart: false, ..peers })
}

/// Where a pool's finding tells a rise, each of its hosts that rises with it is no case of its own: it is told, and the
/// pool is what somebody is called for.
pub(super) fn one_call_a_pool(findings: &mut [Finding]) {
    let told: Vec<Finding> = findings
        .iter()
        .filter(|f| {
            matches!(f.kind, Kind::PoolDrift | Kind::PoolResource) && matches!(f.verdict, Verdict::Rises(_))
        })
        .cloned()
        .collect();
    for finding in findings.iter_mut().filter(|f| matches!(f.kind, Kind::Drift | Kind::Resource)) {
        let Verdict::Rises(size) = &finding.verdict else { continue };
        if size.scope != Some(Scope::Pool) {
            continue;
        }
        let (own, severity) = (&finding.subject, finding.severity);
        let of_pool = told.iter().find(|pool| {
            pool.subject.measure == own.measure
                && pool.subject.pool == own.pool
                && pool.severity >= severity
                && alike(&pool.subject.labels, &own.labels)
        });
        if let Some(pool) = of_pool {
            finding.severity = severity.min(Severity::Info);
            finding.advice = format!("See {}: it is no single host.", pool.subject.name);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        plans::fixture::{MAILSTORE, at, platform},
        sources::Points,
    };

    fn series(values: &[Option<f64>]) -> Series {
        Series::from_slots(0, HOUR, values.iter().copied())
    }

    #[test]
    fn the_typical_host_is_the_middle_of_all_relative_to_what_is_usual_of_each() {
        // Usual levels 1, 2 and 4, their median 2: all hosts doubled are 4; one that is ten times as slow changes nothing.
        let hosts = [
            series(&[Some(1.0), Some(1.0), Some(2.0), Some(10.0)]),
            series(&[Some(2.0), Some(2.0), Some(4.0), Some(2.0)]),
            series(&[Some(4.0), Some(4.0), Some(8.0), Some(4.0)]),
        ];
        // The medians of the first are 1.5 (type 7), of the second 2, of the third 4; the middle one is 2.
        let found: Vec<Option<f64>> = typical(&hosts).slots().collect();
        // Hour 3: 2·2/1.5 = 2.67, 4·2/2 = 4, 8·2/4 = 4. Hour 4: 10·2/1.5 = 13.3, 2, 2.
        assert_eq!(found, [Some(2.0), Some(2.0), Some(4.0), Some(2.0)]);
    }

    #[test]
    fn a_silent_host_is_no_step_and_half_of_the_hosts_must_speak() {
        let hosts = [
            series(&[Some(1.0), Some(1.0), Some(1.0), None]),
            series(&[Some(8.0), None, None, None]),
            series(&[Some(1.0), Some(1.0), None, Some(1.0)]),
        ];
        // Two of three are enough, one is not; the level is the middle of 1, 8 and 1.
        assert_eq!(typical(&hosts).slots().collect::<Vec<_>>(), [Some(1.0), Some(1.0), None, None]);
    }

    #[test]
    fn queues_that_are_mostly_empty_are_taken_as_they_are() {
        let hosts = [
            series(&[Some(0.0), Some(0.0), Some(6.0)]),
            series(&[Some(0.0), Some(0.0), Some(4.0)]),
            series(&[Some(5.0), Some(5.0), Some(5.0)]),
        ];
        assert_eq!(typical(&hosts).slots().collect::<Vec<_>>(), [Some(0.0), Some(0.0), Some(5.0)]);
    }

    #[test]
    fn hosts_are_put_together_by_pool_and_by_all_other_labels() {
        let column = |host: &str, queue: &str| {
            let mut points = Points::default();
            points.push(0, 1.0);
            Column { labels: Labels::from([("host", host), ("queue", queue)]), points }
        };
        let columns: Vec<Column> = ["ms01", "ms02", "ms03"]
            .iter()
            .flat_map(|host| ["active", "deferred"].map(|queue| column(host, queue)))
            .chain([column("mx01", "active"), column("mx02", "active"), column("mx03", "active")])
            .collect();
        let platform = platform(MAILSTORE);
        let found = of_pools(&columns, &at(&platform));
        let labels: Vec<Labels> = found.iter().map(|pool| pool.labels.clone()).collect();
        let of = |queue| Labels::from([("pool", "mailstore"), ("queue", queue)]);
        // The hosts mx* are of no pool, two hosts are no pool either.
        assert_eq!(labels, [of("active"), of("deferred")]);
        assert_eq!(of_pools(&columns[..4], &at(&platform)), []);
    }
}
