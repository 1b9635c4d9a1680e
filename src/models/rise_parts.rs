//! A rise in parts: which of the parts that add up to a level it comes from.
//!
//! A mail's delay is the sum of its stages' delays; a pool's mean delay is the sum of what each host adds to it. The
//! course of the rise is known (0 before it, 1 now), and is fitted by least squares to each part, with the shape of the
//! week taken out. Least squares with the same course are linear in what they are fitted to, so that the parts' changes
//! add up to the whole change exactly. The intervals allow for the autocorrelation of what is left (`line_slope`); that
//! of a share is the interval of the part less its share of the whole, over the whole change (the delta method, which for a
//! whole that is far from zero is Fieller's 1954 interval).

use super::line_slope::{LineSlope, line_slope};
use crate::series::{mad, median};

/// Fewest days that the parts must be known on: four weeks, so that each weekday is there four times.
const LEAST_DAYS: usize = 28;
/// A day whose whole is off its line by more than this many robust deviations is an incident and is left out.
const INCIDENT: f64 = 5.0;
/// What the line and the constant of each weekday take.
const PARAMETERS: usize = 8;

/// Local days since 1970-01-01, ascending, with the value of each part on that day.
pub type DayParts = Vec<(i64, Vec<f64>)>;

/// A change with its 90 % interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PartChange {
    /// The estimate.
    pub middle: f64,
    /// Lower end of its interval.
    pub low: f64,
    /// Upper end of its interval.
    pub high: f64,
}

/// A rise, in the unit of the level, and its parts, whose middles add up to it.
#[derive(Debug, Clone, PartialEq)]
pub struct RiseParts {
    /// How much the whole changed.
    pub whole: PartChange,
    /// How much each part changed, in the order given.
    pub parts: Vec<PartChange>,
    /// The share of the whole that each part is; the middles add up to 1. Negative where a part goes the other way.
    pub shares: Vec<PartChange>,
    /// Days that were fitted.
    pub days: usize,
}

/// Why a rise cannot be told in parts.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum NoParts {
    /// The parts are known on too few days.
    #[error("its parts are known on {have} days; {LEAST_DAYS} are needed")]
    TooFewDays {
        /// On how many they are known.
        have: usize,
    },
    /// The whole did not change for sure.
    #[error("the sum of its parts did not change for sure")]
    NotSure,
}

/// Takes a rise apart. `days` are local days since 1970-01-01, ascending, with the value of each part on that day, all in
/// one unit and as many on each day; `course` is how much of the rise had come by a day, from 0 to 1.
///
/// # Errors
/// Too few days, or a whole whose interval contains no change.
pub fn rise_parts(days: &[(i64, Vec<f64>)], course: impl Fn(i64) -> f64) -> Result<RiseParts, NoParts> {
    let kept = without_incidents(days, &course);
    if kept.len() < LEAST_DAYS {
        return Err(NoParts::TooFewDays { have: kept.len() });
    }
    let weekdays: Vec<usize> = kept.iter().map(|day| weekday(day.0)).collect();
    let x = within_weekdays(&weekdays, kept.iter().map(|day| course(day.0)).collect());
    let slope = |of: &dyn Fn(&[f64]) -> f64| {
        line_slope(&x, &within_weekdays(&weekdays, kept.iter().map(|day| of(&day.1)).collect()), PARAMETERS)
    };
    let whole = slope(&|parts| parts.iter().sum()).ok_or(NoParts::NotSure)?;
    if whole.middle.abs() <= whole.reach {
        return Err(NoParts::NotSure);
    }
    let count = kept.first().map_or(0, |day| day.1.len());
    let mut found =
        RiseParts { whole: change(whole), parts: Vec::new(), shares: Vec::new(), days: kept.len() };
    for part in 0..count {
        let own = slope(&|parts| parts[part]).ok_or(NoParts::NotSure)?;
        let share = own.middle / whole.middle;
        let apart =
            slope(&|parts| parts[part] - share * parts.iter().sum::<f64>()).ok_or(NoParts::NotSure)?;
        let reach = apart.reach / whole.middle.abs();
        found.parts.push(change(own));
        found.shares.push(PartChange { middle: share, low: share - reach, high: share + reach });
    }
    Ok(found)
}

fn change(slope: LineSlope) -> PartChange {
    PartChange { middle: slope.middle, low: slope.middle - slope.reach, high: slope.middle + slope.reach }
}

/// 1970-01-01 was a Thursday.
fn weekday(day: i64) -> usize {
    (day + 3).rem_euclid(7) as usize
}

/// Values less the mean of their weekday: what is left has the slope that a fit with a constant for each weekday gives
/// (Frisch & Waugh 1933).
fn within_weekdays(weekdays: &[usize], mut values: Vec<f64>) -> Vec<f64> {
    let mut sums = [(0.0, 0.0); 7];
    for (&weekday, value) in weekdays.iter().zip(&values) {
        sums[weekday] = (sums[weekday].0 + value, sums[weekday].1 + 1.0);
    }
    for (&weekday, value) in weekdays.iter().zip(&mut values) {
        *value -= sums[weekday].0 / sums[weekday].1;
    }
    values
}

/// The days whose whole lies near its line: an incident in one part is one in all of them.
fn without_incidents(days: &[(i64, Vec<f64>)], course: &impl Fn(i64) -> f64) -> DayParts {
    let weekdays: Vec<usize> = days.iter().map(|day| weekday(day.0)).collect();
    let x = within_weekdays(&weekdays, days.iter().map(|day| course(day.0)).collect());
    let y = within_weekdays(&weekdays, days.iter().map(|day| day.1.iter().sum()).collect());
    let Some(line) = line_slope(&x, &y, PARAMETERS) else { return days.to_vec() };
    let off: Vec<f64> = x.iter().zip(&y).map(|(x, y)| y - line.middle * x).collect();
    let (Some(middle), Some(spread)) = (median(&mut off.clone()), mad(&mut off.clone())) else {
        return days.to_vec();
    };
    // Where most days lie on the line to the last digit, none of the others is odd.
    let near = |off: &f64| spread <= 0.0 || (off - middle).abs() <= INCIDENT * spread;
    days.iter().zip(&off).filter(|(_, off)| near(off)).map(|(day, _)| day.clone()).collect()
}

#[cfg(test)]
mod tests;
