//! Which hours need fewer servers: the load of an ordinary week above, the servers that it needs below.

use super::{
    ChartError,
    axis::Values,
    canvas::{Anchor, Canvas, Point, WIDTH, ink, size, text_width},
    extent::extent,
};
use crate::{
    plans::{Finding, Week},
    platform::Unit,
    reports::{Report, hours::hourly, text},
};

const HEIGHT: i32 = 896;
const LEFT: i32 = 170;
const RIGHT: i32 = WIDTH - 40;

/// The upper panel: load.
const LOAD: Panel = Panel { top: 84, bottom: 420 };

/// The lower panel: servers.
const SERVERS: Panel = Panel { top: 500, bottom: 750 };

const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

/// Hours of a week.
const HOURS: f64 = 168.0;

struct Panel {
    top: i32,
    bottom: i32,
}

impl Panel {
    fn y(&self, axis: &Values, value: f64) -> i32 {
        self.bottom - (axis.share(value) * f64::from(self.bottom - self.top)).round() as i32
    }

    fn grid(&self, canvas: &Canvas<'_>, axis: &Values, unit: Unit) -> Result<(), ChartError> {
        for &tick in &axis.ticks {
            let y = self.y(axis, tick);
            canvas.line(vec![(LEFT, y), (RIGHT, y)], ink::GRID, 2)?;
            let label = axis.label(tick, unit);
            canvas.text(&label, (LEFT - 16, y), Anchor::Right, (size::LABEL, ink::QUIET))?;
        }
        for day in 0..=7 {
            let x = LEFT + (RIGHT - LEFT) * day / 7;
            canvas.line(vec![(x, self.top), (x, self.bottom)], ink::GRID, 2)?;
        }
        canvas.line(vec![(LEFT, self.bottom), (RIGHT, self.bottom)], ink::SECOND, 2)
    }
}

/// Draws the chart; `None` where the finding carries no week.
pub(super) fn draw(_: &Report, finding: &Finding) -> Result<Option<String>, ChartError> {
    let Some(week) = finding.evidence.week.as_ref().and_then(hourly) else { return Ok(None) };
    let week = &week;
    let (median, upper) = (&week.median, &week.upper);
    let Some((low, high)) = extent(median.iter().chain(upper).copied().flatten()) else { return Ok(None) };
    let mut svg = String::new();
    let canvas = Canvas::new(&mut svg, HEIGHT)?;
    let subject = text::one_line(&finding.subject.name, 60);
    let title = format!("{subject} – {} in an ordinary week, local time", finding.subject.measure);
    canvas.text(&title, (LEFT, 36), Anchor::Left, (size::TITLE, ink::TEXT))?;

    let load = Values::linear(low.min(0.0), high, finding.evidence.unit);
    LOAD.grid(&canvas, &load, finding.evidence.unit)?;
    for (from, to, run) in runs(upper) {
        let mut outline: Vec<Point> =
            run.iter().enumerate().map(|(i, v)| (middle(from + i), LOAD.y(&load, *v))).collect();
        outline.push((middle(to), LOAD.bottom));
        outline.push((middle(from), LOAD.bottom));
        canvas.area(outline, ink::BAND)?;
    }
    for (from, _, run) in runs(median) {
        let points = run.iter().enumerate().map(|(i, v)| (middle(from + i), LOAD.y(&load, *v)));
        canvas.line(points.collect(), ink::HISTORY, 5)?;
    }
    servers(&canvas, week)?;
    legend(&canvas)?;
    canvas.finish()?;
    Ok(Some(svg))
}

/// Needed servers as steps, those that could rest as an area up to what runs today.
fn servers(canvas: &Canvas<'_>, week: &Week) -> Result<(), ChartError> {
    let most = week.servers.iter().copied().chain([week.servers_now, 1]).max().unwrap_or(1);
    let axis = Values::linear(0.0, f64::from(most), Unit::Count);
    let whole = Values { ticks: axis.ticks.iter().copied().filter(|t| t.fract() == 0.0).collect(), ..axis };
    let now = SERVERS.y(&whole, f64::from(week.servers_now));
    let mut steps: Vec<Point> = Vec::new();
    for (hour, &needed) in week.servers.iter().enumerate() {
        let y = SERVERS.y(&whole, f64::from(needed));
        steps.extend([(edge(hour), y), (edge(hour + 1), y)]);
    }
    steps.dedup();
    let resting = steps.iter().map(|&(x, y)| (x, y.max(now))).chain([(RIGHT, now), (LEFT, now)]);
    SERVERS.grid(canvas, &whole, Unit::Count)?;
    canvas.area(resting.collect(), ink::BAND)?;
    canvas.line(steps, ink::FORECAST, 6)?;
    canvas.line(vec![(LEFT, now), (RIGHT, now)], ink::TEXT, 3)?;
    for (day, name) in DAYS.iter().enumerate() {
        let x = LEFT + (RIGHT - LEFT) * (2 * day as i32 + 1) / 14;
        canvas.text(name, (x, SERVERS.bottom + 36), Anchor::Middle, (size::LABEL, ink::QUIET))?;
    }
    canvas.text("servers", (LEFT, SERVERS.top - 30), Anchor::Left, (size::LABEL, ink::TEXT))
}

fn legend(canvas: &Canvas<'_>) -> Result<(), ChartError> {
    let y = HEIGHT - 40;
    let mut x = LEFT;
    for (name, colour, area) in [
        ("median load", ink::HISTORY, false),
        ("upper load; servers at rest", ink::BAND, true),
        ("servers by the schedule", ink::FORECAST, false),
        ("servers now", ink::TEXT, false),
    ] {
        let half = if area { 13 } else { 3 };
        canvas.rectangle((x, y - half), (x + 50, y + half), colour)?;
        canvas.text(name, (x + 66, y), Anchor::Left, (size::LABEL, ink::TEXT))?;
        x += 66 + text_width(name, size::LABEL) + 40;
    }
    Ok(())
}

/// Where an hour of the week begins.
fn edge(hour: usize) -> i32 {
    let share = hour as f64 / HOURS;
    LEFT + (share.min(1.0) * f64::from(RIGHT - LEFT)).round() as i32
}

fn middle(hour: usize) -> i32 {
    i32::midpoint(edge(hour), edge(hour + 1))
}

/// Unbroken runs of values: the first and last slot, and the values.
fn runs(column: &[Option<f64>]) -> Vec<(usize, usize, Vec<f64>)> {
    let mut runs: Vec<(usize, usize, Vec<f64>)> = Vec::new();
    for (slot, value) in column.iter().enumerate() {
        let Some(value) = value.filter(|v| v.is_finite()) else { continue };
        match runs.last_mut().filter(|run| run.1 + 1 == slot) {
            Some(run) => {
                run.1 = slot;
                run.2.push(value);
            }
            None => runs.push((slot, slot, vec![value])),
        }
    }
    runs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slot_without_history_splits_the_week() {
        let column = [Some(1.0), Some(2.0), None, Some(3.0), Some(f64::NAN)];
        assert_eq!(runs(&column), [(0, 1, vec![1.0, 2.0]), (3, 3, vec![3.0])]);
    }
}
