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

/// An amount of bytes with three digits and its IEC prefix (IEC 80000-13): `1.49 TiB`.
pub(super) fn bytes(amount: f64) -> String {
    const PREFIXES: [&str; 7] = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];
    let (mut scaled, mut prefix) = (amount, 0);
    // 1023.5 would be written as 1024 of the smaller prefix.
    while scaled.abs() >= 1023.5 && prefix + 1 < PREFIXES.len() {
        (scaled, prefix) = (scaled / 1024.0, prefix + 1);
    }
    let places = match scaled.abs() {
        _ if prefix == 0 => 0,
        s if s >= 99.95 => 0,
        s if s >= 9.995 => 1,
        _ => 2,
    };
    format!("{scaled:.places$} {}", PREFIXES[prefix])
}

/// An amount with three digits in a unit that people read: `4 s`, `250 ms`, `31.2 messages/s`, `600 messages`.
pub(super) fn amount(value: f64, unit: Unit) -> String {
    match unit {
        Unit::Bytes => bytes(value),
        Unit::Ratio => percent(value),
        Unit::Seconds if value.abs() < 0.9995 => format!("{} ms", three_digits(1e3 * value)),
        Unit::Seconds if value.abs() < 120.0 => format!("{} s", three_digits(value)),
        Unit::Seconds if value.abs() < 7200.0 => format!("{} min", three_digits(value / 60.0)),
        Unit::Seconds => format!("{} h", three_digits(value / 3600.0)),
        Unit::Messages => format!("{} messages", three_digits(value)),
        Unit::MessagesPerSecond => format!("{} messages/s", three_digits(value)),
        Unit::Count => three_digits(value),
    }
}

/// Three digits, without zeros at their end.
fn three_digits(value: f64) -> String {
    let places = match value.abs() {
        v if v >= 99.95 => 0,
        v if v >= 9.995 => 1,
        _ => 2,
    };
    let text = format!("{value:.places$}");
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

/// Hundredths with their sign and one digit: `+1.5 %`.
pub(super) fn hundredths(percent: f64) -> String {
    let sign = if percent < 0.0 { "−" } else { "+" };
    format!("{sign}{:.1} %", percent.abs())
}

/// A number of things: `1 mailbox`, `3 mailboxes`.
pub(super) fn counted(number: f64, one: &str, many: &str) -> String {
    let whole = number.round();
    if whole == 1.0 { format!("1 {one}") } else { format!("{whole:.0} {many}") }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_have_three_digits_and_their_unit() {
        let words: Vec<String> =
            [512.0, 1536.0, 1.6e12, 1023.9 * 1024.0, 16.0 * 1024f64.powi(4)].map(bytes).into();
        // 1.6e12 / 2^40 = 1.455.
        assert_eq!(words, ["512 B", "1.50 KiB", "1.46 TiB", "1.00 MiB", "16.0 TiB"]);
        assert_eq!((hundredths(-0.26), hundredths(3.0)), ("−0.3 %".to_owned(), "+3.0 %".to_owned()));
        let amounts = [
            amount(0.25, Unit::Seconds),
            amount(4.0, Unit::Seconds),
            amount(5_400.0, Unit::Seconds),
            amount(31.24, Unit::MessagesPerSecond),
            amount(612.4, Unit::Messages),
            amount(9_400.0, Unit::Count),
        ];
        assert_eq!(amounts, ["250 ms", "4 s", "90 min", "31.2 messages/s", "612 messages", "9400"]);
        assert_eq!(counted(0.9, "mailbox", "mailboxes"), "1 mailbox");
        assert_eq!(counted(1234.4, "mailbox", "mailboxes"), "1234 mailboxes");
    }
}
