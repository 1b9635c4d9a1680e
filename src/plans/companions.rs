//! Companions: which resources are to be looked at beside each rise, and which of them rose with it.
//!
//! A resource is judged by the drift model over the same span, and is told to have risen from a belief on that keeps the
//! false ones among all resources few. Two trends always look alike, so what makes the evidence strong is what is left
//! without them: the changes from day to day (`models::moves_together`), or a date.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
};

use rayon::prelude::*;

use super::{
    Companion, Context, DayByDay, DriftSize, Finding, RoseWith, Strength, Verdict, WeighedDrift,
    coming::day_number,
    companion_of::{Whose, may_explain, whose},
    companion_words,
    drift_pool::{OfPool, of_pools_from},
    drift_weighed::{pool_of, settings},
    wording,
};
use crate::{
    archive::Column,
    models::{
        Drift, DriftCourse, DriftEvidence, Together, drift_evidence, drift_prior, least_belief,
        moves_together, told_up_to,
    },
    platform::{Labels, Measure},
    series::{DAY, Fold, HOUR, Series, grid},
};

/// What may rise with a latency: resources, work, queues and other latencies.
pub const MAY_RISE_WITH: &[Measure] = &[
    Measure::LoadCpu,
    Measure::LoadMemory,
    Measure::DiskBusy,
    Measure::LoadConnections,
    Measure::LoadSessions,
    Measure::LoadMessages,
    Measure::QueueDepth,
    Measure::DeliveryDelay,
    Measure::ResponseTime,
];
/// Dates so many days apart are the same date: the drift model dates a change to a day or two.
const SAME_DATE_DAYS: i64 = 3;
/// Of all that are told to move together day by day, this share may be false.
const FALSE_SHARE: f64 = 0.05;

/// What rises, with the resources that it may depend on.
#[derive(Debug)]
struct Rising {
    finding: usize,
    whose: Vec<Whose>,
}

/// What may have risen with something, and what its own series says.
#[derive(Debug)]
struct Resource<'a> {
    measure: Measure,
    labels: Labels,
    whose: Whose,
    /// `None` where its history is too short to say anything.
    evidence: Option<Cow<'a, DriftEvidence>>,
}

/// The resources that are looked at beside all rises, one measure after the other.
#[derive(Debug)]
pub struct Companions<'a> {
    context: &'a Context<'a>,
    rising: Vec<Rising>,
    /// What each series says that was weighed already.
    weighed: BTreeMap<(Measure, &'a Labels), Option<&'a DriftEvidence>>,
    resources: Vec<Resource<'a>>,
}

impl<'a> Companions<'a> {
    /// What rises among the findings; `weighed` are the series that have been weighed before, so that none is weighed twice.
    pub fn of(
        findings: &[Finding],
        weighed: impl IntoIterator<Item = &'a WeighedDrift>,
        context: &'a Context<'a>,
    ) -> Self {
        let rising = findings.iter().enumerate().filter_map(|(i, finding)| {
            rises(finding).map(|_| Rising { finding: i, whose: whose(finding, context) })
        });
        let weighed = weighed.into_iter().map(|one| ((one.measure, &one.labels), one.with_its_load()));
        Companions { context, rising: rising.collect(), weighed: weighed.collect(), resources: Vec::new() }
    }

    /// Whether nothing rises, so that nothing needs to be looked at.
    pub fn is_empty(&self) -> bool {
        self.rising.is_empty()
    }

    /// Takes up what is wanted of one measure.
    pub fn look_at(&mut self, measure: Measure, columns: &[Column]) {
        let wanted: BTreeSet<&Whose> = self.rising.iter().flat_map(|rising| &rising.whose).collect();
        let pools = of_pools_from(1, columns, self.context);
        let found = wanted.into_par_iter().flat_map_iter(|whose| match whose {
            Whose::Host(host) => self.of_host(measure, host, columns),
            Whose::Pool(pool) => self.of_pool(measure, pool, &pools, columns),
        });
        let found: Vec<Resource<'a>> = found.collect();
        self.resources.extend(found);
    }

