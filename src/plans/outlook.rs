//! Outlook: what a level's forecast means against a mark. Bytes, inodes and whole pools are judged alike.

use chrono::NaiveDate;

use super::{
    Backtest, Band, Context, EarlyWarning, Exhaustion, Later, Mark, Runway, Severity, Verdict,
    context::STALE_DAYS, wording,
};
use crate::{
    models::{Change, Course, Effect, Fit, Forecast, GrowthSettings, Highest, fit},
    platform::Unit,
    series::{DAY, Level, Retention, StepKind},
};

/// An order-by date this near is a warning: a fortnight leaves one weekly report to act on it.
pub(super) const NOTICE_DAYS: f64 = 14.0;
/// A level fills if it surely enough does within this share of the horizon: what crosses the mark in its last sixth is
/// early enough to be told by a later report. Set on 27 simulated fleets; on fifteen others, 3.2 of 100 volumes that did not
/// fill in a year were said to (3.9 with two in three futures and 0.96), for a day more of error.
const FILLS_WITHIN: f64 = 5.0 / 6.0;
/// A history that is too short for a whole forecast tells of what is sure to fill within six weeks, and of nothing else: as
/// long as a whole forecast asks for, and as the lead time of new disk and a fortnight usually are.
const NEAR_DAYS: f64 = 42.0;
/// How often that came true, on five simulated fleets cut to two to four weeks: none was set on them, but they were looked at once
/// before with surer warnings.
const EARLY_IN_THE_PAST: &str =
    "Of such warnings on simulated fleets, three in four came true within six weeks.";
/// Growth of less than this share of the level in a year is none.
const FLAT_SHARE_A_YEAR: f64 = 0.01;

/// A volume counts as kept clean by its purges where these begin above this share of its full mark …
const CLEANED_FROM: f64 = 0.5;
/// … and where, with them, it grows in a year by less than this share of its level.
const CLEANED_GROWTH_A_YEAR: f64 = 0.1;

/// How the reason begins where a series has stopped.
pub(super) const NO_SAMPLE: &str = "no sample";

/// What a level is held against.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Bounds<'a> {
    /// The level that counts as full today.
    pub(super) mark: f64,
    /// Days between deciding and having new capacity.
    pub(super) lead_time_days: f64,
    /// What is known to happen to the level and to its mark.
    pub(super) changes: &'a [Change],
}

/// The judgement of one level.
#[derive(Debug, Clone)]
pub(super) struct Outlook {
    pub(super) verdict: Verdict,
    pub(super) severity: Severity,
    pub(super) forecast: Option<Forecast>,
}

/// What a level's history teaches: it is fitted once, and judged under any circumstances.
#[derive(Debug, Clone)]
pub(super) enum Prospect {
    /// It cannot be forecast, and why.
    Unknown(String, Option<NaiveDate>),
    /// It can.
    Known(Box<Fit>),
}

impl Prospect {
    /// Fits a level for plans that take such a chance of being full.
    pub(super) fn of(level: &Level, plan_risk: f64, context: &Context) -> Prospect {
        let last = level.series.last().map_or(0, |(time, _)| time);
        let silent = (context.as_of - last) as f64 / DAY as f64;
        if silent > STALE_DAYS as f64 {
            return Prospect::Unknown(format!("{NO_SAMPLE} for {}", wording::days(silent)), None);
        }
        let horizon_days = horizon_days(level, context);
        match fit(level, GrowthSettings { horizon_days, prior: context.growth, plan_risk }) {
            Err(short) => Prospect::Unknown(short.to_string(), Some(context.date(short.enough_at))),
            Ok(fit) => Prospect::Known(Box::new(fit)),
        }
    }

    /// Judges the level that was fitted against its bounds.
    pub(super) fn judge(&self, level: &Level, bounds: Bounds, context: &Context) -> Outlook {
        match self {
            Prospect::Unknown(reason, enough_on) => undecided(reason.clone(), *enough_on),
            Prospect::Known(fit) => {
                let forecast = fit.forecast(bounds.changes);
                if let Some(reason) = too_short(&forecast, bounds.mark, context) {
                    let enough_on = forecast.short.as_ref().map(|short| context.date(short.enough_at));
                    return undecided(reason, enough_on);
                }
                let (verdict, severity) = weigh(&forecast, level, bounds, context);
                Outlook { verdict, severity, forecast: Some(forecast) }
            }
        }
    }
}

/// How many days after a level's last one the forecast looks, so that the horizon is that of the plan.
pub(super) fn horizon_days(level: &Level, context: &Context) -> usize {
    let last = level.series.last().map_or(0, |(time, _)| time);
    let over = level.days.last().map_or(last, |day| last.min((day.0 + 1) * DAY));
    let silent = (context.as_of - over) as f64 / DAY as f64;
    (context.platform.report.horizon_days + silent).ceil().max(1.0) as usize
}

