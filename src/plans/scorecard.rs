//! Scorecard: how right forecasts were, held against what came, beside what people say who have no model. Back-test
//! and ledger are scored by the same rules.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::{Came, EventId, Foretold, Kind, Outcome, Runway, naive::Line};
use crate::models::interval_score;

/// A date that errs by more than this is late: a fortnight is two weekly reports, in which nobody was told.
const LATE_DAYS: f64 = 14.0;
/// The share of outcomes that an interval from P5 to P95 leaves out.
const ALPHA: f64 = 0.1;

/// Who says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// The model of the report.
    Model,
    /// Nothing changes.
    LastValue,
    /// The line through the last thirty days goes on.
    LastThirtyDays,
}

/// How right one method was about one kind of level at one distance.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ScoreRow {
    /// What was forecast.
    pub kind: Kind,
    /// How far ahead, in days.
    pub horizon_days: i64,
    /// Who says it.
    pub method: Method,
    /// How right the level was; `None` where no outcome is known.
    pub level: Option<LevelScore>,
    /// How right the date of the full mark was; `None` where no outcome is known.
    pub date: Option<DateScore>,
}

/// How right a level was.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LevelScore {
    /// Forecasts whose outcome is known.
    pub outcomes: usize,
    /// Runs that made them.
    pub runs: usize,
    /// Volumes or pools that they are about.
    pub subjects: usize,
    /// Mean absolute error, in the kind's unit: bytes or inodes.
    pub mean_abs_error: f64,
    /// Mean absolute error as a share of the full mark: large volumes count no more than small ones.
    pub error_of_mark: f64,
    /// That error over the one of saying that nothing changes; `None` where nothing has changed.
    pub relative: Option<f64>,
    /// Share of the outcomes within the 90 % interval; `None` for a method without one.
    pub coverage: Option<f64>,
    /// Mean interval score as a share of the full mark.
    pub interval_score: Option<f64>,
}

/// How right the date of the full mark was. Dates are capped at the distance: "not within it" is the distance itself.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DateScore {
    /// Forecasts of which is known whether the mark was reached within the distance.
    pub outcomes: usize,
    /// Those where it was.
    pub filled: usize,
    /// Mean absolute error in days where it was reached within the distance.
    pub error_days: Option<f64>,
    /// Mean absolute error in days over all outcomes.
    pub error_days_of_all: f64,
    /// Share of those filled whose date was said more than a fortnight too late.
    pub late: Option<f64>,
    /// Said to fill within the distance, and did not.
    pub false_alarms: usize,
    /// Share of those that did not fill.
    pub false_alarm_share: Option<f64>,
    /// False alarms where the volume was purged or moved off in between: the warning may have been why.
    pub relieved: usize,
    /// Share of the outcomes within the 90 % interval; `None` for a method without one.
    pub coverage: Option<f64>,
    /// Mean interval score in days.
    pub interval_score_days: Option<f64>,
}

/// Forecasts and their outcomes, added up.
#[derive(Debug, Clone, Default)]
pub struct Scorecard {
    sums: BTreeMap<(Kind, i64, Method), Sums>,
}

#[derive(Debug, Clone, Default)]
struct Sums {
    level: LevelSums,
    date: DateSums,
    runs: BTreeSet<i64>,
    subjects: BTreeSet<EventId>,
}

#[derive(Debug, Clone, Default)]
struct LevelSums {
    outcomes: usize,
    error: f64,
    of_mark: f64,
    naive_of_mark: f64,
    intervals: usize,
    inside: usize,
    score: f64,
}

#[derive(Debug, Clone, Default)]
struct DateSums {
    outcomes: usize,
    filled: usize,
    error_filled: f64,
    error: f64,
    late: usize,
    false_alarms: usize,
    relieved: usize,
    intervals: usize,
    inside: usize,
    score: f64,
}

/// What a method says of a level at a distance: its middle, and its interval where it gives one.
type SaidLevel = (f64, Option<(f64, f64)>);

impl Scorecard {
    /// Holds a forecast against what came, at each of its distances whose outcome is known.
    pub fn add(&mut self, foretold: &Foretold, outcome: &Outcome) {
        let line = Line::of(outcome, foretold);
        let came = outcome.came(|day| foretold.mark_on(day), foretold.from_day, foretold.as_of);
        for ahead in &foretold.ahead {
            let day = foretold.from_day + ahead.days;
            let level = outcome.on(day);
            let methods: [(Method, Option<SaidLevel>); 3] = [
                (Method::Model, Some((ahead.p50, Some((ahead.p5, ahead.p95))))),
                (Method::LastValue, Some((foretold.level, None))),
                (Method::LastThirtyDays, line.map(|line| (line.on(day), None))),
            ];
            for (method, said) in methods {
                let Some(said) = said else { continue };
                let sums = self.sums.entry((foretold.kind, ahead.days, method)).or_default();
                if let Some(level) = level {
                    sums.runs.insert(foretold.as_of);
                    sums.subjects.insert(foretold.id.clone());
                    sums.level.add(said, level, foretold);
                }
                let beyond = Runway { p5_days: None, p50_days: None, p95_days: None };
                let (runway, interval) = match method {
                    Method::Model => (foretold.runway, true),
                    Method::LastValue => (beyond, false),
                    Method::LastThirtyDays => {
                        let days = line.and_then(|line| line.until(foretold.mark, foretold.horizon_days));
                        (Runway { p50_days: days, ..beyond }, false)
                    }
                };
                // What is full already needs no forecast.
                if foretold.level < foretold.mark && ahead.days as f64 <= foretold.horizon_days {
                    let relieved = || outcome.relieved_within(ahead.days as f64, foretold.as_of);
                    let asked = Asked { within: ahead.days as f64, horizon_days: foretold.horizon_days };
                    sums.date.add(runway, interval, came, asked, relieved);
                }
            }
        }
    }

