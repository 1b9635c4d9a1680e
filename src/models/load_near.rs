//! The next two days of a load: the hourly forecast beside the week's.

use super::{
    load_expected::Learnt,
    load_hourly::{HourlyForecast, hourly_forecast},
};

/// Hours ahead for which the hourly forecast counts: those that it was tried on.
const REACH: usize = 48;
/// Weeks of hours that it is told. Set on simulated fleets: more cost time only.
const WEEKS: usize = 5;
/// It moves an hour by this factor at most.
const MOST: f64 = 2.0;

/// The factors by which the hourly forecast moves the first hours of a week's forecast, both weighed by their inverse squared
/// errors (Bates & Granger 1969). `expected` is a slot's forecast, in slots of a day; `error` the mean absolute error of
/// its hours on the last week. Empty where there is no hourly forecast.
pub(super) fn near(learnt: &Learnt, expected: &[f64], error: f64, slots_per_day: usize) -> Vec<f64> {
    let hour = (slots_per_day / 24).max(1);
    let mean = |slots: &[f64]| slots.iter().sum::<f64>() / slots.len() as f64;
    let weeks = learnt.rows.len().min(WEEKS);
    let mut load = Vec::with_capacity(weeks * expected.len() / hour);
    for week in (0..weeks).rev() {
        let scale = learnt.scale(week);
        // What was not learnt is taken to have been as expected.
        let row = learnt.rows[week].iter().zip(expected);
        let filled: Vec<f64> = row.map(|(v, e)| if v.is_nan() { e / scale } else { *v }).collect();
        load.extend(filled.chunks(hour).map(mean));
    }
    if load.iter().any(|v| !v.is_finite()) {
        return Vec::new();
    }
    let Some(HourlyForecast { hours, error: Some(own) }) = hourly_forecast(&load, REACH) else {
        return Vec::new();
    };
    let (own, other) = (own.max(f64::MIN_POSITIVE).powi(-2), error.max(f64::MIN_POSITIVE).powi(-2));
    let share = if own.is_finite() && other.is_finite() { own / (own + other) } else { 0.0 };
    let slots = expected.chunks(hour).map(mean);
    slots
        .zip(hours)
        .map(|(slots, hours)| {
            let factor = 1.0 + share * (hours / slots - 1.0);
            if factor.is_finite() { factor.clamp(1.0 / MOST, MOST) } else { 1.0 }
        })
        .collect()
}
