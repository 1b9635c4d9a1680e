//! The coming hours of a load: several forecasts, each weighed by how well it did on this series' own past.
//!
//! Averages of forecasts, weighted by the inverse of their squared errors, beat the choice of the best single one
//! (Bates & Granger 1969; Makridakis, Spiliotis & Assimakopoulos 2020 for M4).

use super::{
    load_ridge::{Autoregression, Fitted},
    load_smoothing::Smoothing,
};

/// Hours ahead that a walk-forward try looks at, and hours between two tries.
const TRIED: usize = 48;
/// Walk-forward tries. Set on the training part of M4's hourly series; two are noisier, four no better.
const TRIES: usize = 3;
/// The hours that say most of an hour: the ones just before it, and those around the same hour of yesterday, of the day
/// before, and of last week.
const NEAR: &[usize] = &[1, 2, 3, 22, 23, 24, 25, 26, 48, 49, 167, 168, 169, 170, 171];
/// The same hour of earlier days only, which does not follow the last hours.
const SAME_HOUR: &[usize] = &[24, 48, 72, 96, 120, 144, 168, 192, 336];
/// Two weeks: a rhythm that is older counts less.
const FADING: Option<f64> = Some(336.0);
/// The regressions that compete, beside the smoothing. Set on the training part of M4's hourly series.
const AUTOREGRESSIONS: [Autoregression; 4] = [
    Autoregression { lags: NEAR, harmonics: 0, half_life: FADING },
    Autoregression { lags: NEAR, harmonics: 3, half_life: None },
    Autoregression { lags: NEAR, harmonics: 3, half_life: FADING },
    Autoregression { lags: SAME_HOUR, harmonics: 0, half_life: FADING },
];
const MEMBERS: usize = AUTOREGRESSIONS.len() + 1;

/// What each member forecasts.
type Forecasts = [Option<Vec<f64>>; MEMBERS];

/// What competes, fitted.
struct Members {
    regressions: [Option<Fitted>; AUTOREGRESSIONS.len()],
    smoothing: Option<Smoothing>,
}

impl Members {
    fn fit(load: &[f64]) -> Members {
        Members { regressions: AUTOREGRESSIONS.map(|kind| kind.fit(load)), smoothing: Smoothing::fit(load) }
    }

    fn forecast(&self, load: &[f64], ahead: usize) -> Forecasts {
        let mut all = [const { None }; MEMBERS];
        for (place, fitted) in all.iter_mut().zip(&self.regressions) {
            *place = fitted.as_ref().map(|fitted| fitted.forecast(load, ahead));
        }
        all[MEMBERS - 1] = self.smoothing.and_then(|smoothing| smoothing.forecast(load, ahead));
        all
    }
}

/// The coming hours of a load, and the mean absolute error of the members' mean on its own past, hour by hour ahead.
#[derive(Debug, Clone, PartialEq)]
pub struct HourlyForecast {
    /// The hours after the last one, in the load's unit.
    pub hours: Vec<f64>,
    /// Mean absolute error of the same mean on the tries, in the load's unit; `None` without a try.
    pub error: Option<f64>,
}

/// Forecasts the hours after `load` (not negative, one value an hour, no holes). `None` where nothing can be fitted:
/// less than three weeks, or a load that does not move.
pub fn hourly_forecast(load: &[f64], ahead: usize) -> Option<HourlyForecast> {
    // What is tried was fitted before the first try, so that no try knows its outcome.
    let tried: Vec<(&[f64], Forecasts)> = match load.len().checked_sub(TRIES * TRIED) {
        Some(known) => {
            let members = Members::fit(&load[..known]);
            let tries = (0..TRIES).map(|k| known + k * TRIED);
            tries.map(|from| (&load[from..from + TRIED], members.forecast(&load[..from], TRIED))).collect()
        }
        None => Vec::new(),
    };
    let mut errors = [None; MEMBERS];
    for (member, error) in errors.iter_mut().enumerate() {
        let sums: Option<Vec<f64>> =
            tried.iter().map(|(came, all)| all[member].as_ref().map(|got| off(came, got))).collect();
        *error = sums.filter(|sums| !sums.is_empty()).map(|sums| sums.iter().sum::<f64>());
    }
    let together = tried.iter().filter_map(|(came, all)| Some(off(came, &weighted(all, &errors)?)));
    let error = (!tried.is_empty()).then(|| together.sum::<f64>() / (tried.len() * TRIED) as f64);
    Some(HourlyForecast { hours: weighted(&Members::fit(load).forecast(load, ahead), &errors)?, error })
}

/// The sum of absolute errors.
fn off(came: &[f64], got: &[f64]) -> f64 {
    came.iter().zip(got).map(|(came, got)| (came - got).abs()).sum()
}

/// The mean of the members, weighted by their inverse squared errors; a member that could not be tried counts only where
/// none could.
fn weighted(members: &[Option<Vec<f64>>], errors: &[Option<f64>]) -> Option<Vec<f64>> {
    let pairs = || members.iter().zip(errors).filter_map(|(member, error)| Some((member.as_ref()?, *error)));
    let any = pairs().any(|(_, error)| error.is_some());
    let least = errors.iter().flatten().copied().fold(f64::INFINITY, f64::min);
    let mut sum: Vec<f64> = Vec::new();
    let mut total = 0.0;
    for (member, error) in pairs() {
        let weight = match error {
            // Relative to the best, so that a perfect member does not divide by zero.
            Some(error) => ((least + f64::MIN_POSITIVE) / (error + f64::MIN_POSITIVE)).powi(2),
            None if any => continue,
            None => 1.0,
        };
        total += weight;
        sum.resize(member.len(), 0.0);
        sum.iter_mut().zip(member).for_each(|(sum, value)| *sum += weight * value);
    }
    (total > 0.0).then(|| sum.into_iter().map(|s| s / total).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_count_by_their_inverse_squared_errors() {
        // Errors 1 and 2: weights 1 and 1/4, so that 10 and 20 make (10 + 5) / 1.25 = 12. What could not be tried is left out.
        let members = [Some(vec![10.0]), Some(vec![20.0]), None, Some(vec![1e9])];
        assert_eq!(weighted(&members, &[Some(1.0), Some(2.0), Some(0.1), None]), Some(vec![12.0]));
        assert_eq!(weighted(&members[..2], &[None, None]), Some(vec![15.0]));
        // One that was never off counts alone.
        assert_eq!(weighted(&members[..2], &[Some(0.0), Some(2.0)]), Some(vec![10.0]));
        assert_eq!(weighted(&[None], &[None]), None);
    }

    #[test]
    fn a_day_that_repeats_is_forecast_and_its_error_is_told() {
        let load: Vec<f64> = (0..24 * 42)
            .map(|t| 50.0 + 20.0 * (f64::from(t % 24) / 24.0 * std::f64::consts::TAU).sin())
            .collect();
        let got = hourly_forecast(&load, 48).unwrap();
        assert!(got.hours.iter().zip(&load).all(|(got, came)| (got - came).abs() < 0.5), "{:?}", got.hours);
        assert!(got.error.unwrap() < 0.5);
        assert_eq!(hourly_forecast(&load[..300], 48), None);
        assert_eq!(hourly_forecast(&[], 48), None);
    }
}
