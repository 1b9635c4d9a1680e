//! Merging: the points of a partition and those that come to it.

use std::cmp::Ordering;

use super::partition::Partition;

/// Points of one series for one partition; times ascend and are unique.
#[derive(Debug, Clone, Copy)]
pub(super) struct Piece<'a> {
    /// The series' id.
    pub(super) id: u32,
    /// Seconds since 1970-01-01 UTC.
    pub(super) times: &'a [i64],
    /// As many finite values.
    pub(super) values: &'a [f64],
}

/// What came of the points of some pieces.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Counts {
    /// At a time that had none.
    pub(super) new: u64,
    /// At a time that had another value.
    pub(super) replaced: u64,
    /// At a time that had the same value.
    pub(super) same: u64,
}

impl Counts {
    /// Both together.
    pub(super) fn plus(self, other: Counts) -> Counts {
        Counts {
            new: self.new + other.new,
            replaced: self.replaced + other.replaced,
            same: self.same + other.same,
        }
    }

    /// Whether the partition is another than before.
    pub(super) fn changed(self) -> bool {
        self.new > 0 || self.replaced > 0
    }
}

/// Merges pieces, ascending by id and one for each, into a partition; linear in both.
pub(super) fn merge(old: &Partition, pieces: &[Piece<'_>]) -> (Partition, Counts) {
    let mut merged = Partition::default();
    merged.reserve(old.len() + pieces.iter().map(|piece| piece.times.len()).sum::<usize>());
    let mut counts = Counts::default();
    let mut runs = old.runs().peekable();
    for piece in pieces {
        while let Some((id, rows)) = runs.next_if(|(id, _)| *id < piece.id) {
            merged.extend(id, &old.times[rows.clone()], &old.values[rows]);
        }
        let old_rows = runs.next_if(|(id, _)| *id == piece.id).map_or(0..0, |(_, rows)| rows);
        let held = Piece { id: piece.id, times: &old.times[old_rows.clone()], values: &old.values[old_rows] };
        counts = counts.plus(merge_series(&mut merged, held, *piece));
    }
    for (id, rows) in runs {
        merged.extend(id, &old.times[rows.clone()], &old.values[rows]);
    }
    (merged, counts)
}

fn merge_series(merged: &mut Partition, held: Piece<'_>, new: Piece<'_>) -> Counts {
    let mut counts = Counts::default();
    let (mut i, mut j) = (0, 0);
    while i < held.times.len() && j < new.times.len() {
        match held.times[i].cmp(&new.times[j]) {
            Ordering::Less => {
                // Usually the new points begin where the held ones end: take those before in one go.
                let before = held.times[i..].partition_point(|time| *time < new.times[j]);
                merged.extend(held.id, &held.times[i..i + before], &held.values[i..i + before]);
                i += before;
            }
            Ordering::Greater => {
                merged.extend(new.id, &new.times[j..=j], &new.values[j..=j]);
                counts.new += 1;
                j += 1;
            }
            Ordering::Equal => {
                merged.extend(new.id, &new.times[j..=j], &new.values[j..=j]);
                // Both are finite, and there is one zero.
                if held.values[i] == new.values[j] {
                    counts.same += 1;
                } else {
                    counts.replaced += 1;
                }
                i += 1;
                j += 1;
            }
        }
    }
    merged.extend(held.id, &held.times[i..], &held.values[i..]);
    merged.extend(new.id, &new.times[j..], &new.values[j..]);
    counts.new += (new.times.len() - j) as u64;
    counts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn partition(points: &[(u32, i64, f64)]) -> Partition {
        let mut partition = Partition::default();
        points.iter().for_each(|(id, time, value)| partition.extend(*id, &[*time], &[*value]));
        partition
    }

    #[test]
    fn new_replaced_and_same_points_are_told_apart() {
        let old = partition(&[(1, 10, 1.0), (1, 20, 2.0), (1, 30, 3.0), (4, 10, 4.0), (9, 10, 9.0)]);
        let pieces = [
            Piece { id: 0, times: &[5], values: &[0.5] },
            Piece { id: 1, times: &[10, 15, 30, 40], values: &[1.0, 1.5, 3.5, 4.0] },
            Piece { id: 5, times: &[1, 2], values: &[5.1, 5.2] },
            Piece { id: 9, times: &[5], values: &[8.0] },
        ];
        let (merged, counts) = merge(&old, &pieces);
        assert_eq!(
            merged,
            partition(&[
                (0, 5, 0.5),
                (1, 10, 1.0),
                (1, 15, 1.5),
                (1, 20, 2.0),
                (1, 30, 3.5),
                (1, 40, 4.0),
                (4, 10, 4.0),
                (5, 1, 5.1),
                (5, 2, 5.2),
                (9, 5, 8.0),
                (9, 10, 9.0),
            ])
        );
        assert_eq!(counts, Counts { new: 6, replaced: 1, same: 1 });
    }

    #[test]
    fn the_same_points_change_nothing() {
        let old = partition(&[(1, 10, 1.0), (1, 20, 2.0)]);
        let (merged, counts) = merge(&old, &[Piece { id: 1, times: &[10, 20], values: &[1.0, 2.0] }]);
        assert_eq!(merged, old);
        assert!(!counts.changed());
        assert_eq!(counts.same, 2);
    }
}
