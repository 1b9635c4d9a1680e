//! The weekly rhythm of a level, in words.

use super::{Fact, wording};
use crate::{models::Forecast, platform::Unit};

/// Days of the week as they are told; days are those of UTC.
const WEEKDAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

/// Between which days a level grows most and least, by how much, and how much of the week's ups and downs that explains;
/// `None` where it has no rhythm to speak of.
pub(super) fn fact(forecast: &Forecast, unit: Unit) -> Option<Fact> {
    let days = forecast.rhythm.told()?;
    let between = |day: usize| format!("from {} to {}", WEEKDAYS[(day + 6) % 7], WEEKDAYS[day % 7]);
    let words = format!(
        "grows most {} ({} more than on an average day), least {} ({} less); explains {} of the ups and downs within a week",
        between(days.most),
        wording::amount(days.most_above, unit),
        between(days.least),
        wording::amount(days.least_below, unit),
        wording::percent(days.strength),
    );
    Some(wording::text("weekly rhythm", words))
}
