//! What a back-test has found, to be drawn as it stands.

use chrono_tz::Tz;
use serde::Serialize;

use crate::plans::{Kind, ScoreRow};

/// The archive, played again at past moments, and how right the forecasts would have been.
#[derive(Debug, Clone, PartialEq)]
pub struct Played {
    /// Name of the platform.
    pub platform: String,
    /// The platform's time zone: every date is local to it.
    pub timezone: Tz,
    /// What came is known up to this moment, seconds since 1970-01-01 UTC.
    pub as_of: i64,
    /// Days between two moments.
    pub every_days: i64,
    /// The oldest sample of a volume, seconds since 1970-01-01 UTC.
    pub first: i64,
    /// The moments that were played, ascending, seconds since 1970-01-01 UTC.
    pub moments: Vec<i64>,
    /// How far ahead was looked, in days, ascending.
    pub horizons: Vec<i64>,
    /// Forecasts that were made.
    pub forecasts: usize,
    /// Levels of which no forecast could be made.
    pub undecided: Vec<Undecided>,
    /// The scores by kind, distance and method.
    pub rows: Vec<ScoreRow>,
}

/// How often one kind could not be forecast.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Undecided {
    /// The kind.
    pub kind: Kind,
    /// How often, over all moments.
    pub times: usize,
}

impl Played {
    /// The kinds that have scores, in their order.
    pub(crate) fn kinds(&self) -> Vec<Kind> {
        let mut kinds: Vec<Kind> = self.rows.iter().map(|row| row.kind).collect();
        kinds.dedup();
        kinds
    }

    /// The scores of a kind.
    pub(crate) fn of(&self, kind: Kind) -> impl Iterator<Item = &ScoreRow> {
        self.rows.iter().filter(move |row| row.kind == kind)
    }

    /// Distances that were asked for and of which nothing is known.
    pub(crate) fn unknown(&self) -> Vec<i64> {
        let known = |days: i64| self.rows.iter().any(|row| row.horizon_days == days);
        self.horizons.iter().copied().filter(|&days| !known(days)).collect()
    }
}
