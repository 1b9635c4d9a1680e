//! Coverage: what has been asked of a live source, so that the next pull goes on from there.
//!
//! It is kept beside the points, one note for each question and step. It never says what is held, only what was
//! answered: a range whose points are not yet on disk is not covered, and asking again replaces.

use std::{collections::BTreeMap, ops::Range};

use serde::{Deserialize, Serialize};

use super::spans::Spans;
use crate::{platform::fnv1a, sources::Samples};

/// A series whose steps are mostly equal misses a point where one is longer than this many of them: half a step
/// of slack for samples that come late.
const REGULAR_GAP: f64 = 1.5;
/// A series whose steps vary misses something only where one is longer than this many: what comes and goes by
/// itself, such as a load balancer's count that is absent without traffic, is no gap.
const IRREGULAR_GAP: f64 = 3.0;
/// The share of equal steps from which a series is regular.
const REGULAR_SHARE: f64 = 0.9;
/// Fewer steps have no median worth the name.
const FEWEST_STEPS: usize = 3;

/// What one question of a source was answered with.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Coverage {
    /// The question in words, for people who look into the archive.
    pub question: String,
    /// Ranges that were answered in full.
    pub answered: Spans,
    /// Gaps in series that were seen in those answers: asked for again until the source no longer keeps them.
    pub gaps: Spans,
    /// What is known of each series, by a checksum of its name.
    series: BTreeMap<u64, Known>,
    /// Earlier ranges, answered already, that series which were new to a later answer may have points in.
    #[serde(default)]
    pub unseen: Spans,
    /// How many of the archive's losses have been taken off already.
    #[serde(default)]
    losses: usize,
    /// What was answered before this pull.
    #[serde(skip)]
    before: Spans,
}

/// What earlier answers have told of a series.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Known {
    /// Its oldest point, seconds since 1970-01-01 UTC.
    first: i64,
    /// Its newest point.
    last: i64,
    /// Seconds between its points, usually.
    usual: i64,
    /// A longer time between two points is a gap.
    longest: i64,
}

/// What is wanted of a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// From the beginning of history to the present.
    pub range: Range<i64>,
    /// Seconds before the newest answer that are asked for again, since samples may have come late.
    pub overlap: i64,
    /// What the source still keeps begins here: no gap before it can be filled.
    pub kept_from: i64,
}

impl Coverage {
    /// Of a question that has never been asked.
    pub fn of(question: &str) -> Coverage {
        Coverage { question: question.to_owned(), ..Coverage::default() }
    }

    /// Begins a pull: series that are new to its answers may have points in what was answered before.
    pub fn begin(&mut self) {
        self.before = self.answered.clone();
    }

    /// The ranges to ask for: what was never answered, the overlap, the gaps that can still be filled, and the past
    /// of series that were not there before.
    pub fn to_ask(&self, wanted: &Wanted) -> Spans {
        let range = Spans::of(wanted.range.clone());
        // An answer about the future, from a clock that was wrong, is none.
        let answered = self.answered.intersection(&range);
        let new = range.without(&answered);
        let overlap = match answered.end() {
            Some(end) => Spans::of(end.saturating_sub(wanted.overlap)..end),
            None => Spans::default(),
        };
        let gaps = self.gaps.intersection(&Spans::of(wanted.kept_from..wanted.range.end));
        // What is no longer kept was answered once, so of the overlap only what is wanted counts.
        new.union(&overlap.intersection(&range))
            .union(&gaps.intersection(&range))
            .union(&self.unseen.intersection(&range))
    }

    /// Notes that `range` was answered with `samples` on a grid of `step` seconds, and finds the gaps: between
    /// points, and where a series that is known before and after the range has none in it.
    pub fn note(&mut self, range: Range<i64>, step: i64, samples: &[Samples]) {
        let mut times: BTreeMap<u64, Vec<i64>> =
            self.series.keys().map(|series| (*series, Vec::new())).collect();
        for sample in samples {
            let within = sample.points.times.iter().filter(|time| range.contains(time));
            times.entry(fnv1a(sample.key.to_string().into_bytes())).or_default().extend(within);
        }
        let mut gaps = Vec::new();
        for (series, mut times) in times {
            times.sort_unstable();
            times.dedup();
            let (Some(&first), Some(&last)) = (times.first(), times.last()) else {
                gaps.extend(self.series.get(&series).and_then(|known| known.silent(&range)));
                continue;
            };
            let (usual, longest) = match (rhythm(&times, step), self.series.get(&series)) {
                (Some(rhythm), _) => rhythm,
                (None, Some(known)) => (known.usual, known.longest),
                // Two points alone tell no step but the one that was asked for.
                (None, None) => (step, allowed(step, REGULAR_GAP)),
            };
            let before = Known { first, last, usual, longest };
            // A series that is there from the range's first step on may have been there before it: a new host whose
            // past was filled in, or a query that found nothing until it was mended. One that begins later has not.
            if !self.series.contains_key(&series) && first - range.start <= longest {
                let past = self.before.intersection(&Spans::of(i64::MIN..range.start));
                self.unseen = self.unseen.union(&past);
            }
            let known = self.series.entry(series).or_insert(before);
            if known.first < range.start {
                // Where it was before the range and after it too, its points are taken to go up to the range.
                times.insert(0, if known.last < range.start { known.last } else { range.start - usual });
            }
            if known.last >= range.end {
                times.push(range.end);
            }
            gaps.extend(
                times
                    .windows(2)
                    .filter(|pair| pair[1] - pair[0] > longest)
                    .map(|pair| pair[0] + usual..pair[1]),
            );
            *known = Known { first: first.min(known.first), last: last.max(known.last), usual, longest };
        }
        let asked = Spans::of(range);
        self.gaps = self.gaps.without(&asked).union(&gaps.into_iter().collect());
        self.unseen = self.unseen.without(&asked);
        self.answered = self.answered.union(&asked);
    }

