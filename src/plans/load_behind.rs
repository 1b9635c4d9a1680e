//! Loads: which one is behind which latency, queue or probe.

use std::sync::Arc;

use super::Context;
use crate::{
    archive::Column,
    platform::{Labels, Measure, Pool, Probe, Role},
    series::{Fold, HOUR, HostLoad, Series, grid, total_load},
};

/// The loads that a measure may depend on, and is judged without, the likeliest first.
pub fn loads_behind(measure: Measure) -> &'static [Measure] {
    match measure {
        Measure::DeliveryDelay => &[Measure::LoadMessages],
        Measure::ResponseTime => &[Measure::LoadSessions, Measure::LoadConnections, Measure::LoadMessages],
        _ => &[],
    }
}

/// The loads that a measure may rise with, the likeliest first.
pub fn capacity_loads(measure: Measure) -> &'static [Measure] {
    match measure {
        Measure::DeliveryDelay | Measure::QueueDepth | Measure::QueueAge => &[Measure::LoadMessages],
        Measure::ResponseTime
        | Measure::ProbeDuration
        | Measure::LoadCpu
        | Measure::LoadMemory
        | Measure::DiskBusy => &[Measure::LoadSessions, Measure::LoadConnections, Measure::LoadMessages],
        _ => &[],
    }
}

/// A load behind a series.
pub(super) struct Behind<'a> {
    pub(super) measure: Measure,
    /// By the hour.
    pub(super) load: Series,
    /// The pool whose load it is, where a probe waits for a whole pool.
    pub(super) pool: Option<&'a Pool>,
}

/// The hourly load of the same host or pool; of a probe, that of the one pool which does what it asks for. `None` where there
/// is none, or where several would have to be told apart.
pub(super) fn behind<'a>(
    measure: Measure,
    labels: &Labels,
    loads: &[(Measure, Arc<[Column]>)],
    context: &Context<'a>,
) -> Option<Behind<'a>> {
    if measure == Measure::ProbeDuration {
        return behind_probe(labels, loads, context);
    }
    let (measure, column) = own_load(labels, loads)?;
    Some(Behind { measure, load: grid(&column.points, HOUR, Fold::Mean), pool: None })
}

/// The load of the same host, or of the same pool where a source names that; `None` where there is none, or where several
/// would have to be told apart.
pub(super) fn own_load<'a>(
    labels: &Labels,
    loads: &'a [(Measure, Arc<[Column]>)],
) -> Option<(Measure, &'a Column)> {
    let own = whose(labels)?;
    loads.iter().find_map(|(measure, columns)| {
        let mut same = columns.iter().filter(|column| whose(&column.labels) == Some(own));
        let (Some(column), None) = (same.next(), same.next()) else { return None };
        Some((*measure, column))
    })
}

fn whose(labels: &Labels) -> Option<&str> {
    labels.get("host").or(labels.get("pool"))
}

/// Whose work a probe waits for, the likeliest first, and what that work is counted in.
fn waits_for(probe: Probe) -> (&'static [Role], &'static [Measure]) {
    const SESSIONS: &[Measure] = &[Measure::LoadSessions, Measure::LoadConnections];
    match probe {
        Probe::ImapLoginRead => (&[Role::ImapProxy, Role::Mailstore], SESSIONS),
        Probe::Inbound => (&[Role::Mx], &[Measure::LoadMessages]),
        Probe::Outbound => (&[Role::Outbound, Role::Smtp], &[Measure::LoadMessages]),
        Probe::WebmailLogin | Probe::FolderSwitch | Probe::Calendar | Probe::Contacts => {
            (&[Role::Webmail], SESSIONS)
        }
    }
}

fn behind_probe<'a>(
    labels: &Labels,
    loads: &[(Measure, Arc<[Column]>)],
    context: &Context<'a>,
) -> Option<Behind<'a>> {
    let probe = Probe::ALL.iter().find(|probe| labels.get("probe") == Some(probe.name()))?;
    let (roles, measures) = waits_for(*probe);
    roles.iter().find_map(|role| {
        let mut pools = context.platform.pools.iter().filter(|pool| pool.role == *role);
        let (Some(pool), None) = (pools.next(), pools.next()) else { return None };
        measures.iter().find_map(|measure| {
            let (_, columns) = loads.iter().find(|(of, _)| of == measure)?;
            let load = of_pool(pool, columns);
            (!load.is_empty()).then_some(Behind { measure: *measure, load, pool: Some(pool) })
        })
    })
}

/// The load of all servers of a pool together.
fn of_pool(pool: &Pool, columns: &[Column]) -> Series {
    let host = |column: &Column| HostLoad {
        host: column.labels.to_string(),
        load: grid(&column.points, HOUR, Fold::Mean),
    };
    let hosts: Vec<HostLoad> = columns.iter().filter(|c| pool.owns(&c.labels)).map(host).collect();
    total_load(&hosts, pool.scales_out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        plans::fixture::{AS_OF, at, platform},
        sources::Points,
    };

    fn column(labels: &[(&str, &str)], value: f64) -> Column {
        let mut kept = Labels::new();
        labels.iter().for_each(|(name, value)| kept.set(*name, *value));
        let mut points = Points::default();
        (-3..0).for_each(|hour| points.push(AS_OF + hour * HOUR, value));
        Column { labels: kept, points }
    }

    fn pool(name: &str, role: &str, hosts: &str) -> String {
        format!("[[pool]]\nname = \"{name}\"\nrole = \"{role}\"\nhosts = [\"{hosts}\"]\n")
    }

    #[test]
    fn a_host_has_its_own_load_and_a_probe_that_of_its_pool() {
        let tables = pool("mx", "mx", "mx*") + &pool("outbound", "outbound", "out*");
        let platform = platform(&tables);
        let context = at(&platform);
        let loads = [(
            Measure::LoadMessages,
            [
                column(&[("host", "mx01")], 3.0),
                column(&[("host", "mx02")], 4.0),
                column(&[("host", "out01")], 9.0),
            ]
            .into(),
        )];
        let of = |measure, labels: &[(&str, &str)]| {
            behind(measure, &column(labels, 0.0).labels, &loads, &context)
                .map(|b| (b.measure, b.load.get(0), b.pool.map(|pool| pool.name.as_str())))
        };
        let messages = |load, pool| Some((Measure::LoadMessages, Some(load), pool));
        assert_eq!(of(Measure::DeliveryDelay, &[("host", "mx02")]), messages(4.0, None));
        assert_eq!(of(Measure::QueueDepth, &[("host", "out01"), ("queue", "active")]), messages(9.0, None));
        assert_eq!(of(Measure::DeliveryDelay, &[("host", "ms01")]), None);
        assert_eq!(of(Measure::ProbeDuration, &[("probe", "inbound")]), messages(7.0, Some("mx")));
        assert_eq!(of(Measure::ProbeDuration, &[("probe", "outbound")]), messages(9.0, Some("outbound")));
        // Nobody is webmail here, and nothing counts its sessions.
        assert_eq!(of(Measure::ProbeDuration, &[("probe", "webmail_login")]), None);
    }

    #[test]
    fn two_pools_of_one_role_are_not_told_apart() {
        let tables = pool("mx", "mx", "mx*") + &pool("mx-east", "mx", "east*");
        let platform = platform(&tables);
        let loads = [(Measure::LoadMessages, [column(&[("host", "mx01")], 3.0)].into())];
        let labels = column(&[("probe", "inbound")], 0.0).labels;
        assert!(behind(Measure::ProbeDuration, &labels, &loads, &at(&platform)).is_none());
    }
}
