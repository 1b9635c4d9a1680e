//! Foretold: what a run has said of a level's future, in the few numbers that are kept to hold it against what comes.

use super::{EventId, Evidence, Finding, Kind, Quantity, Runway, Threshold, Verdict};
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
        let full = full_mark(evidence).filter(|full| full.value.is_finite() && full.value > 0.0)?;
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
            mark: full.value,
            later_marks: full.later.iter().map(|later| (later.from.div_euclid(DAY), later.value)).collect(),
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
fn full_mark(evidence: &Evidence) -> Option<&Threshold> {
    evidence.thresholds.iter().find(|level| level.name.starts_with(FULL_MARK))
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plans::{
        Later,
        fixture::{AS_OF, GB, MAILSTORE, at, hours, platform, volume},
        volume_findings,
    };

    #[test]
    fn what_a_finding_foretells_is_kept_with_the_mark_as_it_is_known_to_change() {
        let platform = platform(MAILSTORE);
        // 500 GB and one more a day, of 1,000.
        let volume = volume("ms01", hours(120, |d| (500.0 + d) * GB), 1_000.0 * GB);
        let mut finding = volume_findings(&volume, None, &at(&platform)).findings.remove(0);
        let today = AS_OF / DAY;
        finding.evidence.thresholds[0].later = vec![Later { from: (today + 30) * DAY, value: 1_800.0 * GB }];
        let said = Foretold::of(&finding, AS_OF, 365.0, &[7, 30, 4_000]).unwrap();
        assert_eq!((said.id.0.as_str(), said.from_day), ("disk-full/ms01/var/mail", today - 1));
        assert_eq!((said.mark, said.mark_on(today + 29)), (900.0 * GB, 900.0 * GB));
        assert_eq!(said.mark_on(today + 30), 1_800.0 * GB);
        // The last whole day's median is that of 12.5 hours before the plan; the forecast ends within 4,000 days.
        assert!((said.level / GB - 499.48).abs() < 0.1, "{said:?}");
        assert!(said.ahead.iter().map(|ahead| ahead.days).eq([7, 30]));
        assert!((said.likeliest(7.0).unwrap() - said.level - 7.0 * GB).abs() < 0.5 * GB);
        // Half-way between the start and the seventh day; beyond the last distance nothing was said.
        let half = (said.level + said.ahead[0].p50) / 2.0;
        assert!((said.likeliest(3.5).unwrap() - half).abs() < 1.0);
        assert_eq!(said.likeliest(31.0), None);
        finding.evidence.band = None;
        assert_eq!(Foretold::of(&finding, AS_OF, 365.0, &DISTANCES), None);
    }
}
