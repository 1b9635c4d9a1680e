//! Normalising: what was answered, as columns that ascend.

use std::ops::Range;

use super::month::Month;
use crate::sources::Points;

/// Joins the answers for one series: times ascend and are unique, the last of equal times stays, and
/// points that are not finite are left out. One answer that is in order already is not copied.
pub(super) fn normalise(mut answers: Vec<Points>) -> Points {
    let mut points = match (answers.pop(), answers.is_empty()) {
        (Some(only), true) => only,
        (last, _) => answers.into_iter().chain(last).fold(Points::default(), join),
    };
    // The fields are open: hold them to what `Points` promises.
    let length = points.times.len().min(points.values.len());
    points.times.truncate(length);
    points.values.truncate(length);
    if !points.values.iter().all(|value| value.is_finite()) {
        points = points.iter().fold(Points::default(), |mut kept, (time, value)| {
            kept.push(time, value);
            kept
        });
    }
    if !points.times.is_sorted_by(|earlier, later| earlier < later) {
        points = sort(&points);
    }
    // A Parquet dictionary keeps one of -0.0 and 0.0, and the points would seem to change with each run.
    points.values.iter_mut().filter(|value| **value == 0.0).for_each(|value| *value = 0.0);
    points
}

fn join(mut joined: Points, next: Points) -> Points {
    let length = next.times.len().min(next.values.len());
    joined.times.extend_from_slice(next.times.get(..length).unwrap_or_default());
    joined.values.extend_from_slice(next.values.get(..length).unwrap_or_default());
    joined
}

/// The sort is stable, and takes runs that ascend or descend in one pass each.
fn sort(points: &Points) -> Points {
    let mut pairs: Vec<(i64, f64)> = points.iter().collect();
    pairs.sort_by_key(|(time, _)| *time);
    let mut sorted = Points::default();
    for (time, value) in pairs {
        match (sorted.times.last(), sorted.values.last_mut()) {
            (Some(last), Some(earlier)) if *last == time => *earlier = value,
            _ => sorted.push(time, value),
        }
    }
    sorted
}

/// The rows of each month, ascending; the first time that lies in no month where there is one.
pub(super) fn months(times: &[i64]) -> Result<Vec<(Month, Range<usize>)>, i64> {
    let mut months = Vec::new();
    let mut from = 0;
    while let Some(rest) = times.get(from..).filter(|rest| !rest.is_empty()) {
        let time = rest.first().copied().unwrap_or_default();
        let month = Month::containing(time).ok_or(time)?;
        let to = from + rest.partition_point(|time| *time < month.end());
        months.push((month, from..to));
        from = to;
    }
    Ok(months)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn points(pairs: &[(i64, f64)]) -> Points {
        Points { times: pairs.iter().map(|p| p.0).collect(), values: pairs.iter().map(|p| p.1).collect() }
    }

    #[test]
    fn answers_are_joined_and_the_last_of_equal_times_stays() {
        let answers = vec![points(&[(30, 3.0), (10, 1.0), (10, 1.5)]), points(&[(20, 2.0), (30, 3.5)])];
        assert_eq!(normalise(answers), points(&[(10, 1.5), (20, 2.0), (30, 3.5)]));
        assert_eq!(normalise(vec![]), Points::default());
    }

    #[test]
    fn a_hole_is_no_point_and_replaces_none() {
        let answers = vec![points(&[(10, 1.0), (20, f64::INFINITY), (10, f64::NAN)])];
        assert_eq!(normalise(answers), points(&[(10, 1.0)]));
    }

    #[test]
    fn columns_of_unequal_length_end_with_the_shorter() {
        let uneven = Points { times: vec![1, 2, 3], values: vec![1.0] };
        assert_eq!(normalise(vec![uneven.clone()]), points(&[(1, 1.0)]));
        assert_eq!(normalise(vec![uneven, points(&[(2, 2.0)])]), points(&[(1, 1.0), (2, 2.0)]));
    }

    #[test]
    fn there_is_one_zero() {
        let zero = normalise(vec![points(&[(1, -0.0)])]);
        assert_eq!(zero.values[0].to_bits(), 0.0_f64.to_bits());
    }

    #[test]
    fn rows_are_cut_where_months_end() {
        // 2026-03-31T23:59:59Z, 2026-04-01T00:00:00Z, and one in May.
        let times = [1_775_001_599, 1_775_001_600, 1_778_000_000];
        let cut = months(&times).unwrap();
        let names: Vec<_> = cut.iter().map(|(month, rows)| (month.to_string(), rows.clone())).collect();
        assert_eq!(
            names,
            [("2026-03".to_owned(), 0..1), ("2026-04".to_owned(), 1..2), ("2026-05".to_owned(), 2..3)]
        );
        assert_eq!(months(&[0, i64::MAX]), Err(i64::MAX));
    }
}
