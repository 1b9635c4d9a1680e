//! Atomic writing: a file is old or new, never half, and stays so when the power fails.

use std::{
    ffi::OsString,
    fs::{self, File},
    io::Write,
    path::{Path, PathBuf},
};

use super::{ArchiveError, layout};

/// Called between any two steps of writing. The program passes [`NOT_INTERRUPTED`]; the tests end their
/// process here, to see that what is left can be read and gone on from.
pub(super) type Interrupt<'a> = &'a (dyn Fn() + Sync);

/// Goes on.
pub(super) const NOT_INTERRUPTED: Interrupt<'static> = &|| ();

/// Temporary files are `.<name>.tmp` beside the file that they become. One name is enough: whoever
/// writes into the archive holds its lock.
const TEMPORARY: &str = ".tmp";

/// Puts `bytes` at `path`: temporary file beside it, fsync, rename, fsync of the directory.
pub(super) fn replace(path: &Path, bytes: &[u8], interrupt: Interrupt<'_>) -> Result<(), ArchiveError> {
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
    sync_directory(parent(path))?;
    interrupt();
    Ok(())
}

fn write_synced(path: &Path, bytes: &[u8], interrupt: Interrupt<'_>) -> Result<(), ArchiveError> {
    interrupt();
    let mut file = File::create(path).map_err(ArchiveError::io(path, "create"))?;
    interrupt();
    file.write_all(bytes).map_err(ArchiveError::io(path, "write"))?;
    interrupt();
    file.sync_all().map_err(ArchiveError::io(path, "write"))
}

/// Makes a directory and those above it, each on disk before what will be put into it.
pub(super) fn create_directory(directory: &Path) -> Result<(), ArchiveError> {
    if directory.is_dir() {
        return Ok(());
    }
    let above = parent(directory);
    create_directory(above)?;
    fs::create_dir(directory).map_err(ArchiveError::io(directory, "create"))?;
    sync_directory(above)
}

/// Removes what killed writers have left in a directory.
pub(super) fn remove_temporary(directory: &Path) -> Result<(), ArchiveError> {
    for name in layout::names(directory)? {
        if name.starts_with('.') && name.ends_with(TEMPORARY) {
            let path = directory.join(name);
            fs::remove_file(&path).map_err(ArchiveError::io(&path, "remove"))?;
        }
    }
    Ok(())
}

fn temporary(path: &Path) -> PathBuf {
    let mut name = OsString::from(".");
    name.push(path.file_name().unwrap_or_default());
    name.push(TEMPORARY);
    path.with_file_name(name)
}

/// A relative path of one name lies in the working directory.
fn parent(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

fn sync_directory(directory: &Path) -> Result<(), ArchiveError> {
    File::open(directory)
        .and_then(|directory| directory.sync_all())
        .map_err(ArchiveError::io(directory, "sync"))
}
