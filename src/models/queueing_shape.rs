//! How a latency rises with its load where work queues: slowly, then without end near a capacity.
//!
//! `latency = fixed + waiting · u^power / (1 − u)` with `u = load / capacity`. With power 1 this is the mean time in an M/G/1
//! system (Pollaczek–Khinchine: service plus `service · (1 + cv²) / 2 · u / (1 − u)`), of which M/M/1's `1 / (μ − λ)` is
//! the case `waiting = fixed = 1 / μ`. With several servers waiting sets in later: Sakasegawa (1977, Ann. Inst. Stat.
//! Math. 29, 67–75) has `u^(√(2(m + 1)) − 1)`, so that the powers below are those of 1, 3 and 11 servers, about. What does
//! not queue at all, such as a remote side's own time, is in `fixed`.

/// Capacities that are tried, as multiples of the highest load seen.
const CAPACITIES: [f64; 16] =
    [1.02, 1.04, 1.07, 1.1, 1.15, 1.2, 1.3, 1.4, 1.6, 1.8, 2.1, 2.5, 3.2, 4.5, 8.0, 20.0];
/// Parts into which the span around the best of them is cut.
const BETWEEN: usize = 8;
/// Powers that are tried.
const POWERS: [f64; 3] = [1.0, 1.83, 3.9];
/// Waiting as a multiple of `fixed`: between these, by golden section on the logarithm.
const WAITING: [f64; 2] = [1e-3, 1e3];
/// Steps of the golden section: the logarithm is then known to 0.02.
const STEPS: usize = 14;
/// (√5 − 1) / 2.
const GOLDEN: f64 = 0.618_033_988_749_894_9;

/// A latency by its load.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct QueueingShape {
    /// The logarithm of the latency without load.
    ln_fixed: f64,
    /// What waiting adds, as a multiple of it.
    waiting: f64,
    /// The load at which it has no end.
    pub(super) capacity: f64,
    power: f64,
}

impl QueueingShape {
    /// The shape nearest to points of (load, logarithm of the latency, weight), by weighted least squares of the
    /// logarithm; `None` without points above no load.
    pub(super) fn of(points: &[(f64, f64, f64)]) -> Option<QueueingShape> {
        let highest = points.iter().map(|p| p.0).fold(0.0, f64::max);
        let total: f64 = points.iter().map(|p| p.2).sum();
        if highest <= 0.0 || total <= 0.0 {
            return None;
        }
        let fitted = |times: f64, power: f64| {
            let capacity = times * highest;
            let queueing: Vec<f64> = points.iter().map(|p| queueing(p.0 / capacity, power)).collect();
            let of = |waiting: f64| with(points, &queueing, total, waiting);
            let (waiting, ln_fixed, off) = least(of);
            (QueueingShape { ln_fixed, waiting, capacity, power }, off)
        };
        let nearer = |a: &(QueueingShape, f64), b: &(QueueingShape, f64)| a.1.total_cmp(&b.1);
        let tried = (0..CAPACITIES.len()).flat_map(|i| POWERS.map(|power| (i, fitted(CAPACITIES[i], power))));
        let (i, best) = tried.min_by(|a, b| nearer(&a.1, &b.1))?;
        // Between the capacities beside the best one.
        let (from, to) = (CAPACITIES[i.saturating_sub(1)], CAPACITIES[(i + 1).min(CAPACITIES.len() - 1)]);
        let between = |step: usize| from * (to / from).powf(step as f64 / BETWEEN as f64);
        let finer = (1..BETWEEN).map(|step| fitted(between(step), best.0.power));
        finer.chain([best]).min_by(nearer).map(|(shape, _)| shape)
    }

    /// The logarithm of the latency at a load; without end from the capacity on.
    pub(super) fn ln_at(&self, load: f64) -> f64 {
        if load >= self.capacity {
            return f64::INFINITY;
        }
        self.ln_fixed + (self.waiting * queueing(load / self.capacity, self.power)).ln_1p()
    }

    /// The load at which the logarithm of the latency reaches a limit: zero where it is above it without load.
    pub(super) fn load_at(&self, ln_limit: f64) -> f64 {
        /// Halvings: a millionth of a millionth of the capacity.
        const HALVINGS: usize = 40;
        let (mut low, mut high) = (0.0, self.capacity);
        for _ in 0..HALVINGS {
            let middle = f64::midpoint(low, high);
            if self.ln_at(middle) < ln_limit { low = middle } else { high = middle }
        }
        low
    }
}

