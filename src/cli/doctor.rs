//! `mailtide doctor`.

use std::path::Path;

use super::{
    args::Examined, doctor_words::diagnosis_words, exit::Exit, job::Format, progress::Bar, stdio::out,
};
use crate::{
    pipeline::{self, PipelineError, Places},
    platform::Platform,
};

/// Examines sources, archive and platform file, and says what to do.
pub(super) fn doctor(asked: &Examined, bar: &Bar) -> anyhow::Result<Exit> {
    let platform = Platform::load(&asked.platform).map_err(PipelineError::from)?;
    // Nothing is written, so no place for reports is meant.
    let places = Places::of(&platform, asked.archive.as_deref(), Path::new(""));
    let places = places.map_err(PipelineError::from)?;
    let diagnosis = pipeline::examine(&platform, &places, bar)?;
    bar.clear();
    match asked.format {
        Format::Json => out(&format!("{}\n", serde_json::to_string_pretty(&diagnosis)?))?,
        Format::Table => out(&diagnosis_words(&diagnosis))?,
    }
    Ok(if diagnosis.has_problems() { Exit::PartlyUnreadable } else { Exit::Done })
}
