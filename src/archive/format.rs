//! Format: the file that says that a directory is an archive, and of which schema version.

use serde::{Deserialize, Serialize};

use super::{
    ArchiveError,
    storage::{Storage, update},
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
pub(super) fn check(storage: &dyn Storage) -> Result<bool, ArchiveError> {
    let Some(held) = storage.read(NAME)? else { return Ok(false) };
    decode(storage, &held.bytes)?;
    Ok(true)
}

fn decode(storage: &dyn Storage, text: &[u8]) -> Result<Format, ArchiveError> {
    let damaged = |problem: String| ArchiveError::Damaged {
        path: storage.path(NAME),
        problem,
        next_step: "put back the file of a backup, or remove the archive and run again on the exports",
    };
    let format: Format =
        serde_json::from_slice(text).map_err(|e| damaged(format!("is not an archive's format file: {e}")))?;
    if format.format != FORMAT {
        return Err(damaged(format!("format {:?} is not {FORMAT:?}", format.format)));
    }
    if format.version > VERSION {
        return Err(ArchiveError::Newer { path: storage.path(NAME), found: format.version, known: VERSION });
    }
    Ok(format)
}

/// Makes an empty place an archive, unless another run has done so just now.
pub(super) fn write(storage: &dyn Storage) -> Result<(), ArchiveError> {
    let format = Format {
        format: FORMAT.to_owned(),
        version: VERSION,
        written_by: concat!("mailtide ", env!("CARGO_PKG_VERSION")).to_owned(),
    };
    let mut text = serde_json::to_vec_pretty(&format)
        .map_err(|e| ArchiveError::Encoding { path: storage.path(NAME), problem: e.to_string() })?;
    text.push(b'\n');
    update(storage, NAME, |held| match held {
        Some(there) => decode(storage, &there).map(|_| (None, ())),
        None => Ok((Some(text.clone()), ())),
    })
}
