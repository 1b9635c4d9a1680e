//! Whether the archive can be used.

use std::{fs, path::Path};

use rustix::fs::{Access, access};

use super::ArchiveHealth;
use crate::{archive::Archive, pipeline::Places};

/// Examines the archive; it is opened where there is one, and never made or written.
pub(super) fn examine(places: &Places) -> (ArchiveHealth, Option<Archive>) {
    let path = &places.archive;
    let mut health = ArchiveHealth { location: path.display().to_string(), ..ArchiveHealth::default() };
    let scheme = health.location.split_once("://").map(|(scheme, _)| scheme.to_owned());
    health.kind = scheme.clone().unwrap_or_else(|| "directory".to_owned());
    if scheme.is_none() {
        health.writable = is_writable(path);
        // Opening an empty directory would make an archive of it.
        let is_empty = fs::read_dir(path).is_ok_and(|mut names| names.next().is_none());
        health.exists = path.exists() && !is_empty;
        if !health.writable {
            let user = "let the user who runs mailtide write there, or name another with --archive";
            health.problems.push(format!("archive {}: cannot be written; {user}", health.location));
        }
        if !health.exists {
            return (health, None);
        }
    }
    let opened = Archive::open(path).and_then(|archive| Ok((archive.measures()?.len(), archive)));
    match opened {
        Ok((measures, archive)) => {
            health.exists = true;
            health.measures = measures;
            (health, Some(archive))
        }
        Err(error) => {
            health.problems.push(format!("archive {}: {error}", health.location));
            (health, None)
        }
    }
}

/// Whether a directory, or the nearest one above it that exists, may be written by this user.
fn is_writable(path: &Path) -> bool {
    let existing = path.ancestors().find(|path| path.exists() || path.as_os_str().is_empty());
    let existing = existing.filter(|path| !path.as_os_str().is_empty()).unwrap_or(Path::new("."));
    access(existing, Access::WRITE_OK | Access::EXEC_OK).is_ok()
}
