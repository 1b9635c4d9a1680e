//! When a pool is full: all its volumes together, since mailboxes can be moved between them.

use chrono::NaiveDate;

use super::{
    Context, EventId, Evidence, Fact, Finding, Kind, Severity, Subject, Threshold, Verdict, VolumeAnswer,
    circumstances::{self, Circumstances},
    coming,
    late::Past,
    lines,
    outlook::{self, Prospect},
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
pub fn pool_finding<'a>(pool: &Pool, volumes: &[VolumeAnswer], context: &Context<'a>) -> Option<Finding> {
    if volumes.is_empty() {
        return None;
    }
    let known: Vec<Counted> = volumes.iter().filter_map(Counted::of).collect();
    let usable: f64 = known.iter().map(|k| k.usable).sum();
    let level = together(&known.iter().map(|k| &k.days[..]).collect::<Vec<_>>());
    // As things are, then in each scenario.
    let under = |level: &Level, case: usize, context: &Context<'a>| {
        let pool = context.platform.pool(&pool.name).unwrap_or(pool);
        let coming = coming::of_pool(context, pool);
        let mut under = Circumstances::of(level, Unit::Bytes, Some(pool), coming, context);
        under.feel(known.iter().filter_map(|k| k.volume.felt.get(case)));
        under
    };
    let mut what_if = Vec::new();
    let now = level.as_ref().map(|level| under(level, 0, context));
    let outlook = match level.as_ref().zip(now.as_ref()) {
        Some((level, now)) => {
            let prospect = Prospect::of(level, context);
            let outlook = prospect.judge(level, now.bounds(usable), context);
            let scenarios = context.scenarios.iter().enumerate();
            let others: Vec<_> = scenarios.map(|(i, (_, other))| under(level, i + 1, other)).collect();
            what_if = circumstances::what_if(&prospect, level, usable, (now, &outlook), &others, context);
            outlook
        }
        None => {
            let reason = "none of its volumes has four weeks of history".to_owned();
            outlook::undecided(reason, volumes.iter().filter_map(enough_on).max())
        }
    };
    let name = format!("pool {}", pool.name);
    let filling: Vec<&str> = volumes.iter().filter(|v| fills(v)).map(|v| v.name.as_str()).collect();
    // A pool that is in trouble itself has nowhere to move mailboxes to; one that cannot be judged may have none.
    let has_room = outlook.forecast.is_some() && outlook.severity < Severity::Warning;
    let advice = if filling.is_empty() || !has_room {
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
        advice: circumstances::advised(advice, &outlook, now.as_ref().and_then(Circumstances::ordered_on)),
        evidence: evidence(pool, level.as_ref(), (now.as_ref(), &outlook), volumes, &known, context),
        verdict: outlook.verdict,
        what_if,
    })
}

/// Whether one of a volume's findings is to be acted on.
fn fills(volume: &VolumeAnswer) -> bool {
    volume.findings.iter().any(|f| f.kind == Kind::VolumeExhaustion && f.severity >= Severity::Warning)
}

/// When a volume that is too young will have enough history.
fn enough_on(volume: &VolumeAnswer) -> Option<NaiveDate> {
    let of_bytes = volume.findings.iter().find(|f| f.kind == Kind::VolumeExhaustion)?;
    match of_bytes.verdict {
        Verdict::Undecided { enough_on, .. } => enough_on,
        _ => None,
    }
}

/// A volume that counts, since how it grows and what it could hold are known.
struct Counted<'v> {
    volume: &'v VolumeAnswer,
    days: Vec<(i64, f64)>,
    usable: f64,
}

