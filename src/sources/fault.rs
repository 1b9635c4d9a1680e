//! Faults: where and why a text cannot be read on, before anyone knows in which file it stands.

use std::fmt::Display;

/// The first thing in a text that its reader could not take.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fault {
    /// Bytes from the start of the text.
    pub(super) offset: usize,
    /// What was expected and what was found.
    pub(super) problem: String,
    /// What to do about it.
    pub(super) next_step: String,
}

/// What a reader returns. Boxed, so that the good case stays in registers.
pub(super) type Outcome<T> = Result<T, Box<Fault>>;

impl Fault {
    /// A fault at a byte of the text.
    pub(super) fn at(offset: usize, problem: impl Display, next_step: impl Display) -> Box<Fault> {
        Box::new(Fault { offset, problem: problem.to_string(), next_step: next_step.to_string() })
    }
}

/// What to do about a text that ends too early.
pub(super) const CUT_OFF: &str = "the file is cut off: export it again";

/// What to do about a text that is whole but wrong.
pub(super) const EXPORT_AGAIN: &str = "was it edited? export it again";

/// The first characters of a text, escaped and quoted, for an error: input is hostile.
pub(super) fn excerpt(text: &str) -> String {
    /// Enough to recognise a place by, short enough for one line.
    const CHARACTERS: usize = 32;
    let shown: String = text.chars().take(CHARACTERS).collect();
    let more = if shown.len() < text.len() { "…" } else { "" };
    format!("\"{}{more}\"", shown.escape_debug())
}
