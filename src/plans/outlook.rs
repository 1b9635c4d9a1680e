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
/// How often that came true, on five simulated fleets cut to two to four weeks that nothing was set on.
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
mod tests {
    use super::*;
    use crate::{
        models::{GrowthBacktest, WeeklyRhythm},
        plans::fixture::{AS_OF, MAILSTORE, at, date, hours, platform},
        series::Series,
    };

    /// A forecast from the level 100 whose quantiles grow by so much a day: `[p5, p50, p95]`.
    fn growing(per_day: [f64; 3]) -> Forecast {
        let path = |per_day: f64| (0..=365).map(|day| 100.0 + per_day * f64::from(day)).collect();
        Forecast {
            from_day: AS_OF / DAY - 1,
            p5: path(per_day[0]),
            p50: path(per_day[1]),
            p95: path(per_day[2]),
            highest: Highest {
                early: path(per_day[2]),
                planned: path(per_day[2]),
                likely: path(per_day[1]),
                sure: path(per_day[1]),
                late: path(per_day[0]),
            },
            gross_per_day: per_day[1],
            net_per_day: per_day[1],
            fitted_from: AS_OF / DAY - 91,
            rate_changed: None,
            course: Course::Steady,
            rhythm: WeeklyRhythm::default(),
            backtest: Some(GrowthBacktest {
                origins: 9,
                horizon_days: 28,
                mean_abs_error: 2.0,
                naive_error: 28.0,
                coverage: Some(0.875),
            }),
            short: None,
        }
    }

    fn level_of(series: &Series) -> Level {
        Level::of(series).unwrap()
    }

    /// Judges against a mark with a lead time of 30 days and 365 days ahead.
    fn weighed(per_day: [f64; 3], mark: f64) -> (Verdict, Severity) {
        let platform = platform(MAILSTORE);
        let bounds = Bounds { mark, lead_time_days: 30.0, changes: &[] };
        weigh(&growing(per_day), &level_of(&hours(30, |_| 100.0)), bounds, &at(&platform))
    }

    #[test]
    fn urgency_comes_from_the_likeliest_day_and_the_earliest() {
        // Half a day of each path is over at the moment of the plan: the level of a day is that of its noon.
        for (per_day, mark, verdict, severity, runway) in [
            // 30.5 - 0.5 = 30 days, as long as the lead time.
            ([0.5, 1.0, 2.0], 130.5, "fills", Severity::Critical, [Some(14.75), Some(30.0), Some(60.5)]),
            // The early edge, at 44.5 - 0.5 = 44 days, leaves 14 to decide …
            ([0.5, 1.0, 2.0], 189.0, "fills", Severity::Warning, [Some(44.0), Some(88.5), Some(177.5)]),
            // … and here 14.5.
            ([0.5, 1.0, 2.0], 190.0, "fills", Severity::Info, [Some(44.5), Some(89.5), Some(179.5)]),
            // 400 and 800 days lie beyond the horizon.
            ([0.25, 0.5, 4.0], 300.0, "fills_beyond", Severity::Ok, [Some(49.5), None, None]),
            ([0.25, 0.5, 5.0], 300.0, "fills_beyond", Severity::Info, [Some(39.5), None, None]),
        ] {
            let (got, urgency) = weighed(per_day, mark);
            assert_eq!((got.name(), urgency), (verdict, severity), "{mark}");
            let (Verdict::Fills(Exhaustion { runway: got, .. }) | Verdict::FillsBeyond { runway: got, .. }) =
                got
            else {
                panic!("{got:?}")
            };
            assert_eq!([got.p5_days, got.p50_days, got.p95_days], runway, "{mark}");
        }
    }

    #[test]
    fn growth_of_less_than_a_hundredth_a_year_is_none_unless_it_may_fill() {
        // 1 a year of 100 is 0.00274 a day.
        for (per_day, mark, verdict) in [
            ([-0.1, 0.0027, 0.1], 200.0, "flat"),
            ([-0.1, 0.0028, 0.1], 200.0, "fills_beyond"),
            ([-0.1, 0.0027, 1.0], 200.0, "fills_beyond"),
            ([-2.0, -1.0, -0.5], 200.0, "shrinking"),
            // It shrinks on the whole, but may as well grow.
            ([-2.0, -1.0, 0.1], 200.0, "fills_beyond"),
        ] {
            assert_eq!(weighed(per_day, mark).0.name(), verdict, "{per_day:?}");
        }
    }

