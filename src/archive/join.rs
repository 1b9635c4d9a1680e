//! Joining: one series that several sources answered becomes one, and what they disagree in is told.
//!
//! The finer source wins, because a coarser one's points are mostly roll-ups of the same values. A coarser
//! source fills what the finer ones lack, such as the years before them.

use std::ops::Range;

use super::step::median_step;
use crate::{platform::Labels, sources::Points};

/// The source of points that were held before the archive knew sources: an earlier pull's.
pub const EARLIER_PULL: &str = "";

/// Two sources that tell different things of one series, over one range.
#[derive(Debug, Clone, PartialEq)]
pub struct Disagreement {
    /// The series.
    pub labels: Labels,
    /// The source whose points were taken; [`EARLIER_PULL`] where none is known.
    pub finer: String,
    /// The source whose points were held against them; [`EARLIER_PULL`] where none is known.
    pub coarser: String,
    /// Points of the coarser source that have points of the finer one around them.
    pub compared: u64,
    /// How many of these lie outside what the finer source has around them.
    pub differing: u64,
    /// By how much those lie outside, as a share of the larger of both values: their median, above 0, at most 2.
    pub median_difference: f64,
    /// The first of them, seconds since 1970-01-01 UTC.
    pub first: i64,
    /// The last of them, seconds since 1970-01-01 UTC.
    pub last: i64,
}

/// A point this far outside the finer points around it (as a share of the larger of both values) still agrees with
/// them: exporters and roll-ups round, and two sources do not look at the same second. No order for hardware turns
/// on one hundredth.
const TOLERANCE: f64 = 0.01;

struct Source {
    name: String,
    points: Points,
    /// Seconds; unknown where there is one point only.
    step: Option<i64>,
}

impl Source {
    /// Finer before coarser; of equal steps a named source before an earlier pull, then by name.
    fn rank(&self) -> (bool, Option<i64>, bool, &str) {
        (self.step.is_none(), self.step, self.name == EARLIER_PULL, &self.name)
    }
}

/// Joins what sources answered for one series. The times of each ascend and are unique, and so do those of the
/// answer. Sources are ranked by their median step. A point is taken where no finer source has one less than the
/// coarser source's step away: whether it stands for the time before it or behind it, nothing finer covers that
/// time as a whole.
pub(super) fn join_sources(
    labels: &Labels,
    mut sources: Vec<(String, Points)>,
) -> (Points, Vec<Disagreement>) {
    if sources.len() < 2 {
        return (sources.pop().map(|(_, points)| points).unwrap_or_default(), Vec::new());
    }
    let mut ranked: Vec<Source> = sources
        .into_iter()
        .map(|(name, points)| Source { name, step: median_step(&points.times), points })
        .filter(|source| !source.points.is_empty())
        .collect();
    ranked.sort_by(|a, b| a.rank().cmp(&b.rank()));
    let mut disagreements = Vec::new();
    let mut fillings = Vec::new();
    for (place, coarser) in ranked.iter().enumerate().skip(1) {
        let mut covered = vec![false; coarser.points.len()];
        for finer in &ranked[..place] {
            disagreements.extend(compare(labels, finer, coarser, &mut covered));
        }
        let points = coarser.points.iter().zip(covered);
        fillings.push(points.filter(|(_, covered)| !covered).map(|(point, _)| point).collect::<Points>());
    }
    let finest = ranked.into_iter().next().map(|source| source.points).unwrap_or_default();
    (fillings.into_iter().fold(finest, fill), disagreements)
}

/// Holds each point of the coarser source against the finer ones around it, and marks it as covered by them.
fn compare(labels: &Labels, finer: &Source, coarser: &Source, covered: &mut [bool]) -> Option<Disagreement> {
    // A single point has no step: the finer source's then says what is near. Equal times are always near.
    let reach = coarser.step.or(finer.step).unwrap_or(1).max(1);
    let (mut compared, mut differences, mut times) = (0, Vec::new(), Vec::new());
    let around = windows(&finer.points.times, &coarser.points.times, reach);
    // One system stamps a step with its end, another with its start: the points a whole step away count as well.
    let wider = windows(&finer.points.times, &coarser.points.times, reach.saturating_add(1));
    for (((window, wider), (time, value)), covered) in
        around.zip(wider).zip(coarser.points.iter()).zip(covered)
    {
        if window.is_empty() {
            continue;
        }
        let near = &finer.points.values[wider];
        *covered = true;
        compared += 1;
        let difference = outside(value, near);
        if difference > TOLERANCE {
            differences.push(difference);
            times.push(time);
        }
    }
    let (first, last) = (*times.first()?, *times.last()?);
    let middle = (differences.len() - 1) / 2;
    let (_, median, _) = differences.select_nth_unstable_by(middle, f64::total_cmp);
    Some(Disagreement {
        labels: labels.clone(),
        finer: finer.name.clone(),
        coarser: coarser.name.clone(),
        compared,
        median_difference: *median,
        differing: times.len() as u64,
        first,
        last,
    })
}

