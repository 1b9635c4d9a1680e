//! Outcomes: what came of a level, to hold what was foretold of it against.

use std::{borrow::Cow, collections::BTreeMap};

use super::{EventId, Finding, Foretold, Kind};
use crate::series::{DAY, Volume, as_it_came};

/// A hole of at most so many days is bridged; a longer one hides what came: the model bridges as much.
const BRIDGED_DAYS: i64 = 7;
/// A level of a day without data is told by its neighbours if these are at most so many days apart.
const BETWEEN_DAYS: i64 = 4;

/// What came of one level.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Outcome {
    /// The day since 1970-01-01 UTC and its median level, ascending, purges and moves left in.
    days: Vec<(i64, f64)>,
    /// When it was purged or moved off, in seconds since 1970-01-01 UTC.
    relieved: Vec<i64>,
}

/// What became of a mark.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Came {
    /// Days after the run on which the mark was first reached; `None` if it was not, as far as is known.
    pub filled: Option<f64>,
    /// Days after the run up to which is known what came.
    pub known: f64,
}

impl Outcome {
    /// From levels by day, ascending.
    pub fn of(days: Vec<(i64, f64)>) -> Outcome {
        Outcome { days, relieved: Vec::new() }
    }

    /// The levels by day.
    pub fn days(&self) -> &[(i64, f64)] {
        &self.days
    }

    /// The level on a day, or between its neighbours in a short hole; `None` where nobody knows.
    pub fn on(&self, day: i64) -> Option<f64> {
        let after = self.days.partition_point(|d| d.0 < day);
        let &(later, above) = self.days.get(after)?;
        if later == day {
            return Some(above);
        }
        let &(earlier, below) = self.days.get(after.checked_sub(1)?)?;
        let apart = later - earlier;
        (apart <= BETWEEN_DAYS).then(|| below + (above - below) * (day - earlier) as f64 / apart as f64)
    }

    /// When a mark, told by the day, was first reached after the day `from_day`, counted from the moment `as_of`. A level
    /// of a day is that of its middle, as in the forecast.
    pub fn came(&self, mark: impl Fn(i64) -> f64, from_day: i64, as_of: i64) -> Came {
        let since = |day: f64| day - as_of as f64 / DAY as f64;
        let known_until = |day: i64| since(day as f64 + 1.0);
        let begins = self.days.partition_point(|d| d.0 <= from_day);
        let Some(&start) = begins.checked_sub(1).and_then(|i| self.days.get(i)) else {
            return Came { filled: None, known: 0.0 };
        };
        let mut before = start;
        for &(day, level) in &self.days[begins..] {
            if day - before.0 > BRIDGED_DAYS {
                break;
            }
            let mark = mark(day);
            if level >= mark {
                let share = if before.1 < mark { (mark - before.1) / (level - before.1) } else { 0.0 };
                let at = before.0 as f64 + share * (day - before.0) as f64 + 0.5;
                return Came { filled: Some(since(at).max(0.0)), known: known_until(day) };
            }
            before = (day, level);
        }
        Came { filled: None, known: known_until(before.0).max(0.0) }
    }

    /// Whether it was purged or moved off within so many days after a moment.
    pub fn relieved_within(&self, days: f64, as_of: i64) -> bool {
        let until = as_of.saturating_add((days * DAY as f64) as i64);
        self.relieved.iter().any(|&time| time > as_of && time <= until)
    }
}

/// What came of all levels.
#[derive(Debug, Clone, Default)]
pub struct Outcomes {
    of_volumes: BTreeMap<EventId, Outcome>,
}

impl Outcomes {
    /// From volumes as they are known in the end, and the findings on them, whose marks tell of purges and moves.
    pub fn of(volumes: &[Volume], findings: &[Finding]) -> Outcomes {
        use rayon::prelude::*;
        let levels = volumes.par_iter().flat_map_iter(|volume| {
            [(Kind::VolumeExhaustion, &volume.used), (Kind::InodeExhaustion, &volume.inodes_used)]
                .map(|(kind, series)| (EventId::of_volume(kind, &volume.labels), as_it_came(series)))
        });
        let mut of_volumes: BTreeMap<EventId, Outcome> = BTreeMap::new();
        for (id, days) in levels.collect::<Vec<_>>() {
            // Of two devices that were mounted at one place, the one that reaches further goes on.
            let last = |days: &[(i64, f64)]| days.last().map(|day| day.0);
            let held = of_volumes.get(&id).and_then(|held| last(&held.days));
            if last(&days) > held {
                of_volumes.insert(id, Outcome::of(days));
            }
        }
        for finding in findings {
            if let Some(outcome) = of_volumes.get_mut(&finding.id) {
                let shrank = |size: Option<f64>| size.is_some_and(|size| size < 0.0);
                let marks = finding.evidence.marks.iter();
                outcome.relieved =
                    marks.filter(|m| m.name == "purge" && shrank(m.size)).map(|m| m.time).collect();
            }
        }
        Outcomes { of_volumes }
    }