fn queueing(u: f64, power: f64) -> f64 {
    u.powf(power) / (1.0 - u)
}

/// The `fixed` that goes best with a waiting, and the sum of squares that is left.
fn with(points: &[(f64, f64, f64)], queueing: &[f64], total: f64, waiting: f64) -> (f64, f64) {
    let (mut sum, mut squares) = (0.0, 0.0);
    for (point, queueing) in points.iter().zip(queueing) {
        let left = point.1 - (waiting * queueing).ln_1p();
        sum += point.2 * left;
        squares += point.2 * left * left;
    }
    let mean = sum / total;
    (mean, squares - mean * sum)
}

/// The waiting with the least left over: (waiting, fixed, left over).
fn least(of: impl Fn(f64) -> (f64, f64)) -> (f64, f64, f64) {
    let [mut low, mut high] = WAITING.map(f64::ln);
    let inner = |low: f64, high: f64| [high - GOLDEN * (high - low), low + GOLDEN * (high - low)];
    let [mut a, mut b] = inner(low, high);
    let (mut at_a, mut at_b) = (of(a.exp()), of(b.exp()));
    for _ in 0..STEPS {
        if at_a.1 <= at_b.1 {
            (high, b, at_b) = (b, a, at_a);
            a = inner(low, high)[0];
            at_a = of(a.exp());
        } else {
            (low, a, at_a) = (a, b, at_b);
            b = inner(low, high)[1];
            at_b = of(b.exp());
        }
    }
    let (waiting, best) = if at_a.1 <= at_b.1 { (a, at_a) } else { (b, at_b) };
    (waiting.exp(), best.0, best.1)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The shape of latencies by a law, at loads up to `highest`.
    fn fitted(highest: f64, law: impl Fn(f64) -> f64) -> QueueingShape {
        let points: Vec<(f64, f64, f64)> =
            (1..=40).map(|i| highest * f64::from(i) / 40.0).map(|load| (load, law(load).ln(), 1.0)).collect();
        QueueingShape::of(&points).unwrap()
    }

    #[test]
    fn an_m_m_1_queue_is_found_again_and_reaches_its_limit_where_it_should() {
        // Service of 10 a second: the mean time in the system is 1 / (10 − load). It is 0.5 s at a load of 8, and 1 s at 9,
        // farther than the 7.5 that were seen.
        let shape = fitted(7.5, |load| 1.0 / (10.0 - load));
        assert!((shape.capacity / 10.0 - 1.0).abs() < 0.1, "{shape:?}");
        for (limit, load) in [(0.2, 5.0), (0.5, 8.0), (1.0, 9.0)] {
            let found = shape.load_at(f64::ln(limit));
            assert!((found / load - 1.0).abs() < 0.06, "{limit} s at {found}, not {load}");
        }
    }

    #[test]
    fn an_m_g_1_queue_with_a_remote_side_is_found_again() {
        // Service 0.1 s, cv² = 3, and 0.4 s at a remote side: 0.5 + 0.1 · 4 / 2 · u / (1 − u), which is 1.3 s at u = 0.8.
        let shape = fitted(6.5, |load| 0.5 + 0.2 * (load / 10.0) / (1.0 - load / 10.0));
        let found = shape.load_at(f64::ln(1.3));
        assert!((found / 8.0 - 1.0).abs() < 0.06, "{found}: {shape:?}");
    }

    #[test]
    fn it_rises_up_to_its_capacity_and_a_limit_below_it_needs_no_load() {
        let shape = fitted(7.5, |load| 1.0 / (10.0 - load));
        assert!((1..95).all(|i| shape.ln_at(f64::from(i) / 10.0) < shape.ln_at(f64::from(i + 1) / 10.0)));
        assert_eq!(shape.ln_at(shape.capacity), f64::INFINITY);
        assert!(shape.load_at(f64::ln(0.01)) < 1e-9);
        assert_eq!(QueueingShape::of(&[]), None);
        assert_eq!(QueueingShape::of(&[(0.0, 1.0, 1.0)]), None);
    }
}
