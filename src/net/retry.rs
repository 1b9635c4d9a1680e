//! Asking again: what is worth it, how often, and after how long.

use std::{future::Future, pin::Pin, sync::Arc, time::Duration};

use backon::{ExponentialBuilder, Retryable};

use super::NetError;

/// Waits about half a second, then twice as long each time, 15 s at most, each plus up to as much again by
/// chance so that parallel askers do not come back together. Four of them outlast a restart of most servers.
const FIRST_WAIT: Duration = Duration::from_millis(500);
const LONGEST_WAIT: Duration = Duration::from_secs(15);
const MOST_RETRIES: usize = 4;

/// A server that was too slow works as hard the next time, so it is asked only once more.
const MOST_AFTER_DEADLINE: usize = 1;

/// The longest `Retry-After` that is waited for. Beyond it the next pull asks, so that one server does not hold
/// up the job.
const LONGEST_RETRY_AFTER: Duration = Duration::from_secs(120);

/// A wait; tests put one in its place that takes no time.
pub(super) type Sleep = Arc<dyn Fn(Duration) -> Pin<Box<dyn Future<Output = ()> + Send>> + Send + Sync>;

/// A request that failed, and whether the same one is worth another try.
#[derive(Debug)]
pub(super) struct Failure {
    /// Why.
    pub(super) error: NetError,
    /// Whether and when to ask again.
    pub(super) again: Again,
}

/// Whether and when to ask again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Again {
    /// The answer would be the same.
    Never,
    /// After a wait.
    Soon,
    /// After a wait, and not before the server's own.
    After(Duration),
    /// The deadline passed.
    Late,
}

/// Waits in earnest.
pub(super) fn sleep() -> Sleep {
    Arc::new(|wait| Box::pin(tokio::time::sleep(wait)))
}

/// Asks until there is an answer, or it is not worth another try.
///
/// # Errors
/// Why the last try failed.
pub(super) async fn until_answered<T, F>(ask: impl FnMut() -> F, sleep: &Sleep) -> Result<T, NetError>
where
    F: Future<Output = Result<T, Failure>>,
{
    let backoff = ExponentialBuilder::new()
        .with_jitter()
        .with_min_delay(FIRST_WAIT)
        .with_max_delay(LONGEST_WAIT)
        .with_max_times(MOST_RETRIES);
    let sleep = Arc::clone(sleep);
    let mut late = 0;
    let answer = ask
        .retry(backoff)
        .sleep(move |wait| sleep(wait))
        .when(move |failure: &Failure| {
            late += usize::from(failure.again == Again::Late);
            failure.again != Again::Never && late <= MOST_AFTER_DEADLINE
        })
        .adjust(|failure: &Failure, wait| match failure.again {
            Again::After(asked) if asked > LONGEST_RETRY_AFTER => None,
            Again::After(asked) => wait.map(|wait| wait.max(asked)),
            _ => wait,
        })
        .notify(|failure: &Failure, wait| {
            tracing::debug!("{}; asking again in {wait:.1?}", failure.error.problem());
        })
        .await;
    answer.map_err(|failure| failure.error)
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;
    use crate::net::block_on;

    /// Fails as told, then answers with the number of tries; gives the waits too.
    fn tries(failures: &[Again]) -> (Result<usize, NetError>, Vec<Duration>) {
        let waits = Arc::new(Mutex::new(Vec::new()));
        let noted = Arc::clone(&waits);
        let sleep: Sleep = Arc::new(move |wait| {
            noted.lock().unwrap().push(wait);
            Box::pin(std::future::ready(()))
        });
        let asked = Mutex::new(0);
        let answer = block_on(until_answered(
            || async {
                let mut asked = asked.lock().unwrap();
                *asked += 1;
                let error = NetError::TooLarge { url: String::new(), limit: *asked as u64 };
                match failures.get(*asked - 1) {
                    Some(again) => Err(Failure { error, again: *again }),
                    None => Ok(*asked),
                }
            },
            &sleep,
        ));
        let waits = waits.lock().unwrap().clone();
        (answer, waits)
    }

    #[test]
    fn waits_grow_and_end() {
        let (answer, waits) = tries(&[Again::Soon; 4]);
        assert_eq!(answer, Ok(5));
        // Half a second, one, two and four; jitter adds less than as much again.
        for (wait, least) in waits.iter().zip([500, 1_000, 2_000, 4_000]) {
            let range = Duration::from_millis(least)..Duration::from_millis(2 * least + 1);
            assert!(range.contains(wait), "{wait:?} is in {range:?}");
        }
        let (answer, waits) = tries(&[Again::Soon; 5]);
        assert!(answer.is_err());
        assert_eq!(waits.len(), 4);
    }

    #[test]
    fn what_would_be_the_same_is_not_asked_again() {
        let (answer, waits) = tries(&[Again::Never]);
        assert!(answer.is_err());
        assert!(waits.is_empty(), "{waits:?}");
    }

    #[test]
    fn a_slow_server_is_asked_once_more() {
        assert_eq!(tries(&[Again::Late]).0, Ok(2));
        assert!(tries(&[Again::Late, Again::Late]).0.is_err());
    }

    #[test]
    fn the_servers_own_wait_counts_up_to_a_bound() {
        let (answer, waits) = tries(&[Again::After(Duration::from_secs(100))]);
        assert_eq!((answer, waits), (Ok(2), vec![Duration::from_secs(100)]));
        let (answer, waits) = tries(&[Again::After(Duration::from_secs(121))]);
        assert!(answer.is_err());
        assert!(waits.is_empty(), "{waits:?}");
    }
}
