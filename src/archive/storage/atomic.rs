//! Atomic writing: a file is old or new, never half, and stays so when the power fails.

use std::{
    ffi::OsString,
    fs::{self, File},
    io::{self, Write},
    path::{Path, PathBuf},
};

use crate::archive::ArchiveError;

/// Called between any two steps of writing. The program passes [`NOT_INTERRUPTED`]; the tests end their
/// process here, to see that what is left can be read and gone on from.
pub(in crate::archive) type Interrupt = fn();

/// Goes on.
pub(in crate::archive) const NOT_INTERRUPTED: Interrupt = || ();

/// Puts `bytes` at `path`: temporary file beside it, fsync, rename, fsync of the directory.
pub(in crate::archive) fn replace(
    path: &Path,
    bytes: &[u8],
    interrupt: Interrupt,
) -> Result<(), ArchiveError> {
    let temporary = temporary(path);
    let written = write_synced(&temporary, bytes, interrupt);
    if written.is_err() {
        // The error that is on its way says more than one from the removal could.
        let _ = fs::remove_file(&temporary);
    }
    written?;
    interrupt();
    fs::rename(&temporary, path).map_err(ArchiveError::io(path, "replace"))?;
    interrupt();
    sync_parent(path)?;
    interrupt();
    Ok(())
}

fn write_synced(path: &Path, bytes: &[u8], interrupt: Interrupt) -> Result<(), ArchiveError> {
    interrupt();
    let mut file = File::create(path).map_err(ArchiveError::io(path, "create"))?;
    interrupt();
    file.write_all(bytes).map_err(ArchiveError::io(path, "write"))?;
    interrupt();
    file.sync_all().map_err(ArchiveError::io(path, "write"))
}

/// Makes a directory and those above it, each on disk before what will be put into it.
pub(in crate::archive) fn create_directory(directory: &Path) -> Result<(), ArchiveError> {
    if directory.is_dir() {
        return Ok(());
    }
    let above = parent(directory);
    create_directory(above)?;
    fs::create_dir(directory).map_err(ArchiveError::io(directory, "create"))?;
    sync_directory(above)
}

/// Removes a file; tells whether it was there.
pub(in crate::archive) fn remove(path: &Path) -> Result<bool, ArchiveError> {
    match fs::remove_file(path) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(ArchiveError::io(path, "remove")(error)),
    }
}

/// Where the bytes of `path` are written first: beside it. One name is enough, for whoever writes into
/// the archive holds its lock.
pub(in crate::archive) fn temporary(path: &Path) -> PathBuf {
    let mut name = OsString::from(".");
    name.push(path.file_name().unwrap_or_default());
    name.push(TEMPORARY);
    path.with_file_name(name)
}

const TEMPORARY: &str = ".tmp";

/// Whether a file's name is one that [`temporary`] gives.
pub(in crate::archive) fn is_temporary(name: &str) -> bool {
    name.starts_with('.') && name.ends_with(TEMPORARY)
}

/// A relative path of one name lies in the working directory.
fn parent(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

/// Puts on disk that a name has come to, or gone from, the directory above it.
pub(in crate::archive) fn sync_parent(path: &Path) -> Result<(), ArchiveError> {
    sync_directory(parent(path))
}

fn sync_directory(directory: &Path) -> Result<(), ArchiveError> {
    File::open(directory)
        .and_then(|directory| directory.sync_all())
        .map_err(ArchiveError::io(directory, "sync"))
}
