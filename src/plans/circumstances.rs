//! Circumstances: what a level is held against, as things are and as they would be in each scenario.

use chrono::NaiveDate;

use super::{
    Context, Fact, Later, Mark, Verdict, WhatIf,
    coming::{self, Coming, Reckoning},
    late::{self, Past},
    outlook::{self, Bounds, Outlook, Prospect},
};
use crate::{
    models::{Change, Effect},
    platform::{Pool, Unit},
    series::Level,
};

/// What one level is held against, and what is known to come for it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Circumstances<'a> {
    pub(super) full_mark: f64,
    pub(super) lead_time_days: f64,
    pub(super) changes: Vec<Change>,
    coming: Vec<Coming<'a>>,
    at: Reckoning,
    unit: Unit,
}

impl<'a> Circumstances<'a> {
    /// The circumstances of a level of a pool (or of none).
    pub(super) fn of(
        level: &Level,
        unit: Unit,
        pool: Option<&Pool>,
        coming: Vec<Coming<'a>>,
        context: &Context,
    ) -> Self {
        let full_mark = pool.map_or(Pool::DEFAULT_FULL_MARK, |pool| pool.full_mark);
        let (from_day, now) = level.days.last().copied().unwrap_or_default();
        let at = Reckoning {
            today: context.today(),
            from_day,
            horizon: outlook::horizon_days(level, context),
            has_job: level.steps.retention.is_some(),
            level: now,
        };
        Circumstances {
            full_mark,
            lead_time_days: pool.map_or(Pool::DEFAULT_LEAD_TIME_DAYS, |pool| pool.lead_time_days),
            changes: coming::changes(&coming, unit, full_mark, at),
            coming,
            at,
            unit,
        }
    }

    /// The bounds of a level of which there is room for so much in all.
    pub(super) fn bounds(&self, total: f64) -> Bounds<'_> {
        Bounds { mark: self.full_mark * total, lead_time_days: self.lead_time_days, changes: &self.changes }
    }

    /// The mark as it is known to change, of a level of which there is room for so much today.
    pub(super) fn later(&self, total: f64) -> Vec<Later> {
        outlook::later(self.bounds(total), self.at.from_day)
    }

    /// Whether a level would be judged alike under others.
    fn is_like(&self, other: &Circumstances) -> bool {
        self.full_mark == other.full_mark
            && self.lead_time_days == other.lead_time_days
            && self.changes == other.changes
    }

    /// What a reader is told of what is known to come.
    pub(super) fn facts(&self) -> impl Iterator<Item = Fact> {
        self.coming.iter().filter_map(|one| coming::fact(one, self.unit, self.at))
    }

    /// What a reader is told of what was to come and did not.
    pub(super) fn late(&self, past: impl FnOnce() -> Past) -> Vec<Fact> {
        // The history is put together only where something is held against it.
        let mut once = self.coming.iter().filter(|one| one.planned.date < self.at.today).peekable();
        if once.peek().is_none() {
            return Vec::new();
        }
        let past = past();
        once.filter_map(|one| late::unseen(one, &past, self.at.today)).collect()
    }

    /// Where a chart shows it.
    pub(super) fn marks(&self, context: &Context) -> Vec<Mark> {
        self.coming.iter().filter_map(|one| coming::mark(one, self.unit, self.at, context)).collect()
    }

    /// The first day on which capacity that is ordered comes.
    pub(super) fn ordered_on(&self) -> Option<NaiveDate> {
        coming::ordered_on(&self.coming, self.at)
    }

    /// What the pool of a volume feels of what is planned for the volume alone.
    pub(super) fn felt(&self, prospect: &Prospect, context: &Context) -> Felt {
        let (shared, own): (Vec<Coming>, Vec<Coming>) =
            self.coming.iter().copied().partition(|one| one.of_pool);
        let mut felt = Felt::default();
        if own.is_empty() {
            return felt;
        }
        felt.facts = own.iter().filter_map(|one| coming::fact(one, self.unit, self.at)).collect();
        felt.marks = own.iter().filter_map(|one| coming::mark(one, self.unit, self.at, context)).collect();
        // A raise of one is all capacity.
        for change in coming::changes(&own, self.unit, 1.0, self.at) {
            if let Effect::Raised(bytes) = change.effect {
                felt.capacity.push((self.at.from_day + change.day as i64, bytes));
            }
        }
        if let Prospect::Known(fit) = prospect {
            let with = fit.forecast(&self.changes).p50;
            let without = fit.forecast(&coming::changes(&shared, self.unit, self.full_mark, self.at)).p50;
            let mut before = 0.0;
            for (day, (with, without)) in with.iter().zip(&without).enumerate() {
                let shift = with - without;
                if (shift - before).abs() > LEAST_FELT * without.abs() {
                    felt.moved.push((self.at.from_day + day as i64, shift - before));
                    before = shift;
                }
            }
        }
        felt
    }
}