    fn of_host(&self, measure: Measure, host: &str, columns: &[Column]) -> Vec<Resource<'a>> {
        let own = columns.iter().filter(|column| column.labels.get("host") == Some(host));
        own.map(|column| self.resource(measure, Whose::Host(host.to_owned()), column)).collect()
    }

    /// What most hosts of a pool do, and what a source tells of the pool as a whole.
    fn of_pool(
        &self,
        measure: Measure,
        name: &str,
        pools: &[OfPool<'_>],
        columns: &[Column],
    ) -> Vec<Resource<'a>> {
        let Some(pool) = self.context.platform.pool(name) else { return Vec::new() };
        let of_hosts = pools.iter().filter(|one| one.labels.get("pool") == Some(name)).map(|one| Resource {
            measure,
            labels: one.labels.clone(),
            whose: Whose::Pool(name.to_owned()),
            evidence: self
                .evidence(measure, &one.labels, || self.context.declared(&one.hours(), None, Some(pool))),
        });
        let own = columns.iter().filter(|one| one.labels.get("host").is_none() && pool.owns(&one.labels));
        let own = own.map(|column| self.resource(measure, Whose::Pool(name.to_owned()), column));
        of_hosts.chain(own).collect()
    }

    fn resource(&self, measure: Measure, whose: Whose, column: &Column) -> Resource<'a> {
        let evidence = self.evidence(measure, &column.labels, || {
            let hours = grid(&column.points, HOUR, Fold::Median);
            let pool = pool_of(&column.labels, self.context);
            self.context.declared(&hours, column.labels.get("host"), pool)
        });
        Resource { measure, labels: column.labels.clone(), whose, evidence }
    }

    /// What a series says, with the load left in; `hours` makes its hourly values where it was not weighed before.
    fn evidence(
        &self,
        measure: Measure,
        labels: &Labels,
        hours: impl FnOnce() -> Series,
    ) -> Option<Cow<'a, DriftEvidence>> {
        if let Some(&weighed) = self.weighed.get(&(measure, labels)) {
            return weighed.map(Cow::Borrowed);
        }
        drift_evidence(&hours(), &settings(self.context)).ok().map(Cow::Owned)
    }

    /// Judges what was looked at, and tells each rise what rose with it, or that nothing did.
    pub fn tell(self, findings: &mut [Finding]) {
        let evidence: Vec<Option<&DriftEvidence>> =
            self.resources.iter().map(|one| one.evidence.as_deref()).collect();
        let prior = drift_prior(&evidence.iter().copied().flatten().collect::<Vec<_>>());
        let judged: Vec<Option<Drift>> =
            evidence.par_iter().map(|one| one.map(|one| one.judge(&prior))).collect();
        let beliefs: Vec<f64> = judged.iter().flatten().map(|drift| drift.rises.max(drift.falls)).collect();
        let least = least_belief(&beliefs);
        let mut beside: Vec<Vec<(Companion, f64)>> = Vec::new();
        for rising in &self.rising {
            let finding = &findings[rising.finding];
            let known = self.resources.iter().zip(&judged);
            let own = known
                .filter(|(one, _)| rising.whose.contains(&one.whose) && may_explain(finding, one.measure));
            beside.push(
                own.filter_map(|(one, drift)| companion(finding, one, drift.as_ref()?, least)).collect(),
            );
        }
        let rose = beside.iter().flatten().filter(|(one, _)| one.strength != Strength::None);
        let alike = told_up_to(&rose.map(|(_, p_value)| *p_value).collect::<Vec<_>>(), FALSE_SHARE);
        for (rising, companions) in self.rising.iter().zip(beside) {
            let mut looked_at: Vec<Companion> = companions
                .into_iter()
                .map(|(mut one, p_value)| {
                    if one.strength != Strength::None && p_value <= alike {
                        one.strength = Strength::DayByDay;
                    }
                    one
                })
                .collect();
            let correlation = |one: &Companion| one.day_by_day.map_or(-1.0, |day| day.correlation);
            looked_at.sort_by(|a, b| {
                let by_strength = b.strength.cmp(&a.strength);
                by_strength
                    .then_with(|| correlation(b).total_cmp(&correlation(a)))
                    .then_with(|| a.name.cmp(&b.name))
            });
            let finding = &mut findings[rising.finding];
            let rose_with = RoseWith { least_belief: least, looked_at };
            finding.advice = format!("{} {}", finding.advice, companion_words::advice(&rose_with, finding));
            finding.decision.rose_with = Some(rose_with);
        }
    }
}

fn rises(finding: &Finding) -> Option<&DriftSize> {
    match &finding.verdict {
        Verdict::Rises(size) => Some(size),
        _ => None,
    }
}

/// A resource beside a rise, weighed by its trend and date; and the chance that it moves with it day by day without a
/// reason, by which it is weighed once all are known.
fn companion(
    finding: &Finding,
    resource: &Resource<'_>,
    drift: &Drift,
    least: f64,
) -> Option<(Companion, f64)> {
    let size = rises(finding)?;
    let together = moves_together(&levels_of(finding), &by_day(drift.first_day, &drift.levels));
    let changed_on = match &drift.course {
        DriftCourse::Late { from } => wording::local_date(*from),
        DriftCourse::Steps(steps) => steps.first().and_then(|step| wording::local_date(step.day)),
        DriftCourse::Ramp => None,
    };
    let began = size.began_on.or(size.steps.first().map(|step| step.on));
    let days_later = changed_on.zip(began).map(|(own, other)| day_number(own) - day_number(other));
    let strength = match days_later {
        _ if drift.rises < least || drift.rises < drift.falls => Strength::None,
        Some(days) if days.abs() <= SAME_DATE_DAYS => Strength::Date,
        _ => Strength::Trend,
    };
    let day_by_day = |found: Together| DayByDay {
        correlation: found.correlation,
        low: found.low,
        high: found.high,
        days: found.changes,
    };
    let companion = Companion {
        name: companion_words::name(resource.measure, &resource.labels, finding.subject.pool.as_deref()),
        measure: resource.measure,
        labels: resource.labels.clone(),
        strength,
        percent_over_span: drift.percent_over_span,
        low_over_span: drift.low_over_span,
        high_over_span: drift.high_over_span,
        belief: drift.rises,
        changed_on: changed_on.filter(|_| strength != Strength::None),
        days_later: days_later.filter(|_| strength != Strength::None),
        day_by_day: together.map(day_by_day),
    };
    Some((companion, together.map_or(1.0, |found| found.p_value)))
}

/// The levels by day that a finding shows: its first line.
fn levels_of(finding: &Finding) -> BTreeMap<i64, f64> {
    let line = finding.evidence.lines.first();
    let points = line.into_iter().flat_map(|line| line.times.iter().zip(&line.values));
    points.filter_map(|(time, level)| Some((time.div_euclid(DAY), (*level)?))).collect()
}

fn by_day(first: i64, levels: &[Option<f64>]) -> BTreeMap<i64, f64> {
    levels.iter().enumerate().filter_map(|(i, level)| Some((first + i as i64, (*level)?))).collect()
}

#[cfg(test)]
mod tests;
