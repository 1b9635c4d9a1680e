//! One or all: whether a host moves alone or its pool moves together, and whether its level is apart from its peers'.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::{
    platform::{Labels, Measure, OneOrAll},
    series::{mad, median},
};

/// Fewer hosts than this are no pool to compare with.
const LEAST_HOSTS: usize = 3;
/// Fewer hosts than this do not say how much levels differ from host to host.
const LEAST_LEVELS: usize = 4;

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
    /// From how many on the pool counts as one.
    pub pool_from: usize,
    /// Up to how many each counts by itself.
    pub local_to: usize,
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
    /// Its pool's name, and when that counts as one.
    pub(super) pool: Option<(&'a str, OneOrAll)>,
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
        let (Some((pool, _)), Some(_), Some(_)) = (member.pool, member.labels.get("host"), member.level)
        else {
            continue;
        };
        let rest = member.labels.iter().filter(|(name, _)| *name != "host").collect();
        groups.entry((member.measure, pool, rest)).or_default().push(i);
    }
    let mut found = vec![None; members.len()];
    for group in groups.values().filter(|group| group.len() >= LEAST_HOSTS) {
        let rising = group.iter().filter(|&&i| members[i].rises).count();
        let rule =
            group.first().and_then(|&i| members[i].pool).map_or_else(OneOrAll::default, |(_, rule)| rule);
        let (pool_from, local_to) = (rule.pool_from(group.len()), rule.local_to(group.len()));
        for &i in group {
            let others = group.iter().filter(|&&j| j != i).filter_map(|&j| members[j].level);
            let (above, apart) =
                beside(members[i].level, others.filter(|l| *l > 0.0).map(f64::ln).collect(), rule);
            found[i] =
                Some(Peers { hosts: group.len(), rising, pool_from, local_to, above_percent: above, apart });
        }
    }
    found
}

/// Percent above the median of the others' logarithms, and whether that is apart.
fn beside(level: Option<f64>, mut others: Vec<f64>, rule: OneOrAll) -> (f64, bool) {
    let (Some(level), Some(middle)) = (level.filter(|l| *l > 0.0), median(&mut others)) else {
        return (0.0, false);
    };
    let above = level.ln() - middle;
    let spread = mad(&mut others).unwrap_or(0.0);
    let (percent, far) = (100.0 * above.exp_m1(), above > rule.apart_sigmas * spread);
    (percent, others.len() + 1 >= LEAST_LEVELS && far && percent >= rule.apart_percent)
}

/// Whom a rise, or a level that is apart, concerns; `None` where neither can be said.
pub(super) fn scope(rises: bool, peers: Option<Peers>) -> Option<Scope> {
    let peers = peers?;
    match rises {
        true if peers.rising >= peers.pool_from => Some(Scope::Pool),
        true if peers.rising <= peers.local_to => Some(Scope::Local),
        false if peers.apart => Some(Scope::Local),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Hosts of one pool by (level, rises).
    fn judged(hosts: &[(f64, bool)]) -> Vec<(Option<Peers>, Option<Scope>)> {
        judged_by(OneOrAll::default(), hosts)
    }

    fn judged_by(rule: OneOrAll, hosts: &[(f64, bool)]) -> Vec<(Option<Peers>, Option<Scope>)> {
        let labels: Vec<Labels> =
            (0..hosts.len()).map(|i| Labels::from([("host", format!("out{i:02}").as_str())])).collect();
        let member = |(labels, &(level, rises))| Member {
            measure: Measure::DeliveryDelay,
            labels,
            pool: Some(("outbound", rule)),
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
    fn the_platform_file_draws_the_lines() {
        // Four of ten: with half as the line it is neither, with 0.4 the pool, with up to 0.45 four single hosts.
        let hosts: Vec<(f64, bool)> = (0..10).map(|i| (1.0, i < 4)).collect();
        let with = |rule: OneOrAll| judged_by(rule, &hosts)[0];
        let (peers, scope) = with(OneOrAll { pool_share: 0.4, ..OneOrAll::default() });
        assert_eq!(scope, Some(Scope::Pool));
        assert_eq!(peers.map(|peers| (peers.rising, peers.pool_from, peers.local_to)), Some((4, 4, 3)));
        let lenient = OneOrAll { local_share: 0.45, ..OneOrAll::default() };
        assert_eq!(with(lenient).1, Some(Scope::Local));
        // A level 25 % above the others, which are all alike, is apart where 20 % is the line.
        let levels = [(1.0, false), (1.0, false), (1.0, false), (1.25, false)];
        assert_eq!(judged(&levels)[3].1, None);
        let strict = OneOrAll { apart_percent: 20.0, ..OneOrAll::default() };
        assert_eq!(judged_by(strict, &levels)[3].1, Some(Scope::Local));
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
