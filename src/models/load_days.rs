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
    (pool(&all, &means, &Distances::of(&means, &errors, slots_per_day), width), width)
}

/// The squared standard error of a day's mean at each hour of the day.
fn squared_errors(rows: &[Vec<f64>], means: &[f64], slots_per_day: usize) -> Vec<f64> {
    let hour = (slots_per_day / 24).max(1);
    let hours = slots_per_day.div_ceil(hour);
    let mut squares = vec![(0.0, 0.0); hours];
    for row in rows {
        let residual: Vec<f64> = row.iter().zip(means).map(|(v, m)| v - m).collect();
        for (i, chunk) in residual.chunks(hour).enumerate() {
            let known = chunk.iter().filter(|v| !v.is_nan());
            let (sum, count) = known.fold((0.0, 0.0), |(sum, n), v| (sum + v, n + 1.0));
            if count * 2.0 > chunk.len() as f64 {
                let mean = sum / count;
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
        let distances = Distances::of(&means, errors, slots_per_day);
        for (loss, width) in losses.iter_mut().zip(WIDTHS) {
            let got = pool(&rest, &means, &distances, width);
            let errors = got.iter().zip(out).map(|(g, v)| (g - v).powi(2)).filter(|e| !e.is_nan());
            *loss += errors.sum::<f64>();
        }
    }
    let best = (0..WIDTHS.len()).min_by(|&a, &b| losses[a].total_cmp(&losses[b]));
    WIDTHS[best.unwrap_or(0)]
}

/// How far days lie apart, hour by hour.
struct Distances<'a> {
    slots_per_day: usize,
    /// Squared distances of each two days at each hour; NaN where one is not known.
    squares: Vec<f64>,
    /// The squared standard error of a day's mean at each hour of the day.
    errors: &'a [f64],
}

impl Distances<'_> {
    fn of<'a>(means: &[f64], errors: &'a [f64], slots_per_day: usize) -> Distances<'a> {
        let hour = (slots_per_day / 24).max(1);
        let middle = |h: usize| usize::midpoint(h * hour, ((h + 1) * hour).min(slots_per_day) - 1);
        let at: Vec<Vec<f64>> = means
            .chunks(slots_per_day)
            .map(|day| running_mean(day, hour))
            .map(|smooth| (0..errors.len()).map(|h| smooth[middle(h)]).collect())
            .collect();
        let pairs = (0..DAYS).flat_map(|d| (0..DAYS).map(move |e| (d, e)));
        let squares = pairs.flat_map(|(d, e)| at[d].iter().zip(&at[e]).map(|(a, b)| (a - b) * (a - b)));
        Distances { slots_per_day, squares: squares.collect(), errors }
    }

    /// How much each day counts for each other, a day fully for itself, slot by slot.
    fn likeness(&self, width: f64) -> Vec<f64> {
        let p = self.slots_per_day;
        let (hour, hours) = ((p / 24).max(1), self.errors.len());
        let mut like = vec![1.0; DAYS * DAYS * p];
        for (d, e) in (0..DAYS).flat_map(|d| (0..d).map(move |e| (d, e))) {
            let squares = &self.squares[(d * DAYS + e) * hours..];
            for (h, (square, error)) in squares.iter().zip(self.errors).enumerate() {
                let unlike = square / (width * error).max(1e-300);
                let counts = if unlike < FARTHEST { (-unlike).exp() } else { 0.0 };
                for slot in h * hour..((h + 1) * hour).min(p) {
                    like[(d * DAYS + e) * p + slot] = counts;
                    like[(e * DAYS + d) * p + slot] = counts;
                }
            }
        }
        like
    }
}

fn pool(all: &Sums, means: &[f64], distances: &Distances, width: f64) -> Vec<f64> {
    if width == 0.0 {
        return means.to_vec();
    }
    let p = distances.slots_per_day;
    let mut pooled = Vec::with_capacity(means.len());
    let (mut sums, mut counts) = (vec![0.0; p], vec![0.0; p]);
    for like in distances.likeness(width).chunks(DAYS * p) {
        sums.fill(0.0);
        counts.fill(0.0);
        for (like, (sum, count)) in like.chunks(p).zip(all.sum.chunks(p).zip(all.count.chunks(p))) {
            sums.iter_mut().zip(like).zip(sum).for_each(|((total, like), sum)| *total += like * sum);
            counts.iter_mut().zip(like).zip(count).for_each(|((total, like), n)| *total += like * n);
        }
        let slots = sums.iter().zip(&counts);
        pooled.extend(slots.map(|(sum, count)| if *count > 1e-9 { sum / count } else { f64::NAN }));
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
