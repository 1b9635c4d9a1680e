//! Outlook: what a level's forecast means against a mark. Bytes, inodes and whole pools are judged alike.

use super::{Backtest, Band, Context, Exhaustion, Mark, Runway, Severity, Verdict, wording};
use crate::{
    models::{Course, Forecast, GrowthSettings, forecast},
    platform::Unit,
    series::{DAY, Level, Retention, StepKind},
};

/// A series that stopped this long before the plan's moment is not forecast: three days bridge a weekend's
/// outage of the monitoring.
const STALE_DAYS: f64 = 3.0;
/// An order-by date this near is a warning: a fortnight leaves one weekly report to act on it.
const NOTICE_DAYS: f64 = 14.0;
/// Growth of less than this share of the level in a year is none.
const FLAT_SHARE_A_YEAR: f64 = 0.01;

/// A volume counts as kept clean by its purges where these begin above this share of its full mark …
const CLEANED_FROM: f64 = 0.5;
/// … and where, with them, it grows in a year by less than this share of its level.
const CLEANED_GROWTH_A_YEAR: f64 = 0.1;

/// How the reason begins where a series has stopped.
pub(super) const NO_SAMPLE: &str = "no sample";

/// What a level is held against.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bounds {
    /// The level that counts as full.
    pub(super) mark: f64,
    /// Days between deciding and having new capacity.
    pub(super) lead_time_days: f64,
}

/// The judgement of one level.
#[derive(Debug, Clone)]
pub(super) struct Outlook {
    pub(super) verdict: Verdict,
    pub(super) severity: Severity,
    pub(super) forecast: Option<Forecast>,
}

/// Judges a level against its bounds.
pub(super) fn judge(level: &Level, bounds: Bounds, context: &Context) -> Outlook {
    let horizon = context.platform.report.horizon_days;
    let last = level.series.last().map_or(0, |(time, _)| time);
    let silent = (context.as_of - last) as f64 / DAY as f64;
    if silent > STALE_DAYS {
        return undecided(format!("{NO_SAMPLE} for {}", wording::days(silent)), None);
    }
    let settings = GrowthSettings { horizon_days: (horizon + silent).ceil().max(1.0) as usize };
    match forecast(level, settings) {
        Err(short) => undecided(short.to_string(), Some(context.date(short.enough_at))),
        Ok(forecast) => {
            let (verdict, severity) = weigh(&forecast, level, bounds, context);
            Outlook { verdict, severity, forecast: Some(forecast) }
        }
    }
}

pub(super) fn undecided(reason: String, enough_on: Option<chrono::NaiveDate>) -> Outlook {
    Outlook { verdict: Verdict::Undecided { reason, enough_on }, severity: Severity::Info, forecast: None }
}

fn weigh(forecast: &Forecast, level: &Level, bounds: Bounds, context: &Context) -> (Verdict, Severity) {
    let horizon = context.platform.report.horizon_days;
    // A level of a day is that of its middle; the last day may still be going on.
    let now = (context.as_of - forecast.from_day * DAY) as f64 / DAY as f64 - 0.5;
    let days_to =
        |path: &[f64]| crossing(path, bounds.mark).map(|day| (day - now).max(0.0)).filter(|&d| d <= horizon);
    let runway = Runway {
        p5_days: days_to(&forecast.p95),
        p50_days: days_to(&forecast.p50),
        p95_days: days_to(&forecast.p5),
    };
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
        };
        return (Verdict::Fills(exhaustion), severity);
    }
    let kept_clean = |job: &&Retention| {
        job.level_before > CLEANED_FROM * bounds.mark
            && forecast.net_per_day.abs() * 365.0 < CLEANED_GROWTH_A_YEAR * forecast.p50[0]
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

/// The first moment, in days from the path's first entry, at which a path by day reaches a mark.
fn crossing(path: &[f64], mark: f64) -> Option<f64> {
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
            (Some(days), Some(date)) => format!(
                "{subject} reaches its full mark in {}, on {}",
                wording::days(days),
                wording::date(date)
            ),
            _ => format!("{subject} reaches its full mark"),
        },
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
    let slope = match forecast.course {
        Course::Steady => "robust slope (Theil–Sen) on the days",
        Course::Bending => {
            "growth that itself grows or shrinks (Theil–Sen on the logarithm of weekly growth)"
        }
    };
    let mut words = format!("{slope} since {}", wording::date(context.date(forecast.fitted_from * DAY)));
    if let Some(job) = level.steps.retention {
        words += &format!(", purges put back every {:.0} days", job.period_days);
    }
    words + "; interval from walk-forward errors on this series"
}

/// The back-test as evidence.
pub(super) fn backtest(forecast: &Forecast, unit: Unit) -> Backtest {
    let test = &forecast.backtest;
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
    Backtest {
        origins: test.origins,
        horizon_days: test.horizon_days as f64,
        mean_abs_error: test.mean_abs_error,
        coverage: test.coverage,
        summary,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_crossing_lies_between_two_days() {
        assert_eq!(crossing(&[10.0, 20.0, 30.0], 25.0), Some(1.5));
        assert_eq!(crossing(&[30.0], 25.0), Some(0.0));
        assert_eq!(crossing(&[10.0, 20.0], 25.0), None);
    }
}
