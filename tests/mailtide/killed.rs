//! A run that is killed at any moment leaves the last good archive and report, and the next one goes on from there.

use std::{
    path::Path,
    process::Stdio,
    thread,
    time::{Duration, Instant},
};

use crate::support::{
    AS_OF, Files, binary, differences, directory, files, on_sample, sample_platform, sample_run,
};

/// Kills are spread evenly over a run's time.
const KILLS: u32 = 8;

/// The part of the files that lies below a directory.
fn below(files: &Files, top: impl AsRef<Path>) -> Files {
    let top = top.as_ref();
    files
        .iter()
        .filter(|(name, _)| name.starts_with(top))
        .map(|(n, bytes)| (n.clone(), bytes.clone()))
        .collect()
}

/// Starts the weekly job, and kills it after a while.
fn killed_after(directory: &Path, while_: Duration) {
    let mut job = binary(directory)
        .args(["run", "--platform", &sample_platform(), "--as-of", AS_OF])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    thread::sleep(while_);
    // One that has already ended is no error.
    let _ = job.kill();
    job.wait().unwrap();
}

fn names_of_leftovers(files: &Files) -> Vec<&Path> {
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
    // How long a run takes only decides where the kills fall, never whether the test passes.
    let first = directory();
    let began = Instant::now();
    on_sample(first.path(), "run", &[]).expect(0);
    let whole = began.elapsed();

    let mut reached = [0; 3];
    for kill in 1..=KILLS {
        let directory = directory();
        let at = directory.path();
        killed_after(at, whole * kill / KILLS);

        let left = files(at);
        // The report is there whole, or not at all; so is the archive, which the next run reads.
        let published = below(&left, "out/2026-11-16");
        if !published.is_empty() {
            assert_eq!(differences(&published, &below(&report, "out/2026-11-16")), Vec::<&Path>::new());
        }
        let archived = left.keys().any(|name| name.ends_with("points.parquet"));
        reached[usize::from(archived) + usize::from(!published.is_empty())] += 1;

        let next = on_sample(at, "run", &[]).expect(0);
        assert_eq!(next.stderr, "");
        assert_eq!(next.stdout, undisturbed.ran.stdout);
        let mended = files(at);
        assert_eq!(differences(&below(&mended, "out"), &report), Vec::<&Path>::new());
        assert_eq!(names_of_leftovers(&mended), Vec::<&Path>::new());
        assert_eq!(
            mended.len(),
            undisturbed.files.len(),
            "the archive has other files than an undisturbed one"
        );
    }
    eprintln!("killed before the archive, before the report, after it: {reached:?}");
}

#[test]
fn a_killed_run_leaves_the_last_good_report() {
    let good = below(&sample_run().files, "out");
    let directory = directory();
    let at = directory.path();
    let began = Instant::now();
    on_sample(at, "run", &[]).expect(0);
    let whole = began.elapsed();
    for kill in 1..KILLS {
        killed_after(at, whole * kill / KILLS);
        // A run that publishes the same day's report anew exchanges the two: one of them is always in place.
        let left = files(at);
        assert_eq!(
            differences(&below(&left, "out/2026-11-16"), &below(&good, "out/2026-11-16")),
            Vec::<&Path>::new()
        );
        assert_eq!(left[Path::new("out/latest")], b"2026-11-16");
    }
    on_sample(at, "run", &[]).expect(0);
    assert_eq!(names_of_leftovers(&files(at)), Vec::<&Path>::new());
}
