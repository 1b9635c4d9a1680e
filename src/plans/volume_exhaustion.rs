//! When a volume is full, by bytes and by inodes.

use chrono::NaiveDate;

use super::{
    Context, Decision, EventId, Evidence, Finding, Kind, Line, Mark, Severity, Subject, Threshold, Verdict,
    circumstances::{self, Circumstances, Felt},
    coming,
    late::Past,
    lines,
    oddities::oddities,
    outlook::{self, Outlook, Prospect},
    weekly_rhythm, wording,
};
use crate::{
    models::{Forecast, GrowthBelief},
    platform::{Labels, Measure, Planning, Pool, Unit},
    series::{DAY, Level, Series, Volume, median},
};

/// A capacity that changes by more than this share was resized; less is rounding and metadata.
const RESIZE_SHARE: f64 = 0.01;

/// What is known of a volume once it has been judged: its findings, and its level for the pool's.
#[derive(Debug, Clone)]
pub struct VolumeAnswer {
    /// The volume's findings: bytes first, then inodes where the source tells of them.
    pub findings: Vec<Finding>,
    /// `host:mount`.
    pub name: String,
    /// The level of its used bytes, where there is one.
    pub level: Option<Level>,
    /// Usable bytes at the moment of the plan.
    pub usable: Option<f64>,
    /// The forecast of its used bytes, where there is one.
    pub forecast: Option<Forecast>,
    /// How many mailboxes it holds, where they are counted.
    pub mailboxes_now: Option<f64>,
    /// The volume's labels.
    pub labels: Labels,
    /// Usable bytes by day since 1970-01-01 UTC, where something is planned that they are held against.
    pub(super) usable_days: Vec<(i64, f64)>,
    /// The first day on which capacity that is ordered for it comes.
    pub(super) ordered_on: Option<NaiveDate>,
    /// What its pool feels of what is planned for it alone: as things are, then in each scenario.
    pub(super) felt: Vec<Felt>,
}

/// Which of a volume's two resources is looked at.
struct Resource<'a> {
    kind: Kind,
    measure: Measure,
    unit: Unit,
    used: &'a Series,
    total: &'a Series,
    total_name: &'static str,
    grow: &'static str,
}

/// What a volume says by itself of how volumes grow; `None` where its history is too short for that.
pub fn growth_belief(volume: &Volume, pool: Option<&Pool>, context: &Context) -> Option<GrowthBelief> {
    let host = volume.labels.get("host");
    GrowthBelief::of(&Level::of(&context.declared(&volume.used, host, pool)).ok()?)
}

/// Judges one volume of a pool (or of none).
pub fn volume_findings<'a>(
    volume: &'a Volume,
    pool: Option<&'a Pool>,
    context: &Context<'a>,
) -> VolumeAnswer {
    let host = volume.labels.get("host").unwrap_or("(no host)");
    let name = format!("{host}:{}", volume.labels.get("volume").unwrap_or("(no mount)"));
    let bytes = Resource {
        kind: Kind::VolumeExhaustion,
        measure: Measure::DiskUsed,
        unit: Unit::Bytes,
        used: &volume.used,
        total: &volume.usable,
        total_name: "usable",
        grow: "add disk, move mailboxes away or purge",
    };
    let inodes = Resource {
        kind: Kind::InodeExhaustion,
        measure: Measure::InodesUsed,
        unit: Unit::Count,
        used: &volume.inodes_used,
        total: &volume.inodes_total,
        total_name: "inodes",
        grow: "make a file system with more inodes, or merge small files (mdbox instead of Maildir)",
    };
    let level = Level::of(&context.declared(&volume.used, volume.labels.get("host"), pool)).ok();
    let Told { finding: of_bytes, forecast, felt, ordered_on } =
        finding(&bytes, level.as_ref(), volume, &name, pool, context);
    let mut findings = vec![of_bytes];
    // File systems without a fixed number of inodes (btrfs, some network ones) say 0.
    if inodes.total.last().is_some_and(|(_, total)| total > 0.0) {
        let level = Level::of(&context.declared(&volume.inodes_used, volume.labels.get("host"), pool)).ok();
        findings.push(finding(&inodes, level.as_ref(), volume, &name, pool, context).finding);
    }
    let planned = !context.platform.planned.is_empty();
    VolumeAnswer {
        findings,
        name,
        level,
        usable: volume.usable.last().map(|(_, usable)| usable).filter(|&usable| usable > 0.0),
        forecast,
        mailboxes_now: None,
        labels: volume.labels.clone(),
        usable_days: if planned { lines::days(&volume.usable) } else { Vec::new() },
        ordered_on,
        felt,
    }
}

