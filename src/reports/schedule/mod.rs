//! Schedules: a pool's scale-down plan as the tools take it that execute it, and what they answer read back. Each
//! format is one file, which says how it is written and how it is read. The plan is decided elsewhere
//! ([`Handover`]); what a format cannot say is refused or told, never left out in silence.

mod annotations;
mod comparison_json;
mod comparison_table;
mod content_lines;
mod cron;
mod cronjob;
mod ec2;
mod files;
mod format;
mod ical;
mod ical_zone;
mod in_force;
mod instance_scheduler;
mod json;
mod keda;
mod kube_downscaler;
mod kubernetes;
mod names;
mod recurrence;
mod steps;
mod table;
mod terraform;
mod window_words;
mod yaml;

#[cfg(test)]
mod fixture;
#[cfg(test)]
mod hostile_tests;
#[cfg(test)]
mod round_trip_tests;
#[cfg(test)]
mod tests;

pub use comparison_json::comparison_json;
pub use comparison_table::comparison_table;
pub use files::save_schedules;
pub use format::{ScheduleError, ScheduleFormat, Written, write_schedule};
pub use in_force::{InForce, InForceError, Matched, matched, read_in_force};
pub use json::schedules_json;
pub use table::schedules_table;

use crate::plans::Handover;
