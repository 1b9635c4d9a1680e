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

/// The daily medians of a series, by days since 1970-01-01 UTC; days without data are left out.
pub(super) fn days(series: &Series) -> Vec<(i64, f64)> {
    let mut days: Vec<(i64, f64)> = Vec::new();
    let present: Vec<(i64, f64)> = series.present().collect();
    for same in present.chunk_by(|a, b| a.0.div_euclid(DAY) == b.0.div_euclid(DAY)) {
        let mut values: Vec<f64> = same.iter().map(|point| point.1).collect();
        days.extend(median(&mut values).map(|value| (same[0].0.div_euclid(DAY), value)));
    }
    days
}

/// A line of daily values that starts on a day since 1970-01-01.
pub(super) fn of_days(name: &str, first_day: i64, values: Vec<Option<f64>>) -> Line {
    let times = (0..values.len() as i64).map(|i| (first_day + i) * DAY + DAY / 2).collect();
    Line { name: name.to_owned(), times, values }
}

/// A line of weekly values, each with how many weeks it is before the week that ends at a moment; weeks without are holes.
pub(super) fn of_weeks(name: &str, end: i64, values: &[(usize, f64)]) -> Line {
    const WEEK: i64 = 7 * DAY;
    let oldest = values.iter().map(|(ago, _)| *ago).max();
    let weeks = || (0..=oldest.unwrap_or(0)).rev().filter(|_| oldest.is_some());
    let value = |ago: usize| values.iter().find(|(of, _)| *of == ago).map(|(_, value)| *value);
    Line {
        name: name.to_owned(),
        times: weeks().map(|ago| end - ago as i64 * WEEK - WEEK / 2).collect(),
        values: weeks().map(value).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A slot a day from 1970-01-01.
    fn days(len: i64) -> Series {
        Series::from_slots(0, DAY, (0..len).map(|day| Some(day as f64)))
    }

    #[test]
    fn a_day_is_its_median_at_noon_and_a_day_without_data_is_a_hole() {
        let slots = [Some(1.0), Some(2.0), Some(9.0), None, None, None, Some(4.0), None, Some(6.0)];
        let line = daily("used", &Series::from_slots(0, DAY / 3, slots), 0);
        assert_eq!(line.times, [DAY / 2, DAY + DAY / 2, 2 * DAY + DAY / 2]);
        assert_eq!(line.values, [Some(2.0), None, Some(5.0)]);
    }

    #[test]
    fn what_is_older_is_not_drawn() {
        assert_eq!(daily("used", &days(10), 7 * DAY).values, [Some(7.0), Some(8.0), Some(9.0)]);
        let none = daily("used", &days(10), 10 * DAY);
        assert!(none.times.is_empty() && none.values.is_empty());
    }

    #[test]
    fn a_long_line_is_thinned_to_what_a_chart_shows() {
        // 1,000 days at 400 points at most: three days a point, the last point of one day.
        let line = daily("used", &days(1_000), 0);
        assert_eq!((line.times.len(), line.values.len()), (334, 334));
        assert_eq!((line.times[1], line.values[1]), (3 * DAY + 3 * DAY / 2, Some(4.0)));
        assert_eq!(line.values[333], Some(999.0));
        assert_eq!(daily("used", &days(400), 0).times.len(), 400);
        assert!(daily("used", &days(401), 0).times.len() <= 400);
    }

    #[test]
    fn daily_values_stand_at_noon() {
        let line = of_days("trend", 10, vec![Some(1.0), None]);
        assert_eq!(
            (line.times, line.values),
            (vec![10 * DAY + DAY / 2, 11 * DAY + DAY / 2], vec![Some(1.0), None])
        );
    }

    #[test]
    fn a_week_is_drawn_at_its_middle_and_one_without_is_a_hole() {
        let line = of_weeks("load", 100 * DAY, &[(0, 3.0), (2, 1.0)]);
        assert_eq!(line.times, [82 * DAY + DAY / 2, 89 * DAY + DAY / 2, 96 * DAY + DAY / 2]);
        assert_eq!(line.values, [Some(1.0), None, Some(3.0)]);
        assert!(of_weeks("load", 0, &[]).times.is_empty());
    }
}
