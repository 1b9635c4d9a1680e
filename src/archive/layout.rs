//! Layout: which file of the archive holds what.

use super::{
    ArchiveError,
    month::Month,
    storage::{Entry, Storage},
};
use crate::platform::Measure;

const MEASURE: &str = "measure=";
const MONTH: &str = "month=";
const POINTS: &str = "points.parquet";
const NOTES: &str = "notes";

/// The directory of a measure.
pub(super) fn measure_directory(measure: Measure) -> String {
    format!("{MEASURE}{measure}")
}

/// The registry of a measure's series.
pub(super) fn registry(measure: Measure) -> String {
    format!("{MEASURE}{measure}/series.parquet")
}

/// The points of a measure in a month.
pub(super) fn partition(measure: Measure, month: Month) -> String {
    format!("{MEASURE}{measure}/{MONTH}{month}/{POINTS}")
}

/// What other parts of the program have noted under a name.
pub(super) fn note(name: &str) -> String {
    format!("{NOTES}/{name}.json")
}

/// Whether a name in the archive's root is that of a directory with files of ours.
pub(super) fn is_directory(name: &str) -> bool {
    name == NOTES || measure_of(name).is_some()
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

/// The months of a measure that hold points, ascending; none where the measure has no directory.
pub(super) fn months(storage: &dyn Storage, measure: Measure) -> Result<Vec<Month>, ArchiveError> {
    Ok(months_of(measure, &files(storage, measure)?))
}

/// All files of a measure; none where the measure has no directory.
pub(super) fn files(storage: &dyn Storage, measure: Measure) -> Result<Vec<Entry>, ArchiveError> {
    storage.list(&measure_directory(measure))
}

/// The months whose points are among the files of a measure, ascending.
pub(super) fn months_of(measure: Measure, files: &[Entry]) -> Vec<Month> {
    let directory = measure_directory(measure);
    let month = |file: &Entry| {
        let name = file.key.strip_prefix(&directory)?.strip_prefix('/')?.strip_suffix(POINTS)?;
        name.strip_suffix('/')?.strip_prefix(MONTH)?.parse().ok()
    };
    let mut months: Vec<Month> = files.iter().filter_map(month).collect();
    months.sort();
    months
}