    /// Forgets gaps that the source no longer keeps, and a past that nobody wants.
    pub fn forget_unwanted(&mut self, wanted: &Wanted) {
        self.gaps = self.gaps.intersection(&Spans::of(wanted.kept_from..i64::MAX));
        self.unseen = self.unseen.intersection(&Spans::of(wanted.range.start..i64::MAX));
    }

    /// Forgets the answers that the archive has lost, so that they are asked for again. `losses` are all that it
    /// has ever lost of the measure, in their order.
    pub fn forget_lost(&mut self, losses: &[Range<i64>]) {
        let new = losses.iter().skip(self.losses).cloned();
        self.answered = self.answered.without(&new.collect());
        self.losses = losses.len();
    }
}

impl Known {
    /// The gap that a range without a point of this series is: all of it where the series is known on both sides.
    fn silent(&self, range: &Range<i64>) -> Option<Range<i64>> {
        let straddles = self.first < range.start && self.last >= range.end;
        (straddles && range.end - range.start > self.longest).then(|| range.clone())
    }
}

/// The usual step between times that ascend, and the longest that is no gap; `None` where they are too few. The
/// points were asked for on a grid of `step` seconds.
fn rhythm(times: &[i64], step: i64) -> Option<(i64, i64)> {
    let mut steps: Vec<i64> = times.windows(2).map(|pair| pair[1] - pair[0]).collect();
    if steps.len() < FEWEST_STEPS {
        return None;
    }
    let middle = (steps.len() - 1) / 2;
    let (_, &mut median, _) = steps.select_nth_unstable(middle);
    let usual = median.max(step);
    let equal = steps.iter().filter(|step| **step <= usual).count();
    let regular = equal as f64 >= REGULAR_SHARE * steps.len() as f64;
    Some((usual, allowed(usual, if regular { REGULAR_GAP } else { IRREGULAR_GAP })))
}

