//! A repeated run touches nothing, and two runs do not meet.

use std::{os::unix::fs::MetadataExt, time::SystemTime};

use super::*;
use crate::archive::storage::lock::Lock;

/// Content, inode and time of every file but the lock, which each append writes.
fn state(root: &Path) -> Vec<(PathBuf, Vec<u8>, u64, SystemTime)> {
    let files = files(root).into_iter().filter(|path| !path.ends_with("lock"));
    files
        .map(|path| {
            let metadata = fs::metadata(&path).unwrap();
            let content = fs::read(&path).unwrap();
            (path, content, metadata.ino(), metadata.modified().unwrap())
        })
        .collect()
}

fn two_months() -> Vec<Samples> {
    vec![
        hours(Measure::DiskUsed, "ms1", APRIL - 5 * DAY, 240),
        hours(Measure::DiskUsed, "ms2", APRIL - 5 * DAY, 240),
        hours(Measure::QueueDepth, "mx1", MARCH, 24),
    ]
}

#[test]
fn the_same_samples_change_no_file() {
    let root = tempfile::tempdir().unwrap();
    let archive = Archive::open(root.path()).unwrap();
    archive.append(two_months()).unwrap();
    let before = state(root.path());
    // format.json, two registries, three partitions.
    assert_eq!(before.len(), 6);
    let appended = Archive::open(root.path()).unwrap().append(two_months()).unwrap();
    assert_eq!((appended.points_same, appended.partitions, appended.series_new), (504, 0, 0));
    assert_eq!(state(root.path()), before);
}

#[test]
fn only_the_months_that_change_are_written() {
    let root = tempfile::tempdir().unwrap();
    let archive = Archive::open(root.path()).unwrap();
    archive.append(two_months()).unwrap();
    let before = state(root.path());
    let mut again = two_months();
    again[0].points.values[239] += 1.0;
    let appended = archive.append(again).unwrap();
    assert_eq!((appended.points_replaced, appended.points_same, appended.partitions), (1, 503, 1));
    let changed: Vec<_> =
        before.iter().zip(&state(root.path())).filter(|(a, b)| a != b).map(|(a, _)| a.0.clone()).collect();
    assert_eq!(changed, [root.path().join("measure=disk.used/month=2026-04/points.parquet")]);
}

#[test]
fn the_same_samples_give_the_same_bytes() {
    let content = |root: &Path| state(root).into_iter().map(|(_, content, ..)| content).collect::<Vec<_>>();
    let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    Archive::open(one.path()).unwrap().append(two_months()).unwrap();
    Archive::open(two.path()).unwrap().append(two_months()).unwrap();
    assert_eq!(content(one.path()), content(two.path()));
}

#[test]
fn a_second_writer_is_told_who_the_first_is() {
    let root = tempfile::tempdir().unwrap();
    let archive = Archive::open(root.path()).unwrap();
    let lock = Lock::acquire(root.path()).unwrap();
    let error = Archive::open(root.path()).unwrap().append(two_months()).unwrap_err().to_string();
    let begin = format!(
        "{}/lock: another Mailtide is writing to this archive (pid {} on ",
        root.path().display(),
        std::process::id()
    );
    assert!(error.starts_with(&begin), "{error}");
    assert!(error.contains(", since 20"), "{error}");
    assert!(error.ends_with("); run again when it has ended: the lock goes with its process"), "{error}");
    // Readers take no lock.
    assert!(archive.measures().unwrap().is_empty());
    drop(lock);
    assert_eq!(archive.append(two_months()).unwrap().points_new, 504);
}
