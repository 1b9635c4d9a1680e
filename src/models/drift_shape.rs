//! The courses that a drift may take: a ramp over the whole span, a ramp that begins late, a step.

/// A course. Its shape is 0 at the start of the span and 1 at its end.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Course {
    /// From the first day to the last.
    Ramp,
    /// Flat, and a ramp from this many days after the first level on.
    Late(f64),
    /// A jump this many days after the first level.
    Step(f64),
}

/// Kinds of courses.
pub(super) const COURSES: usize = 3;

impl Course {
    /// Its kind: ramp, late, step.
    pub(super) fn kind(self) -> usize {
        match self {
            Course::Ramp => 0,
            Course::Late(_) => 1,
            Course::Step(_) => 2,
        }
    }

    /// When it begins, in days after the first level.
    pub(super) fn begins(self) -> f64 {
        match self {
            Course::Ramp => 0.0,
            Course::Late(day) | Course::Step(day) => day,
        }
    }

    /// The shape so many days after the first level, of `span` days.
    pub(super) fn at(self, day: f64, span: f64) -> f64 {
        match self {
            Course::Ramp => day / span,
            Course::Late(from) => (day - from).max(0.0) / (span - from),
            Course::Step(at) => f64::from(u8::from(day >= at)),
        }
    }
}

/// A late ramp leaves this many days at least before its end: on fewer it could not be told from noise.
const LATE_DAYS: f64 = 7.0;
/// A step leaves this many days on either side: fewer are an incident.
pub(super) const STEP_DAYS: f64 = 5.0;
/// Late ramps begin every so many parts of the span.
const LATE_PARTS: f64 = 22.0;
/// Steps lie so many parts of the span apart.
const STEP_PARTS: f64 = 30.0;

/// All courses over `span` days.
pub(super) fn courses(span: f64) -> Vec<Course> {
    let late = every(span / 6.0, span - LATE_DAYS, span / LATE_PARTS).map(Course::Late);
    std::iter::once(Course::Ramp).chain(late).chain(steps(span)).collect()
}

/// The steps among the courses over `span` days.
fn steps(span: f64) -> impl Iterator<Item = Course> {
    every(STEP_DAYS, span - STEP_DAYS, step_distance(span)).map(Course::Step)
}

/// The steps around one that the courses have none for: `step` days apart.
pub(super) fn steps_around(day: f64, span: f64, step: f64) -> impl Iterator<Item = Course> {
    let reach = ((step_distance(span) / step).ceil() * step).max(step);
    let from = (day - reach).max(STEP_DAYS.min(day));
    every(from, (day + reach).min((span - STEP_DAYS).max(day)), step).map(Course::Step)
}

/// Days from one step of the courses to the next.
pub(super) fn step_distance(span: f64) -> f64 {
    span / STEP_PARTS
}

fn every(from: f64, until: f64, step: f64) -> impl Iterator<Item = f64> {
    let count = ((until - from) / step + 1e-9).max(-1.0).floor() + 1.0;
    (0..count as usize).map(move |i| from + i as f64 * step)
}
