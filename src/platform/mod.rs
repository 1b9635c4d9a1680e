//! Ground room: the operator's words. Roles, measures, units, labels, pools, limits and calendar,
//! and the one file (`platform.toml`) that declares them. No statistics, no I/O beyond that file.

mod labels;
mod measure;
mod probe;
mod role;
mod unit;

pub use labels::{Labels, SeriesKey};
pub use measure::{Form, Measure};
pub use probe::Probe;
pub use role::Role;
pub use unit::{SourceUnit, Unit};
