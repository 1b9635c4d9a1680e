//! A ridge autoregression of an hourly load: each hour from the same hours of yesterday, the day before and the week
//! before.
//!
//! Least squares with a small penalty on the squares of the coefficients (Hoerl & Kennard 1970), on a power of the load
//! (Tukey 1957), which makes its ups and downs about equally wide at noon and at night; hours that fit badly count less
//! (Huber 1964), so that an incident does not teach the rhythm.

use std::f64::consts::TAU;

use crate::series::mad;

/// Hours in a day.
const DAY: usize = 24;
/// Rows that are needed at least: a week of hours.
const LEAST_ROWS: usize = 168;
/// The weight of the penalty against the summed weights of the rows, on standardised values: it only keeps two lags that
/// say the same from fighting each other. Set on the training part of M4's hourly series.
const PENALTY: f64 = 1e-4;
/// The intercept's penalty: enough to keep the equations solvable.
const INTERCEPT_PENALTY: f64 = 1e-6;
/// A residual counts in full up to so many robust standard deviations; one is between least squares and least absolute
/// deviations. Set on the training part of M4's hourly series.
const HUBER: f64 = 1.0;
/// How often the weights are set anew by the residuals of the fit before.
const REWEIGHTED: usize = 2;
/// A forecast that recurses may run away; beyond so many standard deviations it is held.
const FARTHEST: f64 = 6.0;

/// Which earlier hours an hour is made of, and which rows count how much.
#[derive(Debug, Clone, Copy)]
pub(super) struct Autoregression {
    /// Hours back, ascending.
    pub(super) lags: &'static [usize],
    /// Sine and cosine pairs of the day that are added to the lags.
    pub(super) harmonics: usize,
    /// Hours after which a row counts half; `None` counts all alike.
    pub(super) half_life: Option<f64>,
}

/// A regression that has been fitted.
#[derive(Debug, Clone)]
pub(super) struct Fitted {
    kind: Autoregression,
    /// Of one, the lagged values and the harmonics, on standardised roots.
    coefficients: Vec<f64>,
    mean: f64,
    sd: f64,
}

impl Autoregression {
    /// Fits a load (not negative, one value an hour, no holes). `None` where the history is not a week longer than the
    /// longest lag, or does not move.
    pub(super) fn fit(&self, load: &[f64]) -> Option<Fitted> {
        let longest = *self.lags.last()?;
        if load.len() < longest + LEAST_ROWS {
            return None;
        }
        let values: Vec<f64> = load.iter().map(|v| root(*v)).collect();
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        let sd = (values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / values.len() as f64).sqrt();
        if sd <= 1e-9 * mean {
            return None;
        }
        let z: Vec<f64> = values.iter().map(|v| (v - mean) / sd).collect();
        let rows = z.len() - longest;
        let fade = self.half_life.map_or(1.0, |hours| 0.5_f64.powf(1.0 / hours));
        let weights: Vec<f64> = (0..rows).map(|row| fade.powi((rows - 1 - row) as i32)).collect();
        let ones = vec![1.0; rows];
        let waves = self.waves(longest, rows);
        let lagged = self.lags.iter().map(|lag| &z[longest - lag..z.len() - lag]);
        let columns: Vec<&[f64]> =
            std::iter::once(ones.as_slice()).chain(lagged).chain(waves.iter().map(Vec::as_slice)).collect();
        let coefficients = robust(&columns, &z[longest..], &weights)?;
        Some(Fitted { kind: *self, coefficients, mean, sd })
    }

    /// The harmonics of the hours from `first` on.
    fn waves(&self, first: usize, rows: usize) -> Vec<Vec<f64>> {
        let wave = |k: usize, shape: fn(f64) -> f64| -> Vec<f64> {
            let day: Vec<f64> = (0..DAY).map(|hour| shape(TAU * (k * hour) as f64 / DAY as f64)).collect();
            (first..first + rows).map(|t| day[t % DAY]).collect()
        };
        (1..=self.harmonics).flat_map(|k| [wave(k, f64::sin), wave(k, f64::cos)]).collect()
    }
}

impl Fitted {
    /// Forecasts the hours after `load`, in its unit; `load` begins at the hour of the day at which the fitted one did.
    pub(super) fn forecast(&self, load: &[f64], ahead: usize) -> Vec<f64> {
        let mut z: Vec<f64> = load.iter().map(|v| (root(*v) - self.mean) / self.sd).collect();
        let (lagged, waves) = self.coefficients[1..].split_at(self.kind.lags.len());
        for t in load.len()..load.len() + ahead {
            let lags = self.kind.lags.iter().zip(lagged).map(|(lag, b)| b * z[t - lag]);
            let waves = waves.chunks_exact(2).enumerate().map(|(k, pair)| {
                let (sine, cosine) = (TAU * ((k + 1) * (t % DAY)) as f64 / DAY as f64).sin_cos();
                pair[0] * sine + pair[1] * cosine
            });
            let next = self.coefficients[0] + lags.sum::<f64>() + waves.sum::<f64>();
            z.push(next.clamp(-FARTHEST, FARTHEST));
        }
        z[load.len()..].iter().map(|z| (self.mean + self.sd * z).max(0.0).powi(4)).collect()
    }
}

