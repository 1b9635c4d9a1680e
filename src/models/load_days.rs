//! The coming week's load, each weekday made of all days as far as they are like it.
//!
//! Four or eight values of a slot are few. Days that do not differ at an hour by more than chance are averaged there, in
//! the manner of non-local means (Buades, Coll & Morel 2005); days that differ keep their own.

use super::{load_clean::running_mean, load_weeks::DAYS};

/// How unlike days may be that are averaged: multiples of the squared standard error of a day's mean. Each series takes the
/// one that does best on weeks that were left out; 0 averages none.
const WIDTHS: [f64; 4] = [0.0, 3.0, 12.0, 50.0];
/// Days farther apart than this (a weight of less than a hundredth) are not averaged.
const FARTHEST: f64 = 5.0;
/// Weeks that are left out in turn to choose the width.
const LEFT_OUT: usize = 3;

/// Sums of a column over weeks, and how many.
struct Sums {
    sum: Vec<f64>,
    count: Vec<f64>,
}

impl Sums {
    fn of(rows: &[Vec<f64>], columns: usize) -> Sums {
        let mut sums = Sums { sum: vec![0.0; columns], count: vec![0.0; columns] };
        for row in rows {
            for (c, v) in row.iter().enumerate() {
                if !v.is_nan() {
                    sums.sum[c] += v;
                    sums.count[c] += 1.0;
                }
            }
        }
        sums
    }

    fn means(&self) -> Vec<f64> {
        self.sum.iter().zip(&self.count).map(|(s, n)| if *n > 0.0 { s / n } else { f64::NAN }).collect()
    }
}

/// The mean of each column over clean rows of one level, pooled over like days, NaN where no day has a value; and the width that
/// was taken. A width that is known from a coarser grid need not be chosen again.
pub(super) fn pooled(rows: &[Vec<f64>], slots_per_day: usize, width: Option<f64>) -> (Vec<f64>, f64) {
    let columns = DAYS * slots_per_day;
    let all = Sums::of(rows, columns);
    let means = all.means();
    let errors = squared_errors(rows, &means, slots_per_day);
    let width = width.unwrap_or_else(|| best_width(rows, &all, &errors, slots_per_day));
    (pool(&all, &means, &errors, width, slots_per_day), width)
}

/// The squared standard error of a day's mean at each hour of the day.
fn squared_errors(rows: &[Vec<f64>], means: &[f64], slots_per_day: usize) -> Vec<f64> {
    let hour = (slots_per_day / 24).max(1);
    let hours = slots_per_day.div_ceil(hour);
    let mut squares = vec![(0.0, 0.0); hours];
    for row in rows {
        let residual: Vec<f64> = row.iter().zip(means).map(|(v, m)| v - m).collect();
        for (i, chunk) in residual.chunks(hour).enumerate() {
            let known: Vec<f64> = chunk.iter().copied().filter(|v| !v.is_nan()).collect();
            if known.len() * 2 > chunk.len() {
                let mean = known.iter().sum::<f64>() / known.len() as f64;
                squares[i % hours].0 += mean * mean;
                squares[i % hours].1 += 1.0;
            }
        }
    }
    let n = rows.len() as f64;
    // The mean takes one of n degrees of freedom.
    squares.iter().map(|(s, c)| if *c > 0.0 { s / c * n / (n - 1.0).max(1.0) / n } else { 0.0 }).collect()
}

fn best_width(rows: &[Vec<f64>], all: &Sums, errors: &[f64], slots_per_day: usize) -> f64 {
    if rows.len() < 3 {
        return WIDTHS[2];
    }
    let mut losses = [0.0; WIDTHS.len()];
    for out in rows.iter().take(LEFT_OUT) {
        let rest = Sums {
            sum: all.sum.iter().zip(out).map(|(s, v)| if v.is_nan() { *s } else { s - v }).collect(),
            count: all.count.iter().zip(out).map(|(n, v)| if v.is_nan() { *n } else { n - 1.0 }).collect(),
        };
        let means = rest.means();
        for (loss, width) in losses.iter_mut().zip(WIDTHS) {
            let got = pool(&rest, &means, errors, width, slots_per_day);
            let errors = got.iter().zip(out).map(|(g, v)| (g - v).powi(2)).filter(|e| !e.is_nan());
            *loss += errors.sum::<f64>();
        }
    }
    let best = (0..WIDTHS.len()).min_by(|&a, &b| losses[a].total_cmp(&losses[b]));
    WIDTHS[best.unwrap_or(0)]
}

