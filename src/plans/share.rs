//! Shares: whether a probe fails more often, or more messages come late.
//!
//! They are judged with the drifts: how many series change is learnt from these, and all are told by the same least belief.

use super::{
    Context, Decision, DriftKind, DriftSize, EventId, Evidence, Finding, Kind, LateState, Line, Mark, Peers,
    Scope, Severity, ShareNow, ShareState, Subject, Verdict,
    drift_scope::scope,
    drift_weighed::{SPAN_DAYS, pool_of},
    drift_words, lines,
    share_pool::of_pools,
    share_words::{advice, facts, headline},
    wording,
};
use crate::{
    archive::Column,
    models::{
        DayCount, Detrend, DriftPrior, Share, ShareChange, ShareEvidence, mann_kendall_hamed_rao,
        share_evidence,
    },
    platform::{Labels, Measure, SeriesKey, Unit},
    series::{DAY, Fold, HOUR, Histogram, Series, grid},
    sources::Points,
};

/// Where the platform file has no limit, a message is late after so many seconds: the longest edge below an hour that the
/// exporters of Postfix have.
const LATE_SECONDS: f64 = 60.0;
/// Days whose percentile is told.
const LATELY_DAYS: i64 = 28;
/// What the evidence calls its model.
const MODEL: &str = "Bayesian average over no change, an even change and a step; counts of days are beta-binomial, so that \
                     failures that come together, as in an outage, count for less";

/// A share of one series, weighed by itself.
#[derive(Debug, Clone)]
pub struct WeighedShare {
    pub(super) measure: Measure,
    pub(super) labels: Labels,
    /// Whether it is of a pool's hosts together.
    pub(super) of_pool: bool,
    pub(super) days: Vec<DayCount>,
    /// The histogram that it is of; `None` for failures.
    pub(super) late: Option<LateState>,
    evidence: Result<ShareEvidence, Verdict>,
}

/// The failures of each probe by local day. A point is an attempt, or as much of one as its source averaged.
pub fn weighed_failures(columns: &[Column], context: &Context) -> Vec<WeighedShare> {
    use rayon::prelude::*;
    let one = |column: &Column| {
        let tried = column.points.iter().filter(|(_, success)| (0.0..=1.0).contains(success));
        let tried: Vec<(i64, f64, f64)> = tried.map(|(time, success)| (time, 1.0, 1.0 - success)).collect();
        let hours = grid(&column.points, HOUR, Fold::Mean);
        WeighedShare::of(Measure::ProbeSuccess, &column.labels, (&hours, &tried), None, context)
    };
    columns.par_iter().map(one).collect()
}

/// The messages of each histogram of deliveries that came late, by local day: above the edge next to the limit of the delivery
/// delay, or to a minute where there is no limit. After those of the hosts, those of each pool's hosts together.
pub fn weighed_late(histograms: &[Histogram], context: &Context) -> Vec<WeighedShare> {
    use rayon::prelude::*;
    let hosts = histograms.par_iter().filter_map(|one| late(one, context));
    let pools = of_pools(histograms, context).into_par_iter().filter_map(|one| {
        let share = late(&one, context)?;
        Some(WeighedShare { of_pool: true, ..share })
    });
    hosts.chain(pools).collect()
}

fn late(histogram: &Histogram, context: &Context) -> Option<WeighedShare> {
    let labels = &histogram.labels;
    let key = SeriesKey { measure: Measure::DeliveryDelay, labels: labels.clone() };
    let limit = context.platform.limit_for(&key, pool_of(labels, context)).unwrap_or(LATE_SECONDS);
    let edge = histogram.edge_next_to(limit);
    // An hour's counts are known at its end.
    let counted = histogram.hours.iter().map(|(hour, counts)| (*hour, counts.total(), counts.above(edge)));
    let counts: Vec<(i64, f64, f64)> = counted.collect();
    let known: Points = histogram.hours.iter().map(|(hour, counts)| (*hour, counts.total())).collect();
    let lately = histogram.since(histogram.hours.last()?.0 - LATELY_DAYS * DAY);
    let (above_low, above_high) = histogram.share_above(&lately, limit)?;
    let (p95_low, p95_high) = histogram.quantile(&lately, 0.95)?;
    let seconds = histogram.edges[edge];
    let late = LateState { seconds, limit_seconds: limit, above_low, above_high, p95_low, p95_high };
    let hours = grid(&known, HOUR, Fold::Mean);
    Some(WeighedShare::of(Measure::DeliveryBuckets, labels, (&hours, &counts), Some(late), context))
}

