//! Naive: what people say who have no model, to be judged by the same rules as the model.

use super::{Foretold, Outcome};
use crate::series::DAY;

/// Days that the line is drawn through: what `predict_linear(…[30d], …)` is usually given.
const LINE_DAYS: i64 = 30;

/// The least-squares line through the daily levels of the last thirty days, as they were read.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Line {
    /// Growth a day.
    slope: f64,
    /// The level at the moment of the run.
    now: f64,
    /// That moment, in days since 1970-01-01 UTC.
    as_of: f64,
}

impl Line {
    /// Through the whole days before the run; `None` with fewer than two.
    pub(super) fn of(outcome: &Outcome, foretold: &Foretold) -> Option<Line> {
        let today = foretold.as_of.div_euclid(DAY);
        let as_of = foretold.as_of as f64 / DAY as f64;
        let days = outcome.days();
        let before = &days[..days.partition_point(|day| day.0 < today)];
        let recent = &before[before.partition_point(|day| day.0 < today - LINE_DAYS)..];
        let count = recent.len() as f64;
        // A level of a day is that of its middle.
        let at = |day: i64| day as f64 + 0.5 - as_of;
        let (x, y) = (
            recent.iter().map(|d| at(d.0)).sum::<f64>() / count,
            recent.iter().map(|d| d.1).sum::<f64>() / count,
        );
        let squares: f64 = recent.iter().map(|d| (at(d.0) - x).powi(2)).sum();
        let slope = recent.iter().map(|d| (at(d.0) - x) * (d.1 - y)).sum::<f64>() / squares;
        let now = y - slope * x;
        (slope.is_finite() && now.is_finite()).then_some(Line { slope, now, as_of })
    }

    /// Its level in the middle of a day.
    pub(super) fn on(&self, day: i64) -> f64 {
        self.now + self.slope * (day as f64 + 0.5 - self.as_of)
    }

    /// Days after the run until it reaches a mark; `None` where it does not within the horizon.
    pub(super) fn until(&self, mark: f64, horizon_days: f64) -> Option<f64> {
        if self.now >= mark {
            return Some(0.0);
        }
        let days = (mark - self.now) / self.slope;
        (self.slope > 0.0 && days <= horizon_days).then_some(days)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plans::fixture::foretold;

    #[test]
    fn the_line_goes_through_the_last_thirty_whole_days_and_sees_no_later_one() {
        // 5 a day until day 70, 10 a day since; the run is at noon of day 100, and day 100 itself is not over.
        let level = |day: i64| if day < 70 { 5.0 * day as f64 } else { 350.0 + 10.0 * (day - 70) as f64 };
        let outcome = Outcome::of((0..=130).map(|d| (d, if d < 100 { level(d) } else { 9e9 })).collect());
        let run = foretold(100 * DAY + DAY / 2, level(99), 1_000.0);
        let line = Line::of(&outcome, &run).unwrap();
        // Day 110's middle is ten days ahead: 350 + 10 · 40.
        assert!((line.on(110) - 750.0).abs() < 1e-6, "{line:?}");
        // From 650 at noon of day 100 to 1,000: 35 days.
        assert!((line.until(1_000.0, 365.0).unwrap() - 35.0).abs() < 1e-6);
        assert_eq!((line.until(1_000.0, 34.0), line.until(600.0, 34.0)), (None, Some(0.0)));
    }

    #[test]
    fn a_single_day_has_no_line() {
        let run = foretold(100 * DAY, 1.0, 2.0);
        assert_eq!(Line::of(&Outcome::of(vec![(99, 1.0)]), &run), None);
        assert_eq!(Line::of(&Outcome::of(vec![]), &run), None);
        let falling = Outcome::of(vec![(98, 2.0), (99, 1.0)]);
        assert_eq!(Line::of(&falling, &run).unwrap().until(5.0, 365.0), None);
    }
}
