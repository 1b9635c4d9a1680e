//! Reports.
mod chart;
mod format;
mod report;
mod slug;
mod text;

#[cfg(test)]
mod fixture;

pub use chart::ChartError;
pub use report::{InputNotes, MeasureHeld, Report, Unrecognised};
