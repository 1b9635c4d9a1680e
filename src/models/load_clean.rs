//! Which slots of a load's past are incidents: they are not learnt.

use crate::series::mad;

/// A one-hour mean this many robust standard deviations off is an incident.
const OFF: f64 = 4.0;
/// The standard deviation is at least this share of the mean load, so that a load without noise has no incidents of
/// rounding.
const LEAST_SIGMA: f64 = 0.01;
/// What comes back in this share of the weeks is a job, not an incident.
const RECURS: f64 = 0.5;

/// Columns that are sorted at once, so that a processor can compare several together.
const LANES: usize = 8;

/// The middle of each column's values, over the weeks; NaN where there is none.
pub(super) fn medians(rows: &[Vec<f64>]) -> Vec<f64> {
    let columns = rows.first().map_or(0, Vec::len);
    let mut medians = Vec::with_capacity(columns);
    let mut block = vec![[f64::INFINITY; LANES]; rows.len()];
    for from in (0..columns).step_by(LANES) {
        let width = LANES.min(columns - from);
        let mut known = [0_usize; LANES];
        for (place, row) in block.iter_mut().zip(rows) {
            for ((place, known), v) in place.iter_mut().zip(&mut known).zip(&row[from..from + width]) {
                // Holes go to the end.
                *place = if v.is_nan() { f64::INFINITY } else { *v };
                *known += usize::from(!v.is_nan());
            }
        }
        sort_lanes(&mut block);
        medians.extend((0..width).map(|lane| match known[lane] {
            0 => f64::NAN,
            n => f64::midpoint(block[n / 2][lane], block[(n - 1) / 2][lane]),
        }));
    }
    medians
}

/// Sorts each lane, by comparing neighbours only: few rows, and no branch that depends on a value.
fn sort_lanes(block: &mut [[f64; LANES]]) {
    for end in 1..block.len() {
        for at in (0..end).rev() {
            let (low, high) = (block[at], block[at + 1]);
            for lane in 0..LANES {
                let (a, b) = (low[lane], high[lane]);
                block[at][lane] = if a < b { a } else { b };
                block[at + 1][lane] = if a < b { b } else { a };
            }
        }
    }
}

/// The mean of the `width` slots around each slot, holes left out; NaN where there are only holes.
pub(super) fn running_mean(values: &[f64], width: usize) -> Vec<f64> {
    let (n, half) = (values.len(), width / 2);
    // Sums and counts up to each slot.
    let (mut sums, mut counts) = (Vec::with_capacity(n + 1), Vec::with_capacity(n + 1));
    let (mut sum, mut count) = (0.0, 0.0);
    sums.push(sum);
    counts.push(count);
    for v in values {
        let known = !v.is_nan();
        sum += if known { *v } else { 0.0 };
        count += f64::from(u8::from(known));
        sums.push(sum);
        counts.push(count);
    }
    // Without a value, nothing is divided by nothing.
    let mean = |from: usize, to: usize| (sums[to] - sums[from]) / (counts[to] - counts[from]);
    let ends = |i: usize| mean(i.saturating_sub(half), (i + half + 1).min(n));
    let inner = n.saturating_sub(2 * half);
    let mut means = Vec::with_capacity(n);
    means.extend((0..half.min(n)).map(ends));
    let (sums_to, counts_to) = (sums.iter().skip(2 * half + 1), counts.iter().skip(2 * half + 1));
    let within = sums.iter().zip(sums_to).zip(counts.iter().zip(counts_to)).take(inner);
    means.extend(within.map(|((from, to), (counted, count))| (to - from) / (count - counted)));
    means.extend((means.len()..n).map(ends));
    means
}

/// The mean of the hour around each slot, holes left out.
pub(super) fn hour_mean(values: &[f64], slots_per_day: usize) -> Vec<f64> {
    running_mean(values, (slots_per_day / 24) | 1)
}

