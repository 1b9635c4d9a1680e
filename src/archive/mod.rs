//! Archive: what was fetched, de-duplicated, in Parquet, partitioned by measure and month.

mod extract;

pub use extract::{Column, Extract};
