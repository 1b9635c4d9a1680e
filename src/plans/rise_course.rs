//! How much of a drift had come by a day.

use chrono::NaiveDate;

use super::{DriftKind, DriftSize, coming::day_number};

/// The course of a drift by local days since 1970-01-01: 0 before it, 1 on the last day.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct RiseCourse {
    /// The day from which it changed.
    pub(super) from: i64,
    /// The last day.
    pub(super) last: i64,
    /// The first day that was looked at.
    pub(super) first: i64,
    how: How,
}

#[derive(Debug, Clone, PartialEq)]
enum How {
    /// By the same share each day, to so many times the level in all.
    Grows(f64),
    /// By steps: the first day of each new level, and that level as a multiple of the first.
    Steps(Vec<(i64, f64)>),
}

impl RiseCourse {
    /// The course that a drift was told to take; `None` where it ends where it began. `last` is the last day.
    pub(super) fn of(size: &DriftSize, last: i64) -> Option<Self> {
        let first = last - size.span_days.floor() as i64;
        let day = |date: NaiveDate| day_number(date).clamp(first, last);
        let (from, how) = match size.course {
            DriftKind::Step | DriftKind::Steps => {
                let mut level = 1.0;
                let steps = size.steps.iter().map(|step| {
                    level *= 1.0 + step.percent / 100.0;
                    (day(step.on), level)
                });
                let steps: Vec<(i64, f64)> = steps.collect();
                (steps.first().map_or(first, |step| step.0), How::Steps(steps))
            }
            _ => (
                size.began_on.map_or(first, day),
                How::Grows(1.0 + (size.percent_over_span / 100.0).max(-0.99)),
            ),
        };
        let course = RiseCourse { from, last, first, how };
        let moves = course.level(last) - 1.0;
        (from < last && moves.abs() > f64::EPSILON).then_some(course)
    }

    /// How much of it had come by a day, from 0 to 1; with several steps also beyond.
    pub(super) fn at(&self, day: i64) -> f64 {
        (self.level(day) - 1.0) / (self.level(self.last) - 1.0)
    }

    /// The level on a day, as a multiple of the first.
    fn level(&self, day: i64) -> f64 {
        match &self.how {
            How::Grows(times) => {
                let part = (day - self.from) as f64 / (self.last - self.from).max(1) as f64;
                times.powf(part.clamp(0.0, 1.0))
            }
            How::Steps(steps) => steps.iter().rev().find(|step| step.0 <= day).map_or(1.0, |step| step.1),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plans::{
        DatedStep,
        drift_size::tests::ramp,
        fixture::{AS_OF, date},
    };

    /// 16 November 2026.
    const LAST: i64 = AS_OF / 86_400;

    fn size(course: DriftKind, percent_over_span: f64) -> DriftSize {
        DriftSize { course, percent_over_span, span_days: 59.75, ..ramp([5.0, 4.0, 6.0]) }
    }

    #[test]
    fn a_ramp_grows_by_the_same_share_each_day() {
        let course = RiseCourse::of(&size(DriftKind::Ramp, 21.0), LAST).unwrap();
        assert_eq!((course.first, course.from), (LAST - 59, LAST - 59));
        assert_eq!((course.at(LAST - 59), course.at(LAST), course.at(LAST - 80)), (0.0, 1.0, 0.0));
        // Half way through 58 days the level is √1.21 = 1.1 times the first: 10 of 21.
        let even = RiseCourse { last: LAST - 1, ..course };
        assert!((even.at(LAST - 30) - 10.0 / 21.0).abs() < 1e-12);
    }

    #[test]
    fn a_late_rise_begins_on_its_day() {
        let late = DriftSize { began_on: Some(date("2026-10-17")), ..size(DriftKind::Late, 44.0) };
        let course = RiseCourse::of(&late, LAST).unwrap();
        assert_eq!(course.from, LAST - 30);
        assert_eq!((course.at(LAST - 40), course.at(LAST - 30), course.at(LAST)), (0.0, 0.0, 1.0));
        // Half way: √1.44 = 1.2, 20 of 44.
        assert!((course.at(LAST - 15) - 20.0 / 44.0).abs() < 1e-12);
    }

    #[test]
    fn steps_add_up_and_steps_that_lead_back_are_none() {
        let step = |on: &str, percent: f64| DatedStep { on: date(on), percent };
        let steps = vec![step("2026-10-07", 50.0), step("2026-10-27", -20.0)];
        let course = RiseCourse::of(&DriftSize { steps, ..size(DriftKind::Steps, 20.0) }, LAST).unwrap();
        // 1.5 times the level and then 1.2 times: 50 of 20, and 20 of 20.
        for (day, expected) in [(-41, 0.0), (-40, 2.5), (-21, 2.5), (-20, 1.0), (0, 1.0)] {
            assert!((course.at(LAST + day) - expected).abs() < 1e-9, "{day}");
        }
        let back = vec![step("2026-10-07", 25.0), step("2026-10-27", -20.0)];
        assert_eq!(RiseCourse::of(&DriftSize { steps: back, ..size(DriftKind::Steps, 0.0) }, LAST), None);
        assert_eq!(RiseCourse::of(&size(DriftKind::Ramp, 0.0), LAST), None);
    }
}
