//! When a pool is full: all its volumes together, since mailboxes can be moved between them; and what to do about it:
//! what to move between its volumes, and what to order.
//!
//! The sum of the volumes is forecast as one series. What its volumes have in common, and what evens out between them,
//! is in the history of the sum, so that no assumption about their correlation is made; it is assumed that it stays.
//! One-off purges and moves are drawn for each volume by itself, as large as a volume's share of the pool.

use chrono::NaiveDate;

use super::{
    Context, Decision, EventId, Evidence, Fact, Finding, Kind, Mark, Order, Rebalance, Runway, Severity,
    Subject, Threshold, Verdict, VolumeAnswer,
    circumstances::{self, Circumstances},
    coming,
    departure::together as grow_together,
    explained::explain,
    late::Past,
    lines,
    order::order,
    outlook::{self, Outlook, Prospect},
    rebalance::{Aim, rebalance},
    stores::Store,
    volume_exhaustion::advice,
    wording,
};
use crate::{
    platform::{Labels, Measure, Planning, Pool, Unit},
    series::{DAY, Days, Level, Mailboxes, Parts, Series, Steps, level_on},
};

/// A volume younger than this is left out of the pool, with what it holds and what it could hold: how it grows
/// is not known yet, and counting its room alone would flatter the pool.
const LEAST_DAYS: i64 = 28;
/// A step on a volume of less than this share of the pool's usable bytes is not seen in the pool's line.
const NOTABLE_SHARE: f64 = 0.005;

/// The volumes of a pool that count together.
struct Counted<'a> {
    /// All whose content can be moved.
    all: Vec<&'a VolumeAnswer>,
    /// Those that are known well enough: used bytes by day without one-off steps, and usable bytes.
    known: Vec<(Days, f64)>,
    /// The same volumes, with all that is known of them.
    answers: Vec<&'a VolumeAnswer>,
    /// Hosts of those that are known.
    hosts: Vec<&'a str>,
    /// One-off purges seen on those that are known.
    purges: usize,
    /// The findings on the bytes of those that are known.
    findings: Vec<&'a Finding>,
}

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

impl<'a> Counted<'a> {
    fn of(pool: &Pool, volumes: &'a [VolumeAnswer]) -> Self {
        let moved = |volume: &&VolumeAnswer| pool.planning.holds_data(mount(volume));
        let mut all: Vec<&VolumeAnswer> = volumes.iter().filter(moved).collect();
        if all.is_empty() && pool.planning.volumes.is_empty() {
            // Servers that have the system's own volumes only keep everything there.
            all = volumes.iter().collect();
        }
        let known = |v: &&'a VolumeAnswer| Some((v.level.as_ref()?.net_days(), v.usable?));
        let (mut hosts, mut sums, mut purges) = (Vec::new(), Vec::new(), 0);
        let mut answers = Vec::new();
        let mut findings = Vec::new();
        for volume in &all {
            if let Some(one) = known(volume).filter(|(days, _)| span(days) >= LEAST_DAYS) {
                sums.push(one);
                answers.push(*volume);
                hosts.extend(volume.labels.get("host"));
                findings.extend(of_bytes(volume));
                purges += volume.level.as_ref().map_or(0, |level| level.of.purges);
            }
        }
        hosts.sort_unstable();
        hosts.dedup();
        Counted { all, known: sums, answers, hosts, purges, findings }
    }

    /// How many volumes are not known well enough.
    fn left_out(&self) -> usize {
        self.all.len() - self.known.len()
    }

    /// The mailboxes on the volumes that are known; `None` where a count is of others, too.
    fn mailboxes(&self, pool: &Pool, mailboxes: &Mailboxes) -> Option<Days> {
        if self.left_out() == 0 {
            return mailboxes.of_pool(&pool.name, &self.hosts);
        }
        let of_host = |host: &&str| self.all.iter().filter(|v| v.labels.get("host") == Some(host)).count();
        let whole = self.hosts.iter().map(of_host).sum::<usize>() == self.known.len();
        whole.then(|| mailboxes.of_hosts(&self.hosts)).flatten()
    }
}

