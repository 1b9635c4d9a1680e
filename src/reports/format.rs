//! Quantities in words: the only place where a report turns a number into text.

use chrono::{DateTime, NaiveDate};
use chrono_tz::Tz;

use super::report::reached;
use crate::{
    plans::{Quantity, Runway},
    platform::Unit,
};

/// Groups of three digits stand apart by a narrow no-break space (ISO 80000-1, 7.3.1).
const THIN: char = '\u{202f}';

/// Stands between a number and its unit, so that the two never part at the end of a line.
pub(crate) const JOINED: char = '\u{a0}';

/// What is shown where there is no number.
pub(crate) const NOTHING: &str = "–";

/// A value in its unit, with about three significant digits.
pub(crate) fn value(value: f64, unit: Unit) -> String {
    if !value.is_finite() {
        return NOTHING.to_owned();
    }
    match unit {
        Unit::Bytes => bytes(value),
        Unit::Ratio => percent(value),
        Unit::Seconds => seconds(value),
        Unit::Messages => format!("{}{JOINED}messages", count(value)),
        Unit::MessagesPerSecond => format!("{}{JOINED}messages/s", count(value)),
        Unit::Count => count(value),
    }
}

/// A difference in its unit, always with its sign.
pub(crate) fn change(amount: f64, unit: Unit) -> String {
    let text = value(amount.abs(), unit);
    match amount {
        a if !a.is_finite() => text,
        a if a < 0.0 => format!("−{text}"),
        _ => format!("+{text}"),
    }
}

/// A named quantity of a finding.
pub(crate) fn quantity(quantity: &Quantity) -> String {
    match quantity {
        Quantity::Number { value: v, unit } => value(*v, *unit),
        Quantity::PerDay { value: v, unit } => format!("{} a day", change(*v, *unit)),
        Quantity::Days { value } => days(*value),
        Quantity::OnDate { value: v, unit, date: on } => format!("{} on {}", change(*v, *unit), date(*on)),
        Quantity::Text { value } => value.clone(),
    }
}

/// Bytes with IEC prefixes (IEC 80000-13).
fn bytes(value: f64) -> String {
    bytes_as(value, value)
}

/// Bytes with the prefix that another amount would have.
pub(crate) fn bytes_as(value: f64, like: f64) -> String {
    let (factor, prefix) = byte_prefix(like);
    let scaled = value / factor;
    let number = if factor == 1.0 { decimals(scaled, 0) } else { three_digits(scaled) };
    format!("{number}{JOINED}{prefix}")
}

/// The largest prefix of 1024 that an amount of bytes reaches, and its name.
pub(crate) fn byte_prefix(amount: f64) -> (f64, &'static str) {
    const PREFIXES: [&str; 7] = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];
    let mut factor = 1.0;
    for prefix in PREFIXES {
        // 1023.5 would be written as 1024 of the smaller prefix.
        if (amount / factor).abs() < 1023.5 || prefix == "EiB" {
            return (factor, prefix);
        }
        factor *= 1024.0;
    }
    (1.0, "B")
}

/// A share of one, in percent.
pub(crate) fn percent(ratio: f64) -> String {
    let hundredths = ratio * 100.0;
    let places = if hundredths != 0.0 && hundredths.abs() < 10.0 { 1 } else { 0 };
    format!("{}{JOINED}%", decimals(hundredths, places))
}

/// A change in percent, with its sign; one decimal whatever its size, so that an interval reads evenly.
pub(crate) fn percent_change(hundredths: f64) -> String {
    let sign = if hundredths < 0.0 { "−" } else { "+" };
    format!("{sign}{}{JOINED}%", decimals(hundredths.abs(), 1))
}

fn seconds(value: f64) -> String {
    match value.abs() {
        0.0 => format!("0{JOINED}s"),
        s if s < 0.9995 => format!("{}{JOINED}ms", three_digits(value * 1e3)),
        s if s < 120.0 => format!("{}{JOINED}s", three_digits(value)),
        s if s < 7200.0 => format!("{}{JOINED}min", three_digits(value / 60.0)),
        s if s < 172_800.0 => format!("{}{JOINED}h", three_digits(value / 3600.0)),
        _ => days(value / 86_400.0),
    }
}

/// A count; fractions are kept only where they matter.
pub(crate) fn count(value: f64) -> String {
    let whole = value.fract() == 0.0 || value.abs() >= 100.0;
    if whole { decimals(value, 0) } else { three_digits(value) }
}

/// Days; long spans in years.
pub(crate) fn days(value: f64) -> String {
    let places = if value.abs() < 10.0 && value.fract() != 0.0 { 1 } else { 0 };
    match value {
        v if !v.is_finite() => NOTHING.to_owned(),
        1.0 => format!("1{JOINED}day"),
        // 2 years of 365.25 days: beyond it the single day says nothing.
        v if v.abs() >= 730.5 => format!("{}{JOINED}years", decimals(v / 365.25, 1)),
        v => format!("{}{JOINED}days", decimals(v, places)),
    }
}

/// A runway: the middle, and the 90 % interval in brackets.
pub(crate) fn runway(runway: &Runway) -> String {
    let edge = |days: Option<f64>| days.map_or("beyond".to_owned(), whole_days);
    match (runway.p5_days, runway.p50_days) {
        // What is reached has no interval.
        _ if reached(runway) => days(0.0),
        (None, None) => "beyond the horizon".to_owned(),
        (early, None) => format!("beyond the horizon (earliest {} days)", edge(early)),
        (early, Some(middle)) => {
            let (early, late) = (edge(early), edge(runway.p95_days));
            format!("{} ({early}{JOINED}to{JOINED}{late})", days(middle.round()))
        }
    }
}

