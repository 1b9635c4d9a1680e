//! What a schedule saves over a week, a month and a year.

use super::{
    super::{Between, Saving},
    replay::WeekReplayed,
    sizing::Sizing,
    window::{saved, windows},
};
use crate::models::{LevelCourse, Profile, Z_95};

/// Weeks in a month and in a year, and the points of a span at which its savings are reckoned.
const SPANS: [(&str, f64, usize); 3] =
    [("week", 1.0, 1), ("month", 365.25 / 7.0 / 12.0, 2), ("year", 365.25 / 7.0, 4)];
/// Hours of a week.
const WEEK_HOURS: f64 = 168.0;

/// What is saved in a week, a month and a year, by schedules that are made anew each week.
///
/// Two things make the interval. The load's level goes on as its past weeks let expect ([`LevelCourse`]); where it grows,
/// fewer servers can rest. And the schedules of the weeks that were held back saved more or less than this one: what they
/// differ in from each other evens out over a span, what they differ in from it on average stays. Without a course a month
/// and a year save anything between nothing and all that a pool has above its floor.
pub(super) fn savings(sizing: &Sizing, server_hours: f64, replayed: &[WeekReplayed]) -> Vec<Saving> {
    let count = replayed.len().max(1) as f64;
    let mean = replayed.iter().map(|week| week.saved).sum::<f64>() / count;
    let squares: f64 = replayed.iter().map(|week| (week.saved - mean).powi(2)).sum();
    let bias = if replayed.is_empty() { 0.0 } else { mean - server_hours };
    let most = f64::from(sizing.limits.now - sizing.limits.floor.min(sizing.limits.now)) * WEEK_HOURS;
    SPANS
        .iter()
        .map(|&(span, weeks, points)| {
            let course = |deviations| of_course(sizing, weeks, points, deviations);
            let hours = match course(0.0).zip(course(Z_95).zip(course(-Z_95))) {
                // A week ahead has the level that it was forecast with.
                _ if points == 1 => around(server_hours, 0.0, 0.0, bias.powi(2) + squares / count, most),
                Some((middle, (low, high))) => {
                    around(middle, middle - low, high - middle, bias.powi(2) + squares / count / weeks, most)
                }
                None => Between { middle: server_hours, low: 0.0, high: most.max(server_hours) },
            };
            let hours = times(hours, weeks);
            let money = sizing.pool.price_per_server_hour.map(|price| times(hours, price));
            Saving { span, server_hours: hours, money }
        })
        .collect()
}

/// A number with what makes it smaller and larger, and the variance of what does either.
fn around(middle: f64, below: f64, above: f64, variance: f64, most: f64) -> Between {
    let off = |own: f64| own.max(0.0).hypot(Z_95 * variance.sqrt());
    Between { middle, low: (middle - off(below)).max(0.0), high: (middle + off(above)).min(most.max(middle)) }
}

/// Server-hours a week that are saved over a span in which the loads' levels lie so many standard deviations off their
/// middle; `None` where a load has no course.
fn of_course(sizing: &Sizing, weeks: f64, points: usize, deviations: f64) -> Option<f64> {
    let courses: Vec<(LevelCourse, Profile)> = sizing
        .drivers
        .iter()
        .map(|driver| {
            Some((
                LevelCourse::of(&driver.forecast.levels)?,
                driver.forecast.profile(sizing.pool.scaling.risk),
            ))
        })
        .collect::<Option<_>>()?;
    let of_point = |point: usize| {
        // The middles of equal parts of the span.
        let ahead = weeks * (point as f64 + 0.5) / points as f64 - 0.5;
        let scaled = courses.iter().map(|(course, profile)| {
            let factor = course.factor(ahead, weeks, deviations);
            let upper = profile.upper.iter().map(|load| load.map(|load| load * factor)).collect();
            Profile { upper, ..profile.clone() }
        });
        let plan = windows(&sizing.needed(&scaled.collect::<Vec<_>>()), sizing.limits);
        saved(&plan, sizing.limits.drain_minutes)
    };
    Some((0..points).map(of_point).sum::<f64>() / points as f64)
}

fn times(between: Between, factor: f64) -> Between {
    Between { middle: between.middle * factor, low: between.low * factor, high: between.high * factor }
}
