//! Earlier: what a run of some weeks ago said of the same level, and why it says something else now.

use chrono::NaiveDate;
use serde::Serialize;

use super::{Context, Finding, Foretold, Runway};
use crate::series::DAY;

/// Growth that differs by less than this share is the same: the drawn futures' middle moves by as much from week to
/// week.
const SAME_GROWTH: f64 = 0.1;
/// A mark that differs by less than this share is the same, as for a resize.
const SAME_MARK: f64 = 0.01;
/// A level that came out by less than this share of the mark off the likeliest one came as was said.
const SAME_LEVEL: f64 = 0.01;
/// A reason that moves the date by less than this many days is none.
const LEAST_DAYS: f64 = 1.0;
/// More reasons than this are no explanation.
const MOST_REASONS: usize = 3;

/// What an earlier run said.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Earlier {
    /// The local date of that run.
    pub on: NaiveDate,
    /// How many days before this one it was.
    pub days_ago: f64,
    /// Its verdict's name.
    pub verdict: String,
    /// The local date that it said for P5; `None` is beyond its horizon.
    pub p5: Option<NaiveDate>,
    /// The local date that it said for P50.
    pub p50: Option<NaiveDate>,
    /// The local date that it said for P95.
    pub p95: Option<NaiveDate>,
    /// Days by which the date said now lies after the one said then; `None` where one of the two is no date.
    pub later_by_days: Option<f64>,
    /// Whether what is said now lies within the interval that was given then.
    pub within: bool,
    /// What is different, what moves the date most first; empty where nothing is.
    pub because: Vec<Reason>,
}

/// Something that is different, and by about how many days that moves the date; `None` where that cannot be told.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Reason {
    /// What is different.
    #[serde(flatten)]
    pub difference: Difference,
    /// Days by which the date is later for it.
    pub later_by_days: Option<f64>,
}

/// What is different between two forecasts. Amounts are in the unit of the finding's evidence.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum Difference {
    /// It grows faster or slower.
    Growth {
        /// Growth a day, as it was then.
        from: f64,
        /// Growth a day now.
        to: f64,
        /// The local date of the last change of rate, where one is seen.
        changed_on: Option<NaiveDate>,
    },
    /// It was purged, or something was moved in or off.
    Moved {
        /// What: `purge`, `migration`; `purges and moves` where there were several.
        name: String,
        /// By how much the level changed.
        size: f64,
        /// The local date of the last one.
        on: NaiveDate,
    },
    /// The level that counts as full is another one.
    Mark {
        /// What it was then.
        from: f64,
        /// What it is now.
        to: f64,
    },
    /// The level came out higher or lower than was likeliest, and none of the above is why.
    Level {
        /// What was likeliest.
        expected: f64,
        /// What came.
        came: f64,
    },
}

impl Earlier {
    /// Compares what is said now with what was said then.
    pub fn of(then: &Foretold, now: &Foretold, finding: &Finding, context: &Context) -> Earlier {
        let date = |days: Option<f64>| {
            days.map(|days| context.date(then.as_of.saturating_add((days * DAY as f64) as i64)))
        };
        let ago = (now.as_of - then.as_of) as f64 / DAY as f64;
        let middle = now.runway.p50_days.map(|days| days + ago);
        Earlier {
            on: context.date(then.as_of),
            days_ago: ago,
            verdict: then.verdict.clone(),
            p5: date(then.runway.p5_days),
            p50: date(then.runway.p50_days),
            p95: date(then.runway.p95_days),
            later_by_days: middle.zip(then.runway.p50_days).map(|(now, then)| now - then),
            within: within(&then.runway, middle, then.horizon_days),
            because: reasons(then, now, finding, context),
        }
    }
}

/// Whether a moment, in days after the earlier run, lies within the interval that it gave. What it put beyond its
/// horizon holds everything beyond.
fn within(then: &Runway, days: Option<f64>, horizon_days: f64) -> bool {
    let days = days.unwrap_or(f64::INFINITY);
    let early = then.p5_days.unwrap_or(horizon_days);
    early <= days && then.p95_days.is_none_or(|late| days <= late)
}

/// Whether a mark is a purge or a move, of a volume itself or of one of a pool's.
fn is_step(name: &str) -> bool {
    ["purge", "migration"].iter().any(|step| name.starts_with(step))
}

fn reasons(then: &Foretold, now: &Foretold, finding: &Finding, context: &Context) -> Vec<Reason> {
    // By how much the date moves is told by the straight line: a mark so much higher is reached so much later.
    let days_of = |amount: f64| (now.per_day > 0.0).then(|| amount / now.per_day);
    let elapsed = (now.from_day - then.from_day) as f64;
    let expected = then.likeliest(elapsed);
    let mut reasons = Vec::new();
    let marks = finding.evidence.marks.iter();
    let moves: Vec<_> = marks
        .filter(|mark| mark.time > then.as_of && is_step(&mark.name))
        .filter_map(|mark| Some((mark, mark.size?)))
        .collect();
    let moved: f64 = moves.iter().map(|(_, size)| size).sum();
    if let Some((last, _)) = moves.last().filter(|_| moved.abs() > SAME_LEVEL * now.mark) {
        let name = if moves.len() == 1 { last.name.clone() } else { "purges and moves".to_owned() };
        let difference = Difference::Moved { name, size: moved, on: context.date(last.time) };
        reasons.push(Reason { difference, later_by_days: days_of(-moved) });
    }
    // A change that was known then is no news.
    let known = then.mark_on(now.from_day);
    if (now.mark - known).abs() > SAME_MARK * known {
        let difference = Difference::Mark { from: known, to: now.mark };
        reasons.push(Reason { difference, later_by_days: days_of(now.mark - known) });
    }
    let faster = then.per_day.abs().max(now.per_day.abs());
    if (now.per_day - then.per_day).abs() > SAME_GROWTH * faster {
        let marks = finding.evidence.marks.iter();
        let changed_on =
            marks.filter(|mark| mark.name == "change of rate").map(|m| context.date(m.time)).next_back();
        let difference = Difference::Growth { from: then.per_day, to: now.per_day, changed_on };
        let room = known - expected.unwrap_or(now.level);
        let slower = (then.per_day > 0.0 && now.per_day > 0.0 && room > 0.0)
            .then(|| room / now.per_day - room / then.per_day);
        reasons.push(Reason { difference, later_by_days: slower });
    }
    if let Some(expected) = expected {
        let came = now.level - moved;
        if (came - expected).abs() > SAME_LEVEL * now.mark {
            let difference = Difference::Level { expected, came };
            reasons.push(Reason { difference, later_by_days: days_of(expected - came) });
        }
    }
    let days = |reason: &Reason| reason.later_by_days.map_or(f64::INFINITY, f64::abs);
    reasons.retain(|reason| days(reason) >= LEAST_DAYS);
    reasons.sort_by(|a, b| days(b).total_cmp(&days(a)));
    reasons.truncate(MOST_REASONS);
    reasons
}

#[cfg(test)]
mod tests;
