//! Tidying: years, old points, coarser points; a second time changes nothing, and being killed loses nothing.

use proptest::prelude::*;

use super::{
    victim::{Work, kill_at_each_step},
    *,
};
use crate::{
    archive::{Tidied, Tidying},
    platform::Downsample,
};

/// 2024-01-01T00:00:00Z.
const YEAR_2024: i64 = 1_704_067_200;
/// 2025-01-01T00:00:00Z.
const YEAR_2025: i64 = 1_735_689_600;
/// 2026-04-15T00:00:00Z.
pub(super) const NOW: i64 = APRIL + 14 * DAY;

/// Points go after 700 days (2024-05-15: before May), hours come after 300 (2025-06-19: before June).
pub(super) fn everything() -> Tidying {
    Tidying { keep: Some(700 * DAY), downsample: vec![Downsample { older_than: 300 * DAY, step: DAY }] }
}

/// Twice a day from the beginning of 2024, the same in two measures, one of them a running total.
fn history() -> Vec<Samples> {
    let points: Vec<_> = (0..1669).map(|half| (YEAR_2024 + half * DAY / 2, half as f64)).collect();
    let mut all =
        vec![samples(Measure::DiskUsed, "ms1", &points), samples(Measure::MessagesTotal, "mx1", &points)];
    all.push(samples(Measure::DiskUsed, "ms2", &points[..800]));
    all
}

fn prepare(root: &Path) {
    Archive::open(root).unwrap().append(SOURCE, history()).unwrap();
}

/// Content of every file but the lock.
fn state(root: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let files = files(root).into_iter().filter(|path| !path.ends_with("lock"));
    files.map(|path| (path.clone(), fs::read(&path).unwrap())).collect()
}

fn partitions(root: &Path, measure: &str) -> Vec<String> {
    let directory = root.join(format!("measure={measure}"));
    let names = files(&directory).into_iter().filter(|path| path.ends_with("points.parquet"));
    names.map(|path| path.parent().unwrap().file_name().unwrap().to_string_lossy().into_owned()).collect()
}

#[test]
fn months_of_years_that_are_over_become_one_file() {
    let root = tempfile::tempdir().unwrap();
    prepare(root.path());
    let archive = Archive::open(root.path()).unwrap();
    let before = archive.info().unwrap();
    assert_eq!(before.measures[0].months, 28);
    let tidied = archive.tidy(&Tidying::default(), NOW).unwrap();
    // 2024 and 2025 of two measures.
    assert_eq!(tidied, Tidied { years_compacted: 4, ..Tidied::default() });
    let expected =
        ["month=2026-01", "month=2026-02", "month=2026-03", "month=2026-04", "year=2024", "year=2025"];
    assert_eq!(partitions(root.path(), "disk.used"), expected);
    assert_eq!(held(&archive), model(&history()));
    let after = archive.info().unwrap();
    assert_eq!((after.measures[0].months, after.measures[0].years), (28, 2));
    assert!(after.bytes < before.bytes / 2, "{} {}", after.bytes, before.bytes);
    // A range within a year, and one over its end.
    for range in [YEAR_2024 + 100 * DAY..YEAR_2024 + 101 * DAY, YEAR_2025 - DAY..YEAR_2025 + DAY] {
        let times = &archive.extract(Measure::MessagesTotal, range.clone()).unwrap().columns[0].points.times;
        let expected: Vec<i64> = (range.start..range.end).step_by(DAY as usize / 2).collect();
        assert_eq!(*times, expected);
    }
}

#[test]
fn an_append_to_a_year_rewrites_the_year() {
    let root = tempfile::tempdir().unwrap();
    prepare(root.path());
    let archive = Archive::open(root.path()).unwrap();
    archive.tidy(&Tidying::default(), NOW).unwrap();
    // From December 2023 to February 2024: a month of its own, and two months of a year.
    let late = vec![hours(Measure::DiskUsed, "ms1", YEAR_2024 - 10 * HOUR, 24 * 40)];
    let appended = archive.append(SOURCE, late.clone()).unwrap();
    assert_eq!(appended.partitions, 2);
    assert_eq!(appended.points_new + appended.points_replaced + appended.points_same, 24 * 40);
    assert_eq!(held(&archive), model(&[history(), late.clone()].concat()));
    assert_eq!(partitions(root.path(), "disk.used")[0], "month=2023-12");
    assert!(!partitions(root.path(), "disk.used").contains(&"month=2024-01".to_owned()));
    assert_eq!(archive.append(SOURCE, late).unwrap().partitions, 0);
}

