//! Archive: what was fetched, de-duplicated, in Parquet, partitioned by measure and month.
//!
//! ```text
//! ROOT/format.json                                        format, schema version, who wrote it first
//! ROOT/lock                                               held while appending; names its holder
//! ROOT/measure=disk.used/series.parquet                   registry: id u32, source, labels (JSON object)
//! ROOT/measure=disk.used/month=2026-03/points.parquet     id u32, time i64 (s, UTC), value f64
//! ROOT/notes/NAME.json                                    what other parts of the program have noted
//! ROOT/ledger/2026-03-02.parquet                          what the run of a day (UTC) has foretold
//! ROOT/measure=disk.used/year=2024/points.parquet         the same, once the year is long over
//! ```
//!
//! ROOT is a directory, or a prefix in a bucket of an object store (S3, Google Cloud Storage, Azure); the files
//! are the same, so an archive can be copied from one to the other.
//!
//! Points ascend by id, then time; months are UTC; pages are zstd. Any Parquet reader can read the files.
//! Each also carries a checksum of itself in its footer, so that a damaged file is
//! named and never decoded into wrong numbers.
//!
//! What holds at every moment, whoever is killed and whenever:
//! - a file is old or new, never half: in a directory by temporary file, fsync, rename and fsync of the directory,
//!   in an object store by putting whole objects;
//! - an id is in the registry before a partition uses it, and is never given to another series;
//! - readers take no lock: they read the partitions first, and the registry, which only grows, after them;
//! - writers do not undo each other: in a directory one appends at a time, by the operating system's lock. In an
//!   object store there is no lock, and any number may append: each write is conditional on the version that was
//!   read (`If-Match`, `If-None-Match`), and whoever is overtaken reads, merges and writes again.
//!
//! Reading order: `store` (open), `append`, `merge`, `extract` and `read`, `info`; below them `partition`
//! and `registry` (what a file holds), `parquet` (polars is named there only), `storage` (where files lie).

mod append;
mod checksum;
mod coverage;
mod downsample;
mod error;
mod extract;
mod fold;
mod format;
mod info;
mod join;
mod layout;
mod ledger;
mod location;
mod merge;
mod migrate;
mod month;
mod normalise;
mod notes;
mod parquet;
mod partition;
mod period;
mod read;
mod registry;
mod spans;
mod step;
mod storage;
mod store;
pub mod table;
mod tidy;
mod verify;

#[cfg(test)]
mod tests;

pub use append::Appended;
pub use coverage::{Coverage, Wanted};
pub use error::ArchiveError;
pub use extract::{Column, Extract};
pub use info::{ArchiveInfo, MeasureInfo};
pub use join::{Disagreement, EARLIER_PULL};
pub use location::{Bucket, Location, StoreOptions};
pub use spans::Spans;
pub use store::Archive;
pub use table::{TableColumn, write_parquet};
pub use tidy::{Tidied, Tidying};
pub use verify::{Flaw, Span, Verification};
