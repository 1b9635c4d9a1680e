//! Registry: which id of a measure is which series. It only grows.

use std::{
    collections::{BTreeMap, HashMap},
    fs, io,
    path::Path,
};

use super::{
    ArchiveError,
    atomic::{self, Interrupt},
    layout,
    parquet::{self, Cells},
};
use crate::platform::{Labels, Measure};

/// The series of a measure; a series' id is its place.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Registry {
    labels: Vec<Labels>,
    ids: HashMap<Labels, u32>,
}

/// Without the registry nobody knows whose the points are.
const NEXT_STEP: &str =
    "put the file back from a backup, or remove its directory and run again on the exports of that measure";

impl Registry {
    /// Reads the registry of a measure; an empty one where the archive has never held the measure.
    pub(super) fn read(root: &Path, measure: Measure) -> Result<Registry, ArchiveError> {
        let path = layout::registry(root, measure);
        let damaged =
            |problem: String| ArchiveError::Damaged { path: path.clone(), problem, next_step: NEXT_STEP };
        match fs::read(&path) {
            Ok(bytes) => Registry::decode(&bytes).map_err(damaged),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                // Starting anew would give the ids of the points that are there to other series.
                if layout::months(root, measure)?.is_empty() {
                    Ok(Registry::default())
                } else {
                    Err(damaged("is missing, though there are points of its series".to_owned()))
                }
            }
            Err(error) => Err(ArchiveError::io(&path, "read")(error)),
        }
    }

    fn decode(bytes: &[u8]) -> Result<Registry, String> {
        let table = parquet::decode(bytes)?;
        let mut registry = Registry::default();
        for (id, text) in table.u32("id")?.into_iter().zip(table.text("labels")?) {
            let labels = labels_from_json(&text)?;
            if registry.add(&labels) != Some(id) {
                return Err(format!("has the series {{{labels}}} twice, or ids that are not in order"));
            }
        }
        Ok(registry)
    }

    /// Writes the registry of a measure.
    pub(super) fn write(
        &self,
        root: &Path,
        measure: Measure,
        interrupt: Interrupt<'_>,
    ) -> Result<(), ArchiveError> {
        let path = layout::registry(root, measure);
        let encoding =
            |e: serde_json::Error| ArchiveError::Encoding { path: path.clone(), problem: e.to_string() };
        let texts =
            self.labels.iter().map(serde_json::to_string).collect::<Result<_, _>>().map_err(encoding)?;
        // `add` gives no id beyond u32.
        let ids = (0..=u32::MAX).take(self.labels.len()).collect();
        let columns = vec![("id", Cells::U32(ids)), ("labels", Cells::Text(texts))];
        atomic::replace(&path, &parquet::encode(&path, columns)?, interrupt)
    }

    /// The id of a series, if it has one.
    pub(super) fn id(&self, labels: &Labels) -> Option<u32> {
        self.ids.get(labels).copied()
    }

    /// The series of an id.
    pub(super) fn labels(&self, id: u32) -> Option<&Labels> {
        self.labels.get(usize::try_from(id).ok()?)
    }

    /// Gives a new series the next id; `None` where it has one already, or there is none left.
    pub(super) fn add(&mut self, labels: &Labels) -> Option<u32> {
        if self.ids.contains_key(labels) {
            return None;
        }
        let id = u32::try_from(self.labels.len()).ok()?;
        self.labels.push(labels.clone());
        self.ids.insert(labels.clone(), id);
        Some(id)
    }

    /// How many series it knows.
    pub(super) fn len(&self) -> usize {
        self.labels.len()
    }
}

/// Labels are written as a JSON object of strings, sorted by name.
fn labels_from_json(text: &str) -> Result<Labels, String> {
    let pairs: BTreeMap<String, String> = serde_json::from_str(text)
        .map_err(|e| format!("has labels that are no JSON object of strings ({e})"))?;
    let mut labels = Labels::new();
    for (name, value) in pairs {
        labels.set(name, value);
    }
    Ok(labels)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::archive::atomic::NOT_INTERRUPTED;

    fn labels() -> impl Strategy<Value = Labels> {
        proptest::collection::btree_map(any::<String>(), any::<String>(), 0..5).prop_map(|pairs| {
            let mut labels = Labels::new();
            for (name, value) in pairs {
                labels.set(name, value);
            }
            labels
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]
        #[test]
        fn any_labels_come_back_with_their_id(all in proptest::collection::btree_set(labels(), 1..20)) {
            let root = tempfile::tempdir().unwrap();
            let mut registry = Registry::default();
            for (place, labels) in all.iter().enumerate() {
                prop_assert_eq!(registry.add(labels), Some(place as u32));
                prop_assert_eq!(registry.add(labels), None);
            }
            fs::create_dir(layout::measure_directory(root.path(), Measure::DiskUsed)).unwrap();
            registry.write(root.path(), Measure::DiskUsed, NOT_INTERRUPTED).unwrap();
            prop_assert_eq!(Registry::read(root.path(), Measure::DiskUsed).unwrap(), registry);
        }
    }

    #[test]
    fn labels_are_json_for_other_readers() {
        let labels = Labels::from([("volume", "/var/\"mail\""), ("host", "ms1\n")]);
        let text = serde_json::to_string(&labels).unwrap();
        assert_eq!(text, r#"{"host":"ms1\n","volume":"/var/\"mail\""}"#);
        assert_eq!(labels_from_json(&text), Ok(labels));
        assert!(labels_from_json("[]").is_err());
    }
}
