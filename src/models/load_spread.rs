//! How far a load's hours lie from what was expected of them.

use super::load_clean::running_mean;

/// The pooled spread counts as much as so many weeks of an hour's own. Set on simulated fleets.
const POOLED_WEEKS: f64 = 6.0;
/// Hours whose load differs by this share of the week's range still say something of each other's spread. Set on
/// simulated fleets.
const LEVEL_WIDTH: f64 = 0.3;
/// Hours of the day that lie this far apart still do. Set on simulated fleets.
const CLOCK_WIDTH: f64 = 3.0;

/// The standard deviation of one-hour means around `expected` for each column: mean squares by hour of the week, shrunk
/// to those of hours of like load and like time of day.
pub(super) fn spread(rows: &[Vec<f64>], expected: &[f64], slots_per_day: usize) -> Vec<f64> {
    let hour = (slots_per_day / 24).max(1);
    let blocks = expected.len().div_ceil(hour);
    let mut squares = vec![(0.0, 0.0); blocks];
    for row in rows {
        let residual: Vec<f64> = row.iter().zip(expected).map(|(v, e)| v - e).collect();
        let means = running_mean(&residual, hour);
        for (block, (means, own)) in squares.iter_mut().zip(means.chunks(hour).zip(residual.chunks(hour))) {
            let known = means.iter().zip(own).filter(|(m, o)| !m.is_nan() && !o.is_nan());
            let (sum, count) = known.fold((0.0, 0.0), |(s, n), (m, _)| (s + m * m, n + 1.0));
            if count * 2.0 >= hour as f64 {
                block.0 += sum / count;
                block.1 += 1.0;
            }
        }
    }
    let levels: Vec<f64> = expected
        .chunks(hour)
        .map(|chunk| chunk.iter().filter(|v| !v.is_nan()).sum::<f64>() / chunk.len() as f64)
        .collect();
    let (low, high) =
        levels.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), v| (l.min(*v), h.max(*v)));
    let width = LEVEL_WIDTH * (high - low).max(f64::MIN_POSITIVE);
    let of_day = blocks / super::load_weeks::DAYS;
    let clock: Vec<f64> =
        (0..of_day).map(|h| (-(h.min(of_day - h) as f64 / CLOCK_WIDTH).powi(2)).exp().max(0.02)).collect();
    let pooled: Vec<f64> = (0..blocks)
        .map(|b| {
            let (mut sum, mut count) = (0.0, 0.0);
            for e in 0..blocks {
                let far = (levels[e] - levels[b]) / width;
                if far.abs() < 1.0 {
                    let like = (1.0 - far * far) * clock[(e + of_day - b % of_day) % of_day];
                    sum += like * squares[e].0;
                    count += like * squares[e].1;
                }
            }
            if count > 0.0 { sum / count } else { 0.0 }
        })
        .collect();
    (0..expected.len())
        .map(|c| {
            let (sum, count) = squares[c / hour];
            ((sum + POOLED_WEEKS * pooled[c / hour]) / (count + POOLED_WEEKS)).sqrt()
        })
        .collect()
}
