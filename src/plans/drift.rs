//! Drift: which latencies, queues and probes rise steadily, since a day, or by steps.

use super::{
    Context, DatedStep, DriftKind, DriftSize, EventId, Evidence, Finding, Kind, Line, Mark, Severity,
    Subject, Threshold, Verdict,
    drift_words::{advice, headline, name},
    lines, wording,
};
use crate::{
    archive::Column,
    models::{Drift, DriftCourse, DriftEvidence, DriftSettings, drift_evidence, drift_prior, least_belief},
    platform::{Labels, Measure, SeriesKey},
    series::{DAY, Fold, HOUR, grid},
};

/// Days looked at: a quarter shows a drift without last year's platform in it.
const SPAN_DAYS: i64 = 90;
/// A series that stopped this long before the plan's moment is not judged.
const STALE_DAYS: i64 = 3;
/// A step this many days ago is news; an older one is a level that people know.
const NEWS_DAYS: i64 = 28;

/// What one series says before all have been weighed.
#[derive(Debug, Clone)]
pub struct WeighedDrift {
    measure: Measure,
    labels: Labels,
    /// What it says, or why it says nothing.
    evidence: Result<DriftEvidence, Verdict>,
}

/// Weighs all series of one measure.
pub fn weighed_drifts(measure: Measure, columns: &[Column], context: &Context) -> Vec<WeighedDrift> {
    use rayon::prelude::*;
    columns.par_iter().map(|column| weighed(measure, column, context)).collect()
}

fn weighed(measure: Measure, column: &Column, context: &Context) -> WeighedDrift {
    let labels = &column.labels;
    let host = labels.get("host");
    let pool = host.and_then(|host| context.platform.pool_of(host));
    let hours = context.declared(&grid(&column.points, HOUR, Fold::Median), host, pool);
    let silent = hours.last().map_or(i64::MAX, |(time, _)| context.as_of.saturating_sub(time));
    let settings = DriftSettings { clock: context.clock(), days: SPAN_DAYS };
    let evidence = if silent > STALE_DAYS * DAY {
        Err(Verdict::Undecided { reason: "its data stopped".to_owned(), enough_on: None })
    } else {
        drift_evidence(&hours, &settings).map_err(|short| Verdict::Undecided {
            enough_on: Some(context.date(short.enough_at)),
            reason: short.to_string(),
        })
    };
    WeighedDrift { measure, labels: labels.clone(), evidence }
}

/// Judges all series of all measures together: what is noise and how many change is learnt from all, and so is how
/// sure one must be.
pub fn drift_findings(fleet: &[WeighedDrift], context: &Context) -> Vec<Finding> {
    use rayon::prelude::*;
    let known: Vec<&DriftEvidence> = fleet.iter().filter_map(|one| one.evidence.as_ref().ok()).collect();
    let prior = drift_prior(&known);
    let judged: Vec<Option<Drift>> =
        fleet.par_iter().map(|one| one.evidence.as_ref().ok().map(|e| e.judge(&prior))).collect();
    let beliefs: Vec<f64> = judged.iter().flatten().map(|drift| drift.rises.max(drift.falls)).collect();
    let least = least_belief(&beliefs);
    let both = fleet.iter().zip(&judged);
    both.map(|(one, drift)| finding(one, drift.as_ref().map(|drift| (drift, least)), context)).collect()
}

/// `judged` is the drift and the least belief that is told.
fn finding(one: &WeighedDrift, judged: Option<(&Drift, f64)>, context: &Context) -> Finding {
    let (measure, labels) = (one.measure, &one.labels);
    let pool = labels.get("host").and_then(|host| context.platform.pool_of(host));
    let key = SeriesKey { measure, labels: labels.clone() };
    let limit = context.platform.limit_for(&key, pool);
    let name = name(measure, labels);
    let verdict = match (judged, &one.evidence) {
        (Some((drift, least)), _) => verdict(drift, least),
        (None, Err(undecided)) => undecided.clone(),
        (None, Ok(_)) => Verdict::Undecided { reason: "it was not judged".to_owned(), enough_on: None },
    };
    let drift = judged.map(|(drift, _)| drift);
    let severity = severity(&verdict, drift, limit, context);
    let parts: Vec<String> =
        std::iter::once(measure.name().to_owned()).chain(labels.iter().map(|(_, v)| v.to_owned())).collect();
    Finding {
        id: EventId::of(Kind::Drift, &parts.iter().map(String::as_str).collect::<Vec<_>>()),
        kind: Kind::Drift,
        severity,
        subject: Subject {
            name: name.clone(),
            pool: pool.map(|p| p.name.clone()),
            role: pool.map(|p| p.role),
            measure,
            labels: labels.clone(),
        },
        headline: headline(&name, &verdict),
        advice: advice(&verdict, severity, pool),
        evidence: evidence(measure, drift, limit),
        verdict,
    }
}

