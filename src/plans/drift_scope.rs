//! One or all: whether a host moves alone or its pool moves together, and whether its level is apart from its peers'.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::{
    platform::{Labels, Measure},
    series::{mad, median},
};

/// Fewer hosts than this are no pool to compare with.
pub(super) const LEAST_HOSTS: usize = 3;
/// Fewer hosts than this do not say how much levels differ from host to host.
const LEAST_LEVELS: usize = 4;
/// From this share of its hosts on, a pool moves together.
const POOL_SHARE: f64 = 0.5;
/// Up to this share, each of them moves by itself.
const LOCAL_SHARE: f64 = 1.0 / 3.0;
/// A host whose level is this many robust deviations above its peers' median …
const APART: f64 = 4.0;
/// … and at least this share above it, is apart.
const LEAST_APART: f64 = 0.3;

/// Whom a finding concerns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// One host among many: drain or replace it.
    Local,
    /// A pool that moves together: something is short.
    Pool,
}

/// A host beside the others of its pool, in the same measure.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Peers {
    /// Hosts of the pool that were judged, this one among them.
    pub hosts: usize,
    /// How many of them rise.
    pub rising: usize,
    /// Percent that this host's level is above the median of the others.
    pub above_percent: f64,
    /// Whether that is far more than the others differ among themselves.
    pub apart: bool,
}

/// A series of one host: what is needed to compare it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Member<'a> {
    pub(super) measure: Measure,
    pub(super) labels: &'a Labels,
    pub(super) pool: Option<&'a str>,
    /// The level now, above zero.
    pub(super) level: Option<f64>,
    pub(super) rises: bool,
}

/// What hosts that are compared have in common: the measure, the pool, and the labels but for the host.
type Alike<'a> = (Measure, &'a str, Vec<(&'a str, &'a str)>);

/// Each member beside those of its pool with the same measure and the same labels but for the host. `None` for what
/// belongs to no pool or has too few peers.
pub(super) fn peers(members: &[Member<'_>]) -> Vec<Option<Peers>> {
    let mut groups: BTreeMap<Alike<'_>, Vec<usize>> = BTreeMap::new();
    for (i, member) in members.iter().enumerate() {
        let (Some(pool), Some(_), Some(_)) = (member.pool, member.labels.get("host"), member.level) else {
            continue;
        };
        let rest = member.labels.iter().filter(|(name, _)| *name != "host").collect();
        groups.entry((member.measure, pool, rest)).or_default().push(i);
    }
    let mut found = vec![None; members.len()];
    for group in groups.values().filter(|group| group.len() >= LEAST_HOSTS) {
        let rising = group.iter().filter(|&&i| members[i].rises).count();
        for &i in group {
            let others = group.iter().filter(|&&j| j != i).filter_map(|&j| members[j].level);
            let (above, apart) = beside(members[i].level, others.filter(|l| *l > 0.0).map(f64::ln).collect());
            found[i] = Some(Peers { hosts: group.len(), rising, above_percent: above, apart });
        }
    }
    found
}

/// Percent above the median of the others' logarithms, and whether that is apart.
fn beside(level: Option<f64>, mut others: Vec<f64>) -> (f64, bool) {
    let (Some(level), Some(middle)) = (level.filter(|l| *l > 0.0), median(&mut others)) else {
        return (0.0, false);
    };
    let above = level.ln() - middle;
    let spread = mad(&mut others).unwrap_or(0.0);
    let apart = others.len() + 1 >= LEAST_LEVELS && above > APART * spread && above.exp_m1() >= LEAST_APART;
    (100.0 * above.exp_m1(), apart)
}

/// Whom a rise, or a level that is apart, concerns; `None` where neither can be said.
pub(super) fn scope(rises: bool, peers: Option<Peers>) -> Option<Scope> {
    let peers = peers?;
    let share = peers.rising as f64 / peers.hosts as f64;
    match rises {
        true if share >= POOL_SHARE => Some(Scope::Pool),
        true if share <= LOCAL_SHARE => Some(Scope::Local),
        false if peers.apart => Some(Scope::Local),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Hosts of one pool by (level, rises).
    fn judged(hosts: &[(f64, bool)]) -> Vec<(Option<Peers>, Option<Scope>)> {
        let labels: Vec<Labels> =
            (0..hosts.len()).map(|i| Labels::from([("host", format!("out{i:02}").as_str())])).collect();
        let member = |(labels, &(level, rises))| Member {
            measure: Measure::DeliveryDelay,
            labels,
            pool: Some("outbound"),
            level: Some(level),
            rises,
        };
        let members: Vec<Member<'_>> = labels.iter().zip(hosts).map(member).collect();
        peers(&members).into_iter().zip(hosts).map(|(peers, host)| (peers, scope(host.1, peers))).collect()
    }

    #[test]
    fn one_host_of_ten_that_rises_is_local_and_nine_are_the_pool() {
        let mut hosts = vec![(1.0, false); 10];
        hosts[3].1 = true;
        let found = judged(&hosts);
        assert_eq!(found[3].1, Some(Scope::Local));
        assert_eq!(found[3].0.map(|peers| (peers.hosts, peers.rising)), Some((10, 1)));
        assert!(found.iter().enumerate().all(|(i, one)| i == 3 || one.1.is_none()));
        let mut hosts = vec![(1.0, true); 10];
        hosts[3].1 = false;
        let found = judged(&hosts);
        assert_eq!((found[0].1, found[3].1), (Some(Scope::Pool), None));
    }

    #[test]
    fn between_a_third_and_a_half_it_is_neither() {
        // 4 of 10 are more than a third and less than a half.
        let hosts: Vec<(f64, bool)> = (0..10).map(|i| (1.0, i < 4)).collect();
        assert!(judged(&hosts).iter().all(|one| one.1.is_none()));
    }

    #[test]
    fn a_level_far_above_the_peers_is_local_and_their_own_spread_is_none() {
        // The median of 1.0, 1.1, 0.9, 1.05 is 1.025; 2.05 is twice that.
        let found = judged(&[(1.0, false), (1.1, false), (0.9, false), (1.05, false), (2.05, false)]);
        let slow = found[4].0.unwrap();
        // On logarithms the median of the others is that of 1.0 and 1.05: 2.05 / √1.05 - 1 = 100.06 %.
        assert!(slow.apart && (slow.above_percent - 100.06).abs() < 0.01, "{slow:?}");
        assert_eq!(found[4].1, Some(Scope::Local));
        assert!(found[..4].iter().all(|one| !one.0.unwrap().apart));
        // Levels that double from host to host anyway put none apart.
        let spread = judged(&[(1.0, false), (2.0, false), (4.0, false), (8.0, false), (9.0, false)]);
        assert!(spread.iter().all(|one| one.1.is_none()));
    }

    #[test]
    fn two_hosts_and_hosts_of_no_pool_have_no_peers() {
        assert!(judged(&[(1.0, true), (5.0, false)]).iter().all(|one| one.0.is_none()));
        let labels = Labels::from([("probe", "inbound")]);
        let alone = Member {
            measure: Measure::ProbeDuration,
            labels: &labels,
            pool: None,
            level: Some(1.0),
            rises: true,
        };
        assert_eq!(peers(&vec![alone; 5]), vec![None; 5]);
    }
}