/// The fourth root lies between a square root and a logarithm, and is defined for an hour without load.
fn root(load: f64) -> f64 {
    load.max(0.0).sqrt().sqrt()
}

/// The coefficients of the ridge regression in which rows that fit badly count less.
fn robust(columns: &[&[f64]], targets: &[f64], weights: &[f64]) -> Option<Vec<f64>> {
    let mut coefficients = ridge(columns, targets, weights)?;
    for _ in 0..REWEIGHTED {
        let mut residuals = targets.to_vec();
        for (column, b) in columns.iter().zip(&coefficients) {
            residuals.iter_mut().zip(*column).for_each(|(r, x)| *r -= b * x);
        }
        let full = HUBER * mad(&mut residuals.clone()).unwrap_or(0.0);
        if full <= 0.0 {
            break;
        }
        let trusted: Vec<f64> =
            weights.iter().zip(&residuals).map(|(w, r)| w * full / r.abs().max(full)).collect();
        coefficients = ridge(columns, targets, &trusted)?;
    }
    Some(coefficients)
}

fn ridge(columns: &[&[f64]], targets: &[f64], weights: &[f64]) -> Option<Vec<f64>> {
    let n = columns.len();
    let total: f64 = weights.iter().sum();
    let mut normal = vec![0.0; n * n];
    let mut right = vec![0.0; n];
    let mut weighted = vec![0.0; targets.len()];
    for i in 0..n {
        weighted.iter_mut().zip(weights).zip(columns[i]).for_each(|((place, w), x)| *place = w * x);
        right[i] = dot(&weighted, targets);
        for j in 0..=i {
            normal[i * n + j] = dot(&weighted, columns[j]);
        }
        normal[i * n + i] += total * if i == 0 { INTERCEPT_PENALTY } else { PENALTY };
    }
    solve(&mut normal, &mut right, n).then_some(right)
}

/// The sum of products; in several parts, so that a processor can work on them at once.
fn dot(a: &[f64], b: &[f64]) -> f64 {
    const PARTS: usize = 8;
    let mut sums = [0.0; PARTS];
    let (a, b) = (a.chunks_exact(PARTS), b.chunks_exact(PARTS));
    let rest: f64 = a.remainder().iter().zip(b.remainder()).map(|(a, b)| a * b).sum();
    for (a, b) in a.zip(b) {
        sums.iter_mut().zip(a.iter().zip(b)).for_each(|(sum, (a, b))| *sum += a * b);
    }
    rest + sums.iter().sum::<f64>()
}

/// Solves `matrix · x = right` in place by Cholesky's method, given the lower triangle of a positive definite matrix;
/// `false` where it is none.
fn solve(matrix: &mut [f64], right: &mut [f64], n: usize) -> bool {
    for i in 0..n {
        for j in 0..=i {
            let done = dot(&matrix[i * n..i * n + j], &matrix[j * n..j * n + j]);
            let rest = matrix[i * n + j] - done;
            if i != j {
                matrix[i * n + j] = rest / matrix[j * n + j];
            } else if rest > 0.0 {
                matrix[i * n + i] = rest.sqrt();
            } else {
                return false;
            }
        }
    }
    for i in 0..n {
        right[i] = (right[i] - dot(&matrix[i * n..i * n + i], &right[..i])) / matrix[i * n + i];
    }
    for i in (0..n).rev() {
        let done: f64 = (i + 1..n).map(|k| matrix[k * n + i] * right[k]).sum();
        right[i] = (right[i] - done) / matrix[i * n + i];
    }
    true
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// Six hundred hours with a day, a week and a little that never repeats: that of tests/references/load_hourly.py.
    pub(in crate::models) fn load() -> Vec<f64> {
        let hour = |t: f64| {
            50.0 + 30.0 * (TAU * t / 24.0).sin() + 10.0 * (TAU * t / 168.0).cos() + 4.0 * (0.7 * t * t).sin()
        };
        (0..600).map(|t| hour(f64::from(t))).collect()
    }

    const NEAR: &[usize] = &[1, 2, 3, 22, 23, 24, 25, 26, 48, 49, 167, 168, 169, 170, 171];

    #[test]
    fn forecasts_are_those_of_numpy() {
        // tests/references/load_hourly.py: hours 1, 12 and 48 ahead.
        for (harmonics, half_life, expected) in [
            (0, Some(336.0), [41.647_201_27, 48.246_209_74, 46.619_261_53]),
            (3, None, [42.009_020_11, 49.423_431_00, 47.692_805_82]),
        ] {
            let load = load();
            let got =
                Autoregression { lags: NEAR, harmonics, half_life }.fit(&load).unwrap().forecast(&load, 48);
            for (got, expected) in [got[0], got[11], got[47]].into_iter().zip(expected) {
                assert!((got / expected - 1.0).abs() < 1e-6, "{got} {expected}");
            }
        }
    }

    #[test]
    fn what_is_too_short_or_does_not_move_is_not_fitted() {
        let kind = Autoregression { lags: NEAR, harmonics: 0, half_life: None };
        assert!(kind.fit(&load()[..171 + 167]).is_none());
        assert!(kind.fit(&load()[..171 + 168]).is_some());
        assert!(kind.fit(&[7.0; 600]).is_none());
        assert!(kind.fit(&[0.0; 600]).is_none());
    }
}
