//! Reading: the partitions of a range, joined into one column a series.

use std::ops::Range;

use rayon::prelude::*;

use super::{
    ArchiveError, Column, Extract, layout,
    month::Month,
    partition::Partition,
    registry::{self, Registry},
    storage::Storage,
};
use crate::{platform::Measure, sources::Points};

/// See [`super::Archive::extract`].
pub(super) fn extract(
    storage: &dyn Storage,
    measure: Measure,
    range: Range<i64>,
) -> Result<Extract, ArchiveError> {
    let months: Vec<Month> = layout::months(storage, measure)?
        .into_iter()
        .filter(|month| month.start() < range.end && range.start < month.end())
        .collect();
    let partitions: Vec<Partition> =
        months.par_iter().map(|month| Partition::read(storage, measure, *month)).collect::<Result<_, _>>()?;
    // After the partitions: an id that one of them has is in the registry by now.
    let registry = Registry::read(storage, measure)?;
    join(storage, measure, &registry, &partitions, range)
}

/// Joins partitions, ascending by month, into columns in the order of their labels.
pub(super) fn join(
    storage: &dyn Storage,
    measure: Measure,
    registry: &Registry,
    partitions: &[Partition],
    range: Range<i64>,
) -> Result<Extract, ArchiveError> {
    // Ids are places in the registry, so a list does for a map.
    let mut rows_of: Vec<Vec<(&Partition, Range<usize>)>> = vec![Vec::new(); registry.len()];
    for partition in partitions {
        for (id, rows) in partition.runs() {
            let rows = within(&partition.times, rows, &range);
            let place = usize::try_from(id).ok().and_then(|id| rows_of.get_mut(id));
            place.ok_or_else(|| unknown_id(storage, measure, id))?.push((partition, rows));
        }
    }
    let mut columns: Vec<Column> = (0..=u32::MAX)
        .zip(&rows_of)
        .filter_map(|(id, rows)| Some((registry.labels(id)?, rows)))
        .map(|(labels, rows)| Column { labels: labels.clone(), points: concatenate(rows) })
        .filter(|column| !column.points.is_empty())
        .collect();
    columns.sort_by(|a, b| a.labels.cmp(&b.labels));
    Ok(Extract { measure, columns })
}

/// The rows whose times lie in a range.
fn within(times: &[i64], rows: Range<usize>, range: &Range<i64>) -> Range<usize> {
    let run = &times[rows.clone()];
    let from = run.partition_point(|time| *time < range.start);
    let to = run.partition_point(|time| *time < range.end);
    rows.start + from..rows.start + to.max(from)
}

fn concatenate(rows: &[(&Partition, Range<usize>)]) -> Points {
    let length = rows.iter().map(|(_, rows)| rows.len()).sum();
    let mut points = Points { times: Vec::with_capacity(length), values: Vec::with_capacity(length) };
    for (partition, rows) in rows {
        points.times.extend_from_slice(&partition.times[rows.clone()]);
        points.values.extend_from_slice(&partition.values[rows.clone()]);
    }
    points
}

fn unknown_id(storage: &dyn Storage, measure: Measure, id: u32) -> ArchiveError {
    ArchiveError::Damaged {
        path: storage.path(&layout::registry(measure)),
        problem: format!("does not know the series {id} that a month has points of"),
        next_step: registry::NEXT_STEP,
    }
}
