//! Migration: an archive of an earlier schema version becomes one of this program's.
//!
//! A series that was registered before the archive knew sources keeps its id, with the source [`EARLIER_PULL`].
//! Its points are not touched. Each file is replaced as a whole, and read in either form, so a migration that is
//! killed can be read, and is gone on with by the next append.
//!
//! [`EARLIER_PULL`]: super::EARLIER_PULL

use super::{ArchiveError, format, layout, registry::Registry, storage::Storage};

/// Brings an archive to this program's schema version: first every registry, then the format file, which keeps
/// earlier programs out. Does nothing where it has that version.
pub(super) fn migrate(storage: &dyn Storage) -> Result<(), ArchiveError> {
    if format::version(storage)? == format::VERSION {
        return Ok(());
    }
    for measure in layout::measures(storage)? {
        Registry::migrate(storage, measure)?;
    }
    format::raise(storage)
}
