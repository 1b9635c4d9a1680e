//! Data goes to stdout, words to stderr.

use std::io::{self, Write};

/// Data, to stdout. A reader that has gone away (`| head`) is no error.
pub(super) fn out(text: &str) -> io::Result<()> {
    match io::stdout().lock().write_all(text.as_bytes()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        done => done,
    }
}

/// Words, to stderr; there is nobody left to tell if that fails.
pub(super) fn say(text: &str) {
    let _ = writeln!(io::stderr().lock(), "{text}");
}
