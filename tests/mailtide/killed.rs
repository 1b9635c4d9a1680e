//! A run that is killed at any moment leaves the last good archive and report, and the next one goes on from there.

use std::{os::unix::process::ExitStatusExt, path::Path, process::Stdio, thread, time::Duration};

use crate::support::{
    AS_OF, Files, binary, differences, directory, files, on_sample, sample_platform, sample_run,
};

/// Kills are spread evenly over the files that a run writes.
const KILLS: usize = 8;

/// How often it is looked how far a run is. It decides where a kill falls, and never whether a test passes.
const LOOK_AGAIN: Duration = Duration::from_millis(1);

/// The part of the files that lies below a directory.
fn below(files: &Files, top: &str) -> Files {
    files
        .iter()
        .filter(|(name, _)| name.starts_with(top))
        .map(|(n, bytes)| (n.clone(), bytes.clone()))
        .collect()
}

/// How many files there are; those that go while they are counted may be missed.
fn count(directory: &Path) -> usize {
    let entries = walkdir::WalkDir::new(directory).into_iter().filter_map(Result::ok);
    entries.filter(|entry| !entry.file_type().is_dir()).count()
}

/// Starts the weekly job and kills it as soon as so many files are there; whether it had not ended by itself.
fn killed_at(directory: &Path, files: usize) -> bool {
    let mut job = binary(directory)
        .args(["run", "--platform", &sample_platform(), "--as-of", AS_OF])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    while count(directory) < files && job.try_wait().unwrap().is_none() {
        thread::sleep(LOOK_AGAIN);
    }
    job.kill().unwrap();
    const SIGKILL: i32 = 9;
    job.wait().unwrap().signal() == Some(SIGKILL)
}

/// Hidden files and directories, which only a run that is under way has.
fn leftovers(files: &Files) -> Vec<&Path> {
    let hidden = |name: &&Path| {
        name.components().any(|part| part.as_os_str().to_str().unwrap().starts_with('.'))
            && !name.ends_with(".publishing.lock")
    };
    files.keys().map(|name| name.as_path()).filter(hidden).collect()
}

#[test]
fn a_run_after_a_killed_one_is_as_good_as_an_undisturbed_one() {
    let undisturbed = sample_run();
    let report = below(&undisturbed.files, "out");
    let mut interrupted = 0;
    for kill in 0..KILLS {
        let directory = directory();
        let at = directory.path();
        interrupted += usize::from(killed_at(at, undisturbed.files.len() * kill / KILLS));

        // The report is there whole, or not at all.
        let published = below(&files(at), "out/2026-11-16");
        if !published.is_empty() {
            assert_eq!(differences(&published, &below(&report, "out/2026-11-16")), Vec::<&Path>::new());
        }

        let next = on_sample(at, "run", &[]).expect(0);
        assert_eq!(next.stderr, "");
        assert_eq!(next.stdout, undisturbed.ran.stdout);
        let mended = files(at);
        assert_eq!(differences(&below(&mended, "out"), &report), Vec::<&Path>::new());
        assert_eq!(leftovers(&mended), Vec::<&Path>::new());
        let names = |files: &Files| files.keys().cloned().collect::<Vec<_>>();
        assert_eq!(names(&mended), names(&undisturbed.files));
    }
    // The first is killed before it has written anything.
    assert!(interrupted > 0);
}

#[test]
fn a_killed_run_leaves_the_last_good_report() {
    let good = below(&sample_run().files, "out");
    let directory = directory();
    let at = directory.path();
    on_sample(at, "run", &[]).expect(0);
    // A second run on the same archive writes the report's files only, beside those of the first.
    let there = count(at);
    for kill in 0..KILLS {
        killed_at(at, there + good.len() * kill / KILLS);
        // The same day's report is exchanged with the new one: one of them is always in place.
        let left = files(at);
        let different = differences(&below(&left, "out/2026-11-16"), &below(&good, "out/2026-11-16"));
        assert_eq!(different, Vec::<&Path>::new());
        assert_eq!(left[Path::new("out/latest")], b"2026-11-16");
    }
    on_sample(at, "run", &[]).expect(0);
    assert_eq!(leftovers(&files(at)), Vec::<&Path>::new());
}
