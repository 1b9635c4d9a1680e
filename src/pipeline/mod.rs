//! The pipeline: the only room that knows every other. It hands what one room gives to the next.
//!
//! [`pull`] brings what the sources have into the archive: exported files (`files`), and live servers, for which
//! `asking` decides what to ask, `workers` ask it, and `keeping` takes the answers in. [`plan`] judges what the
//! archive holds (`history`, `judge`, `notes`), and looks back at what earlier runs said (`ledger`); [`render`] writes
//! the report, [`keep_forecasts`] keeps what it foretells. `clock` alone reads the clock.
//!
//! Beside the weekly job, [`examine`] tells how sources and archive are (`doctor`), and [`look_around`] what there is to
//! describe in a new platform file (`init`); both look without keeping anything (`looking`).

mod asking;
mod backtest;
mod clock;
mod disagreements;
mod doctor;
mod files;
mod history;
mod init;
mod judge;
mod keeping;
mod ledger;
mod ledger_table;
mod looking;
mod losses;
mod notes;
mod packs;
mod plan;
mod pull;
mod pulled;
mod schedule;
#[cfg(test)]
mod scripted;
mod workers;

use std::path::{Path, PathBuf};

pub use asking::{Asked, AskedSource};
pub use backtest::{BacktestSettings, backtest};
pub use clock::now;
pub use doctor::{ArchiveHealth, Diagnosis, FilesHealth, MeasureFound, PackHealth, SourceHealth, examine};
pub use init::{FoundSource, Surroundings, look_around};
pub use ledger::keep_forecasts;
pub use losses::set_damaged_aside;
pub use plan::{plan, what_if};
pub use pull::{dry_run, pull};
pub use pulled::{LiveSourcePulled, Pulled, SourceState};
pub use schedule::{Schedules, schedules};

use crate::{
    archive::{Archive, ArchiveError, Location, StoreOptions},
    platform::{ConfigErrors, Platform},
    reports::{Played, Published, Report, ReportError, publish, publish_backtest},
    sources::PackErrors,
};

/// What ended a command.
#[derive(Debug, thiserror::Error)]
pub enum PipelineError {
    /// The platform file is refused.
    #[error(transparent)]
    Config(#[from] ConfigErrors),
    /// A query pack is refused.
    #[error(transparent)]
    Packs(#[from] PackErrors),
    /// The archive failed.
    #[error(transparent)]
    Archive(#[from] ArchiveError),
    /// The report could not be written.
    #[error(transparent)]
    Report(#[from] ReportError),
    /// A note for the archive could not be put into words.
    #[error("a note for the archive cannot be written as JSON ({0}); please report this")]
    Note(serde_json::Error),
    /// A back-test is asked for farther ahead than forecasts look.
    #[error(
        "--horizon {asked} lies farther ahead than forecasts look, which is {most} days; name fewer days, or raise \
         `horizon_days` under [report] in the platform file"
    )]
    Horizon {
        /// The days asked for.
        asked: i64,
        /// How far forecasts look.
        most: f64,
    },
    /// There is no history at all.
    #[error("the archive {archive} holds nothing up to {as_of}; check the sources, and run `mailtide pull`")]
    NoHistory {
        /// Where the archive lies.
        archive: Location,
        /// The moment asked for, RFC 3339.
        as_of: String,
    },
    /// There is history, and it ended so long ago that nothing of it is looked at.
    #[error(
        "the archive {archive} holds nothing of the months before {as_of}; its newest sample is of {newest}: plan as of \
         that day with `--as-of`, or check the sources, and run `mailtide pull`"
    )]
    OldHistory {
        /// Where the archive lies.
        archive: Location,
        /// The moment asked for, RFC 3339.
        as_of: String,
        /// The newest sample, RFC 3339.
        newest: String,
    },
}

/// Told of the work as it goes on.
pub trait Progress: Sync {
    /// A stage of so many steps begins.
    fn stage(&self, name: &str, steps: u64);
    /// One step is done.
    fn step(&self, note: &str);
}

/// Where a command finds and leaves its things.
#[derive(Debug, Clone)]
pub struct Places {
    /// Where the archive lies.
    pub archive: Location,
    /// How it is reached, where it lies in an object store.
    pub store: StoreOptions,
    /// The reports' directory.
    pub out: PathBuf,
}

impl Places {
    /// Where a platform keeps its things: the archive where `archive` says, else where its file says, else in a
    /// directory of its own name, since platforms do not share one; the reports below `out`.
    ///
    /// # Errors
    /// The archive's location is none.
    pub fn of(platform: &Platform, archive: Option<&str>, out: &Path) -> Result<Places, ArchiveError> {
        let plain = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' };
        let declared = &platform.archive;
        let store = StoreOptions { region: declared.region.clone(), endpoint: declared.endpoint.clone() };
        let archive = match (archive, &declared.location) {
            (Some(given), _) => Location::parse(given)?,
            (None, Some(declared)) => match Location::parse(declared)? {
                Location::Directory(path) => Location::Directory(platform.resolve(&path)),
                bucket => bucket,
            },
            (None, None) => {
                let own = platform.name.chars().map(plain).collect::<String>();
                Location::Directory(Path::new("archive").join(own))
            }
        };
        Ok(Places { archive, store, out: out.to_owned() })
    }

    /// Opens the archive, and makes it where there is none.
    pub fn open_archive(&self) -> Result<Archive, ArchiveError> {
        Archive::open_at(&self.archive, &self.store)
    }

    /// Opens the archive, if there is one; makes nothing.
    pub fn find_archive(&self) -> Result<Option<Archive>, ArchiveError> {
        if Archive::exists(&self.archive, &self.store)? { self.open_archive().map(Some) } else { Ok(None) }
    }
}

/// Writes a back-test's page below `places.out`, and gives its path.
pub fn render_backtest(played: &Played, places: &Places) -> Result<PathBuf, PipelineError> {
    Ok(publish_backtest(played, &places.out)?)
}

/// Writes a report's files below `places.out`.
pub fn render(report: &Report, places: &Places, progress: &dyn Progress) -> Result<Published, PipelineError> {
    progress.stage("drawing", 1);
    let published = publish(report, &places.out)?;
    progress.step("report");
    Ok(published)
}
