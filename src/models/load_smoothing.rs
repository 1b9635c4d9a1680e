//! Exponential smoothing with a day and a week (Taylor 2003), on the logarithm of an hourly load.
//!
//! ŷ(t+k) = l(t) + d(t+k−24) + w(t+k−168) + φᵏ·e(t): a level, what the hour of the day adds, what the hour of the week
//! adds, and a share of the last error that fades.

/// Hours in a day.
const DAY: usize = 24;
/// Hours in a week.
const WEEK: usize = 7 * DAY;
/// Added to a load before the logarithm, as a share of its mean, so that an hour without any load has one.
const LEAST: f64 = 1e-3;
/// The smoothing parameters that are tried, one coordinate after the other.
const LEVELS: [f64; 6] = [0.0, 0.01, 0.03, 0.08, 0.2, 0.45];
const SEASONS: [f64; 6] = [0.0, 0.05, 0.12, 0.22, 0.35, 0.55];
/// Rounds over the coordinates; a third changes nothing that matters.
const ROUNDS: usize = 2;

/// The smoothing parameters.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Smoothing {
    level: f64,
    day: f64,
    week: f64,
}

/// What the smoothing has come to at the end of the history.
struct State {
    level: f64,
    day: Vec<f64>,
    week: Vec<f64>,
    /// The last one-step error.
    error: f64,
    /// How much of an error is left an hour later, by least squares.
    carried: f64,
    /// Mean square of what the carried error leaves of the one-step errors.
    loss: f64,
}

impl Smoothing {
    /// The parameters with the least one-step error on a load (one value an hour, no holes); `None` with less than three
    /// weeks.
    pub(super) fn fit(load: &[f64]) -> Option<Smoothing> {
        let y = logarithm(load)?;
        let mut best = Smoothing { level: 0.03, day: 0.22, week: 0.22 };
        let mut least = best.run(&y).loss;
        for _ in 0..ROUNDS {
            for coordinate in 0..3 {
                for at in 0..6 {
                    let mut tried = best;
                    match coordinate {
                        0 => tried.level = LEVELS[at],
                        1 => tried.day = SEASONS[at],
                        _ => tried.week = SEASONS[at],
                    }
                    let loss = tried.run(&y).loss;
                    if loss < least {
                        (least, best) = (loss, tried);
                    }
                }
            }
        }
        Some(best)
    }

    /// Forecasts the hours after `load`, in its unit.
    pub(super) fn forecast(self, load: &[f64], ahead: usize) -> Option<Vec<f64>> {
        let y = logarithm(load)?;
        let state = self.run(&y);
        let floor = floor(load);
        let n = y.len();
        let mut error = state.error;
        let next = (0..ahead).map(|k| {
            error *= state.carried;
            let at = n + k;
            (state.level + state.day[at % DAY] + state.week[at % WEEK] + error).exp() - floor
        });
        Some(next.map(|v| v.max(0.0)).collect())
    }

    fn run(self, y: &[f64]) -> State {
        let mut state = start(y);
        let (mut squares, mut products, mut before, mut last) = (0.0, 0.0, 0.0, 0.0);
        for (t, &value) in y.iter().enumerate() {
            let (d, w) = (t % DAY, t % WEEK);
            let error = value - state.level - state.day[d] - state.week[w];
            if t >= WEEK {
                squares += error * error;
                products += error * last;
                before += last * last;
            }
            last = error;
            let old = state.level;
            state.level += self.level * error;
            state.day[d] += self.day * (value - old - state.week[w] - state.day[d]);
            state.week[w] += self.week * (value - old - state.day[d] - state.week[w]);
        }
        state.error = last;
        state.carried = if before > 0.0 { (products / before).clamp(0.0, 0.995) } else { 0.0 };
        // Σ(e − φe₋₁)² by its parts.
        state.loss = squares - 2.0 * state.carried * products + state.carried.powi(2) * before;
        state
    }
}

/// Level, day and week of the first two weeks.
fn start(y: &[f64]) -> State {
    let first = &y[..2 * WEEK];
    let level = first.iter().sum::<f64>() / first.len() as f64;
    let mut day = vec![0.0; DAY];
    for (t, v) in first.iter().enumerate() {
        day[t % DAY] += (v - level) / 14.0;
    }
    let mut week = vec![0.0; WEEK];
    for (t, v) in first.iter().enumerate() {
        week[t % WEEK] += (v - level - day[t % DAY]) / 2.0;
    }
    State { level, day, week, error: 0.0, carried: 0.0, loss: 0.0 }
}

fn floor(load: &[f64]) -> f64 {
    LEAST * load.iter().sum::<f64>() / load.len() as f64
}

fn logarithm(load: &[f64]) -> Option<Vec<f64>> {
    let floor = floor(load);
    (load.len() >= 3 * WEEK && floor > 0.0).then(|| load.iter().map(|v| (v.max(0.0) + floor).ln()).collect())
}

#[cfg(test)]
mod tests {
    use super::{super::load_ridge::tests::load, *};

    #[test]
    fn forecasts_are_those_of_taylors_recursion() {
        // tests/references/load_hourly.py: hours 1, 12 and 48 ahead.
        let got = Smoothing { level: 0.03, day: 0.22, week: 0.12 }.forecast(&load(), 48).unwrap();
        let expected = [35.018_856_03, 51.702_121_21, 49.150_028_90];
        for (got, expected) in [got[0], got[11], got[47]].into_iter().zip(expected) {
            assert!((got / expected - 1.0).abs() < 1e-6, "{got} {expected}");
        }
    }

    #[test]
    fn a_rhythm_without_noise_goes_on_and_short_or_empty_loads_are_refused() {
        let load: Vec<f64> = (0..504).map(|t| 100.0 + f64::from(t % 24) + f64::from(t % 168 / 24)).collect();
        let got = Smoothing::fit(&load).unwrap().forecast(&load, 24).unwrap();
        for (k, got) in got.iter().enumerate() {
            let expected = 100.0 + k as f64 + 0.0;
            assert!((got / expected - 1.0).abs() < 0.01, "{k}: {got}");
        }
        assert_eq!(Smoothing::fit(&load[..503]), None);
        assert_eq!(Smoothing::fit(&[0.0; 600]), None);
    }
}