/// The mark of a level as it is known to change: its value from each day on.
pub(super) fn later(bounds: Bounds, from_day: i64) -> Vec<Later> {
    let mut value = bounds.mark;
    let mut later: Vec<Later> = Vec::new();
    for change in bounds.changes {
        let Effect::Raised(size) = change.effect else { continue };
        value += size;
        let from = (from_day + i64::try_from(change.day).unwrap_or(0)) * DAY;
        match later.last_mut().filter(|last| last.from == from) {
            Some(last) => last.value = value,
            None => later.push(Later { from, value }),
        }
    }
    later
}

pub(super) fn undecided(reason: String, enough_on: Option<NaiveDate>) -> Outlook {
    Outlook { verdict: Verdict::Undecided { reason, enough_on }, severity: Severity::Info, forecast: None }
}

/// Why a forecast from a short history tells nothing; `None` for one that is sure enough of what is near, or that has
/// all its history.
fn too_short(forecast: &Forecast, mark: f64, context: &Context) -> Option<String> {
    let short = forecast.short.as_ref()?;
    let near = NEAR_DAYS.min(FILLS_WITHIN * context.platform.report.horizon_days);
    let sure = crossing(&forecast.highest.sure, mark).is_some_and(|day| day - now(forecast, context) <= near);
    (!sure).then(|| format!("{short}, and it is not sure to fill within {}", wording::days(near)))
}

/// The moment of the plan, in days from a forecast's first entry. A level of a day is that of its middle; the last day may
/// still be going on.
fn now(forecast: &Forecast, context: &Context) -> f64 {
    (context.as_of - forecast.from_day * DAY) as f64 / DAY as f64 - 0.5
}

fn weigh(forecast: &Forecast, level: &Level, bounds: Bounds, context: &Context) -> (Verdict, Severity) {
    let horizon = context.platform.report.horizon_days;
    let runway = runway_of(&forecast.highest, bounds.mark, now(forecast, context), horizon);
    let order_by = runway.p5_days.map(|p5| context.before(context.date_in(p5), bounds.lead_time_days));
    let slack = runway.p5_days.map_or(f64::INFINITY, |p5| p5 - bounds.lead_time_days);
    if let Some(p50) = runway.p50_days {
        let severity = match () {
            () if p50 <= bounds.lead_time_days => Severity::Critical,
            () if slack <= NOTICE_DAYS => Severity::Warning,
            () => Severity::Info,
        };
        let date = |days: Option<f64>| days.map(|d| context.date_in(d));
        let exhaustion = Exhaustion {
            runway,
            p5: date(runway.p5_days),
            p50: date(runway.p50_days),
            p95: date(runway.p95_days),
            order_by,
            lead_time_days: bounds.lead_time_days,
            early_warning: forecast.short.as_ref().map(|short| EarlyWarning {
                history_days: short.have_days,
                enough_on: context.date(short.enough_at),
            }),
        };
        return (Verdict::Fills(exhaustion), severity);
    }
    let kept_clean = |job: &&Retention| {
        job.level_before > CLEANED_FROM * bounds.mark
            && forecast.net_per_day * 365.0 < CLEANED_GROWTH_A_YEAR * forecast.p50[0]
    };
    if let Some(job) = level.steps.retention.as_ref().filter(kept_clean) {
        return (Verdict::Cleaned { at_ratio: job.level_before / bounds.mark }, Severity::Ok);
    }
    let quarter = 91.min(forecast.p50.len() - 1);
    let flat = forecast.net_per_day.abs() * 365.0 < FLAT_SHARE_A_YEAR * forecast.p50[0];
    if forecast.net_per_day < 0.0 && !flat && forecast.p95[quarter] < forecast.p95[0] {
        return (Verdict::Shrinking, Severity::Ok);
    }
    if flat && runway.p5_days.is_none() {
        return (Verdict::Flat, Severity::Ok);
    }
    let severity = if slack <= NOTICE_DAYS { Severity::Info } else { Severity::Ok };
    (Verdict::FillsBeyond { horizon_days: horizon, runway }, severity)
}

/// Days until a level that may get so high by each day reaches a mark; `now` is the moment that they are counted from,
/// in days from the first entry. What lies beyond the horizon is not reached.
pub(super) fn runway_of(highest: &Highest, mark: f64, now: f64, horizon: f64) -> Runway {
    let days_to =
        |path: &[f64]| crossing(path, mark).map(|day| (day - now).max(0.0)).filter(|&d| d <= horizon);
    Runway {
        p5_days: days_to(&highest.early),
        p50_days: days_to(&highest.sure)
            .filter(|&days| days <= FILLS_WITHIN * horizon)
            .and_then(|_| days_to(&highest.likely)),
        p95_days: days_to(&highest.late),
    }
}

/// The first moment, in days from the path's first entry, at which a path by day reaches a mark.
pub(super) fn crossing(path: &[f64], mark: f64) -> Option<f64> {
    let at = path.iter().position(|&v| v >= mark)?;
    if at == 0 {
        return Some(0.0);
    }
    let (before, after) = (path[at - 1], path[at]);
    Some(at as f64 - (after - mark) / (after - before))
}

