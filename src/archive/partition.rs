//! A partition: the points of one measure in one month.

use std::{ops::Range, path::Path};

use super::{
    ArchiveError, layout,
    month::Month,
    parquet::{self, Cells},
    storage::Storage,
};
use crate::platform::Measure;

/// Points of several series, ascending by id, then time; no time twice in a series; values finite.
/// The columns are equally long.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Partition {
    /// Ids of the registry.
    pub(super) ids: Vec<u32>,
    /// Seconds since 1970-01-01 UTC.
    pub(super) times: Vec<i64>,
    /// In the measure's unit.
    pub(super) values: Vec<f64>,
}

/// How to go on without a partition.
const NEXT_STEP: &str = "remove the file and run again on the exports of that month; nothing else is lost";

impl Partition {
    /// Reads the partition of a month, and checks that it is in order and within the month.
    pub(super) fn read(
        storage: &dyn Storage,
        measure: Measure,
        month: Month,
    ) -> Result<Partition, ArchiveError> {
        let key = layout::partition(measure, month);
        let path = storage.path(&key);
        match storage.read(&key)? {
            Some(held) => Partition::decode(&path, &held.bytes, month),
            None => Err(ArchiveError::Gone { path }),
        }
    }

    /// What a partition's file holds; `path` is for the error.
    pub(super) fn decode(path: &Path, bytes: &[u8], month: Month) -> Result<Partition, ArchiveError> {
        Partition::from_parquet(bytes, month).map_err(|problem| ArchiveError::Damaged {
            path: path.to_owned(),
            problem,
            next_step: NEXT_STEP,
        })
    }

    fn from_parquet(bytes: &[u8], month: Month) -> Result<Partition, String> {
        let table = parquet::decode(bytes)?;
        let partition =
            Partition { ids: table.u32("id")?, times: table.i64("time")?, values: table.f64("value")? };
        let Partition { ids, times, values } = &partition;
        let ascends = || {
            let next = ids.iter().zip(times).skip(1);
            ids.iter().zip(times).zip(next).all(|(point, next)| point < next)
        };
        if !ascends() {
            return Err("has points that are out of order".to_owned());
        }
        let month = month.start()..month.end();
        if !times.iter().all(|time| month.contains(time)) || !values.iter().all(|value| value.is_finite()) {
            return Err("has points that cannot be of its month".to_owned());
        }
        Ok(partition)
    }

    /// The bytes of a partition's file; `path` is for the error.
    pub(super) fn encode(self, path: &Path) -> Result<Vec<u8>, ArchiveError> {
        let columns = vec![
            ("id", Cells::U32(self.ids)),
            ("time", Cells::I64(self.times)),
            ("value", Cells::F64(self.values)),
        ];
        parquet::encode(path, columns)
    }

    /// How many points it has.
    pub(super) fn len(&self) -> usize {
        self.ids.len()
    }

    /// The rows of the series that begins at row `from`.
    pub(super) fn run(&self, from: usize) -> Option<(u32, Range<usize>)> {
        let rest = self.ids.get(from..)?;
        let id = *rest.first()?;
        Some((id, from..from + rest.partition_point(|other| *other == id)))
    }

    /// The rows of each series, ascending by id.
    pub(super) fn runs(&self) -> impl Iterator<Item = (u32, Range<usize>)> {
        let mut from = 0;
        std::iter::from_fn(move || {
            let (id, rows) = self.run(from)?;
            from = rows.end;
            Some((id, rows))
        })
    }

    /// Adds points after the last one.
    pub(super) fn extend(&mut self, id: u32, times: &[i64], values: &[f64]) {
        self.ids.resize(self.ids.len() + times.len(), id);
        self.times.extend_from_slice(times);
        self.values.extend_from_slice(values);
    }

    /// Makes room for as many more points.
    pub(super) fn reserve(&mut self, points: usize) {
        self.ids.reserve(points);
        self.times.reserve(points);
        self.values.reserve(points);
    }
}
