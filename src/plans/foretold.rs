//! Foretold: what a run has said of a level's future, in the few numbers that are kept to hold it against what comes.

use super::{EventId, Evidence, Finding, Kind, Quantity, Runway, Verdict};
use crate::series::DAY;

/// The distances, in days, at which what was foretold is held against what came: from the next weekly report to a
/// budget's year.
pub const DISTANCES: [i64; 7] = [7, 14, 30, 60, 90, 180, 365];

/// How the level begins to be named whose crossing a forecast is about.
const FULL_MARK: &str = "full mark";

/// What a run has foretold of one volume's bytes or inodes, or of one pool.
#[derive(Debug, Clone, PartialEq)]
pub struct Foretold {
    /// The finding that said it; the same in every run.
    pub id: EventId,
    /// What kind of finding that was.
    pub kind: Kind,
    /// The verdict's name.
    pub verdict: String,
    /// The moment of the run, seconds since 1970-01-01 UTC.
    pub as_of: i64,
    /// The day of the level that it started from, since 1970-01-01 UTC.
    pub from_day: i64,
    /// That level, in the unit of the finding's evidence.
    pub level: f64,
    /// The level that counted as full.
    pub mark: f64,
    /// Where that was known to change: from which day since 1970-01-01 UTC on, and to what; days ascend.
    pub later_marks: Vec<(i64, f64)>,
    /// Growth a day.
    pub per_day: f64,
    /// How many days it looked ahead.
    pub horizon_days: f64,
    /// Days from the run until the mark; what lies beyond the horizon, or was not said, is `None`.
    pub runway: Runway,
    /// The level so many days after `from_day`, by the distance.
    pub ahead: Vec<Ahead>,
    /// The findings of the volumes that a pool was the sum of; empty for a volume.
    pub parts: Vec<EventId>,
}

/// A level at a distance.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ahead {
    /// Days after the level that the forecast started from.
    pub days: i64,
    /// One chance in twenty to be lower.
    pub p5: f64,
    /// As likely lower as higher.
    pub p50: f64,
    /// One chance in twenty to be higher.
    pub p95: f64,
}

impl Foretold {
    /// What a finding foretells, looking `horizon_days` ahead, at these distances; `None` where it forecasts no level.
    pub fn of(finding: &Finding, as_of: i64, horizon_days: f64, distances: &[i64]) -> Option<Foretold> {
        let evidence = &finding.evidence;
        let band = evidence.band.as_ref()?;
        let mark = full_mark(evidence).filter(|mark| mark.is_finite() && *mark > 0.0)?;
        let (&first, &level) = (band.times.first()?, band.p50.first()?);
        let from_day = first.div_euclid(DAY);
        let at = |days: &i64| {
            let place =
                band.times.binary_search_by_key(&(from_day + days), |time| time.div_euclid(DAY)).ok()?;
            let [p5, p50, p95] = [&band.p5, &band.p50, &band.p95].map(|path| path.get(place).copied());
            Some(Ahead { days: *days, p5: p5?, p50: p50?, p95: p95? })
        };
        Some(Foretold {
            id: finding.id.clone(),
            kind: finding.kind,
            verdict: finding.verdict.name().to_owned(),
            as_of,
            from_day,
            level,
            mark,
            later_marks: Vec::new(),
            per_day: growth(evidence).unwrap_or(0.0),
            horizon_days,
            runway: runway(&finding.verdict),
            ahead: distances.iter().filter_map(at).filter(Ahead::is_finite).collect(),
            parts: evidence.parts.clone(),
        })
    }

    /// The level that counts as full on a day, as far as was known.
    pub fn mark_on(&self, day: i64) -> f64 {
        self.later_marks.iter().rev().find(|later| later.0 <= day).map_or(self.mark, |later| later.1)
    }

    /// The level that was foretold as likeliest so many days after the start, between the distances that are kept.
    pub(super) fn likeliest(&self, days: f64) -> Option<f64> {
        let mut before = (0.0, self.level);
        for ahead in &self.ahead {
            let (at, level) = (ahead.days as f64, ahead.p50);
            if days <= at {
                return Some(before.1 + (level - before.1) * (days - before.0) / (at - before.0));
            }
            before = (at, level);
        }
        None
    }
}

impl Ahead {
    fn is_finite(&self) -> bool {
        [self.p5, self.p50, self.p95].iter().all(|level| level.is_finite())
    }
}

/// The level that counts as full.
fn full_mark(evidence: &Evidence) -> Option<f64> {
    evidence.thresholds.iter().find(|level| level.name.starts_with(FULL_MARK)).map(|level| level.value)
}

fn growth(evidence: &Evidence) -> Option<f64> {
    evidence.facts.iter().find(|fact| fact.name == "growth").and_then(|fact| match fact.quantity {
        Quantity::PerDay { value, .. } => Some(value),
        _ => None,
    })
}

/// The days left that a verdict speaks of: one that speaks of none says that the mark is not reached.
fn runway(verdict: &Verdict) -> Runway {
    match verdict {
        Verdict::Fills(exhaustion) => exhaustion.runway,
        Verdict::FillsBeyond { runway, .. } => *runway,
        _ => Runway { p5_days: None, p50_days: None, p95_days: None },
    }
}
