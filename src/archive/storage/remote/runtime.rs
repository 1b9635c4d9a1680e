//! The runtime that asynchronous calls of an object store run on.

use std::sync::OnceLock;

use tokio::runtime::{Builder, Runtime};

pub(super) fn block_on<F: Future>(future: F) -> F::Output {
    static RUNTIME: OnceLock<Runtime> = OnceLock::new();
    RUNTIME
        .get_or_init(|| Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("threads"))
        .block_on(future)
}
