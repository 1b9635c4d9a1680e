//! When is it full: history, levels, forecast, and the interval in which the full mark is reached. A series
//! that has stopped is drawn the same way: its history, and the silence up to the as-of moment.

use super::{
    ChartError,
    axis::Values,
    canvas::ink,
    extent::{extent, history, span},
    plot::Plot,
};
use crate::{
    plans::{Band, Evidence, Finding, Later, Line, Quantity, Threshold, Verdict},
    reports::{Report, report::runway},
};

/// How the level whose crossing the forecast is about is named; its share of the usable may follow.
const FULL_MARK: &str = "full mark";

/// How the line or the fact that tells the capacity is named.
const CAPACITY: [&str; 2] = ["usable", "inodes"];

/// How far above the highest level the forecast's upper edge may still be seen, where no capacity is known.
const HEADROOM: f64 = 1.12;

/// How far above the capacity the axis goes on, so that its line stands clear of the frame.
const CLEARANCE: f64 = 1.03;

/// Draws the chart; `None` where the finding carries no history.
pub(super) fn draw(report: &Report, finding: &Finding) -> Result<Option<String>, ChartError> {
    let evidence = &finding.evidence;
    let (Some((from, to)), Some(values)) = (span(evidence, report.as_of), values(evidence)) else {
        return Ok(None);
    };
    let span = (from, to.min(horizon(report, finding, from)));
    let mut svg = String::new();
    let mut plot = Plot::new(&mut svg, report, finding, span, values)?;
    for (n, line) in evidence.lines.iter().enumerate().rev() {
        let (colour, width) = if n == 0 { (ink::HISTORY, 5) } else { (ink::SECOND, 3) };
        plot.history(line, colour, width)?;
    }
    if let Some(band) = &evidence.band {
        let capacity = capacity(evidence);
        let later = capacity.map(|now| capacity_later(evidence, now)).unwrap_or_default();
        let most = capacity.map(|now| later.iter().map(|step| step.value).fold(now, f64::max));
        plot.band(band, most)?;
        if let Some(capacity) = capacity.filter(|&now| beyond(band, now) || !later.is_empty()) {
            let drawn = evidence.lines.iter().any(is_capacity);
            plot.goes_on(capacity, &later, if drawn { report.as_of } else { from })?;
            if !drawn {
                plot.legend(CAPACITY[0], |canvas, x, y| {
                    canvas.line(vec![(x, y), (x + 50, y)], ink::SECOND, 3)
                })?;
            }
        }
    }
    for level in evidence.thresholds.iter().filter(|level| level.value.is_finite()) {
        let colour = if level.name.starts_with(FULL_MARK) { ink::LIMIT } else { ink::QUIET };
        plot.level(level, colour)?;
    }
    plot.events()?;
    plot.as_of(report)?;
    if let (Verdict::Fills(exhaustion), Some(mark)) = (&finding.verdict, full_mark(evidence)) {
        let moment = |days: f64| report.as_of.saturating_add((days * 86_400.0) as i64);
        if let Some(early) = exhaustion.runway.p5_days.or(exhaustion.runway.p50_days) {
            let (middle, late) = (exhaustion.runway.p50_days, exhaustion.runway.p95_days);
            let level = mark.at(moment(middle.unwrap_or(early)));
            plot.interval(level, (moment(early), middle.map(moment), late.map(moment)))?;
        }
    }
    plot.finish()?;
    Ok(Some(svg))
}

/// The last moment worth showing: as far ahead as the history reaches back, past the middle of the runway, and past
/// what is planned.
fn horizon(report: &Report, finding: &Finding, from: i64) -> i64 {
    /// How far past the middle of the runway.
    const BEYOND: f64 = 1.4;
    /// How far past the last thing that is planned.
    const PAST: f64 = 1.15;
    let history = report.as_of.saturating_sub(from);
    let days = runway(&finding.verdict).and_then(|runway| runway.p50_days).unwrap_or(0.0);
    let planned = finding.evidence.marks.iter().map(|mark| mark.time).max().unwrap_or(from);
    let planned = (planned.saturating_sub(report.as_of) as f64 * PAST) as i64;
    report.as_of.saturating_add(history.max((days * BEYOND * 86_400.0) as i64).max(planned))
}

