//! Series: an extract's columns on a regular grid, with holes explicit, volumes put together from what a
//! source tells of them, counters turned into rates, and level steps marked.

mod clock;
mod counter;
mod derive;
mod filesystem;
mod grid;
mod histogram;
mod level;
mod mailboxes;
mod ordinary;
mod outliers;
mod pool_load;
mod quantile;
mod resolution;
mod stages;
mod steps;
mod volume;

pub use clock::{DAY, HOUR, LocalClock, LocalTime};
pub use counter::{increments, rate};
pub use derive::{delays, derived, parts_of};
pub use grid::{Fold, Series, grid, native_step};
pub use histogram::{Buckets, Histogram, histograms};
pub use level::{Level, LevelError, Parts, as_it_came, level_on};
pub use mailboxes::{Days, Mailboxes};
pub use pool_load::{HostLoad, total_load};
pub use quantile::{mad, median, quantile};
pub use stages::{StageHour, Stages, stages};
pub use steps::{Retention, Step, StepKind, Steps, find_steps};
pub use volume::{Volume, VolumeInput, volumes};
