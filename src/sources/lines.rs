//! Lines: texts that hold one thing a line.

use super::{
    fault::{Fault, Outcome},
    sink::Sink,
};

/// A line without its line break.
#[derive(Debug, Clone, Copy)]
pub(super) struct Line<'a> {
    /// Bytes from the start of the text.
    pub(super) offset: usize,
    /// Counted from one.
    pub(super) number: usize,
    /// What stands there.
    pub(super) text: &'a str,
}

impl Line<'_> {
    /// The fault that this line cannot be read.
    pub(super) fn fault(&self, problem: &str, next_step: &str) -> Box<Fault> {
        Fault::at(self.offset, format!("line {}: {problem}", self.number), next_step)
    }
}

/// The text up to its last line break. A last line without one may be cut off in the middle of a number, so
/// it is noted as not read rather than taken for a value; `end_mark` needs no line break.
pub(super) fn whole<'a>(text: &'a str, end_mark: Option<&str>, sink: &mut Sink<'_>) -> &'a str {
    let end = memchr::memrchr(b'\n', text.as_bytes()).map_or(0, |at| at + 1);
    let last = text[end..].trim_end();
    if last.is_empty() || Some(last) == end_mark {
        return text;
    }
    sink.note_not_read(format!(
        "the last line (at byte {end}): it has no line break at its end and may be cut off; export it again, or \
         end the file with a line break"
    ));
    &text[..end]
}

/// Calls `read` for each line that is not blank.
pub(super) fn each<'a>(text: &'a str, mut read: impl FnMut(Line<'a>) -> Outcome<()>) -> Outcome<()> {
    let mut offset = 0;
    let ends = memchr::memchr_iter(b'\n', text.as_bytes()).map(|at| at + 1).chain([text.len()]);
    for (index, end) in ends.enumerate() {
        let line = text[offset..end].trim_end_matches(['\n', '\r']);
        if !line.trim().is_empty() {
            read(Line { offset, number: index + 1, text: line })?;
        }
        offset = end;
    }
    Ok(())
}
