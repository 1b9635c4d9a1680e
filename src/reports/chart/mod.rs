//! Charts: one kind a file, drawn once as SVG; the same drawing stands in the page and becomes the PNG.

mod axis;
mod canvas;
mod curve;
mod disk;
mod drift;
mod extent;
mod plot;
mod png;
mod scores;
mod thin;
mod week;

use std::io;

use plotters::drawing::DrawingAreaErrorKind;

pub(crate) use curve::draw as curve;

use super::Report;
use crate::plans::{Finding, Kind};

pub(crate) use scores::draw as scores;

/// A finding's chart.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Chart {
    /// The drawing, a whole SVG document.
    pub(crate) svg: String,
    /// The same as a PNG, 1200 pixels wide.
    pub(crate) png: Vec<u8>,
}

/// Why a chart could not be drawn.
#[derive(Debug, thiserror::Error)]
pub enum ChartError {
    /// The drawing itself failed.
    #[error("drawing failed: {0}")]
    Draw(#[from] DrawingAreaErrorKind<io::Error>),
    /// The drawing is no SVG that can be rendered.
    #[error("the drawing cannot be rendered: {0}")]
    Svg(String),
    /// The picture could not be encoded.
    #[error("the picture cannot be encoded: {0}")]
    Png(String),
}

/// Draws what a finding carries; `None` where it carries nothing that could be drawn.
pub(crate) fn draw(report: &Report, finding: &Finding) -> Result<Option<Chart>, ChartError> {
    let svg = match finding.kind {
        Kind::VolumeExhaustion
        | Kind::InodeExhaustion
        | Kind::PoolExhaustion
        | Kind::Departure
        | Kind::Stale => disk::draw(report, finding),
        Kind::Drift | Kind::PoolDrift | Kind::Resource | Kind::PoolResource | Kind::Capacity => {
            drift::draw(report, finding)
        }
        Kind::Ebb => week::draw(report, finding),
    }?;
    svg.map(|svg| png::render(&svg).map(|png| Chart { svg, png })).transpose()
}

/// The sizes of a drawing, as `viewBox` has them, and what stands after its outer tag: a page has an outer tag of its
/// own.
pub(crate) fn inner(svg: &str) -> (String, String) {
    let (head, body) = svg.split_once('>').unwrap_or(("", ""));
    let view_box = head.split_once("viewBox=\"").and_then(|(_, rest)| rest.split_once('"'));
    (view_box.map(|(sizes, _)| sizes.to_owned()).unwrap_or_default(), body.trim().to_owned())
}

#[cfg(test)]
mod tests;
