//! What the archive hands on: one measure over one range.

use super::Disagreement;
use crate::{
    platform::{Labels, Measure},
    sources::Points,
};

/// One series of an extract. Times ascend and are unique.
#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    /// Of what.
    pub labels: Labels,
    /// When, and how much.
    pub points: Points,
}

/// One measure over one range, series in the order of their labels.
#[derive(Debug, Clone, PartialEq)]
pub struct Extract {
    /// What is measured.
    pub measure: Measure,
    /// Its series.
    pub columns: Vec<Column>,
    /// Where sources differ about a series, in the order of their labels. The finer source was taken.
    pub disagreements: Vec<Disagreement>,
}
