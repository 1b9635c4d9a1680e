//! Capacity from load: the load at which a latency, queue or probe reaches its limit, and when growth brings that load.
//!
//! There is a finding where there is a limit and a load, and nowhere else: without a limit nothing is to be reached, and
//! without a load nothing to depend on.

use std::sync::Arc;

use super::{
    Backtest, Context, Crossing, Decision, EventId, Evidence, Exhaustion, Finding, Kind, LoadGrowth,
    LoadLimit, LoadPoint, LoadShape, NoEffect, Runway, Severity, Subject, Threshold, Verdict,
    capacity_words::{advice, facts, headline, model, summary},
    drift_words::name,
    lines,
    load_behind::{Behind, behind},
};
use crate::{
    archive::Column,
    models::{
        CurveShape, LoadCurve, NoCurve, PEAK_LOAD_AHEAD_DAYS, PeakLoad, Reached, days_until, load_curve,
        peak_load,
    },
    platform::{Measure, Pool, SeriesKey},
    series::{Fold, HOUR, grid},
};

/// Days ahead that are told: farther, no quarter's growth says anything.
const HORIZON_DAYS: f64 = 365.0;
/// Days besides the lead time within which something is to be decided.
const NOTICE_DAYS: f64 = 14.0;
/// An empty queue counts as half a message, so that it has a logarithm.
const HALF_A_MESSAGE: f64 = 0.5;

/// Judges all series of one measure that have a limit and a load; `loads` are the series of
/// [`capacity_loads`](super::capacity_loads).
pub fn capacity_findings(
    measure: Measure,
    columns: &[Column],
    loads: &[(Measure, Arc<[Column]>)],
    context: &Context,
) -> Vec<Finding> {
    use rayon::prelude::*;
    let judged = columns.par_iter().filter_map(|column| {
        let own = column.labels.get("host").and_then(|host| context.platform.pool_of(host));
        let key = SeriesKey { measure, labels: column.labels.clone() };
        let limit = context.platform.limit_for(&key, own)?;
        let behind = behind(measure, &column.labels, loads, context)?;
        let pool = own.or(behind.pool);
        Some(finding(&key, column, (limit, pool), &behind, context))
    });
    judged.collect()
}

fn finding(
    key: &SeriesKey,
    column: &Column,
    (limit, pool): (f64, Option<&Pool>),
    behind: &Behind,
    context: &Context,
) -> Finding {
    let labels = &column.labels;
    let host = labels.get("host");
    let level = context.declared(&grid(&column.points, HOUR, Fold::Median), host, pool);
    let load = context.declared(&behind.load, host, pool);
    let stopped = context.stopped(&level);
    let least = if key.measure == Measure::QueueDepth { HALF_A_MESSAGE } else { 0.0 };
    let peak = peak_load(&load);
    let lead = pool.map_or(Pool::DEFAULT_LEAD_TIME_DAYS, |pool| pool.lead_time_days);
    let told = load_curve(&level, &load, (limit, least), &mut context.clock());
    // More history helps where it is short or stopped, and nothing else is to be done.
    let waits = stopped.is_some() || matches!(told, Err(NoCurve::TooShort { .. }));
    let verdict = match (stopped, told) {
        (Some(stopped), _) => stopped,
        (None, Ok(curve)) => reached(&curve, peak.as_ref(), (limit, behind.measure, lead), context),
        (None, Err(none)) => without(none),
    };
    let name = name(key.measure, labels);
    let severity = if waits { Severity::Info } else { severity(&verdict) };
    let mut evidence = evidence(&verdict, behind, peak.as_ref(), load.last().map_or(0, |(time, _)| time));
    evidence.facts = facts(&verdict, (key.measure.unit(), limit), behind.measure);
    Finding {
        id: EventId::of_series(Kind::Capacity, key.measure, labels),
        kind: Kind::Capacity,
        severity,
        subject: Subject {
            name: name.clone(),
            pool: pool.map(|p| p.name.clone()),
            role: pool.map(|p| p.role),
            measure: key.measure,
            labels: labels.clone(),
        },
        headline: headline(&name, &verdict, (key.measure.unit(), limit), behind.measure),
        advice: advice(&verdict, severity, pool),
        evidence,
        what_if: Vec::new(),
        verdict,
        earlier: None,
        decision: Decision::default(),
    }
}

fn without(none: NoCurve) -> Verdict {
    let reason = none.to_string();
    match none {
        NoCurve::DoesNotRise => Verdict::Independent { because: NoEffect::DoesNotRise, reason },
        NoCurve::FollowsTheClock => Verdict::Independent { because: NoEffect::FollowsTheClock, reason },
        _ => Verdict::Undecided { reason, enough_on: None },
    }
}

