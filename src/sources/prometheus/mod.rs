//! Prometheus: answers of its query API, and what `promtool tsdb dump` and `dump-openmetrics` print.

pub(super) mod json;
mod labels;
pub(super) mod openmetrics;
