//! Futures: courses that the level may take, drawn from the average of shapes, and how high each gets by when.

use super::{
    growth::Highest,
    growth_average::{Average, Model},
    growth_change::{Change, Changing, mean_factor},
    growth_filter::WANDERS,
    growth_weeks::Weeks,
    normal::Z_95,
};
use crate::series::Parts;

/// How many futures: one outcome in twenty is twenty of them.
const FUTURES: usize = 400;
/// Numbers drawn for each part of a level's future beside those of its weeks.
const ONCE: usize = 4;
/// One-off purges a year that are to be expected where none has been seen in a year, and one-off moves to the
/// volume. About twice those of the simulated fleets they were set on: the interval then held 91 % and not 88 %.
const PURGES_A_YEAR: f64 = 0.5;
const MOVES_A_YEAR: f64 = 0.3;
/// What they take or bring, as shares of the level: the ranges of the simulated fleets.
const PURGED: (f64, f64) = (0.04, 0.18);
const MOVED: (f64, f64) = (0.05, 0.2);
/// Most parts of a level that are told apart: of so many equal ones each has one chance in sixteen of the whole.
const MOST_PARTS: usize = 16;
/// Days in a year.
const YEAR: f64 = 365.25;
/// Highest levels are told every other day for four weeks, then by the week, and lie on a line between.
const FINE_DAYS: usize = 28;
/// A future in which the log rate is this many times off is as far as it goes: e² is seven times the rate.
const LOG_RATE: f64 = 2.0;

/// What is to happen beside growth.
pub(super) struct Events<'a> {
    /// What the level is the sum of: each of it is purged and moved to by itself.
    pub(super) of: Parts,
    /// For how many years one-off purges could be seen.
    pub(super) years: f64,
    /// What a retention job will have taken by each day, in the level's unit; its length is that of the answer.
    pub(super) purged: &'a [f64],
    /// What is known to happen, by ascending days.
    pub(super) changes: &'a [Change],
}

/// What the futures come to, by day from the last one on.
pub(super) struct Drawn {
    pub(super) p5: Vec<f64>,
    pub(super) p50: Vec<f64>,
    pub(super) p95: Vec<f64>,
    pub(super) highest: Highest,
    /// Growth a day over the next four weeks, before purges.
    pub(super) per_day: f64,
}

/// Numbers that look drawn by chance and are the same in every run: SplitMix64 (Steele, Lea & Flood 2014).
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Draws(pub(super) u64);

impl Draws {
    /// Between 0 and 1, both excluded.
    pub(super) fn uniform(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^= z >> 31;
        ((z >> 11) as f64 + 0.5) / (1_u64 << 53) as f64
    }

    /// Two of a standard normal distribution (Box & Muller 1958).
    pub(super) fn normals(&mut self) -> [f64; 2] {
        let (radius, angle) = ((-2.0 * self.uniform().ln()).sqrt(), std::f64::consts::TAU * self.uniform());
        [radius * angle.cos(), radius * angle.sin()]
    }
}

/// How the level grows in each future, before anything happens beside growth.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Futures {
    /// The level at the end of each week from now on, in the history's unit.
    paths: Vec<Vec<f64>>,
    /// The middle of each week.
    middle: Vec<f64>,
    /// Where the numbers for what happens beside growth go on.
    draws: Draws,
}

impl Futures {
    /// Draws the futures of a history for so many days. `simple` is the simple courses' growth a week and `share` how
    /// much they count; `widened` widens what lies around the middle.
    pub(super) fn of(
        weeks: &Weeks,
        average: &Average,
        (share, simple): (f64, f64),
        widened: f64,
        horizon: usize,
    ) -> Futures {
        let steps = steps(horizon);
        let mut draws = Draws(0);
        let mut paths = paths(weeks, average, steps, &mut draws);
        let mut middle = Vec::with_capacity(steps + 1);
        for step in 0..=steps {
            let mut column: Vec<f64> = paths.iter().map(|path| path[step]).collect();
            column.sort_unstable_by(f64::total_cmp);
            let centre = at(&column, 0.5);
            let start = middle.first().copied().unwrap_or(centre);
            let blended = centre + share * (start + simple * step as f64 - centre);
            for path in &mut paths {
                path[step] = blended + widened * (path[step] - centre);
            }
            middle.push(blended);
        }
        Futures { paths, middle, draws }
    }
}