/// A volume's resource, judged.
struct Told {
    finding: Finding,
    forecast: Option<Forecast>,
    felt: Vec<Felt>,
    ordered_on: Option<NaiveDate>,
}

fn finding<'a>(
    resource: &Resource,
    level: Option<&Level>,
    volume: &Volume,
    name: &str,
    pool: Option<&Pool>,
    context: &Context<'a>,
) -> Told {
    let undecided = |reason: &str, circumstances: Option<&Circumstances>| {
        let outlook = outlook::undecided(reason.to_owned(), None);
        let finding = told(resource, level, volume, name, pool, (circumstances, &outlook), context);
        Told { finding, forecast: None, felt: Vec::new(), ordered_on: None }
    };
    let Some(level) = level else { return undecided("there is no sample", None) };
    let circumstances = |pool: Option<&Pool>, context: &Context<'a>| {
        Circumstances::of(level, resource.unit, pool, coming::of_volume(context, &volume.labels), context)
    };
    let now = circumstances(pool, context);
    // A size of zero is one that could not be read.
    let Some(total) = resource.total.last().map(|(_, total)| total).filter(|&total| total > 0.0) else {
        return undecided("its source does not tell how much it holds", Some(&now));
    };
    let plan_risk = pool.map_or_else(|| Planning::default().risk, |pool| pool.planning.risk);
    let prospect = Prospect::of(level, plan_risk, context);
    let outlook = prospect.judge(level, now.bounds(total), context);
    let others = context.scenarios.iter().map(|(_, other)| {
        let pool = pool.and_then(|pool| other.platform.pool(&pool.name));
        circumstances(pool, other)
    });
    let others: Vec<Circumstances> = others.collect();
    let mut felt = vec![now.felt(&prospect, context)];
    felt.extend(others.iter().zip(&context.scenarios).map(|(other, (_, of))| other.felt(&prospect, of)));
    let what_if = circumstances::what_if(&prospect, level, total, (&now, &outlook), &others, context);
    let finding = told(resource, Some(level), volume, name, pool, (Some(&now), &outlook), context);
    Told {
        finding: Finding { what_if, ..finding },
        forecast: outlook.forecast,
        felt,
        ordered_on: now.ordered_on(),
    }
}

/// The judgement of a volume's resource as a finding.
fn told(
    resource: &Resource,
    level: Option<&Level>,
    volume: &Volume,
    name: &str,
    pool: Option<&Pool>,
    (circumstances, outlook): (Option<&Circumstances>, &Outlook),
    context: &Context,
) -> Finding {
    let labels = &volume.labels;
    let (subject, told) = match resource.kind {
        Kind::InodeExhaustion => (format!("{name} inodes"), format!("{name}, by inodes,")),
        _ => (name.to_owned(), name.to_owned()),
    };
    Finding {
        id: EventId::of_volume(resource.kind, labels),
        kind: resource.kind,
        severity: outlook.severity,
        subject: Subject {
            name: subject,
            pool: pool.map(|p| p.name.clone()),
            role: pool.map(|p| p.role),
            measure: resource.measure,
            labels: labels.clone(),
        },
        headline: outlook::headline(&told, &outlook.verdict),
        advice: circumstances::advised(
            advice(&outlook.verdict, outlook.severity, resource.grow, context),
            &outlook.verdict,
            circumstances.and_then(Circumstances::ordered_on),
        ),
        evidence: evidence(resource, level, volume, pool, (circumstances, outlook), context),
        verdict: outlook.verdict.clone(),
        decision: Decision::default(),
        earlier: None,
        what_if: Vec::new(),
    }
}

/// What to do about a level that may fill, in one sentence.
pub(super) fn advice(verdict: &Verdict, severity: Severity, grow: &str, context: &Context) -> String {
    match (verdict, severity) {
        (Verdict::Fills(e), Severity::Critical) => format!(
            "Act now: {grow}; new capacity takes {}, and it may be full in {}.",
            wording::days(e.lead_time_days),
            wording::days(e.runway.p5_days.unwrap_or(0.0))
        ),
        (Verdict::Fills(e), _) => match e.order_by {
            Some(by) if by > context.date(context.as_of) => {
                format!("Decide by {}: {grow}.", wording::date(by))
            }
            _ => {
                format!("Decide this week: {grow}; the early edge of the forecast lies within the lead time.")
            }
        },
        (Verdict::FillsBeyond { .. }, Severity::Info) => {
            "Watch it: it may fill sooner than its likeliest course says.".to_owned()
        }
        (Verdict::Undecided { enough_on: Some(date), .. }, _) => {
            format!("Wait until {}: then there is enough history.", wording::date(*date))
        }
        (Verdict::Undecided { reason, .. }, _) if reason.starts_with(outlook::NO_SAMPLE) => {
            "See the finding about what has stopped.".to_owned()
        }
        (Verdict::Undecided { .. }, _) => "Check what its monitoring answers.".to_owned(),
        _ => "Nothing to do.".to_owned(),
    }
}

