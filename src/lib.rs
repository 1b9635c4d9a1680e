//! Mailtide reads the history that a mail platform's monitoring already has and answers, once a week: when is a
//! disk full, is mail getting slower, and which hours need fewer servers.
//!
//! Data flows one way, and the modules stand in the order of the flow:
//!
//! ```text
//! platform   the operator's words: roles, pools, measures, units, limits, calendar
//! net        what goes over the wire: one HTTP client, secrets, credentials
//! sources    files and live servers  -> Samples   (a measure, its labels, times and values)
//! archive    Samples                 -> Extract   (de-duplicated, in Parquet, one measure, one range)
//! series     Extract                 -> Series    (one regular grid, holes explicit, steps marked)
//! models     Series                  -> Forecast | Profile | Drift
//! plans      models' answers         -> Finding   (verdict, severity, evidence, advice)
//! reports    Findings                -> HTML, PNG, JSON, CSV, Parquet, a table
//! ```
//!
//! `pipeline` is the only file that knows every room, and the only one that reads the clock; `cli` turns arguments
//! into domain words. A test (`tests/mailtide/architecture.rs`) keeps the direction. `README.md` says how to run
//! it, `ARCHITECTURE.md` why it is so, `docs/models.md` what its numbers mean.

pub mod platform;

pub mod net;

pub mod sources;

pub mod archive;

pub mod series;

pub mod models;

pub mod plans;

pub mod reports;

pub mod cli;
pub mod pipeline;
