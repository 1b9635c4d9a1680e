//! Daily use: series a second of [`load_forecast`], each of 60 days at steps of five minutes, and of [`hourly_forecast`].
//!
//! 2,000 such series are to take at most 20 CPU seconds of [`load_forecast`]. The hourly forecast is part of that; it is told by
//! itself to see how large a part. CPU seconds, without those that make the series, are printed beside the wall time.

use std::{f64::consts::TAU, hint::black_box, sync::OnceLock};

use divan::{Bencher, counter::ItemsCount};
use mailtide::{
    models::{LoadSettings, hourly_forecast, load_forecast},
    series::{DAY, HOUR, LocalClock, Series},
};

/// The command's own allocator.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const SERIES: usize = 2_000;
const STEP: i64 = 300;
const DAYS: i64 = 60;
/// 2026-04-27T12:00:00Z: the clocks of Berlin changed four weeks before.
const UNTIL: i64 = 1_777_291_200;

fn main() {
    divan::main();
}

/// Numerical Recipes' linear congruential generator; numbers between 0 and 1.
struct Numbers(u32);

impl Numbers {
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        f64::from(self.0 >> 8) / f64::from(1_u32 << 24)
    }

    /// About normal: the sum of twelve, less six.
    fn normal(&mut self) -> f64 {
        (0..12).map(|_| self.next()).sum::<f64>() - 6.0
    }
}

/// A server's processor in percent: a day with one hump, a quieter weekend, a backup at night, growth, and noise that lasts for an
/// hour or so.
fn server(seed: u32) -> Series {
    let mut numbers = Numbers(seed.wrapping_mul(2_654_435_761).wrapping_add(17));
    let mut clock = LocalClock::new(chrono_tz::Europe::Berlin);
    let (height, weekend) = (20.0 + 40.0 * numbers.next(), 0.3 + 0.6 * numbers.next());
    let (backup, growth) = (HOUR * (1 + (numbers.next() * 4.0) as i64), 0.2 * numbers.next());
    let start = UNTIL - DAYS * DAY;
    let mut wander = 0.0;
    let slots = (0..DAYS * DAY / STEP).map(|i| {
        let local = clock.at(start + i * STEP);
        let hump = (0.5 - 0.5 * (TAU * (local.second as f64 / DAY as f64 - 0.1)).cos()).powi(2);
        let day = if local.weekday >= 5 { weekend } else { 1.0 };
        let job = if (backup..backup + HOUR).contains(&local.second) { 25.0 } else { 0.0 };
        wander = 0.9 * wander + 0.05 * numbers.normal();
        let grown = 1.0 + growth * i as f64 * STEP as f64 / (DAYS * DAY) as f64;
        let load = (5.0 + height * hump * day * grown) * (1.0 + wander) + job + numbers.normal();
        Some(load.clamp(0.0, 100.0))
    });
    Series::from_slots(start, STEP, slots.collect::<Vec<_>>())
}

fn fleet() -> &'static [Series] {
    static FLEET: OnceLock<Vec<Series>> = OnceLock::new();
    FLEET.get_or_init(|| (0..SERIES as u32).map(server).collect())
}

/// CPU seconds of this thread, by Linux's own count of nanoseconds; `None` elsewhere.
fn cpu_seconds() -> Option<f64> {
    let counts = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    Some(counts.split(' ').next()?.parse::<f64>().ok()? / 1e9)
}

/// Does the work and prints what it took.
#[expect(clippy::print_stdout, reason = "a benchmark is there to be read")]
fn timed(what: &str, work: impl FnOnce()) {
    let before = cpu_seconds();
    work();
    if let Some((before, after)) = before.zip(cpu_seconds()) {
        println!("\n{what}: {:.1} CPU seconds for {SERIES} series", after - before);
    }
}

#[divan::bench(sample_count = 1, sample_size = 1)]
fn slots_of_the_coming_week(bencher: Bencher<'_, '_>) {
    let settings = LoadSettings { clock: LocalClock::new(chrono_tz::Europe::Berlin), until: UNTIL };
    bencher.counter(ItemsCount::new(SERIES)).with_inputs(fleet).bench_local_values(|fleet| {
        timed("slots of the coming week", || {
            for load in fleet {
                black_box(load_forecast(load, &settings, &|_| false).expect("sixty days are enough"));
            }
        });
    });
}

#[divan::bench(sample_count = 1, sample_size = 1)]
fn hours_of_the_next_two_days(bencher: Bencher<'_, '_>) {
    let hours: Vec<Vec<f64>> =
        fleet().iter().map(|load| load.coarser(HOUR).slots().flatten().collect()).collect();
    bencher.counter(ItemsCount::new(SERIES)).bench_local(|| {
        timed("hours of the next two days", || {
            for load in &hours {
                black_box(hourly_forecast(load, 48).expect("sixty days are enough"));
            }
        });
    });
}
