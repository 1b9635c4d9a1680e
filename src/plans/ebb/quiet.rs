//! The span of the week in which heavy work meets the least load.

use chrono::NaiveTime;

use super::{super::Quiet, sizing::Sizing, window::HOURS};
use crate::models::Profile;

/// The lowest span of so many whole hours by the upper bound, of several drivers the one that is nearest to its highest deciding;
/// `None` where an hour is not known or nothing is carried.
pub(super) fn quiet(sizing: &Sizing, profiles: &[Profile]) -> Option<Quiet> {
    let length = sizing.pool.scaling.heavy_work_hours;
    let mut hours = vec![0.0_f64; 7 * HOURS];
    for profile in profiles {
        let highest = profile.upper.iter().flatten().copied().fold(0.0, f64::max);
        if highest <= 0.0 {
            return None;
        }
        let per_hour = (profile.upper.len() / hours.len()).max(1);
        for (hour, slots) in hours.iter_mut().zip(profile.upper.chunks(per_hour)) {
            let known: Option<Vec<f64>> = slots.iter().copied().collect();
            *hour = hour.max(known?.into_iter().fold(0.0, f64::max) / highest);
        }
    }
    let load =
        |begin: usize| (0..length).map(|i| hours[(begin + i) % hours.len()]).sum::<f64>() / length as f64;
    let begin = (0..hours.len()).min_by(|&a, &b| load(a).total_cmp(&load(b)))?;
    let at = |hour: usize| NaiveTime::from_hms_opt((hour % HOURS) as u32, 0, 0).unwrap_or_default();
    Some(Quiet {
        day: (begin / HOURS) as u8,
        from: at(begin),
        to: at(begin + length),
        hours: length as f64,
        load_share: load(begin),
    })
}
