//! Format: the file that says that a directory is an archive, and of which schema version.

use serde::{Deserialize, Serialize};

use super::{
    ArchiveError,
    storage::{Storage, update},
};

/// The file's name in the archive.
pub(super) const NAME: &str = "format.json";

/// The schema version that this program writes, and the newest that it reads. Raise it with any change of
/// the layout that an older Mailtide would misread. Version 1 had no column `source` in the registries, and no
/// partitions of a year.
pub(super) const VERSION: u64 = 2;

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

/// The schema version that the archive has.
pub(super) fn version(storage: &dyn Storage) -> Result<u64, ArchiveError> {
    match storage.read(NAME)? {
        Some(held) => Ok(decode(storage, &held.bytes)?.version),
        None => Err(ArchiveError::NotAnArchive { path: storage.path("") }),
    }
}

fn decode(storage: &dyn Storage, text: &[u8]) -> Result<Format, ArchiveError> {
    let damaged = |problem: String| ArchiveError::Damaged {
        path: storage.path(NAME),
        problem,
        next_step: "put back the file of a backup, or the format.json of another archive of this version",
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
    update(storage, NAME, |held| match held {
        Some(there) => decode(storage, &there).map(|_| (None, ())),
        None => Ok((Some(encode(storage, &format)?), ())),
    })
}

/// Says that the archive has this program's schema version; who wrote it first stays.
pub(super) fn raise(storage: &dyn Storage) -> Result<(), ArchiveError> {
    update(storage, NAME, |held| {
        let there = held.map(|text| decode(storage, &text)).transpose()?;
        let earlier = there.filter(|format| format.version < VERSION);
        let raised = earlier.map(|format| encode(storage, &Format { version: VERSION, ..format }));
        Ok((raised.transpose()?, ()))
    })
}

fn encode(storage: &dyn Storage, format: &Format) -> Result<Vec<u8>, ArchiveError> {
    let mut text = serde_json::to_vec_pretty(format)
        .map_err(|e| ArchiveError::Encoding { path: storage.path(NAME), problem: e.to_string() })?;
    text.push(b'\n');
    Ok(text)
}