/// A shift of a volume's forecast that is less than this share of its level is rounding.
const LEAST_FELT: f64 = 1e-9;

/// What a pool feels of what is planned for one of its volumes alone. Days are those since 1970-01-01 UTC.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Felt {
    /// By how much the volume's level shifts on a day.
    pub(super) moved: Vec<(i64, f64)>,
    /// By how much its usable bytes grow on a day.
    pub(super) capacity: Vec<(i64, f64)>,
    /// What its reader is told.
    pub(super) facts: Vec<Fact>,
    /// What its chart shows.
    pub(super) marks: Vec<Mark>,
}

impl Circumstances<'_> {
    /// Adds what the pool feels of its volumes.
    pub(super) fn feel<'f>(&mut self, felt: impl Iterator<Item = &'f Felt>) {
        let ahead = |day: i64| usize::try_from((day - self.at.from_day).max(1)).unwrap_or(1);
        for felt in felt {
            let moved = felt.moved.iter().map(|&(day, size)| (ahead(day), Effect::Moved(size)));
            let raised =
                felt.capacity.iter().map(|&(day, size)| (ahead(day), Effect::Raised(size * self.full_mark)));
            self.changes.extend(moved.chain(raised).map(|(day, effect)| Change { day, effect }));
        }
        self.changes.sort_by_key(|change| change.day);
    }
}

/// What a judgement would be in the scenarios that concern its level, of which there is room for `total`. `others` are
/// the circumstances of each scenario.
pub(super) fn what_if(
    prospect: &Prospect,
    level: &Level,
    total: f64,
    now: (&Circumstances, &Outlook),
    others: &[Circumstances],
    context: &Context,
) -> Vec<WhatIf> {
    let (circumstances, outlook) = now;
    let scenarios = context.scenarios.iter().zip(others);
    let asked = scenarios.filter_map(|((name, scenario), other)| {
        if circumstances.is_like(other) {
            return None;
        }
        let would_be = prospect.judge(level, other.bounds(total), scenario);
        let later_by_days = p50(&would_be.verdict).zip(p50(&outlook.verdict)).map(|(then, now)| then - now);
        let Outlook { verdict, severity, .. } = would_be;
        Some(WhatIf { scenario: (*name).to_owned(), severity, verdict, later_by_days })
    });
    asked.collect()
}

fn p50(verdict: &Verdict) -> Option<f64> {
    match verdict {
        Verdict::Fills(exhaustion) => exhaustion.runway.p50_days,
        _ => None,
    }
}

/// The advice, with what is to be said of capacity that is ordered already.
pub(super) fn advised(advice: String, verdict: &Verdict, ordered: Option<NaiveDate>) -> String {
    let Some(date) = ordered else { return advice };
    let full = match verdict {
        Verdict::Fills(exhaustion) => exhaustion.p50,
        _ => None,
    };
    let date_in_words = super::wording::date(date);
    if full.is_some_and(|full| full < date) {
        format!("{advice} What is ordered for {date_in_words} comes after that.")
    } else {
        format!("{advice} What is ordered for {date_in_words} is counted.")
    }
}

#[cfg(test)]
mod tests;