/// The verdict in one sentence about a subject whose level is called so.
pub(super) fn headline(subject: &str, verdict: &Verdict) -> String {
    match verdict {
        Verdict::Fills(e) => match (e.runway.p50_days, e.p50) {
            (Some(days), _) if days < 1.0 => format!("{subject} has reached its full mark"),
            (Some(days), Some(date)) => {
                let told = format!(
                    "{subject} reaches its full mark in {}, on {}",
                    wording::days(days),
                    wording::date(date)
                );
                match e.early_warning {
                    Some(early) => {
                        format!(
                            "{told}: an early warning by {} of history",
                            wording::days(early.history_days)
                        )
                    }
                    None => told,
                }
            }
            _ => format!("{subject} reaches its full mark"),
        },
        Verdict::FillsBeyond { horizon_days, runway: Runway { p5_days: Some(early), .. } } => format!(
            "{subject} is not sure to reach its full mark within {}; at the earliest it does in {}",
            wording::days(*horizon_days),
            wording::days(*early)
        ),
        Verdict::FillsBeyond { horizon_days, .. } => {
            format!("{subject} does not reach its full mark within {}", wording::days(*horizon_days))
        }
        Verdict::Cleaned { at_ratio } => format!(
            "{subject} is cleaned again and again at {} of its full mark and does not fill",
            wording::percent(*at_ratio)
        ),
        Verdict::Shrinking => format!("{subject} gets emptier"),
        Verdict::Flat => format!("{subject} neither grows nor shrinks"),
        Verdict::Undecided { reason, .. } => format!("{subject} cannot be forecast: {reason}"),
        _ => subject.to_owned(),
    }
}

/// The marks that a chart shows: what was taken out, and where the rate changed.
pub(super) fn marks(level: &Level, forecast: Option<&Forecast>) -> Vec<Mark> {
    let mut marks: Vec<Mark> = Vec::new();
    for step in &level.steps.once {
        let name = match step.kind() {
            StepKind::Purge => "purge",
            StepKind::Migration => "migration",
        };
        marks.push(Mark { time: step.time, name: name.to_owned(), size: Some(step.size) });
    }
    for step in &level.steps.recurring {
        marks.push(Mark { time: step.time, name: "retention job".to_owned(), size: Some(step.size) });
    }
    if let Some(day) = forecast.and_then(|f| f.rate_changed) {
        marks.push(Mark { time: day * DAY, name: "change of rate".to_owned(), size: None });
    }
    marks.sort_by(|a, b| a.time.cmp(&b.time).then_with(|| a.name.cmp(&b.name)));
    marks
}

/// The forecast as a band, a point a day.
pub(super) fn band(forecast: &Forecast) -> Band {
    let times = (0..forecast.p50.len() as i64).map(|i| (forecast.from_day + i) * DAY + DAY / 2).collect();
    Band { times, p5: forecast.p5.clone(), p50: forecast.p50.clone(), p95: forecast.p95.clone() }
}

/// The model in words.
pub(super) fn model(forecast: &Forecast, level: &Level, context: &Context) -> String {
    let course = match forecast.course {
        Course::Steady => "steady growth",
        Course::Accelerating => "growth that speeds up",
        Course::Saturating => "growth that slows down",
        Course::Changed => "growth that changed its rate",
        Course::InBursts => "growth in bursts, by the trimmed mean of its weeks",
    };
    let since = wording::date(context.date(forecast.fitted_from * DAY));
    let mut words = format!("{course} since {since}, averaged with the courses that fit as well");
    if let Some(job) = level.steps.retention {
        words += &format!(", purges put back every {:.0} days", job.period_days);
    }
    match &forecast.short {
        Some(_) => format!(
            "{words}; an early warning: the history is too short to be tried on its own past. {EARLY_IN_THE_PAST}"
        ),
        None => words + "; interval from drawn futures, widened by walk-forward errors on this series",
    }
}

/// The back-test as evidence; `None` after a history that is too short for one.
pub(super) fn backtest(forecast: &Forecast, unit: Unit) -> Option<Backtest> {
    let test = forecast.backtest.as_ref()?;
    let scale = forecast.p50.first().copied().filter(|&level| level > 0.0);
    let share = |error: f64| scale.map_or(String::new(), |level| format!("{:.1} %", 100.0 * error / level));
    let mut summary = format!(
        "{} days ahead, tried {} times on its own past: off by {} of today's {} on average, where saying that nothing \
         changes was off by {}",
        test.horizon_days,
        test.origins,
        share(test.mean_abs_error),
        if unit == Unit::Bytes { "bytes" } else { "inodes" },
        share(test.naive_error),
    );
    if let Some(coverage) = test.coverage {
        summary += &format!("; the 90 % interval held {} of the outcomes", wording::percent(coverage));
    }
    Some(Backtest {
        origins: test.origins,
        horizon_days: test.horizon_days as f64,
        mean_abs_error: test.mean_abs_error,
        coverage: test.coverage,
        summary,
    })
}

#[cfg(test)]
mod tests;