/// What the futures come to with what happens beside growth, for `events.purged.len()` days, the last one of the
/// history included; `plan_risk` is the chance that a plan takes and
/// `fills` the share of the futures that tells a mark's day.
pub(super) fn draw(
    weeks: &Weeks,
    futures: &Futures,
    events: &Events,
    (plan_risk, fills): (f64, f64),
) -> Drawn {
    let Futures { paths, middle, draws } = futures;
    let mut draws = *draws;
    let horizon = events.purged.len().max(1) - 1;
    // A change is no line from one week to the next: the days on either side of it are told as well.
    let beside = |day: usize| events.changes.iter().any(|change| change.day == day || change.day == day + 1);
    let grid: Vec<usize> = (0..=horizon)
        .filter(|&day| (day <= FINE_DAYS && day % 2 == 0) || day % 7 == 0 || day == horizon || beside(day))
        .collect();
    let (levels, tops) = by_day(weeks, paths, &grid, events, &mut draws);
    let level = |q: f64| -> Vec<f64> {
        let gross = daily(&grid, &levels, q, weeks.unit);
        let days = (weeks.last..).zip(gross.iter().zip(events.purged));
        days.map(|(day, (gross, purged))| gross - purged + weeks.rhythm.on(day)).collect()
    };
    let p50 = level(0.5);
    // A day's own level lies off its course by chance, too: variances add up.
    let of_a_day = Z_95 * weeks.noise;
    let edge = |q: f64, side: f64| -> Vec<f64> {
        let wide = |(edge, middle): (f64, &f64)| (middle + side * (edge - middle).hypot(of_a_day)).max(0.0);
        level(q).into_iter().zip(&p50).map(wide).collect()
    };
    let (p5, p95) = (edge(0.05, -1.0), edge(0.95, 1.0));
    let top = |q: f64| daily(&grid, &tops, q, weeks.unit);
    Drawn {
        p5,
        p50: p50.into_iter().map(|level| level.max(0.0)).collect(),
        p95,
        highest: Highest::of(top, plan_risk, fills),
        per_day: (middle[4] - middle[0]) / 28.0 * weeks.unit * mean_factor(events.changes, 28),
    }
}

/// How many weeks it takes to cover so many days, the four that the growth a day is taken from at least.
pub(super) fn steps(horizon: usize) -> usize {
    (horizon / 7 + 1).max(4)
}

/// The level at the end of each week from now on, for each future, in the history's unit.
fn paths(weeks: &Weeks, average: &Average, steps: usize, draws: &mut Draws) -> Vec<Vec<f64>> {
    let mut models = average.models.iter().peekable();
    let (mut passed, mut mirrored) = (0.0, *draws);
    let mut paths = Vec::with_capacity(FUTURES);
    for future in 0..FUTURES {
        // Each model gets its share of the futures.
        let target = (future as f64 + 0.5) / FUTURES as f64;
        while let Some(model) = models.peek()
            && passed + model.weight < target
            && paths.len() < FUTURES
        {
            passed += model.weight;
            if models.len() == 1 {
                break;
            }
            models.next();
        }
        if let Some(model) = models.peek() {
            // Each second future mirrors the one before it: what chance adds to the one it takes off the other, and the
            // middle of a few lies where that of many would (antithetic variates: Hammersley & Morton 1956).
            let numbers = if future % 2 == 0 {
                mirrored = *draws;
                (&mut *draws, 1.0)
            } else {
                (&mut mirrored, -1.0)
            };
            paths.push(path(weeks, average, model, steps, numbers));
        }
    }
    paths
}

