//! What rose together with a latency, queue or probe. Evidence, no proof: it says so, and how strong it is.

use chrono::NaiveDate;
use serde::Serialize;

use crate::platform::{Labels, Measure};

/// The resources that were looked at beside a rise.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RoseWith {
    /// The least belief in its rise from which a resource is told to have risen.
    pub least_belief: f64,
    /// All that were looked at, the strongest evidence first.
    pub looked_at: Vec<Companion>,
}

impl RoseWith {
    /// Those that rose, the strongest evidence first.
    pub fn rose(&self) -> impl Iterator<Item = &Companion> {
        self.looked_at.iter().filter(|one| one.strength != Strength::None)
    }
}

/// A resource beside a rise.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Companion {
    /// What it is, for people: `processor`, `queue deferred`, `memory of pool mailstore`.
    pub name: String,
    /// Its measure.
    pub measure: Measure,
    /// Whose it is: the host, or the pool whose hosts' mean it is.
    pub labels: Labels,
    /// How strongly it rose together with what rises.
    pub strength: Strength,
    /// Percent that it changed by over the span that was looked at.
    pub percent_over_span: f64,
    /// Lower end of its 90 % interval.
    pub low_over_span: f64,
    /// Upper end of its 90 % interval.
    pub high_over_span: f64,
    /// The chance that it rose by at least 5 %.
    pub belief: f64,
    /// The local date of its late rise or first step, where it rose so.
    pub changed_on: Option<NaiveDate>,
    /// Days from the date on which the other began to rise to its own; `None` where either has none.
    pub days_later: Option<i64>,
    /// How alike the two move from day to day; `None` with too few days that both are known on.
    pub day_by_day: Option<DayByDay>,
}

/// How alike two levels move from day to day.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct DayByDay {
    /// Spearman's rank correlation of the daily changes.
    pub correlation: f64,
    /// Lower end of its 90 % interval.
    pub low: f64,
    /// Upper end of its 90 % interval.
    pub high: f64,
    /// Days that were compared.
    pub days: usize,
}

/// How strongly a resource rose together with something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Strength {
    /// It did not rise.
    None,
    /// It rose over the same span, as everything does that grows; nothing more is alike.
    Trend,
    /// It began to rise at the same time.
    Date,
    /// It rose, and goes up and down with the other day by day.
    DayByDay,
}

impl Strength {
    /// Its name in every output.
    pub fn name(self) -> &'static str {
        match self {
            Strength::None => "none",
            Strength::Trend => "trend",
            Strength::Date => "date",
            Strength::DayByDay => "day_by_day",
        }
    }
}
