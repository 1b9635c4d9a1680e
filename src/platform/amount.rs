//! Spans of time and amounts of bytes, as people write them: `90s`, `15d`, `256MiB`.

use std::ops::RangeInclusive;

use super::{
    fields::Fields,
    wording::{quoted, shown},
};

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

/// Units of amounts that are ordered, moved or purged, and their bytes: those of disk makers (SI) beside those of
/// IEC 80000-13.
const VOLUME_UNITS: &[(&str, f64)] = &[
    ("B", 1.0),
    ("kB", 1e3),
    ("MB", 1e6),
    ("GB", 1e9),
    ("TB", 1e12),
    ("PB", 1e15),
    ("KiB", 1024.0),
    ("MiB", 1_048_576.0),
    ("GiB", 1_073_741_824.0),
    ("TiB", 1_099_511_627_776.0),
    ("PiB", 1_125_899_906_842_624.0),
];
/// An exabyte: more than any mail platform holds.
const MOST_BYTES: f64 = 1e18;
/// What [`bytes_of`] takes, in words.
pub(super) const VOLUMES: &str =
    "a number and a unit (B, kB, MB, GB, TB, PB, KiB, MiB, GiB, TiB, PiB), such as \"2.5TB\", at most 1000PB";

/// Bytes of an amount that is ordered, moved or purged, such as `2.5TB` or `200 GiB`: a number above zero, and one
/// unit.
pub fn bytes_of(text: &str) -> Option<f64> {
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.')?;
    let (digits, unit) = text.split_at(end);
    let (_, one) = VOLUME_UNITS.iter().find(|(name, _)| *name == unit.trim_start_matches(' '))?;
    let bytes = digits.parse::<f64>().ok()? * one;
    (bytes > 0.0 && bytes <= MOST_BYTES).then_some(bytes)
}

/// Reads an amount of bytes that is ordered, moved or purged.
pub(super) fn read_volume(fields: &mut Fields<'_>, field: &'static str) -> Option<f64> {
    let item = fields.take(field)?;
    let bytes = item.get_ref().as_str().and_then(bytes_of);
    if bytes.is_none() {
        let problem = format!("{} is not an amount of bytes", shown(item.get_ref()));
        fields.refuse(field, problem, format!("legal: {VOLUMES}"));
    }
    bytes
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

    #[test]
    fn what_is_ordered_has_the_units_of_disk_makers_as_well() {
        for (text, bytes) in [
            ("2.5TB", 2.5e12),
            ("200 GiB", 200.0 * 1_073_741_824.0),
            ("1000PB", 1e18),
            ("512B", 512.0),
            ("0.5kB", 500.0),
        ] {
            assert_eq!(bytes_of(text), Some(bytes), "{text}");
        }
        for text in ["", "5", "TB", "-5TB", "0TB", "1e3GB", "5tb", "5 T B", "1.2.3GB", ".TB", "1001PB", "٥GB"]
        {
            assert_eq!(bytes_of(text), None, "{text:?}");
        }
    }
}