    /// What came of a level that was foretold: a volume's own, or the sum of those that a pool was the sum of then.
    /// `None` where it is not known any more.
    pub fn get(&self, foretold: &Foretold) -> Option<Cow<'_, Outcome>> {
        if foretold.kind != Kind::PoolExhaustion {
            return self.of_volumes.get(&foretold.id).map(Cow::Borrowed);
        }
        let parts: Vec<&Outcome> =
            foretold.parts.iter().map(|id| self.of_volumes.get(id)).collect::<Option<_>>()?;
        together(&parts).map(Cow::Owned)
    }
}

/// The sum of levels by day, over the days on which all of them are known.
fn together(parts: &[&Outcome]) -> Option<Outcome> {
    let first = parts.iter().filter_map(|part| part.days.first()).map(|day| day.0).max()?;
    let last = parts.iter().filter_map(|part| part.days.last()).map(|day| day.0).min()?;
    let sum = |day: i64| parts.iter().map(|part| part.on(day)).sum::<Option<f64>>().map(|level| (day, level));
    Some(Outcome::of((first..=last).filter_map(sum).collect()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Noon of day 100.
    const AS_OF: i64 = 100 * DAY + DAY / 2;

    fn outcome(days: impl IntoIterator<Item = (i64, f64)>) -> Outcome {
        Outcome::of(days.into_iter().collect())
    }

    #[test]
    fn a_mark_is_reached_between_the_middles_of_two_days() {
        // 1,000 on day 100 and 10 more a day: 1,045 lies half-way between days 104 and 105, 4.5 days after noon of 100.
        let grows = outcome((90..=110).map(|day| (day, 1000.0 + 10.0 * (day - 100) as f64)));
        assert_eq!(grows.came(|_| 1045.0, 100, AS_OF), Came { filled: Some(4.5), known: 5.5 });
        // Day 110 is over 10.5 days after noon of day 100.
        assert_eq!(grows.came(|_| 2000.0, 100, AS_OF), Came { filled: None, known: 10.5 });
        // What stands above the mark already reaches it at once.
        assert_eq!(grows.came(|_| 500.0, 100, AS_OF).filled, Some(0.0));
        // A mark that was known to rise on day 103 to more than it ever was is not reached; one that falls then is.
        let rises = |day: i64| if day < 103 { 1035.0 } else { 2000.0 };
        assert_eq!(grows.came(rises, 100, AS_OF).filled, None);
        let falls = |day: i64| if day < 103 { 2000.0 } else { 1025.0 };
        assert_eq!(grows.came(falls, 100, AS_OF).filled, Some(2.5));
        // Of a level that was never seen nothing is known.
        assert_eq!(outcome([]).came(|_| 1.0, 100, AS_OF), Came { filled: None, known: 0.0 });
    }

    #[test]
    fn a_long_hole_hides_what_came() {
        let holed = outcome((95..=103).chain(111..=120).map(|day| (day, day as f64)));
        // Day 111 comes eight days after 103: whether 108 was reached in between, or when, nobody knows.
        assert_eq!(holed.came(|_| 108.0, 100, AS_OF), Came { filled: None, known: 3.5 });
        assert_eq!(holed.came(|_| 103.0, 100, AS_OF).filled, Some(3.0));
        assert_eq!((holed.on(103), holed.on(105), holed.on(121)), (Some(103.0), None, None));
        assert_eq!(outcome([(1, 10.0), (4, 40.0)]).on(2), Some(20.0));
    }

    #[test]
    fn a_pool_is_known_while_all_of_its_volumes_are() {
        let (one, two) = (outcome((0..10).map(|d| (d, 1.0))), outcome((5..20).map(|d| (d, 2.0))));
        assert_eq!(together(&[&one, &two]).unwrap().days, (5..10).map(|d| (d, 3.0)).collect::<Vec<_>>());
        assert_eq!(together(&[]), None);
    }

    #[test]
    fn a_purge_relieves_within_its_time() {
        let purged = Outcome { relieved: vec![AS_OF + 3 * DAY], ..Outcome::default() };
        assert!(purged.relieved_within(3.0, AS_OF) && !purged.relieved_within(2.9, AS_OF));
        assert!(!purged.relieved_within(9.0, AS_OF + 3 * DAY));
    }
}
