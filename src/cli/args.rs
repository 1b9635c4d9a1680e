//! The command line.

use std::path::PathBuf;

use clap::{Args as ClapArgs, Parser, Subcommand, ValueEnum};

use super::{
    exit::Exit,
    init_args::InitArgs,
    job::{Format, Job},
    schedule_args::ScheduleArgs,
    what_if_args::WhatIfJob,
};

/// Capacity planning and trend analysis for customer e-mail platforms.
#[derive(Debug, Parser)]
#[command(name = "mailtide", version, about, after_help = Exit::HELP, max_term_width = 110)]
pub(super) struct Args {
    #[command(subcommand)]
    pub(super) command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// The weekly job: read the sources, keep what they hold, forecast, plan, and render the report
    Run(Job),
    /// Bring what is new in the sources, files and live servers, into the archive, and nothing else
    Pull(PullJob),
    /// Forecast and plan from the archive, and print the findings; writes nothing
    Plan(Job),
    /// Forecast and plan from the archive, and render the reports
    Report(ReportJob),
    /// Compare when volumes and pools are full, as things are and if something were different; writes nothing
    WhatIf(Box<WhatIfJob>),
    /// Play the archive again at past moments, and score what would have been forecast against what came
    Backtest(BacktestJob),
    /// Plan from the archive, and hand the hours that need fewer servers to the tools that switch them
    Schedule(Box<ScheduleArgs>),
    /// Look into the archive, and keep it sound
    #[command(subcommand)]
    Archive(ArchiveCommand),
    /// Examine the sources, the archive and the platform file, and say what to do; writes nothing
    Doctor(Examined),
    /// Ask servers what they have, and write a platform file from it, ready to edit
    Init(Box<InitArgs>),
}

/// What `doctor` is told.
#[derive(Debug, Clone, ClapArgs)]
pub(super) struct Examined {
    /// The platform file
    #[arg(long, short, value_name = "FILE", default_value = "platform.toml")]
    pub(super) platform: PathBuf,
    /// Where the history is kept: a directory, or s3://, gs:// or az:// [default: archive/<platform's name>]
    #[arg(long, value_name = "PLACE")]
    pub(super) archive: Option<String>,
    /// How the examination is printed
    #[arg(long, value_enum, default_value_t = Format::Table)]
    pub(super) format: Format,
}

/// What `report` is told.
#[derive(Debug, Clone, ClapArgs)]
pub(super) struct ReportJob {
    /// The report that is wanted; the others are written beside it
    #[arg(value_enum, default_value_t = Page::Weekly)]
    pub(super) page: Page,
    #[command(flatten)]
    pub(super) job: Job,
}

/// The reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Page {
    /// Everything, by urgency
    Weekly,
    /// Which hours need fewer servers, what that saves, and what it would have risked
    CostOptimisation,
}

/// What `pull` is told.
#[derive(Debug, Clone, ClapArgs)]
pub(super) struct PullJob {
    #[command(flatten)]
    pub(super) job: Job,
    /// Only say what would be asked of live servers, and what that would cost; ask for no sample
    #[arg(long)]
    pub(super) dry_run: bool,
}

/// What `backtest` is told.
#[derive(Debug, Clone, ClapArgs)]
pub(super) struct BacktestJob {
    #[command(flatten)]
    pub(super) job: Job,
    /// Days between two moments that are played
    #[arg(long, value_name = "DAYS", default_value_t = 28, value_parser = clap::value_parser!(i64).range(1..=3650))]
    pub(super) every: i64,
    /// How far ahead is looked, in days; several with commas between them [default: 7,14,30,60,90,180,365]
    #[arg(long, value_name = "DAYS", value_delimiter = ',', value_parser = clap::value_parser!(i64).range(1..=3650))]
    pub(super) horizon: Vec<i64>,
    /// Only what rests on this measure; several with commas between them [default: all that is forecast]
    #[arg(long, value_enum, value_delimiter = ',')]
    pub(super) measure: Vec<Forecast>,
}

/// The measures that are forecast.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Forecast {
    /// Bytes of volumes and pools
    #[value(name = "disk.used")]
    DiskUsed,
    /// Inodes of volumes
    #[value(name = "inodes.used")]
    InodesUsed,
}

/// What to do with the archive.
#[derive(Debug, Subcommand)]
pub(super) enum ArchiveCommand {
    /// What is held: series, sources, spans, gaps, bytes
    Info(Job),
    /// Look at every file, and say what is wrong and how to recover; exits with 3 where something is damaged
    Verify(VerifyJob),
    /// Remove and down-sample old points as `[archive]` in the platform file says, and put small months together
    Tidy(Job),
}

/// What `archive verify` is told.
#[derive(Debug, Clone, ClapArgs)]
pub(super) struct VerifyJob {
    #[command(flatten)]
    pub(super) job: Job,
    /// Move damaged files to `damaged/` in the archive, so that their points can be pulled again
    #[arg(long)]
    pub(super) remove_damaged: bool,
}
