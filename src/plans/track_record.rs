//! The track record: how often what earlier runs said came to pass, over all their forecasts that have come due.

use serde::Serialize;

use super::{EventId, Finding, Foretold, Kind, Method, Outcomes, ScoreRow, Scorecard};
use crate::{platform::Unit, series::DAY};

/// Misses that are listed; more would hide the worst.
const MOST_MISSES: usize = 10;

/// How right earlier runs were.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct TrackRecord {
    /// Earlier runs whose forecasts are kept.
    pub runs: usize,
    /// The moment of the first of them, seconds since 1970-01-01 UTC.
    pub since: Option<i64>,
    /// Forecasts of theirs, each of one volume's bytes or inodes or of one pool.
    pub forecasts: usize,
    /// When the next forecast comes due, where none has yet, seconds since 1970-01-01 UTC.
    pub next_due: Option<i64>,
    /// How right those were that have come due, by kind and distance.
    pub rows: Vec<ScoreRow>,
    /// The newest run of which something has come due.
    pub newest: Option<NewestRun>,
    /// Files of the ledger that could not be read, each with its reason and the next step.
    pub unreadable: Vec<String>,
}

/// The newest run of which something has come due: last week's answer, where there is a run a week.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct NewestRun {
    /// Its moment, seconds since 1970-01-01 UTC.
    pub as_of: i64,
    /// How far ahead its forecasts are looked at, in days.
    pub horizon_days: i64,
    /// Forecasts whose outcome is known.
    pub outcomes: usize,
    /// Those whose outcome lies within the 90 % interval.
    pub held: usize,
    /// The others, the farthest off first, at most ten.
    pub missed: Vec<Miss>,
}

/// A forecast whose outcome lies outside of its interval.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Miss {
    /// The finding that said it.
    pub id: EventId,
    /// What it is about, for people.
    pub subject: String,
    /// The unit of the levels.
    pub unit: Unit,
    /// The lower edge of the interval.
    pub p5: f64,
    /// Its upper edge.
    pub p95: f64,
    /// What came.
    pub came: f64,
}

impl TrackRecord {
    /// Scores earlier runs, each with its forecasts and in the order of time. `findings` give the subjects' names.
    pub fn of(runs: &[Vec<Foretold>], outcomes: &Outcomes, findings: &[Finding]) -> TrackRecord {
        let mut card = Scorecard::default();
        for foretold in runs.iter().flatten() {
            if let Some(outcome) = outcomes.get(foretold) {
                card.add(foretold, &outcome);
            }
        }
        let rows: Vec<ScoreRow> =
            card.rows().into_iter().filter(|row| row.method == Method::Model).filter(is_known).collect();
        let all = || runs.iter().flatten();
        let due = |foretold: &Foretold| {
            let first = foretold.ahead.first()?;
            Some(foretold.from_day.saturating_add(first.days).saturating_mul(DAY).saturating_add(DAY / 2))
        };
        TrackRecord {
            runs: runs.len(),
            since: all().map(|foretold| foretold.as_of).min(),
            forecasts: all().count(),
            next_due: if rows.is_empty() { all().filter_map(due).min() } else { None },
            rows,
            newest: runs.iter().rev().find_map(|run| newest(run, outcomes, findings)),
            unreadable: Vec::new(),
        }
    }
}

fn is_known(row: &ScoreRow) -> bool {
    row.level.is_some() || row.date.is_some()
}

