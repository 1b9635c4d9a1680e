//! The two operations of CloudWatch that are asked, in plain words. The SDK stands behind [`Api`] in `sdk.rs` alone, so
//! that everything else is tested with answers written down.

use std::{collections::BTreeMap, ops::Range};

/// A metric's dimensions, name to value.
pub(super) type Dimensions = BTreeMap<String, String>;

/// CloudWatch in one region, asked by one identity.
pub(super) trait Api: Send + Sync {
    /// One page of `ListMetrics`.
    fn list(&self, listing: &Listing, next: Option<&str>) -> Result<ListPage, ApiError>;

    /// One page of `GetMetricData`, oldest points first.
    fn data(&self, queries: &[&Query], range: &Range<i64>, next: Option<&str>) -> Result<DataPage, ApiError>;

    /// Who asks and where, in words without secrets.
    ///
    /// # Errors
    /// There are no credentials.
    fn identity(&self) -> Result<String, ApiError>;
}

/// Which metrics `ListMetrics` is to name.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Listing {
    pub(super) namespace: String,
    pub(super) metric: String,
    /// Dimensions that a metric must have; with a value where it must be that one.
    pub(super) dimensions: Vec<(String, Option<String>)>,
}

/// A page of metrics, by their dimensions.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct ListPage {
    pub(super) metrics: Vec<Dimensions>,
    pub(super) next: Option<String>,
    pub(super) server_time: Option<i64>,
}

/// One query of a `GetMetricData` call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Query {
    /// Lower-case letters and digits, beginning with a letter; once a call.
    pub(super) id: String,
    pub(super) asks: Asks,
    /// Seconds, a multiple of 60.
    pub(super) period: i64,
    /// What the answer is to be labelled; CloudWatch's own choice where that is `None`.
    pub(super) label: Option<String>,
    /// Whether the answer shows it, or an expression only uses it.
    pub(super) shown: bool,
}

/// What a query asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Asks {
    /// A metric's statistic over each period.
    Metric { namespace: String, metric: String, dimensions: Dimensions, statistic: String },
    /// Metric mathematics or a search.
    Expression(String),
}

/// A page of points.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct DataPage {
    pub(super) results: Vec<PageResult>,
    /// What CloudWatch says of the whole answer.
    pub(super) messages: Vec<String>,
    pub(super) next: Option<String>,
    pub(super) server_time: Option<i64>,
    /// Bytes of the answer, as far as its head tells.
    pub(super) bytes: u64,
}

/// What a page holds of one series.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct PageResult {
    pub(super) id: String,
    pub(super) label: String,
    /// Seconds since 1970-01-01 UTC, as many as values.
    pub(super) times: Vec<i64>,
    pub(super) values: Vec<f64>,
    pub(super) status: Status,
    /// What CloudWatch says of this series.
    pub(super) messages: Vec<String>,
}

/// How whole a result is (`StatusCode`).
///
/// Source: <https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDataResult.html>.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Status {
    /// All points are there, on this page or those before it.
    Complete,
    /// Points are missing; asking on, or again, may bring them.
    PartialData,
    /// CloudWatch failed for this series; asking again may do.
    InternalError,
    /// Whoever asks may not see this series.
    Forbidden,
    /// Another word, or none, with what is wrong.
    Other(String),
}

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ApiError {
    pub(super) problem: String,
    pub(super) next_step: String,
    /// Whether a later try may do.
    pub(super) passing: bool,
    /// Whether the token of the next page was refused: the same question from its first page may do.
    pub(super) stale_token: bool,
}