/// Days that are estimated, to the whole day.
pub(crate) fn days_left(value: f64) -> String {
    days(value.round())
}

fn whole_days(value: f64) -> String {
    decimals(value, 0)
}

/// An amount of money with its currency's code.
pub(crate) fn money(amount: f64, currency: &str) -> String {
    let places = if amount.abs() < 100.0 { 2 } else { 0 };
    format!("{currency}{JOINED}{}", decimals(amount, places))
}

/// A date such as `12 Mar 2027`.
pub(crate) fn date(date: NaiveDate) -> String {
    date.format("%-d\u{a0}%b\u{a0}%Y").to_string()
}

/// A moment such as `16 Nov 2026 06:00 CET`.
pub(crate) fn moment(moment: &DateTime<Tz>) -> String {
    format!("{} {}", date(moment.date_naive()), moment.format("%H:%M\u{a0}%Z"))
}

/// Three significant digits.
fn three_digits(value: f64) -> String {
    let places = match value.abs() {
        v if v >= 99.95 => 0,
        v if v >= 9.995 => 1,
        _ => 2,
    };
    decimals(value, places)
}

/// A number without a unit, such as a correlation: `0.62`, `−0.09`.
pub(crate) fn plain(value: f64) -> String {
    decimals(value, 2)
}

/// A number with so many decimals, its integer digits in groups of three.
fn decimals(value: f64, places: usize) -> String {
    if !value.is_finite() {
        return NOTHING.to_owned();
    }
    // A double holds 15 decimal digits; the rest would be invented.
    if value.abs() >= 1e15 {
        return format!("{value:.2e}");
    }
    let text = format!("{:.places$}", value.abs());
    let (integer, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let mut grouped = String::with_capacity(text.len() + 8);
    // An unrounded minus zero is no negative number.
    if value < 0.0 && text.bytes().any(|b| (b'1'..=b'9').contains(&b)) {
        grouped.push('−');
    }
    // Groups begin at five digits: 1024 is read faster than 1 024.
    let grouping = integer.len() > 4;
    for (i, digit) in integer.chars().enumerate() {
        if grouping && i > 0 && (integer.len() - i) % 3 == 0 {
            grouped.push(THIN);
        }
        grouped.push(digit);
    }
    if !fraction.is_empty() {
        grouped.push('.');
        grouped.push_str(fraction);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn plain(text: &str) -> String {
        text.replace([THIN, JOINED], " ")
    }

    #[test]
    fn every_unit_reads_well() {
        let cases: &[(f64, Unit, &str)] = &[
            (0.0, Unit::Bytes, "0 B"),
            (1023.0, Unit::Bytes, "1023 B"),
            (1536.0, Unit::Bytes, "1.50 KiB"),
            (1_073_741_823.0, Unit::Bytes, "1.00 GiB"),
            (1_979_120_929_996.8, Unit::Bytes, "1.80 TiB"),
            (0.874, Unit::Ratio, "87 %"),
            (0.0123, Unit::Ratio, "1.2 %"),
            (0.043, Unit::Seconds, "43.0 ms"),
            (1.234, Unit::Seconds, "1.23 s"),
            (600.0, Unit::Seconds, "10.0 min"),
            (1_234_567.0, Unit::Messages, "1 234 567 messages"),
            (12.34, Unit::MessagesPerSecond, "12.3 messages/s"),
            (1024.0, Unit::Count, "1024"),
            (f64::NAN, Unit::Bytes, "–"),
        ];
        for (number, unit, words) in cases {
            assert_eq!(plain(&value(*number, *unit)), *words);
        }
    }

    #[test]
    fn changes_carry_their_sign() {
        assert_eq!(plain(&change(-3.0 * 1_073_741_824.0, Unit::Bytes)), "−3.00 GiB");
        assert_eq!(plain(&change(12.0, Unit::Count)), "+12");
        assert_eq!(plain(&percent_change(-4.26)), "−4.3 %");
        assert_eq!(plain(&percent_change(10.0)), "+10.0 %");
        let growth = Quantity::PerDay { value: 1_073_741_824.0, unit: Unit::Bytes };
        assert_eq!(plain(&quantity(&growth)), "+1.00 GiB a day");
    }

    #[test]
    fn a_runway_shows_its_interval_and_says_never_in_words() {
        let within = Runway { p5_days: Some(31.2), p50_days: Some(43.4), p95_days: Some(58.0) };
        assert_eq!(plain(&runway(&within)), "43 days (31 to 58)");
        let open = Runway { p5_days: Some(31.2), p50_days: Some(1.0), p95_days: None };
        assert_eq!(plain(&runway(&open)), "1 day (31 to beyond)");
        let never = Runway { p5_days: None, p50_days: None, p95_days: None };
        assert_eq!(runway(&never), "beyond the horizon");
        let past = Runway { p5_days: Some(0.0), p50_days: Some(0.0), p95_days: Some(0.4) };
        assert_eq!(plain(&runway(&past)), "0 days");
    }

    #[test]
    fn dates_and_money() {
        assert_eq!(plain(&date(NaiveDate::from_ymd_opt(2027, 3, 12).unwrap())), "12 Mar 2027");
        assert_eq!(plain(&money(12_345.6, "EUR")), "EUR 12 346");
        assert_eq!(plain(&money(9.5, "EUR")), "EUR 9.50");
        assert_eq!(plain(&days(1000.0)), "2.7 years");
    }

    proptest! {
        #[test]
        fn any_number_gives_short_text(number: f64) {
            for unit in [Unit::Ratio, Unit::Seconds, Unit::Count, Unit::Bytes] {
                let text = value(number, unit);
                prop_assert!(!text.is_empty());
                prop_assert!(!text.contains("NaN") && !text.contains("inf"));
            }
        }
    }
}
