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
/// A call that broke may have been done or not; trying again tells. A store that breaks this many times is
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
    repeat(|| update_once(storage, key, &mut change))
}

fn update_once<T>(
    storage: &dyn Storage,
    key: &str,
    change: &mut impl FnMut(Option<Vec<u8>>) -> Result<(Option<Vec<u8>>, T), ArchiveError>,
) -> Result<T, ArchiveError> {
    let (bytes, expect) = match storage.read(key)? {
        Some(held) => (Some(held.bytes), Expect::Version(held.version)),
        None => (None, Expect::New),
    };
    let (bytes, outcome) = change(bytes)?;
    match bytes.map(|bytes| storage.replace(key, bytes, &expect)).transpose()? {
        Some(Written::Conflict) => Err(ArchiveError::Contended { path: storage.path(key), tries: TRIES }),
        Some(Written::Done) | None => Ok(outcome),
    }
}

/// Tries something again, after a pause that grows, while another writer is faster or the connection breaks.
pub(super) fn repeat<T>(attempt: impl FnMut() -> Result<T, ArchiveError>) -> Result<T, ArchiveError> {
    repeat_after(FIRST_PAUSE, LONGEST_PAUSE, attempt)
}

fn repeat_after<T>(
    first_pause: Duration,
    longest_pause: Duration,
    attempt: impl FnMut() -> Result<T, ArchiveError>,
) -> Result<T, ArchiveError> {
    let pauses = ExponentialBuilder::default()
        .with_min_delay(first_pause)
        .with_max_delay(longest_pause)
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

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    /// How often something is tried that always fails so.
    fn tries(error: impl Fn() -> ArchiveError) -> usize {
        let mut tries = 0;
        let failed = repeat_after(Duration::ZERO, Duration::ZERO, || {
            tries += 1;
            Err::<(), _>(error())
        });
        assert_eq!(failed.unwrap_err().to_string(), error().to_string());
        tries
    }

    #[test]
    fn what_may_pass_is_tried_again_a_bounded_number_of_times() {
        let path = || PathBuf::from("s3://bucket/format.json");
        let broken = |passing| {
            let (problem, next_step) = ("it broke".to_owned(), "run again");
            ArchiveError::Store { path: path(), action: "write", problem, next_step, passing }
        };
        assert_eq!(tries(|| ArchiveError::Contended { path: path(), tries: TRIES }), TRIES);
        assert_eq!(tries(|| broken(true)), BROKEN_TRIES);
        assert_eq!(tries(|| broken(false)), 1);
        assert_eq!(tries(|| ArchiveError::Gone { path: path() }), 1);
    }

    #[test]
    fn other_runs_that_never_rest_are_told() {
        let error =
            ArchiveError::Contended { path: PathBuf::from("s3://bucket/a/points.parquet"), tries: TRIES };
        assert_eq!(
            error.to_string(),
            "s3://bucket/a/points.parquet: other runs have written this file between reading and writing it, \
             24 times over; run again when they have ended: nothing that was held is lost"
        );
    }
}
