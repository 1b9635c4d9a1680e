//! Arguments, turned once into domain words; results, turned into words and exit codes.

mod archive;
mod archive_table;
mod archive_words;
mod args;
mod as_of;
mod backtest;
mod commands;
mod doctor;
mod doctor_words;
mod exit;
mod init;
mod init_args;
mod init_file;
mod init_words;
mod job;
mod local_zone;
mod progress;
mod pull_words;
mod schedule;
mod schedule_args;
mod stdio;
mod what_if_args;

use std::process::ExitCode;

use clap::Parser;

/// Parses the arguments, runs the command and gives its exit code.
pub fn main() -> ExitCode {
    let args = args::Args::parse();
    commands::run(args).code()
}
