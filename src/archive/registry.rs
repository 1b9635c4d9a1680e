//! Registry: which id of a measure is which series. It only grows.

use std::{
    collections::{BTreeMap, HashMap},
    path::Path,
};

use super::{
    ArchiveError, layout,
    parquet::{self, Cells},
    storage::{Storage, update},
};
use crate::platform::{Labels, Measure};

/// The series of a measure; a series' id is its place.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Registry {
    labels: Vec<Labels>,
    ids: HashMap<Labels, u32>,
}

/// How to go on without a registry: nobody knows whose the points are.
pub(super) const NEXT_STEP: &str =
    "put the file back from a backup, or remove its directory and run again on the exports of that measure";

impl Registry {
    /// Reads the registry of a measure; an empty one where the archive has never held the measure.
    pub(super) fn read(storage: &dyn Storage, measure: Measure) -> Result<Registry, ArchiveError> {
        let held = storage.read(&layout::registry(measure))?;
        Registry::decode(storage, measure, held.map(|held| held.bytes).as_deref())
    }

    /// Gives each series its id; new ones are in the archive when this returns. Also tells how many are new.
    pub(super) fn assign(
        storage: &dyn Storage,
        measure: Measure,
        series: &[&Labels],
    ) -> Result<(Vec<u32>, usize), ArchiveError> {
        let key = layout::registry(measure);
        update(storage, &key, |held| {
            let mut registry = Registry::decode(storage, measure, held.as_deref())?;
            let known = registry.len();
            let ids = series
                .iter()
                .map(|labels| registry.id(labels).or_else(|| registry.add(labels)))
                .collect::<Option<Vec<u32>>>()
                .ok_or(ArchiveError::TooManySeries { measure })?;
            let new = registry.len() - known;
            let bytes = if new > 0 { Some(registry.encode(&storage.path(&key))?) } else { None };
            Ok((bytes, (ids, new)))
        })
    }

    /// What a registry's file holds; `None` where there is no file.
    fn decode(
        storage: &dyn Storage,
        measure: Measure,
        bytes: Option<&[u8]>,
    ) -> Result<Registry, ArchiveError> {
        let key = layout::registry(measure);
        let damaged = |problem: String| ArchiveError::Damaged {
            path: storage.path(&key),
            problem,
            next_step: NEXT_STEP,
        };
        if let Some(bytes) = bytes {
            return Registry::from_parquet(bytes).map_err(damaged);
        }
        if layout::months(storage, measure)?.is_empty() {
            return Ok(Registry::default());
        }
        // Another run may have begun the measure just now, and a registry is written before any month. Where it
        // is truly missing, starting anew would give the ids of the points that are there to other series.
        match storage.read(&key)? {
            Some(held) => Registry::from_parquet(&held.bytes).map_err(damaged),
            None => Err(damaged("is missing, though there are points of its series".to_owned())),
        }
    }

    fn from_parquet(bytes: &[u8]) -> Result<Registry, String> {
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

    /// The bytes of a registry's file; `path` is for the error.
    fn encode(&self, path: &Path) -> Result<Vec<u8>, ArchiveError> {
        let encoding =
            |e: serde_json::Error| ArchiveError::Encoding { path: path.to_owned(), problem: e.to_string() };
        let texts =
            self.labels.iter().map(serde_json::to_string).collect::<Result<_, _>>().map_err(encoding)?;
        // `add` gives no id beyond u32.
        let ids = (0..=u32::MAX).take(self.labels.len()).collect();
        parquet::encode(path, vec![("id", Cells::U32(ids)), ("labels", Cells::Text(texts))])
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
            let mut registry = Registry::default();
            for (place, labels) in all.iter().enumerate() {
                prop_assert_eq!(registry.add(labels), Some(place as u32));
                prop_assert_eq!(registry.add(labels), None);
            }
            let bytes = registry.encode(Path::new("series.parquet")).unwrap();
            prop_assert_eq!(Registry::from_parquet(&bytes).unwrap(), registry);
        }
    }

    #[test]
    fn a_label_that_looks_like_the_checksum_is_left_alone() {
        let mut registry = Registry::default();
        registry.add(&Labels::from([("host", crate::archive::checksum::UNSEALED)]));
        let bytes = registry.encode(Path::new("series.parquet")).unwrap();
        assert_eq!(Registry::from_parquet(&bytes).unwrap(), registry);
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
