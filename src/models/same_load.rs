//! A latency at the same load: what is left of it once what its load explains is taken off.
//!
//! The logarithm of the latency is a broken line of the logarithm of the load, and whatever the day brings. The line
//! is fitted within days only, so that a rise over weeks is never taken for an effect of the load, by iterated
//! least squares with Huber's weights (Huber 1964).

use crate::series::{DAY, Series, mad, median, quantile};

/// Where the line breaks: the quantiles of the load between its ends.
const BREAKS: [f64; 4] = [0.2, 0.4, 0.6, 0.8];
/// Slopes of the line: before the first break, and what each break adds.
const SLOPES: usize = 1 + BREAKS.len();
/// Deviations within which an hour counts fully (Huber 1964: 95 % efficiency on normal errors).
const HUBER: f64 = 1.345;
/// Rounds of reweighting; after these the line no longer moves visibly.
const ROUNDS: usize = 6;
/// Hours with both a latency and a load that a fit needs: a fortnight.
const LEAST_HOURS: usize = 14 * 24;
/// What keeps a slope that the hours say nothing of at zero, as a share of the mean square of the slopes' columns.
const RIDGE: f64 = 1e-4;

/// A latency with the effect of its load taken off.
#[derive(Debug, Clone, PartialEq)]
pub struct SameLoad {
    /// The latency as it would have been at the median load, by the hour, in its unit.
    pub latency: Series,
    /// The share of the latency's variance within days that the load explains, 0 to 1.
    pub explained: f64,
    /// Hours that were fitted.
    pub hours: usize,
}

/// One hour that has both: its slot, its day from the first, and both logarithms.
struct Hour {
    slot: usize,
    day: usize,
    load: f64,
    latency: f64,
}

/// Takes the effect of an hourly load off an hourly latency; hours without a load, or without one above zero, become
/// holes. `None` with less than a fortnight of hours, or with a load that hardly moves.
pub fn at_same_load(latency: &Series, load: &Series) -> Option<SameLoad> {
    let hours = both(latency, load);
    if hours.len() < LEAST_HOURS {
        return None;
    }
    let mut loads: Vec<f64> = hours.iter().map(|hour| hour.load).collect();
    let breaks = BREAKS.map(|q| quantile(&mut loads, q).unwrap_or(0.0));
    let middle = median(&mut loads)?;
    // A load that is the same to a hundredth in most hours explains nothing.
    if breaks[BREAKS.len() - 1] - breaks[0] < 0.01 {
        return None;
    }
    let rows: Vec<[f64; SLOPES]> = hours.iter().map(|hour| basis(hour.load, &breaks)).collect();
    let slopes = fit(&hours, &rows)?;
    let line = |row: &[f64; SLOPES]| -> f64 { row.iter().zip(&slopes).map(|(x, slope)| x * slope).sum() };
    let at_middle = line(&basis(middle, &breaks));
    let mut left = Series::holes(latency.time(0), latency.step(), latency.len());
    for (hour, row) in hours.iter().zip(&rows) {
        left.set(hour.slot, Some((hour.latency - line(row) + at_middle).exp()));
    }
    let of = |value: &dyn Fn(usize) -> f64| {
        spread(&within_days(&hours, &(0..hours.len()).map(value).collect::<Vec<_>>()))
    };
    let (all, rest) = (of(&|i| hours[i].latency), of(&|i| hours[i].latency - line(&rows[i])));
    let explained = if all > 0.0 { (1.0 - rest / all).clamp(0.0, 1.0) } else { 0.0 };
    Some(SameLoad { latency: left, explained, hours: hours.len() })
}

fn both(latency: &Series, load: &Series) -> Vec<Hour> {
    let first = latency.first().map_or(0, |(time, _)| time.div_euclid(DAY));
    let hour = |slot: usize| {
        let time = latency.time(slot);
        let value = latency.get(slot).filter(|v| *v > 0.0)?;
        let load = load.get(load.slot(time)?).filter(|v| *v > 0.0)?;
        let day = usize::try_from(time.div_euclid(DAY) - first).ok()?;
        Some(Hour { slot, day, load: load.ln(), latency: value.ln() })
    };
    (0..latency.len()).filter_map(hour).collect()
}

/// The load, and how far it is above each break.
fn basis(load: f64, breaks: &[f64; BREAKS.len()]) -> [f64; SLOPES] {
    let mut row = [load; SLOPES];
    row.iter_mut().skip(1).zip(breaks).for_each(|(column, from)| *column = (load - from).max(0.0));
    row
}

