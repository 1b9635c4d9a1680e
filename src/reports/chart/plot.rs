//! A plot of values over local dates: the frame, lines with their holes, bands, levels and events.

use plotters::style::RGBColor;

use super::{
    ChartError,
    axis::{self, Values},
    canvas::{Anchor, Canvas, Dashes, Point, WIDTH, ink, size, text_width},
    thin::thinned,
};
use crate::{
    plans::{Band, Finding, Later, Line, Threshold},
    platform::Unit,
    reports::{Report, format, text},
};

/// Height of a chart over dates, in chart units.
const HEIGHT: i32 = 784;

const LEFT: i32 = 170;
const RIGHT: i32 = WIDTH - 40;
const BOTTOM: i32 = HEIGHT - 130;

/// Rows above the plot in which events are named, so that near ones do not overlap.
const EVENT_ROWS: [i32; 2] = [84, 120];

/// Where the plot begins below the title, with and without events.
const TOP_WITH_EVENTS: i32 = 150;
const TOP_WITHOUT: i32 = 84;

/// A frame with its axes, ready to be drawn into.
pub(super) struct Plot<'a> {
    canvas: Canvas<'a>,
    finding: &'a Finding,
    unit: Unit,
    top: i32,
    from: i64,
    to: i64,
    values: Values,
    legend_at: i32,
}

impl<'a> Plot<'a> {
    /// Draws title, grid and axes.
    pub(super) fn new(
        svg: &'a mut String,
        report: &Report,
        finding: &'a Finding,
        (from, to): (i64, i64),
        values: Values,
    ) -> Result<Self, ChartError> {
        let canvas = Canvas::new(svg, HEIGHT)?;
        let to = to.max(from.saturating_add(1));
        let evidence = &finding.evidence;
        let top = if evidence.marks.is_empty() { TOP_WITHOUT } else { TOP_WITH_EVENTS };
        let plot = Self { canvas, finding, unit: evidence.unit, top, from, to, values, legend_at: LEFT };
        let title = format!("{} – {}", finding.subject.name, finding.subject.measure);
        plot.canvas.text(&text::one_line(&title, 100), (LEFT, 36), Anchor::Left, (size::TITLE, ink::TEXT))?;
        for &tick in &plot.values.ticks {
            let y = plot.y(tick);
            plot.canvas.line(vec![(LEFT, y), (RIGHT, y)], ink::GRID, 2)?;
            let label = plot.values.label(tick, plot.unit);
            plot.canvas.text(&label, (LEFT - 16, y), Anchor::Right, (size::LABEL, ink::QUIET))?;
        }
        let mut free_from = LEFT - 60;
        for tick in axis::dates(report, from, to) {
            let x = plot.x(tick.time);
            plot.canvas.line(vec![(x, BOTTOM), (x, BOTTOM + 10)], ink::SECOND, 2)?;
            let half = text_width(&tick.label, size::LABEL) / 2;
            if x - half >= free_from && x + half <= WIDTH {
                plot.canvas.text(&tick.label, (x, BOTTOM + 34), Anchor::Middle, (size::LABEL, ink::QUIET))?;
                free_from = x + half + 20;
            }
        }
        plot.canvas.line(vec![(LEFT, BOTTOM), (RIGHT, BOTTOM)], ink::SECOND, 2)?;
        Ok(plot)
    }

    /// Ends the chart.
    pub(super) fn finish(self) -> Result<(), ChartError> {
        self.canvas.finish()
    }

    fn x(&self, time: i64) -> i32 {
        let share = (time.saturating_sub(self.from)) as f64 / (self.to.saturating_sub(self.from)) as f64;
        LEFT + (share.clamp(0.0, 1.0) * f64::from(RIGHT - LEFT)).round() as i32
    }

    fn y(&self, value: f64) -> i32 {
        BOTTOM - (self.values.share(value) * f64::from(BOTTOM - self.top)).round() as i32
    }

    /// A line of the history; holes are left open, and a value alone between two holes is a dot.
    pub(super) fn history(&mut self, line: &Line, colour: RGBColor, width: u32) -> Result<(), ChartError> {
        let mut run: Vec<Point> = Vec::new();
        let points = thinned(&line.times, &line.values);
        for (time, value) in points.into_iter().chain([(i64::MAX, None)]) {
            match value {
                Some(value) => run.push((self.x(time), self.y(value))),
                None => {
                    match run.as_slice() {
                        [] => {}
                        [alone] => self.canvas.dot(*alone, 4, colour)?,
                        _ => self.canvas.line(run.clone(), colour, width)?,
                    }
                    run.clear();
                }
            }
        }
        self.legend(&line.name, |canvas, x, y| canvas.line(vec![(x, y), (x + 50, y)], colour, width))
    }

