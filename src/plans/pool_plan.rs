//! The plan of a pool's disk: its volumes one by one, the pool as a whole, what to move, and which host is odd.

use super::{
    Context, Decision, Finding, Rebalance, VolumeAnswer, circumstances::advised, departure::departures,
    explained::explain_volume, pool_advice::moving, pool_exhaustion::pool_finding, volume_exhaustion::advice,
};
use crate::{platform::Pool, series::Mailboxes};

/// All findings about the disk of a pool: that of the pool first, then those of its volumes, then the hosts that
/// depart from it.
pub fn pool_findings(
    pool: &Pool,
    mut volumes: Vec<VolumeAnswer>,
    mailboxes: &Mailboxes,
    context: &Context,
) -> Vec<Finding> {
    count_mailboxes(pool, &mut volumes, mailboxes, context);
    let whole = pool_finding(pool, &volumes, mailboxes, context);
    if let Some(plan) = whole.as_ref().and_then(|whole| whole.decision.rebalance.as_ref()) {
        volumes.iter_mut().for_each(|volume| relieve(volume, plan, context));
    }
    let odd = departures(pool, &volumes, context.as_of);
    let of_volumes = volumes.into_iter().flat_map(|volume| volume.findings);
    whole.into_iter().chain(of_volumes).chain(odd).collect()
}

/// Tells each volume how many mailboxes it holds. A host's count is that of its volume where it has one only that can
/// hold any.
fn count_mailboxes(pool: &Pool, volumes: &mut [VolumeAnswer], mailboxes: &Mailboxes, context: &Context) {
    let label = |volume: &VolumeAnswer, name: &str| volume.labels.get(name).unwrap_or_default().to_owned();
    let data: Vec<String> = volumes
        .iter()
        .filter(|volume| pool.planning.holds_data(&label(volume, "volume")))
        .map(|volume| label(volume, "host"))
        .collect();
    for volume in volumes {
        let (host, mount) = (label(volume, "host"), label(volume, "volume"));
        let alone =
            pool.planning.holds_data(&mount) && data.iter().filter(|other| **other == host).count() == 1;
        if let Some(days) = mailboxes.of_volume(&host, &mount, alone) {
            explain_volume(volume, &days, context.as_of);
        }
    }
}

/// Tells a volume what to move off it.
fn relieve(volume: &mut VolumeAnswer, plan: &Rebalance, context: &Context) {
    let own = |name: &str| plan.moves.iter().any(|m| m.from == volume.name && m.to == name);
    let Some(finding) = volume.findings.first_mut() else { return };
    if !plan.moves.iter().any(|m| m.from == volume.name) {
        return;
    }
    let rebalance = Rebalance {
        moves: plan.moves.iter().filter(|m| m.from == volume.name).cloned().collect(),
        volumes: plan
            .volumes
            .iter()
            .filter(|relieved| relieved.volume == volume.name || own(&relieved.volume))
            .cloned()
            .collect(),
        ..plan.clone()
    };
    let what = moving(&rebalance, Some(&volume.name));
    let advice = advice(&finding.verdict, finding.severity, &what, context);
    finding.advice = advised(advice, &finding.verdict, volume.ordered_on);
    let explained = finding.decision.growth_explained;
    finding.decision =
        Decision { rebalance: Some(rebalance), growth_explained: explained, ..Decision::default() };
}

#[cfg(test)]
mod tests;
