//! What can go wrong with the archive, each with its path and the next step.

use std::{
    io,
    path::{Path, PathBuf},
};

use crate::{
    net::NetError,
    platform::{Measure, SeriesKey},
};

/// Why the archive could not be opened, read or written.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// The file system refused.
    #[error("{}: cannot {action}: {source}; {}", path.display(), io_next_step(source))]
    Io {
        /// Of what.
        path: PathBuf,
        /// What was tried, such as `read`.
        action: &'static str,
        /// What the system said.
        source: io::Error,
    },
    /// The archive's path is taken by something else.
    #[error("{}: is not a directory; name the directory that holds the archive, or a new one", path.display())]
    NotADirectory {
        /// The path given.
        path: PathBuf,
    },
    /// The directory holds other things.
    #[error(
        "{}: holds files but no format.json, so it is not a Mailtide archive; name an empty or a new directory",
        path.display()
    )]
    NotAnArchive {
        /// The path given.
        path: PathBuf,
    },
    /// Written by a later Mailtide.
    #[error(
        "{}: the archive has schema version {found}, this Mailtide knows up to {known}; \
         upgrade Mailtide, or name another archive",
        path.display()
    )]
    Newer {
        /// The archive's `format.json`.
        path: PathBuf,
        /// Its schema version.
        found: u64,
        /// The newest that this program reads.
        known: u64,
    },
    /// Another process is appending.
    #[error(
        "{}: another Mailtide is writing to this archive ({holder}); \
         run again when it has ended: the lock goes with its process",
        path.display()
    )]
    Locked {
        /// The lock file.
        path: PathBuf,
        /// Process, host and start as the lock file tells them.
        holder: String,
    },
    /// A text that says of no place where an archive could lie.
    #[error(
        "archive location `{location}` {problem}; \
         write s3://bucket/prefix, gs://bucket/prefix, az://container/prefix or a directory"
    )]
    Location {
        /// The text, without user or password.
        location: String,
        /// What is wrong with it.
        problem: String,
    },
    /// An object store cannot even be asked.
    #[error("{location}: {source}")]
    Setup {
        /// The archive.
        location: String,
        /// What is missing, and what to do.
        source: NetError,
    },
    /// An object store's address is not that of this machine, and has no TLS.
    #[error(
        "{location}: the endpoint at {host} has plain http, which shows all data to whoever is on the way; \
         write https, or set {variable}=true if that is meant"
    )]
    PlainHttp {
        /// The archive.
        location: String,
        /// The endpoint's host.
        host: String,
        /// The variable of the environment that allows it.
        variable: &'static str,
    },
    /// An object store did not do what was asked.
    #[error("{}: cannot {action}: {problem}; {next_step}", path.display())]
    Store {
        /// The object.
        path: PathBuf,
        /// What was tried, such as `read`.
        action: &'static str,
        /// What the store, or the network, said.
        problem: String,
        /// What to do.
        next_step: &'static str,
        /// Whether it may do when tried again at once.
        passing: bool,
    },
    /// An object store cannot refuse a write that would undo another.
    #[error(
        "{}: this store has no conditional writes (If-Match and If-None-Match), without which two runs could lose \
         each other's data; use a store that has them, or a directory",
        path.display()
    )]
    NoConditions {
        /// The archive.
        path: PathBuf,
    },
    /// A note's name cannot be a file's.
    #[error(
        "note `{name}`: a name is made of small letters, digits, `-`, `_` and `.`, and begins with none of these three"
    )]
    NoteName {
        /// The name.
        name: String,
    },
    /// Other processes write a file of an object store all the time.
    #[error(
        "{}: other runs have written this file between reading and writing it, {tries} times over; \
         run again when they have ended: nothing that was held is lost",
        path.display()
    )]
    Contended {
        /// The file.
        path: PathBuf,
        /// How often it was tried.
        tries: usize,
    },
    /// A file has gone between listing and reading.
    #[error("{}: was removed by another run while this one read the archive; run again", path.display())]
    Gone {
        /// The file.
        path: PathBuf,
    },
    /// A file is not what was written.
    #[error("{}: {problem}; {next_step}", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        problem: String,
        /// How to recover.
        next_step: &'static str,
    },
    /// A table could not be put into Parquet.
    #[error("{}: cannot be written as Parquet: {problem}; please report this", path.display())]
    Encoding {
        /// The file to be written.
        path: PathBuf,
        /// What polars, or the check before it, said.
        problem: String,
    },
    /// A time that no monitoring system can mean.
    #[error(
        "{series}: time {time} is outside the years 0 to 9999; \
         times are seconds since 1970: look for milliseconds in the source"
    )]
    Time {
        /// The series.
        series: Box<SeriesKey>,
        /// The offending time, seconds since 1970-01-01 UTC.
        time: i64,
    },
    /// More series than ids.
    #[error("{measure}: more than {} series; start a new archive", u32::MAX)]
    TooManySeries {
        /// The measure whose registry is full.
        measure: Measure,
    },
}

impl ArchiveError {
    /// For `map_err` after a call of the file system.
    pub(super) fn io(path: &Path, action: &'static str) -> impl FnOnce(io::Error) -> ArchiveError {
        let path = path.to_owned();
        move |source| ArchiveError::Io { path, action, source }
    }
}

fn io_next_step(error: &io::Error) -> &'static str {
    match error.kind() {
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
            "give this user write access to it, or name another place"
        }
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            "free some space there and run again: nothing that was held is lost"
        }
        _ => "mend that and run again: nothing that was held is lost",
    }
}
