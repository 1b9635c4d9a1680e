//! Lock: one process at a time appends to an archive.
//!
//! The lock is the operating system's advisory lock on `ROOT/lock`; it goes with the process that holds
//! it, however that ends. What the file says is for people only.

use std::{
    fs::{self, File, TryLockError},
    io::{Read, Write},
    path::Path,
};

use chrono::{DateTime, SecondsFormat, Utc};

use crate::archive::ArchiveError;

/// The lock's name in the archive.
pub(in crate::archive) const NAME: &str = "lock";

/// A longer text was not written by [`Lock::acquire`].
const LONGEST_HOLDER: u64 = 512;

/// Held until dropped.
#[derive(Debug)]
pub(in crate::archive) struct Lock {
    file: File,
}

/// Closing the file would do, but for a child process that was forked meanwhile and has not yet started
/// its program: it still has the file open, and with it the lock.
impl Drop for Lock {
    fn drop(&mut self) {
        // Closing, which follows, releases it all the same.
        let _ = self.file.unlock();
    }
}

impl Lock {
    /// Takes the lock of an archive, or says at once who has it.
    pub(in crate::archive) fn acquire(root: &Path) -> Result<Lock, ArchiveError> {
        let path = root.join(NAME);
        let mut file = File::options()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)
            .map_err(ArchiveError::io(&path, "open"))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(ArchiveError::Locked { holder: holder(&file), path });
            }
            Err(TryLockError::Error(error)) => return Err(ArchiveError::io(&path, "lock")(error)),
        }
        file.set_len(0)
            .and_then(|()| writeln!(file, "pid {} on {}", std::process::id(), host()))
            .map_err(ArchiveError::io(&path, "write"))?;
        Ok(Lock { file })
    }
}

/// Who holds the lock, and since when: the file's own time is when its holder wrote it.
fn holder(file: &File) -> String {
    let mut text = String::new();
    let read = file.take(LONGEST_HOLDER).read_to_string(&mut text);
    let text = text.trim();
    if read.is_err() || text.is_empty() {
        return "it has not yet written who it is".to_owned();
    }
    let text = text.escape_debug();
    match file.metadata().and_then(|metadata| metadata.modified()) {
        Ok(since) => {
            let since = DateTime::<Utc>::from(since).to_rfc3339_opts(SecondsFormat::Secs, true);
            format!("{text}, since {since}")
        }
        Err(_) => text.to_string(),
    }
}

/// Linux tells its name here; elsewhere the shell may have set it.
fn host() -> String {
    fs::read_to_string("/proc/sys/kernel/hostname")
        .ok()
        .or_else(|| std::env::var("HOSTNAME").ok())
        .map(|name| name.trim().to_owned())
        .filter(|name| !name.is_empty())
        .unwrap_or_else(|| "this host".to_owned())
}
