//! Changing a file that others may be changing too: read, change, write if it is still the same; else again.
//! Whatever is changed so must come out the same when it is changed twice: a write may have been done though
//! its answer was lost.

use std::time::Duration;

use backon::{BlockingRetryable, ExponentialBuilder};

use super::{Expect, Storage, Written};
use crate::archive::ArchiveError;

/// Each conflict means that another writer got through. With this many tries, a run holds its own against
/// some twenty others that write the same file at the same time, more than a platform has.
const TRIES: usize = 24;
/// A write that broke may have been done or not; trying again tells. A store that breaks this many in a row is
/// not well.
const BROKEN_TRIES: usize = 4;
/// The first pause: about one exchange with an object store of the same region.
const FIRST_PAUSE: Duration = Duration::from_millis(20);
/// The longest pause: some exchanges, each of a partition of several megabytes.
const LONGEST_PAUSE: Duration = Duration::from_secs(2);

/// Changes a file. `change` is given what the file holds (`None` where there is none), and gives what it
/// shall hold (`None` where it shall stay as it is), and what to hand back. Where another writer was faster,
/// `change` is called again on what that one has written.
///
/// # Errors
/// `change` fails, or the storage does; others write the file all the time.
pub(in crate::archive) fn update<T>(
    storage: &dyn Storage,
    key: &str,
    mut change: impl FnMut(Option<Vec<u8>>) -> Result<(Option<Vec<u8>>, T), ArchiveError>,
) -> Result<T, ArchiveError> {
    let attempt = || {
        let (bytes, expect) = match storage.read(key)? {
            Some(held) => (Some(held.bytes), Expect::Version(held.version)),
            None => (None, Expect::New),
        };
        let (bytes, outcome) = change(bytes)?;
        match bytes.map(|bytes| storage.replace(key, bytes, &expect)).transpose()? {
            Some(Written::Conflict) => Err(ArchiveError::Contended { path: storage.path(key), tries: TRIES }),
            Some(Written::Done) | None => Ok(outcome),
        }
    };
    let pauses = ExponentialBuilder::default()
        .with_min_delay(FIRST_PAUSE)
        .with_max_delay(LONGEST_PAUSE)
        .with_max_times(TRIES - 1)
        .with_jitter();
    let mut broken = 0;
    attempt
        .retry(pauses)
        .when(|error| match error {
            ArchiveError::Contended { .. } => true,
            ArchiveError::Store { passing: true, .. } => {
                broken += 1;
                broken < BROKEN_TRIES
            }
            _ => false,
        })
        .call()
}
