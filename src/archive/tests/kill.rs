//! Being killed: whatever is left can be read, is old or new in each month, and can be gone on from.

use std::{
    process::Command,
    sync::{
        OnceLock,
        atomic::{AtomicUsize, Ordering},
    },
};

use super::*;
use crate::archive::storage::Local;

const ROOT: &str = "MAILTIDE_TEST_KILL_ROOT";
const STEP: &str = "MAILTIDE_TEST_KILL_STEP";

/// Two measures, two months; one series that is there before, and new ones.
fn before() -> Vec<Samples> {
    vec![hours(Measure::DiskUsed, "ms1", APRIL - 10 * HOUR, 20)]
}

fn after() -> Vec<Samples> {
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

/// Run by the test below in a process of its own, which ends at the step that the environment names.
#[test]
#[ignore = "ends its process; run by a_killed_append_can_be_gone_on_from"]
fn victim() {
    static REACHED: AtomicUsize = AtomicUsize::new(0);
    static LAST: OnceLock<usize> = OnceLock::new();
    fn interrupt() {
        if LAST.get() == Some(&REACHED.fetch_add(1, Ordering::SeqCst)) {
            std::process::abort();
        }
    }
    let root = std::env::var(ROOT).unwrap();
    LAST.set(std::env::var(STEP).unwrap().parse().unwrap()).unwrap();
    let archive = Archive::of(Box::new(Local::interrupted(Path::new(&root), interrupt))).unwrap();
    archive.append(after()).unwrap();
    assert_eq!(REACHED.load(Ordering::SeqCst), STEPS);
}

fn kill_at(step: usize, root: &Path) -> bool {
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--ignored", "--exact", "archive::tests::kill::victim"])
        .env(ROOT, root)
        .env(STEP, step.to_string())
        .output()
        .unwrap();
    if output.status.success() {
        assert!(String::from_utf8_lossy(&output.stdout).contains("1 passed"), "the victim did not run");
    }
    !output.status.success()
}

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
    for step in 0..STEPS {
        let root = tempfile::tempdir().unwrap();
        Archive::open(root.path()).unwrap().append(before()).unwrap();
        assert!(kill_at(step, root.path()), "step {step} was not reached");
        let archive = Archive::open(root.path()).unwrap();
        let left = by_month(&held(&archive));
        for month in new_months.keys() {
            let points = left.get(month);
            assert!(
                points == old_months.get(month) || points == new_months.get(month),
                "step {step}, {month:?}: {points:?}"
            );
        }
        assert!(archive.info().unwrap().measures.iter().all(|measure| measure.damaged.is_empty()));
        archive.append(after()).unwrap();
        assert_eq!(held(&archive), new, "step {step}");
        let hidden = |path: &PathBuf| path.file_name().unwrap().to_string_lossy().starts_with('.');
        assert!(!files(root.path()).iter().any(hidden), "step {step}: temporary files are left");
    }
    let root = tempfile::tempdir().unwrap();
    Archive::open(root.path()).unwrap().append(before()).unwrap();
    assert!(!kill_at(STEPS, root.path()), "there are more steps than were tried");
}

#[test]
fn half_a_temporary_file_is_passed_over_and_removed() {
    let root = tempfile::tempdir().unwrap();
    let archive = Archive::open(root.path()).unwrap();
    archive.append(before()).unwrap();
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
    archive.append(vec![]).unwrap();
    assert!(!left.iter().any(|path| path.exists()));
    assert_eq!(fs::read_dir(&empty).unwrap().count(), 0);
    assert_eq!(held(&archive), model(&before()));
}

#[test]
fn ids_that_no_month_uses_are_kept_for_their_series() {
    let root = tempfile::tempdir().unwrap();
    let archive = Archive::open(root.path()).unwrap();
    archive.append(after()).unwrap();
    // As if killed between the registry and the months.
    for month in ["2026-03", "2026-04"] {
        fs::remove_file(root.path().join(format!("measure=disk.used/month={month}/points.parquet"))).unwrap();
    }
    assert!(all(&archive, Measure::DiskUsed).columns.is_empty());
    let registry = fs::read(root.path().join("measure=disk.used/series.parquet")).unwrap();
    let appended = archive.append(before()).unwrap();
    assert_eq!(appended.series_new, 0);
    assert_eq!(fs::read(root.path().join("measure=disk.used/series.parquet")).unwrap(), registry);
    assert_eq!(as_model(&all(&archive, Measure::DiskUsed)), model(&before())[&Measure::DiskUsed]);
}
