//! Daily use: a profile by slot of the week in local time.

use crate::series::{DAY, LocalTime};

/// A load by slot of the week, Monday 00:00 local first. A slot without history is `None`.
#[derive(Debug, Clone, PartialEq)]
pub struct Profile {
    /// Slots in a day.
    pub slots_per_day: usize,
    /// The load, as likely higher as lower, in the series' unit.
    pub median: Vec<Option<f64>>,
    /// The upper bound of the load's one-hour means, in the series' unit.
    pub upper: Vec<Option<f64>>,
    /// The lower bound of the load's one-hour means, in the series' unit.
    pub lower: Vec<Option<f64>>,
}

impl Profile {
    /// The slot of a local time.
    pub fn slot(&self, local: LocalTime) -> usize {
        let of_day = local.second * self.slots_per_day as i64 / DAY;
        usize::from(local.weekday) * self.slots_per_day + of_day as usize
    }
}