impl WeighedShare {
    /// Weighs counts, each with its time and how many of them failed. `hours` says when anything was known at all.
    pub(super) fn of(
        measure: Measure,
        labels: &Labels,
        (hours, counts): (&Series, &[(i64, f64, f64)]),
        late: Option<LateState>,
        context: &Context,
    ) -> Self {
        let kept = context.declared(hours, labels.get("host"), pool_of(labels, context));
        let last = kept.last().map_or(0, |(time, _)| time);
        let days = by_day(
            counts,
            |time| {
                time > last - SPAN_DAYS * DAY && kept.slot(time).is_some_and(|slot| kept.get(slot).is_some())
            },
            context,
        );
        let evidence = match context.stopped(&kept) {
            Some(stopped) => Err(stopped),
            None => share_evidence(&days).map_err(|short| context.too_short(&short)),
        };
        WeighedShare { measure, labels: labels.clone(), of_pool: false, days, late, evidence }
    }

    /// What is believed of it, in a fleet of which so many series change.
    pub(super) fn judge(&self, prior: &DriftPrior) -> Option<ShareChange> {
        self.evidence.as_ref().ok().map(|evidence| evidence.judge(prior))
    }

    /// The finding, where a change is told from a least belief on; `peers` are the other hosts of its pool.
    pub(super) fn finding(
        &self,
        judged: Option<&ShareChange>,
        peers: Option<Peers>,
        least: f64,
        context: &Context,
    ) -> Finding {
        let pool = pool_of(&self.labels, context);
        let kind = if self.of_pool { Kind::PoolDrift } else { Kind::Drift };
        let name = drift_words::name(self.measure, &self.labels);
        let state = judged.map(|judged| self.state(judged));
        let verdict = match (judged, &self.evidence) {
            (Some(judged), _) => self.verdict(judged, peers, least),
            (None, Err(undecided)) => undecided.clone(),
            (None, Ok(_)) => Verdict::Undecided { reason: "it was not judged".to_owned(), enough_on: None },
        };
        let severity = match &verdict {
            Verdict::Rises(size) if size.scope == Some(Scope::Local) => Severity::Info,
            Verdict::Rises(_) => Severity::Warning,
            Verdict::Undecided { .. } => Severity::Info,
            _ => Severity::Ok,
        };
        Finding {
            id: EventId::of_series(kind, self.measure, &self.labels),
            kind,
            severity,
            headline: headline(&name, &verdict, state.as_ref()),
            subject: Subject {
                name,
                pool: pool.map(|pool| pool.name.clone()),
                role: pool.map(|pool| pool.role),
                measure: self.measure,
                labels: self.labels.clone(),
            },
            advice: advice(&verdict, state.as_ref(), pool),
            evidence: self.shown(judged, state.as_ref()),
            what_if: Vec::new(),
            verdict,
            earlier: None,
            decision: Decision { share: state, ..Decision::default() },
        }
    }

    fn state(&self, judged: &ShareChange) -> ShareState {
        let share = |of: Share| ShareNow { share: of.middle, low: of.low, high: of.high };
        ShareState {
            of: if self.late.is_some() { "late" } else { "failed" },
            before: share(judged.before),
            now: share(judged.now),
            since: judged.since.and_then(wording::local_date),
            count: self.days.iter().map(|day| day.count).sum(),
            counted: self.days.iter().map(|day| day.failed).sum(),
            late: self.late.clone(),
        }
    }

