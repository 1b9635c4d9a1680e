//! Weighing: what each series says of its drift, at the same load where a load is known, before all are judged together.

use std::sync::Arc;

use super::{
    Context, Verdict,
    drift_pool::{OfPool, of_pools},
    load_behind::own_load,
};
use crate::{
    archive::Column,
    models::{DriftEvidence, DriftSettings, at_same_load, drift_evidence},
    platform::{Labels, Measure, Pool, SeriesKey},
    series::{DAY, Fold, HOUR, Series, grid},
};

/// Days looked at: a quarter shows a drift without last year's platform in it.
pub(super) const SPAN_DAYS: i64 = 90;
/// A load that explains less than this share of the ups and downs within days is left in: its own noise would be added.
const EXPLAINS: f64 = 0.2;

/// What one series says before all have been weighed.
#[derive(Debug, Clone)]
pub struct WeighedDrift {
    pub(super) measure: Measure,
    pub(super) labels: Labels,
    /// Whether it is a pool's own level rather than one that was measured.
    pub(super) of_pool: bool,
    /// What it says, at the same load where a load explains it, or why it says nothing.
    pub(super) evidence: Result<DriftEvidence, Verdict>,
    /// The load that was taken off, and what the series says with it left in.
    pub(super) load: Option<(Measure, f64, DriftEvidence)>,
    /// What was weighed, where a limit is declared: the dates on which it is reached are tried on it.
    pub(super) past: Option<Past>,
}

/// The hours of a series and of its load.
#[derive(Debug, Clone)]
pub(super) struct Past {
    pub(super) hours: Series,
    pub(super) load: Option<Series>,
}

impl Past {
    /// What the series said so many days before its last hour, at the same load as today.
    pub(super) fn evidence_before(&self, days: i64, settings: &DriftSettings) -> Option<DriftEvidence> {
        let end = self.hours.last()?.0 - days * DAY;
        let (hours, load) = (until(&self.hours, end), self.load.as_ref().map(|load| until(load, end)));
        match load {
            Some(load) => drift_evidence(&at_same_load(&hours, &load)?.latency, settings).ok(),
            None => drift_evidence(&hours, settings).ok(),
        }
    }
}

fn until(hours: &Series, end: i64) -> Series {
    let slots = (0..hours.len()).take_while(|&i| hours.time(i) <= end).map(|i| hours.get(i));
    Series::from_slots(hours.time(0), hours.step(), slots.collect::<Vec<_>>())
}

impl WeighedDrift {
    /// What the series says with its load left in.
    pub(super) fn with_its_load(&self) -> Option<&DriftEvidence> {
        self.load.as_ref().map(|(_, _, evidence)| evidence).or(self.evidence.as_ref().ok())
    }
}

/// Weighs all series of one measure, and what most hosts of each pool do; `loads` are the series of [`loads_behind`] it.
pub fn weighed_drifts(
    measure: Measure,
    columns: &[Column],
    loads: &[(Measure, Arc<[Column]>)],
    context: &Context,
) -> Vec<WeighedDrift> {
    use rayon::prelude::*;
    let hosts = columns.par_iter().map(|column| {
        let hours = grid(&column.points, HOUR, Fold::Median);
        weighed(measure, (&column.labels, false), &hours, load_of(&column.labels, loads), context)
    });
    let of_loads: Vec<(Measure, Vec<OfPool<'_>>)> =
        loads.iter().map(|(load, columns)| (*load, of_pools(columns, context))).collect();
    let pools = of_pools(columns, context).into_par_iter().map(|pool| {
        let load = load_of(&pool.labels, loads).or_else(|| load_of_pool(&pool.labels, &of_loads));
        weighed(measure, (&pool.labels, true), &pool.hours(), load, context)
    });
    hosts.chain(pools).collect()
}

/// How every drift is judged.
pub(super) fn settings(context: &Context) -> DriftSettings {
    DriftSettings { clock: context.clock(), days: SPAN_DAYS }
}

fn weighed(
    measure: Measure,
    (labels, of_pool): (&Labels, bool),
    hours: &Series,
    load: Option<(Measure, Series)>,
    context: &Context,
) -> WeighedDrift {
    let hours = context.declared(hours, labels.get("host"), pool_of(labels, context));
    let settings = settings(context);
    let mut evidence = match context.stopped(&hours) {
        Some(stopped) => Err(stopped),
        None => drift_evidence(&hours, &settings).map_err(|short| context.too_short(&short)),
    };
    let mut taken_off = None;
    let mut load_behind = None;
    if let (Ok(raw), Some((of, loads))) = (&evidence, load) {
        let same = at_same_load(&hours, &loads).filter(|same| same.explained >= EXPLAINS);
        let at_same = same.and_then(|same| {
            let evidence = drift_evidence(&same.latency, &settings).ok()?;
            Some((evidence, same.explained))
        });
        if let Some((at_same, explained)) = at_same {
            taken_off = Some((of, explained, raw.clone()));
            evidence = Ok(at_same);
            load_behind = Some(loads);
        }
    }
    let key = SeriesKey { measure, labels: labels.clone() };
    let limited = evidence.is_ok() && context.platform.limit_for(&key, pool_of(labels, context)).is_some();
    let past = limited.then_some(Past { hours, load: load_behind });
    WeighedDrift { measure, labels: labels.clone(), of_pool, evidence, load: taken_off, past }
}

/// The typical load of a pool's hosts; `None` where no host's load is known, or several of each.
fn load_of_pool(labels: &Labels, loads: &[(Measure, Vec<OfPool<'_>>)]) -> Option<(Measure, Series)> {
    loads.iter().find_map(|(measure, pools)| {
        let mut same = pools.iter().filter(|pool| pool.labels.get("pool") == labels.get("pool"));
        let (Some(pool), None) = (same.next(), same.next()) else { return None };
        Some((*measure, pool.hours()))
    })
}

/// The hourly load of the same host or pool.
fn load_of(labels: &Labels, loads: &[(Measure, Arc<[Column]>)]) -> Option<(Measure, Series)> {
    let (measure, column) = own_load(labels, loads)?;
    Some((measure, grid(&column.points, HOUR, Fold::Median)))
}

/// The pool of a series' host, or the one that it names.
pub(super) fn pool_of<'a>(labels: &Labels, context: &Context<'a>) -> Option<&'a Pool> {
    match labels.get("host") {
        Some(host) => context.platform.pool_of(host),
        None => context.platform.pool(labels.get("pool")?),
    }
}