fn full_mark(evidence: &Evidence) -> Option<&Threshold> {
    evidence.thresholds.iter().find(|level| level.name.starts_with(FULL_MARK))
}

/// The capacity as it is known to change: a full mark is a share of it, and rises with it.
fn capacity_later(evidence: &Evidence, now: f64) -> Vec<Later> {
    let Some(mark) = full_mark(evidence).filter(|mark| mark.value > 0.0) else { return Vec::new() };
    mark.later.iter().map(|step| Later { value: now * step.value / mark.value, ..*step }).collect()
}

fn is_capacity(line: &Line) -> bool {
    CAPACITY.contains(&line.name.as_str())
}

/// Whether a forecast would go beyond the capacity.
fn beyond(band: &Band, capacity: f64) -> bool {
    extent(band.p95.iter().copied()).is_some_and(|(_, highest)| highest > capacity)
}

/// What the volume or pool holds now; no forecast goes beyond it.
fn capacity(evidence: &Evidence) -> Option<f64> {
    let line = evidence.lines.iter().find(|line| is_capacity(line));
    let last = line.and_then(|line| line.values.iter().rev().copied().flatten().next());
    let fact = || {
        evidence.facts.iter().find_map(|fact| match fact.quantity {
            Quantity::Number { value, unit } if unit == evidence.unit => {
                CAPACITY.contains(&fact.name.as_str()).then_some(value)
            }
            _ => None,
        })
    };
    last.or_else(fact).filter(|v| v.is_finite() && *v > 0.0)
}

/// From zero, unless the history keeps to the upper half; up to a little over the highest level or sample, or
/// the capacity where the forecast would go beyond it.
fn values(evidence: &Evidence) -> Option<Values> {
    let (lowest, highest) = extent(history(evidence))?;
    let later = |level: &Threshold| level.later.iter().map(|step| step.value).collect::<Vec<_>>();
    let levels = evidence.thresholds.iter().flat_map(|level| [vec![level.value], later(level)].concat());
    let levels = extent(levels);
    let top = levels.map_or(highest, |(_, level)| level.max(highest));
    let forecast = evidence.band.as_ref().and_then(|band| extent(band.p95.iter().copied()));
    let highest_seen = |headroom: f64| top.abs().mul_add(headroom, 1.0).max(top);
    let capacity = capacity(evidence).map(|now| {
        let later = capacity_later(evidence, now).into_iter().map(|step| step.value);
        later.fold(now, f64::max)
    });
    let (high, end) = match (forecast, capacity) {
        (None, _) => (top, None),
        (Some((_, p95)), Some(capacity)) if p95 > capacity => {
            let top = top.max(capacity);
            (top, Some(top.abs() * CLEARANCE))
        }
        (Some((_, p95)), _) => (p95.clamp(top, highest_seen(HEADROOM)), None),
    };
    let forecast_low = evidence.band.as_ref().and_then(|band| extent(band.p5.iter().copied()));
    let low = forecast_low.map_or(lowest, |(p5, _)| p5.min(lowest)).max(0.0);
    let from = if low > high / 2.0 { low - (high - low) * 0.1 } else { 0.0 };
    let values = Values::linear(from, end.unwrap_or(high), evidence.unit);
    Some(match end {
        Some(end) => values.up_to(end),
        None => values,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reports::fixture;

    #[test]
    fn a_forecast_beyond_the_capacity_ends_the_axis_just_above_it() {
        let report = fixture::report();
        // ms03 holds 2200 GiB, which its forecast passes; the axis ends 3 % above.
        let evidence = &report.findings[0].evidence;
        let gib = 1024f64.powi(3);
        assert_eq!(capacity(evidence), Some(2200.0 * gib));
        let high = values(evidence).unwrap().high;
        assert!((high / (2200.0 * gib) - 1.03).abs() < 1e-9, "{high}");
    }

    #[test]
    fn a_pool_tells_its_capacity_as_a_fact() {
        let mut evidence = fixture::report().findings[0].evidence.clone();
        evidence.lines.retain(|line| line.name != "usable");
        assert_eq!(capacity(&evidence), Some(2200.0 * 1024f64.powi(3)));
        evidence.facts.clear();
        assert_eq!(capacity(&evidence), None);
    }
}
