//! Drift: 2,000 latencies of 60 days at steps of five minutes, from points to what is told.

use std::hint::black_box;

use divan::Bencher;
use mailtide::{
    models::{DriftEvidence, DriftSettings, drift_evidence, drift_prior, least_belief},
    series::{Fold, HOUR, LocalClock, grid},
    sources::Points,
};

/// Series that differ; each is judged [`TIMES`] times, as a fleet of both together would not fit many machines.
const SERIES: u64 = 100;
const TIMES: usize = 20;
const STEPS: i64 = 60 * 288;

fn main() {
    divan::main();
}

/// A latency with a daily shape and noise that lasts some hours; a fifth of the series rise.
fn points(series: u64) -> Points {
    // Knuth's MMIX linear congruential generator: the same in every run.
    let mut state = series;
    let mut uniform = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 11) as f64 / (1_u64 << 53) as f64
    };
    let mut off = 0.0;
    let mut points = Points::default();
    for step in 0..STEPS {
        off = 0.97 * off + 0.15 * (uniform() - 0.5);
        let day = step as f64 / 288.0;
        let noon = 1.0 + (day.fract() * std::f64::consts::TAU).sin().max(0.0);
        let rise = if series.is_multiple_of(5) { 1.0 + 0.3 * day / 60.0 } else { 1.0 };
        points.push(1_700_000_000 + 300 * step, noon * rise * (off + 0.1 * (uniform() - 0.5)).exp());
    }
    points
}

#[divan::bench(sample_count = 3, sample_size = 1)]
fn two_thousand_series(bencher: Bencher<'_, '_>) {
    let fleet: Vec<Points> = (0..SERIES).map(points).collect();
    let settings = DriftSettings { clock: LocalClock::new(chrono_tz::Europe::Berlin), days: 90 };
    bencher.bench_local(|| {
        let all = fleet.iter().cycle().take(fleet.len() * TIMES);
        let weighed: Vec<DriftEvidence> = all
            .filter_map(|points| drift_evidence(&grid(points, HOUR, Fold::Median), &settings).ok())
            .collect();
        let prior = drift_prior(&weighed.iter().collect::<Vec<_>>());
        let beliefs: Vec<f64> =
            weighed.iter().map(|one| one.judge(&prior)).map(|drift| drift.rises.max(drift.falls)).collect();
        black_box(least_belief(&beliefs))
    });
}
