//! Judging: each question put to the history, each answer a finding.

use std::collections::BTreeSet;

use rayon::prelude::*;

use super::history::History;
use crate::{
    archive::{ArchiveError, Column},
    plans::{
        Context, Finding, PoolServers, VolumeAnswer, drift_findings, ebb_finding, loads_behind, pool_finding,
        volume_findings, weighed_drifts,
    },
    platform::{Labels, Measure, Pool},
    series::{Fold, HOUR, HostLoad, Series, VolumeInput, grid, native_step, total_load, volumes},
};

/// The finest step, in seconds, on which a pool's load is looked at: what Prometheus and CloudWatch users keep for months.
const LOAD_STEP: i64 = 300;

/// The measures whose drift is looked for.
pub(super) const DRIFTING: &[Measure] = &[
    Measure::DeliveryDelay,
    Measure::QueueDepth,
    Measure::QueueAge,
    Measure::ResponseTime,
    Measure::ProbeDuration,
];

/// When volumes, inodes and pools are full.
pub(super) fn disk_findings(history: &mut History, context: &Context) -> Result<Vec<Finding>, ArchiveError> {
    let mut input = VolumeInput::default();
    for &measure in VolumeInput::MEASURES {
        input.add(history.extract(measure)?);
    }
    let volumes = volumes(input);
    let answers: Vec<(Option<&Pool>, VolumeAnswer)> = volumes
        .par_iter()
        .map(|volume| {
            let pool = volume.labels.get("host").and_then(|host| context.platform.pool_of(host));
            (pool, volume_findings(volume, pool, context))
        })
        .collect();
    let pools = &context.platform.pools;
    let of_pools = pools.par_iter().filter_map(|pool| {
        let own = answers.iter().filter(|(of, _)| of.is_some_and(|of| of.name == pool.name));
        pool_finding(pool, &own.map(|(_, answer)| answer.clone()).collect::<Vec<_>>(), context)
    });
    let mut findings: Vec<Finding> = of_pools.collect();
    findings.extend(answers.into_iter().flat_map(|(_, answer)| answer.findings));
    Ok(findings)
}

/// What is getting slower or longer.
pub(super) fn drift_of_all(history: &mut History, context: &Context) -> Result<Vec<Finding>, ArchiveError> {
    let mut fleet = Vec::new();
    for &measure in DRIFTING {
        let columns = history.with_parts(measure)?;
        let loads = match columns.is_empty() {
            true => Vec::new(),
            false => loads_behind(measure)
                .iter()
                .map(|&load| Ok((load, history.with_parts(load)?)))
                .collect::<Result<Vec<_>, ArchiveError>>()?,
        };
        fleet.extend(weighed_drifts(measure, &columns, &loads, context));
    }
    Ok(drift_findings(&fleet, context))
}

/// Which hours need fewer servers.
pub(super) fn ebb_of_all(history: &mut History, context: &Context) -> Result<Vec<Finding>, ArchiveError> {
    let pools = &context.platform.pools;
    let running = history.extract(Measure::ServersRunning)?.columns;
    let mut findings = Vec::new();
    for measure in pools.iter().map(Pool::load).collect::<BTreeSet<_>>() {
        let columns = history.with_parts(measure)?;
        let of_measure: Vec<&Pool> = pools.iter().filter(|pool| pool.load() == measure).collect();
        let judged = of_measure.par_iter().map(|pool| {
            let servers =
                PoolServers { loads: loads(pool, &columns), running: servers_running(pool, &running) };
            ebb_finding(pool, &servers, context)
        });
        findings.extend(judged.collect::<Vec<_>>());
    }
    Ok(findings)
}

/// Whether a series belongs to a pool: by its host, or by a source's own name of the pool.
fn belongs(labels: &Labels, pool: &Pool) -> bool {
    match (labels.get("host"), labels.get("pool")) {
        (Some(host), _) => pool.has(host),
        (None, Some(name)) => name == pool.name || pool.has(name),
        (None, None) => false,
    }
}

/// The loads of a pool's hosts, on the finest step that its sources keep; series of one host are added up.
fn loads(pool: &Pool, columns: &[Column]) -> Vec<HostLoad> {
    let own: Vec<&Column> = columns.iter().filter(|c| belongs(&c.labels, pool)).collect();
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
    let own = columns.iter().find(|c| belongs(&c.labels, pool))?;
    Some(grid(&own.points, HOUR, Fold::Median))
}
