//! The runtime that asynchronous libraries need: HTTP, the SDK of AWS, object stores.

use std::sync::OnceLock;

use tokio::runtime::{Builder, Runtime};

/// Threads that wait for the network. Answers are unfolded and read on the threads that ask, so two are enough
/// to move bytes.
const WORKERS: usize = 2;

/// Waits for what an asynchronous library does, on the one runtime that all of them share.
///
/// It is for the program's own threads, rayon's among them. A future that is itself under way here must not call
/// it: a runtime does not wait for itself, and tokio panics.
pub fn block_on<F: Future>(future: F) -> F::Output {
    static RUNTIME: OnceLock<Runtime> = OnceLock::new();
    let runtime = RUNTIME.get_or_init(|| {
        Builder::new_multi_thread()
            .worker_threads(WORKERS)
            .thread_name("mailtide-net")
            .enable_all()
            .build()
            .expect(
                "a system that cannot give two threads and a queue of events cannot run the program at all",
            )
    });
    runtime.block_on(future)
}

#[cfg(test)]
mod tests {
    use std::{thread, time::Duration};

    use super::*;

    #[test]
    fn many_threads_wait_at_once() {
        let wait = |n: u64| {
            block_on(async move {
                tokio::time::sleep(Duration::from_millis(n)).await;
                n
            })
        };
        let sums = thread::scope(|scope| {
            let waiting: Vec<_> = (0..8).map(|n| scope.spawn(move || wait(n))).collect();
            waiting.into_iter().map(|thread| thread.join().unwrap()).sum::<u64>()
        });
        assert_eq!(sums, 28, "0 + 1 + … + 7");
    }
}