/// A future of one model, from numbers and the side that they are drawn to: 1, or -1 for the mirror image.
fn path(
    weeks: &Weeks,
    average: &Average,
    model: &Model,
    steps: usize,
    (draws, side): (&mut Draws, f64),
) -> Vec<f64> {
    let mut normals = || draws.normals().map(|number| side * number);
    let (known, wander) = (&model.known, &WANDERS[model.wander]);
    let shape = &average.shapes[model.shape];
    let scale = &average.scales[model.shape];
    let factor = correlated(known.covariance, normals());
    let factors = [known.factors[0] + factor[0], known.factors[1] + factor[1]];
    let given = |state: [f64; 3]| state[0] - factors[0] * state[1] - factors[1] * state[2];
    let state = correlated(known.spread, normals());
    let until_now = average.until_now[model.shape];
    let mut level = factors[0] * until_now[0] + factors[1] * until_now[1] + given(known.level) + state[0];
    let mut rate = given(known.wander) + state[1];
    let kept = wander.kept();
    let mut path = Vec::with_capacity(steps + 1);
    path.push(level);
    for step in 0..steps {
        let week = weeks.len() + step;
        let [new, own] = normals();
        let grown: f64 =
            shape.columns.iter().zip(factors).map(|(column, factor)| factor * column[week]).sum();
        let log_rate = (wander.sigma * rate).min(LOG_RATE) - 0.5 * wander.sigma.powi(2);
        level += grown + scale[week] * (log_rate.exp() - 1.0 + wander.own * own);
        rate = kept * rate + (1.0 - kept * kept).sqrt() * new;
        path.push(level);
    }
    path
}

/// Two numbers with a covariance (of the first, of both, of the second) from two standard normal ones.
fn correlated([first, both, second]: [f64; 3], [a, b]: [f64; 2]) -> [f64; 2] {
    let spread = first.max(0.0).sqrt();
    let shared = if spread > 0.0 { both / spread } else { 0.0 };
    [spread * a, shared * a + (second - shared * shared).max(0.0).sqrt() * b]
}

/// On each day of the grid, in ascending order: the levels before the retention job's purges, and the highest
/// levels up to it after them, less what the mark has risen by: where these reach the mark of today, the level
/// reaches that of the day.
fn by_day(
    weeks: &Weeks,
    paths: &[Vec<f64>],
    grid: &[usize],
    events: &Events,
    draws: &mut Draws,
) -> (Vec<Vec<f64>>, Vec<Vec<f64>>) {
    let mut levels = vec![Vec::with_capacity(paths.len()); grid.len()];
    let mut tops = levels.clone();
    // More parts than can be told apart are taken together: chance evens out between so many.
    let parts = events.of.volumes.clamp(1, MOST_PARTS);
    let each = 1.0 / parts as f64;
    let seen = events.of.purges as f64 / events.of.volumes.max(1) as f64;
    let purges = (seen + PURGES_A_YEAR) / (events.years + 1.0) / YEAR;
    // People clean what they have cleaned before; what was moved in was planned, and is no habit of the volume.
    let moves = MOVES_A_YEAR / YEAR;
    // A retention job is what keeps its volume clean.
    let purges = if events.purged.last().is_some_and(|&p| p > 0.0) { 0.0 } else { purges };
    let purged: Vec<f64> = events.purged.iter().map(|taken| taken / weeks.unit).collect();
    for path in paths {
        let happens: Vec<[(f64, f64); 2]> = (0..parts)
            .map(|_| {
                let chance: [f64; ONCE] = std::array::from_fn(|_| draws.uniform());
                let within = |(least, most): (f64, f64), chance: f64| least + (most - least) * chance;
                let purge = (-chance[0].ln() / purges, -within(PURGED, chance[1]) * path[0] * each);
                let moved = (-chance[2].ln() / moves, within(MOVED, chance[3]) * path[0] * each);
                [purge, moved]
            })
            .collect();
        let mut top = f64::NEG_INFINITY;
        let mut next = 0;
        // Mostly nothing is known, and a year of days in each future is the dearest part of a forecast.
        let mut changing = (!events.changes.is_empty()).then(|| Changing::new(events.changes, weeks.unit));
        for (day, purged) in purged.iter().enumerate() {
            let (week, share) = (day / 7, (day % 7) as f64 / 7.0);
            let mut level = path[week] + (path[week + 1] - path[week]) * share;
            if let Some(changing) = &mut changing {
                level = changing.grown(level);
            }
            for &(when, size) in happens.iter().flatten() {
                if day as f64 > when {
                    level += size;
                }
            }
            let rhythm = weeks.rhythm.on(weeks.last + day as i64) / weeks.unit;
            level += rhythm;
            let mut left = level - purged;
            if let Some(changing) = &mut changing {
                let known = changing.after(day, left);
                level += known - left;
                left = known - changing.raised;
            }
            top = top.max(left);
            if grid.get(next) == Some(&day) {
                // The rhythm comes back by the day, between those of the grid as well.
                levels[next].push(level - rhythm);
                tops[next].push(top);
                next += 1;
            }
        }
    }
    for column in levels.iter_mut().chain(&mut tops) {
        column.sort_unstable_by(f64::total_cmp);
    }
    (levels, tops)
}

