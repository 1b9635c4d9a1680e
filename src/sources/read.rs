//! Reading one file: from its bytes to its series.

use std::{fs, io, path::Path};

use super::{
    FileReading, Format, Identity, ReadError, Recognition, decompress,
    fault::{Fault, Outcome, excerpt},
    sink::Sink,
    sniff,
};

/// Reads an exported file and hands each of its series to `recognise`, once.
///
/// The format is told by the content, after unfolding gzip and zstd. `shown_as` is the file's name in the
/// report. Nothing here panics or gives up: a file that is broken ends in `report.error`, beside everything
/// that stands before the break. Memory is bounded by the unfolded file and its columns; the text is freed
/// before this returns.
pub fn read_file(path: &Path, shown_as: &str, recognise: &dyn Fn(&Identity) -> Recognition) -> FileReading {
    match load(path) {
        Ok(raw) => read_bytes(raw, shown_as, recognise),
        Err((problem, next_step)) => {
            let mut reading = Sink::new(recognise).finish();
            reading.report.path = shown_as.to_owned();
            reading.report.error = Some(ReadError {
                path: shown_as.to_owned(),
                offset: None,
                uncompressed: false,
                problem,
                next_step: next_step.to_owned(),
            });
            reading
        }
    }
}

/// The bytes of a file, or what is wrong with it and what to do.
fn load(path: &Path) -> Result<Vec<u8>, (String, &'static str)> {
    let explain = |error: io::Error| {
        let next_step = match error.kind() {
            io::ErrorKind::NotFound => "check the path",
            io::ErrorKind::PermissionDenied => "let the user who runs this read it",
            _ => "check the disk and the path",
        };
        (format!("cannot be read: {error}"), next_step)
    };
    let kind = fs::metadata(path).map_err(explain)?.file_type();
    if kind.is_dir() {
        return Err(("is a directory".to_owned(), "name the files in it, or give it as a pattern"));
    }
    if !kind.is_file() {
        return Err(("is not a regular file".to_owned(), "save the export to a file"));
    }
    fs::read(path).map_err(explain)
}

/// Reads the bytes of a file, which is expected to hold something.
pub(super) fn read_bytes(
    raw: Vec<u8>,
    shown_as: &str,
    recognise: &dyn Fn(&Identity) -> Recognition,
) -> FileReading {
    let mut reading = read_answer(raw, shown_as, recognise);
    let report = &mut reading.report;
    if report.error.is_none() && report.series == 0 && report.warnings.is_empty() {
        report.warnings.push("the file holds no series".to_owned());
    }
    reading
}

/// Reads the bytes of a server's answer, which may well hold no series.
pub(super) fn read_answer(
    raw: Vec<u8>,
    shown_as: &str,
    recognise: &dyn Fn(&Identity) -> Recognition,
) -> FileReading {
    let size = raw.len() as u64;
    let content = decompress::decompress(raw);
    let text = Text::of(&content.bytes, content.fault);
    let mut sink = Sink::new(recognise);
    let (format, outcome) = text.read(&mut sink);
    let mut reading = sink.finish();
    let report = &mut reading.report;
    report.path = shown_as.to_owned();
    report.bytes = size;
    report.format = format;
    report.error = outcome.err().map(|fault| ReadError {
        path: shown_as.to_owned(),
        offset: Some(fault.offset as u64),
        uncompressed: content.compressed,
        problem: fault.problem,
        next_step: fault.next_step,
    });
    reading
}

/// A file's text, as far as it is one.
struct Text<'a> {
    text: &'a str,
    /// Bytes before the text: a byte order mark.
    skipped: usize,
    /// Why the text ends where it does, if not because the file does.
    broken: Option<Box<Fault>>,
}

impl<'a> Text<'a> {
    fn of(bytes: &'a [u8], broken: Option<Box<Fault>>) -> Self {
        let (text, broken) = match std::str::from_utf8(bytes) {
            Ok(text) => (text, broken),
            Err(error) => {
                let end = error.valid_up_to();
                // The bytes up to `end` have just been found valid.
                let text =
                    bytes.get(..end).and_then(|valid| std::str::from_utf8(valid).ok()).unwrap_or_default();
                let fault = match error.error_len() {
                    // The stream breaks off inside a character: that it breaks off is what matters.
                    None if broken.is_some() => broken,
                    _ => Some(Fault::at(end, "not UTF-8 text", "export it as UTF-8, without editing it")),
                };
                (text, fault)
            }
        };
        let unmarked = text.strip_prefix('\u{feff}').unwrap_or(text);
        Text { text: unmarked, skipped: text.len() - unmarked.len(), broken }
    }

    /// Reads the text; what its reader stumbles over counts only where it is not the end of a broken text.
    fn read(self, sink: &mut Sink<'_>) -> (Option<Format>, Outcome<()>) {
        let blank = self.text.trim().is_empty();
        if blank {
            let empty = || Fault::at(0, "the file is empty", "export it again, or leave it out");
            return (None, Err(self.broken.unwrap_or_else(empty)));
        }
        let Some(format) = sniff::format_of(self.text) else {
            let problem =
                format!("its content is of no known format: it begins {}", excerpt(self.text.trim_start()));
            let unknown = || Fault::at(0, problem, format!("known are {}", Format::list()));
            return (None, Err(self.broken.unwrap_or_else(unknown)));
        };
        let outcome = match (format.read(self.text, sink), self.broken) {
            (Err(fault), Some(broken)) if fault.offset >= self.text.len() => Err(broken),
            (Err(mut fault), _) => {
                fault.offset += self.skipped;
                Err(fault)
            }
            (Ok(()), Some(broken)) => Err(broken),
            (Ok(()), None) => Ok(()),
        };
        (Some(format), outcome)
    }
}

#[cfg(test)]
#[path = "read_tests.rs"]
mod tests;
