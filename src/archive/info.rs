//! What an archive holds: series, spans, gaps, bytes.

use std::ops::Range;

use rayon::prelude::*;
use serde::Serialize;

use super::{ArchiveError, Column, layout, partition::Partition, read, registry::Registry, storage::Storage};
use crate::platform::Measure;

/// What an archive holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ArchiveInfo {
    /// Each measure that holds points.
    pub measures: Vec<MeasureInfo>,
    /// Size of their files.
    pub bytes: u64,
}

/// What an archive holds of a measure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MeasureInfo {
    /// Which.
    pub measure: Measure,
    /// Series that have points.
    pub series: usize,
    /// Their points.
    pub points: u64,
    /// The oldest point, seconds since 1970-01-01 UTC.
    pub first: Option<i64>,
    /// The newest point, seconds since 1970-01-01 UTC.
    pub last: Option<i64>,
    /// Months that have points.
    pub months: usize,
    /// Holes longer than three times the median step of their series, over all series. What a damaged
    /// month holds cannot be seen and counts as a hole.
    pub gaps: u64,
    /// The longest of them, seconds.
    pub longest_gap_seconds: Option<i64>,
    /// Size of the measure's files.
    pub bytes: u64,
    /// What is wrong with files that could not be read, and how to mend it.
    pub damaged: Vec<String>,
}

/// A step longer than this many median steps is a gap: one missed scrape, or one late, is not.
const GAP_STEPS: i64 = 3;

/// See [`super::Archive::info`].
pub(super) fn info(storage: &dyn Storage) -> Result<ArchiveInfo, ArchiveError> {
    let mut measures = Vec::new();
    for measure in layout::measures(storage)? {
        let info = measure_info(storage, measure)?;
        if info.months > 0 {
            measures.push(info);
        }
    }
    let bytes = measures.iter().map(|measure| measure.bytes).sum();
    Ok(ArchiveInfo { measures, bytes })
}

fn measure_info(storage: &dyn Storage, measure: Measure) -> Result<MeasureInfo, ArchiveError> {
    let files = layout::files(storage, measure)?;
    let months = layout::months_of(measure, &files);
    let read: Vec<_> = months.par_iter().map(|month| Partition::read(storage, measure, *month)).collect();
    let (mut partitions, mut damaged) = (Vec::with_capacity(read.len()), Vec::new());
    for partition in read {
        match partition {
            Ok(partition) => partitions.push(partition),
            Err(error) => damaged.push(error.to_string()),
        }
    }
    let points = partitions.iter().map(|partition| partition.len() as u64).sum();
    let columns = match Registry::read(storage, measure)
        .and_then(|registry| read::join(storage, measure, &registry, &partitions, ALL_TIME))
    {
        Ok(extract) => extract.columns,
        Err(error) => {
            damaged.push(error.to_string());
            Vec::new()
        }
    };
    let gaps: Vec<Gaps> = columns.par_iter().map(|column| gaps(&column.points.times)).collect();
    Ok(MeasureInfo {
        measure,
        series: columns.len(),
        points,
        first: columns.iter().filter_map(first).min(),
        last: columns.iter().filter_map(last).max(),
        months: months.len(),
        gaps: gaps.iter().map(|gaps| gaps.count).sum(),
        longest_gap_seconds: gaps.iter().filter_map(|gaps| gaps.longest).max(),
        bytes: files.iter().map(|file| file.bytes).sum(),
        damaged,
    })
}

/// No point has the last second that there is: months end with the year 9999.
const ALL_TIME: Range<i64> = i64::MIN..i64::MAX;

fn first(column: &Column) -> Option<i64> {
    column.points.times.first().copied()
}

fn last(column: &Column) -> Option<i64> {
    column.points.times.last().copied()
}

/// The gaps of one series.
#[derive(Debug, PartialEq)]
struct Gaps {
    count: u64,
    /// Seconds.
    longest: Option<i64>,
}

/// The gaps between times that ascend (years 0 to 9999, so differences do not overflow).
fn gaps(times: &[i64]) -> Gaps {
    let steps: Vec<i64> = times.windows(2).map(|pair| pair[1] - pair[0]).collect();
    if steps.is_empty() {
        return Gaps { count: 0, longest: None };
    }
    let mut ordered = steps.clone();
    let (_, median, _) = ordered.select_nth_unstable((steps.len() - 1) / 2);
    let limit = median.saturating_mul(GAP_STEPS);
    let longer = steps.iter().copied().filter(|step| *step > limit);
    Gaps { count: longer.clone().count() as u64, longest: longer.max() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gap_is_longer_than_three_median_steps() {
        // Steps 60, 60, 180 (no gap: exactly three), 60, 181, 60, 600; their median is 60.
        let times = [0, 60, 120, 300, 360, 541, 601, 1201];
        assert_eq!(gaps(&times), Gaps { count: 2, longest: Some(600) });
        assert_eq!(gaps(&[]), Gaps { count: 0, longest: None });
        assert_eq!(gaps(&[5]), Gaps { count: 0, longest: None });
    }
}