/// The slopes of the line.
fn fit(hours: &[Hour], rows: &[[f64; SLOPES]]) -> Option<[f64; SLOPES]> {
    let y = within_days(hours, &hours.iter().map(|hour| hour.latency).collect::<Vec<_>>());
    let columns: Vec<Vec<f64>> =
        (0..SLOPES).map(|c| within_days(hours, &rows.iter().map(|row| row[c]).collect::<Vec<_>>())).collect();
    let mut weights = vec![1.0; y.len()];
    let mut slopes = [0.0; SLOPES];
    for _ in 0..ROUNDS {
        let product = |a: &[f64], b: &[f64]| -> f64 {
            a.iter().zip(b).zip(&weights).map(|((a, b), weight)| a * b * weight).sum()
        };
        let mut matrix = [[0.0; SLOPES]; SLOPES];
        let mut right = [0.0; SLOPES];
        for i in 0..SLOPES {
            (0..SLOPES).for_each(|j| matrix[i][j] = product(&columns[i], &columns[j]));
            right[i] = product(&columns[i], &y);
        }
        let mean = (0..SLOPES).map(|i| matrix[i][i]).sum::<f64>() / SLOPES as f64;
        (0..SLOPES).for_each(|i| matrix[i][i] += RIDGE * mean);
        slopes = solved(matrix, right)?;
        let off: Vec<f64> = (0..y.len())
            .map(|i| y[i] - (0..SLOPES).map(|c| columns[c][i] * slopes[c]).sum::<f64>())
            .collect();
        let scale = mad(&mut off.clone())?.max(f64::MIN_POSITIVE);
        weights = off.iter().map(|off| (HUBER * scale / off.abs().max(f64::MIN_POSITIVE)).min(1.0)).collect();
    }
    Some(slopes)
}

/// Values less the mean of their day.
fn within_days(hours: &[Hour], values: &[f64]) -> Vec<f64> {
    let mut left = Vec::with_capacity(values.len());
    let mut from = 0;
    for day in hours.chunk_by(|a, b| a.day == b.day) {
        let own = &values[from..from + day.len()];
        let mean = own.iter().sum::<f64>() / own.len() as f64;
        left.extend(own.iter().map(|value| value - mean));
        from += day.len();
    }
    left
}

/// A robust variance.
fn spread(values: &[f64]) -> f64 {
    mad(&mut values.to_vec()).unwrap_or(0.0).powi(2)
}

/// Solves a symmetric positive definite system by Gauss's elimination; `None` where it is singular.
fn solved(mut a: [[f64; SLOPES]; SLOPES], mut b: [f64; SLOPES]) -> Option<[f64; SLOPES]> {
    for i in 0..SLOPES {
        let pivot = Some(a[i][i]).filter(|p| *p > 0.0)?;
        for row in i + 1..SLOPES {
            let share = a[row][i] / pivot;
            (i..SLOPES).for_each(|c| a[row][c] -= share * a[i][c]);
            b[row] -= share * b[i];
        }
    }
    for i in (0..SLOPES).rev() {
        let known: f64 = (i + 1..SLOPES).map(|c| a[i][c] * b[c]).sum();
        b[i] = (b[i] - known) / a[i][i];
    }
    Some(b)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::series::HOUR;

    /// 28 days by the hour.
    fn hours(of: impl Fn(f64) -> f64) -> Series {
        let slots = (0..28 * 24).map(|hour| Some(of(f64::from(hour) / 24.0)));
        Series::from_slots(0, HOUR, slots.collect::<Vec<_>>())
    }

    /// Between 1 and 3 within each day, and a tenth more each week.
    fn load(day: f64) -> f64 {
        (2.0 + (day * std::f64::consts::TAU).sin()) * 1.1_f64.powf(day / 7.0)
    }

    #[test]
    fn a_power_of_the_load_is_taken_off_whole() {
        // On logarithms a power is a straight line, which every broken line can be.
        let same = at_same_load(&hours(|day| 0.5 * load(day).powf(1.5)), &hours(load)).unwrap();
        assert!(same.explained > 0.999 && same.hours == 28 * 24, "{same:?}");
        let (first, last) = (same.latency.get(0).unwrap(), same.latency.get(27 * 24).unwrap());
        assert!((last / first - 1.0).abs() < 0.005, "{first} to {last}");
    }

    #[test]
    fn what_rises_at_the_same_load_is_left() {
        let slower = |day: f64| 0.5 * load(day).powf(1.5) * (1.0 + 0.2 * day / 27.0);
        let same = at_same_load(&hours(slower), &hours(load)).unwrap();
        // From noon to noon, 27 days apart, a fifth.
        let ratio = same.latency.get(27 * 24 + 12).unwrap() / same.latency.get(12).unwrap();
        assert!((ratio - (1.0 + 0.2 * 27.5 / 27.0) / (1.0 + 0.2 * 0.5 / 27.0)).abs() < 0.01, "{ratio}");
    }

    #[test]
    fn no_load_short_load_and_a_load_that_never_moves_explain_nothing() {
        let latency = hours(|_| 1.0);
        assert_eq!(at_same_load(&latency, &hours(|_| 0.0)), None);
        assert_eq!(at_same_load(&latency, &hours(|_| 7.0)), None);
        assert_eq!(at_same_load(&latency, &Series::holes(0, HOUR, 0)), None);
        let fortnight = Series::from_slots(0, HOUR, (0..13 * 24).map(|i| Some(load(f64::from(i) / 24.0))));
        assert_eq!(at_same_load(&latency, &fortnight), None);
    }
}
