//! What every command is told.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::as_of::AsOf;
use crate::{
    pipeline::{self, PipelineError, Places},
    platform::Platform,
};

/// What every command is told.
#[derive(Debug, Clone, Args)]
pub(super) struct Job {
    /// The platform file
    #[arg(long, short, value_name = "FILE", default_value = "platform.toml")]
    pub(super) platform: PathBuf,
    /// Where the history is kept: a directory, or s3://, gs:// or az:// [default: archive/<platform's name>]
    #[arg(long, value_name = "PLACE")]
    pub(super) archive: Option<String>,
    /// Where reports are written
    #[arg(long, short, value_name = "DIR", default_value = "out")]
    pub(super) out: PathBuf,
    /// Plan as if it were this date or moment; nothing after it is looked at [default: now]
    #[arg(long, value_name = "WHEN", value_parser = AsOf::parse)]
    pub(super) as_of: Option<AsOf>,
    /// How tables are printed
    #[arg(long, value_enum, default_value_t = Format::Table)]
    pub(super) format: Format,
    /// Exit with 4 or 5 where a finding is at least this urgent
    #[arg(long, value_enum, value_name = "SEVERITY")]
    pub(super) fail_on: Option<FailOn>,
}

impl Job {
    /// The platform, the places and the moment that are meant.
    pub(super) fn prepare(&self) -> Result<(Platform, Places, i64), PipelineError> {
        let platform = Platform::load(&self.platform)?;
        let places = Places::of(&platform, self.archive.as_deref(), &self.out)?;
        let as_of = self.as_of.map_or_else(pipeline::now, |as_of| as_of.moment(platform.timezone));
        Ok((platform, places, as_of))
    }
}

/// How tables are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// For people
    Table,
    /// For programs
    Json,
}

/// The urgency from which a command fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum FailOn {
    /// Warnings and critical findings
    Warning,
    /// Critical findings
    Critical,
}
