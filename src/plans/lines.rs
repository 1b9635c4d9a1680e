//! Lines of evidence: what a chart needs of a series.

use super::Line;
use crate::series::{DAY, Series, median};

/// Most points of a line: a chart is a thousand pixels wide.
const MOST_POINTS: i64 = 400;

/// The daily medians of a series from a moment on, days without data as holes; several days a point where the
/// span is long.
pub(super) fn daily(name: &str, series: &Series, from: i64) -> Line {
    let mut line = Line { name: name.to_owned(), times: Vec::new(), values: Vec::new() };
    let present: Vec<(i64, f64)> = series.present().filter(|p| p.0 >= from).collect();
    let (Some(first), Some(last)) = (present.first(), present.last()) else { return line };
    let (first, last) = (first.0.div_euclid(DAY), last.0.div_euclid(DAY));
    let days = ((last - first + MOST_POINTS) / MOST_POINTS).max(1);
    let mut i = 0;
    let mut bucket = Vec::new();
    for day in (first..=last).step_by(usize::try_from(days).unwrap_or(1)) {
        bucket.clear();
        while i < present.len() && present[i].0.div_euclid(DAY) < day + days {
            bucket.push(present[i].1);
            i += 1;
        }
        line.times.push(day * DAY + DAY * days / 2);
        line.values.push(median(&mut bucket));
    }
    line
}

/// A line of daily values that starts on a day since 1970-01-01.
pub(super) fn of_days(name: &str, first_day: i64, values: Vec<Option<f64>>) -> Line {
    let times = (0..values.len() as i64).map(|i| (first_day + i) * DAY + DAY / 2).collect();
    Line { name: name.to_owned(), times, values }
}
