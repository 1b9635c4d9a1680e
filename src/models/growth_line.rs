//! The line of growth: the course that is fitted to the days up to one of them.

use super::{
    change::last_change,
    mann_kendall::{Detrend, mann_kendall_hamed_rao},
    theil_sen::theil_sen,
};
use crate::series::{level_on, median};

/// Fewest days that the slope rests on: four weeks, so that a weekly rhythm averages out
/// (Checkmk and netdata users' false alarms came from shorter ones).
pub(super) const LEAST_DAYS: i64 = 28;
/// Most days that the slope rests on: a rate wanders, and what it was a quarter ago tells little of today.
const MOST_DAYS: i64 = 91;

/// Most weeks that a bend rests on.
const MOST_WEEKS: usize = 52;
/// Fewest weeks: over a quarter, a bend cannot be told from wandering.
const LEAST_WEEKS: usize = 13;
/// The 90 % interval of a normal distribution is this many standard deviations wide.
const INTERVAL_90: f64 = 3.29;

/// How growth goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Course {
    /// At the rate of today.
    Steady,
    /// At a rate that itself grows or shrinks.
    Bending,
}

/// A fitted course: the model behind the forecast, fitted to the days up to one of them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Line {
    pub(super) at: i64,
    pub(super) level: f64,
    pub(super) per_day: f64,
    /// By which share the rate changes each day at the last one. A rate that grows does so exponentially, for at
    /// most `bends_for` days more; one that shrinks does so like a hyperbola, as that of a store that saturates.
    pub(super) bend: f64,
    pub(super) bends_for: f64,
    pub(super) from: i64,
    pub(super) changed: Option<i64>,
}

impl Line {
    /// The level so many days after the last one.
    pub(super) fn level_in(&self, days: f64) -> f64 {
        if self.bend == 0.0 {
            return self.level + self.per_day * days;
        }
        if self.bend < 0.0 {
            // The rate falls off like a hyperbola: r / (1 + t/T), where T is the time in which it halves.
            let half_life = -1.0 / self.bend;
            return self.level + self.per_day * half_life * (1.0 + days / half_life).ln();
        }
        let bent = days.min(self.bends_for);
        let growth = (self.bend * bent).exp();
        self.level + self.per_day * ((growth - 1.0) / self.bend + growth * (days - bent))
    }
}

/// Fits a course to ascending days; `None` with less than [`LEAST_DAYS`] of them.
pub(super) fn fit(days: &[(i64, f64)], course: Course) -> Option<Line> {
    let (&(first, _), &(last, _)) = (days.first()?, days.last()?);
    if last - first + 1 < LEAST_DAYS || days.len() < (LEAST_DAYS / 2) as usize {
        return None;
    }
    let weekly = weekly_growth(days);
    let start = last_change(&weekly);
    let changed = (start > 0).then(|| last - 7 * (weekly.len() - start) as i64);
    let from = changed.unwrap_or(first).max(last - MOST_DAYS).min(last - LEAST_DAYS + 1);
    let recent = &days[days.partition_point(|d| d.0 < from)..];
    let x: Vec<f64> = recent.iter().map(|d| (d.0 - last) as f64).collect();
    let y: Vec<f64> = recent.iter().map(|d| d.1).collect();
    let mut line =
        Line { at: last, level: 0.0, per_day: theil_sen(&x, &y)?, bend: 0.0, bends_for: 0.0, from, changed };
    if course == Course::Bending {
        bend(&mut line, &weekly);
    }
    // Anchored at now: the median of the last days, each carried to the last one.
    let near = days.iter().rev().take_while(|d| last - d.0 < ANCHOR_DAYS);
    line.level = median(&mut near.map(|d| d.1 + line.per_day * (last - d.0) as f64).collect::<Vec<_>>())?;
    Some(line)
}

/// Gives a line the bend of its weekly growth: the Theil–Sen slope of the logarithm where it grows, of one over it
/// where it shrinks, itself shrunk by how uncertain it is.
fn bend(line: &mut Line, weekly: &[f64]) {
    let weeks = &weekly[weekly.len().saturating_sub(MOST_WEEKS)..];
    let Some(usual) = median(&mut weeks.to_vec()).filter(|&usual| usual > 0.0) else { return };
    if weeks.len() < LEAST_WEEKS {
        return;
    }
    // A week without growth has no logarithm; it counts as a tenth of the usual one.
    let logs: Vec<Option<f64>> = weeks.iter().map(|&w| Some(w.max(0.1 * usual).ln())).collect();
    let Some(trend) = mann_kendall_hamed_rao(&logs, Detrend::Line) else { return };
    let error = (trend.slope_high - trend.slope_low) / INTERVAL_90;
    let believed = (1.0 - (error / trend.slope).powi(2)).max(0.0);
    let per_week = trend.slope * believed;
    if !per_week.is_finite() || per_week == 0.0 {
        return;
    }
    let weeks_before_now = |from_end: usize| from_end as f64 + 0.5;
    let recent = || weeks.iter().rev().take(LEAST_WEEKS).enumerate();
    // The rate of today: recent weeks, each brought to the end of the last one.
    let today = if per_week > 0.0 {
        let brought = recent().map(|(age, w)| w * (per_week * weeks_before_now(age)).exp());
        median(&mut brought.collect::<Vec<_>>()).map(|rate| (rate, per_week))
    } else {
        // One over a hyperbola is a line.
        let inverse = |w: f64| 1.0 / w.max(0.1 * usual);
        let x: Vec<f64> = (0..weeks.len()).map(|i| i as f64).collect();
        let y: Vec<f64> = weeks.iter().map(|&w| inverse(w)).collect();
        let rise = theil_sen(&x, &y).unwrap_or(0.0).max(0.0) * believed;
        let brought = recent().map(|(age, &w)| inverse(w) + rise * weeks_before_now(age));
        median(&mut brought.collect::<Vec<_>>()).map(|inverse| (1.0 / inverse, -rise / inverse))
    };
    if let Some((rate, bend)) = today {
        line.per_day = rate / 7.0;
        line.bend = bend / 7.0;
        line.bends_for = 7.0 * weeks.len() as f64;
        line.from = line.at - 7 * weeks.len() as i64;
        line.changed = None;
    }
}

/// The level of today is the median of this many days, so that one odd day does not shift the forecast.
const ANCHOR_DAYS: i64 = 3;

/// What the level grew by in each whole week, the last one ending on the last day; a week's end that is a
/// hole lies on the line between its neighbours.
fn weekly_growth(days: &[(i64, f64)]) -> Vec<f64> {
    let (Some(&(first, _)), Some(&(last, _))) = (days.first(), days.last()) else { return Vec::new() };
    let weeks = (last - first) / 7;
    let ends: Vec<f64> = (0..=weeks).rev().filter_map(|k| level_on(days, last - 7 * k)).collect();
    ends.windows(2).map(|w| w[1] - w[0]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bend_ends_where_its_evidence_ends() {
        let bending =
            Line { at: 0, level: 0.0, per_day: 1.0, bend: 0.01, bends_for: 100.0, from: 0, changed: None };
        // The integral of e^(t/100) over 50 days is 100 · (e^0.5 - 1) = 64.872; after 100 days the rate stays e.
        assert!((bending.level_in(50.0) - 64.872_127).abs() < 1e-5);
        assert!((bending.level_in(110.0) - bending.level_in(100.0) - 10.0 * 1_f64.exp()).abs() < 1e-9);
    }
}
