//! What a pool saves at several risks: a curve to choose from.

use super::{
    ChartError,
    axis::Values,
    canvas::{Anchor, Canvas, Point, WIDTH, ink, size},
};
use crate::{plans::RiskLevel, platform::Unit, reports::format};

const HEIGHT: i32 = 480;
const LEFT: i32 = 170;
const RIGHT: i32 = WIDTH - 60;
const TOP: i32 = 40;
const BOTTOM: i32 = 380;

/// Draws the curve, the levels evenly apart; `None` with fewer than two of them.
pub(crate) fn draw(levels: &[RiskLevel]) -> Result<Option<String>, ChartError> {
    let highest = levels.iter().map(|level| level.server_hours_per_week).fold(0.0, f64::max);
    if levels.len() < 2 || highest <= 0.0 {
        return Ok(None);
    }
    let mut svg = String::new();
    let canvas = Canvas::new(&mut svg, HEIGHT)?;
    let hours = Values::linear(0.0, highest, Unit::Count);
    let y = |value: f64| BOTTOM - (hours.share(value) * f64::from(BOTTOM - TOP)).round() as i32;
    for &tick in &hours.ticks {
        canvas.line(vec![(LEFT, y(tick)), (RIGHT, y(tick))], ink::GRID, 2)?;
        let label = hours.label(tick, Unit::Count);
        canvas.text(&label, (LEFT - 16, y(tick)), Anchor::Right, (size::LABEL, ink::QUIET))?;
    }
    let apart = (RIGHT - LEFT) / levels.len() as i32;
    let x = |i: usize| LEFT + apart / 2 + apart * i as i32;
    let points: Vec<Point> =
        levels.iter().enumerate().map(|(i, level)| (x(i), y(level.server_hours_per_week))).collect();
    canvas.line(points.clone(), ink::FORECAST, 6)?;
    for (i, (level, point)) in levels.iter().zip(points).enumerate() {
        let (radius, colour) = if level.chosen { (16, ink::TEXT) } else { (9, ink::FORECAST) };
        canvas.dot(point, radius, colour)?;
        let label = format::percent(level.risk);
        canvas.text(&label, (x(i), BOTTOM + 34), Anchor::Middle, (size::LABEL, ink::QUIET))?;
    }
    let below = "accepted risk: share of the windows' time with too few servers";
    canvas.text(
        below,
        (i32::midpoint(LEFT, RIGHT), BOTTOM + 78),
        Anchor::Middle,
        (size::LABEL, ink::TEXT),
    )?;
    canvas.finish()?;
    Ok(Some(svg))
}
