//! Thinning: no chart needs more points than it has room for.

/// Most points that a line is drawn with: over two to every nominal pixel of the plot is noise.
const MOST: usize = 800;

/// A line's points, thinned. Each bucket of neighbours keeps its lowest and its highest value in the order of
/// time, so that a spike or a purge survives; holes stay holes.
pub(super) fn thinned(times: &[i64], values: &[Option<f64>]) -> Vec<(i64, Option<f64>)> {
    let points: Vec<(i64, Option<f64>)> =
        times.iter().zip(values).map(|(&time, &value)| (time, value.filter(|v| v.is_finite()))).collect();
    if points.len() <= MOST {
        return points;
    }
    let per_bucket = points.len().div_ceil(MOST / 2);
    points.chunks(per_bucket).flat_map(extremes).collect()
}

fn extremes(bucket: &[(i64, Option<f64>)]) -> Vec<(i64, Option<f64>)> {
    let held = || bucket.iter().filter_map(|&(time, value)| value.map(|v| (time, v)));
    let lowest = held().min_by(|a, b| a.1.total_cmp(&b.1));
    let highest = held().max_by(|a, b| a.1.total_cmp(&b.1));
    let (Some(low), Some(high)) = (lowest, highest) else {
        return bucket.first().map(|&(time, _)| (time, None)).into_iter().collect();
    };
    let (first, second) = if low.0 <= high.0 { (low, high) } else { (high, low) };
    let mut kept = vec![(first.0, Some(first.1))];
    if second.0 != first.0 {
        kept.push((second.0, Some(second.1)));
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_lines_stay_as_they_are_and_no_number_that_is_none() {
        let kept = thinned(&[1, 2, 3], &[Some(1.0), Some(f64::NAN), None]);
        assert_eq!(kept, [(1, Some(1.0)), (2, None), (3, None)]);
    }

    #[test]
    fn spikes_and_holes_survive() {
        let times: Vec<i64> = (0..10_000).collect();
        let mut values = vec![Some(5.0); 10_000];
        values[4321] = Some(99.0);
        values[8765] = Some(-3.0);
        values[6000..7000].fill(None);
        let kept = thinned(&times, &values);
        assert!(kept.len() <= MOST, "{} points", kept.len());
        assert!(kept.contains(&(4321, Some(99.0))) && kept.contains(&(8765, Some(-3.0))));
        assert!(kept.iter().any(|&(time, value)| (6000..7000).contains(&time) && value.is_none()));
        assert!(kept.windows(2).all(|pair| pair[0].0 < pair[1].0));
    }
}
