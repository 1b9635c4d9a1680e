//! What the platform file leaves open, or asks for in vain, each with the next step.

use super::Seen;
use crate::{
    pipeline::judge::DRIFTING,
    platform::{Measure, Platform, Pool},
    series::parts_of,
    sources::Packs,
};

/// Hosts that a line names; more are counted.
const NAMED: usize = 8;

/// A reason that no list of exporters tells: what the pack `node_exporter` asks takes two samples in its range.
const SCRAPED_RARELY: &str = "; a host that Prometheus scrapes less than twice in five minutes has no `rate(…[5m])`, \
                              and needs a recording rule or a pack with a longer range";

/// Hosts that no pool claims.
pub(super) fn hosts_without_pool(platform: &Platform, seen: &Seen) -> Vec<String> {
    let claimed = |host: &str| platform.pool_of(host).is_some() || platform.pool(host).is_some();
    seen.hosts.keys().filter(|host| !claimed(host)).cloned().collect()
}

/// Pools of which no host was seen. Where a source did not tell its hosts, that says nothing.
pub(super) fn pools_without_hosts(platform: &Platform, seen: &Seen) -> Vec<String> {
    let empty = |pool: &&Pool| seen.all_hosts && !seen.hosts.keys().any(|host| has(pool, host));
    platform.pools.iter().filter(empty).map(|pool| pool.name.clone()).collect()
}

/// A host of the pool, or the pool's own name where a series tells only that.
fn has(pool: &Pool, host: &str) -> bool {
    pool.has(host) || pool.name == host
}

/// All gaps in words.
pub(super) fn in_words(
    platform: &Platform,
    packs: &Packs,
    seen: &Seen,
    hosts_without_pool: &[String],
    pools_without_hosts: &[String],
) -> Vec<String> {
    let mut gaps = Vec::new();
    if !hosts_without_pool.is_empty() {
        gaps.push(format!(
            "hosts that no pool claims: {}; add a pattern for them to `hosts` of a pool, or they are planned without \
             its marks and lead time",
            listed(hosts_without_pool)
        ));
    }
    for pool in pools_without_hosts {
        gaps.push(format!(
            "pool {pool}: no source has a host of it; hold its `hosts` against the names above, or remove the pool"
        ));
    }
    gaps.extend(of_measures(packs, seen));
    let pools = platform.pools.iter().filter(|pool| pool.scales_out);
    gaps.extend(pools.flat_map(|pool| of_scaling(pool, packs, seen)));
    let in_vain = |measure: &Measure| !seen.measures.is_empty() && !is_told(*measure, seen);
    for measure in platform.limits.iter().map(|limit| limit.measure).filter(in_vain) {
        gaps.push(format!("limit on {measure}: no source answers that; {}", who(&[measure], packs)));
    }
    gaps.dedup();
    gaps
}

/// The questions of the weekly report that nothing answers. Where nothing answers at all, the sources say why.
fn of_measures(packs: &Packs, seen: &Seen) -> Vec<String> {
    let mut gaps = Vec::new();
    if seen.measures.is_empty() {
        return gaps;
    }
    let told = |measure: Measure| seen.measures.contains(&measure);
    let by_free = told(Measure::DiskSize) && told(Measure::DiskFree);
    if !told(Measure::DiskUsed) && !told(Measure::DiskUsedRatio) && !by_free {
        gaps.push(format!(
            "no source answers {}, so no disk is forecast; {}",
            Measure::DiskUsed,
            who(&[Measure::DiskUsed, Measure::DiskFree], packs)
        ));
    } else if !told(Measure::InodesTotal) || !(told(Measure::InodesUsed) || told(Measure::InodesFree)) {
        gaps.push(format!(
            "no source answers {} with {} or {}, so nobody sees inodes run out; {}",
            Measure::InodesTotal,
            Measure::InodesUsed,
            Measure::InodesFree,
            who(&[Measure::InodesTotal], packs)
        ));
    }
    if !DRIFTING.iter().any(|measure| is_told(*measure, seen)) {
        let names: Vec<&str> = DRIFTING.iter().map(|measure| measure.name()).collect();
        gaps.push(format!(
            "no source answers any of {}, so nobody sees mail get slower; {}",
            names.join(", "),
            who(DRIFTING, packs)
        ));
    }
    gaps
}

/// What keeps the ebb of a pool from being told, or from being told in money.
fn of_scaling(pool: &Pool, packs: &Packs, seen: &Seen) -> Vec<String> {
    let mut gaps = Vec::new();
    let some = seen.hosts.keys().any(|host| has(pool, host));
    let measures = |measure: &Measure| {
        seen.hosts.iter().any(|(host, of_host)| has(pool, host) && of_host.measures.contains(measure))
    };
    for &load in &pool.scaling.loads {
        let parts = parts_of(load);
        let told = measures(&load) || (!parts.is_empty() && parts.iter().all(measures));
        if some && seen.all_hosts && !told {
            gaps.push(format!(
                "pool {}: it scales out, but no host of it answers its load, {load}; {}, or set `load` to what they \
                 answer{}",
                pool.name,
                who(&[load], packs),
                if load == Measure::LoadCpu { SCRAPED_RARELY } else { "" }
            ));
        }
    }
    if pool.price_per_server_hour.is_none() {
        gaps.push(format!(
            "pool {}: it scales out and has no price, so savings are told in server hours only; give \
             `price_per_server_hour`",
            pool.name
        ));
    }
    gaps
}

/// Whether a measure is answered, as such or by its parts.
fn is_told(measure: Measure, seen: &Seen) -> bool {
    let parts = parts_of(measure);
    let by_parts = !parts.is_empty() && parts.iter().all(|part| seen.measures.contains(part));
    seen.measures.contains(&measure) || by_parts
}

/// Which packs answer one of the measures, as the next step.
fn who(measures: &[Measure], packs: &Packs) -> String {
    let wanted: Vec<Measure> =
        measures.iter().flat_map(|measure| parts_of(*measure).iter().chain([measure])).copied().collect();
    let of = packs.iter().filter(|pack| pack.entries.iter().any(|entry| wanted.contains(&entry.measure)));
    let names: Vec<&str> = of.map(|pack| pack.name.as_str()).collect();
    format!(
        "scrape an exporter that one of the packs {} knows, or write a pack of your own",
        names.join(", ")
    )
}

fn listed(hosts: &[String]) -> String {
    let named = hosts.iter().take(NAMED).cloned().collect::<Vec<_>>().join(", ");
    match hosts.len().saturating_sub(NAMED) {
        0 => named,
        more => format!("{named} and {more} more"),
    }
}