    /// The scores: by kind, distance and method, without distances at which nothing is known.
    pub fn rows(&self) -> Vec<ScoreRow> {
        let known = self.sums.iter().filter(|(_, sums)| sums.level.outcomes + sums.date.outcomes > 0);
        known
            .map(|(&(kind, horizon_days, method), sums)| ScoreRow {
                kind,
                horizon_days,
                method,
                level: sums.level.score(sums.runs.len(), sums.subjects.len()),
                date: sums.date.score(),
            })
            .collect()
    }
}

impl LevelSums {
    fn add(&mut self, (middle, interval): SaidLevel, came: f64, foretold: &Foretold) {
        let of_mark = |level: f64| level / foretold.mark;
        self.outcomes += 1;
        self.error += (middle - came).abs();
        self.of_mark += of_mark((middle - came).abs());
        self.naive_of_mark += of_mark((foretold.level - came).abs());
        if let Some((low, high)) = interval {
            self.intervals += 1;
            self.inside += usize::from(low <= came && came <= high);
            self.score += of_mark(interval_score(low, high, came, ALPHA));
        }
    }

    fn score(&self, runs: usize, subjects: usize) -> Option<LevelScore> {
        let mean = mean_of(self.outcomes)?;
        let of_intervals = mean_of(self.intervals);
        Some(LevelScore {
            outcomes: self.outcomes,
            runs,
            subjects,
            mean_abs_error: mean(self.error),
            error_of_mark: mean(self.of_mark),
            relative: (self.naive_of_mark > 0.0).then(|| self.of_mark / self.naive_of_mark),
            coverage: of_intervals.as_ref().map(|mean| mean(self.inside as f64)),
            interval_score: of_intervals.map(|mean| mean(self.score)),
        })
    }
}

/// Whether the mark is reached within so many days is asked; the forecast looked farther.
#[derive(Debug, Clone, Copy)]
struct Asked {
    within: f64,
    horizon_days: f64,
}

impl DateSums {
    fn add(
        &mut self,
        said: Runway,
        has_interval: bool,
        came: Came,
        asked: Asked,
        relieved: impl Fn() -> bool,
    ) {
        let filled = came.filled.filter(|&days| days <= asked.within);
        // A mark that was reached later was not reached within the distance; one that was not reached is known not
        // to have been as long as its level is.
        if came.filled.is_none() && came.known < asked.within {
            return;
        }
        let capped = |days: Option<f64>| days.map_or(asked.within, |days| days.min(asked.within));
        let (middle, outcome) = (capped(said.p50_days), capped(filled));
        let error = (middle - outcome).abs();
        self.outcomes += 1;
        self.error += error;
        match filled {
            Some(days) => {
                self.filled += 1;
                self.error_filled += error;
                let told = said.p50_days.unwrap_or(asked.horizon_days);
                self.late += usize::from(told > days + LATE_DAYS);
            }
            None if said.p50_days.is_some_and(|days| days <= asked.within) => {
                self.false_alarms += 1;
                self.relieved += usize::from(relieved());
            }
            None => {}
        }
        if has_interval {
            let (early, late) = (capped(said.p5_days), capped(said.p95_days));
            self.intervals += 1;
            self.inside += usize::from(early <= outcome && outcome <= late);
            self.score += interval_score(early, late, outcome, ALPHA);
        }
    }

    fn score(&self) -> Option<DateScore> {
        let mean = mean_of(self.outcomes)?;
        let of_filled = mean_of(self.filled);
        let of_intervals = mean_of(self.intervals);
        Some(DateScore {
            outcomes: self.outcomes,
            filled: self.filled,
            error_days: of_filled.as_ref().map(|mean| mean(self.error_filled)),
            error_days_of_all: mean(self.error),
            late: of_filled.map(|mean| mean(self.late as f64)),
            false_alarms: self.false_alarms,
            false_alarm_share: mean_of(self.outcomes - self.filled)
                .map(|mean| mean(self.false_alarms as f64)),
            relieved: self.relieved,
            coverage: of_intervals.as_ref().map(|mean| mean(self.inside as f64)),
            interval_score_days: of_intervals.map(|mean| mean(self.score)),
        })
    }
}

/// Divides a sum by how many it is of; `None` of none.
fn mean_of(count: usize) -> Option<impl Fn(f64) -> f64> {
    (count > 0).then_some(move |sum: f64| sum / count as f64)
}

#[cfg(test)]
mod tests;
