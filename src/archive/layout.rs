//! Layout: which file of the archive holds what.

use chrono::NaiveDate;

use super::{
    ArchiveError, format,
    period::Period,
    storage::{Entry, Storage, lock},
};
use crate::platform::Measure;

const MEASURE: &str = "measure=";
const POINTS: &str = "points.parquet";
const REGISTRY: &str = "series.parquet";
const NOTES: &str = "notes";
const DAMAGED: &str = "damaged";
/// The directory of what runs have foretold.
pub(super) const LEDGER: &str = "ledger";
const TABLE: &str = ".parquet";

/// The directory of a measure.
pub(super) fn measure_directory(measure: Measure) -> String {
    format!("{MEASURE}{measure}")
}

/// The registry of a measure's series.
pub(super) fn registry(measure: Measure) -> String {
    format!("{MEASURE}{measure}/{REGISTRY}")
}

/// The points of a measure in a month or a year.
pub(super) fn partition(measure: Measure, period: Period) -> String {
    format!("{MEASURE}{measure}/{period}/{POINTS}")
}

/// What other parts of the program have noted under a name.
pub(super) fn note(name: &str) -> String {
    format!("{NOTES}/{name}.json")
}

/// What the run of a day has foretold.
pub(super) fn ledger(day: NaiveDate) -> String {
    format!("{LEDGER}/{}{TABLE}", day.format("%Y-%m-%d"))
}

/// Where a damaged file is put aside.
pub(super) fn damaged(key: &str) -> String {
    format!("{DAMAGED}/{key}")
}

/// What a file of the archive holds, by its key.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Kind {
    /// The registry of a measure.
    Registry(Measure),
    /// The points of a measure in a period.
    Partition(Measure, Period),
    /// A note.
    Note,
    /// What the run of a day has foretold.
    Ledger(NaiveDate),
    /// Something that was put aside.
    Damaged,
    /// The format file.
    Format,
    /// The lock.
    Lock,
}

/// What a file holds; `None` where the archive has no such file.
pub(super) fn kind(key: &str) -> Option<Kind> {
    let parts: Vec<&str> = key.split('/').collect();
    match parts[..] {
        [format::NAME] => Some(Kind::Format),
        [lock::NAME] => Some(Kind::Lock),
        [NOTES, name] => name.ends_with(".json").then_some(Kind::Note),
        [LEDGER, name] => {
            let day = NaiveDate::parse_from_str(name.strip_suffix(TABLE)?, "%Y-%m-%d").ok()?;
            // Of the ways to write a date, one is ours.
            (key == ledger(day)).then_some(Kind::Ledger(day))
        }
        [DAMAGED, ..] => Some(Kind::Damaged),
        [measure, REGISTRY] => measure_of(measure).map(Kind::Registry),
        [measure, period, POINTS] => Some(Kind::Partition(measure_of(measure)?, period.parse().ok()?)),
        _ => None,
    }
}

/// Whether a name in the archive's root is that of a directory with files of ours.
pub(super) fn is_directory(name: &str) -> bool {
    [NOTES, LEDGER, DAMAGED].contains(&name) || measure_of(name).is_some()
}

fn measure_of(name: &str) -> Option<Measure> {
    name.strip_prefix(MEASURE)?.parse().ok()
}

/// The measures that have a directory, in their declared order. Names that are no measure are passed over.
pub(super) fn measures(storage: &dyn Storage) -> Result<Vec<Measure>, ArchiveError> {
    let mut measures: Vec<Measure> = storage.names("")?.iter().filter_map(|name| measure_of(name)).collect();
    measures.sort();
    Ok(measures)
}

/// The periods of a measure that have a partition, sorted; none where the measure has no directory.
pub(super) fn periods(storage: &dyn Storage, measure: Measure) -> Result<Vec<Period>, ArchiveError> {
    Ok(periods_of(&files(storage, measure)?))
}

/// All files of a measure; none where the measure has no directory.
pub(super) fn files(storage: &dyn Storage, measure: Measure) -> Result<Vec<Entry>, ArchiveError> {
    storage.list(&measure_directory(measure))
}

/// The periods whose partitions are among the files of a measure, sorted.
pub(super) fn periods_of(files: &[Entry]) -> Vec<Period> {
    let period = |file: &Entry| match kind(&file.key)? {
        Kind::Partition(_, period) => Some(period),
        _ => None,
    };
    let mut periods: Vec<Period> = files.iter().filter_map(period).collect();
    periods.sort();
    periods
}
