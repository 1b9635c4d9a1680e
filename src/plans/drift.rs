//! Drift: which latencies, queues, probes and resources rise steadily, since a day, or by steps.

use super::{
    Context, DatedStep, Decision, DriftKind, DriftSize, EventId, Evidence, Finding, Line, Mark, Peers,
    SameLoadEffect, Scope, Severity, Subject, Threshold, Verdict, WeighedDrift, WeighedShare,
    drift_limit::{DatesTried, limit_dates, tried},
    drift_pool::{hosts_that_rise, one_call_a_pool},
    drift_scope::{Member, peers, scope},
    drift_weighed::pool_of,
    drift_words::{advice, facts, headline, name},
    lines, resource, share_pool, wording,
};
use crate::{
    models::{Drift, DriftCourse, DriftEvidence, ShareChange, drift_prior, least_belief},
    platform::{Measure, SeriesKey},
    series::DAY,
};

/// A step this many days ago is news; an older one is a level that people know.
const NEWS_DAYS: i64 = 28;

/// What the evidence calls its model.
const MODEL: &str = "Bayesian average over courses (ramp, late ramp, steps) and noises of several memories, on levels \
                     of the logarithm with the hour-of-week shape taken out; noises and share of changes learnt from all series";

/// Judges all series of all measures, and all shares, together: what is noise and how many change is learnt from all, and so is how
/// sure one must be.
pub fn drift_findings(fleet: &[WeighedDrift], shares: &[WeighedShare], context: &Context) -> Vec<Finding> {
    use rayon::prelude::*;
    // A pool is made of its hosts, and tells nothing that they have not told.
    let hosts = fleet.iter().filter(|one| !one.of_pool);
    let known: Vec<&DriftEvidence> = hosts.filter_map(|one| one.evidence.as_ref().ok()).collect();
    let prior = drift_prior(&known);
    let judged: Vec<Option<Drift>> =
        fleet.par_iter().map(|one| one.evidence.as_ref().ok().map(|e| e.judge(&prior))).collect();
    let of_hosts =
        judged.iter().zip(fleet).filter(|(_, one)| !one.of_pool).filter_map(|(drift, _)| drift.as_ref());
    let of_shares: Vec<Option<ShareChange>> = shares.par_iter().map(|one| one.judge(&prior)).collect();
    let beliefs = of_hosts.map(|drift| drift.rises.max(drift.falls));
    let of_hosts =
        of_shares.iter().zip(shares).filter(|(_, one)| !one.of_pool).filter_map(|(share, _)| share.as_ref());
    let beliefs: Vec<f64> = beliefs.chain(of_hosts.map(|share| share.rises.max(share.falls))).collect();
    let least = least_belief(&beliefs);
    let tried = tried(fleet, &judged, context);
    let raw: Vec<Option<SameLoadEffect>> = fleet
        .par_iter()
        .map(|one| {
            let (measure, explained, evidence) = one.load.as_ref()?;
            let raw = evidence.judge(&prior);
            let (raw_percent, raw_rises) = (raw.percent_over_span, raw.rises >= least);
            Some(SameLoadEffect { measure: *measure, explained: *explained, raw_percent, raw_rises })
        })
        .collect();
    let members = members(fleet, &judged, least, context);
    let beside = peers_of(&members, |i| fleet[i].of_pool);
    let answers = judged.iter().zip(raw).zip(beside).zip(fleet).map(|(((drift, same_load), peers), one)| {
        drift.as_ref().map(|drift| Judged { drift, least, tried, same_load, peers, of_pool: one.of_pool })
    });
    let mut findings: Vec<Finding> =
        fleet.iter().zip(answers).map(|(one, judged)| finding(one, judged, context)).collect();
    let members = share_pool::members(shares, &of_shares, least, context);
    let beside = peers_of(&members, |i| shares[i].of_pool);
    let shares = shares.iter().zip(&of_shares).zip(beside);
    findings.extend(shares.map(|((one, judged), peers)| one.finding(judged.as_ref(), peers, least, context)));
    one_call_a_pool(&mut findings);
    findings
}

/// Each member beside its peers; of a pool's own, how many of its hosts rise.
fn peers_of(members: &[Member<'_>], of_pool: impl Fn(usize) -> bool) -> Vec<Option<Peers>> {
    let mut beside = peers(members);
    for i in (0..members.len()).filter(|&i| of_pool(i)) {
        beside[i] = hosts_that_rise(&members[i], members, &beside);
    }
    beside
}

/// A drift with what the others say of it.
#[derive(Debug, Clone, Copy)]
struct Judged<'a> {
    drift: &'a Drift,
    least: f64,
    tried: DatesTried,
    same_load: Option<SameLoadEffect>,
    peers: Option<Peers>,
    of_pool: bool,
}