fn verdict(drift: &Drift, least_belief: f64) -> Verdict {
    let (course, began_on, steps) = match &drift.course {
        DriftCourse::Ramp => (DriftKind::Ramp, None, Vec::new()),
        DriftCourse::Late { from } => (DriftKind::Late, wording::local_date(*from), Vec::new()),
        DriftCourse::Steps(steps) => {
            let dated = steps.iter().filter_map(|step| {
                Some(DatedStep { on: wording::local_date(step.day)?, percent: step.percent })
            });
            let kind = if steps.len() > 1 { DriftKind::Steps } else { DriftKind::Step };
            (kind, None, dated.collect())
        }
    };
    let size = DriftSize {
        percent_per_month: drift.percent_per_month,
        low: drift.low_per_month,
        high: drift.high_per_month,
        percent_over_span: drift.percent_over_span,
        low_over_span: drift.low_over_span,
        high_over_span: drift.high_over_span,
        span_days: drift.span_days,
        course,
        began_on,
        steps,
        belief: drift.rises.max(drift.falls),
        least_belief,
        p_value: drift.p_value,
    };
    if size.belief < least_belief {
        Verdict::Steady(size)
    } else if drift.rises > drift.falls {
        Verdict::Rises(size)
    } else {
        Verdict::Falls(size)
    }
}

fn severity(verdict: &Verdict, drift: Option<&Drift>, limit: Option<f64>, context: &Context) -> Severity {
    let above = drift.and_then(|d| d.trend.last()).zip(limit).is_some_and(|(&level, limit)| level > limit);
    let today = context.date(context.as_of);
    let news = |step: &DatedStep| today.signed_duration_since(step.on).num_days() <= NEWS_DAYS;
    match verdict {
        Verdict::Rises(_) if above => Severity::Critical,
        _ if above => Severity::Warning,
        Verdict::Rises(size) if !size.steps.is_empty() && !size.steps.iter().any(news) => Severity::Info,
        Verdict::Rises(_) => Severity::Warning,
        Verdict::Undecided { .. } => Severity::Info,
        _ => Severity::Ok,
    }
}

fn evidence(measure: Measure, drift: Option<&Drift>, limit: Option<f64>) -> Evidence {
    let mut lines: Vec<Line> = Vec::new();
    let mut facts = Vec::new();
    let mut marks = Vec::new();
    if let Some(drift) = drift {
        lines.push(lines::of_days("level by day", drift.first_day, drift.levels.clone()));
        lines.push(lines::of_days("trend", drift.first_day, drift.trend.iter().copied().map(Some).collect()));
        if let Some(&level) = drift.trend.last() {
            facts.push(wording::number("level now", level, measure.unit()));
        }
        if drift.incidents > 0 {
            facts.push(wording::in_days("left out as incidents", drift.incidents as f64));
        }
        marks = changes(drift);
    }
    Evidence {
        unit: measure.unit(),
        lines,
        band: None,
        thresholds: limit.map(|value| Threshold { name: "limit".to_owned(), value }).into_iter().collect(),
        marks,
        week: None,
        facts,
        model: "Bayesian average over courses (ramp, late ramp, steps) and noises of several memories, on levels of \
                the logarithm with the hour-of-week shape taken out; noises and share of changes learnt from all \
                series"
            .to_owned(),
        backtest: None,
    }
}

/// When a late rise began, and the steps.
fn changes(drift: &Drift) -> Vec<Mark> {
    let mark = |day: i64, name: &str| Mark { time: day * DAY, name: name.to_owned(), size: None };
    match &drift.course {
        DriftCourse::Ramp => Vec::new(),
        DriftCourse::Late { from } => vec![mark(*from, "begins to change")],
        DriftCourse::Steps(steps) => steps.iter().map(|step| mark(step.day, "step")).collect(),
    }
}

#[cfg(test)]
mod tests;
