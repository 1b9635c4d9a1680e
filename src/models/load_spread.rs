//! How far a load's hours lie from what was expected of them.

use super::load_clean::running_mean;

/// The pooled spread counts as much as so many weeks of an hour's own. Set on real series; simulated fleets do not tell.
const POOLED_WEEKS: f64 = 3.0;
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
    // The clock's weights once around and on, so that those seen from any hour lie in a row.
    let around: Vec<f64> = clock.iter().cycle().take(blocks + of_day).copied().collect();
    let (mut sums, mut counts) = (vec![0.0; blocks], vec![0.0; blocks]);
    for (e, (square, count)) in squares.iter().enumerate() {
        let clock = &around[of_day - e % of_day..];
        let totals = sums.iter_mut().zip(&mut counts);
        for (((sum, n), clock), level) in totals.zip(clock).zip(&levels) {
            let far = (levels[e] - level) / width;
            let like = (1.0 - far * far).max(0.0) * clock;
            *sum += like * square;
            *n += like * count;
        }
    }
    let pooled: Vec<f64> =
        sums.iter().zip(&counts).map(|(sum, n)| if *n > 0.0 { sum / n } else { 0.0 }).collect();
    (0..expected.len())
        .map(|c| {
            let (sum, count) = squares[c / hour];
            ((sum + POOLED_WEEKS * pooled[c / hour]) / (count + POOLED_WEEKS)).sqrt()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_hour_is_as_wide_as_it_was_shrunk_to_hours_like_it() {
        // Four weeks that are off by +2 and −2 at every hour: 4 is the mean square of each, and of all.
        let sign = |w: usize| if w.is_multiple_of(2) { 2.0 } else { -2.0 };
        let rows: Vec<Vec<f64>> = (0..4).map(|w| vec![50.0 + sign(w); 168]).collect();
        let got = spread(&rows, &[50.0; 168], 24);
        assert!(got.iter().all(|s| (s - 2.0).abs() < 1e-9));
        // One hour that is off by 10 has a mean square of 100 of its own, and is shrunk to those like it: (4 · 100 + 3 · p) / 7,
        // with p between 4 and 100.
        let mut wide = rows.clone();
        (0..4).for_each(|w| wide[w][30] = 50.0 + 5.0 * sign(w));
        let got = spread(&wide, &[50.0; 168], 24);
        assert!(got[30] > 58.8_f64.sqrt() && got[30] < 10.0, "{}", got[30]);
        assert!(got[80] < 3.0, "{}", got[80]);
        // Without any residual, nothing is known of a spread.
        assert_eq!(spread(&[], &[50.0; 168], 24), [0.0; 168]);
    }
}
