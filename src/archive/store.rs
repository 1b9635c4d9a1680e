//! The archive itself: opening it, and what it holds.

use std::{
    fs, io,
    ops::Range,
    path::{Path, PathBuf},
};

use super::{
    Appended, ArchiveError, ArchiveInfo, Extract, append,
    atomic::{self, NOT_INTERRUPTED},
    format, info, layout,
    lock::{self, Lock},
    read,
};
use crate::{platform::Measure, sources::Samples};

/// A directory of Parquet files that holds what was fetched.
#[derive(Debug)]
pub struct Archive {
    root: PathBuf,
}

impl Archive {
    /// Opens the archive in the directory `root`, and makes it where there is none.
    ///
    /// # Errors
    /// `root` is a file, or a directory of other things, or cannot be read or made; the archive was
    /// written by a later Mailtide; another process is just making it.
    pub fn open(root: &Path) -> Result<Archive, ArchiveError> {
        match fs::metadata(root) {
            Ok(metadata) if !metadata.is_dir() => {
                return Err(ArchiveError::NotADirectory { path: root.to_owned() });
            }
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => atomic::create_directory(root)?,
            Err(error) => return Err(ArchiveError::io(root, "open")(error)),
        }
        if !format::check(root)? {
            make(root)?;
        }
        Ok(Archive { root: root.to_owned() })
    }

    /// Puts samples into the archive; when this returns they are on disk.
    ///
    /// The same time of the same series replaces, a later element of `samples` an earlier one; points
    /// that are not finite are left out. Months whose content does not change are not written.
    ///
    /// # Errors
    /// Another process is appending; a file is damaged; the file system refuses; a time is beyond the
    /// year 9999. Each month holds the old or the new points then, and the same call can be repeated.
    pub fn append(&self, samples: Vec<Samples>) -> Result<Appended, ArchiveError> {
        append::append(&self.root, samples, NOT_INTERRUPTED)
    }

    /// The measures that hold points, in the order in which [`Measure`] declares them.
    ///
    /// # Errors
    /// The file system refuses.
    pub fn measures(&self) -> Result<Vec<Measure>, ArchiveError> {
        let mut held = Vec::new();
        for measure in layout::measures(&self.root)? {
            if !layout::months(&self.root, measure)?.is_empty() {
                held.push(measure);
            }
        }
        Ok(held)
    }

    /// The points of a measure from `range.start` up to but not at `range.end` (seconds since 1970-01-01
    /// UTC). Only the months that the range touches are read; series without a point in it are left out.
    ///
    /// # Errors
    /// A file that must be read is damaged, or the file system refuses.
    pub fn extract(&self, measure: Measure, range: Range<i64>) -> Result<Extract, ArchiveError> {
        read::extract(&self.root, measure, range)
    }

    /// A note.
    pub fn note(&self, name: &str) -> Result<Option<Vec<u8>>, ArchiveError> {
        let path = self.root.join("notes").join(format!("{name}.json"));
        match fs::read(&path) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(ArchiveError::io(&path, "read")(error)),
        }
    }

    /// Keeps a note.
    pub fn put_note(&self, name: &str, text: &[u8]) -> Result<(), ArchiveError> {
        let directory = self.root.join("notes");
        atomic::create_directory(&directory)?;
        atomic::replace(&directory.join(format!("{name}.json")), text, NOT_INTERRUPTED)
    }

    /// What the archive holds. Reads all of it; damaged files are told and passed over.
    ///
    /// # Errors
    /// The archive's directories cannot be listed.
    pub fn info(&self) -> Result<ArchiveInfo, ArchiveError> {
        info::info(&self.root)
    }
}

/// Makes an archive of a directory that holds nothing but what a killed [`make`] may have left.
fn make(root: &Path) -> Result<(), ArchiveError> {
    let temporary = atomic::temporary(&root.join(format::NAME));
    let ours = |name: &String| name == lock::NAME || root.join(name) == temporary;
    if !layout::names(root)?.iter().all(ours) {
        return Err(ArchiveError::NotAnArchive { path: root.to_owned() });
    }
    let _lock = Lock::acquire(root)?;
    // Another process may have made it since.
    if !format::check(root)? {
        format::write(root)?;
    }
    Ok(())
}
