//! Whether the archive can be used.

use std::path::Path;

use rustix::fs::{Access, access};

use super::ArchiveHealth;
use crate::{
    archive::{Archive, ArchiveError, Location},
    pipeline::Places,
};

/// Examines the archive; it is opened where there is one, and never made or written.
pub(super) fn examine(places: &Places) -> (ArchiveHealth, Option<Archive>) {
    let mut health = ArchiveHealth { location: places.archive.to_string(), ..ArchiveHealth::default() };
    match &places.archive {
        Location::Directory(path) => {
            health.kind = "directory".to_owned();
            health.writable = Some(is_writable(path));
            if !is_writable(path) {
                health.problems.push(format!(
                    "archive {}: cannot be written; let the user who runs mailtide write there, or name another with \
                     --archive",
                    health.location
                ));
            }
        }
        Location::Bucket(_) => health.kind = "object store".to_owned(),
    }
    match open(places) {
        Ok(None) => (health, None),
        Ok(Some((archive, schema_version, measures))) => {
            health.exists = true;
            health.schema_version = Some(schema_version);
            health.measures = measures;
            (health, Some(archive))
        }
        Err(error) => {
            health.problems.push(format!("archive {}: {error}", health.location));
            (health, None)
        }
    }
}

/// The archive, where there is one, its schema version, and how many measures it holds.
fn open(places: &Places) -> Result<Option<(Archive, u64, usize)>, ArchiveError> {
    let Some(archive) = places.find_archive()? else { return Ok(None) };
    let (version, measures) = (archive.schema_version()?, archive.measures()?.len());
    Ok(Some((archive, version, measures)))
}

/// Whether a directory, or the nearest one above it that exists, may be written by this user.
fn is_writable(path: &Path) -> bool {
    let existing = path.ancestors().find(|path| path.exists() || path.as_os_str().is_empty());
    let existing = existing.filter(|path| !path.as_os_str().is_empty()).unwrap_or(Path::new("."));
    access(existing, Access::WRITE_OK | Access::EXEC_OK).is_ok()
}
