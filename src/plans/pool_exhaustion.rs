//! When a pool is full: all its volumes together, since mailboxes can be moved between them.

use super::{
    Context, EventId, Evidence, Finding, Kind, Severity, Subject, Threshold, VolumeAnswer, lines,
    outlook::{self, Bounds, judge},
    volume_exhaustion::advice,
    wording,
};
use crate::{
    platform::{Labels, Measure, Pool, Unit},
    series::{DAY, Level, Series, Steps, level_on},
};

/// A volume younger than this is left out of the pool, with what it holds and what it could hold: how it grows
/// is not known yet, and counting its room alone would flatter the pool.
const LEAST_DAYS: i64 = 28;

/// Judges a pool by the sum of its volumes; `None` for a pool without volumes.
pub fn pool_finding(pool: &Pool, volumes: &[VolumeAnswer], context: &Context) -> Option<Finding> {
    if volumes.is_empty() {
        return None;
    }
    let known: Vec<(Vec<(i64, f64)>, f64)> = volumes
        .iter()
        .filter_map(|v| Some((v.level.as_ref()?.net_days(), v.usable?)))
        .filter(|(days, _)| span(days) >= LEAST_DAYS)
        .collect();
    let usable: f64 = known.iter().map(|k| k.1).sum();
    let level = together(&known.iter().map(|k| &k.0[..]).collect::<Vec<_>>());
    let bounds = Bounds { mark: pool.full_mark * usable, lead_time_days: pool.lead_time_days };
    let outlook = match &level {
        Some(level) => judge(level, bounds, context),
        None => outlook::undecided("none of its volumes has four weeks of history".to_owned(), None),
    };
    let name = format!("pool {}", pool.name);
    let filling: Vec<&str> = volumes.iter().filter(|v| fills(v)).map(|v| v.name.as_str()).collect();
    // A pool that is in trouble itself has nowhere to move mailboxes to.
    let advice = if filling.is_empty() || outlook.severity >= Severity::Warning {
        advice(&outlook, "order disk for the pool, or purge across it", context)
    } else {
        format!("The pool has room: move mailboxes off {}.", filling.join(", "))
    };
    Some(Finding {
        id: EventId::of(Kind::PoolExhaustion, &[&pool.name]),
        kind: Kind::PoolExhaustion,
        severity: outlook.severity,
        subject: Subject {
            name: name.clone(),
            pool: Some(pool.name.clone()),
            role: Some(pool.role),
            measure: Measure::DiskUsed,
            labels: Labels::new(),
        },
        headline: outlook::headline(&name, &outlook.verdict),
        advice,
        evidence: evidence(pool, level.as_ref(), &outlook, volumes, known.len(), usable, context),
        verdict: outlook.verdict,
    })
}

/// Whether one of a volume's findings is to be acted on.
fn fills(volume: &VolumeAnswer) -> bool {
    volume.findings.iter().any(|f| f.kind == Kind::VolumeExhaustion && f.severity >= Severity::Warning)
}

/// Days from the first to the last, both counted.
fn span(days: &[(i64, f64)]) -> i64 {
    days.first().zip(days.last()).map_or(0, |(first, last)| last.0 - first.0 + 1)
}

/// The sum of levels by day, over the days that all volumes have; `None` without a volume. A volume whose data
/// ends early counts with its last level.
fn together(volumes: &[&[(i64, f64)]]) -> Option<Level> {
    let first = volumes.iter().filter_map(|d| d.first()).map(|d| d.0).max()?;
    let last = volumes.iter().filter_map(|d| d.last()).map(|d| d.0).max()?;
    let sum = |day: i64| -> f64 { volumes.iter().filter_map(|days| level_on(days, day)).sum() };
    let days: Vec<(i64, f64)> = (first..=last).map(|day| (day, sum(day))).collect();
    let series = Series::from_slots(first * DAY, DAY, days.iter().map(|d| Some(d.1)).collect::<Vec<_>>());
    Some(Level { days, series, steps: Steps::default(), near_zero: 0, holes: 0 })
}

fn evidence(
    pool: &Pool,
    level: Option<&Level>,
    outlook: &outlook::Outlook,
    volumes: &[VolumeAnswer],
    counted: usize,
    usable: f64,
    context: &Context,
) -> Evidence {
    let from = context.as_of - (context.platform.report.history_days * DAY as f64) as i64;
    let forecast = outlook.forecast.as_ref();
    let mut facts = Vec::new();
    if let Some(used) = level.and_then(|l| l.series.last()).map(|(_, used)| used) {
        facts.push(wording::number("used", used, Unit::Bytes));
        facts.push(wording::number("usable", usable, Unit::Bytes));
        if usable > 0.0 {
            facts.push(wording::number("used share", used / usable, Unit::Ratio));
        }
    }
    if let Some(forecast) = forecast {
        facts.push(wording::per_day("growth", forecast.net_per_day, Unit::Bytes));
    }
    facts.push(wording::number("volumes", counted as f64, Unit::Count));
    if counted < volumes.len() {
        facts.push(wording::number(
            "left out: no size, or not four weeks of history",
            (volumes.len() - counted) as f64,
            Unit::Count,
        ));
    }
    Evidence {
        unit: Unit::Bytes,
        lines: level.map(|l| lines::daily("used", &l.series, from)).into_iter().collect(),
        band: forecast.map(outlook::band),
        thresholds: vec![Threshold {
            name: format!("full mark ({} of usable)", wording::percent(pool.full_mark)),
            value: pool.full_mark * usable,
        }],
        marks: level.map(|l| outlook::marks(l, forecast)).unwrap_or_default(),
        week: None,
        facts,
        model: forecast.zip(level).map(|(f, l)| outlook::model(f, l, context)).unwrap_or_default(),
        backtest: forecast.map(|f| outlook::backtest(f, Unit::Bytes)),
    }
}
