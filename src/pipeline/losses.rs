//! Losses: months of the archive that were damaged and put aside. Live sources are asked for them again.

use serde::{Deserialize, Serialize};

use super::PipelineError;
use crate::{archive::Archive, archive::Span, platform::Measure};

/// Where the losses are noted.
const NOTE: &str = "losses";

/// A range of a measure that the archive has lost.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Loss {
    pub(super) measure: Measure,
    /// Seconds since 1970-01-01 UTC.
    pub(super) start: i64,
    /// The first second after it.
    pub(super) end: i64,
}

/// All that the archive has ever lost, in the order in which it was noticed.
pub(super) fn losses(archive: &Archive) -> Result<Vec<Loss>, PipelineError> {
    let known = archive.note(NOTE)?;
    Ok(known.and_then(|text| serde_json::from_slice(&text).ok()).unwrap_or_default())
}

/// Puts the damaged files of an archive aside, so that the next pull asks for what they held.
///
/// # Errors
/// The archive cannot be read or written.
pub fn set_damaged_aside(archive: &Archive) -> Result<Vec<Span>, PipelineError> {
    let lost = archive.set_damaged_aside()?;
    let mut losses = losses(archive)?;
    losses.extend(lost.iter().map(|span| Loss {
        measure: span.measure,
        start: span.times.start,
        end: span.times.end,
    }));
    archive.put_note(NOTE, &serde_json::to_vec(&losses).map_err(PipelineError::Note)?)?;
    Ok(lost)
}
