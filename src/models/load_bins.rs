//! Hours sorted by their load into bins, and curves through the medians of these.

use super::{
    isotonic::isotonic, load_curve::CurveShape, load_hours::LoadedHour, queueing_shape::QueueingShape,
};

/// Hours that a bin has, about: one day's worth, so that its median is known to a quarter of the hours' scatter …
const BIN_HOURS: usize = 24;
/// … between so few and so many bins.
const BINS: [usize; 2] = [8, 60];

/// The hours in bins of about equal numbers by their load.
pub(super) struct Bins {
    /// The bin of each hour.
    of: Vec<usize>,
    /// The mean load of each bin.
    pub(super) loads: Vec<f64>,
}

impl Bins {
    pub(super) fn of(hours: &[LoadedHour]) -> Bins {
        let mut order: Vec<usize> = (0..hours.len()).collect();
        order.sort_by(|&a, &b| hours[a].load.total_cmp(&hours[b].load));
        let count = (hours.len() / BIN_HOURS).clamp(BINS[0], BINS[1]);
        let (mut of, mut sums) = (vec![0; hours.len()], vec![(0.0, 0.0); count]);
        for (rank, &hour) in order.iter().enumerate() {
            let bin = rank * count / order.len();
            of[hour] = bin;
            sums[bin] = (sums[bin].0 + hours[hour].load, sums[bin].1 + 1.0);
        }
        Bins { of, loads: sums.into_iter().map(|(sum, n)| sum / n).collect() }
    }

    /// The hours of each bin with their values, by ascending values.
    pub(super) fn ordered(&self, values: &[f64]) -> Vec<Vec<(usize, f64)>> {
        let mut ordered = vec![Vec::new(); self.loads.len()];
        for (hour, (&bin, &value)) in self.of.iter().zip(values).enumerate() {
            ordered[bin].push((hour, value));
        }
        ordered.iter_mut().for_each(|bin| bin.sort_by(|a, b| a.1.total_cmp(&b.1)));
        ordered
    }

    /// The weighted median of each bin and its weight; a bin without weight is `None`.
    pub(super) fn medians(&self, ordered: &[Vec<(usize, f64)>], weights: &[f64]) -> Vec<Option<(f64, f64)>> {
        let of_bin = |bin: &Vec<(usize, f64)>| {
            let total: f64 = bin.iter().map(|(hour, _)| weights[*hour]).sum();
            let mut passed = 0.0;
            let middle = bin.iter().find(|(hour, _)| {
                passed += weights[*hour];
                2.0 * passed >= total
            });
            middle.filter(|_| total > 0.0).map(|(_, value)| (*value, total))
        };
        ordered.iter().map(of_bin).collect()
    }
}

/// A curve of the logarithm over the load.
pub(super) enum Curve {
    /// Never falling, at each bin's load.
    Monotone(Vec<(f64, f64)>),
    Queueing(QueueingShape),
    /// A power of the load: the logarithm of its factor, and its exponent.
    Power(f64, f64),
}

impl Curve {
    pub(super) fn of(shape: CurveShape, bins: &Bins, medians: &[Option<(f64, f64)>]) -> Option<Curve> {
        let known: Vec<(f64, f64, f64)> =
            bins.loads.iter().zip(medians).filter_map(|(load, m)| m.map(|(ln, w)| (*load, ln, w))).collect();
        match shape {
            CurveShape::Queueing => QueueingShape::of(&known).map(Curve::Queueing),
            CurveShape::Monotone => {
                let values = isotonic(&known.iter().map(|k| (k.1, k.2)).collect::<Vec<_>>());
                let points: Vec<(f64, f64)> = known.iter().map(|k| k.0).zip(values).collect();
                (!points.is_empty()).then_some(Curve::Monotone(points))
            }
        }
    }

    /// The power of the load nearest to the medians, by least squares of the logarithms.
    pub(super) fn power(bins: &Bins, medians: &[Option<(f64, f64)>]) -> Option<Curve> {
        let known =
            || bins.loads.iter().zip(medians).filter_map(|(load, m)| m.map(|(ln, w)| (load.ln(), ln, w)));
        let mean = |of: &dyn Fn((f64, f64, f64)) -> f64| {
            known().map(|k| k.2 * of(k)).sum::<f64>() / known().map(|k| k.2).sum::<f64>()
        };
        let (x, y) = (mean(&|k| k.0), mean(&|k| k.1));
        let spread = mean(&|k| (k.0 - x).powi(2));
        let exponent = mean(&|k| (k.0 - x) * (k.1 - y)) / spread;
        (spread > 0.0).then_some(Curve::Power(y - exponent * x, exponent))
    }

    /// The logarithm at a load: of a monotone curve by straight lines between the bins, level beyond them.
    pub(super) fn ln_at(&self, load: f64) -> f64 {
        match self {
            Curve::Queueing(shape) => shape.ln_at(load),
            Curve::Power(ln_factor, exponent) => ln_factor + exponent * load.ln(),
            Curve::Monotone(points) => {
                let next = points.partition_point(|point| point.0 < load);
                match (next.checked_sub(1).map(|before| points[before]), points.get(next)) {
                    (Some(a), Some(b)) => a.1 + (b.1 - a.1) * (load - a.0) / (b.0 - a.0),
                    (Some(only), None) => only.1,
                    (None, Some(only)) => only.1,
                    (None, None) => 0.0,
                }
            }
        }
    }

    /// The load at which it reaches a limit; infinite where it does not within what can be said of it.
    pub(super) fn load_at(&self, ln_limit: f64, farthest: f64) -> f64 {
        let load = match self {
            Curve::Queueing(shape) => shape.load_at(ln_limit),
            Curve::Power(ln_factor, exponent) => ((ln_limit - ln_factor) / exponent).exp(),
            Curve::Monotone(points) => {
                let next = points.partition_point(|point| point.1 < ln_limit);
                match (next.checked_sub(1).map(|before| points[before]), points.get(next)) {
                    (Some(a), Some(b)) => a.0 + (b.0 - a.0) * (ln_limit - a.1) / (b.1 - a.1),
                    (None, Some(first)) => first.0,
                    (_, None) => f64::INFINITY,
                }
            }
        };
        if load <= farthest { load } else { f64::INFINITY }
    }

    /// The load at which a straight line, on as the curve is at a load, reaches a limit.
    pub(super) fn straight_on(&self, from: f64, ln_limit: f64) -> Option<f64> {
        /// As a share of the load: near enough for a slope.
        const NEAR: f64 = 0.01;
        let at = |load: f64| self.ln_at(load).exp();
        let slope = (at(from) - at(from * (1.0 - NEAR))) / (NEAR * from);
        (slope > 0.0).then(|| from + (ln_limit.exp() - at(from)) / slope)
    }
}
