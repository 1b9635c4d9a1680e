//! A directory: one writer at a time by the operating system's lock, each file replaced by a rename.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use walkdir::WalkDir;

use super::{
    Entry, Expect, Held, Storage, Version, Written,
    atomic::{self, Interrupt, NOT_INTERRUPTED},
    lock::{self, Lock},
};
use crate::archive::{ArchiveError, format, layout};

/// The files of an archive in a directory.
#[derive(Debug)]
pub(in crate::archive) struct Local {
    root: PathBuf,
    interrupt: Interrupt,
}

impl Local {
    /// The directory `root`, which need not be there.
    pub(in crate::archive) fn at(root: &Path) -> Local {
        Local { root: root.to_owned(), interrupt: NOT_INTERRUPTED }
    }

    /// The same, with something to be called between any two steps of writing.
    #[cfg(test)]
    pub(in crate::archive) fn interrupted(root: &Path, interrupt: Interrupt) -> Local {
        Local { root: root.to_owned(), interrupt }
    }

    /// Makes the directory where there is none.
    ///
    /// # Errors
    /// The path is a file; the file system refuses.
    pub(in crate::archive) fn make(&self) -> Result<(), ArchiveError> {
        match fs::metadata(&self.root) {
            Ok(metadata) if metadata.is_dir() => Ok(()),
            Ok(_) => Err(ArchiveError::NotADirectory { path: self.root.clone() }),
            Err(error) if error.kind() == io::ErrorKind::NotFound => atomic::create_directory(&self.root),
            Err(error) => Err(ArchiveError::io(&self.root, "open")(error)),
        }
    }

    /// Whoever holds the lock knows that no temporary file is still being written.
    fn remove_left_over(&self) -> Result<(), ArchiveError> {
        self.left_over()?.iter().try_for_each(|key| atomic::remove(&self.root.join(key)).map(drop))
    }

    /// The files below a directory whose name passes.
    fn walk(&self, directory: &str, passes: fn(&str) -> bool) -> Result<Vec<Walked>, ArchiveError> {
        let top = self.root.join(directory);
        let mut files = Vec::new();
        for entry in WalkDir::new(&top).follow_links(true) {
            match entry.map(|entry| (entry.metadata(), entry)) {
                Ok((Ok(metadata), entry)) => {
                    if !metadata.is_dir() && passes(&entry.file_name().to_string_lossy()) {
                        files.push(Walked { path: entry.into_path(), bytes: metadata.len() });
                    }
                }
                Ok((Err(error), _)) | Err(error) => {
                    // What goes between listing and looking was not there.
                    let path = error.path().unwrap_or(&top).to_owned();
                    let error = io::Error::from(error);
                    if error.kind() != io::ErrorKind::NotFound {
                        return Err(ArchiveError::io(&path, "list")(error));
                    }
                }
            }
        }
        Ok(files)
    }

    fn key(&self, path: &Path) -> String {
        let below = path.strip_prefix(&self.root).unwrap_or(path);
        let names: Vec<_> = below.iter().map(|name| name.to_string_lossy()).collect();
        names.join("/")
    }
}

/// A file on disk.
struct Walked {
    path: PathBuf,
    bytes: u64,
}

impl Storage for Local {
    fn path(&self, key: &str) -> PathBuf {
        if key.is_empty() { self.root.clone() } else { self.root.join(key) }
    }

    fn exclusive(&self) -> Result<Option<Lock>, ArchiveError> {
        let lock = Lock::acquire(&self.root)?;
        self.remove_left_over()?;
        Ok(Some(lock))
    }

    fn is_empty(&self) -> Result<bool, ArchiveError> {
        let temporary = atomic::temporary(&self.root.join(format::NAME));
        let ours = |name: &String| name == lock::NAME || self.root.join(name) == temporary;
        Ok(self.names("")?.iter().all(ours))
    }

    fn read(&self, key: &str) -> Result<Option<Held>, ArchiveError> {
        let path = self.path(key);
        match fs::read(&path) {
            Ok(bytes) => Ok(Some(Held { bytes, version: Version::default() })),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(ArchiveError::io(&path, "read")(error)),
        }
    }

    /// Whoever writes holds the lock, so the file is as it was read.
    fn replace(&self, key: &str, bytes: Vec<u8>, _expect: &Expect) -> Result<Written, ArchiveError> {
        let path = self.path(key);
        if let Some(directory) = path.parent() {
            atomic::create_directory(directory)?;
        }
        atomic::replace(&path, &bytes, self.interrupt)?;
        Ok(Written::Done)
    }

    fn remove(&self, key: &str) -> Result<(), ArchiveError> {
        (self.interrupt)();
        let path = self.path(key);
        if !atomic::remove(&path)? {
            return Ok(());
        }
        (self.interrupt)();
        // The directory goes with its last file; one that still holds something stays.
        if let Some(directory) = path.parent().filter(|directory| **directory != self.root)
            && fs::remove_dir(directory).is_ok()
        {
            return atomic::sync_parent(directory);
        }
        atomic::sync_parent(&path)
    }

    fn left_over(&self) -> Result<Vec<String>, ArchiveError> {
        let mut left = Vec::new();
        let format = atomic::temporary(&self.root.join(format::NAME));
        if format.exists() {
            left.push(self.key(&format));
        }
        for name in self.names("")?.iter().filter(|name| layout::is_directory(name)) {
            left.extend(self.walk(name, atomic::is_temporary)?.iter().map(|file| self.key(&file.path)));
        }
        left.sort();
        Ok(left)
    }

    fn names(&self, directory: &str) -> Result<Vec<String>, ArchiveError> {
        let path = self.path(directory);
        let entries = match fs::read_dir(&path) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(ArchiveError::io(&path, "list")(error)),
        };
        let mut names = Vec::new();
        for entry in entries {
            let entry = entry.map_err(ArchiveError::io(&path, "list"))?;
            names.push(entry.file_name().to_string_lossy().into_owned());
        }
        Ok(names)
    }

    fn list(&self, directory: &str) -> Result<Vec<Entry>, ArchiveError> {
        let walked = self.walk(directory, |name| !name.starts_with('.'))?;
        let mut entries: Vec<Entry> =
            walked.iter().map(|file| Entry { key: self.key(&file.path), bytes: file.bytes }).collect();
        entries.sort();
        Ok(entries)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_listed_and_removed_by_key() {
        let root = tempfile::tempdir().unwrap();
        let local = Local::at(root.path());
        let month = "measure=disk.used/month=2026-03/points.parquet";
        assert_eq!(local.list("measure=disk.used").unwrap(), []);
        assert_eq!(local.replace(month, b"abc".to_vec(), &Expect::New).unwrap(), Written::Done);
        fs::write(root.path().join("measure=disk.used/.series.parquet.tmp"), "half").unwrap();
        assert_eq!(local.list("measure=disk.used").unwrap(), [Entry { key: month.to_owned(), bytes: 3 }]);
        assert_eq!(local.read(month).unwrap().unwrap().bytes, b"abc");
        local.remove(month).unwrap();
        local.remove(month).unwrap();
        assert!(local.read(month).unwrap().is_none());
        assert!(!root.path().join("measure=disk.used/month=2026-03").exists());
        // What still holds something stays.
        assert!(root.path().join("measure=disk.used").is_dir());
    }
}
