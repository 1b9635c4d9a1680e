//! How right forecasts are by distance: the error of the level beside the one of saying that nothing changes, and how
//! often the interval held.

use plotters::style::RGBColor;

use super::{
    ChartError,
    canvas::{Anchor, Canvas, Dashes, Point, ink, size},
};
use crate::{
    plans::{LevelScore, Method, ScoreRow},
    reports::{format, scores},
};

/// Height of the drawing, in chart units.
const HEIGHT: i32 = 640;
const TOP: i32 = 110;
const BOTTOM: i32 = HEIGHT - 120;
/// Where the two panels begin, and how wide they are.
const PANELS: [i32; 2] = [130, 1090];
const PANEL: i32 = 780;

/// The share that the interval is meant to hold.
const MEANT: f64 = 0.9;

/// One panel: what is drawn over the distances.
struct Panel {
    left: i32,
    from: f64,
    to: f64,
    distances: Vec<i64>,
}

/// Draws the scores of one kind; `None` where no level has been scored.
pub(crate) fn draw(rows: &[&ScoreRow]) -> Result<Option<String>, ChartError> {
    let mut distances: Vec<i64> = rows.iter().filter(|r| r.level.is_some()).map(|r| r.horizon_days).collect();
    distances.dedup();
    if distances.is_empty() {
        return Ok(None);
    }
    let of = |method: Method, score: fn(&LevelScore) -> Option<f64>| -> Vec<(usize, f64)> {
        let own = rows.iter().filter(|row| row.method == method);
        own.filter_map(|row| {
            let place = distances.iter().position(|&days| days == row.horizon_days)?;
            Some((place, score(row.level.as_ref()?)?))
        })
        .filter(|(_, value)| value.is_finite())
        .collect()
    };
    let (model, line) =
        (of(Method::Model, |level| level.relative), of(Method::LastThirtyDays, |level| level.relative));
    let held = of(Method::Model, |level| level.coverage);
    let highest = model.iter().map(|(_, v)| *v).fold(1.0, f64::max);
    // A line that errs many times as much would flatten all else; it leaves the panel.
    let to = line.iter().map(|(_, v)| *v).fold(highest, f64::max).min(2.0 * highest) * 1.1;

    let mut svg = String::new();
    let canvas = Canvas::new(&mut svg, HEIGHT)?;
    let errors = Panel { left: PANELS[0], from: 0.0, to, distances: distances.clone() };
    errors.frame(&canvas, "Error of the level; 1 is saying that nothing changes", |v| format!("{v:.1}"))?;
    errors.across(&canvas, 1.0, ink::LIMIT)?;
    errors.path(&canvas, &line, ink::SECOND)?;
    errors.path(&canvas, &model, ink::FORECAST)?;
    let own = (scores::method(Method::Model), ink::FORECAST);
    errors.legend(&canvas, &[own, (scores::method(Method::LastThirtyDays), ink::SECOND)])?;
    let lowest = held.iter().map(|(_, v)| *v).fold(0.6, f64::min);
    let shares = Panel { left: PANELS[1], from: (lowest * 10.0).floor() / 10.0, to: 1.0, distances };
    shares.frame(&canvas, "Share of outcomes within the 90 % interval", format::percent)?;
    shares.across(&canvas, MEANT, ink::LIMIT)?;
    shares.path(&canvas, &held, ink::FORECAST)?;
    shares.legend(&canvas, &[own])?;
    canvas.finish()?;
    Ok(Some(svg))
}

impl Panel {
    fn x(&self, place: usize) -> i32 {
        let share = (place as f64 + 0.5) / self.distances.len() as f64;
        self.left + (f64::from(PANEL) * share).round() as i32
    }

    fn y(&self, value: f64) -> i32 {
        let share = ((value - self.from) / (self.to - self.from)).clamp(-0.02, 1.02);
        BOTTOM - (f64::from(BOTTOM - TOP) * share).round() as i32
    }

    /// Title, four lines of the grid with their values, and the distances.
    fn frame(
        &self,
        canvas: &Canvas<'_>,
        title: &str,
        words: impl Fn(f64) -> String,
    ) -> Result<(), ChartError> {
        const LINES: usize = 4;
        let right = self.left + PANEL;
        canvas.text(title, (self.left, 46), Anchor::Left, (size::TITLE, ink::TEXT))?;
        for n in 0..=LINES {
            let value = self.from + (self.to - self.from) * n as f64 / LINES as f64;
            let y = self.y(value);
            canvas.line(vec![(self.left, y), (right, y)], ink::GRID, 2)?;
            canvas.text(&words(value), (self.left - 14, y), Anchor::Right, (size::LABEL, ink::QUIET))?;
        }
        for (place, days) in self.distances.iter().enumerate() {
            let at = (self.x(place), BOTTOM + 34);
            canvas.text(&days.to_string(), at, Anchor::Middle, (size::LABEL, ink::QUIET))?;
        }
        let middle = (self.left + PANEL / 2, BOTTOM + 84);
        canvas.text("days ahead", middle, Anchor::Middle, (size::LABEL, ink::QUIET))
    }

    fn across(&self, canvas: &Canvas<'_>, value: f64, colour: RGBColor) -> Result<(), ChartError> {
        let y = self.y(value);
        let pen = Dashes { dash: 14.0, gap: 10.0, colour, width: 3 };
        canvas.dashed((self.left, y), (self.left + PANEL, y), pen)
    }

    /// Whose line has which colour, above the panel: names at the ends of lines that meet there would hide each other.
    fn legend(&self, canvas: &Canvas<'_>, lines: &[(&str, RGBColor)]) -> Result<(), ChartError> {
        /// From one name to the next, in chart units.
        const APART: i32 = 200;
        for (&(name, colour), left) in lines.iter().zip((self.left + 9..).step_by(APART as usize)) {
            let y = TOP - 28;
            canvas.dot((left, y), 9, colour)?;
            canvas.text(name, (left + 22, y), Anchor::Left, (size::LABEL, ink::QUIET))?;
        }
        Ok(())
    }

    /// A line with a dot at each distance.
    fn path(&self, canvas: &Canvas<'_>, values: &[(usize, f64)], colour: RGBColor) -> Result<(), ChartError> {
        let points: Vec<Point> =
            values.iter().map(|&(place, value)| (self.x(place), self.y(value))).collect();
        if points.len() > 1 {
            canvas.line(points.clone(), colour, 5)?;
        }
        for &point in &points {
            canvas.dot(point, 9, colour)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reports::backtest::fixture::played;

    #[test]
    fn every_distance_has_its_place_and_each_method_its_line() {
        let played = played();
        let rows: Vec<&ScoreRow> = played.of(crate::plans::Kind::VolumeExhaustion).collect();
        let svg = draw(&rows).unwrap().unwrap();
        for text in ["Error of the level", "Share of outcomes", "line of 30 days", "Mailtide", "90"] {
            assert!(svg.contains(text), "{text}");
        }
        // Three distances with a dot for each of two methods, and three of the interval; three in the legends.
        assert_eq!(svg.matches("<circle").count(), 12);
        assert_eq!(draw(&[]).unwrap(), None);
    }

    #[test]
    fn scores_that_are_no_numbers_are_not_drawn() {
        let mut played = played();
        for row in &mut played.rows {
            if let Some(level) = &mut row.level {
                (level.relative, level.coverage) = (Some(f64::INFINITY), None);
            }
        }
        let rows: Vec<&ScoreRow> = played.of(crate::plans::Kind::PoolExhaustion).collect();
        assert_eq!(draw(&rows).unwrap().unwrap().matches("<circle").count(), 3);
    }
}
