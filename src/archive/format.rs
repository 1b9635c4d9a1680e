//! Format: the file that says that a directory is an archive, and of which schema version.

use std::{fs, io, path::Path};

use serde::{Deserialize, Serialize};

use super::{
    ArchiveError,
    atomic::{self, NOT_INTERRUPTED},
};

/// The file's name in the archive.
pub(super) const NAME: &str = "format.json";

/// The schema version that this program writes, and the newest that it reads. Raise it with any change of
/// the layout that an older Mailtide would misread.
pub(super) const VERSION: u64 = 1;

#[derive(Serialize, Deserialize)]
struct Format {
    format: String,
    version: u64,
    written_by: String,
}

const FORMAT: &str = "mailtide-archive";

/// Whether the archive's format file is there; an error where it is not one that this program can read.
pub(super) fn check(root: &Path) -> Result<bool, ArchiveError> {
    let path = root.join(NAME);
    let text = match fs::read(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(ArchiveError::io(&path, "read")(error)),
    };
    let damaged = |problem: String| ArchiveError::Damaged {
        path: path.clone(),
        problem,
        next_step: "put back the file of a backup, or remove the archive and run again on the exports",
    };
    let format: Format = serde_json::from_slice(&text)
        .map_err(|e| damaged(format!("is not an archive's format file: {e}")))?;
    if format.format != FORMAT {
        return Err(damaged(format!("format {:?} is not {FORMAT:?}", format.format)));
    }
    if format.version > VERSION {
        return Err(ArchiveError::Newer { path, found: format.version, known: VERSION });
    }
    Ok(true)
}

/// Makes a directory an archive.
pub(super) fn write(root: &Path) -> Result<(), ArchiveError> {
    let path = root.join(NAME);
    let format = Format {
        format: FORMAT.to_owned(),
        version: VERSION,
        written_by: concat!("mailtide ", env!("CARGO_PKG_VERSION")).to_owned(),
    };
    let mut text = serde_json::to_vec_pretty(&format)
        .map_err(|e| ArchiveError::Encoding { path: path.clone(), problem: e.to_string() })?;
    text.push(b'\n');
    atomic::replace(&path, &text, NOT_INTERRUPTED)
}