    #[test]
    fn a_weekend_without_samples_is_bridged() {
        let platform = platform(MAILSTORE);
        let bounds = Bounds { mark: 220.0, lead_time_days: 30.0, changes: &[] };
        let judged = |ended: i64| {
            let level = level_of(&crate::plans::fixture::ended(&hours(60, |d| 200.0 + d), ended));
            Prospect::of(&level, 0.05, &at(&platform)).judge(&level, bounds, &at(&platform)).verdict
        };
        // 20 days left, counted from the moment of the plan and not from the last sample; two in five futures are
        // full a little earlier.
        for ended in [0, 2] {
            let Verdict::Fills(full) = judged(ended) else { panic!("{ended}") };
            assert!((full.runway.p50_days.unwrap() - 20.0).abs() < 0.6, "{full:?}");
            assert_eq!(full.p50, Some(date("2026-12-05")));
        }
        let reason = "no sample for 3 days".to_owned();
        assert_eq!(judged(3), Verdict::Undecided { reason, enough_on: None });
    }

    #[test]
    fn a_short_history_warns_of_what_is_near_and_says_nothing_else() {
        let platform = platform(MAILSTORE);
        let judged = |days: usize, per_day: f64, mark: f64| {
            let level = level_of(&hours(days as i64, |d| 200.0 + per_day * d));
            let bounds = Bounds { mark, lead_time_days: 30.0, changes: &[] };
            Prospect::of(&level, 0.05, &at(&platform)).judge(&level, bounds, &at(&platform))
        };
        // 5 a day, and 50 left: ten days.
        let warned = judged(20, 5.0, 250.0);
        let Verdict::Fills(full) = &warned.verdict else { panic!("{warned:?}") };
        assert!((full.runway.p50_days.unwrap() - 10.0).abs() < 1.0, "{full:?}");
        assert!(full.runway.p5_days.unwrap() < 8.0 && full.runway.p95_days.unwrap() > 13.0, "{full:?}");
        // 42 days are over 22 days after 16 November.
        let early = EarlyWarning { history_days: 20.0, enough_on: date("2026-12-08") };
        assert_eq!((full.early_warning, warned.severity), (Some(early), Severity::Critical));
        assert!(
            headline("ms01", &warned.verdict).ends_with(": an early warning by 20 days of history"),
            "{}",
            headline("ms01", &warned.verdict)
        );
        assert_eq!(backtest(warned.forecast.as_ref().unwrap(), Unit::Bytes), None);
        // 500 left: a hundred days, of which twenty say nothing. Thirteen days say nothing of anything.
        for (days, mark, reason) in [
            (20, 700.0, "20 days of history; the model needs 42, and it is not sure to fill within 42 days"),
            (13, 250.0, "13 days of history; the model needs 42"),
        ] {
            let Outlook { verdict, severity, forecast } = judged(days, 5.0, mark);
            assert!(
                matches!(&verdict, Verdict::Undecided { reason: told, .. } if told == reason),
                "{verdict:?}"
            );
            assert_eq!((severity, forecast), (Severity::Info, None));
        }
    }

    #[test]
    fn a_change_of_rate_and_steps_are_marks_in_the_order_of_time() {
        // 1,000 came in 40 days before, and 600 went 20 days before.
        let level = level_of(&hours(100, |d| match d {
            d if d < -40.0 => 9_000.0 + d,
            d if d < -20.0 => 10_000.0 + d,
            d => 9_400.0 + d,
        }));
        let changed = Forecast { rate_changed: Some(AS_OF / DAY - 30), ..growing([1.0; 3]) };
        let marks = marks(&level, Some(&changed));
        let told: Vec<_> = marks.iter().map(|m| (m.name.as_str(), (AS_OF - m.time) / DAY)).collect();
        assert_eq!(told, [("migration", 40), ("change of rate", 30), ("purge", 20)]);
        assert!((marks[0].size.unwrap() - 1_000.0).abs() < 1.0, "{marks:?}");
        assert_eq!(marks[1].size, None);
    }

    #[test]
    fn the_band_stands_at_noon_and_the_model_speaks_of_its_past() {
        let (forecast, platform) = (growing([0.5, 1.0, 2.0]), platform(MAILSTORE));
        let band = band(&forecast);
        assert_eq!(band.times[..2], [AS_OF - DAY / 2, AS_OF + DAY / 2]);
        assert_eq!((band.p5[2], band.p50[2], band.p95[2]), (101.0, 102.0, 104.0));
        // 91 days before 16 November is 17 August.
        let words = model(&forecast, &level_of(&hours(30, |_| 100.0)), &at(&platform));
        assert_eq!(
            words,
            "steady growth since 17 Aug 2026, averaged with the courses that fit as well; interval from drawn futures, \
             widened by walk-forward errors on this series"
        );
        assert_eq!(
            backtest(&forecast, Unit::Bytes).unwrap().summary,
            "28 days ahead, tried 9 times on its own past: off by 2.0 % of today's bytes on average, where saying \
             that nothing changes was off by 28.0 %; the 90 % interval held 88 % of the outcomes"
        );
    }

    #[test]
    fn a_crossing_lies_between_two_days() {
        assert_eq!(crossing(&[10.0, 20.0, 30.0], 25.0), Some(1.5));
        assert_eq!(crossing(&[30.0], 25.0), Some(0.0));
        assert_eq!(crossing(&[10.0, 20.0], 25.0), None);
    }
}
