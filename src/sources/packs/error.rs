//! What is wrong with packs: every mistake of every file at once.

use std::fmt;

/// One mistake in one pack.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}{}{}: {problem}", line.map(|l| format!(":{l}")).unwrap_or_default(), place_text(place))]
pub struct PackError {
    /// The pack's file, as it is shown to people.
    pub file: String,
    /// The line, counted from one; `None` where the file as a whole is meant.
    pub line: Option<usize>,
    /// Entry and field, such as `measure 2 "disk.used": unit`; empty where the file as a whole is meant.
    pub place: String,
    /// What is wrong, what would be legal or what to do next.
    pub problem: String,
}

fn place_text(place: &str) -> String {
    if place.is_empty() { String::new() } else { format!(": {place}") }
}

impl PackError {
    /// A mistake that concerns a file as a whole.
    pub(super) fn of_file(file: impl Into<String>, problem: impl Into<String>) -> Self {
        PackError { file: file.into(), line: None, place: String::new(), problem: problem.into() }
    }
}

/// Everything that is wrong with the packs that were read, in the order of files and lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackErrors(pub Vec<PackError>);

/// One line a mistake.
impl fmt::Display for PackErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, error) in self.0.iter().enumerate() {
            if i > 0 {
                f.write_str("\n")?;
            }
            write!(f, "{error}")?;
        }
        Ok(())
    }
}

impl std::error::Error for PackErrors {}
