//! The files of a schedule, each old or new, never half.

use std::{
    fs::{self, File, Permissions},
    io::{self, Write},
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

use super::Written;
use crate::reports::ReportError;

/// Writes each file into `directory`, which is made where it is not there; a file of the same pool and format is
/// replaced.
///
/// # Errors
/// One cannot be written; those before it are.
pub fn save_schedules(files: &[Written], directory: &Path) -> Result<Vec<PathBuf>, ReportError> {
    let failed = |path: &Path| {
        let path = path.to_owned();
        move |source| ReportError::Write { path, source }
    };
    fs::create_dir_all(directory).map_err(failed(directory))?;
    let mut paths = Vec::new();
    for file in files {
        let path = directory.join(&file.file);
        replace(&path, directory, file.text.as_bytes()).map_err(failed(&path))?;
        paths.push(path);
    }
    File::open(directory).and_then(|directory| directory.sync_all()).map_err(failed(directory))?;
    Ok(paths)
}

fn replace(path: &Path, directory: &Path, bytes: &[u8]) -> io::Result<()> {
    // What others may do with a new file, the process's mask says.
    let all = Permissions::from_mode(0o666);
    let mut file =
        tempfile::Builder::new().prefix(".mailtide-schedule").permissions(all).tempfile_in(directory)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}
