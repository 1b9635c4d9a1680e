//! Judging: each question put to the history, each answer a finding.

use std::collections::BTreeSet;

use rayon::prelude::*;

use super::history::History;
use crate::{
    archive::{ArchiveError, Column},
    models::FleetPrior,
    plans::{
        Companions, Context, Finding, MAY_RISE_WITH, PoolServers, RESOURCES, VolumeAnswer, WeighedDrift,
        add_queue_states, capacity_findings, capacity_loads, drift_findings, ebb_finding, explain_rises,
        growth_belief, loads_behind, pool_findings, volume_findings, weighed_drifts, weighed_failures,
        weighed_late,
    },
    platform::{Measure, Pool},
    series::{
        Fold, HOUR, HostLoad, Mailboxes, Series, Volume, VolumeInput, grid, histograms, native_step,
        total_load, volumes,
    },
};

/// The finest step, in seconds, on which a pool's load is looked at: what Prometheus and CloudWatch users keep for months.
const LOAD_STEP: i64 = 300;

/// Most volumes that a fleet's growth is learnt on, evenly spread over it: with more, no probability moves by a
/// hundredth.
const LEARNT_ON: usize = 200;

/// The measures whose drift is looked for.
pub(super) const DRIFTING: &[Measure] = &[
    Measure::DeliveryDelay,
    Measure::QueueDepth,
    Measure::QueueAge,
    Measure::ResponseTime,
    Measure::ProbeDuration,
];

/// What was judged of disks.
pub(super) struct Disks {
    /// Volumes as they are known.
    pub(super) volumes: Vec<Volume>,
    /// Of pools, volumes and their inodes.
    pub(super) findings: Vec<Finding>,
    /// What is planned, and is for none of the volumes.
    pub(super) not_counted: Vec<String>,
}

/// When volumes, inodes and pools are full, and which host's disk grows as no other does.
pub(super) fn disks(history: &mut History, context: Context) -> Result<Disks, ArchiveError> {
    let mut input = VolumeInput::default();
    for &measure in VolumeInput::MEASURES {
        input.add(history.extract(measure)?);
    }
    let volumes = volumes(input);
    let mailboxes = Mailboxes::of(&history.extract(Measure::Mailboxes)?.columns);
    let pool_of = |volume: &Volume| volume.labels.get("host").and_then(|host| context.platform.pool_of(host));
    // What the fleet says of growth is learnt first; each volume is then judged by it.
    let every = volumes.len().div_ceil(LEARNT_ON).max(1);
    let learnt_on: Vec<&Volume> = volumes.iter().step_by(every).collect();
    let beliefs = learnt_on.par_iter().filter_map(|volume| growth_belief(volume, pool_of(volume), &context));
    let growth = FleetPrior::learnt(&beliefs.collect::<Vec<_>>());
    let context = &context.clone().placed(&volumes, &mailboxes).with_growth(growth);
    let answers: Vec<(Option<&Pool>, VolumeAnswer)> = volumes
        .par_iter()
        .map(|volume| {
            let pool = pool_of(volume);
            (pool, volume_findings(volume, pool, context))
        })
        .collect();
    let mut of_pools: Vec<(&Pool, Vec<VolumeAnswer>)> =
        context.platform.pools.iter().map(|pool| (pool, Vec::new())).collect();
    let mut findings = Vec::new();
    for (pool, answer) in answers {
        match of_pools.iter_mut().find(|(other, _)| pool.is_some_and(|pool| pool.name == other.name)) {
            Some((_, own)) => own.push(answer),
            None => findings.extend(answer.findings),
        }
    }
    let judged = of_pools.into_par_iter().map(|(pool, own)| pool_findings(pool, own, &mailboxes, context));
    findings.extend(judged.collect::<Vec<_>>().into_iter().flatten());
    let not_counted = context.not_counted();
    Ok(Disks { volumes, findings, not_counted })
}

/// What is getting slower or longer, and which resources get busier.
pub(super) fn drift_of_all(history: &mut History, context: &Context) -> Result<Vec<Finding>, ArchiveError> {
    let fleet = weighed(DRIFTING, history, context)?;
    let mut shares = weighed_failures(&history.extract(Measure::ProbeSuccess)?.columns, context);
    shares.extend(weighed_late(&histograms(&history.extract(Measure::DeliveryBuckets)?.columns), context));
    let mut findings = drift_findings(&fleet, &shares, context);
    explain_rises(&mut findings, &history.stages()?, context);
    let depths = history.with_parts(Measure::QueueDepth)?;
    if !depths.is_empty() {
        add_queue_states(&mut findings, &depths, &history.message_totals()?, context);
    }
    // A resource that gets busier is another question, and how many of them do says nothing of latencies.
    let resources = weighed(RESOURCES, history, context)?;
    let mut companions = Companions::of(&findings, fleet.iter().chain(&resources), context);
    if !companions.is_empty() {
        for &measure in MAY_RISE_WITH {
            companions.look_at(measure, &history.with_parts(measure)?);
        }
        companions.tell(&mut findings);
    }
    findings.extend(drift_findings(&resources, &[], context));
    Ok(findings)
}

