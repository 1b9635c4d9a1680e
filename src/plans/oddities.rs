//! Oddities of a history: what was left out of it, and what a reader should know before trusting a forecast.

use super::{Fact, wording};
use crate::{
    platform::Unit,
    series::{DAY, Level, Series, Volume},
};

/// What the reader should know about the history. `used` is as it was read, before the calendar's days were left
/// out.
pub(super) fn oddities(level: &Level, used: &Series, unit: Unit, volume: &Volume) -> Vec<Fact> {
    let mut facts = Vec::new();
    if let (Some(first), Some(last)) = (level.days.first(), level.days.last()) {
        facts.push(wording::in_days("history", (last.0 - first.0 + 1) as f64));
    }
    let hours = |slots: usize| format!("{:.0} h", slots as f64 * level.series.step() as f64 / 3600.0);
    let holes = used.slots().filter(Option::is_none).count();
    if holes > 0 {
        facts.push(wording::text("holes", hours(holes)));
    }
    if level.holes > holes {
        facts.push(wording::text("left out by the calendar", hours(level.holes - holes)));
    }
    if level.near_zero > 0 {
        facts.push(wording::text("read near zero, left out", hours(level.near_zero)));
    }
    if level.outliers > 0 {
        facts.push(wording::text("outliers, left out", hours(level.outliers)));
    }
    if let Some(resolution) = level.resolution {
        facts.push(wording::number("readings in steps of", resolution, unit));
    }
    if let Some(job) = level.steps.stopped {
        let last = level.days.last().map_or(0.0, |day| ((day.0 + 1) * DAY - job.last) as f64 / DAY as f64);
        let words = format!(
            "ran every {}, last {} ago; not put back",
            wording::days(job.period_days),
            wording::days(last)
        );
        facts.push(wording::text("retention job that has stopped", words));
    }
    if level.steps.left_in > 0 {
        facts.push(wording::text("frequent steps, left in", level.steps.left_in.to_string()));
    }
    if !volume.also_mounted.is_empty() {
        facts.push(wording::text("also mounted as", volume.also_mounted.join(", ")));
    }
    facts
}
