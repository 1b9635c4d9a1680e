//! `mailtide archive`: what is held, whether it is sound, and keeping it small.

use anyhow::Context as _;

use super::{
    archive_table::archive_table,
    archive_words::{tidied_lines, verification_text},
    args::{ArchiveCommand, VerifyJob},
    exit::Exit,
    job::{Format, Job},
    stdio::{out, say},
};
use crate::{
    archive::{Archive, Tidying},
    pipeline::{self, PipelineError, Places},
};

/// Runs one of the archive's commands.
pub(super) fn archive(command: &ArchiveCommand) -> anyhow::Result<Exit> {
    match command {
        ArchiveCommand::Info(job) => info(job),
        ArchiveCommand::Verify(job) => verify(job),
        ArchiveCommand::Tidy(job) => tidy(job),
    }
}

fn info(job: &Job) -> anyhow::Result<Exit> {
    let (_, places, _) = job.prepare()?;
    let info = find_archive(&places)?.info().map_err(PipelineError::from)?;
    match job.format {
        Format::Json => out(&format!("{}\n", serde_json::to_string_pretty(&info)?))?,
        Format::Table => out(&archive_table(&info, &places.archive.to_string()))?,
    }
    Ok(if info.measures.iter().all(|m| m.damaged.is_empty()) { Exit::Done } else { Exit::PartlyUnreadable })
}

fn verify(verify: &VerifyJob) -> anyhow::Result<Exit> {
    let job = &verify.job;
    let (_, places, _) = job.prepare()?;
    let archive = find_archive(&places)?;
    let removed = if verify.remove_damaged { pipeline::set_damaged_aside(&archive)? } else { Vec::new() };
    let seen = archive.verify().map_err(PipelineError::from)?;
    match job.format {
        Format::Json => {
            let answer = serde_json::json!({ "verification": seen, "removed": removed });
            out(&format!("{}\n", serde_json::to_string_pretty(&answer)?))?;
        }
        Format::Table => out(&verification_text(&seen, &removed, &places.archive.to_string()))?,
    }
    Ok(if seen.is_damaged() { Exit::PartlyUnreadable } else { Exit::Done })
}

fn tidy(job: &Job) -> anyhow::Result<Exit> {
    let (platform, places, _) = job.prepare()?;
    // Not `--as-of`: what is old is old today, whatever is looked at.
    let tidied = find_archive(&places)?
        .tidy(&Tidying::from(&platform.archive), pipeline::now())
        .map_err(PipelineError::from)?;
    match job.format {
        Format::Json => out(&format!("{}\n", serde_json::to_string_pretty(&tidied)?))?,
        Format::Table => tidied_lines(&tidied).iter().for_each(|line| say(line)),
    }
    Ok(if tidied.damaged.is_empty() { Exit::Done } else { Exit::PartlyUnreadable })
}

/// The archive, which must be there already.
fn find_archive(places: &Places) -> anyhow::Result<Archive> {
    let archive = places.find_archive().map_err(PipelineError::from)?;
    archive.with_context(|| format!("there is no archive at {}; `mailtide pull` makes it", places.archive))
}
