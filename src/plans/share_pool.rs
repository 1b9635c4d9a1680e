//! The late messages of a pool: the histograms of its hosts, added up.

use std::collections::BTreeMap;

use super::{
    Context, WeighedShare,
    drift_pool::as_of_pool,
    drift_scope::{LEAST_HOSTS, Member},
    drift_weighed::pool_of,
};
use crate::{models::ShareChange, platform::Labels, series::Histogram};

/// Each pool's histograms of which at least three hosts have one, alike but for the host: with `pool` for `host`.
pub(super) fn of_pools(histograms: &[Histogram], context: &Context<'_>) -> Vec<Histogram> {
    let mut pools: BTreeMap<Labels, Vec<&Histogram>> = BTreeMap::new();
    for one in histograms {
        let Some(labels) = as_of_pool(&one.labels, context) else { continue };
        pools.entry(labels).or_default().push(one);
    }
    let enough = pools.into_iter().filter(|(_, hosts)| hosts.len() >= LEAST_HOSTS);
    enough.filter_map(|(labels, hosts)| Histogram::together(labels, &hosts)).collect()
}

/// The shares as members of their pools, to be told which of them rise. Their levels are not compared: of what is rare, hosts
/// have more or less by chance.
pub(super) fn members<'a>(
    shares: &'a [WeighedShare],
    judged: &[Option<ShareChange>],
    least: f64,
    context: &Context<'a>,
) -> Vec<Member<'a>> {
    let member = |(one, judged): (&'a WeighedShare, &Option<ShareChange>)| Member {
        measure: one.measure,
        labels: &one.labels,
        pool: pool_of(&one.labels, context).map(|pool| (pool.name.as_str(), pool.one_or_all)),
        level: judged.as_ref().map(|_| 1.0),
        rises: judged.as_ref().is_some_and(|share| share.rises >= least),
    };
    shares.iter().zip(judged).map(member).collect()
}