/// The rows of `times` that lie less than `reach` seconds from each of `centres`; both ascend.
fn windows<'a>(
    times: &'a [i64],
    centres: &'a [i64],
    reach: i64,
) -> impl Iterator<Item = Range<usize>> + use<'a> {
    let (mut from, mut to) = (0, 0);
    centres.iter().map(move |centre| {
        from += times[from..].iter().take_while(|time| **time <= centre.saturating_sub(reach)).count();
        to = to.max(from);
        to += times[to..].iter().take_while(|time| **time < centre.saturating_add(reach)).count();
        from..to
    })
}

/// How far a value lies outside the span of others, as a share of the larger of it and the span's nearer end.
fn outside(value: f64, others: &[f64]) -> f64 {
    let low = others.iter().copied().fold(f64::INFINITY, f64::min);
    let high = others.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let nearest = value.max(low).min(high);
    let scale = value.abs().max(nearest.abs());
    // Each over the scale first: a difference of two large values may be no number.
    if scale > 0.0 { (value / scale - nearest / scale).abs() } else { 0.0 }
}

/// Merges two columns that ascend and share no time.
fn fill(joined: Points, filling: Points) -> Points {
    if filling.is_empty() {
        return joined;
    }
    let mut merged = Points {
        times: Vec::with_capacity(joined.len() + filling.len()),
        values: Vec::with_capacity(joined.len() + filling.len()),
    };
    let mut fillings = filling.iter().peekable();
    for (time, value) in joined.iter() {
        while let Some((time, value)) = fillings.next_if(|(filled, _)| *filled < time) {
            merged.push(time, value);
        }
        merged.push(time, value);
    }
    fillings.for_each(|(time, value)| merged.push(time, value));
    merged
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const HOUR: i64 = 3600;

    fn steps(start: i64, step: i64, count: i64, value: f64) -> Points {
        (0..count).map(|i| (start + i * step, value)).collect()
    }

    fn join(sources: &[(&str, &Points)]) -> (Points, Vec<Disagreement>) {
        let sources = sources.iter().map(|(name, points)| ((*name).to_owned(), (*points).clone()));
        join_sources(&Labels::from([("host", "ms1")]), sources.collect())
    }

    #[test]
    fn a_coarser_source_fills_the_time_before_the_finer_one() {
        // Hours from 0:00 to 9:00, and ten minutes from 4:00 to 5:50. 4:00, 5:00 and 6:00 have finer points less
        // than an hour away; 3:00 is an hour from 4:00, and 7:00 more than that from 5:50.
        let coarse = steps(0, HOUR, 10, 7.0);
        let fine = steps(4 * HOUR, 600, 12, 7.0);
        let (joined, disagreements) = join(&[("hours", &coarse), ("minutes", &fine)]);
        let hours = |from: i64, to: i64| (from..to).map(|hour| hour * HOUR);
        let expected: Vec<i64> = hours(0, 4).chain(fine.times.iter().copied()).chain(hours(7, 10)).collect();
        assert_eq!(joined.times, expected);
        assert_eq!(disagreements, []);
    }

    #[test]
    fn a_point_outside_the_finer_ones_around_it_is_told() {
        // Finer: 100 and 104 by turns, every ten minutes. At 1:00 the coarser says 102 (within), at 2:00 104.9 (within one
        // hundredth of 104), at 3:00 130 (26 of 130 outside: 0.2), at 4:00 50 (50 of 100 outside: 0.5).
        let fine: Points = (0..60).map(|i| (i * 600, if i % 2 == 0 { 100.0 } else { 104.0 })).collect();
        let coarse: Points =
            [(HOUR, 102.0), (2 * HOUR, 104.9), (3 * HOUR, 130.0), (4 * HOUR, 50.0)].into_iter().collect();
        let (joined, disagreements) = join(&[("a", &coarse), ("b", &fine)]);
        assert_eq!(joined, fine);
        let [told] = &disagreements[..] else { panic!("{disagreements:?}") };
        assert_eq!((told.finer.as_str(), told.coarser.as_str()), ("b", "a"));
        assert_eq!((told.compared, told.differing), (4, 2));
        assert_eq!((told.first, told.last), (3 * HOUR, 4 * HOUR));
        // The lower one of 0.2 and 0.5.
        assert!((told.median_difference - 0.2).abs() < 1e-12, "{told:?}");
        assert_eq!(told.labels, Labels::from([("host", "ms1")]));
    }

    #[test]
    fn a_step_that_is_stamped_with_its_start_or_its_end_agrees() {
        // The same means of hours that rise by ten: one source stamps each hour with its end, the other with its
        // start. The finer one has minutes at last, so that its usual step is shorter.
        let means: Vec<f64> = (0..6).map(|hour| 100.0 + 10.0 * hour as f64).collect();
        let of_ends: Points = (0..6).map(|hour| ((hour + 1) * HOUR, means[hour as usize])).collect();
        let mut of_starts: Points = (0..6).map(|hour| (hour * HOUR, means[hour as usize])).collect();
        (1..20).for_each(|minute| of_starts.push(6 * HOUR + minute * 60, 160.0));
        let (joined, disagreements) = join(&[("ends", &of_ends), ("starts", &of_starts)]);
        assert_eq!((joined, disagreements), (of_starts, vec![]));
    }

    #[test]
    fn of_equal_steps_a_named_source_wins_and_then_the_first_name() {
        let (one, two) = (steps(0, 60, 5, 1.0), steps(0, 60, 5, 1.001));
        assert_eq!(join(&[("", &one), ("z", &two)]).0, two);
        assert_eq!(join(&[("b", &one), ("a", &two)]).0, two);
        // An earlier pull that is finer wins all the same.
        let finer = steps(0, 30, 9, 3.0);
        assert_eq!(join(&[("", &finer), ("z", &two)]).0, finer);
    }

    #[test]
    fn three_sources_fill_each_other() {
        // Minutes in hour 2, hours up to 4, and days.
        let (minutes, hours, days) =
            (steps(2 * HOUR, 60, 60, 1.0), steps(0, HOUR, 5, 1.0), steps(-48 * HOUR, 24 * HOUR, 3, 2.0));
        let (joined, disagreements) = join(&[("d", &days), ("h", &hours), ("m", &minutes)]);
        // 3:00 is a minute from 2:59. The day at 0 has finer points around it; the one at -24:00 none less than a
        // day away.
        let expected: Vec<i64> = [-48 * HOUR, -24 * HOUR, 0, HOUR]
            .into_iter()
            .chain(minutes.times.iter().copied())
            .chain([4 * HOUR])
            .collect();
        assert_eq!(joined.times, expected);
        let told: Vec<_> =
            disagreements.iter().map(|d| (d.finer.as_str(), d.coarser.as_str(), d.differing)).collect();
        assert_eq!(told, [("m", "d", 1), ("h", "d", 1)]);
    }

    #[test]
    fn single_points_and_nothing_at_all_are_joined() {
        let one = steps(5, 1, 1, 1.0);
        assert_eq!(join(&[]), (Points::default(), vec![]));
        assert_eq!(join(&[("a", &Points::default()), ("b", &one)]).0, one);
        // Without any step only the same second is near.
        assert_eq!(join(&[("a", &one), ("b", &steps(6, 1, 1, 2.0))]).0.times, [5, 6]);
        assert_eq!(join(&[("a", &one), ("b", &steps(5, 1, 1, 1.0))]).0, one);
    }

    #[test]
    fn values_of_any_size_are_compared() {
        assert_eq!(outside(f64::MAX, &[f64::MIN]), 2.0);
        assert_eq!(outside(0.0, &[0.0]), 0.0);
        assert_eq!(outside(0.0, &[5.0, 10.0]), 1.0);
        assert_eq!(outside(3.0, &[1.0, 4.0]), 0.0);
    }

    fn column() -> impl Strategy<Value = Points> {
        let times = prop::collection::btree_set(-500_i64..500, 0..60);
        (times, 1_i64..20, any::<prop::sample::Index>()).prop_map(|(times, step, value)| {
            let kept = times.into_iter().filter(|time| time % step == 0);
            kept.map(|time| (time, (time * value.index(9) as i64) as f64)).collect()
        })
    }

    proptest! {
        #[test]
        fn times_ascend_and_the_finest_source_is_kept(columns in prop::collection::vec(column(), 1..4)) {
            let names = ["", "a", "b", "c"];
            let sources: Vec<_> = names.into_iter().zip(&columns).collect();
            let (joined, disagreements) = join(&sources);
            prop_assert!(joined.times.is_sorted_by(|a, b| a < b));
            prop_assert_eq!(joined.times.len(), joined.values.len());
            let all: std::collections::BTreeSet<(i64, u64)> =
                columns.iter().flat_map(|points| points.iter().map(|(t, v)| (t, v.to_bits()))).collect();
            prop_assert!(joined.iter().all(|(t, v)| all.contains(&(t, v.to_bits()))));
            let finest = columns.iter().filter_map(|points| median_step(&points.times)).min();
            if let Some(finest) = finest {
                let kept: std::collections::BTreeSet<_> = joined.times.iter().collect();
                let mut finest = columns.iter().filter(|points| median_step(&points.times) == Some(finest));
                let is_kept = finest.any(|points| points.times.iter().all(|time| kept.contains(time)));
                prop_assert!(is_kept);
            }
            for told in disagreements {
                prop_assert!(told.differing >= 1 && told.differing <= told.compared);
                prop_assert!(told.median_difference > TOLERANCE && told.median_difference <= 2.0);
                prop_assert!(told.first <= told.last);
            }
        }

        #[test]
        fn a_lone_source_is_unchanged_and_the_order_of_sources_does_not_matter(one in column(), two in column()) {
            prop_assert_eq!(join(&[("a", &one)]), (one.clone(), vec![]));
            prop_assert_eq!(join(&[("a", &one), ("b", &two)]), join(&[("b", &two), ("a", &one)]));
        }
    }
}