    /// The forecast: its 90 % interval as an area, its middle as dashes. Each ends where it reaches the
    /// ceiling: what is full takes no more.
    pub(super) fn band(&mut self, band: &Band, ceiling: Option<f64>) -> Result<(), ChartError> {
        let ceiling = ceiling.unwrap_or(f64::INFINITY);
        let held = |values: &[f64]| -> Vec<(i64, f64)> {
            let pairs = band.times.iter().copied().zip(values.iter().copied());
            pairs.filter(|&(time, value)| time <= self.to && value.is_finite()).collect()
        };
        let place = |(time, value): (i64, f64)| (self.x(time), self.y(value));
        let edge = |values: &[f64]| -> Vec<Point> { up_to(held(values), ceiling).map(place).collect() };
        let (low, middle) = (edge(&band.p5), edge(&band.p50));
        let high: Vec<Point> = held(&band.p95).into_iter().map(|(t, v)| place((t, v.min(ceiling)))).collect();
        if low.len() < 2 || middle.len() < 2 || high.len() < 2 {
            return Ok(());
        }
        let outline = low.into_iter().chain(high.into_iter().rev()).collect();
        self.canvas.area(outline, ink::BAND)?;
        self.broken(&middle)?;
        self.legend("forecast, 90 % interval", |canvas, x, y| {
            canvas.rectangle((x, y - 13), (x + 50, y + 13), ink::BAND)?;
            canvas.dashed((x, y), (x + 50, y), FORECAST)
        })
    }

    /// Dashes along a line of many points: every other stretch of some 18 units is drawn.
    fn broken(&self, points: &[Point]) -> Result<(), ChartError> {
        let mut run: Vec<Point> = Vec::new();
        let (mut length, mut drawn) = (0.0, true);
        for &point in points {
            if let Some(&last) = run.last() {
                length += f64::from(point.0 - last.0).hypot(f64::from(point.1 - last.1));
            }
            run.push(point);
            let stretch = if drawn { FORECAST.dash } else { FORECAST.gap };
            if length >= stretch {
                if drawn {
                    self.split(&run)?;
                }
                run = vec![point];
                (length, drawn) = (0.0, !drawn);
            }
        }
        if drawn && run.len() > 1 { self.split(&run) } else { Ok(()) }
    }

    /// A stretch of the forecast; where its points stand far apart it is dashed by itself.
    fn split(&self, run: &[Point]) -> Result<(), ChartError> {
        match run {
            [from, to] if to.0 - from.0 > 60 => self.canvas.dashed(*from, *to, FORECAST),
            _ => self.canvas.line(run.to_vec(), FORECAST.colour, FORECAST.width),
        }
    }

    /// A level across the whole plot, named with its value of today.
    pub(super) fn level(&self, level: &Threshold, colour: RGBColor) -> Result<(), ChartError> {
        let y = self.y(level.value);
        self.canvas.line(self.stairs((LEFT, y), &level.later), colour, 3)?;
        let label = format!("{} {}", text::one_line(&level.name, 40), format::value(level.value, self.unit));
        let above = if y - self.top > 30 { -18 } else { 20 };
        self.canvas.text(&label, (LEFT + 12, y + above), Anchor::Left, (size::SMALL, colour))
    }

    /// A level of the history that goes on from a moment to the end of the plot, with what is known to change it.
    pub(super) fn goes_on(&self, value: f64, later: &[Later], from: i64) -> Result<(), ChartError> {
        self.canvas.line(self.stairs((self.x(from), self.y(value)), later), ink::SECOND, 3)
    }

    /// A level from a point to the end of the plot, a step where it changes.
    fn stairs(&self, from: Point, later: &[Later]) -> Vec<Point> {
        let mut points = vec![from];
        let mut y = from.1;
        for step in later.iter().filter(|step| step.value.is_finite() && step.from <= self.to) {
            let x = self.x(step.from).max(from.0);
            points.push((x, y));
            y = self.y(step.value);
            points.push((x, y));
        }
        points.push((RIGHT, y));
        points
    }

    /// The moment that the report speaks of.
    pub(super) fn as_of(&self, report: &Report) -> Result<(), ChartError> {
        let x = self.x(report.as_of);
        let pen = Dashes { dash: 6.0, gap: 8.0, colour: ink::TEXT, width: 2 };
        self.canvas.dashed((x, self.top), (x, BOTTOM), pen)?;
        let date = report.local_date(report.as_of).map(format::date).unwrap_or_default();
        let label = format!("as of {date}");
        let (at, anchor) = if x + text_width(&label, size::SMALL) + 12 < RIGHT {
            (x + 10, Anchor::Left)
        } else {
            (x - 10, Anchor::Right)
        };
        self.canvas.text(&label, (at, BOTTOM - 20), anchor, (size::SMALL, ink::TEXT))
    }

