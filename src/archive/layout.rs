//! Layout: which file of the archive holds what.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use super::{ArchiveError, month::Month};
use crate::platform::Measure;

const MEASURE: &str = "measure=";
const MONTH: &str = "month=";
const POINTS: &str = "points.parquet";

/// The directory of a measure.
pub(super) fn measure_directory(root: &Path, measure: Measure) -> PathBuf {
    root.join(format!("{MEASURE}{measure}"))
}

/// The registry of a measure's series.
pub(super) fn registry(root: &Path, measure: Measure) -> PathBuf {
    measure_directory(root, measure).join("series.parquet")
}

/// The points of a measure in a month.
pub(super) fn partition(root: &Path, measure: Measure, month: Month) -> PathBuf {
    measure_directory(root, measure).join(format!("{MONTH}{month}")).join(POINTS)
}

/// The measures that have a directory, in their declared order. Names that are no measure are passed over.
pub(super) fn measures(root: &Path) -> Result<Vec<Measure>, ArchiveError> {
    let mut measures: Vec<Measure> = names(root)?
        .iter()
        .filter_map(|name| name.strip_prefix(MEASURE).and_then(|name| name.parse().ok()))
        .collect();
    measures.sort();
    Ok(measures)
}

/// The months of a measure that hold points, ascending; none where the measure has no directory.
pub(super) fn months(root: &Path, measure: Measure) -> Result<Vec<Month>, ArchiveError> {
    let mut months: Vec<Month> = names(&measure_directory(root, measure))?
        .iter()
        .filter_map(|name| name.strip_prefix(MONTH).and_then(|name| name.parse().ok()))
        .filter(|month| partition(root, measure, *month).exists())
        .collect();
    months.sort();
    Ok(months)
}

/// The names in a directory that are valid UTF-8; none where there is no such directory.
pub(super) fn names(directory: &Path) -> Result<Vec<String>, ArchiveError> {
    let entries = match fs::read_dir(directory) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(ArchiveError::io(directory, "list")(error)),
    };
    let mut names = Vec::new();
    for entry in entries {
        let entry = entry.map_err(ArchiveError::io(directory, "list"))?;
        names.extend(entry.file_name().into_string());
    }
    Ok(names)
}
