//! The same input and the same as-of moment give the same bytes, wherever and however often.

use std::{fs, path::Path};

use crate::support::{Files, differences, directory, files, on_sample, sample_run};

/// The part of the files that lies below a directory.
fn below(files: &Files, top: &str) -> Files {
    files
        .iter()
        .filter(|(name, _)| name.starts_with(top))
        .map(|(n, bytes)| (n.clone(), bytes.clone()))
        .collect()
}

/// When each of the files was last written.
fn written(directory: &Path, files: &Files) -> Vec<std::time::SystemTime> {
    files.keys().map(|name| fs::symlink_metadata(directory.join(name)).unwrap().modified().unwrap()).collect()
}

#[test]
fn two_runs_in_two_places_and_a_third_upon_the_second_give_the_same_bytes() {
    let first = sample_run();
    let directory = directory();
    let at = directory.path();

    let second = on_sample(at, "run", &[]).expect(0);
    assert_eq!(second.stdout, first.ran.stdout);
    let again = files(at);
    assert_eq!(differences(&below(&first.files, "out"), &below(&again, "out")), Vec::<&Path>::new());
    // Only the note of who held the archive's lock last may differ.
    let mut archives = differences(&below(&first.files, "archive"), &below(&again, "archive"));
    archives.retain(|name| name.file_name().unwrap() != "lock");
    assert_eq!(archives, Vec::<&Path>::new());

    // The archive already holds every point: its files are not even written again.
    let held = below(&again, "archive/example-mail");
    let partitions = held.iter().filter(|(name, _)| name.extension().is_some_and(|e| e == "parquet"));
    let partitions: Files = partitions.map(|(n, bytes)| (n.clone(), bytes.clone())).collect();
    assert!(partitions.len() > 50, "only {} files", partitions.len());
    let before = written(at, &partitions);
    let third = on_sample(at, "run", &[]).expect(0);
    assert_eq!(third.stdout, first.ran.stdout);
    assert_eq!(written(at, &partitions), before);
    assert_eq!(differences(&below(&again, "out"), &below(&files(at), "out")), Vec::<&Path>::new());
}