    fn verdict(&self, judged: &ShareChange, peers: Option<Peers>, least: f64) -> Verdict {
        let span = self.span_days();
        let [middle, low, high] = [judged.percent, judged.low_percent, judged.high_percent];
        let monthly = |percent: f64| 100.0 * ((1.0 + percent / 100.0).max(0.0).powf(30.0 / span) - 1.0);
        let known: Vec<Option<f64>> = self.shares_by_day();
        let mut size = DriftSize {
            percent_per_month: monthly(middle),
            low: monthly(low),
            high: monthly(high),
            percent_over_span: middle,
            low_over_span: low,
            high_over_span: high,
            span_days: span,
            course: DriftKind::Ramp,
            began_on: None,
            steps: Vec::new(),
            belief: judged.rises.max(judged.falls),
            least_belief: least,
            scope: None,
            compared: peers,
            limit_dates: None,
            same_load: None,
            p_value: mann_kendall_hamed_rao(&known, Detrend::Shape).map_or(1.0, |test| test.p_value),
        };
        let told = size.belief >= least;
        let rises = told && judged.rises > judged.falls;
        size.scope = if self.of_pool { rises.then_some(Scope::Pool) } else { scope(rises, peers) };
        match (told, rises) {
            (false, _) => Verdict::Steady(size),
            (true, true) => Verdict::Rises(size),
            (true, false) => Verdict::Falls(size),
        }
    }

    /// Days from the first to the last one.
    fn span_days(&self) -> f64 {
        match (self.days.first(), self.days.last()) {
            (Some(first), Some(last)) => (last.day - first.day).max(1) as f64,
            _ => 1.0,
        }
    }

    /// The share of each day from the first to the last, days without attempts as holes.
    fn shares_by_day(&self) -> Vec<Option<f64>> {
        let (Some(first), Some(last)) = (self.days.first(), self.days.last()) else { return Vec::new() };
        let mut shares = vec![None; usize::try_from(last.day - first.day + 1).unwrap_or(0)];
        for day in &self.days {
            shares[(day.day - first.day) as usize] = Some(day.failed / day.count);
        }
        shares
    }

    fn shown(&self, judged: Option<&ShareChange>, state: Option<&ShareState>) -> Evidence {
        let first = self.days.first().map_or(0, |day| day.day);
        let shares = self.shares_by_day();
        let mut lines: Vec<Line> = Vec::new();
        let mut marks = Vec::new();
        if let Some(judged) = judged {
            let trend = (0..shares.len())
                .map(|i| Some(trend_at(judged, first + i as i64, i as f64 / self.span_days())));
            let trend = lines::of_days("trend", first, trend.collect());
            lines = vec![lines::of_days("share by day", first, shares), trend];
            let mark = |day: i64| Mark { time: day * DAY, name: "changed at once".to_owned(), size: None };
            marks.extend(judged.since.map(mark));
        }
        Evidence {
            unit: Unit::Ratio,
            lines,
            marks,
            model: MODEL.to_owned(),
            ..Evidence::of_facts(state.map(facts).unwrap_or_default())
        }
    }
}

/// What is believed of the share on a day, `come` of the way from the first to the last.
fn trend_at(judged: &ShareChange, day: i64, come: f64) -> f64 {
    let (before, now) = (judged.before.middle, judged.now.middle);
    match judged.since {
        Some(since) if day < since => before,
        Some(_) => now,
        None => before + (now - before) * come,
    }
}

/// Counts by local day, those that are wanted.
fn by_day(counts: &[(i64, f64, f64)], wanted: impl Fn(i64) -> bool, context: &Context) -> Vec<DayCount> {
    let mut clock = context.clock();
    let mut days: Vec<DayCount> = Vec::new();
    for &(time, count, failed) in counts.iter().filter(|(time, count, _)| *count > 0.0 && wanted(*time)) {
        let day = clock.at(time).day;
        match days.last_mut().filter(|last| last.day == day) {
            Some(last) => (last.count, last.failed) = (last.count + count, last.failed + failed),
            None => days.push(DayCount { day, count, failed }),
        }
    }
    days
}

#[cfg(test)]
mod tests;
