//! Drift: which latencies, queues and probes rise steadily.

use super::{
    Context, Decision, DriftSize, EventId, Evidence, Finding, Kind, Line, Severity, Subject, Threshold,
    Verdict, lines, wording,
};
use crate::{
    archive::Column,
    models::{Drift, DriftSettings, drift},
    platform::{Labels, Measure, Pool, SeriesKey},
    series::{DAY, Fold, HOUR, grid},
};

/// Days looked at: a quarter shows a drift without last year's platform in it.
const SPAN_DAYS: i64 = 90;
/// A change of less than this over the span is not worth a meeting, however certain.
const LEAST_PERCENT: f64 = 10.0;
/// The trend test's two-sided level.
const ALPHA: f64 = 0.05;
/// A series that stopped this long before the plan's moment is not judged.
const STALE_DAYS: i64 = 3;

/// Judges all series of one measure.
pub fn drift_findings(measure: Measure, columns: &[Column], context: &Context) -> Vec<Finding> {
    use rayon::prelude::*;
    columns.par_iter().map(|column| finding(measure, column, context)).collect()
}

fn finding(measure: Measure, column: &Column, context: &Context) -> Finding {
    let labels = &column.labels;
    let pool = labels.get("host").and_then(|host| context.platform.pool_of(host));
    let key = SeriesKey { measure, labels: labels.clone() };
    let limit = context.platform.limit_for(&key, pool);
    let name = name(measure, labels);
    let hours = grid(&column.points, HOUR, Fold::Median);
    let hours = context.declared(&hours, labels.get("host"), pool);
    let silent = hours.last().map_or(i64::MAX, |(time, _)| context.as_of.saturating_sub(time));
    let settings = DriftSettings { clock: context.clock(), days: SPAN_DAYS };
    let judged = if silent > STALE_DAYS * DAY {
        Err(Verdict::Undecided { reason: "its data stopped".to_owned(), enough_on: None })
    } else {
        drift(&hours, &settings).map_err(|short| Verdict::Undecided {
            enough_on: Some(context.date(short.enough_at)),
            reason: short.to_string(),
        })
    };
    let verdict = judged.as_ref().map_or_else(Clone::clone, verdict);
    let severity = severity(&verdict, judged.as_ref().ok(), limit);
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
        evidence: evidence(measure, judged.as_ref().ok(), limit),
        what_if: Vec::new(),
        verdict,
        earlier: None,
        decision: Decision::default(),
    }
}

fn verdict(drift: &Drift) -> Verdict {
    let size = DriftSize {
        percent_per_month: drift.percent_per_month,
        low: drift.low_per_month,
        high: drift.high_per_month,
        percent_over_span: drift.percent_over_span,
        span_days: drift.span_days,
        p_value: drift.p_value,
    };
    if drift.p_value >= ALPHA || drift.percent_over_span.abs() < LEAST_PERCENT {
        Verdict::Steady(size)
    } else if drift.percent_over_span > 0.0 {
        Verdict::Rises(size)
    } else {
        Verdict::Falls(size)
    }
}

fn severity(verdict: &Verdict, drift: Option<&Drift>, limit: Option<f64>) -> Severity {
    let above = drift.and_then(|d| d.trend.last()).zip(limit).is_some_and(|(&level, limit)| level > limit);
    match verdict {
        Verdict::Rises(_) if above => Severity::Critical,
        Verdict::Rises(_) => Severity::Warning,
        _ if above => Severity::Warning,
        Verdict::Undecided { .. } => Severity::Info,
        _ => Severity::Ok,
    }
}

