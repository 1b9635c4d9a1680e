//! Appending: samples go to the partitions of their measures and months.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::{
    ArchiveError, layout,
    merge::{Counts, Piece, merge},
    month::Month,
    normalise::{months, normalise},
    partition::Partition,
    registry::Registry,
    storage::{Storage, update},
};
use crate::{
    platform::{Labels, Measure, SeriesKey},
    sources::{Points, Samples},
};

/// What an append has done.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Appended {
    /// Points at times that had none.
    pub points_new: u64,
    /// Points at times that had another value.
    pub points_replaced: u64,
    /// Points that the archive held already.
    pub points_same: u64,
    /// Series that the archive had not known.
    pub series_new: usize,
    /// Partitions (a measure and a month each) that were written.
    pub partitions: usize,
}

impl Appended {
    /// What two appends have done together.
    #[must_use]
    pub fn plus(self, other: Appended) -> Appended {
        Appended {
            points_new: self.points_new + other.points_new,
            points_replaced: self.points_replaced + other.points_replaced,
            points_same: self.points_same + other.points_same,
            series_new: self.series_new + other.series_new,
            partitions: self.partitions + other.partitions,
        }
    }
}

/// The new points of a series.
struct Incoming {
    measure: Measure,
    id: u32,
    points: Points,
}

/// The pieces of each partition, ascending by id.
type Pieces<'a> = BTreeMap<(Measure, Month), Vec<Piece<'a>>>;

/// See [`super::Archive::append`].
pub(super) fn append(storage: &dyn Storage, samples: Vec<Samples>) -> Result<Appended, ArchiveError> {
    let _lock = storage.exclusive()?;
    let series = gather(samples);
    check_times(&series)?;
    let (incoming, series_new) = register(storage, series)?;
    let pieces = cut(&incoming);
    let written: Vec<Counts> = pieces
        .par_iter()
        .map(|((measure, month), pieces)| write(storage, *measure, *month, pieces))
        .collect::<Result<_, _>>()?;
    let counts = written.iter().copied().fold(Counts::default(), Counts::plus);
    Ok(Appended {
        points_new: counts.new,
        points_replaced: counts.replaced,
        points_same: counts.same,
        series_new,
        partitions: written.iter().filter(|counts| counts.changed()).count(),
    })
}

/// Joins what was answered for each series; series without a point are left out.
fn gather(samples: Vec<Samples>) -> Vec<(SeriesKey, Points)> {
    let mut answers: BTreeMap<SeriesKey, Vec<Points>> = BTreeMap::new();
    for sample in samples {
        answers.entry(sample.key).or_default().push(sample.points);
    }
    answers
        .into_par_iter()
        .map(|(key, answers)| (key, normalise(answers)))
        .filter(|(_, points)| !points.is_empty())
        .collect()
}

/// Refuses times that lie in no month before anything is written. Times ascend: the ends tell.
fn check_times(series: &[(SeriesKey, Points)]) -> Result<(), ArchiveError> {
    for (key, points) in series {
        for time in points.times.first().into_iter().chain(points.times.last()) {
            if Month::containing(*time).is_none() {
                return Err(ArchiveError::Time { series: Box::new(key.clone()), time: *time });
            }
        }
    }
    Ok(())
}

/// Gives each series its id; the registries are in the archive when this returns. Also tells how many are new.
fn register(
    storage: &dyn Storage,
    series: Vec<(SeriesKey, Points)>,
) -> Result<(Vec<Incoming>, usize), ArchiveError> {
    let mut by_measure: BTreeMap<Measure, Vec<(Labels, Points)>> = BTreeMap::new();
    for (key, points) in series {
        by_measure.entry(key.measure).or_default().push((key.labels, points));
    }
    let (mut incoming, mut series_new) = (Vec::new(), 0);
    for (measure, series) in by_measure {
        let labels: Vec<&Labels> = series.iter().map(|(labels, _)| labels).collect();
        let (ids, new) = Registry::assign(storage, measure, &labels)?;
        let points = series.into_iter().map(|(_, points)| points);
        incoming.extend(ids.into_iter().zip(points).map(|(id, points)| Incoming { measure, id, points }));
        series_new += new;
    }
    incoming.sort_by_key(|series| (series.measure, series.id));
    Ok((incoming, series_new))
}

fn cut(incoming: &[Incoming]) -> Pieces<'_> {
    let mut pieces = Pieces::new();
    for Incoming { measure, id, points } in incoming {
        // `check_times` has refused every time that lies in no month.
        for (month, rows) in months(&points.times).unwrap_or_default() {
            pieces.entry((*measure, month)).or_default().push(Piece {
                id: *id,
                times: &points.times[rows.clone()],
                values: &points.values[rows],
            });
        }
    }
    pieces
}

/// Merges pieces into a partition; one whose content would not change is left alone.
fn write(
    storage: &dyn Storage,
    measure: Measure,
    month: Month,
    pieces: &[Piece<'_>],
) -> Result<Counts, ArchiveError> {
    let key = layout::partition(measure, month);
    let path = storage.path(&key);
    update(storage, &key, |held| {
        let old = held.map(|bytes| Partition::decode(&path, &bytes, month)).transpose()?.unwrap_or_default();
        let (merged, counts) = merge(&old, pieces);
        drop(old);
        let bytes = if counts.changed() { Some(merged.encode(&path)?) } else { None };
        Ok((bytes, counts))
    })
}