fn pool(all: &Sums, means: &[f64], errors: &[f64], width: f64, slots_per_day: usize) -> Vec<f64> {
    if width == 0.0 {
        return means.to_vec();
    }
    let hour = (slots_per_day / 24).max(1);
    let day = |d: usize| d * slots_per_day..(d + 1) * slots_per_day;
    let smooth: Vec<Vec<f64>> = (0..DAYS).map(|d| running_mean(&means[day(d)], hour)).collect();
    let mut pooled = vec![f64::NAN; means.len()];
    let mut sums = vec![(0.0, 0.0); slots_per_day];
    for d in 0..DAYS {
        sums.iter_mut().for_each(|s| *s = (0.0, 0.0));
        for e in 0..DAYS {
            for (h, error) in errors.iter().enumerate() {
                let (from, to) = (h * hour, ((h + 1) * hour).min(slots_per_day));
                let at = usize::midpoint(from, to - 1);
                let far = smooth[d][at] - smooth[e][at];
                let unlike = far * far / (width * error).max(1e-300);
                if d != e && (unlike.is_nan() || unlike >= FARTHEST) {
                    continue;
                }
                let like = if d == e { 1.0 } else { (-unlike).exp() };
                let slots = e * slots_per_day + from..e * slots_per_day + to;
                let own = all.sum[slots.clone()].iter().zip(&all.count[slots]);
                for (total, (sum, count)) in sums[from..to].iter_mut().zip(own) {
                    *total = (total.0 + like * sum, total.1 + like * count);
                }
            }
        }
        for (place, (sum, count)) in pooled[day(d)].iter_mut().zip(&sums) {
            *place = if *count > 1e-9 { sum / count } else { f64::NAN };
        }
    }
    pooled
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn like_days_are_averaged_and_unlike_ones_are_not() {
        // Six weeks by the hour: five days alike but for noise, and a weekend with half of the load.
        let noise = |i: usize| [0.0, 0.7, -0.4, 0.2, -0.6, 0.5, -0.3][(i * i + i / 7) % 7];
        let rows: Vec<Vec<f64>> = (0..6)
            .map(|w| {
                (0..168).map(|c| (if c / 24 < 5 { 60.0 } else { 30.0 }) + 5.0 * noise(c + 31 * w)).collect()
            })
            .collect();
        let (got, width) = pooled(&rows, 24, None);
        assert!(width > 0.0);
        let spread = |values: &[f64]| {
            let mean = values.iter().sum::<f64>() / values.len() as f64;
            values.iter().map(|v| (v - mean).powi(2)).sum::<f64>()
        };
        let own: Vec<f64> = (0..120).map(|c| rows.iter().map(|row| row[c]).sum::<f64>() / 6.0).collect();
        // What is left of the noise is less than in the means of the days alone.
        assert!(spread(&got[..120]) < 0.6 * spread(&own));
        assert!(got[120..].iter().all(|v| (v - 30.0).abs() < 2.5), "{:?}", &got[120..]);
        // With a width of nothing, each day is its own mean.
        assert_eq!(pooled(&rows, 24, Some(0.0)).0[..120], own);
    }

    #[test]
    fn a_slot_without_values_is_filled_by_like_days_or_stays_a_hole() {
        let mut rows = vec![vec![10.0; 168]; 4];
        rows.iter_mut().for_each(|row| row[5] = f64::NAN);
        let got = pooled(&rows, 24, Some(12.0)).0;
        assert!(got[5].is_nan());
        assert!(got.iter().enumerate().all(|(c, v)| c == 5 || *v == 10.0));
    }
}