/// How right a run was at the longest distance at which anything is known; `None` where nothing is.
fn newest(run: &[Foretold], outcomes: &Outcomes, findings: &[Finding]) -> Option<NewestRun> {
    let mut looked_at: Vec<(&Foretold, super::Ahead, f64)> = Vec::new();
    for foretold in run {
        let Some(outcome) = outcomes.get(foretold) else { continue };
        let known = foretold.ahead.iter();
        looked_at.extend(known.filter_map(|ahead| {
            let came = outcome.on(foretold.from_day + ahead.days)?;
            Some((foretold, *ahead, came))
        }));
    }
    let horizon_days = looked_at.iter().map(|(_, ahead, _)| ahead.days).max()?;
    looked_at.retain(|(_, ahead, _)| ahead.days == horizon_days);
    let missed_by = |(foretold, ahead, came): &(&Foretold, super::Ahead, f64)| {
        ((ahead.p5 - came).max(0.0) + (came - ahead.p95).max(0.0)) / foretold.mark
    };
    let mut missed: Vec<_> = looked_at.iter().filter(|one| missed_by(one) > 0.0).collect();
    let held = looked_at.len() - missed.len();
    missed.sort_by(|a, b| missed_by(b).total_cmp(&missed_by(a)).then_with(|| a.0.id.cmp(&b.0.id)));
    let named = |(foretold, ahead, came): &&(&Foretold, super::Ahead, f64)| Miss {
        id: foretold.id.clone(),
        subject: findings
            .iter()
            .find(|finding| finding.id == foretold.id)
            .map_or_else(|| foretold.id.to_string(), |finding| finding.subject.name.clone()),
        unit: if foretold.kind == Kind::InodeExhaustion { Unit::Count } else { Unit::Bytes },
        p5: ahead.p5,
        p95: ahead.p95,
        came: *came,
    };
    Some(NewestRun {
        as_of: run.first()?.as_of,
        horizon_days,
        outcomes: looked_at.len(),
        held,
        missed: missed.iter().take(MOST_MISSES).map(named).collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plans::{
        Ahead,
        fixture::{AS_OF, GB, foretold, hours, volume},
    };

    /// What came of `/var/mail` of ms01: 500 GB at the plan's moment, and 1 a day.
    fn outcomes() -> Outcomes {
        Outcomes::of(&[volume("ms01", hours(60, |d| (500.0 + d) * GB), 1_000.0 * GB)], &[])
    }

    /// A run so many days before the last whole day, 15 November, that said 490 to 510 GB for whenever.
    fn run(days_ago: i64) -> Foretold {
        let mut run = foretold(AS_OF - DAY / 2 - days_ago * DAY, 450.0 * GB, 900.0 * GB);
        run.ahead.iter_mut().for_each(|ahead| (ahead.p5, ahead.p95) = (490.0 * GB, 510.0 * GB));
        run
    }

    #[test]
    fn forecasts_are_scored_once_they_have_come_due() {
        // A run 14 days ago is due at 7 days, when there were 492.5 GB, and at 14, when there were 499.5; one 7 days ago
        // at 7 days only.
        let record = TrackRecord::of(&[vec![run(14)], vec![run(7)], vec![run(3)]], &outcomes(), &[]);
        assert_eq!((record.runs, record.forecasts, record.next_due), (3, 3, None));
        assert_eq!(record.since, Some(AS_OF - DAY / 2 - 14 * DAY));
        let held: Vec<_> = record
            .rows
            .iter()
            .filter_map(|row| Some((row.horizon_days, row.level.as_ref()?)))
            .map(|(days, level)| (days, level.outcomes, level.coverage))
            .collect();
        assert_eq!(held, [(7, 2, Some(1.0)), (14, 1, Some(1.0))]);
        let newest = record.newest.unwrap();
        assert_eq!((newest.as_of, newest.horizon_days), (AS_OF - DAY / 2 - 7 * DAY, 7));
        assert_eq!((newest.outcomes, newest.held, newest.missed), (1, 1, vec![]));
    }

    #[test]
    fn nothing_is_due_within_the_first_week() {
        let record = TrackRecord::of(&[vec![run(3)]], &outcomes(), &[]);
        assert_eq!((record.rows.len(), record.newest), (0, None));
        // The 7 days after 12 November are over on the 19th.
        assert_eq!(record.next_due, Some(AS_OF - DAY / 2 + 4 * DAY));
        assert_eq!(TrackRecord::of(&[], &outcomes(), &[]), TrackRecord::default());
    }

    #[test]
    fn a_miss_is_named_with_what_was_said_and_what_came() {
        let mut missed = run(7);
        missed.ahead = vec![Ahead { days: 7, p5: 400.0 * GB, p50: 410.0 * GB, p95: 420.0 * GB }];
        // A volume that is not there any more has no outcome.
        let gone = Foretold { id: EventId("disk-full/ms99/var/mail".to_owned()), ..run(7) };
        let newest = TrackRecord::of(&[vec![missed, gone]], &outcomes(), &[]).newest.unwrap();
        assert_eq!((newest.outcomes, newest.held), (1, 0));
        let [miss] = &newest.missed[..] else { panic!("{:?}", newest.missed) };
        assert_eq!((miss.subject.as_str(), miss.unit), ("disk-full/ms01/var/mail", Unit::Bytes));
        // The middle of 15 November's hours is 12.5 hours before the plan: 499.479 GB.
        assert!((miss.came / GB - 499.479).abs() < 0.001, "{}", miss.came);
    }
}
