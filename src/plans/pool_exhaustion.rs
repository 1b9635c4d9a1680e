//! When a pool is full: all its volumes together, since mailboxes can be moved between them.

use super::{
    Context, EventId, Evidence, Finding, Kind, Severity, Subject, Threshold, Verdict, VolumeAnswer, lines,
    outlook::{self, Bounds, judge},
    volume_exhaustion::advice,
    wording,
};
use crate::{
    platform::{Labels, Measure, Pool, Unit},
    series::{DAY, Level, Series, Steps, level_on},
};

/// A volume younger than this joins the pool's level as a constant: its history would shorten the pool's.
const LEAST_DAYS: i64 = 28;

/// Judges a pool by the sum of its volumes; `None` for a pool without volumes.
pub fn pool_finding(pool: &Pool, volumes: &[VolumeAnswer], context: &Context) -> Option<Finding> {
    if volumes.is_empty() {
        return None;
    }
    let known: Vec<(&Level, f64)> =
        volumes.iter().filter_map(|v| Some((v.level.as_ref()?, v.usable?))).collect();
    let usable: f64 = known.iter().map(|k| k.1).sum();
    let level = together(&known);
    let bounds = Bounds { mark: pool.full_mark * usable, lead_time_days: pool.lead_time_days };
    let outlook = match &level {
        Some(level) => judge(level, bounds, context),
        None => outlook::undecided("none of its volumes has four weeks of history".to_owned(), None),
    };
    let name = format!("pool {}", pool.name);
    let filling = volumes.iter().filter(|v| fills(v)).count();
    let advice = match (&outlook.verdict, filling) {
        (Verdict::Fills(_), _) | (_, 0) => {
            advice(&outlook, "order disk for the pool, or purge across it", context)
        }
        (_, 1) => "The pool has room: move mailboxes off the volume that fills.".to_owned(),
        (_, n) => format!("The pool has room: move mailboxes off the {n} volumes that fill."),
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
        headline: outlook::headline(&name, "", &outlook.verdict),
        advice,
        evidence: evidence(pool, level.as_ref(), &outlook, volumes, known.len(), usable, context),
        verdict: outlook.verdict,
    })
}

/// Whether one of a volume's findings is to be acted on.
fn fills(volume: &VolumeAnswer) -> bool {
    volume.findings.iter().any(|f| f.kind == Kind::VolumeExhaustion && f.severity >= Severity::Warning)
}

/// The sum of levels by day, over the days that all of the older volumes have; the young ones count as they
/// stand today, so that a new volume is not growth.
fn together(volumes: &[(&Level, f64)]) -> Option<Level> {
    let days: Vec<Vec<(i64, f64)>> = volumes.iter().map(|(level, _)| level.net_days()).collect();
    let long = |days: &&Vec<(i64, f64)>| {
        days.first().zip(days.last()).is_some_and(|(first, last)| last.0 - first.0 + 1 >= LEAST_DAYS)
    };
    let old: Vec<&Vec<(i64, f64)>> = days.iter().filter(long).collect();
    let young: f64 = days.iter().filter(|d| !long(d)).filter_map(|d| d.last().map(|l| l.1)).sum();
    let first = old.iter().filter_map(|d| d.first()).map(|d| d.0).max()?;
    let last = old.iter().filter_map(|d| d.last()).map(|d| d.0).max()?;
    let sum = |day: i64| -> f64 { young + old.iter().filter_map(|days| level_on(days, day)).sum::<f64>() };
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
            "volumes without history or size",
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
