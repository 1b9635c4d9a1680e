//! A mail's way through one pool after the other: which pool a change of the whole way comes from.

use std::collections::BTreeMap;

use super::{
    WayParts,
    rise_course::RiseCourse,
    rise_days::{Day, HostDays, PoolDays},
    rise_explained::parts,
};
use crate::platform::{Pool, Role};

/// The ways that mail takes, by the roles of the pools that it passes.
const WAYS: [(&str, [Role; 3]); 2] = [
    ("inbound", [Role::Mx, Role::Routing, Role::Mailstore]),
    ("outbound", [Role::Smtp, Role::Routing, Role::Outbound]),
];

/// A pool on a way.
struct OnWay<'a> {
    pool: &'a Pool,
    days: BTreeMap<i64, Day>,
}

impl OnWay<'_> {
    fn messages(&self, days: &[i64]) -> f64 {
        days.iter().filter_map(|day| self.days.get(day)).map(|of| of.messages).sum()
    }
}

/// The ways through a pool and others whose delays are known. Pools of one role share the way as they share its messages.
pub(super) fn ways(
    groups: &BTreeMap<&str, Vec<&HostDays<'_>>>,
    pool: &Pool,
    course: &RiseCourse,
) -> Vec<WayParts> {
    let through = WAYS.iter().filter(|(_, roles)| roles.contains(&pool.role));
    through.filter_map(|(way, roles)| way_through(way, roles, groups, pool, course)).collect()
}

fn way_through(
    way: &'static str,
    roles: &[Role],
    groups: &BTreeMap<&str, Vec<&HostDays<'_>>>,
    own: &Pool,
    course: &RiseCourse,
) -> Option<WayParts> {
    let on_way = groups.values().filter_map(|group| {
        let pool = group.first()?.pool.filter(|pool| roles.contains(&pool.role))?;
        let days = PoolDays::of(group, course.first).means();
        (!days.is_empty()).then_some(OnWay { pool, days })
    });
    let pools: Vec<OnWay<'_>> = on_way.collect();
    // One role by itself is no way.
    if pools.iter().all(|one| one.pool.role == own.role) {
        return None;
    }
    let days: Vec<i64> = pools
        .first()?
        .days
        .keys()
        .copied()
        .filter(|day| pools.iter().all(|one| one.days.contains_key(day)))
        .collect();
    let share = |one: &OnWay<'_>| {
        let alike = pools.iter().filter(|other| other.pool.role == one.pool.role);
        one.messages(&days) / alike.map(|other| other.messages(&days)).sum::<f64>()
    };
    let shares: Vec<f64> = pools.iter().map(share).collect();
    let on = |&day: &i64| {
        let added = pools.iter().zip(&shares);
        let added = added.map(|(one, share)| share * one.days.get(&day).map_or(0.0, Day::mean));
        (day, added.collect::<Vec<f64>>())
    };
    let names: Vec<&str> = pools.iter().map(|one| one.pool.name.as_str()).collect();
    let by_pool = parts(&days.iter().map(on).collect::<Vec<_>>(), course, &names).ok()?;
    Some(WayParts { way, by_pool })
}