/// `probe inbound`, `queue deferred on out02`, `delivery.delay on out01 (stage transmission)`.
fn name(measure: Measure, labels: &Labels) -> String {
    let of = |label: &str| labels.get(label);
    let host = of("host").map(|host| format!(" on {host}")).unwrap_or_default();
    let (head, told): (String, &[&str]) = match (measure, of("probe"), of("queue")) {
        (Measure::ProbeDuration, Some(probe), _) => (format!("probe {probe}{host}"), &["host", "probe"]),
        (Measure::QueueDepth, _, Some(queue)) => (format!("queue {queue}{host}"), &["host", "queue"]),
        (Measure::QueueAge, _, Some(queue)) => (format!("age of queue {queue}{host}"), &["host", "queue"]),
        (Measure::DeliveryDelay, ..) => (format!("delivery delay{host}"), &["host"]),
        (Measure::ResponseTime, ..) => match of("pool") {
            Some(pool) => (format!("response time of {pool}"), &["host", "pool"]),
            None => (format!("response time{host}"), &["host"]),
        },
        (measure, ..) => (format!("{measure}{host}"), &["host"]),
    };
    let rest: Vec<String> =
        labels.iter().filter(|(k, _)| !told.contains(k)).map(|(k, v)| format!("{k} {v}")).collect();
    if rest.is_empty() { head } else { format!("{head} ({})", rest.join(", ")) }
}

fn headline(name: &str, verdict: &Verdict) -> String {
    match verdict {
        Verdict::Rises(size) => format!(
            "{name} rises steadily: +{:.0} % over {}",
            size.percent_over_span,
            wording::days(size.span_days)
        ),
        Verdict::Falls(size) => {
            format!(
                "{name} falls steadily: {:.0} % over {}",
                size.percent_over_span,
                wording::days(size.span_days)
            )
        }
        Verdict::Steady(_) => format!("{name} neither rises nor falls"),
        Verdict::Undecided { reason, .. } => format!("{name} cannot be judged: {reason}"),
        _ => name.to_owned(),
    }
}

fn advice(verdict: &Verdict, severity: Severity, pool: Option<&Pool>) -> String {
    let whose = pool.map(|p| format!(" of pool {}", p.name)).unwrap_or_default();
    match (verdict, severity) {
        (Verdict::Rises(_), Severity::Critical) => {
            format!("It is above its limit: find what{whose} it waits for, and add or repair that now.")
        }
        (Verdict::Rises(_), _) => {
            format!(
                "Find the resource{whose} that rises with it: processor, memory, disk, a queue or a remote side."
            )
        }
        (_, Severity::Warning) => format!("It stays above its limit: find what{whose} it waits for."),
        (Verdict::Undecided { enough_on: Some(date), .. }, _) => {
            format!("Wait until {}: then there is enough history.", wording::date(*date))
        }
        (Verdict::Undecided { .. }, _) => "Check what its monitoring answers.".to_owned(),
        _ => "Nothing to do.".to_owned(),
    }
}

fn evidence(measure: Measure, drift: Option<&Drift>, limit: Option<f64>) -> Evidence {
    let mut lines: Vec<Line> = Vec::new();
    let mut facts = Vec::new();
    if let Some(drift) = drift {
        lines.push(lines::of_days("level by day", drift.first_day, drift.levels.clone()));
        lines.push(lines::of_days("trend", drift.first_day, drift.trend.iter().copied().map(Some).collect()));
        if let Some(&level) = drift.trend.last() {
            facts.push(wording::number("level now", level, measure.unit()));
        }
        if drift.incidents > 0 {
            facts.push(wording::in_days("left out as incidents", drift.incidents as f64));
        }
    }
    Evidence {
        unit: measure.unit(),
        lines,
        band: None,
        thresholds: limit.map(|value| Threshold { name: "limit".to_owned(), value, later: Vec::new() }).into_iter().collect(),
        marks: Vec::new(),
        week: None,
        parts: Vec::new(),
        facts,
        model: "Mann–Kendall test (Hamed–Rao) and Theil–Sen slope on daily levels of the logarithm, the hour-of-week \
                shape taken out"
            .to_owned(),
        backtest: None,
    }
}

#[cfg(test)]
mod tests;
