//! Graphite: answers of `/render` in the formats `json`, `csv` and `raw`. `pickle` is never read: it runs code.

pub(super) mod csv;
pub(super) mod json;
pub(super) mod raw;