/// What the series of some measures say of their course.
fn weighed(
    measures: &[Measure],
    history: &mut History,
    context: &Context,
) -> Result<Vec<WeighedDrift>, ArchiveError> {
    let mut fleet = Vec::new();
    for &measure in measures {
        let columns = history.with_parts(measure)?;
        let loads = match columns.is_empty() {
            true => Vec::new(),
            false => history.all_with_parts(loads_behind(measure))?,
        };
        fleet.extend(weighed_drifts(measure, &columns, &loads, context));
    }
    Ok(fleet)
}

/// At which load the limits of the platform file are reached, and when.
pub(super) fn capacity_of_all(
    history: &mut History,
    context: &Context,
) -> Result<Vec<Finding>, ArchiveError> {
    let mut findings = Vec::new();
    let limited = |measure: &&Measure| context.platform.limits.iter().any(|l| l.measure == **measure);
    for &measure in DRIFTING.iter().chain(RESOURCES).filter(limited) {
        let columns = history.with_parts(measure)?;
        if columns.is_empty() {
            continue;
        }
        let loads = history.all_with_parts(capacity_loads(measure))?;
        findings.extend(capacity_findings(measure, &columns, &loads, context));
    }
    Ok(findings)
}

/// Which hours need fewer servers.
pub(super) fn ebb_of_all(history: &mut History, context: &Context) -> Result<Vec<Finding>, ArchiveError> {
    let pools = &context.platform.pools;
    let running = history.extract(Measure::ServersRunning)?.columns;
    let mut servers: Vec<PoolServers> = pools
        .iter()
        .map(|pool| PoolServers { loads: Vec::new(), running: servers_running(pool, &running) })
        .collect();
    let wanted: BTreeSet<Measure> =
        pools.iter().flat_map(|pool| pool.scaling.loads.iter().copied()).collect();
    let mut wanted: Vec<Measure> = wanted.into_iter().collect();
    history.let_go(&wanted);
    while let Some(measure) = wanted.pop() {
        let columns = history.with_parts(measure)?;
        let driven =
            pools.par_iter().zip(&mut servers).filter(|(pool, _)| pool.scaling.loads.contains(&measure));
        driven.for_each(|(pool, servers)| servers.loads.push((measure, loads(pool, &columns))));
        // Of what was not asked for before, one measure is held at a time.
        history.let_go(&wanted);
    }
    let judged = pools.par_iter().zip(&mut servers).map(|(pool, servers)| {
        // The first load that the operator names is the one that is shown.
        servers.loads.sort_by_key(|(measure, _)| pool.scaling.loads.iter().position(|load| load == measure));
        ebb_finding(pool, servers, context)
    });
    Ok(judged.collect())
}

/// The loads of a pool's hosts, on the finest step that its sources keep; series of one host are added up.
fn loads(pool: &Pool, columns: &[Column]) -> Vec<HostLoad> {
    let own: Vec<&Column> = columns.iter().filter(|c| pool.owns(&c.labels)).collect();
    let finest = own.iter().filter_map(|c| native_step(&c.points)).min().unwrap_or(HOUR);
    let step = if finest <= LOAD_STEP { LOAD_STEP } else { HOUR };
    let name = |column: &Column| column.labels.get("host").unwrap_or_default().to_owned();
    let mut hosts: Vec<HostLoad> = Vec::new();
    for same in own.chunk_by(|a, b| name(a) == name(b)) {
        let parts: Vec<HostLoad> = same
            .iter()
            .map(|column| HostLoad { host: name(column), load: grid(&column.points, step, Fold::Mean) })
            .collect();
        let load = total_load(&parts, false);
        hosts.push(HostLoad { host: name(same[0]), load });
    }
    hosts
}

fn servers_running(pool: &Pool, columns: &[Column]) -> Option<Series> {
    let own = columns.iter().find(|c| pool.owns(&c.labels))?;
    Some(grid(&own.points, HOUR, Fold::Median))
}
