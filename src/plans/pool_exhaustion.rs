//! When a pool is full: all its volumes together, since mailboxes can be moved between them; and what to do about it:
//! what to move between its volumes, and what to order.
//!
//! The sum of the volumes is forecast as one series. What its volumes have in common, and what evens out between them,
//! is in the history of the sum, so that no assumption about their correlation is made; it is assumed that it stays.
//! One-off purges and moves are drawn for each volume by itself, as large as a volume's share of the pool.

use super::{
    Context, Decision, EventId, Evidence, Fact, Finding, Kind, Rebalance, Runway, Severity, Subject,
    Threshold, Verdict, VolumeAnswer,
    circumstances::{self, Circumstances},
    coming,
    counted::{Counted, enough_on, taken_out, together},
    departure::together as grow_together,
    explained::explain,
    late::Past,
    lines,
    order::order,
    outlook::{self, Outlook, Prospect},
    pool_advice::advised,
    rebalance::{Aim, rebalance},
    stores::Store,
    weekly_rhythm, wording,
};
use crate::{
    platform::{Labels, Measure, Planning, Pool, Unit},
    series::{DAY, Level, Mailboxes, Parts},
};

/// Judges a pool by the sum of its volumes; `None` for a pool without volumes.
pub(super) fn pool_finding<'a>(
    pool: &Pool,
    volumes: &[VolumeAnswer],
    mailboxes: &Mailboxes,
    context: &Context<'a>,
) -> Option<Finding> {
    if volumes.is_empty() {
        return None;
    }
    let counted = Counted::of(pool, volumes);
    let sizes: Vec<f64> = counted.known.iter().map(|k| k.1).collect();
    let usable: f64 = sizes.iter().sum();
    let of = Parts { volumes: counted.known.len(), purges: counted.purges };
    let level = together(&counted.known.iter().map(|k| &k.0[..]).collect::<Vec<_>>(), of);
    // As things are, then in each scenario.
    let under = |level: &Level, case: usize, context: &Context<'a>| {
        let pool = context.platform.pool(&pool.name).unwrap_or(pool);
        let coming = coming::of_pool(context, pool);
        let mut under = Circumstances::of(level, Unit::Bytes, Some(pool), coming, context);
        under.feel(counted.answers.iter().filter_map(|volume| volume.felt.get(case)));
        under
    };
    let mut what_if = Vec::new();
    let now = level.as_ref().map(|level| under(level, 0, context));
    let mut outlook = match level.as_ref().zip(now.as_ref()) {
        Some((level, now)) => {
            let prospect = Prospect::of(level, pool.planning.risk, context);
            let outlook = prospect.judge(level, now.bounds(usable), context);
            let scenarios = context.scenarios.iter().enumerate();
            let others: Vec<_> = scenarios.map(|(i, (_, other))| under(level, i + 1, other)).collect();
            what_if = circumstances::what_if(&prospect, level, usable, (now, &outlook), &others, context);
            outlook
        }
        None if counted.all.is_empty() => outlook::undecided(
            "none of its volumes is named by `volumes` of the platform file".to_owned(),
            None,
        ),
        None => {
            let reason = "none of its volumes has both a size and four weeks of history".to_owned();
            outlook::undecided(reason, counted.all.iter().filter_map(|v| enough_on(v)).max())
        }
    };
    let grows = grow_together(&counted.all, context.as_of);
    if grows.is_some() {
        outlook.severity = escalated(&outlook.verdict, outlook.severity);
        what_if.iter_mut().for_each(|case| case.severity = escalated(&case.verdict, case.severity));
    }
    let decision = Decision {
        rebalance: moves(pool, &counted.all, &outlook, context),
        order: outlook
            .forecast
            .as_ref()
            .filter(|_| outlook.severity > Severity::Ok)
            .zip(runway(&outlook.verdict))
            .and_then(|known| order(pool, known, &sizes, context)),
        ..Decision::default()
    };
    let name = format!("pool {}", pool.name);
    let mut finding = Finding {
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
        advice: circumstances::advised(
            advised(&outlook, &decision, &counted, context),
            &outlook.verdict,
            now.as_ref().and_then(Circumstances::ordered_on),
        ),
        evidence: evidence(
            pool,
            level.as_ref(),
            (now.as_ref(), &outlook),
            &counted,
            volumes.len(),
            grows,
            context,
        ),
        verdict: outlook.verdict,
        decision,
        what_if,
        earlier: None,
    };
    if let (Some(level), Some(days)) = (&level, counted.mailboxes(pool, mailboxes)) {
        explain(&mut finding, &level.days, &days, context.as_of);
    }
    Some(finding)
}

/// A pool that grows faster as a whole is one step more urgent, if it may fill at all: nothing can be moved away from
/// what all of them do.
fn escalated(verdict: &Verdict, severity: Severity) -> Severity {
    match (verdict, severity) {
        (Verdict::Fills(_), Severity::Info) => Severity::Warning,
        (Verdict::FillsBeyond { runway, .. }, Severity::Ok) if runway.p5_days.is_some() => Severity::Info,
        (_, severity) => severity,
    }
}

