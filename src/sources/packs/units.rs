//! The units that a pack may name.

use crate::platform::{SourceUnit, Unit};

/// Every unit under its name in files, which is the one that `SourceUnit` is serialised to.
const NAMES: &[(&str, SourceUnit)] = &[
    ("bytes", SourceUnit::Bytes),
    ("kib", SourceUnit::Kib),
    ("mib", SourceUnit::Mib),
    ("gib", SourceUnit::Gib),
    ("gb", SourceUnit::Gb),
    ("ratio", SourceUnit::Ratio),
    ("percent", SourceUnit::Percent),
    ("seconds", SourceUnit::Seconds),
    ("milliseconds", SourceUnit::Milliseconds),
    ("microseconds", SourceUnit::Microseconds),
    ("milliseconds_per_second", SourceUnit::MillisecondsPerSecond),
    ("messages", SourceUnit::Messages),
    ("messages_per_second", SourceUnit::MessagesPerSecond),
    ("messages_per_minute", SourceUnit::MessagesPerMinute),
    ("count", SourceUnit::Count),
];

/// The unit of that name.
pub(super) fn by_name(name: &str) -> Option<SourceUnit> {
    NAMES.iter().find(|(n, _)| *n == name).map(|(_, unit)| *unit)
}

/// The names of the units that convert to a canonical one; of all units where none is given.
pub(super) fn names(canonical: Option<Unit>) -> String {
    let fits = |unit: &SourceUnit| canonical.is_none_or(|wanted| unit.to_canonical().0 == wanted);
    NAMES.iter().filter(|(_, unit)| fits(unit)).map(|(name, _)| *name).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_names_are_those_of_every_file_format() {
        for (name, unit) in NAMES {
            assert_eq!(serde_json::to_value(unit).unwrap(), *name);
        }
    }

    #[test]
    fn only_units_that_convert_are_offered() {
        assert_eq!(names(Some(Unit::Bytes)), "bytes, kib, mib, gib, gb");
        assert_eq!(names(Some(Unit::Ratio)), "ratio, percent, milliseconds_per_second");
    }
}
