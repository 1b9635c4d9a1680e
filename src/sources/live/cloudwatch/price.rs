//! What asking costs.
//!
//! Source: <https://aws.amazon.com/cloudwatch/pricing/>, "Metrics" and "APIs", prices of most regions as of 2026.

use std::sync::atomic::{AtomicU64, Ordering};

/// US dollars for one metric that `GetMetricData` is asked for: 0.01 a thousand. A call is charged for each metric
/// in it, whatever the range, and never free.
pub const DOLLARS_A_METRIC: f64 = 0.01 / 1_000.0;

/// US dollars for one page of `ListMetrics`: 0.01 a thousand. The first million requests a month are free; whether
/// they are used up cannot be seen, so each page counts.
pub const DOLLARS_A_LISTING: f64 = 0.01 / 1_000.0;

/// The most series that one `SEARCH` gives, and so the most metrics that it is charged for.
///
/// Source: <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/search-expression-syntax.html>.
pub const LARGEST_SEARCH: usize = 500;

/// What has been asked so far, repeats and refused calls included.
#[derive(Debug, Default)]
pub(super) struct Spending {
    metrics: AtomicU64,
    listings: AtomicU64,
}

impl Spending {
    pub(super) fn add_metrics(&self, count: usize) {
        self.metrics.fetch_add(count as u64, Ordering::Relaxed);
    }

    pub(super) fn add_listing(&self) {
        self.listings.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn dollars(&self) -> f64 {
        let count = |of: &AtomicU64| of.load(Ordering::Relaxed) as f64;
        count(&self.metrics) * DOLLARS_A_METRIC + count(&self.listings) * DOLLARS_A_LISTING
    }
}
