//! Evidence: the history, the forecast and the numbers behind a finding, ready to be drawn.

use chrono::NaiveDate;
use serde::Serialize;

use super::{EventId, Quiet};
use crate::platform::Unit;

/// A line to draw, thinned to what a chart can show. Times are seconds since 1970-01-01 UTC; `None` is a
/// hole and is drawn as one.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Line {
    /// What it is: `used`, `full mark`, `daily median`, …
    pub name: String,
    /// When.
    pub times: Vec<i64>,
    /// How much, in the evidence's unit.
    pub values: Vec<Option<f64>>,
}

/// A forecast to draw: quantiles at the same times.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Band {
    /// Seconds since 1970-01-01 UTC.
    pub times: Vec<i64>,
    /// One chance in twenty to be lower.
    pub p5: Vec<f64>,
    /// As likely lower as higher.
    pub p50: Vec<f64>,
    /// One chance in twenty to be higher.
    pub p95: Vec<f64>,
}

/// A level that matters, drawn across the whole chart.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Threshold {
    /// What it is: `full mark`, `limit`, `target`.
    pub name: String,
    /// In the evidence's unit.
    pub value: f64,
    /// Where it is known to change, by ascending times.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub later: Vec<Later>,
}

impl Threshold {
    /// Its value at a moment, in seconds since 1970-01-01 UTC.
    pub fn at(&self, time: i64) -> f64 {
        self.later.iter().rev().find(|step| step.from <= time).map_or(self.value, |step| step.value)
    }
}

/// A level that matters from some time on.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Later {
    /// Seconds since 1970-01-01 UTC.
    pub from: i64,
    /// In the evidence's unit.
    pub value: f64,
}

/// Something that happened, or is planned: a purge, a migration, a resize, a change of rate.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Mark {
    /// Seconds since 1970-01-01 UTC.
    pub time: i64,
    /// What: `purge`, `migration`, `resize`, `change of rate`, or `planned: ` and the operator's name for it.
    pub name: String,
    /// By how much, in the evidence's unit, where that can be said.
    pub size: Option<f64>,
}

/// A pool's week in local time, `slots_per_day` slots a day from Monday 00:00; all columns have
/// `7 * slots_per_day` entries. `None` is a slot without history.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Week {
    /// Slots in a day: 24 is hourly.
    pub slots_per_day: usize,
    /// Median load, in the evidence's unit.
    pub median: Vec<Option<f64>>,
    /// Upper quantile of the load, in the evidence's unit.
    pub upper: Vec<Option<f64>>,
    /// Servers that the schedule leaves in each slot.
    pub servers: Vec<u32>,
    /// Servers that the upper bound needs in each slot, floor and redundancy applied.
    pub needed: Vec<u32>,
    /// Servers that run today.
    pub servers_now: u32,
    /// When heavy work meets the least load; `None` where parts of the week are not known.
    pub quiet: Option<Quiet>,
    /// The upper bound of the load at each time of the band; it is for `forecasts.parquet`, and drawn nowhere.
    #[serde(skip)]
    pub bound: Vec<f64>,
}

/// How well the model did on this series' own past, judged only by what it could know at the time.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Backtest {
    /// How many times it was tried.
    pub origins: usize,
    /// How far ahead, in days.
    pub horizon_days: f64,
    /// Mean absolute error, in the evidence's unit.
    pub mean_abs_error: f64,
    /// Share of the tries whose outcome lay within the 90 % interval; `None` with too few tries.
    pub coverage: Option<f64>,
    /// The backtest in words, with units.
    pub summary: String,
}

/// A number with its unit, or a word.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Quantity {
    /// A measured or computed number.
    Number {
        /// How much.
        value: f64,
        /// Of what.
        unit: Unit,
    },
    /// An amount per day.
    PerDay {
        /// How much a day.
        value: f64,
        /// Of what.
        unit: Unit,
    },
    /// Days.
    Days {
        /// How many.
        value: f64,
    },
    /// A change that is known to come on a day.
    OnDate {
        /// By how much.
        value: f64,
        /// Of what.
        unit: Unit,
        /// The local day.
        date: NaiveDate,
    },
    /// Words.
    Text {
        /// The words.
        value: String,
    },
}

/// One named number or word behind a finding.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Fact {
    /// Its name: `used`, `usable`, `growth`, `gaps`, …
    pub name: String,
    /// How much.
    #[serde(flatten)]
    pub quantity: Quantity,
}

/// What a finding rests on.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Evidence {
    /// The unit of lines, band, thresholds, marks and week.
    pub unit: Unit,
    /// History, the first line being the one that the finding is about.
    pub lines: Vec<Line>,
    /// Forecast.
    pub band: Option<Band>,
    /// Levels that matter.
    pub thresholds: Vec<Threshold>,
    /// What happened.
    pub marks: Vec<Mark>,
    /// The week, for load.
    pub week: Option<Week>,
    /// The findings of the volumes whose levels were added up; empty where it is no sum.
    pub parts: Vec<EventId>,
    /// Numbers worth naming.
    pub facts: Vec<Fact>,
    /// The model in words.
    pub model: String,
    /// How good the model was on this series.
    pub backtest: Option<Backtest>,
}

impl Evidence {
    /// Facts alone, for a finding that has nothing to draw.
    pub(super) fn of_facts(facts: Vec<Fact>) -> Evidence {
        Evidence {
            unit: Unit::Count,
            lines: Vec::new(),
            band: None,
            thresholds: Vec::new(),
            marks: Vec::new(),
            week: None,
            parts: Vec::new(),
            facts,
            model: String::new(),
            backtest: None,
        }
    }
}
