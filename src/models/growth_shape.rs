//! Shapes: the courses that a growth rate may take over the weeks, each with how likely it is beforehand.

/// How growth goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Course {
    /// At the rate of today.
    Steady,
    /// At a rate that itself grows.
    Accelerating,
    /// At a rate that falls off.
    Saturating,
    /// At the rate since a change.
    Changed,
    /// By the weeks' trimmed mean: they have little to do with each other.
    InBursts,
}

/// Families of shapes, as indices: a steady rate, exponential ones, ones that fall like one over the time, and
/// changed ones.
const STEADY: usize = 0;
const EXPONENTIAL: usize = 1;
const DECLINING: usize = 2;
const CHANGED: usize = 3;
/// How many families there are.
pub(super) const FAMILIES: usize = 4;

/// Exponential rates: by how many natural logarithms a year, and how likely each is among them. 0.7 doubles the
/// rate in a year, 3.6 in ten weeks.
const PER_YEAR: [(f64, f64); 8] =
    [(-1.5, 0.08), (-0.7, 0.1), (0.7, 0.12), (1.2, 0.16), (1.7, 0.16), (2.2, 0.16), (2.8, 0.12), (3.6, 0.1)];
/// Weeks in a year.
const YEAR: f64 = 52.18;
/// Rates that fall like one over the time: weeks from the first one in which the rate halves, alike likely.
const HALVES_IN: [f64; 6] = [2.5, 5.0, 9.0, 14.0, 21.0, 35.0];
/// A change has at least so many weeks on either side: what two weeks show is noise.
const SIDE_WEEKS: usize = 3;
/// Changes so many weeks back are looked for in every week, earlier ones in every other.
const NEAR_WEEKS: usize = 12;

/// The course of a rate: a sum of one or two columns, each times a factor to be found.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Shape {
    pub(super) course: Course,
    /// Index of its family.
    pub(super) family: usize,
    /// How likely it is beforehand among its family.
    pub(super) share: f64,
    /// The first week of the new rate, where the rate changes.
    pub(super) change: Option<usize>,
    /// Growth in each week, the coming ones included: what the factors multiply. Week `i` ends the step from
    /// week `i - 1`.
    pub(super) columns: Vec<Vec<f64>>,
}

impl Shape {
    /// Whether a fit that ends with a week can tell of it.
    pub(super) fn known_in(&self, week: usize) -> bool {
        self.change.is_none_or(|change| change + 2 <= week)
    }
}

/// All shapes for so many weeks of history and so many in all.
pub(super) fn shapes(weeks: usize, in_all: usize) -> Vec<Shape> {
    // The middle of a step, in weeks from the last week's middle; half a step more is the end of the last week.
    let time = |i: usize| i as f64 - (weeks as f64 - 0.5);
    let column = |rate: &dyn Fn(f64) -> f64| -> Vec<f64> { (0..in_all).map(|i| rate(time(i))).collect() };
    let one = |course, family, share, rate: &dyn Fn(f64) -> f64| Shape {
        course,
        family,
        share,
        change: None,
        columns: vec![column(rate)],
    };
    let span = weeks as f64;
    let mut shapes = vec![one(Course::Steady, STEADY, 1.0, &|_| 1.0)];
    for (per_year, share) in PER_YEAR {
        let course = if per_year > 0.0 { Course::Accelerating } else { Course::Saturating };
        // A bend ends where its evidence ends: as far ahead as the history reaches back.
        shapes.push(one(course, EXPONENTIAL, share, &|t| (per_year / YEAR * t.min(span)).exp()));
    }
    for half in HALVES_IN {
        let share = 1.0 / HALVES_IN.len() as f64;
        let rate = |t: f64| (1.0 + span / half) / (1.0 + (t + span).max(0.0) / half);
        shapes.push(one(Course::Saturating, DECLINING, share, &rate));
    }
    let changes: Vec<usize> = (SIDE_WEEKS..weeks.saturating_sub(SIDE_WEEKS - 1))
        .filter(|c| weeks - c <= NEAR_WEEKS || (weeks - c).is_multiple_of(2))
        .collect();
    for &change in &changes {
        let after = (0..in_all).map(|i| f64::from(u8::from(i >= change))).collect();
        shapes.push(Shape {
            course: Course::Changed,
            family: CHANGED,
            share: 1.0 / changes.len() as f64,
            change: Some(change),
            columns: vec![vec![1.0; in_all], after],
        });
    }
    shapes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_family_shares_out_all_of_its_belief_and_stands_at_one_today() {
        let shapes = shapes(40, 60);
        for family in 0..FAMILIES {
            let all: f64 = shapes.iter().filter(|s| s.family == family).map(|s| s.share).sum();
            assert!((all - 1.0).abs() < 1e-9, "{family}: {all}");
        }
        for shape in shapes.iter().filter(|s| s.change.is_none()) {
            // Week 39 is the last one; today lies between the middles of the steps to it and from it.
            let today = (shape.columns[0][39] * shape.columns[0][40]).sqrt();
            assert!((today - 1.0).abs() < 0.02, "{shape:?}");
        }
    }

    #[test]
    fn a_rate_bends_no_farther_ahead_than_its_history() {
        let shapes = shapes(10, 40);
        let fastest = shapes.iter().rfind(|s| s.course == Course::Accelerating).unwrap();
        // e^(3.6 · 10 / 52.18) = 1.9937 times the rate of today, and no more.
        assert!((fastest.columns[0][39] - 1.9937).abs() < 1e-3, "{:?}", fastest.columns[0]);
        assert_eq!(fastest.columns[0][25], fastest.columns[0][39]);
    }
}
