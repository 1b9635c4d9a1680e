//! The archive: points appended and extracted a second.

use divan::{Bencher, counter::ItemsCount};
use mailtide::{
    archive::Archive,
    platform::{Labels, Measure, SeriesKey},
    sources::{Points, Samples},
};

const SERIES: usize = 100;
/// Hours, nearly fourteen months of them.
const POINTS: usize = 10_000;
/// 2025-01-01T00:00:00Z.
const START: i64 = 1_735_689_600;

fn main() {
    divan::main();
}

/// A million points: values of three decimals that wander about a level, as a fleet's do.
fn samples() -> Vec<Samples> {
    (0..SERIES).map(|series| wander(series as u64)).collect()
}

fn wander(series: u64) -> Samples {
    let labels = Labels::from([("host", format!("ms{series}").as_str()), ("volume", "/var/mail")]);
    // Knuth's MMIX generator, so that every run has the same points.
    let mut state = series + 1;
    let mut level = 500_000_i64;
    let mut points = Points::default();
    for hour in 0..POINTS {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        level += (state >> 54) as i64 - 512;
        points.push(START + hour as i64 * 3600, level as f64 / 1000.0);
    }
    Samples { key: SeriesKey { measure: Measure::LoadMessages, labels }, points }
}

fn count() -> ItemsCount {
    ItemsCount::new(SERIES * POINTS)
}

/// Into an archive that is empty.
#[divan::bench(sample_count = 10)]
fn append(bencher: Bencher<'_, '_>) {
    let input = || {
        let directory = tempfile::tempdir().expect("a temporary directory can be made");
        let archive = Archive::open(directory.path()).expect("an archive can be made there");
        (directory, archive, samples())
    };
    bencher.counter(count()).with_inputs(input).bench_values(|(directory, archive, samples)| {
        let appended = archive.append("exports", samples).expect("the samples are sound");
        (appended, directory)
    });
}

/// The same samples once more: nothing is written.
#[divan::bench(sample_count = 10)]
fn append_again(bencher: Bencher<'_, '_>) {
    let directory = tempfile::tempdir().expect("a temporary directory can be made");
    let archive = Archive::open(directory.path()).expect("an archive can be made there");
    archive.append("exports", samples()).expect("the samples are sound");
    bencher
        .counter(count())
        .with_inputs(samples)
        .bench_values(|samples| archive.append("exports", samples).expect("the samples are sound"));
}

/// All that was appended.
#[divan::bench(sample_count = 10)]
fn extract(bencher: Bencher<'_, '_>) {
    let directory = tempfile::tempdir().expect("a temporary directory can be made");
    let archive = Archive::open(directory.path()).expect("an archive can be made there");
    archive.append("exports", samples()).expect("the samples are sound");
    let range = START..START + POINTS as i64 * 3600;
    bencher
        .counter(count())
        .bench_local(|| archive.extract(Measure::LoadMessages, range.clone()).expect("the archive is sound"));
}