#[test]
fn a_month_that_was_left_on_its_year_is_the_later_one() {
    let root = tempfile::tempdir().unwrap();
    let archive = Archive::open(root.path()).unwrap();
    let january = |value| samples(Measure::DiskUsed, "ms1", &[(YEAR_2025, value), (YEAR_2025 + DAY, 1.0)]);
    let february = samples(Measure::DiskUsed, "ms1", &[(YEAR_2025 + 40 * DAY, 3.0)]);
    archive.append(SOURCE, vec![january(7.0), february.clone()]).unwrap();
    let month = root.path().join("measure=disk.used/month=2025-01/points.parquet");
    let left = fs::read(&month).unwrap();
    archive.append(SOURCE, vec![january(5.0)]).unwrap();
    archive.tidy(&Tidying::default(), NOW).unwrap();
    assert_eq!(partitions(root.path(), "disk.used"), ["year=2025"]);
    // As if another run had written January just then.
    fs::create_dir_all(month.parent().unwrap()).unwrap();
    fs::write(&month, left).unwrap();
    assert_eq!(held(&archive), model(&[january(7.0), february.clone()]));
    // What is appended now is later still.
    archive.append(SOURCE, vec![january(6.0)]).unwrap();
    assert_eq!(held(&archive), model(&[january(6.0), february]));
    assert_eq!(partitions(root.path(), "disk.used"), ["year=2025"]);
}

#[test]
fn points_for_a_month_that_is_being_removed_go_to_its_year() {
    let root = tempfile::tempdir().unwrap();
    let archive = Archive::open(root.path()).unwrap();
    let points = |first| vec![samples(Measure::DiskUsed, "ms1", &[(first, 1.0), (first + DAY, 1.0)])];
    archive.append(SOURCE, points(YEAR_2025)).unwrap();
    let month = root.path().join("measure=disk.used/month=2025-01/points.parquet");
    let empty = crate::archive::partition::Partition::default().encode(&month).unwrap();
    fs::write(&month, empty).unwrap();
    archive.append(SOURCE, points(YEAR_2025 + 5 * DAY)).unwrap();
    assert_eq!(partitions(root.path(), "disk.used"), ["month=2025-01", "year=2025"]);
    assert_eq!(held(&archive), model(&points(YEAR_2025 + 5 * DAY)));
    archive.tidy(&Tidying::default(), NOW).unwrap();
    assert_eq!(partitions(root.path(), "disk.used"), ["year=2025"]);
}

#[test]
fn old_points_go_and_become_coarser_by_whole_months() {
    let root = tempfile::tempdir().unwrap();
    prepare(root.path());
    let archive = Archive::open(root.path()).unwrap();
    let tidied = archive.tidy(&everything(), NOW).unwrap();
    // January to April 2024 have 121 days of two points, in three series.
    assert_eq!(tidied.points_removed, 3 * 2 * 121);
    // May 2024 to May 2025 has 396 days; the last point of `ms2` is the 800th, on its 400th day (2025-02-03): 279
    // days of it are left. A day keeps one point of two. The total also keeps the first of each of 13 months.
    assert_eq!(tidied.points_downsampled, 396 + 279 + 396 - 13);
    let may = YEAR_2024 + 121 * DAY;
    let points = |measure| {
        let columns = all(&archive, measure).columns;
        columns[0].points.iter().take(3).collect::<Vec<_>>()
    };
    // Levels: the mean of the halves 242 and 243, at the day's start. Totals: the first, then each day's last.
    assert_eq!(points(Measure::DiskUsed), [(may, 242.5), (may + DAY, 244.5), (may + 2 * DAY, 246.5)]);
    assert_eq!(
        points(Measure::MessagesTotal),
        [(may, 242.0), (may + DAY / 2, 243.0), (may + DAY * 3 / 2, 245.0)]
    );
    // From June 2025 on every point is as it was.
    let june = YEAR_2025 + 151 * DAY;
    let mut expected = model(&history()).remove(&Measure::DiskUsed).unwrap();
    expected.values_mut().for_each(|points| points.retain(|time, _| *time >= june));
    expected.retain(|_, points| !points.is_empty());
    assert_eq!(as_model(&archive.extract(Measure::DiskUsed, june..NOW).unwrap()), expected);
    assert_eq!(partitions(root.path(), "disk.used").len(), 6);
}