/// Makes holes of incidents: where the one-hour mean of a week's residual from what is `usual` (one value a column, times
/// the week's level) lies far off for its time of day, unless it does so in half of the weeks.
pub(super) fn clean(rows: &mut [Vec<f64>], usual: &[f64], levels: &[f64], slots_per_day: usize) {
    let hour = (slots_per_day / 24).max(1);
    let columns = usual.len();
    let residuals: Vec<Vec<f64>> = rows
        .iter()
        .zip(levels)
        .map(|(row, level)| {
            let level = if level.is_nan() { 1.0 } else { *level };
            let residual: Vec<f64> = row.iter().zip(usual).map(|(v, usual)| v - usual * level).collect();
            running_mean(&residual, hour)
        })
        .collect();
    let by_hour = limits(&residuals, usual, slots_per_day, hour);
    let limits: Vec<f64> = (0..columns).map(|c| by_hour[c % slots_per_day / hour]).collect();
    let far = |week: usize, c: usize| residuals[week][c].abs() > limits[c];
    let often = (rows.len() as f64 * RECURS).max(2.0);
    let recurring: Vec<bool> =
        (0..columns).map(|c| (0..rows.len()).filter(|&week| far(week, c)).count() as f64 >= often).collect();
    for (week, row) in rows.iter_mut().enumerate() {
        for c in (0..columns).filter(|&c| far(week, c) && !recurring[c]) {
            let around = c.saturating_sub(hour / 2)..(c + hour / 2 + 1).min(columns);
            around.filter(|&i| !recurring[i]).for_each(|i| row[i] = f64::NAN);
        }
    }
}

/// How far off a one-hour mean may be at each hour of the day.
fn limits(residuals: &[Vec<f64>], usual: &[f64], slots_per_day: usize, hour: usize) -> Vec<f64> {
    let known = || usual.iter().filter(|v| !v.is_nan());
    let least = LEAST_SIGMA * known().sum::<f64>() / known().count().max(1) as f64;
    // Slots of one hour share most of their means: a few of them say it all.
    let every = (hour / 3).max(1);
    (0..slots_per_day.div_ceil(hour))
        .map(|of_day| {
            let days = residuals.iter().flat_map(|week| week.chunks(slots_per_day));
            let slots = days.flat_map(|day| day.iter().skip(of_day * hour).take(hour).step_by(every));
            let mut near: Vec<f64> = slots.copied().filter(|v| !v.is_nan()).collect();
            OFF * mad(&mut near).unwrap_or(0.0).max(least)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A little that is not the same in any two hours.
    fn noise(i: usize) -> f64 {
        [0.0, 0.7, -0.4, 0.2, -0.6, 0.5, -0.3][(i * i + i / 7) % 7]
    }

    #[test]
    fn an_incident_is_left_out_and_a_job_stays() {
        let mut rows: Vec<Vec<f64>> =
            (0..4).map(|w| (0..168).map(|h| 50.0 + noise(h + 31 * w)).collect()).collect();
        // On one Wednesday at 10 and 11 twice as much; each Sunday at 03 a job.
        rows[1][58] = 100.0;
        rows[1][59] = 100.0;
        rows.iter_mut().for_each(|row| row[147] = 90.0);
        let usual = medians(&rows);
        clean(&mut rows, &usual, &[1.0; 4], 24);
        assert!(rows[1][58].is_nan() && rows[1][59].is_nan());
        assert!(rows.iter().all(|row| row[147] == 90.0));
        let holes = rows.iter().flatten().filter(|v| v.is_nan()).count();
        assert_eq!(holes, 2);
    }

    #[test]
    fn running_means_pass_over_holes() {
        let got = running_mean(&[1.0, f64::NAN, 3.0, 5.0], 3);
        assert_eq!(got, [1.0, 2.0, 4.0, 4.0]);
        assert!(running_mean(&[f64::NAN], 3)[0].is_nan());
        // An hour of an hourly load is itself; of a load by quarter of an hour, the five around it.
        assert_eq!(hour_mean(&[1.0, 5.0, 9.0], 24), [1.0, 5.0, 9.0]);
        assert_eq!(hour_mean(&[1.0, 2.0, 3.0, 4.0, 5.0], 96)[2], 3.0);
    }
}
