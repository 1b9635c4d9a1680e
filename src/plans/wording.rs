//! Words that several findings use.

use chrono::NaiveDate;

use super::{Fact, Quantity};
use crate::{platform::Unit, series::LocalTime};

/// A date as people write it: `12 Mar 2027`.
pub(super) fn date(date: NaiveDate) -> String {
    date.format("%-d %b %Y").to_string()
}

/// A local day since 1970-01-01 as a date; `None` beyond the calendar's range.
pub(super) fn local_date(day: i64) -> Option<NaiveDate> {
    LocalTime { day, weekday: 0, second: 0 }.date()
}

/// A number of days: `1 day`, `19 days`.
pub(super) fn days(days: f64) -> String {
    let whole = days.round();
    if whole == 1.0 { "1 day".to_owned() } else { format!("{whole:.0} days") }
}

/// A share as a whole percentage: `90 %`.
pub(super) fn percent(share: f64) -> String {
    format!("{:.0} %", share * 100.0)
}

pub(super) fn number(name: &str, value: f64, unit: Unit) -> Fact {
    Fact { name: name.to_owned(), quantity: Quantity::Number { value, unit } }
}

pub(super) fn per_day(name: &str, value: f64, unit: Unit) -> Fact {
    Fact { name: name.to_owned(), quantity: Quantity::PerDay { value, unit } }
}

pub(super) fn in_days(name: &str, value: f64) -> Fact {
    Fact { name: name.to_owned(), quantity: Quantity::Days { value } }
}

pub(super) fn text(name: &str, value: impl Into<String>) -> Fact {
    Fact { name: name.to_owned(), quantity: Quantity::Text { value: value.into() } }
}
