//! Being killed: whatever is left can be read, is old or new in each month, and can be gone on from.

use super::{
    victim::{Work, kill_at_each_step},
    *,
};

/// Two measures, two months; one series that is there before, and new ones.
fn before() -> Vec<Samples> {
    vec![hours(Measure::DiskUsed, "ms1", APRIL - 10 * HOUR, 20)]
}

pub(super) fn after() -> Vec<Samples> {
    let mut samples = vec![
        hours(Measure::DiskUsed, "ms0", APRIL - 10 * HOUR, 20),
        hours(Measure::DiskUsed, "ms1", APRIL - 12 * HOUR, 30),
        hours(Measure::QueueDepth, "mx1", APRIL - 2 * HOUR, 4),
    ];
    samples[1].points.values.iter_mut().for_each(|value| *value += 1000.0);
    samples
}

/// Two registries and four partitions, each created, written, synced, renamed, its directory synced,
/// with a pause before the first and after the last of these.
const STEPS: usize = 6 * 6;

/// The points of each measure, before April and after.
type Months = BTreeMap<(Measure, bool), Vec<(Labels, i64, u64)>>;

fn by_month(model: &Model) -> Months {
    let mut months = Months::new();
    for (measure, series) in model {
        for (labels, points) in series {
            for (time, value) in points {
                let month = months.entry((*measure, *time >= APRIL)).or_default();
                month.push((labels.clone(), *time, value.to_bits()));
            }
        }
    }
    months
}

#[test]
fn a_killed_append_can_be_gone_on_from() {
    let (old, new) = (model(&before()), model(&[before(), after()].concat()));
    let (old_months, new_months) = (by_month(&old), by_month(&new));
    let prepare = |root: &Path| {
        Archive::open(root).unwrap().append(SOURCE, before()).unwrap();
    };
    let steps = kill_at_each_step(Work::Append, prepare, |step, root| {
        let archive = Archive::open(root).unwrap();
        let left = by_month(&held(&archive));
        for month in new_months.keys() {
            let points = left.get(month);
            assert!(
                points == old_months.get(month) || points == new_months.get(month),
                "step {step}, {month:?}: {points:?}"
            );
        }
        assert!(archive.info().unwrap().measures.iter().all(|measure| measure.damaged.is_empty()));
        archive.append(SOURCE, after()).unwrap();
        assert_eq!(held(&archive), new, "step {step}");
        assert_no_temporary_files(root);
    });
    assert_eq!(steps, STEPS);
}

pub(super) fn day(text: &str) -> chrono::NaiveDate {
    text.parse().unwrap()
}

/// A day's table of the ledger.
pub(super) fn foretold(level: f64) -> Vec<TableColumn> {
    vec![TableColumn::Number { name: "level".to_owned(), values: vec![level] }]
}

#[test]
fn a_killed_run_leaves_each_day_of_the_ledger_old_or_new() {
    let (then, now) = (day("2026-10-19"), day("2026-11-16"));
    let prepare = |root: &Path| {
        let archive = Archive::open(root).unwrap();
        [then, now].iter().for_each(|day| archive.update_ledger(*day, |_| Some(foretold(1.0))).unwrap());
    };
    let steps = kill_at_each_step(Work::Foretell, prepare, |step, root| {
        let archive = Archive::open(root).unwrap();
        let days = archive.ledger_days().unwrap();
        assert!(days == [then, now] || days == [now], "step {step}: {days:?}");
        for held in days.iter().map(|day| archive.ledger(*day).unwrap().unwrap()) {
            assert!(held == foretold(1.0) || held == foretold(2.0), "step {step}: {held:?}");
        }
        archive.update_ledger(now, |_| Some(foretold(2.0))).unwrap();
        assert_eq!(archive.ledger(now).unwrap(), Some(foretold(2.0)), "step {step}");
        assert_no_temporary_files(root);
    });
    // A file created, written, synced, renamed, its directory synced, with a pause before and after; one removed, with
    // a pause before and after.
    assert_eq!(steps, 6 + 2);
}

#[test]
fn half_a_temporary_file_is_passed_over_and_removed() {
    let root = tempfile::tempdir().unwrap();
    let archive = Archive::open(root.path()).unwrap();
    archive.append(SOURCE, before()).unwrap();
    let month = root.path().join("measure=disk.used/month=2026-03");
    let whole = fs::read(month.join("points.parquet")).unwrap();
    let left = [
        root.path().join(".format.json.tmp"),
        root.path().join("measure=disk.used/.series.parquet.tmp"),
        month.join(".points.parquet.tmp"),
    ];
    left.iter().for_each(|path| fs::write(path, &whole[..whole.len() / 2]).unwrap());
    // A month of which nothing but its directory and half a file came to be.
    let empty = root.path().join("measure=disk.used/month=2026-09");
    fs::create_dir(&empty).unwrap();
    fs::write(empty.join(".points.parquet.tmp"), b"PAR1").unwrap();
    assert_eq!(held(&archive), model(&before()));
    archive.append(SOURCE, vec![]).unwrap();
    assert!(!left.iter().any(|path| path.exists()));
    assert_eq!(fs::read_dir(&empty).unwrap().count(), 0);
    assert_eq!(held(&archive), model(&before()));
}

#[test]
fn ids_that_no_month_uses_are_kept_for_their_series() {
    let root = tempfile::tempdir().unwrap();
    let archive = Archive::open(root.path()).unwrap();
    archive.append(SOURCE, after()).unwrap();
    // As if killed between the registry and the months.
    for month in ["2026-03", "2026-04"] {
        fs::remove_file(root.path().join(format!("measure=disk.used/month={month}/points.parquet"))).unwrap();
    }
    assert!(all(&archive, Measure::DiskUsed).columns.is_empty());
    let registry = fs::read(root.path().join("measure=disk.used/series.parquet")).unwrap();
    let appended = archive.append(SOURCE, before()).unwrap();
    assert_eq!(appended.series_new, 0);
    assert_eq!(fs::read(root.path().join("measure=disk.used/series.parquet")).unwrap(), registry);
    assert_eq!(as_model(&all(&archive, Measure::DiskUsed)), model(&before())[&Measure::DiskUsed]);
}
