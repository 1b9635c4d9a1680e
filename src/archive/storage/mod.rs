//! Storage: where the files of an archive lie. A file is addressed by its key, a path with `/` from the
//! archive's root, such as `measure=disk.used/month=2026-03/points.parquet`.
//!
//! What every storage keeps: a file is old or new, never half; reading waits for nobody; and a file that is
//! written on the ground of what was read of it (see [`update`]) loses nothing that another writer has put
//! there meanwhile.

pub(super) mod atomic;
mod local;
pub(super) mod lock;
mod remote;
mod update;

use std::{fmt, path::PathBuf};

pub(super) use local::Local;
pub(super) use remote::Remote;
pub(super) use update::update;

use self::lock::Lock;
use super::ArchiveError;

/// A place for files.
pub(super) trait Storage: fmt::Debug + Send + Sync {
    /// What a file is called in messages; the archive itself with an empty key.
    fn path(&self, key: &str) -> PathBuf;

    /// Keeps other writers out until the lock is dropped, and clears away what a killed one has left. `None`
    /// where there are no locks: there the versions alone keep writers from harming each other.
    fn exclusive(&self) -> Result<Option<Lock>, ArchiveError>;

    /// Whether there is nothing but what a killed first run may have left.
    fn is_empty(&self) -> Result<bool, ArchiveError>;

    /// A whole file; `None` where there is none.
    fn read(&self, key: &str) -> Result<Option<Held>, ArchiveError>;

    /// Puts a file in its place, down to the disk, unless it is another than expected.
    fn replace(&self, key: &str, bytes: Vec<u8>, expect: &Expect) -> Result<Written, ArchiveError>;

    /// Removes a file; one that is not there is no error.
    fn remove(&self, key: &str) -> Result<(), ArchiveError>;

    /// The names right below a directory, the archive's root with an empty one; none where there is no such
    /// directory.
    fn names(&self, directory: &str) -> Result<Vec<String>, ArchiveError>;

    /// All files below a directory, by key; none where there is no such directory. Names that begin with a
    /// dot are passed over: they are temporary.
    fn list(&self, directory: &str) -> Result<Vec<Entry>, ArchiveError>;
}

/// A file as it was read.
#[derive(Debug)]
pub(super) struct Held {
    /// All of it.
    pub(super) bytes: Vec<u8>,
    /// By which a later write can tell whether it is still the same.
    pub(super) version: Version,
}

/// What a storage knows a state of a file by. A directory, where the lock keeps other writers out, needs none.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Version {
    /// The object's entity tag.
    pub(super) e_tag: Option<String>,
    /// The object's generation or version, where the store has such.
    pub(super) version: Option<String>,
}

/// What a writer believes to be there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Expect {
    /// No such file.
    New,
    /// The file that was read.
    Version(Version),
}

/// What came of a write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub(super) enum Written {
    /// The file is in its place.
    Done,
    /// Another writer was there first; nothing was changed.
    Conflict,
}

/// A file that was listed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Entry {
    /// Its path from the archive's root, with `/`.
    pub(super) key: String,
    /// Its size.
    pub(super) bytes: u64,
}
