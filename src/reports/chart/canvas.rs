//! The sheet that every chart is drawn on: plotters' SVG back end with our own sizes, colours and dashes.

use plotters::{
    coord::Shift,
    prelude::*,
    style::text_anchor::{HPos, Pos, VPos},
};

use super::ChartError;

/// Width of a chart in its own units; they are half of a nominal pixel, so that whole numbers place finely.
pub(super) const WIDTH: i32 = 1920;

/// Resolves to the embedded font where the PNG is made, and to the reader's own where a browser draws.
const FONT: &str = "Ubuntu Light, Ubuntu, system-ui, sans-serif";

/// plotters writes a font's size divided by this (plotters-svg 0.3.7, `draw_text`).
const PLOTTERS_FONT_SCALE: f64 = 1.24;

/// Mean width of a character relative to the font's size, for keeping labels apart. Measured on Ubuntu Light
/// over digits and lower-case letters; a little generous, since browsers may use a wider font.
const CHARACTER_WIDTH: f64 = 0.56;

/// Colours with their names in the charts. All text colours reach 4.5:1 on white (WCAG 2.2, 1.4.3).
pub(super) mod ink {
    use plotters::style::RGBColor;

    pub(crate) const PAPER: RGBColor = RGBColor(255, 255, 255);
    pub(crate) const TEXT: RGBColor = RGBColor(16, 42, 58);
    pub(crate) const QUIET: RGBColor = RGBColor(77, 99, 112);
    pub(crate) const GRID: RGBColor = RGBColor(224, 232, 237);
    pub(crate) const HISTORY: RGBColor = RGBColor(11, 79, 108);
    pub(crate) const SECOND: RGBColor = RGBColor(122, 146, 158);
    pub(crate) const FORECAST: RGBColor = RGBColor(14, 124, 134);
    pub(crate) const BAND: RGBColor = RGBColor(190, 226, 226);
    pub(crate) const MARK: RGBColor = RGBColor(122, 79, 1);
    pub(crate) const LIMIT: RGBColor = RGBColor(165, 42, 34);
}

/// Sizes of text, in chart units.
pub(super) mod size {
    pub(crate) const TITLE: f64 = 34.0;
    pub(crate) const LABEL: f64 = 27.0;
    pub(crate) const SMALL: f64 = 25.0;
}

/// A point of the sheet, from its upper left corner.
pub(super) type Point = (i32, i32);

/// Where a text's anchor point lies.
#[derive(Debug, Clone, Copy)]
pub(super) enum Anchor {
    Left,
    Middle,
    Right,
}

/// A sheet being drawn on.
pub(super) struct Canvas<'a> {
    area: DrawingArea<SVGBackend<'a>, Shift>,
}

impl<'a> Canvas<'a> {
    /// A white sheet of [`WIDTH`] by `height` that is written into `svg`.
    pub(super) fn new(svg: &'a mut String, height: i32) -> Result<Self, ChartError> {
        let size = (WIDTH.unsigned_abs(), height.unsigned_abs());
        let area = SVGBackend::with_string(svg, size).into_drawing_area();
        area.fill(&ink::PAPER)?;
        Ok(Self { area })
    }

    /// Ends the drawing.
    pub(super) fn finish(self) -> Result<(), ChartError> {
        Ok(self.area.present()?)
    }

    pub(super) fn line(&self, points: Vec<Point>, colour: RGBColor, width: u32) -> Result<(), ChartError> {
        Ok(self.area.draw(&PathElement::new(points, colour.stroke_width(width)))?)
    }

    /// A straight line of dashes.
    pub(super) fn dashed(&self, from: Point, to: Point, pen: Dashes) -> Result<(), ChartError> {
        let (dx, dy) = (f64::from(to.0 - from.0), f64::from(to.1 - from.1));
        let length = dx.hypot(dy);
        let at = |along: f64| {
            let share = if length > 0.0 { (along / length).min(1.0) } else { 0.0 };
            (from.0 + (dx * share).round() as i32, from.1 + (dy * share).round() as i32)
        };
        let mut along = 0.0;
        while along < length {
            self.line(vec![at(along), at(along + pen.dash)], pen.colour, pen.width)?;
            along += pen.dash + pen.gap;
        }
        Ok(())
    }

    pub(super) fn area(&self, outline: Vec<Point>, colour: RGBColor) -> Result<(), ChartError> {
        Ok(self.area.draw(&Polygon::new(outline, colour.filled()))?)
    }

    pub(super) fn rectangle(&self, from: Point, to: Point, colour: RGBColor) -> Result<(), ChartError> {
        Ok(self.area.draw(&Rectangle::new([from, to], colour.filled()))?)
    }

    pub(super) fn dot(&self, centre: Point, radius: i32, colour: RGBColor) -> Result<(), ChartError> {
        Ok(self.area.draw(&Circle::new(centre, radius, colour.filled()))?)
    }

    /// One line of text, its middle at the height of `at`.
    pub(super) fn text(
        &self,
        text: &str,
        at: Point,
        anchor: Anchor,
        (size, colour): (f64, RGBColor),
    ) -> Result<(), ChartError> {
        let horizontal = match anchor {
            Anchor::Left => HPos::Left,
            Anchor::Middle => HPos::Center,
            Anchor::Right => HPos::Right,
        };
        let style = TextStyle::from((FONT, size * PLOTTERS_FONT_SCALE))
            .color(&colour)
            .pos(Pos::new(horizontal, VPos::Center));
        Ok(self.area.draw(&Text::new(printable(text), at, style))?)
    }
}

/// How a dashed line is drawn.
#[derive(Debug, Clone, Copy)]
pub(super) struct Dashes {
    pub(super) dash: f64,
    pub(super) gap: f64,
    pub(super) colour: RGBColor,
    pub(super) width: u32,
}

/// About how wide a text is, in chart units.
pub(super) fn text_width(text: &str, size: f64) -> i32 {
    // Labels are cut before they are drawn, so that the count stays small.
    (text.chars().count().min(1000) as f64 * size * CHARACTER_WIDTH).ceil() as i32
}

/// Text that any XML parser takes: control characters are not allowed in XML 1.0, not even escaped, and
/// direction overrides would let a label rearrange the text around it.
fn printable(text: &str) -> String {
    text.chars().map(|c| if crate::reports::text::is_plain(c) { c } else { ' ' }).collect()
}
