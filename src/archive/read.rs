//! Reading: the partitions of a range, joined into one column a series.

use std::{collections::BTreeMap, ops::Range};

use rayon::prelude::*;

use super::{
    ArchiveError, Column, Disagreement, Extract,
    join::join_sources,
    layout,
    partition::Partition,
    period::{Period, overlay},
    registry::{self, Registered, Registry},
    storage::Storage,
};
use crate::{
    platform::{Labels, Measure},
    sources::Points,
};

/// A partition that was listed is only gone where months were made into a year just then, or are too old: each
/// happens to a month once.
const LISTINGS: usize = 5;

/// See [`super::Archive::extract`].
pub(super) fn extract(
    storage: &dyn Storage,
    measure: Measure,
    range: Range<i64>,
) -> Result<Extract, ArchiveError> {
    let mut partitions = partitions(storage, measure, &range);
    for _ in 1..LISTINGS {
        if !matches!(partitions, Err(ArchiveError::Gone { .. })) {
            break;
        }
        partitions = self::partitions(storage, measure, &range);
    }
    // After the partitions: an id that one of them has is in the registry by now.
    let registry = Registry::read(storage, measure)?;
    join(storage, measure, &registry, &partitions?, range)
}

/// The partitions that a range touches, ascending; none overlap.
fn partitions(
    storage: &dyn Storage,
    measure: Measure,
    range: &Range<i64>,
) -> Result<Vec<Partition>, ArchiveError> {
    let touches = |period: &Period| {
        let period = period.range();
        period.start < range.end && range.start < period.end
    };
    let periods: Vec<Period> = layout::periods(storage, measure)?.into_iter().filter(touches).collect();
    overlay(&periods)
        .par_iter()
        .map(|overlaid| Partition::read_overlaid(storage, measure, overlaid))
        .collect()
}

/// Joins partitions, ascending by time, into columns in the order of their labels.
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
    let mut answers: BTreeMap<&Labels, Vec<(String, Points)>> = BTreeMap::new();
    for (Registered { source, labels }, rows) in registry.all().iter().zip(&rows_of) {
        if rows.iter().any(|(_, rows)| !rows.is_empty()) {
            answers.entry(labels).or_default().push((source.clone(), concatenate(rows)));
        }
    }
    let (columns, disagreements): (Vec<Column>, Vec<Vec<Disagreement>>) = answers
        .into_par_iter()
        .map(|(labels, sources)| {
            let (points, disagreements) = join_sources(labels, sources);
            (Column { labels: labels.clone(), points }, disagreements)
        })
        .unzip();
    let disagreements = disagreements.into_iter().flatten().collect();
    Ok(Extract { measure, columns, disagreements })
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
        problem: format!("does not know the series {id} that a partition has points of"),
        next_step: registry::NEXT_STEP,
    }
}