fn evidence(
    resource: &Resource,
    level: Option<&Level>,
    volume: &Volume,
    pool: Option<&Pool>,
    (circumstances, outlook): (Option<&Circumstances>, &Outlook),
    context: &Context,
) -> Evidence {
    let from = context.as_of - (context.platform.report.history_days * DAY as f64) as i64;
    let forecast = outlook.forecast.as_ref();
    let used = level.map_or(resource.used, |level| &level.series);
    let capacity = lines::daily(resource.total_name, resource.total, from);
    let mut marks = level.map(|level| outlook::marks(level, forecast)).unwrap_or_default();
    marks.extend(resizes(&lines::daily(resource.total_name, resource.total, i64::MIN / 2)));
    marks.extend(circumstances.iter().flat_map(|known| known.marks(context)));
    marks.sort_by_key(|m| m.time);
    let total = resource.total.last().map(|(_, total)| total);
    let mut facts = Vec::new();
    if let Some((_, now)) = used.last() {
        facts.push(wording::number("used", now, resource.unit));
        if let Some(total) = total.filter(|&t| t > 0.0) {
            facts.push(wording::number(resource.total_name, total, resource.unit));
            facts.push(wording::number("used share", now / total, Unit::Ratio));
        }
    }
    if let Some(forecast) = forecast {
        facts.push(wording::per_day("growth", forecast.net_per_day, resource.unit));
        facts.extend(weekly_rhythm::fact(forecast, resource.unit));
    }
    if let Some(level) = level {
        facts.extend(oddities(level, resource.used, resource.unit, volume));
    }
    if let Some((known, level)) = circumstances.zip(level) {
        facts.extend(known.facts());
        let per_day = forecast.map_or(0.0, |forecast| forecast.net_per_day);
        let past = || Past::new(per_day).with(lines::days(&level.series), lines::days(resource.total));
        facts.extend(known.late(past));
    }
    let full_mark = circumstances
        .map_or_else(|| pool.map_or(Pool::DEFAULT_FULL_MARK, |pool| pool.full_mark), |known| known.full_mark);
    let mark = total.map(|total| Threshold {
        name: format!("full mark ({} of {})", wording::percent(full_mark), resource.total_name),
        value: full_mark * total,
        later: circumstances.map(|known| known.later(total)).unwrap_or_default(),
    });
    Evidence {
        unit: resource.unit,
        lines: [lines::daily("used", used, from), capacity]
            .into_iter()
            .filter(|l| !l.times.is_empty())
            .collect(),
        band: forecast.map(outlook::band),
        thresholds: mark.into_iter().collect(),
        marks,
        week: None,
        parts: Vec::new(),
        facts,
        model: forecast.zip(level).map(|(f, l)| outlook::model(f, l, context)).unwrap_or_default(),
        backtest: forecast.and_then(|f| outlook::backtest(f, resource.unit)),
    }
}

/// Changes of a capacity from one day to the next.
fn resizes(capacity: &Line) -> Vec<Mark> {
    let known: Vec<(i64, f64)> =
        capacity.times.iter().zip(&capacity.values).filter_map(|(&t, v)| v.map(|v| (t, v))).collect();
    let changed = |w: &&[(i64, f64)]| (w[1].1 - w[0].1).abs() > RESIZE_SHARE * w[0].1.abs();
    let mut marks: Vec<Mark> = Vec::new();
    for pair in known.windows(2).filter(changed) {
        // A day on which the capacity changed half-way may show both levels' middle: join the two parts.
        match marks.last_mut() {
            Some(last) if pair[1].0 - last.time <= 2 * DAY => {
                last.size = last.size.map(|size| size + pair[1].1 - pair[0].1);
            }
            _ => marks.push(Mark {
                time: pair[1].0,
                name: "resize".to_owned(),
                size: Some(pair[1].1 - pair[0].1),
            }),
        }
    }
    // A reading of nothing that came back the next day is no resize.
    let typical = median(&mut known.iter().map(|k| k.1).collect::<Vec<_>>()).unwrap_or(0.0);
    marks.retain(|m| m.size.is_some_and(|size| size.abs() > RESIZE_SHARE * typical));
    marks
}

#[cfg(test)]
mod phenomena;
#[cfg(test)]
mod tests;
