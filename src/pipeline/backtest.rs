//! The back-test: the archive is played again. At each of many past moments, what a run would have foretold then is held
//! against what came.

use std::collections::BTreeMap;

use super::{PipelineError, Places, Progress, history::History, judge, plan::no_history};
use crate::{
    plans::{Context, Finding, Foretold, Kind, Outcomes, Scorecard, Verdict},
    platform::{Measure, Platform},
    reports::{Played, Undecided},
    series::DAY,
};

/// The days of history without which no run forecasts a level: what `models` needs is told by its own answer, and this
/// only spares playing moments at which nothing can come of it.
const LEAST_DAYS: i64 = 28;
/// Moments that are played at most: two years of weeks.
const MOST_MOMENTS: usize = 104;

/// What a back-test is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BacktestSettings {
    /// Days between two moments that are played, at least 1.
    pub every_days: i64,
    /// How far ahead is looked, in days, ascending.
    pub horizons: Vec<i64>,
    /// The measures that are looked at; all that are forecast where there is none.
    pub measures: Vec<Measure>,
}

/// Plays the archive again up to `as_of`, and scores what would have been foretold.
///
/// At each moment the very job is done that a run does, on what the archive holds up to then. The platform file is
/// today's: what it declares is taken to have been declared then.
///
/// # Errors
/// The archive cannot be read, or holds nothing up to `as_of`; a distance lies beyond the platform's horizon.
pub fn backtest(
    platform: &Platform,
    places: &Places,
    as_of: i64,
    settings: &BacktestSettings,
    progress: &dyn Progress,
) -> Result<Played, PipelineError> {
    let Some(archive) = places.find_archive()? else { return Err(no_history(places, as_of)) };
    let horizon_days = platform.report.horizon_days;
    if let Some(&asked) = settings.horizons.iter().find(|&&days| days as f64 > horizon_days) {
        return Err(PipelineError::Horizon { asked, most: horizon_days });
    }
    let wanted = |finding: &Finding| {
        settings.measures.is_empty() || settings.measures.contains(&finding.subject.measure)
    };
    let mut history = History::new(&archive, as_of)?;
    // What is planned today was not known in the past.
    let platform = &platform.without_plans();
    let judge::Disks { volumes, findings, .. } = judge::disks(&mut history, Context::new(platform, as_of))?;
    let outcomes = Outcomes::of(&volumes, &findings);
    let first = volumes.iter().filter_map(|volume| volume.used.first()).map(|(time, _)| time).min();
    drop((volumes, findings));
    let Some(first) = first else { return Err(no_history(places, as_of)) };

    let moments = moments(first, as_of, settings.every_days);
    progress.stage("playing", moments.len() as u64);
    let mut card = Scorecard::default();
    let mut undecided: BTreeMap<Kind, Undecided> = BTreeMap::new();
    let mut forecasts = 0;
    for &moment in &moments {
        let mut then = History::new(&archive, moment)?;
        let judge::Disks { findings, .. } = judge::disks(&mut then, Context::new(platform, moment))?;
        for finding in findings.iter().filter(|finding| wanted(finding)) {
            match Foretold::of(finding, moment, horizon_days, &settings.horizons) {
                Some(foretold) => {
                    forecasts += 1;
                    if let Some(outcome) = outcomes.get(&foretold) {
                        card.add(&foretold, &outcome);
                    }
                }
                None => count_undecided(&mut undecided, finding),
            }
        }
        progress.step(&in_words(moment));
    }
    Ok(Played {
        platform: platform.name.clone(),
        timezone: platform.timezone,
        as_of,
        every_days: settings.every_days,
        first,
        moments,
        horizons: settings.horizons.clone(),
        forecasts,
        undecided: undecided.into_values().collect(),
        rows: card.rows(),
    })
}

/// The moments that are played, ascending: so many days apart, counted back from the last one, as long as there is
/// history enough before them.
fn moments(first: i64, as_of: i64, every_days: i64) -> Vec<i64> {
    let step = every_days.max(1).saturating_mul(DAY);
    let earliest = first.saturating_add(LEAST_DAYS * DAY);
    let back = (1..=MOST_MOMENTS as i64).map_while(|n| as_of.checked_sub(step.checked_mul(n)?));
    let mut moments: Vec<i64> = back.take_while(|moment| *moment >= earliest).collect();
    moments.reverse();
    moments
}

fn count_undecided(undecided: &mut BTreeMap<Kind, Undecided>, finding: &Finding) {
    if let Verdict::Undecided { .. } = finding.verdict {
        undecided.entry(finding.kind).or_insert(Undecided { kind: finding.kind, times: 0 }).times += 1;
    }
}

fn in_words(moment: i64) -> String {
    chrono::DateTime::from_timestamp(moment, 0)
        .map_or_else(String::new, |at| at.format("%Y-%m-%d").to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_counted_back_from_the_last_and_have_history_before_them() {
        // 100 days: 28, 56 days before the end have 72 and 44 days before them; 84 days before has 16.
        assert_eq!(moments(0, 100 * DAY, 28), [44 * DAY, 72 * DAY]);
        assert_eq!(moments(0, 100 * DAY, 72), [28 * DAY]);
        assert_eq!(moments(0, 100 * DAY, 73), Vec::<i64>::new());
        assert_eq!(moments(0, 4_000 * DAY, 7).len(), MOST_MOMENTS);
        assert_eq!(moments(i64::MIN, i64::MAX, i64::MAX), [0]);
    }
}