#[test]
fn samples_that_are_appended_once_more_are_tidied_to_the_same() {
    let root = tempfile::tempdir().unwrap();
    prepare(root.path());
    let archive = Archive::open(root.path()).unwrap();
    archive.tidy(&everything(), NOW).unwrap();
    let once = held(&archive);
    archive.append(SOURCE, history()).unwrap();
    archive.tidy(&everything(), NOW).unwrap();
    assert_eq!(held(&archive), once);
}

#[test]
fn a_measure_of_old_points_only_ends_without_points() {
    let root = tempfile::tempdir().unwrap();
    let archive = Archive::open(root.path()).unwrap();
    archive.append(SOURCE, vec![hours(Measure::QueueDepth, "mx1", YEAR_2024, 24 * 60)]).unwrap();
    let tidying = Tidying { keep: Some(30 * DAY), downsample: vec![] };
    assert_eq!(archive.tidy(&tidying, NOW).unwrap().points_removed, 24 * 60);
    assert!(archive.measures().unwrap().is_empty());
    assert_eq!(partitions(root.path(), "queue.depth"), Vec::<String>::new());
    // Its ids stay with their series.
    let appended = archive.append(SOURCE, vec![hours(Measure::QueueDepth, "mx1", MARCH, 2)]).unwrap();
    assert_eq!((appended.series_new, appended.points_new), (0, 2));
}

#[test]
fn a_damaged_month_is_told_and_the_rest_is_tidied() {
    let root = tempfile::tempdir().unwrap();
    prepare(root.path());
    let archive = Archive::open(root.path()).unwrap();
    let broken = root.path().join("measure=disk.used/month=2024-07/points.parquet");
    fs::write(&broken, b"garbage").unwrap();
    let tidied = archive.tidy(&everything(), NOW).unwrap();
    // Once for its age, once for its year.
    assert_eq!(tidied.damaged.len(), 2);
    assert!(tidied.damaged.iter().all(|told| told.starts_with(&broken.display().to_string())), "{tidied:?}");
    // 2025 of one measure, both years of the other.
    assert_eq!(tidied.years_compacted, 3);
    assert_eq!(fs::read(&broken).unwrap(), b"garbage");
}

/// Twice a day in some months: April to June and December of 2024, January and February of 2025.
fn few_months() -> Vec<Samples> {
    let is_wanted = |time: i64| {
        let day = (time - YEAR_2024) / DAY;
        // From 10 April 2024 to 9 June, and from 27 December to 25 February 2025.
        (100..160).contains(&day) || (361..421).contains(&day)
    };
    let of_interest = |samples: Samples| Samples {
        points: samples.points.iter().filter(|(time, _)| is_wanted(*time)).collect(),
        ..samples
    };
    history().into_iter().take(1).map(of_interest).collect()
}

fn prepare_few(root: &Path) {
    Archive::open(root).unwrap().append(SOURCE, few_months()).unwrap();
}

#[test]
fn a_killed_compaction_never_hides_a_point() {
    let expected = model(&few_months());
    let steps = kill_at_each_step(Work::Compact, prepare_few, |step, root| {
        let archive = Archive::open(root).unwrap();
        assert_eq!(held(&archive), expected, "step {step}");
        let info = archive.info().unwrap();
        assert!(info.measures[0].damaged.is_empty() && info.measures[0].months == 6, "{info:?}");
        archive.tidy(&Tidying::default(), NOW).unwrap();
        assert_eq!(held(&archive), expected, "step {step}");
        assert_eq!(partitions(root, "disk.used"), ["year=2024", "year=2025"]);
        assert_no_temporary_files(root);
    });
    // Two years are written, and six months emptied (each in six steps) and removed (in two).
    assert_eq!(steps, 2 * 6 + 6 * (6 + 2));
}

