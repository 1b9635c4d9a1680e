//! Registry: which id of a measure is which series of which source. It only grows.

use std::{
    collections::{BTreeMap, HashMap},
    path::Path,
};

use super::{
    ArchiveError,
    join::EARLIER_PULL,
    layout,
    parquet::{self, Cells},
    storage::{Storage, update},
};
use crate::platform::{Labels, Measure};

/// A series as one source answers it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Registered {
    /// The source's name; [`EARLIER_PULL`] where it was registered before the archive knew sources.
    pub(super) source: String,
    /// The series.
    pub(super) labels: Labels,
}

/// The series of a measure; a series' id is its place.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Registry {
    series: Vec<Registered>,
    ids: HashMap<Registered, u32>,
}

/// The column that schema version 1 had not.
const SOURCE: &str = "source";

/// How to go on without a registry: nobody knows whose the points are.
pub(super) const NEXT_STEP: &str = "put the file back from a backup; where there is none, run `mailtide archive verify --remove-damaged`, which puts \
     the measure aside, and `mailtide pull`";

impl Registry {
    /// Reads the registry of a measure; an empty one where the archive has never held the measure.
    pub(super) fn read(storage: &dyn Storage, measure: Measure) -> Result<Registry, ArchiveError> {
        let held = storage.read(&layout::registry(measure))?;
        Registry::decode(storage, measure, held.map(|held| held.bytes).as_deref())
    }

    /// Gives each series of a source its id; new ones are in the archive when this returns. Also tells how many are
    /// new.
    pub(super) fn assign(
        storage: &dyn Storage,
        measure: Measure,
        source: &str,
        series: &[&Labels],
    ) -> Result<(Vec<u32>, usize), ArchiveError> {
        let key = layout::registry(measure);
        update(storage, &key, |held| {
            let mut registry = Registry::decode(storage, measure, held.as_deref())?;
            let known = registry.len();
            let ids = series
                .iter()
                .map(|labels| Registered { source: source.to_owned(), labels: (*labels).clone() })
                .map(|series| registry.id(&series).or_else(|| registry.add(series)))
                .collect::<Option<Vec<u32>>>()
                .ok_or(ArchiveError::TooManySeries { measure })?;
            let new = registry.len() - known;
            let bytes = if new > 0 { Some(registry.encode(&storage.path(&key))?) } else { None };
            Ok((bytes, (ids, new)))
        })
    }

    /// Gives the registry of a measure its column `source`, which schema version 1 had not. One that is damaged
    /// stays as it is: whoever needs it is told.
    pub(super) fn migrate(storage: &dyn Storage, measure: Measure) -> Result<(), ArchiveError> {
        let key = layout::registry(measure);
        update(storage, &key, |held| {
            let earlier = held.filter(|bytes| parquet::decode(bytes).is_ok_and(|table| !table.has(SOURCE)));
            let registry = earlier.and_then(|bytes| Registry::from_parquet(&bytes).ok());
            Ok((registry.map(|registry| registry.encode(&storage.path(&key))).transpose()?, ()))
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
        if layout::periods(storage, measure)?.is_empty() {
            return Ok(Registry::default());
        }
        // Another run may have begun the measure just now, and a registry is written before any points. Where it
        // is truly missing, starting anew would give the ids of the points that are there to other series.
        match storage.read(&key)? {
            Some(held) => Registry::from_parquet(&held.bytes).map_err(damaged),
            None => Err(damaged("is missing, though there are points of its series".to_owned())),
        }
    }

    fn from_parquet(bytes: &[u8]) -> Result<Registry, String> {
        let table = parquet::decode(bytes)?;
        let (ids, labels) = (table.u32("id")?, table.text("labels")?);
        let sources =
            if table.has(SOURCE) { table.text(SOURCE)? } else { vec![EARLIER_PULL.to_owned(); ids.len()] };
        let mut registry = Registry::default();
        for ((id, text), source) in ids.into_iter().zip(labels).zip(sources) {
            let series = Registered { source, labels: labels_from_json(&text)? };
            if registry.add(series.clone()) != Some(id) {
                let Registered { source, labels } = series;
                return Err(format!(
                    "has {{{labels}}} of source {source:?} twice, or ids that are not in order"
                ));
            }
        }
        Ok(registry)
    }

    /// The bytes of a registry's file; `path` is for the error.
    fn encode(&self, path: &Path) -> Result<Vec<u8>, ArchiveError> {
        let encoding =
            |e: serde_json::Error| ArchiveError::Encoding { path: path.to_owned(), problem: e.to_string() };
        let labels = self.series.iter().map(|series| serde_json::to_string(&series.labels));
        let labels = labels.collect::<Result<_, _>>().map_err(encoding)?;
        let sources = self.series.iter().map(|series| series.source.clone()).collect();
        // `add` gives no id beyond u32.
        let ids = (0..=u32::MAX).take(self.len()).collect();
        let columns =
            vec![("id", Cells::U32(ids)), (SOURCE, Cells::Text(sources)), ("labels", Cells::Text(labels))];
        parquet::encode(path, columns)
    }

    /// The id of a series, if it has one.
    fn id(&self, series: &Registered) -> Option<u32> {
        self.ids.get(series).copied()
    }

    /// All series; the place of each is its id.
    pub(super) fn all(&self) -> &[Registered] {
        &self.series
    }

    /// Gives a new series the next id; `None` where it has one already, or there is none left.
    fn add(&mut self, series: Registered) -> Option<u32> {
        if self.ids.contains_key(&series) {
            return None;
        }
        let id = u32::try_from(self.len()).ok()?;
        self.series.push(series.clone());
        self.ids.insert(series, id);
        Some(id)
    }

    /// Whether an id is a series'.
    pub(super) fn knows(&self, id: u32) -> bool {
        usize::try_from(id).is_ok_and(|place| place < self.len())
    }

    /// How many series it knows.
    pub(super) fn len(&self) -> usize {
        self.series.len()
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

    fn registered(source: &str, labels: Labels) -> Registered {
        Registered { source: source.to_owned(), labels }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]
        #[test]
        fn any_labels_come_back_with_their_id(all in proptest::collection::btree_set(labels(), 1..20)) {
            let mut registry = Registry::default();
            let series = all.iter().flat_map(|labels| {
                [EARLIER_PULL, "graphite", "\"\n"].map(|source| registered(source, labels.clone()))
            });
            for (place, series) in series.enumerate() {
                prop_assert_eq!(registry.add(series.clone()), Some(place as u32));
                prop_assert_eq!(registry.add(series), None);
            }
            let bytes = registry.encode(Path::new("series.parquet")).unwrap();
            prop_assert_eq!(Registry::from_parquet(&bytes).unwrap(), registry);
        }
    }

    #[test]
    fn a_label_that_looks_like_the_checksum_is_left_alone() {
        let mut registry = Registry::default();
        registry.add(registered("p", Labels::from([("host", crate::archive::checksum::UNSEALED)])));
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
