//! Spans of time and amounts of bytes, as people write them: `90s`, `15d`, `256MiB`.

use std::ops::RangeInclusive;

use super::{fields::Fields, wording::quoted};

/// Units of time and their seconds. A year has 365 days, as in Prometheus and in Graphite's storage schemas.
const TIMES: &[(&str, i64)] =
    &[("s", 1), ("m", 60), ("h", 3_600), ("d", 86_400), ("w", 7 * 86_400), ("y", 365 * 86_400)];

/// Units of IEC 80000-13 and their bytes.
const SIZES: &[(&str, i64)] = &[("B", 1), ("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30)];

/// Seconds of a span, such as `15d`: one whole number and one unit.
pub(super) fn seconds_of(text: &str) -> Option<i64> {
    amount(text, TIMES)
}

/// Reads a span of time in seconds; one that is not in `range` is refused with `legal`, which says what is.
pub(super) fn read_seconds(
    fields: &mut Fields<'_>,
    field: &'static str,
    range: RangeInclusive<i64>,
    legal: &str,
) -> Option<i64> {
    read(fields, field, seconds_of, range, "a span of time", legal)
}

/// Reads a size in bytes; one that is not in `range` is refused with `legal`, which says what is.
pub(super) fn read_bytes(
    fields: &mut Fields<'_>,
    field: &'static str,
    range: RangeInclusive<i64>,
    legal: &str,
) -> Option<u64> {
    let bytes = read(fields, field, |text| amount(text, SIZES), range, "a size", legal)?;
    u64::try_from(bytes).ok()
}

fn read(
    fields: &mut Fields<'_>,
    field: &'static str,
    parse: impl Fn(&str) -> Option<i64>,
    range: RangeInclusive<i64>,
    what: &str,
    legal: &str,
) -> Option<i64> {
    let text = fields.text(field)?;
    let amount = parse(text.get_ref()).filter(|amount| range.contains(amount));
    if amount.is_none() {
        let problem = format!("{} is not {what} that can stand here", quoted(text.get_ref()));
        fields.refuse(field, problem, format!("legal: {legal}"));
    }
    amount
}

fn amount(text: &str, units: &[(&str, i64)]) -> Option<i64> {
    let end = text.find(|c: char| !c.is_ascii_digit())?;
    let (digits, unit) = text.split_at(end);
    let (_, one) = units.iter().find(|(name, _)| *name == unit)?;
    digits.parse::<i64>().ok()?.checked_mul(*one)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_a_number_and_a_unit() {
        let spans = ["90s", "5m", "1h", "15d", "4w", "2y", "0s"].map(seconds_of);
        assert_eq!(
            spans,
            [90, 300, 3_600, 1_296_000, 2_419_200, 63_072_000, 0].map(Some),
            "15 × 86,400, 28 × 86,400, 730 × 86,400"
        );
        for text in ["", "5", "m", "5 m", "-5m", "1.5h", "1h30m", "5M", "٥m", "9999999999999y", "5min"] {
            assert_eq!(seconds_of(text), None, "{text:?}");
        }
    }

    #[test]
    fn sizes_are_binary() {
        let sizes = ["512B", "64KiB", "256MiB", "2GiB"].map(|text| amount(text, SIZES));
        assert_eq!(sizes, [512, 65_536, 268_435_456, 2_147_483_648].map(Some));
        for text in ["256MB", "256", "1TiB", "99999999999GiB"] {
            assert_eq!(amount(text, SIZES), None, "{text:?}");
        }
    }
}
