//! A victim: work on an archive in a process of its own, which ends at the step that it is told.

use std::{
    process::Command,
    sync::{
        OnceLock,
        atomic::{AtomicUsize, Ordering},
    },
};

use super::*;
use crate::archive::{Tidying, storage::Local};

const ROOT: &str = "MAILTIDE_TEST_KILL_ROOT";
const WORK: &str = "MAILTIDE_TEST_KILL_WORK";
const STEP: &str = "MAILTIDE_TEST_KILL_STEP";

/// What the victim does until it is killed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Work {
    /// Appends [`kill::after`].
    Append,
    /// Appends nothing, to an archive of schema version 1.
    Migrate,
    /// Tidies with [`tidy::everything`].
    Tidy,
    /// Tidies without removing or changing a point.
    Compact,
    /// Puts damaged files aside.
    SetAside,
    /// Keeps [`kill::foretold`] of a day, and forgets an older one.
    Foretell,
}

impl Work {
    const ALL: [Work; 6] =
        [Work::Append, Work::Migrate, Work::Tidy, Work::Compact, Work::SetAside, Work::Foretell];

    fn on(self, archive: &Archive) {
        match self {
            Work::Append => archive.append(SOURCE, kill::after()).map(drop),
            Work::Migrate => archive.append(SOURCE, vec![]).map(drop),
            Work::Tidy => archive.tidy(&tidy::everything(), tidy::NOW).map(drop),
            Work::Compact => archive.tidy(&Tidying::default(), tidy::NOW).map(drop),
            Work::SetAside => archive.set_damaged_aside().map(drop),
            Work::Foretell => archive
                .update_ledger(kill::day("2026-11-16"), |_| Some(kill::foretold(2.0)))
                .and_then(|()| archive.forget_ledger(&[kill::day("2026-10-19")])),
        }
        .unwrap();
    }
}

/// Kills the work at each of its steps in turn, each time on what `prepare` has made, and hands what is left to
/// `inspect`. Tells how many steps there are.
pub(super) fn kill_at_each_step(
    work: Work,
    prepare: impl Fn(&Path),
    inspect: impl Fn(usize, &Path),
) -> usize {
    for step in 0.. {
        let root = tempfile::tempdir().unwrap();
        prepare(root.path());
        let was_killed = kill_at(work, step, root.path());
        inspect(step, root.path());
        if !was_killed {
            return step;
        }
    }
    unreachable!("there are more steps than numbers")
}

/// Whether the victim was killed: it is not where it has fewer steps.
fn kill_at(work: Work, step: usize, root: &Path) -> bool {
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--ignored", "--exact", "archive::tests::victim::victim"])
        .env(ROOT, root)
        .env(WORK, format!("{work:?}"))
        .env(STEP, step.to_string())
        .output()
        .unwrap();
    let stdout = String::from_utf8_lossy(&output.stdout);
    // A test that fails says so; one whose process is aborted says nothing more.
    assert!(!stdout.contains("FAILED"), "{work:?} failed: {stdout}");
    if output.status.success() {
        assert!(stdout.contains("1 passed"), "the victim did not run");
    }
    !output.status.success()
}

#[test]
#[ignore = "ends its process; run by kill_at_each_step"]
fn victim() {
    static REACHED: AtomicUsize = AtomicUsize::new(0);
    static LAST: OnceLock<usize> = OnceLock::new();
    fn interrupt() {
        if LAST.get() == Some(&REACHED.fetch_add(1, Ordering::SeqCst)) {
            std::process::abort();
        }
    }
    let (root, work) = (std::env::var(ROOT).unwrap(), std::env::var(WORK).unwrap());
    LAST.set(std::env::var(STEP).unwrap().parse().unwrap()).unwrap();
    let work = Work::ALL.into_iter().find(|known| format!("{known:?}") == work).unwrap();
    let archive = Archive::of(Box::new(Local::interrupted(Path::new(&root), interrupt))).unwrap();
    work.on(&archive);
}