    /// What happened, each at its date with its size; marks outside the plot are left to the text.
    pub(super) fn events(&self) -> Result<(), ChartError> {
        let mut free_from = [0; EVENT_ROWS.len()];
        for mark in self.finding.evidence.marks.iter().filter(|m| (self.from..=self.to).contains(&m.time)) {
            let x = self.x(mark.time);
            let pen = Dashes { dash: 4.0, gap: 8.0, colour: ink::MARK, width: 2 };
            self.canvas.dashed((x, self.top), (x, BOTTOM), pen)?;
            self.canvas
                .area(vec![(x - 9, self.top - 10), (x + 9, self.top - 10), (x, self.top + 6)], ink::MARK)?;
            let size = mark.size.map(|s| format!(" {}", format::change(s, self.unit))).unwrap_or_default();
            let label = format!("{}{size}", text::one_line(&mark.name, 40));
            let width = text_width(&label, size::SMALL);
            let left = (x - width / 2).clamp(LEFT, (RIGHT - width).max(LEFT));
            if let Some(row) = free_from.iter().position(|&free| left > free) {
                free_from[row] = left + width + 16;
                self.canvas.text(&label, (left, EVENT_ROWS[row]), Anchor::Left, (size::SMALL, ink::MARK))?;
            }
        }
        Ok(())
    }

    /// When the level is reached: a bar from the early to the late edge, a dot at the middle.
    pub(super) fn interval(
        &self,
        level: f64,
        (early, middle, late): (i64, Option<i64>, Option<i64>),
    ) -> Result<(), ChartError> {
        let y = self.y(level);
        let (from, to) = (self.x(early), late.map_or(RIGHT, |time| self.x(time)));
        self.canvas.rectangle((from, y - 7), (to.max(from + 4), y + 7), ink::LIMIT)?;
        for edge in [Some(from), late.map(|_| to)].into_iter().flatten() {
            self.canvas.line(vec![(edge, y - 17), (edge, y + 17)], ink::LIMIT, 4)?;
        }
        if let Some(time) = middle {
            self.canvas.dot((self.x(time), y), 15, ink::LIMIT)?;
            self.canvas.dot((self.x(time), y), 9, ink::PAPER)?;
        }
        Ok(())
    }

    /// Names a sample of what was drawn, below the plot.
    pub(super) fn legend(
        &mut self,
        name: &str,
        sample: impl Fn(&Canvas<'_>, i32, i32) -> Result<(), ChartError>,
    ) -> Result<(), ChartError> {
        let name = text::one_line(name, 40);
        let width = 66 + text_width(&name, size::LABEL) + 40;
        if self.legend_at + width > WIDTH {
            return Ok(());
        }
        let y = HEIGHT - 34;
        sample(&self.canvas, self.legend_at, y)?;
        self.canvas.text(&name, (self.legend_at + 66, y), Anchor::Left, (size::LABEL, ink::TEXT))?;
        self.legend_at += width;
        Ok(())
    }
}

/// The points of a path up to where it first reaches the ceiling, that moment included.
fn up_to(path: Vec<(i64, f64)>, ceiling: f64) -> impl Iterator<Item = (i64, f64)> {
    let within = path.iter().position(|&(_, value)| value > ceiling).unwrap_or(path.len());
    let crossing = within.checked_sub(1).and_then(|last| {
        let (&(from, below), &(to, above)) = (path.get(last)?, path.get(within)?);
        let share = (ceiling - below) / (above - below);
        Some((from.saturating_add((share * to.saturating_sub(from) as f64) as i64), ceiling))
    });
    path.into_iter().take(within).chain(crossing)
}

/// The middle of a forecast.
const FORECAST: Dashes = Dashes { dash: 18.0, gap: 12.0, colour: ink::FORECAST, width: 5 };

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_ends_where_it_reaches_the_ceiling() {
        let path = vec![(0, 10.0), (100, 20.0), (200, 40.0), (300, 15.0)];
        let ends = |ceiling| up_to(path.clone(), ceiling).collect::<Vec<_>>();
        // From 20 at 100 to 40 at 200: 25 is a quarter of the way.
        assert_eq!(ends(25.0), [(0, 10.0), (100, 20.0), (125, 25.0)]);
        assert_eq!(ends(f64::INFINITY), path);
        assert_eq!(ends(5.0), []);
    }
}
