//! When a rise reaches a limit, if it goes on as it does, and how right such dates were in the past.

use chrono::NaiveDate;
use serde::Serialize;

use super::{
    Context, WeighedDrift,
    drift_weighed::{Past, settings},
};
use crate::models::{
    DATES_AHEAD_DAYS, DateTried, Drift, DriftPrior, LEAST_DATES, LEAST_KNOWN_DAYS, date_errors, dates_tried,
};

/// No more series than this are tried in a run: their errors say as much as those of all, and each costs several weighings.
const MOST_TRIED: usize = 100;

/// The local dates on which a limit is reached if the rise goes on as it does: `None` is "not within a year".
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct LimitDates {
    /// At the early end of the 90 % interval.
    pub early: Option<NaiveDate>,
    /// At the middle of the slope.
    pub middle: Option<NaiveDate>,
    /// At the late end.
    pub late: Option<NaiveDate>,
    /// How right such dates were in the past.
    pub tried: DatesTried,
}

/// How right the dates were that series with a limit foretold in the past: walk-forward, each by what could be known then.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DatesTried {
    /// Their errors.
    Errors {
        /// Dates that were foretold.
        dates: usize,
        /// The series that foretold one.
        series: usize,
        /// Days from the moment to the day whose level was to be foretold.
        days_ahead: i64,
        /// The median of how many days they were off.
        median_days_off: f64,
        /// The share that came within their intervals.
        within: f64,
    },
    /// Too few were foretold.
    CannotSay {
        /// Dates that were foretold.
        dates: usize,
        /// Dates that are needed.
        needed: usize,
        /// Days of history from which a date can be tried.
        needs_days: f64,
    },
}

/// Tries the series that have a limit, evenly chosen where they are many: those that rise no longer, too.
pub(super) fn tried(fleet: &[WeighedDrift], judged: &[Option<Drift>], context: &Context<'_>) -> DatesTried {
    use rayon::prelude::*;
    let all: Vec<(&Past, &Drift)> =
        fleet.iter().zip(judged).filter_map(|(one, now)| Some((one.past.as_ref()?, now.as_ref()?))).collect();
    let every = all.len().div_ceil(MOST_TRIED).max(1);
    let chosen: Vec<&(&Past, &Drift)> = all.iter().step_by(every).collect();
    let (settings, lone) = (settings(context), DriftPrior::default());
    let by_series: Vec<Vec<DateTried>> = chosen
        .par_iter()
        .map(|(past, now)| dates_tried(now, |days| Some(past.evidence_before(days, &settings)?.judge(&lone))))
        .collect();
    let dates = by_series.concat();
    match date_errors(&dates) {
        Some(errors) => DatesTried::Errors {
            dates: errors.dates,
            series: by_series.iter().filter(|dates| !dates.is_empty()).count(),
            days_ahead: DATES_AHEAD_DAYS,
            median_days_off: errors.median_days_off,
            within: errors.within,
        },
        None => DatesTried::CannotSay {
            dates: dates.len(),
            needed: LEAST_DATES,
            needs_days: LEAST_KNOWN_DAYS + DATES_AHEAD_DAYS as f64,
        },
    }
}

/// The dates on which a level below its limit reaches it; `None` where it is above the limit, where it moved by steps,
/// which go on to nothing, and where even the early end does not reach it within a year.
pub(super) fn limit_dates(
    drift: &Drift,
    limit: f64,
    tried: DatesTried,
    context: &Context<'_>,
) -> Option<LimitDates> {
    let below = drift.trend.last().is_some_and(|&level| level < limit);
    let reach = drift.days_until(limit).filter(|_| below)?;
    let date = |days: Option<f64>| days.map(|days| context.date_in(days));
    let [early, middle, late] = [reach.early, reach.middle, reach.late].map(date);
    early.map(|_| LimitDates { early, middle, late, tried })
}
