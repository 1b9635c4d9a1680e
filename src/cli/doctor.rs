//! `mailtide doctor`.

use super::{
    args::{Format, Job},
    commands::{out, prepare},
    doctor_words::diagnosis_words,
    exit::Exit,
    progress::Bar,
};
use crate::pipeline;

/// Examines sources, archive and platform file, and says what to do.
pub(super) fn doctor(job: &Job, bar: &Bar) -> anyhow::Result<Exit> {
    let (platform, places, _) = prepare(job)?;
    let diagnosis = pipeline::examine(&platform, &places, bar)?;
    bar.clear();
    match job.format {
        Format::Json => out(&format!("{}\n", serde_json::to_string_pretty(&diagnosis)?))?,
        Format::Table => out(&diagnosis_words(&diagnosis))?,
    }
    Ok(if diagnosis.has_problems() { Exit::PartlyUnreadable } else { Exit::Done })
}
