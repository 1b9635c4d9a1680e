//! The `mailtide` command: runs it, prints the error and its hint, maps the result to an exit code.

use std::process::ExitCode;

/// Columns and texts of many megabytes come and go while files are read; this allocator keeps their pages, where
/// the system's gives each back and faults it in again.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    mailtide::cli::main()
}
