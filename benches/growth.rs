//! Forecasting growth: 2,000 volumes of a year of hours, cleaned, learnt on as a fleet, and forecast a year ahead
//! with walk-forward and intervals.

use std::{hint::black_box, sync::OnceLock};

use divan::{Bencher, counter::ItemsCount};
use mailtide::{
    models::{FleetPrior, GrowthBelief, GrowthSettings, forecast},
    series::{HOUR, Level, Series},
};

/// The command's own allocator.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const VOLUMES: usize = 2_000;
const HOURS: usize = 365 * 24;
/// As many as the pipeline learns on.
const LEARNT_ON: usize = 200;

fn main() {
    divan::main();
}

/// Numerical Recipes' linear congruential generator, between 0 and 1: the volumes only need to differ.
struct Chance(u32);

impl Chance {
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        f64::from(self.0 >> 8) / f64::from(1_u32 << 24)
    }
}

/// A volume that grows by an eighth to all of its first level in a year, at a rate that wanders, bends or changes;
/// every third one is purged on a schedule, every fifth once, and readings are missing or near zero now and then.
fn volume(number: usize) -> Series {
    let mut chance = Chance(number as u32 * 7919 + 1);
    let mut level = 1e12 * (1.0 + chance.next());
    let hourly = level * (0.125 + 0.875 * chance.next()) / HOURS as f64;
    let bend = [0.0, 1.5, -1.0][number % 3] / HOURS as f64;
    let purged = if number.is_multiple_of(3) { 24 * (14 + number % 17) } else { usize::MAX };
    let once = if number.is_multiple_of(5) { HOURS / 4 + number } else { usize::MAX };
    let mut wander = 0.0;
    let slots = (0..HOURS).map(|hour| {
        wander = 0.999 * wander + 0.05 * (chance.next() - 0.5);
        level += hourly * (bend * hour as f64 + wander).exp();
        if hour > 0 && hour.is_multiple_of(purged) {
            level -= 0.4 * hourly * purged as f64;
        }
        if hour == once {
            level *= 0.9;
        }
        match chance.next() {
            missing if missing < 0.005 => None,
            unmounted if unmounted < 0.006 => Some(4096.0),
            _ => Some(level + 20.0 * hourly * (chance.next() - 0.5)),
        }
    });
    Series::from_slots(1_745_755_200, HOUR, slots.collect::<Vec<_>>())
}

fn fleet() -> &'static [Series] {
    static FLEET: OnceLock<Vec<Series>> = OnceLock::new();
    FLEET.get_or_init(|| (0..VOLUMES).map(volume).collect())
}

#[divan::bench(sample_count = 1, sample_size = 1)]
fn forecast_a_fleet(bencher: Bencher<'_, '_>) {
    let fleet = fleet();
    bencher.counter(ItemsCount::new(VOLUMES)).bench_local(|| {
        let levels: Vec<Level> = fleet.iter().filter_map(|series| Level::of(series).ok()).collect();
        let every = (VOLUMES / LEARNT_ON).max(1);
        let beliefs: Vec<_> = levels.iter().step_by(every).filter_map(GrowthBelief::of).collect();
        let settings = GrowthSettings { prior: FleetPrior::learnt(&beliefs), ..GrowthSettings::default() };
        let told = levels.iter().filter(|level| black_box(forecast(level, settings)).is_ok()).count();
        assert_eq!(told, VOLUMES);
    });
}

#[divan::bench(sample_count = 1, sample_size = 1)]
fn clean_a_fleet(bencher: Bencher<'_, '_>) {
    let fleet = fleet();
    bencher
        .counter(ItemsCount::new(VOLUMES))
        .bench_local(|| assert_eq!(fleet.iter().filter(|series| Level::of(series).is_ok()).count(), VOLUMES));
}