fn members<'a>(
    fleet: &'a [WeighedDrift],
    judged: &[Option<Drift>],
    least: f64,
    context: &Context<'a>,
) -> Vec<Member<'a>> {
    let member = |(one, drift): (&'a WeighedDrift, &Option<Drift>)| Member {
        measure: one.measure,
        labels: &one.labels,
        pool: pool_of(&one.labels, context).map(|pool| (pool.name.as_str(), pool.one_or_all)),
        level: drift.as_ref().and_then(|drift| drift.trend.last().copied()).filter(|level| *level > 0.0),
        rises: drift.as_ref().is_some_and(|drift| drift.rises >= least),
    };
    fleet.iter().zip(judged).map(member).collect()
}

fn finding(one: &WeighedDrift, judged: Option<Judged>, context: &Context) -> Finding {
    let (measure, labels) = (one.measure, &one.labels);
    let pool = pool_of(labels, context);
    let kind = resource::kind_of(measure, one.of_pool);
    let key = SeriesKey { measure, labels: labels.clone() };
    let limit = context.platform.limit_for(&key, pool);
    let name = name(measure, labels);
    let verdict = match (judged, &one.evidence) {
        (Some(judged), _) => verdict(judged, limit, context),
        (None, Err(undecided)) => undecided.clone(),
        (None, Ok(_)) => Verdict::Undecided { reason: "it was not judged".to_owned(), enough_on: None },
    };
    let drift = judged.map(|judged| judged.drift);
    let above = drift.and_then(|d| d.trend.last()).zip(limit).is_some_and(|(&level, limit)| level > limit);
    let severity = match resource::is_resource(measure) {
        true => resource::severity(&verdict, above, pool, context),
        false => severity(&verdict, above, context),
    };
    let of_resource =
        resource::is_resource(measure).then(|| resource::advice(&verdict, severity, pool)).flatten();
    let mut evidence = evidence(measure, drift, limit);
    evidence.facts.extend(facts(&verdict, one.of_pool));
    Finding {
        id: EventId::of_series(kind, measure, labels),
        kind,
        severity,
        subject: Subject {
            name: name.clone(),
            pool: pool.map(|p| p.name.clone()),
            role: pool.map(|p| p.role),
            measure,
            labels: labels.clone(),
        },
        headline: headline(&name, &verdict),
        advice: of_resource.unwrap_or_else(|| advice(&verdict, severity, pool)),
        evidence,
        what_if: Vec::new(),
        verdict,
        earlier: None,
        decision: Decision::default(),
    }
}

fn verdict(judged: Judged, limit: Option<f64>, context: &Context) -> Verdict {
    let Judged { drift, least, tried, same_load, peers, of_pool } = judged;
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
    let mut size = DriftSize {
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
        least_belief: least,
        scope: None,
        compared: peers,
        limit_dates: None,
        same_load,
        p_value: drift.p_value,
    };
    let told = size.belief >= least;
    let rises = told && drift.rises > drift.falls;
    size.scope = if of_pool { rises.then_some(Scope::Pool) } else { scope(rises, peers) };
    if let (true, Some(limit)) = (rises, limit) {
        size.limit_dates = limit_dates(drift, limit, tried, context);
    }
    match (told, rises) {
        (false, _) => Verdict::Steady(size),
        (true, true) => Verdict::Rises(size),
        (true, false) => Verdict::Falls(size),
    }
}

fn severity(verdict: &Verdict, above: bool, context: &Context) -> Severity {
    let today = context.date(context.as_of);
    let news = |step: &DatedStep| today.signed_duration_since(step.on).num_days() <= NEWS_DAYS;
    match verdict {
        Verdict::Rises(size) if above && size.scope != Some(Scope::Local) => Severity::Critical,
        _ if above => Severity::Warning,
        // A host among many: nobody waits for it long, and draining it is enough.
        Verdict::Rises(size) if size.scope == Some(Scope::Local) => Severity::Info,
        Verdict::Rises(size) if !size.steps.is_empty() && !size.steps.iter().any(news) => Severity::Info,
        Verdict::Rises(_) => Severity::Warning,
        Verdict::Falls(size) | Verdict::Steady(size) if size.scope == Some(Scope::Local) => Severity::Info,
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
    let limit = limit.map(|value| Threshold { name: "limit".to_owned(), value, later: Vec::new() });
    Evidence {
        unit: measure.unit(),
        lines,
        thresholds: limit.into_iter().collect(),
        marks,
        model: MODEL.to_owned(),
        ..Evidence::of_facts(facts)
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