fn mount(volume: &VolumeAnswer) -> &str {
    volume.labels.get("volume").unwrap_or_default()
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

/// What to do about the pool: move, order, both, or what any volume is told.
fn advised(outlook: &Outlook, decision: &Decision, counted: &Counted, context: &Context) -> String {
    if counted.all.is_empty() {
        return "Mend `volumes` of the pool in the platform file.".to_owned();
    }
    let order = decision.order.as_ref().map(ordering).map(|order| not_counted(order, counted));
    let moves = decision.rebalance.as_ref().map(|plan| moving(plan, None));
    match (moves, order) {
        // A pool that is in trouble itself is relieved by disk; moves bridge the time until it is there.
        (Some(moves), Some(order)) if outlook.severity >= Severity::Warning => {
            let what = advice(&outlook.verdict, outlook.severity, &order, context);
            format!("{}; until it is there, {moves}.", what.trim_end_matches('.'))
        }
        (Some(moves), Some(order)) => {
            let by = decision.order.as_ref().map(|order| wording::date(order.by)).unwrap_or_default();
            format!("The pool has room: {moves}; by {by}, {order}.")
        }
        (Some(moves), None) if outlook.severity < Severity::Warning => format!("The pool has room: {moves}."),
        (Some(moves), None) => {
            let what = advice(&outlook.verdict, outlook.severity, PURGE, context);
            format!("{}; meanwhile, {moves}.", what.trim_end_matches('.'))
        }
        (None, Some(order)) => advice(&outlook.verdict, outlook.severity, &order, context),
        (None, None) => advice(&outlook.verdict, outlook.severity, PURGE, context),
    }
}

const PURGE: &str = "order disk for the pool, or purge across it";

/// An order in words: `order 9.1 TiB (2 volumes of 8.00 TiB)`.
fn ordering(order: &Order) -> String {
    let as_volumes = order.volumes.map_or(String::new(), |volumes| {
        let count = wording::counted(f64::from(volumes.count), "volume", "volumes");
        format!(" ({count} of {})", wording::bytes(volumes.bytes))
    });
    let (bytes, days) = (wording::bytes(order.bytes), wording::days(order.lasts_days));
    format!("order {bytes}{as_volumes} to last {days}")
}

/// An order with what was left out of it.
fn not_counted(order: String, counted: &Counted) -> String {
    match counted.left_out() {
        0 => order,
        some => format!("{order} ({} not counted)", wording::counted(some as f64, "volume", "volumes")),
    }
}

/// Moves in words, all of them or those off one volume.
pub(super) fn moving(plan: &Rebalance, off: Option<&str>) -> String {
    /// More are for the card.
    const MOST: usize = 3;
    let own: Vec<_> = plan.moves.iter().filter(|m| off.is_none_or(|off| m.from == off)).collect();
    let told: Vec<String> = own
        .iter()
        .take(MOST)
        .map(|m| {
            let about = m.mailboxes.filter(|&count| count >= 1.0);
            let about = about.map_or(String::new(), |count| {
                format!(" (about {})", wording::counted(count, "mailbox", "mailboxes"))
            });
            let from = if off.is_none() { format!(" off {}", m.from) } else { String::new() };
            format!("{}{about}{from} to {}", wording::bytes(m.bytes), m.to)
        })
        .collect();
    let more = match own.len().saturating_sub(MOST) {
        0 => String::new(),
        more => format!(", and {}", wording::counted(more as f64, "more move", "more moves")),
    };
    format!("move {}{more}, to last {}", told.join(", "), wording::days(plan.lasts_days))
}

/// The one-off steps that were taken out of a volume's level, as far as the pool notices them.
fn taken_out(finding: &Finding, usable: f64) -> impl Iterator<Item = Mark> {
    let once = |mark: &&Mark| ["purge", "migration"].contains(&mark.name.as_str());
    let notable = move |mark: &&Mark| mark.size.is_some_and(|size| size.abs() >= NOTABLE_SHARE * usable);
    let of = &finding.subject.name;
    let named = move |mark: &Mark| Mark { name: format!("{} on {of}", mark.name), ..mark.clone() };
    finding.evidence.marks.iter().filter(once).filter(notable).map(named)
}

/// A volume's finding about its bytes.
fn of_bytes(volume: &VolumeAnswer) -> Option<&Finding> {
    volume.findings.iter().find(|finding| finding.kind == Kind::VolumeExhaustion)
}

/// When a volume that is too young will have enough history.
fn enough_on(volume: &VolumeAnswer) -> Option<NaiveDate> {
    match of_bytes(volume)?.verdict {
        Verdict::Undecided { enough_on, .. } => enough_on,
        _ => None,
    }
}

/// Days from the first to the last, both counted.
fn span(days: &[(i64, f64)]) -> i64 {
    days.first().zip(days.last()).map_or(0, |(first, last)| last.0 - first.0 + 1)
}

/// The sum of levels by day, over the days that all volumes have; `None` without a volume. A volume whose data
/// ends early counts with its last level.
fn together(volumes: &[&[(i64, f64)]], of: Parts) -> Option<Level> {
    let first = volumes.iter().filter_map(|d| d.first()).map(|d| d.0).max()?;
    let last = volumes.iter().filter_map(|d| d.last()).map(|d| d.0).max()?;
    let sum = |day: i64| -> f64 { volumes.iter().filter_map(|days| level_on(days, day)).sum() };
    let days: Vec<(i64, f64)> = (first..=last).map(|day| (day, sum(day))).collect();
    let series = Series::from_slots(first * DAY, DAY, days.iter().map(|d| Some(d.1)).collect::<Vec<_>>());
    Some(Level { days, series, steps: Steps::default(), near_zero: 0, holes: 0, of })
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
