//! What is known of growth beforehand: how many levels grow steadily, bend or change, and how they wander; for
//! volumes in general, or learnt on the volumes of a fleet.
//!
//! A year of history says by itself how its level grows. A history of two or three months is read by what is usual:
//! on simulated fleets cut to 8, 12 and 16 weeks a prior learnt on the fleet took 1.5 to 2.5 days off the mean error
//! of a date, and a tenth off that of near ones; on whole years it changed nothing.

use super::{
    growth_average::Average,
    growth_filter::WANDERS,
    growth_shape::{FAMILIES, Shape},
    growth_weeks::Weeks,
};
use crate::series::Level;

/// How likely each family of shapes is: set on two simulated fleets, where moving 0.06 from the steady one to the
/// others moved the mean error of a date by less than a day, and that of near dates by somewhat more.
const SHAPES: [f64; FAMILIES] = [0.42, 0.2, 0.18, 0.2];
/// How likely each wander is.
const WANDERING: [f64; WANDERS.len()] = [0.5, 0.14, 0.2, 0.1, 0.06];
/// What is known of volumes in general counts as much as so many volumes of the fleet (between 5 and 60 the errors
/// on simulated fleets are the same).
const AS_VOLUMES: f64 = 20.0;
/// Rounds of learning; after twenty no probability moves by a hundredth.
const ROUNDS: usize = 20;
/// Weeks ahead for which the shapes are made where nothing is forecast.
const AHEAD: usize = 1;

/// How likely each course of growth is before a level's own history is looked at.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FleetPrior {
    shapes: [f64; FAMILIES],
    wanders: [f64; WANDERS.len()],
}

impl Default for FleetPrior {
    fn default() -> Self {
        FleetPrior::GENERAL
    }
}

impl FleetPrior {
    /// What is known of volumes in general.
    pub const GENERAL: FleetPrior = FleetPrior { shapes: SHAPES, wanders: WANDERING };

    /// Learns from what each level of a fleet says by itself: the shares of a mixture by expectation and maximisation
    /// (Dempster, Laird & Rubin 1977) with a Dirichlet prior, [`FleetPrior::GENERAL`]; a fleet of none is that.
    pub fn learnt(beliefs: &[GrowthBelief]) -> Self {
        let general = FleetPrior::GENERAL;
        let mut learnt = general;
        for _ in 0..ROUNDS {
            let mut shapes = general.shapes.map(|share| share * AS_VOLUMES);
            let mut wanders = general.wanders.map(|share| share * AS_VOLUMES);
            for belief in beliefs {
                let told = learnt.told_by(belief, &general);
                let all: f64 = told.iter().flatten().sum();
                for (shape, row) in shapes.iter_mut().zip(told) {
                    for (wander, share) in wanders.iter_mut().zip(row) {
                        *shape += share / all;
                        *wander += share / all;
                    }
                }
            }
            let all = AS_VOLUMES + beliefs.len() as f64;
            learnt = FleetPrior { shapes: shapes.map(|s| s / all), wanders: wanders.map(|w| w / all) };
        }
        learnt
    }

    /// What a level says with this prior in the place of the general one, up to a factor.
    fn told_by(&self, belief: &GrowthBelief, general: &FleetPrior) -> [[f64; WANDERS.len()]; FAMILIES] {
        let mut told = belief.0;
        for (i, row) in told.iter_mut().enumerate() {
            for (j, share) in row.iter_mut().enumerate() {
                *share *= self.shapes[i] * self.wanders[j] / (general.shapes[i] * general.wanders[j]);
            }
        }
        told
    }

    /// How likely a shape with a wander (an index into [`WANDERS`]) is.
    pub(super) fn of_model(&self, shape: &Shape, wander: usize) -> f64 {
        self.shapes[shape.family] * shape.share * self.wanders[wander]
    }
}

/// What one level says of how it grows, by itself: how likely each wander is with each family of shapes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GrowthBelief([[f64; WANDERS.len()]; FAMILIES]);

impl GrowthBelief {
    /// What a level says; `None` where it is too short to be forecast.
    pub fn of(level: &Level) -> Option<Self> {
        let weeks = Weeks::of(&level.days)?;
        Some(GrowthBelief(Average::of(&weeks, AHEAD, &FleetPrior::GENERAL).belief()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A level that says for certain that it grows by a family with a wander.
    fn certain(family: usize, wander: usize) -> GrowthBelief {
        let mut belief = [[0.0; WANDERS.len()]; FAMILIES];
        belief[family][wander] = 1.0;
        GrowthBelief(belief)
    }

    #[test]
    fn what_volumes_say_for_certain_is_counted() {
        // Of 60 volumes 45 are steady and 15 changed, all calm, beside 20 that are as volumes are in general:
        // (0.42 · 20 + 45) / 80 = 0.6675, (0.2 · 20 + 15) / 80 = 0.2375, and (0.5 · 20 + 60) / 80 = 0.875 calm.
        let fleet: Vec<GrowthBelief> = (0..60).map(|i| certain(if i % 4 == 0 { 3 } else { 0 }, 0)).collect();
        let learnt = FleetPrior::learnt(&fleet);
        for (got, expected) in [
            (learnt.shapes[0], 0.6675),
            (learnt.shapes[3], 0.2375),
            (learnt.shapes[1], 0.05),
            (learnt.wanders[0], 0.875),
        ] {
            assert!((got - expected).abs() < 1e-9, "{got}, expected {expected}");
        }
    }

    #[test]
    fn a_fleet_that_says_nothing_leaves_what_is_known_of_volumes_in_general() {
        let general = FleetPrior::GENERAL;
        // A level that tells nothing believes what it was told beforehand.
        let told = general.shapes.map(|shape| general.wanders.map(|wander| shape * wander));
        for learnt in [FleetPrior::learnt(&[]), FleetPrior::learnt(&[GrowthBelief(told); 7])] {
            for (got, expected) in
                learnt.shapes.iter().chain(&learnt.wanders).zip(SHAPES.iter().chain(&WANDERING))
            {
                assert!((got - expected).abs() < 1e-9, "{got}, expected {expected}");
            }
        }
    }
}
