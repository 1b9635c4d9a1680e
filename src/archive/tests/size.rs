//! Size: how many bytes a point takes.

use super::*;

/// Fifty series of hours over March.
const SERIES: u64 = 50;
const HOURS: i64 = 744;

/// Points a fleet would have: a level that wanders by up to `swing` each hour, in units of `unit`.
fn bytes_per_point(measure: Measure, level: i64, swing: i64, unit: f64) -> f64 {
    let root = tempfile::tempdir().unwrap();
    let archive = Archive::open(root.path()).unwrap();
    let fleet = (0..SERIES).map(|series| {
        // Knuth's MMIX generator.
        let mut state = series + 1;
        let mut level = level;
        let points: Vec<_> = (0..HOURS)
            .map(|hour| {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                level += ((state >> 33) as i64).rem_euclid(2 * swing + 1) - swing;
                (MARCH + hour * HOUR, level as f64 * unit)
            })
            .collect();
        samples(measure, &format!("ms{series}"), &points)
    });
    archive.append(SOURCE, fleet.collect()).unwrap();
    let info = archive.info().unwrap();
    assert_eq!(info.measures[0].points, SERIES * HOURS as u64);
    info.bytes as f64 / info.measures[0].points as f64
}

#[test]
fn a_point_takes_at_most_five_bytes() {
    let rate = bytes_per_point(Measure::LoadMessages, 40_000, 500, 0.001);
    // Blocks of a file system: up to 400 MiB an hour on a volume of some TiB.
    let disk = bytes_per_point(Measure::DiskUsed, 500_000_000, 100_000, 4096.0);
    assert!(rate <= 5.0, "three decimals: {rate:.2} bytes a point");
    assert!(disk <= 5.0, "bytes used: {disk:.2} bytes a point");
}