#[test]
fn a_killed_tidying_is_gone_on_with() {
    let clean = tempfile::tempdir().unwrap();
    prepare_few(clean.path());
    let archive = Archive::open(clean.path()).unwrap();
    archive.tidy(&everything(), NOW).unwrap();
    let expected = held(&archive);
    let steps = kill_at_each_step(Work::Tidy, prepare_few, |step, root| {
        let archive = Archive::open(root).unwrap();
        assert!(archive.info().unwrap().measures[0].damaged.is_empty());
        archive.tidy(&everything(), NOW).unwrap();
        assert_eq!(held(&archive), expected, "step {step}");
        assert_no_temporary_files(root);
    });
    // April is removed, five months are made coarser, and then become two years.
    assert_eq!(steps, 2 + 5 * 6 + 2 * 6 + 5 * (6 + 2));
}

/// Series over some years, on steps of minutes to days.
fn arbitrary() -> impl Strategy<Value = Vec<Samples>> {
    let measure = prop::sample::select(vec![Measure::DiskUsed, Measure::MessagesTotal]);
    let host = prop::sample::select(vec!["ms1", "ms2"]);
    let step = prop::sample::select(vec![1800, HOUR, 7 * HOUR, DAY, 9 * DAY]);
    let points = (0_i64..800, step, 1_i64..120, prop::collection::vec(-100.0..1e4_f64, 120));
    let series = (measure, host, points).prop_map(|(measure, host, (day, step, count, values))| {
        let times = (0..count).map(|i| YEAR_2024 + day * DAY + i * step);
        samples(measure, host, &times.zip(values).collect::<Vec<_>>())
    });
    prop::collection::vec(series, 1..6)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn tidying_twice_is_tidying_once(calls in prop::collection::vec(arbitrary(), 1..3)) {
        let root = tempfile::tempdir().unwrap();
        let archive = Archive::open(root.path()).unwrap();
        for call in calls {
            archive.append(SOURCE, call).unwrap();
        }
        archive.tidy(&everything(), NOW).unwrap();
        let once = state(root.path());
        prop_assert_eq!(archive.tidy(&everything(), NOW).unwrap(), Tidied::default());
        prop_assert_eq!(state(root.path()), once);
        prop_assert!(archive.verify().unwrap().flaws.is_empty());
    }

    #[test]
    fn compaction_changes_no_extract(first in arbitrary(), second in arbitrary(), from in 0_i64..900, days in 1_i64..400) {
        let root = tempfile::tempdir().unwrap();
        let archive = Archive::open(root.path()).unwrap();
        archive.append(SOURCE, first.clone()).unwrap();
        archive.append("other", second.clone()).unwrap();
        let range = YEAR_2024 + from * DAY..YEAR_2024 + (from + days) * DAY;
        let extracts = |archive: &Archive| {
            [Measure::DiskUsed, Measure::MessagesTotal].map(|measure| {
                (all(archive, measure), archive.extract(measure, range.clone()).unwrap())
            })
        };
        let before = extracts(&archive);
        archive.tidy(&Tidying::default(), NOW).unwrap();
        prop_assert_eq!(extracts(&archive), before);
        // Into years or not: the same samples end the same.
        let appended = archive.append(SOURCE, second.clone()).unwrap();
        let never = tempfile::tempdir().unwrap();
        let never = Archive::open(never.path()).unwrap();
        never.append(SOURCE, first).unwrap();
        never.append("other", second.clone()).unwrap();
        let plain = never.append(SOURCE, second).unwrap();
        prop_assert_eq!(extracts(&archive), extracts(&never));
        prop_assert_eq!(appended.points_new, plain.points_new);
    }
}
