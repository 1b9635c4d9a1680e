//! The load at which a limit is reached, on a card.

use super::card::Named;
use crate::{
    plans::{Crossing, LoadLimit, Quantity},
    reports::format,
};

fn amount(value: f64, limit: &LoadLimit) -> String {
    format::quantity(&Quantity::Number { value, unit: limit.load_unit })
}

/// At which load, when, and by when to decide.
pub(super) fn crossing(crossing: &Crossing) -> Vec<Named> {
    let (limit, reached) = (&crossing.load_limit, &crossing.reached);
    let edge = |of: Option<f64>| of.map_or("beyond".to_owned(), |load| amount(load, limit));
    let (at, low, high) = (edge(limit.at_load), edge(limit.at_load_low), edge(limit.at_load_high));
    let mut named = vec![Named::new("Load at the limit (90 % interval)", format!("{at} ({low} to {high})"))];
    if let Some(date) = reached.p50 {
        named.push(Named::new("Reached about", format::date(date)));
    }
    if let Some(date) = reached.order_by {
        named.push(Named::new("Decide by", format::date(date)));
        named.push(Named::new("Lead time", format::days(reached.lead_time_days)));
    }
    named.extend(seen(limit));
    named
}

/// What was seen of the load.
pub(super) fn seen(limit: &LoadLimit) -> Vec<Named> {
    let mut named = vec![Named::new("Highest load seen", amount(limit.highest_load, limit))];
    if let Some(growth) = &limit.growth {
        named.push(Named::new("Highest load of a week now", amount(growth.weekly_peak, limit)));
        let [middle, low, high] =
            [growth.percent_per_month, growth.low, growth.high].map(format::percent_change);
        named.push(Named::new("Its growth a month", format!("{middle} ({low} to {high})")));
    }
    named
}