/// A quantile of each column, by day.
fn daily(grid: &[usize], columns: &[Vec<f64>], q: f64, unit: f64) -> Vec<f64> {
    let quantiles: Vec<f64> = columns.iter().map(|column| at(column, q) * unit).collect();
    let mut days = Vec::with_capacity(grid.last().map_or(0, |last| last + 1));
    for (ends, values) in grid.windows(2).zip(quantiles.windows(2)) {
        let length = (ends[1] - ends[0]) as f64;
        days.extend(
            (ends[0]..ends[1])
                .map(|day| values[0] + (values[1] - values[0]) * (day - ends[0]) as f64 / length),
        );
    }
    days.extend(quantiles.last());
    days
}

/// A quantile of ascending values, linear between them.
fn at(ascending: &[f64], q: f64) -> f64 {
    let Some(end) = ascending.len().checked_sub(1) else { return 0.0 };
    let place = q * end as f64;
    let below = (place.floor() as usize).min(end);
    let above = (below + 1).min(end);
    ascending[below] + (ascending[above] - ascending[below]) * (place - below as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn draws_are_those_of_the_generator_and_of_a_normal_distribution() {
        // SplitMix64 from 0 gives 0xE220A8397B1DCDAF first (its authors' reference implementation).
        let first = Draws(0).uniform();
        assert!((first - 0xE220_A839_7B1D_CDAF_u64 as f64 / 2_f64.powi(64)).abs() < 1e-15, "{first}");
        let mut draws = Draws(0);
        let all: Vec<f64> = (0..20_000).flat_map(|_| draws.normals()).collect();
        let mean = all.iter().sum::<f64>() / all.len() as f64;
        let variance = all.iter().map(|v| v * v).sum::<f64>() / all.len() as f64;
        assert!(mean.abs() < 0.02 && (variance - 1.0).abs() < 0.02, "{mean} {variance}");
    }

    #[test]
    fn quantiles_lie_on_a_line_between_the_days_that_are_told() {
        assert_eq!(
            daily(&[0, 2, 4], &[vec![0.0], vec![2.0], vec![6.0]], 0.5, 10.0),
            [0.0, 10.0, 20.0, 40.0, 60.0]
        );
        assert_eq!(at(&[1.0, 2.0, 4.0], 0.75), 3.0);
    }
}
