//! What the head of an answer tells: the server's clock and the answer's size.

use std::sync::{
    Arc,
    atomic::{AtomicI64, AtomicU64, Ordering},
};

use aws_sdk_cloudwatch::{
    config::{
        ConfigBag, Intercept, RuntimeComponents, interceptors::BeforeDeserializationInterceptorContextRef,
    },
    error::BoxError,
};
use chrono::DateTime;

/// The answer tells no time.
const UNKNOWN: i64 = i64::MIN;

/// Looks at the head of each answer of one operation, and refuses one that is too large before it is read.
#[derive(Debug, Clone)]
pub(super) struct Seen {
    time: Arc<AtomicI64>,
    bytes: Arc<AtomicU64>,
    largest: u64,
}

/// An answer is larger than the source allows.
#[derive(Debug, thiserror::Error)]
#[error("the answer is larger than {largest} bytes")]
pub(super) struct TooLarge {
    pub(super) largest: u64,
}

impl Seen {
    /// Nothing seen yet.
    pub(super) fn new(largest: u64) -> Self {
        Seen { time: Arc::new(AtomicI64::new(UNKNOWN)), bytes: Arc::default(), largest }
    }

    /// What the server's clock said, seconds since 1970-01-01 UTC (the header `Date`).
    pub(super) fn time(&self) -> Option<i64> {
        Some(self.time.load(Ordering::Relaxed)).filter(|time| *time != UNKNOWN)
    }

    /// Bytes of the answer as its head tells (the header `Content-Length`), folded or not.
    pub(super) fn bytes(&self) -> u64 {
        self.bytes.load(Ordering::Relaxed)
    }
}

impl Intercept for Seen {
    fn name(&self) -> &'static str {
        "head of the answer"
    }

    fn read_before_deserialization(
        &self,
        context: &BeforeDeserializationInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        _bag: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let headers = context.response().headers();
        if let Some(time) = headers.get("date").and_then(|text| DateTime::parse_from_rfc2822(text).ok()) {
            self.time.store(time.timestamp(), Ordering::Relaxed);
        }
        let bytes = headers.get("content-length").and_then(|text| text.parse().ok()).unwrap_or_default();
        self.bytes.store(bytes, Ordering::Relaxed);
        if bytes > self.largest {
            return Err(Box::new(TooLarge { largest: self.largest }));
        }
        Ok(())
    }
}
