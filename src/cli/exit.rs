//! Exit codes.

use std::process::ExitCode;

/// How a command ended. Codes 1 and 2 are those of clap and of most tools; the others are Mailtide's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Exit {
    /// All done.
    Done,
    /// An internal error, or one of the machine: disk, permissions, a damaged archive.
    Failed,
    /// Bad arguments, platform file or query pack.
    BadConfiguration,
    /// Done, but part of the input could not be read.
    PartlyUnreadable,
    /// Done, and there are warnings (with `--fail-on warning`).
    Warnings,
    /// Done, and there are critical findings (with `--fail-on`).
    Critical,
    /// Done, and what is in force is not what is planned (with `--fail-on-change`).
    Changed,
}

impl Exit {
    /// The table of codes in the help.
    pub(super) const HELP: &str = "Exit codes:
  0  done
  1  failed: disk, permissions, a damaged archive, or an internal error
  2  bad arguments, platform file or query pack
  3  done, but part of the input could not be read
  4  done, and there are warnings (with --fail-on warning)
  5  done, and there are critical findings (with --fail-on warning or critical)
  6  done, and the schedule in force is not the planned one (with schedule --fail-on-change)";

    pub(super) fn code(self) -> ExitCode {
        ExitCode::from(match self {
            Exit::Done => 0,
            Exit::Failed => 1,
            Exit::BadConfiguration => 2,
            Exit::PartlyUnreadable => 3,
            Exit::Warnings => 4,
            Exit::Critical => 5,
            Exit::Changed => 6,
        })
    }
}
