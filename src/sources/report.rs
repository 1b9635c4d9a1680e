//! Reports: what a file held, what was not read of it and why.

use super::{Format, Samples};

/// One file as read.
#[derive(Debug, Clone, PartialEq)]
pub struct FileReading {
    /// What the file held.
    pub report: FileReport,
    /// The recognised series in canonical words and units. Where the file is broken, what stands before the
    /// break.
    pub samples: Vec<Samples>,
}

/// What one file held.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct FileReport {
    /// The file, as the operator knows it.
    pub path: String,
    /// Told by the content; none where the content is of no known format or could not be read at all.
    pub format: Option<Format>,
    /// Size of the file as it lies on the disk, compressed or not.
    pub bytes: u64,
    /// Distinct series, recognised or not.
    pub series: usize,
    /// Points read, recognised or not.
    pub points: u64,
    /// Entries without a finite value: null, NaN, infinity, empty. They are not points.
    pub holes: u64,
    /// What the file holds and Mailtide does not take, such as native histograms, each with the way out.
    pub not_read: Vec<String>,
    /// What the server said beside the data, and what makes the file look incomplete.
    pub warnings: Vec<String>,
    /// Series that the source tells apart and Mailtide does not, each pair in words, where the reader of an answer
    /// notes it itself.
    pub merged: Vec<String>,
    /// Series of a live server's answer whose points are not all there, by what the source calls them; `warnings` says
    /// why and what to do. What was asked of them is not covered by this answer, and is to be asked again.
    pub incomplete: Vec<String>,
    /// Series that no query pack recognises.
    pub unrecognised: Vec<Unrecognised>,
    /// Why reading stopped before the end, if it did.
    pub error: Option<ReadError>,
}

/// A series that no query pack recognises.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unrecognised {
    /// What the source calls it. Hostile input.
    pub identity: String,
    /// The packs that came nearest, each with what it missed.
    pub nearest: Vec<String>,
}

/// Why a file, or the rest of it, could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{path}: {}{problem}; {next_step}", place(.offset, .uncompressed))]
pub struct ReadError {
    /// The file or pattern, as the operator knows it.
    pub path: String,
    /// Bytes from the start of the file, or of the uncompressed stream where the file is compressed.
    pub offset: Option<u64>,
    /// Whether `offset` counts in an uncompressed stream rather than in the file.
    pub uncompressed: bool,
    /// What is wrong.
    pub problem: String,
    /// What to do about it.
    pub next_step: String,
}

fn place(offset: &Option<u64>, uncompressed: &bool) -> String {
    match (offset, uncompressed) {
        (None, _) => String::new(),
        (Some(offset), false) => format!("byte {offset}: "),
        (Some(offset), true) => format!("byte {offset} of the uncompressed stream: "),
    }
}
