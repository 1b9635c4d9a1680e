//! Pieces: a range cut so that each piece is answered whole, and the readings of the pieces put together again.

use std::{collections::HashMap, ops::Range};

use crate::sources::{FileReading, live::month::next_month};

/// The next multiple of `step` that is not before a time.
fn up(time: i64, step: i64) -> i64 {
    time.div_euclid(step).saturating_add(i64::from(time.rem_euclid(step) != 0)).saturating_mul(step)
}

/// The multiples of `step` in a range as ranges of at most `most` of them, ascending, none with multiples in two
/// months (UTC). Empty where the range holds none.
pub(super) fn pieces(range: &Range<i64>, step: i64, most: usize) -> Vec<Range<i64>> {
    let step = step.max(1);
    let longest = i64::try_from(most.max(1)).unwrap_or(i64::MAX).saturating_mul(step);
    let (mut start, end) = (up(range.start, step), up(range.end, step));
    let mut pieces = Vec::new();
    while start < end {
        let month = next_month(start).map_or(end, |month| up(month, step));
        let piece = start..end.min(month).min(start.saturating_add(longest));
        start = piece.end;
        pieces.push(piece);
    }
    pieces
}

/// How many multiples of `step` a range holds whose ends are such multiples.
pub(super) fn points(range: &Range<i64>, step: i64) -> usize {
    let steps = range.end.saturating_sub(range.start).max(0) / step.max(1);
    usize::try_from(steps).unwrap_or(usize::MAX)
}

/// Adds the reading of the next piece; the number of distinct series is the caller's to know.
pub(super) fn join(whole: &mut FileReading, piece: FileReading) {
    let mut places: HashMap<_, _> =
        whole.samples.iter().enumerate().map(|(at, samples)| (samples.key.clone(), at)).collect();
    for samples in piece.samples {
        let next = whole.samples.len();
        let at = *places.entry(samples.key.clone()).or_insert(next);
        match whole.samples.get_mut(at) {
            Some(known) => {
                known.points.times.extend(samples.points.times);
                known.points.values.extend(samples.points.values);
            }
            None => whole.samples.push(samples),
        }
    }
    let (report, more) = (&mut whole.report, piece.report);
    report.format = report.format.or(more.format);
    report.bytes += more.bytes;
    report.points += more.points;
    report.holes += more.holes;
    add_new(&mut report.not_read, more.not_read);
    add_new(&mut report.warnings, more.warnings);
    add_new(&mut report.unrecognised, more.unrecognised);
}

fn add_new<T: PartialEq>(to: &mut Vec<T>, more: Vec<T>) {
    for line in more {
        if !to.contains(&line) {
            to.push(line);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_piece_ends_with_its_month_and_at_its_most_points() {
        // 2026-10-31 22:00 to 2026-11-01 03:00 UTC by the hour: date -u -d 2026-11-01 +%s is 1793491200.
        let november = 1_793_491_200;
        let range = november - 2 * 3600..november + 3 * 3600;
        assert_eq!(
            pieces(&range, 3600, 2),
            [november - 7200..november, november..november + 7200, november + 7200..november + 10_800]
        );
        assert_eq!(pieces(&(november + 1..november + 3600), 3600, 2), []);
        let only = november + 3600..november + 7200;
        assert_eq!(pieces(&(november + 1..november + 3601), 3600, 2), vec![only.clone()]);
        assert_eq!(points(&only, 3600), 1);
    }

    proptest! {
        #[test]
        fn each_multiple_of_the_step_is_asked_for_once(
            start in -10_000_000_i64..4_000_000_000,
            length in 0_i64..20_000_000,
            step in prop::sample::select(vec![60_i64, 300, 3600, 25_200, 86_400]),
            most in 1_usize..3000,
        ) {
            let range = start..start + length;
            let mut asked = Vec::new();
            for piece in pieces(&range, step, most) {
                prop_assert!(points(&piece, step) <= most);
                let times: Vec<i64> = (piece.start..piece.end).step_by(step as usize).collect();
                prop_assert!(next_month(times[0]) == next_month(times[times.len() - 1]));
                asked.extend(times);
            }
            let first = (range.start..).find(|t| t.rem_euclid(step) == 0).unwrap_or(range.end);
            let wanted: Vec<i64> = (first..range.end).step_by(step as usize).collect();
            prop_assert_eq!(asked, wanted);
        }
    }
}