/// The moves that relieve the pool's volumes, where what they hold can be moved.
fn moves(pool: &Pool, volumes: &[&VolumeAnswer], outlook: &Outlook, context: &Context) -> Option<Rebalance> {
    if !Planning::can_move(pool.role) {
        return None;
    }
    let horizon = context.platform.report.horizon_days.floor() as usize;
    let stores: Vec<Store> = volumes.iter().filter_map(|v| Store::of(v, pool, horizon, context)).collect();
    let aim = Aim {
        move_days: pool.planning.move_days,
        lead_time_days: pool.lead_time_days,
        pool: runway(&outlook.verdict),
    };
    rebalance(&stores, aim)
}

/// The days left, where a verdict tells them.
fn runway(verdict: &Verdict) -> Option<Runway> {
    match verdict {
        Verdict::Fills(exhaustion) => Some(exhaustion.runway),
        Verdict::FillsBeyond { runway, .. } => Some(*runway),
        _ => None,
    }
}

fn evidence(
    pool: &Pool,
    level: Option<&Level>,
    (circumstances, outlook): (Option<&Circumstances>, &Outlook),
    counted: &Counted,
    volumes: usize,
    grows: Option<String>,
    context: &Context,
) -> Evidence {
    let from = context.as_of - (context.platform.report.history_days * DAY as f64) as i64;
    let forecast = outlook.forecast.as_ref();
    let usable: f64 = counted.known.iter().map(|k| k.1).sum();
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
        facts.extend(weekly_rhythm::fact(forecast, Unit::Bytes));
    }
    facts.extend(grows.map(|grows| wording::text("grows as one", grows)));
    facts.push(wording::number("volumes", counted.known.len() as f64, Unit::Count));
    if counted.left_out() > 0 {
        facts.push(wording::number(
            "left out: no size, or not four weeks of history",
            counted.left_out() as f64,
            Unit::Count,
        ));
    }
    if counted.all.len() < volumes {
        let others = (volumes - counted.all.len()) as f64;
        facts.push(wording::number("left out: nothing that is moved", others, Unit::Count));
    }
    let mut marks = level.map(|l| outlook::marks(l, forecast)).unwrap_or_default();
    if let Some(under) = circumstances {
        facts.extend(under.facts());
        let growth = Past::new(forecast.map_or(0.0, |forecast| forecast.net_per_day));
        let with = |past: Past, volume: &&VolumeAnswer| match &volume.level {
            Some(level) => past.with(lines::days(&level.series), volume.usable_days.clone()),
            None => past,
        };
        facts.extend(under.late(|| counted.all.iter().fold(growth, with)));
        marks.extend(under.marks(context));
    }
    for (volume, felt) in counted.answers.iter().filter_map(|volume| Some((volume, volume.felt.first()?))) {
        let on = |fact: &Fact| Fact { name: format!("{}, on {}", fact.name, volume.name), ..fact.clone() };
        facts.extend(felt.facts.iter().map(on));
        marks.extend(felt.marks.iter().cloned());
    }
    marks.extend(counted.findings.iter().flat_map(|finding| taken_out(finding, usable)));
    marks.sort_by_key(|mark| mark.time);
    let model = |(forecast, level)| {
        let words = outlook::model(forecast, level, context);
        format!(
            "the sum of the volumes as one series: {words}; what they do together is taken to go on as it was"
        )
    };
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
        parts: counted.findings.iter().map(|finding| finding.id.clone()).collect(),
        facts,
        model: forecast.zip(level).map(model).unwrap_or_default(),
        backtest: forecast.and_then(|f| outlook::backtest(f, Unit::Bytes)),
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
        let volumes: Vec<_> = volumes.iter().map(answer).collect();
        pool_finding(pool, &volumes, &Mailboxes::default(), &at(&platform))
    }

    #[test]
    fn a_volume_that_fills_in_a_pool_with_room_is_to_be_relieved() {
        // Together 9,810 of 18,000 GB and 10 a day: 819 days, beyond the year that is looked at.
        let found = judged(&[("ms01", 8_810.0, 10.0, 120), ("ms02", 1_000.0, 0.0, 120)]).unwrap();
        assert_eq!((found.verdict.name(), found.severity), ("fills_beyond", Severity::Ok));
        let [only] = &found.decision.rebalance.as_ref().unwrap().moves[..] else { panic!("{found:?}") };
        assert_eq!((only.from.as_str(), only.to.as_str()), ("ms01:/var/mail", "ms02:/var/mail"));
        let told = format!(
            "move {} off ms01:/var/mail to ms02:/var/mail, to last 90 days",
            wording::bytes(only.bytes)
        );
        assert_eq!(found.advice, format!("The pool has room: {told}."));
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
        let order = found.decision.order.as_ref().unwrap();
        assert_eq!(Some(order.by), full.order_by);
        let told = format!(
            "Act now: order {} (1 volume of 9.09 TiB) to last 365 days; new",
            wording::bytes(order.bytes)
        );
        assert!(found.advice.starts_with(&told), "{}", found.advice);
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
        assert!(alone.headline.ends_with("none of its volumes has both a size and four weeks of history"));
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
