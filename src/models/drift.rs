//! Drift: whether a latency, a queue or a probe rises or falls, since when and by how much.
//!
//! Levels of a quarter of a day (of a day, where there are few hours), on the scale of logarithms and with the
//! hour-of-week shape taken out, are a constant, a change and noise. The change takes one of many courses
//! (`drift_shape`), the noise has one of many memories (`drift_noise`); each pair counts by how likely it makes the
//! levels (`drift_evidence`), and by how common it is in the fleet (`drift_fleet`): Bayesian model averaging (Hoeting
//! et al. 1999).

use super::{
    TooShort,
    drift_evidence::{Evidence, Spaced, weigh},
    drift_fleet::{DriftPrior, learn},
    drift_posterior::Posterior,
    drift_shape::{Course, courses, step_distance},
    drift_steps::{Steps, best_split, sharpened, steps},
    mann_kendall::{Detrend, mann_kendall_hamed_rao},
    season::{Levels, QUARTERS, levels_of},
};
use crate::series::{DAY, LocalClock, Series, median};

/// Below this many days a drift cannot be told from slow wandering.
const LEAST_DAYS: i64 = 28;
/// Several steps are looked for where a change is more likely than not.
const WORTH_A_LOOK: f64 = 0.5;

/// How a drift is judged.
#[derive(Debug, Clone, PartialEq)]
pub struct DriftSettings {
    /// The platform's local time.
    pub clock: LocalClock,
    /// Only this many days up to the last one are looked at.
    pub days: i64,
}

/// How a level changed. Days are local days since 1970-01-01.
#[derive(Debug, Clone, PartialEq)]
pub enum DriftCourse {
    /// Over the whole span.
    Ramp,
    /// From a day on.
    Late {
        /// That day.
        from: i64,
    },
    /// At once; several times where there are several.
    Steps(Vec<DriftStep>),
}

/// A step of a level.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DriftStep {
    /// The first day of the new level.
    pub day: i64,
    /// How much it is above the old one, in percent.
    pub percent: f64,
}

/// A change, in percent of the level at the start.
#[derive(Debug, Clone, PartialEq)]
pub struct Drift {
    /// How it came, if it came.
    pub course: DriftCourse,
    /// The chance that it rose by at least 5 % over the span, noise of all kinds allowed for.
    pub rises: f64,
    /// The chance that it fell by at least 5 %.
    pub falls: f64,
    /// Change over the span, in percent: the median of what is believed.
    pub percent_over_span: f64,
    /// Lower end of its 90 % interval.
    pub low_over_span: f64,
    /// Upper end of its 90 % interval.
    pub high_over_span: f64,
    /// Change per 30 days, in percent, compounded: of a late rise since it began, else over the span.
    pub percent_per_month: f64,
    /// Lower end of its 90 % interval.
    pub low_per_month: f64,
    /// Upper end of its 90 % interval.
    pub high_per_month: f64,
    /// Days from the first to the last one looked at.
    pub span_days: f64,
    /// Two-sided p-value of Mann–Kendall's test, corrected for autocorrelation (Hamed & Rao 1998): a second opinion.
    pub p_value: f64,
    /// The first day looked at, in local days since 1970-01-01.
    pub first_day: i64,
    /// The level of each day with the daily and weekly shape taken out, in the series' unit; `None` for holes
    /// and incident days.
    pub levels: Vec<Option<f64>>,
    /// The change drawn through those levels, in the series' unit.
    pub trend: Vec<f64>,
    /// Days left out as incidents.
    pub incidents: usize,
}

/// What one series says of its drift, before it is known what the others say.
#[derive(Debug, Clone, PartialEq)]
pub struct DriftEvidence {
    scale: Scale,
    levels: Levels,
    spaced: Spaced,
    /// Days from the first day to the first level.
    offset: f64,
    evidence: Evidence,
}

