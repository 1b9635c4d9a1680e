//! The archive as a whole: what goes in comes out, whatever happens in between.

mod damage;
mod kill;
mod opening;
mod repeat;
mod round_trip;
mod size;
mod sources;
mod tidy;
mod verify;
mod version_1;
mod victim;

use std::{
    collections::BTreeMap,
    fs,
    ops::Range,
    path::{Path, PathBuf},
};

use super::{Archive, Extract, TableColumn};
use crate::{
    platform::{Labels, Measure, SeriesKey},
    sources::{Points, Samples},
};

/// 2026-03-01T00:00:00Z.
pub(super) const MARCH: i64 = 1_772_323_200;
/// 2026-04-01T00:00:00Z.
pub(super) const APRIL: i64 = 1_775_001_600;
pub(super) const HOUR: i64 = 3600;
/// The source that answered.
pub(super) const SOURCE: &str = "exports";
pub(super) const DAY: i64 = 24 * HOUR;

pub(super) fn samples(measure: Measure, host: &str, points: &[(i64, f64)]) -> Samples {
    let labels = Labels::from([("host", host)]);
    let mut samples = Samples { key: SeriesKey { measure, labels }, points: Points::default() };
    points.iter().for_each(|(time, value)| samples.points.push(*time, *value));
    samples
}

/// Hours from `start`, each with a value that tells its place.
pub(super) fn hours(measure: Measure, host: &str, start: i64, count: i64) -> Samples {
    let points: Vec<_> = (0..count).map(|hour| (start + hour * HOUR, hour as f64 + 0.5)).collect();
    samples(measure, host, &points)
}

/// What an archive of these samples must hold.
pub(super) type Model = BTreeMap<Measure, BTreeMap<Labels, BTreeMap<i64, f64>>>;

pub(super) fn model(samples: &[Samples]) -> Model {
    let mut model = Model::new();
    for sample in samples {
        for (time, value) in sample.points.iter() {
            let series = model.entry(sample.key.measure).or_default();
            series.entry(sample.key.labels.clone()).or_default().insert(time, value);
        }
    }
    model
}

fn as_model(extract: &Extract) -> BTreeMap<Labels, BTreeMap<i64, f64>> {
    let columns = extract.columns.iter();
    columns.map(|column| (column.labels.clone(), column.points.iter().collect())).collect()
}

/// Everything that the archive holds, by way of its extracts.
pub(super) fn held(archive: &Archive) -> Model {
    let measures = archive.measures().unwrap();
    measures.into_iter().map(|measure| (measure, as_model(&all(archive, measure)))).collect()
}

pub(super) fn all(archive: &Archive, measure: Measure) -> Extract {
    archive.extract(measure, ALL_TIME).unwrap()
}

const ALL_TIME: Range<i64> = i64::MIN..i64::MAX;

/// Every file below a directory, sorted.
fn files(directory: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { files.extend(self::files(&path)) } else { files.push(path) }
    }
    files.sort();
    files
}

fn assert_no_temporary_files(root: &Path) {
    let hidden = |path: &PathBuf| path.file_name().unwrap().to_string_lossy().starts_with('.');
    assert!(!files(root).iter().any(hidden), "temporary files are left");
}