impl<'v> Counted<'v> {
    fn of(volume: &'v VolumeAnswer) -> Option<Self> {
        let days = volume.level.as_ref()?.net_days();
        (span(&days) >= LEAST_DAYS).then_some(Counted { volume, days, usable: volume.usable? })
    }
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
    (circumstances, outlook): (Option<&Circumstances>, &outlook::Outlook),
    volumes: &[VolumeAnswer],
    known: &[Counted],
    context: &Context,
) -> Evidence {
    let usable: f64 = known.iter().map(|k| k.usable).sum();
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
    facts.push(wording::number("volumes", known.len() as f64, Unit::Count));
    if known.len() < volumes.len() {
        facts.push(wording::number(
            "left out: no size, or not four weeks of history",
            (volumes.len() - known.len()) as f64,
            Unit::Count,
        ));
    }
    if let Some(under) = circumstances {
        facts.extend(under.facts());
        let growth = Past::new(forecast.map_or(0.0, |forecast| forecast.net_per_day));
        let with = |past: Past, volume: &VolumeAnswer| match &volume.level {
            Some(level) => past.with(lines::days(&level.series), volume.usable_days.clone()),
            None => past,
        };
        facts.extend(under.late(|| volumes.iter().fold(growth, with)));
    }
    let mut marks = level.map(|l| outlook::marks(l, forecast)).unwrap_or_default();
    marks.extend(circumstances.iter().flat_map(|known| known.marks(context)));
    for (volume, felt) in known.iter().filter_map(|k| Some((k.volume, k.volume.felt.first()?))) {
        let on = |fact: &Fact| Fact { name: format!("{}, on {}", fact.name, volume.name), ..fact.clone() };
        facts.extend(felt.facts.iter().map(on));
        marks.extend(felt.marks.iter().cloned());
    }
    marks.sort_by_key(|mark| mark.time);
    Evidence {
        unit: Unit::Bytes,
        lines: level.map(|l| lines::daily("used", &l.series, from)).into_iter().collect(),
        band: forecast.map(outlook::band),
        thresholds: vec![Threshold {
            name: format!("full mark ({} of usable)", wording::percent(pool.full_mark)),
            value: pool.full_mark * usable,
            later: circumstances.map(|known| known.later(usable)).unwrap_or_default(),
        }],
        marks,
        week: None,
        facts,
        model: forecast.zip(level).map(|(f, l)| outlook::model(f, l, context)).unwrap_or_default(),
        backtest: forecast.map(|f| outlook::backtest(f, Unit::Bytes)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plans::{
        fixture::{GB, MAILSTORE, at, date, exhaustion, fact, hours, platform, volume},
        volume_findings,
    };

    /// A pool whose volumes, of 10,000 GB each, hold so many GB now, grow by so many a day and are so many days
    /// old.
    fn judged(volumes: &[(&str, f64, f64, i64)]) -> Option<Finding> {
        let platform = platform(MAILSTORE);
        let pool = platform.pool("mailstore").unwrap();
        let answer = |&(host, now, growth, days): &(&str, f64, f64, i64)| {
            let volume = volume(host, hours(days, |d| (now + growth * d) * GB), 10_000.0 * GB);
            volume_findings(&volume, Some(pool), &at(&platform))
        };
        pool_finding(pool, &volumes.iter().map(answer).collect::<Vec<_>>(), &at(&platform))
    }

    #[test]
    fn a_volume_that_fills_in_a_pool_with_room_is_to_be_relieved() {
        // Together 9,810 of 18,000 GB and 10 a day: 819 days, beyond the year that is looked at.
        let found = judged(&[("ms01", 8_810.0, 10.0, 120), ("ms02", 1_000.0, 0.0, 120)]).unwrap();
        assert_eq!((found.verdict.name(), found.severity), ("fills_beyond", Severity::Ok));
        assert_eq!(found.advice, "The pool has room: move mailboxes off ms01:/var/mail.");
        assert_eq!(
            (found.id.0.as_str(), found.headline.as_str()),
            ("pool-full/mailstore", "pool mailstore does not reach its full mark within 365 days",)
        );
    }

    #[test]
    fn a_pool_that_fills_as_a_whole_needs_disk() {
        // 2 × 190 GB are left, 10 + 5 GB go a day: 25.33 days, on 11 December; two in five futures are full by the
        // evening before.
        let found = judged(&[("ms01", 8_810.0, 10.0, 120), ("ms02", 8_810.0, 5.0, 120)]).unwrap();
        let full = exhaustion(&found);
        assert!((full.runway.p50_days.unwrap() - 380.0 / 15.0).abs() < 0.6, "{full:?}");
        assert_eq!((full.p50, found.severity), (Some(date("2026-12-10")), Severity::Critical));
        assert!(found.advice.starts_with("Act now: order disk for the pool"), "{}", found.advice);
        assert!((fact(&found, "growth").unwrap() - 15.0 * GB).abs() < 0.1 * GB);
    }

    #[test]
    fn a_young_volume_counts_neither_with_what_it_holds_nor_with_its_room() {
        let known = [("ms01", 8_810.0, 10.0, 120), ("ms02", 8_810.0, 10.0, 120)];
        let young = ("ms03", 1_000.0, 30.0, 20);
        let (without, with) = (judged(&known).unwrap(), judged(&[known[0], known[1], young]).unwrap());
        assert_eq!((&with.verdict, with.severity), (&without.verdict, Severity::Critical));
        assert_eq!(with.evidence.thresholds, without.evidence.thresholds);
        assert_eq!(with.evidence.thresholds[0].value, 0.9 * 20_000.0 * GB);
        assert_eq!(fact(&with, "volumes"), Some(2.0));
        assert_eq!(fact(&with, "left out: no size, or not four weeks of history"), Some(1.0));
        let alone = judged(&[young]).unwrap();
        assert!(alone.headline.ends_with("none of its volumes has four weeks of history"));
        // The volume's history begins on 27 October; 42 days later there will be enough.
        assert_eq!(alone.advice, "Wait until 8 Dec 2026: then there is enough history.");
    }

    #[test]
    fn a_pool_is_as_old_as_its_youngest_volume_that_counts() {
        // 30 days of the one are enough to count, and not the 42 that a forecast takes.
        let found = judged(&[("ms01", 8_810.0, 10.0, 120), ("ms02", 1_000.0, 0.0, 30)]).unwrap();
        assert_eq!(found.verdict.name(), "undecided");
        // Whether there is room to move mailboxes of ms01 to, nobody can say before 42 days from 17 October.
        assert_eq!(found.advice, "Wait until 28 Nov 2026: then there is enough history.");
    }

    #[test]
    fn a_pool_without_volumes_has_no_finding() {
        assert_eq!(judged(&[]), None);
    }
}
