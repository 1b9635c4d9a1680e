//! The archive itself: opening it, and what it holds.

use std::{ops::Range, path::Path};

use chrono::NaiveDate;

use super::{
    Appended, ArchiveError, ArchiveInfo, Extract, Location, Span, StoreOptions, TableColumn, Tidied, Tidying,
    Verification, append, format, info, layout, ledger, notes, read,
    storage::{Local, Remote, Storage},
    tidy, verify,
};
use crate::{platform::Measure, sources::Samples};

/// Parquet files that hold what was fetched.
#[derive(Debug)]
pub struct Archive {
    storage: Box<dyn Storage>,
}

impl Archive {
    /// Opens the archive in the directory `root`, and makes it where there is none.
    ///
    /// # Errors
    /// `root` is a file, or a directory of other things, or cannot be read or made; the archive was
    /// written by a later Mailtide; another process is just making it.
    pub fn open(root: &Path) -> Result<Archive, ArchiveError> {
        let local = Local::at(root);
        local.make()?;
        Archive::of(Box::new(local))
    }

    /// Opens the archive at a location, and makes it where there is none.
    ///
    /// # Errors
    /// As [`Archive::open`]; an object store cannot be reached, has no such bucket, gives no access or has no
    /// conditional writes.
    pub fn open_at(location: &Location, options: &StoreOptions) -> Result<Archive, ArchiveError> {
        match location {
            Location::Directory(root) => Archive::open(root),
            Location::Bucket(bucket) => Archive::of(Box::new(Remote::connect(bucket, options)?)),
        }
    }

    /// Whether there is an archive at a location; makes nothing.
    ///
    /// # Errors
    /// That cannot be seen; what is there was written by a later Mailtide, or is damaged.
    pub fn exists(location: &Location, options: &StoreOptions) -> Result<bool, ArchiveError> {
        match location {
            Location::Directory(root) => format::check(&Local::at(root)),
            Location::Bucket(bucket) => format::check(&Remote::connect(bucket, options)?),
        }
    }

    /// Opens the archive of a storage, and makes it where there is none.
    pub(super) fn of(storage: Box<dyn Storage>) -> Result<Archive, ArchiveError> {
        if !format::check(&*storage)? {
            make(&*storage)?;
        }
        Ok(Archive { storage })
    }

    /// Puts what a source answered into the archive; when this returns it is on disk. `source` is the source's name
    /// in the platform file: what another source answered for the same series is kept beside it.
    ///
    /// The same time of the same series and source replaces, a later element of `samples` an earlier one; points
    /// that are not finite are left out. Months whose content does not change are not written. An archive of an
    /// earlier schema version is migrated first.
    ///
    /// # Errors
    /// Another process is appending; a file is damaged; the file system refuses; a time is beyond the
    /// year 9999. Each month holds the old or the new points then, and the same call can be repeated.
    pub fn append(&self, source: &str, samples: Vec<Samples>) -> Result<Appended, ArchiveError> {
        append::append(&*self.storage, source, samples)
    }

    /// The schema version that it has; an older one than this program's is raised by the next append.
    ///
    /// # Errors
    /// The format file cannot be read.
    pub fn schema_version(&self) -> Result<u64, ArchiveError> {
        format::version(&*self.storage)
    }

    /// The measures that hold points, in the order in which [`Measure`] declares them.
    ///
    /// # Errors
    /// The file system refuses.
    pub fn measures(&self) -> Result<Vec<Measure>, ArchiveError> {
        let mut held = Vec::new();
        for measure in layout::measures(&*self.storage)? {
            if !layout::periods(&*self.storage, measure)?.is_empty() {
                held.push(measure);
            }
        }
        Ok(held)
    }

    /// The points of a measure from `range.start` up to but not at `range.end` (seconds since 1970-01-01
    /// UTC). Only the months that the range touches are read; series without a point in it are left out. Where
    /// several sources answered a series, the finer one wins, a coarser one fills what it lacks, and what they
    /// disagree in is told.
    ///
    /// # Errors
    /// A file that must be read is damaged, or the file system refuses.
    pub fn extract(&self, measure: Measure, range: Range<i64>) -> Result<Extract, ArchiveError> {
        read::extract(&*self.storage, measure, range)
    }

    /// What the archive holds. Reads all of it; damaged files are told and passed over.
    ///
    /// # Errors
    /// The archive's directories cannot be listed.
    pub fn info(&self) -> Result<ArchiveInfo, ArchiveError> {
        info::info(&*self.storage)
    }
}

