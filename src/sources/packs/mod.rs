//! Query packs: which expression of which exporter gives which measure, and how to recognise it in an export.
//!
//! A pack is one file of `queries/` (see `queries/README.md`). [`Packs`] reads and checks the shipped ones and
//! the operator's own; a [`Recogniser`] made from them tells what a source's series is.

mod cloudwatch_entry;
mod distance;
mod error;
mod fields;
pub(super) mod functions;
mod graphite_entry;
mod host;
mod load;
mod mapping;
mod nearest;
mod over;
mod pack;
mod parse;
mod pattern;
mod pattern_index;
mod prometheus_entry;
mod recogniser;
mod rules;
pub(super) mod series_name;
mod units;

pub use error::{PackError, PackErrors};
pub(super) use host::host_of;
pub use load::Packs;
pub use over::Over;
pub use pack::{CloudWatchRule, Entry, GraphiteRule, LabelSource, Pack, PrometheusRule, TaggedRule};
pub use pattern::{Pattern, PatternError, Separator};
pub use recogniser::Recogniser;

#[cfg(test)]
mod shipped_tests;
