//! The `mailtide` command: runs it, prints the error and its hint, maps the result to an exit code.

use std::process::ExitCode;

fn main() -> ExitCode {
    mailtide::cli::main()
}
