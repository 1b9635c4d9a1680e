//! Arguments, turned once into domain words; results, turned into words and exit codes.

mod archive_table;
mod archive_words;
mod args;
mod as_of;
mod commands;
mod exit;
mod progress;
mod pull_words;

use std::process::ExitCode;

use clap::Parser;

/// Parses the arguments, runs the command and gives its exit code.
pub fn main() -> ExitCode {
    let args = args::Args::parse();
    commands::run(args).code()
}
