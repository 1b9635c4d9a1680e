//! What can go wrong while a report is published.

use std::{io, path::PathBuf};

use super::ChartError;
use crate::archive::ArchiveError;

/// Why there is no report. The last good one stays as it was.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// The as-of moment is no calendar date.
    #[error("the as-of moment {seconds} s is no calendar date; give --as-of as a date such as 2026-11-16")]
    AsOf {
        /// Seconds since 1970-01-01 UTC.
        seconds: i64,
    },
    /// A chart could not be drawn.
    #[error("the chart of `{finding}` cannot be drawn")]
    Chart {
        /// The finding's identifier.
        finding: String,
        /// Why.
        source: ChartError,
    },
    /// The page's template does not fit what it is given.
    #[error("the template of the page fails")]
    Template(#[source] minijinja::Error),
    /// The findings have no form in JSON.
    #[error("the findings cannot be written as JSON")]
    Json(#[source] serde_json::Error),
    /// The findings have no form in CSV.
    #[error("the findings cannot be written as CSV")]
    Csv(#[source] ::csv::Error),
    /// The forecasts could not be written.
    #[error("the forecasts cannot be written as Parquet")]
    Parquet(#[source] ArchiveError),
    /// A file or directory could not be written.
    #[error("`{}` cannot be written; check that it is a directory of yours with room left", path.display())]
    Write {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Another process is publishing.
    #[error("another run is publishing into `{}`; wait for it or name another directory", out.display())]
    Busy {
        /// Into where.
        out: PathBuf,
    },
}
