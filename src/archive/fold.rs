//! Folding: months that are partitions of their own become a part of their year's.
//!
//! In this order, so that whoever reads, and whenever a run is killed, finds every point:
//! 1. the year is written with the points of the months, where both have one with the month's;
//! 2. each month is replaced by one without points, unless it is no longer as it was read: then all is done again.
//!    A run that is about to write the month, and waits for nobody, sees that it is empty, and writes to the year;
//! 3. the empty month is removed.
//!
//! Readers lay the months that they find on the year, which changes nothing at any of these steps.

use super::{
    ArchiveError, layout,
    merge::merge,
    month::Month,
    partition::Partition,
    period::Period,
    storage::{Storage, update},
};
use crate::platform::Measure;

/// Another run has written a month between its reading and its removal: as often as this, it does nothing else.
const TRIES: usize = 8;

/// Puts months into the partition of their year, which need not be there. Whoever calls this has the archive to
/// itself where its storage has locks.
///
/// # Errors
/// A partition is damaged, or the storage refuses; no point is lost then, and the same call can be repeated.
pub(super) fn fold(
    storage: &dyn Storage,
    measure: Measure,
    year: u16,
    months: &[Month],
) -> Result<(), ArchiveError> {
    let mut left: Vec<Month> = months.to_vec();
    for _ in 0..TRIES {
        let mut folded = Vec::new();
        for month in left.drain(..) {
            match Partition::read(storage, measure, Period::Month(month)) {
                Ok(partition) => folded.push((month, partition)),
                // Another run has done the same.
                Err(ArchiveError::Gone { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        write_year(storage, measure, year, &folded)?;
        for (month, partition) in folded {
            if !remove(storage, measure, month, &partition)? {
                left.push(month);
            }
        }
        if left.is_empty() {
            return Ok(());
        }
    }
    // The months that are left lie on their year: nothing is lost, and the next append or tidying tries again.
    Ok(())
}

fn write_year(
    storage: &dyn Storage,
    measure: Measure,
    year: u16,
    months: &[(Month, Partition)],
) -> Result<(), ArchiveError> {
    let period = Period::Year(year);
    let key = layout::partition(measure, period);
    let path = storage.path(&key);
    update(storage, &key, |held| {
        let held =
            held.map(|bytes| Partition::decode(&path, &bytes, period)).transpose()?.unwrap_or_default();
        let mut is_changed = false;
        let folded = months.iter().fold(held, |year, (_, month)| {
            let (merged, counts) = merge(&year, &month.pieces());
            is_changed |= counts.changed();
            merged
        });
        let bytes = if is_changed { Some(folded.encode(&path)?) } else { None };
        Ok((bytes, ()))
    })
}

/// Removes a month whose points are in its year; `false` where it has other points by now.
fn remove(
    storage: &dyn Storage,
    measure: Measure,
    month: Month,
    folded: &Partition,
) -> Result<bool, ArchiveError> {
    let period = Period::Month(month);
    let key = layout::partition(measure, period);
    let path = storage.path(&key);
    let is_empty = update(storage, &key, |held| {
        let Some(bytes) = held else { return Ok((None, true)) };
        let held = Partition::decode(&path, &bytes, period)?;
        if held.is_empty() {
            return Ok((None, true));
        }
        if held != *folded {
            return Ok((None, false));
        }
        Ok((Some(Partition::default().encode(&path)?), true))
    })?;
    if is_empty {
        storage.remove(&key)?;
    }
    Ok(is_empty)
}
