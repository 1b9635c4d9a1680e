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
const LEVELS: [f64; TRIED] = [0.0, 0.01, 0.03, 0.08, 0.2, 0.45];
const SEASONS: [f64; TRIED] = [0.0, 0.05, 0.12, 0.22, 0.35, 0.55];
/// Values of one parameter, which are run side by side: the recursion waits for itself, so several cost little more than one.
const TRIED: usize = 6;
/// Rounds over the coordinates; a third changes nothing that matters.
const ROUNDS: usize = 2;

/// The smoothing parameters.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Smoothing {
    level: f64,
    day: f64,
    week: f64,
}

/// What several smoothings have come to at the end of the history, each in its place.
struct State<const N: usize> {
    level: [f64; N],
    day: Vec<[f64; N]>,
    week: Vec<[f64; N]>,
    /// The last one-step error.
    error: [f64; N],
    /// How much of an error is left an hour later, by least squares.
    carried: [f64; N],
    /// Mean square of what the carried error leaves of the one-step errors.
    loss: [f64; N],
}

impl Smoothing {
    /// The parameters with the least one-step error on a load (one value an hour, no holes); `None` with less than three
    /// weeks.
    pub(super) fn fit(load: &[f64]) -> Option<Smoothing> {
        let y = logarithm(load)?;
        let mut best = Smoothing { level: 0.03, day: 0.22, week: 0.22 };
        let [mut least] = run([best], &y).loss;
        for _ in 0..ROUNDS {
            for coordinate in 0..3 {
                let tried: [Smoothing; TRIED] = std::array::from_fn(|at| match coordinate {
                    0 => Smoothing { level: LEVELS[at], ..best },
                    1 => Smoothing { day: SEASONS[at], ..best },
                    _ => Smoothing { week: SEASONS[at], ..best },
                });
                for (tried, loss) in tried.into_iter().zip(run(tried, &y).loss) {
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
        let State { level: [level], day, week, error: [mut error], carried: [carried], .. } = run([self], &y);
        let floor = floor(load);
        let n = y.len();
        let next = (0..ahead).map(|k| {
            error *= carried;
            let at = n + k;
            (level + day[at % DAY][0] + week[at % WEEK][0] + error).exp() - floor
        });
        Some(next.map(|v| v.max(0.0)).collect())
    }
}

/// Runs smoothings side by side over a history.
fn run<const N: usize>(smoothings: [Smoothing; N], y: &[f64]) -> State<N> {
    let mut state = start(y);
    let (mut squares, mut products, mut before) = ([0.0; N], [0.0; N], [0.0; N]);
    for (t, &value) in y.iter().enumerate() {
        let (day, week) = (&mut state.day[t % DAY], &mut state.week[t % WEEK]);
        let counts = t >= WEEK;
        for i in 0..N {
            let error = value - state.level[i] - day[i] - week[i];
            if counts {
                let last = state.error[i];
                squares[i] += error * error;
                products[i] += error * last;
                before[i] += last * last;
            }
            state.error[i] = error;
            let old = state.level[i];
            state.level[i] += smoothings[i].level * error;
            day[i] += smoothings[i].day * (value - old - week[i] - day[i]);
            week[i] += smoothings[i].week * (value - old - day[i] - week[i]);
        }
    }
    for i in 0..N {
        let carried = if before[i] > 0.0 { (products[i] / before[i]).clamp(0.0, 0.995) } else { 0.0 };
        state.carried[i] = carried;
        // Σ(e − φe₋₁)² by its parts.
        state.loss[i] = squares[i] - 2.0 * carried * products[i] + carried.powi(2) * before[i];
    }
    state
}

/// Level, day and week of the first two weeks.
fn start<const N: usize>(y: &[f64]) -> State<N> {
    let first = &y[..2 * WEEK];
    let level = first.iter().sum::<f64>() / first.len() as f64;
    let mut day = vec![[0.0; N]; DAY];
    for (t, v) in first.iter().enumerate() {
        day[t % DAY].iter_mut().for_each(|day| *day += (v - level) / 14.0);
    }
    let mut week = vec![[0.0; N]; WEEK];
    for (t, v) in first.iter().enumerate() {
        week[t % WEEK].iter_mut().zip(&day[t % DAY]).for_each(|(week, day)| *week += (v - level - day) / 2.0);
    }
    State { level: [level; N], day, week, error: [0.0; N], carried: [0.0; N], loss: [0.0; N] }
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