/// Weighs what an hourly series of values that are not negative says.
pub fn drift_evidence(hours: &Series, settings: &DriftSettings) -> Result<DriftEvidence, TooShort> {
    let mut clock = settings.clock.clone();
    let first = hours.first().map_or(0, |(time, _)| time);
    let last = hours.last().map_or(0, |(time, _)| time);
    let scale = Scale::of(hours);
    let levels = levels_of(&recent(hours, last - settings.days * DAY, scale), &mut clock);
    let known: Vec<usize> = (0..levels.days.len()).filter(|&day| levels.days[day].is_some()).collect();
    // Days that were left out as incidents are history all the same.
    let enough = levels.days.len() as i64 >= LEAST_DAYS && known.len() as i64 >= LEAST_DAYS / 2;
    if !enough {
        return Err(TooShort {
            have_days: levels.days.len() as f64,
            need_days: LEAST_DAYS as f64,
            enough_at: (first + LEAST_DAYS * DAY).max(last + DAY),
        });
    }
    let (offset, spaced) = spaced(&levels);
    let mut evidence = weigh(&spaced, &[], courses(spaced.span()));
    if let Some(split) = best_split(&spaced) {
        // One of many positions, picked because it fits: it counts as that one, each other step for all around it.
        let positions = step_distance(spaced.span()) / spaced.step;
        evidence.add(weigh(&spaced, &[], vec![split]), 1.0 / positions.max(1.0));
    }
    Ok(DriftEvidence { scale, levels, spaced, offset, evidence })
}

/// Learns from all series of a fleet which noise is common and how many change.
pub fn drift_prior(fleet: &[&DriftEvidence]) -> DriftPrior {
    learn(&fleet.iter().map(|one| &one.evidence).collect::<Vec<_>>())
}

/// The quarters of the days, or the days, from the first level to the last.
fn spaced(levels: &Levels) -> (f64, Spaced) {
    let (all, step) = match levels.quarters.iter().flatten().count() {
        0 => (&levels.days, 1.0),
        _ => (&levels.quarters, 1.0 / QUARTERS as f64),
    };
    let first = all.iter().position(Option::is_some).unwrap_or(0);
    let last = all.iter().rposition(Option::is_some).map_or(first, |last| last + 1);
    (first as f64 * step, Spaced { step, levels: all[first..last].to_vec() })
}

impl DriftEvidence {
    /// What is believed of the series with what the fleet says.
    pub fn judge(&self, prior: &DriftPrior) -> Drift {
        let posterior = Posterior::of(&self.evidence, prior);
        let likely = posterior.rises.max(posterior.falls) > WORTH_A_LOOK;
        let several = likely
            .then(|| steps(&self.spaced, prior))
            .flatten()
            .filter(|steps| steps.log_odds > posterior.log_odds);
        let course = match posterior.course() {
            step @ Course::Step(_) if likely => sharpened(&self.spaced, &[], step, prior),
            course if likely => course,
            // What hardly moved is told by its slope.
            _ => Course::Ramp,
        };
        let of_kind = posterior.clone().of_kind(course.kind());
        let sizes = match &several {
            Some(steps) => [steps.low, steps.middle, steps.high],
            None => {
                let all = if likely { &posterior } else { &of_kind };
                let (low, high) = (all.quantile(0.05), all.quantile(0.95));
                [low, of_kind.quantile(0.5).clamp(low, high), high]
            }
        };
        self.drift(&posterior, course, several.as_ref(), sizes)
    }

