//! Curves over the load tried on weeks that were held back, each beside a constant.

use super::{
    load_bins::{Bins, Curve},
    load_curve::CurveShape,
    load_hours::{LoadedHour, weekly_levels},
};
use crate::series::mad;

/// Groups of weeks that are held back, one after the other.
const FOLDS: usize = 5;
/// Times that load and weeks are told apart in turn; after three they no longer change visibly.
const PASSES: usize = 3;
/// Where a curve shows first: the busiest of so many parts of the hours.
const BUSIEST: usize = 5;

/// The logarithms as they would be in the last two weeks: what each week has beside the load is taken off. And how unsure the
/// level of these two weeks is, by how much weeks differ from the next.
pub(super) fn levelled(hours: &[LoadedHour], bins: &Bins, weights: &[f64]) -> (Vec<f64>, f64) {
    let mut values: Vec<f64> = hours.iter().map(|hour| hour.ln).collect();
    let mut unsure = 0.0;
    for _ in 0..PASSES {
        let Some(curve) =
            Curve::of(CurveShape::Monotone, bins, &bins.medians(&bins.ordered(&values), weights))
        else {
            break;
        };
        let levels = weekly_levels(hours, |load| curve.ln_at(load));
        let recent = &levels[..levels.len().min(2)];
        let now = recent.iter().sum::<f64>() / recent.len().max(1) as f64;
        values = hours.iter().map(|hour| hour.ln - levels[hour.week] + now).collect();
        // Each of two weeks has half of the variance of a difference, and their mean half of that.
        unsure =
            mad(&mut levels.windows(2).map(|two| two[0] - two[1]).collect::<Vec<_>>()).unwrap_or(0.0) / 2.0;
    }
    (values, unsure)
}

/// Sums of absolute errors on each week while it was held back, and its hours: of a constant, of the monotone curve and of the
/// queueing shape.
pub(super) struct HeldBack {
    weeks: Vec<([f64; 4], f64)>,
    /// The same over the hours of the busiest bins.
    busiest: [f64; 4],
}

fn place(shape: CurveShape) -> usize {
    if shape == CurveShape::Monotone { 1 } else { 2 }
}

impl HeldBack {
    pub(super) fn of(hours: &[LoadedHour], bins: &Bins) -> HeldBack {
        let weeks = hours.iter().map(|hour| hour.week + 1).max().unwrap_or(0);
        let (mut errors, mut busiest) = (vec![([0.0; 4], 0.0); weeks], [0.0; 4]);
        let busy = bins.loads[bins.loads.len() - bins.loads.len() / BUSIEST];
        let highest = bins.loads.last().copied().unwrap_or(0.0);
        for fold in 0..FOLDS {
            let held = |hour: &LoadedHour| hour.week % FOLDS == fold;
            let weights: Vec<f64> = hours.iter().map(|hour| f64::from(u8::from(!held(hour)))).collect();
            let medians = bins.medians(&bins.ordered(&levelled(hours, bins, &weights).0), &weights);
            let own: Vec<LoadedHour> = hours.iter().filter(|hour| held(hour)).copied().collect();
            let curves = [
                None,
                Curve::of(CurveShape::Monotone, bins, &medians),
                Curve::of(CurveShape::Queueing, bins, &medians),
                Curve::power(bins, &medians),
            ];
            for (i, curve) in curves.iter().enumerate() {
                // Beyond the highest bin's mean load the queueing shape may have no end.
                let of_load = |load: f64| curve.as_ref().map_or(0.0, |curve| curve.ln_at(load.min(highest)));
                // The level of the week itself is known to each: the shape is what is tried.
                let levels = weekly_levels(&own, of_load);
                for hour in &own {
                    let error = (hour.ln - of_load(hour.load) - levels[hour.week]).abs();
                    errors[hour.week].0[i] += error;
                    busiest[i] += if hour.load >= busy { error } else { 0.0 };
                }
            }
            own.iter().for_each(|hour| errors[hour.week].1 += 1.0);
        }
        errors.retain(|week| week.1 > 0.0);
        HeldBack { weeks: errors, busiest }
    }

    /// The mean absolute error of an hour.
    fn mean(&self, of: usize) -> f64 {
        self.weeks.iter().map(|week| week.0[of]).sum::<f64>()
            / self.weeks.iter().map(|week| week.1).sum::<f64>()
    }

    pub(super) fn without(&self) -> f64 {
        self.mean(0)
    }

    pub(super) fn error(&self, shape: CurveShape) -> f64 {
        self.mean(place(shape))
    }

    /// The share by which a shape errs less than a constant: over all hours, or over the busiest.
    pub(super) fn gain(&self, shape: CurveShape) -> f64 {
        let all = 1.0 - self.error(shape) / self.without();
        let busiest = 1.0 - self.busiest[place(shape)] / self.busiest[0];
        all.max(busiest)
    }

    /// The queueing shape where neither of the others errs less.
    pub(super) fn shape(&self) -> CurveShape {
        let best = self.mean(2) <= self.mean(1).min(self.mean(3));
        if best { CurveShape::Queueing } else { CurveShape::Monotone }
    }
}