fn allowed(usual: i64, steps: f64) -> i64 {
    // A step is at most some years of seconds, which a float holds exactly.
    (usual as f64 * steps) as i64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        platform::{Labels, Measure, SeriesKey},
        sources::Points,
    };

    const HOUR: i64 = 3_600;

    fn series(host: &str, hours: impl IntoIterator<Item = i64>) -> Samples {
        let points: Points = hours.into_iter().map(|hour| (hour * HOUR, 1.0)).collect();
        let key = SeriesKey { measure: Measure::DiskUsed, labels: Labels::from([("host", host)]) };
        Samples { key, points }
    }

    fn hours(spans: &Spans) -> Vec<(i64, i64)> {
        spans.iter().map(|range| (range.start / HOUR, range.end / HOUR)).collect()
    }

    fn wanted(from: i64, to: i64, overlap: i64, kept_from: i64) -> Wanted {
        Wanted { range: from * HOUR..to * HOUR, overlap: overlap * HOUR, kept_from: kept_from * HOUR }
    }

    #[test]
    fn the_first_pull_asks_for_everything_and_the_next_for_what_is_new() {
        let mut coverage = Coverage::default();
        assert_eq!(hours(&coverage.to_ask(&wanted(0, 100, 2, 0))), [(0, 100)]);
        coverage.note(0..100 * HOUR, HOUR, &[series("ms1", 0..100)]);
        assert_eq!(hours(&coverage.to_ask(&wanted(20, 150, 2, 20))), [(98, 150)]);
        // Wanting more of the past asks for it.
        assert_eq!(hours(&coverage.to_ask(&wanted(-50, 100, 0, -50))), [(-50, 0)]);
    }

    #[test]
    fn a_range_that_was_not_answered_is_asked_for_again() {
        let mut coverage = Coverage::default();
        coverage.note(0..40 * HOUR, HOUR, &[series("ms1", 0..40)]);
        coverage.note(60 * HOUR..100 * HOUR, HOUR, &[series("ms1", 60..100)]);
        // The gap from 40 to 60 is both: never answered, and seen between two answers.
        assert_eq!(hours(&coverage.to_ask(&wanted(0, 100, 0, 0))), [(40, 60)]);
    }

    #[test]
    fn a_gap_is_asked_for_until_it_is_filled_or_no_longer_kept() {
        let mut coverage = Coverage::default();
        let with_gap = series("ms1", (0..30).chain(50..100));
        coverage.note(0..100 * HOUR, HOUR, &[with_gap, series("ms2", 0..100)]);
        assert_eq!(hours(&coverage.to_ask(&wanted(0, 100, 0, 0))), [(30, 50)]);
        // Half of it is no longer kept.
        assert_eq!(hours(&coverage.to_ask(&wanted(0, 100, 0, 40))), [(40, 50)]);
        // Asked again, and part of it has come: the rest stays open.
        coverage.note(30 * HOUR..50 * HOUR, HOUR, &[series("ms1", 30..45), series("ms2", 30..50)]);
        assert_eq!(hours(&coverage.gaps), [(45, 50)]);
        coverage.note(45 * HOUR..50 * HOUR, HOUR, &[series("ms2", 45..50)]);
        assert_eq!(hours(&coverage.gaps), [(45, 50)]);
        coverage.note(45 * HOUR..50 * HOUR, HOUR, &[series("ms1", 45..50), series("ms2", 45..50)]);
        assert!(coverage.gaps.is_empty());
    }

    #[test]
    fn a_gap_over_the_end_of_a_month_is_seen_from_both_sides() {
        let mut coverage = Coverage::default();
        coverage.note(0..50 * HOUR, HOUR, &[series("ms1", 0..40)]);
        coverage.note(50 * HOUR..100 * HOUR, HOUR, &[series("ms1", 60..100)]);
        assert_eq!(hours(&coverage.gaps), [(40, 60)]);
        coverage.note(40 * HOUR..50 * HOUR, HOUR, &[]);
        coverage.note(50 * HOUR..60 * HOUR, HOUR, &[series("ms1", 55..60)]);
        assert_eq!(hours(&coverage.gaps), [(40, 55)]);
    }

    #[test]
    fn a_host_that_comes_back_leaves_a_gap_and_one_that_left_does_not() {
        let mut coverage = Coverage::default();
        coverage.note(0..100 * HOUR, HOUR, &[series("ms1", 0..60), series("ms2", 0..100)]);
        assert!(coverage.gaps.is_empty());
        coverage.note(100 * HOUR..150 * HOUR, HOUR, &[series("ms1", 130..150), series("ms2", 100..150)]);
        // Its last point was at 59: the first that is missing is at 60.
        assert_eq!(hours(&coverage.gaps), [(60, 130)]);
    }

    #[test]
    fn the_past_of_a_series_that_was_not_there_is_asked_for_once() {
        let mut coverage = Coverage::default();
        coverage.note(0..100 * HOUR, HOUR, &[]);
        coverage.begin();
        // It is there from the first step on.
        coverage.note(98 * HOUR..150 * HOUR, HOUR, &[series("ms1", 98..150)]);
        assert_eq!(hours(&coverage.to_ask(&wanted(0, 150, 0, 0))), [(0, 98)]);
        coverage.note(0..98 * HOUR, HOUR, &[series("ms1", 0..98)]);
        assert!(coverage.to_ask(&wanted(0, 150, 0, 0)).is_empty());
        // One that begins in the middle has no past.
        coverage.begin();
        let later = [series("ms1", 148..200), series("ms2", 170..200)];
        coverage.note(148 * HOUR..200 * HOUR, HOUR, &later);
        assert!(coverage.to_ask(&wanted(0, 200, 0, 0)).is_empty());
    }

    #[test]
    fn an_answer_about_the_future_is_none() {
        let mut coverage = Coverage::default();
        coverage.note(0..900 * HOUR, HOUR, &[series("ms1", 0..900)]);
        assert_eq!(hours(&coverage.to_ask(&wanted(0, 100, 2, 0))), [(98, 100)]);
    }

    #[test]
    fn what_the_archive_has_lost_is_asked_for_once() {
        let mut coverage = Coverage::default();
        coverage.note(0..100 * HOUR, HOUR, &[series("ms1", 0..100)]);
        let lost = [20 * HOUR..25 * HOUR, 25 * HOUR..30 * HOUR];
        coverage.forget_lost(&lost);
        assert_eq!(hours(&coverage.to_ask(&wanted(0, 100, 0, 0))), [(20, 30)]);
        coverage.note(20 * HOUR..30 * HOUR, HOUR, &[series("ms1", 20..30)]);
        coverage.forget_lost(&lost);
        assert!(coverage.to_ask(&wanted(0, 100, 0, 0)).is_empty());
    }

    #[test]
    fn a_series_with_longer_steps_than_were_asked_for_has_no_gaps() {
        let mut coverage = Coverage::default();
        coverage.note(0..200 * HOUR, HOUR, &[series("probe", (0..200).step_by(9))]);
        assert!(coverage.gaps.is_empty());
        // One that comes and goes: steps of 1, 2, 1, 3, 2, 1, 2 hours.
        coverage.note(
            200 * HOUR..212 * HOUR,
            HOUR,
            &[series("alb", [200, 201, 203, 204, 207, 209, 210, 212])],
        );
        assert!(coverage.gaps.is_empty(), "{:?}", hours(&coverage.gaps));
    }
}