    fn drift(
        &self,
        posterior: &Posterior,
        course: Course,
        several: Option<&Steps>,
        [low, middle, high]: [f64; 3],
    ) -> Drift {
        let parts: Vec<(Course, f64)> = several.map_or_else(|| vec![(course, middle)], |s| s.parts.clone());
        let (start, trend) = self.trend(&parts);
        let span = self.spaced.span();
        let moving = match course {
            Course::Late(from) if several.is_none() => span - from,
            _ => span,
        };
        let percent = |change: f64| {
            let (from, to) = (self.scale.back(start), self.scale.back(start + change));
            if from > 0.0 { 100.0 * (to / from - 1.0) } else { 0.0 }
        };
        let monthly = |change: f64| {
            let ratio: f64 = 1.0 + percent(change) / 100.0;
            100.0 * (ratio.max(0.0).powf(30.0 / moving) - 1.0)
        };
        let (rises, falls) =
            several.map_or((posterior.rises, posterior.falls), |steps| (steps.rises, steps.falls));
        let test = mann_kendall_hamed_rao(&self.levels.days, Detrend::Shape);
        Drift {
            course: self.dated(course, several, middle, start),
            rises,
            falls,
            percent_over_span: percent(middle),
            low_over_span: percent(low),
            high_over_span: percent(high),
            percent_per_month: monthly(middle),
            low_per_month: monthly(low),
            high_per_month: monthly(high),
            span_days: span,
            p_value: test.map_or(1.0, |test| test.p_value),
            first_day: self.levels.first_day,
            levels: self.levels.days.iter().map(|l| l.map(|l| self.scale.back(l))).collect(),
            trend: trend.into_iter().map(|level| self.scale.back(level)).collect(),
            incidents: self.levels.incidents,
        }
    }

    /// The level at the start, and the change through the days, on the additive scale.
    fn trend(&self, parts: &[(Course, f64)]) -> (f64, Vec<f64>) {
        let span = self.spaced.span();
        let change = |day: f64| -> f64 {
            parts.iter().map(|(course, size)| size * course.at(day.clamp(0.0, span), span)).sum()
        };
        let levels = self.spaced.levels.iter().enumerate();
        let mut flat: Vec<f64> =
            levels.filter_map(|(i, level)| level.map(|level| level - change(self.spaced.day(i)))).collect();
        let start = median(&mut flat).unwrap_or(0.0);
        let noon = |day: usize| day as f64 + 0.5 * f64::from(u8::from(self.spaced.step < 1.0)) - self.offset;
        (start, (0..self.levels.days.len()).map(|day| start + change(noon(day))).collect())
    }

    fn dated(&self, course: Course, several: Option<&Steps>, middle: f64, start: f64) -> DriftCourse {
        let day = |after: f64| self.levels.first_day + (self.offset + after).round() as i64;
        let percent = |from: f64, change: f64| {
            let (old, new) = (self.scale.back(from), self.scale.back(from + change));
            if old > 0.0 { 100.0 * (new / old - 1.0) } else { 0.0 }
        };
        let parts = match (several, course) {
            (Some(steps), _) => steps.parts.clone(),
            (None, Course::Ramp) => return DriftCourse::Ramp,
            (None, Course::Late(from)) => return DriftCourse::Late { from: day(from) },
            (None, Course::Step(_)) => vec![(course, middle)],
        };
        let mut level = start;
        let step = |(course, size): (Course, f64)| {
            let Course::Step(at) = course else { return None };
            let step = DriftStep { day: day(at), percent: percent(level, size) };
            level += size;
            Some(step)
        };
        DriftCourse::Steps(parts.into_iter().filter_map(step).collect())
    }
}

/// The scale on which a change is a share: the logarithm, or the logarithm of one more where zeros occur, as
/// they do in queues.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Scale {
    Log,
    LogPlusOne,
}

impl Scale {
    fn of(series: &Series) -> Self {
        if series.present().all(|(_, v)| v > 0.0) { Scale::Log } else { Scale::LogPlusOne }
    }

    fn to(self, value: f64) -> f64 {
        match self {
            Scale::Log => value.ln(),
            Scale::LogPlusOne => value.max(0.0).ln_1p(),
        }
    }

    fn back(self, value: f64) -> f64 {
        match self {
            Scale::Log => value.exp(),
            Scale::LogPlusOne => value.exp_m1(),
        }
    }
}

fn recent(hours: &Series, after: i64, scale: Scale) -> Series {
    let from = (0..hours.len()).find(|&i| hours.time(i) > after).unwrap_or(hours.len());
    let slots = (from..hours.len()).map(|i| hours.get(i).map(|v| scale.to(v)));
    Series::from_slots(hours.time(from), hours.step(), slots.collect::<Vec<_>>())
}

#[cfg(test)]
mod tests;