/// The load at which the limit is reached, and when.
fn reached(
    curve: &LoadCurve,
    peak: Option<&PeakLoad>,
    (limit, load, lead_time_days): (f64, Measure, f64),
    context: &Context,
) -> Verdict {
    let told = |at_load, at_load_low, at_load_high, beyond_seen| LoadLimit {
        load,
        load_unit: load.unit(),
        limit,
        at_load,
        at_load_low,
        at_load_high,
        beyond_seen,
        highest_load: curve.highest_load,
        shape: match curve.shape {
            CurveShape::Monotone => LoadShape::Monotone,
            CurveShape::Queueing => LoadShape::Queueing,
        },
        points: curve.points.iter().map(|&(load, level)| LoadPoint { load, level }).collect(),
        error_percent: 100.0 * curve.error,
        error_percent_without: 100.0 * curve.error_without,
        weeks: curve.weeks,
        same_hour: [curve.same_hour.share, curve.same_hour.low, curve.same_hour.high],
        growth: peak.map(growth),
    };
    let Reached::At { load: at, low, high, beyond_seen, draws } = &curve.reached else {
        return Verdict::Holds { load_limit: told(None, None, None, false) };
    };
    let days = peak.map(|peak| days_until(peak, *at, draws, HORIZON_DAYS));
    let runway = Runway {
        p5_days: days.and_then(|days| days.p5),
        p50_days: days.and_then(|days| days.p50),
        p95_days: days.and_then(|days| days.p95),
    };
    let date = |days: Option<f64>| days.map(|days| context.date_in(days));
    let reached = Exhaustion {
        runway,
        p5: date(runway.p5_days),
        p50: date(runway.p50_days),
        p95: date(runway.p95_days),
        order_by: date(runway.p5_days).map(|early| context.before(early, lead_time_days)),
        early_warning: None,
        lead_time_days,
    };
    Verdict::Crosses(Crossing { reached, load_limit: told(Some(*at), Some(*low), *high, *beyond_seen) })
}

fn growth(peak: &PeakLoad) -> LoadGrowth {
    let percent = |hundredths: f64| 100.0 * (hundredths / 100.0).exp_m1();
    LoadGrowth {
        weekly_peak: peak.now,
        percent_per_month: percent(peak.growth.middle),
        low: percent(peak.growth.low),
        high: percent(peak.growth.high),
        error_percent: peak.tried.map(|(error, _)| 100.0 * error),
        tries: peak.tried.map_or(0, |(_, tries)| tries),
    }
}

/// As of a disk: critical where it is likelier than not that it comes within the lead time, a warning where it is to be
/// decided within a fortnight. A load that has not been seen is never more than a warning.
fn severity(verdict: &Verdict) -> Severity {
    let Verdict::Crosses(crossing) = verdict else { return Severity::Ok };
    let Exhaustion { runway, lead_time_days: lead, .. } = &crossing.reached;
    let within = |days: Option<f64>, lead: f64| days.is_some_and(|days| days <= lead);
    match () {
        () if within(runway.p50_days, *lead) && !crossing.load_limit.beyond_seen => Severity::Critical,
        () if within(runway.p50_days, *lead) || within(runway.p5_days, lead + NOTICE_DAYS) => {
            Severity::Warning
        }
        () if runway.p5_days.is_some() => Severity::Info,
        () => Severity::Ok,
    }
}

/// The weeks' highest loads, and the load at which the limit is reached.
fn evidence(verdict: &Verdict, behind: &Behind, peak: Option<&PeakLoad>, last: i64) -> Evidence {
    let limit = match verdict {
        Verdict::Crosses(crossing) => Some(&crossing.load_limit),
        Verdict::Holds { load_limit } => Some(load_limit),
        _ => None,
    };
    let mut evidence = Evidence::of_facts(Vec::new());
    evidence.unit = behind.measure.unit();
    if let (Some(peak), Some(_)) = (peak, limit) {
        evidence.lines = vec![lines::of_weeks("highest load of the week", last, &peak.weeks)];
    }
    let level = |name: &str, value| Threshold { name: name.to_owned(), value, later: Vec::new() };
    evidence.thresholds = limit
        .and_then(|limit| limit.at_load)
        .map(|load| level("load at the limit", load))
        .into_iter()
        .collect();
    if let Some(limit) = limit {
        evidence.model = model(limit);
        let (error, tries) = limit.growth.map_or((None, 0), |growth| (growth.error_percent, growth.tries));
        let peak = limit.growth.map_or(limit.highest_load, |growth| growth.weekly_peak);
        evidence.backtest = Some(Backtest {
            origins: tries,
            horizon_days: PEAK_LOAD_AHEAD_DAYS,
            mean_abs_error: peak * error.unwrap_or(0.0) / 100.0,
            coverage: None,
            summary: summary(limit),
        });
    }
    evidence
}

#[cfg(test)]
mod tests;
