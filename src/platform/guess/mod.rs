//! Guessing pools: from the names of hosts and what is measured of them, for `mailtide init`. Each guess says why, so
//! that an operator can mend it.
//!
//! Hosts whose names differ in their numbers only are one pool ([`name`]), its role is told by a word of the name or by
//! what is measured ([`role`]), and its patterns are as wide as the other pools allow ([`group`]).

mod group;
mod name;
mod role;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use super::{HostPattern, Measure, Role, Scaling};
use group::Group;
use name::HostName;

/// What monitoring tells of a host.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct HostSeen {
    /// What is measured of it.
    pub measures: BTreeSet<Measure>,
    /// Inodes in use on the volume that has most of them in use.
    pub most_inodes: f64,
}

/// A guessed pool.
#[derive(Debug, Clone, PartialEq)]
pub struct PoolGuess {
    /// Its name; no other pool has it.
    pub name: String,
    /// What its servers seem to do.
    pub role: Role,
    /// What tells so.
    pub why: String,
    /// Which hosts belong to it; none of them can belong to another pool.
    pub hosts: Vec<HostPattern>,
    /// The hosts that were seen of it, sorted.
    pub seen: Vec<String>,
    /// What its load can be told by, where that is not the default.
    pub load: Option<Measure>,
}

/// The guessed pools, and the hosts that belong to none.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Guess {
    /// In the order of [`Role::ALL`], then by name.
    pub pools: Vec<PoolGuess>,
    /// Hosts for which nothing told a role, sorted.
    pub left_over: Vec<String>,
}

/// Guesses pools from hosts, by name. A host is in one pool at most.
pub fn guess_pools(hosts: &BTreeMap<String, HostSeen>) -> Guess {
    let mut groups: BTreeMap<(Role, Vec<Option<String>>), Group> = BTreeMap::new();
    let mut left_over = Vec::new();
    for (host, seen) in hosts {
        let name = HostName::of(host);
        match role::guess(&name, seen).filter(|_| name::is_plain(host)) {
            Some(told) => {
                // Names without a number are one of a kind: one role's are put together.
                let stem = if name.is_numbered() { name.stem() } else { Vec::new() };
                groups.entry((told.role, stem)).or_insert_with(|| Group::new(told)).add(name);
            }
            None => left_over.push(host.clone()),
        }
    }
    let mut groups: Vec<Group> = groups.into_values().collect();
    group::part(&mut groups, hosts.keys().map(String::as_str));
    let names = names(&groups);
    let pools = groups.iter().zip(names).map(|(group, name)| PoolGuess {
        name,
        role: group.told.role,
        why: group.told.why.clone(),
        hosts: group.patterns(),
        seen: group.hosts().map(str::to_owned).collect(),
        load: load(group, hosts),
    });
    let mut pools: Vec<PoolGuess> = pools.collect();
    let place = |role: Role| Role::ALL.iter().position(|other| *other == role);
    pools.sort_by(|a, b| (place(a.role), &a.name).cmp(&(place(b.role), &b.name)));
    Guess { pools, left_over }
}

/// A name for each group: its role, and what its hosts are called where several groups have that role.
fn names(groups: &[Group]) -> Vec<String> {
    let mut taken: BTreeSet<String> = BTreeSet::new();
    let mut name = |group: &Group| {
        let role = group.told.role;
        let alone = groups.iter().filter(|other| other.told.role == role).count() == 1;
        let wanted = match group.stem() {
            stem if alone || stem == role.name() => role.name().to_owned(),
            stem if stem.is_empty() => format!("{}_others", role.name()),
            stem => format!("{}_{stem}", role.name()),
        };
        let numbered = (2..).map(|number| format!("{wanted}_{number}"));
        let mut free = std::iter::once(wanted.clone()).chain(numbered).filter(|name| !taken.contains(name));
        let name = free.next().unwrap_or(wanted);
        taken.insert(name.clone());
        name
    };
    groups.iter().map(&mut name).collect()
}

/// What a group's load can be told by, where its processors are not measured.
fn load(group: &Group, hosts: &BTreeMap<String, HostSeen>) -> Option<Measure> {
    let measured = |measure: Measure| {
        let mut seen = group.hosts().filter_map(|host| hosts.get(host));
        seen.any(|seen| seen.measures.contains(&measure))
    };
    // A load, and what it is derived from where it is not answered as such.
    let told = |load: Measure| match load {
        Measure::LoadCpu => measured(load) || measured(Measure::CpuIdleSeconds),
        Measure::LoadMemory => measured(load) || measured(Measure::MemoryAvailable),
        Measure::LoadMessages => measured(load) || measured(Measure::MessagesTotal),
        _ => measured(load),
    };
    let first = Scaling::LOADS.iter().copied().find(|load| told(*load))?;
    (first != Scaling::DEFAULT_LOAD).then_some(first)
}