/// Care: what keeps an archive sound and small.
impl Archive {
    /// Looks at every file: whether it can be read, its checksum, order, period and ids, and whether it belongs
    /// there. Reads all of the archive, and changes nothing.
    ///
    /// # Errors
    /// The archive cannot be listed; its format file is damaged. What is wrong with other files is the answer.
    pub fn verify(&self) -> Result<Verification, ArchiveError> {
        verify::verify(&*self.storage)
    }

    /// Moves damaged partitions to `damaged/`, so that their points can be pulled again, and tells which points
    /// those are. A damaged registry stays: without it, nobody knows whose the points are.
    ///
    /// # Errors
    /// As [`Archive::verify`]; another process is appending; the storage refuses.
    pub fn set_damaged_aside(&self) -> Result<Vec<Span>, ArchiveError> {
        verify::set_damaged_aside(&*self.storage)
    }

    /// Removes points that are older than is kept, makes old ones coarser, and makes the months of years that are
    /// long over one file a year where they are small. `now` is in seconds since 1970-01-01 UTC. Damaged files are
    /// told and left as they are. A second time changes nothing.
    ///
    /// # Errors
    /// Another process is appending; the storage refuses. Whatever was done then can be gone on from.
    pub fn tidy(&self, tidying: &Tidying, now: i64) -> Result<Tidied, ArchiveError> {
        tidy::tidy(&*self.storage, tidying, now)
    }
}

/// Notes: small files that other parts of the program keep beside the points.
impl Archive {
    /// What was noted under a name; `None` where nothing was.
    ///
    /// # Errors
    /// The name cannot be a file's; the storage refuses.
    pub fn note(&self, name: &str) -> Result<Option<Vec<u8>>, ArchiveError> {
        notes::read(&*self.storage, name)
    }

    /// Changes what is noted under a name. `change` is given what is there, and gives what shall be there;
    /// `None` leaves it as it is. Where another run has written the note meanwhile, `change` is called again
    /// on what that one wrote. Use: `archive.update_note("coverage", |held| Some(merge(held, &mine)))`.
    ///
    /// # Errors
    /// As [`Archive::note`]; another process is appending to the archive in the same directory.
    pub fn update_note(
        &self,
        name: &str,
        change: impl FnMut(Option<&[u8]>) -> Option<Vec<u8>>,
    ) -> Result<(), ArchiveError> {
        notes::update(&*self.storage, name, change)
    }

    /// Notes `bytes` under a name, whatever was there. Of two runs at once, the later one stays.
    ///
    /// # Errors
    /// As [`Archive::update_note`].
    pub fn put_note(&self, name: &str, bytes: &[u8]) -> Result<(), ArchiveError> {
        self.update_note(name, |_| Some(bytes.to_vec()))
    }
}

/// The ledger: what each run has foretold, a table for each day (UTC) on which there was one.
impl Archive {
    /// The days of which there is a table, ascending.
    ///
    /// # Errors
    /// The storage refuses.
    pub fn ledger_days(&self) -> Result<Vec<NaiveDate>, ArchiveError> {
        ledger::days(&*self.storage)
    }

    /// The table of a day; `None` where there is none.
    ///
    /// # Errors
    /// The file is damaged; the storage refuses.
    pub fn ledger(&self, day: NaiveDate) -> Result<Option<Vec<TableColumn>>, ArchiveError> {
        ledger::read(&*self.storage, day)
    }

    /// Changes the table of a day. `change` is given what is there, nothing where that is damaged, and gives what
    /// shall be there; `None` leaves it as it is. Where another run has written it meanwhile, `change` is called
    /// again on what that one wrote.
    ///
    /// # Errors
    /// The columns differ in length or share a name; another process is appending to the archive in the same
    /// directory; the storage refuses.
    pub fn update_ledger(
        &self,
        day: NaiveDate,
        change: impl FnMut(Option<Vec<TableColumn>>) -> Option<Vec<TableColumn>>,
    ) -> Result<(), ArchiveError> {
        ledger::update(&*self.storage, day, change)
    }

    /// Removes the tables of some days; those that are not there are no error.
    ///
    /// # Errors
    /// As [`Archive::update_ledger`].
    pub fn forget_ledger(&self, days: &[NaiveDate]) -> Result<(), ArchiveError> {
        ledger::forget(&*self.storage, days)
    }
}

/// Makes an archive of a place that holds nothing but what a killed [`make`] may have left.
fn make(storage: &dyn Storage) -> Result<(), ArchiveError> {
    // In this order: another run may be making it just now, and begin with the format file.
    if !storage.is_empty()? && !format::check(storage)? {
        return Err(ArchiveError::NotAnArchive { path: storage.path("") });
    }
    let _lock = storage.exclusive()?;
    format::write(storage)
}
