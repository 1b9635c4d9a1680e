//! Reports: what the findings say, drawn. Nothing here fits or computes again; every renderer reads the same
//! [`Report`].
//!
//! ```text
//! Report ── chart/       SVG, and the same as PNG
//!        ├─ html/        weekly.html and cost-optimisation.html, from the templates in `reports/`
//!        ├─ json csv     findings.json, findings.csv
//!        ├─ forecasts    forecasts.parquet
//!        ├─ terminal     a table for stdout
//!        ├─ what_if/     scenarios beside the findings, as a table and as JSON
//!        └─ publish      all files, whole or not at all
//! Played ── backtest/     backtest.html, backtest.json, a table for stdout
//! Handover ─ schedule/  the scale-down plan for the tools that execute it, written and read back
//! ```
//!
//! `words` and `format` are the only places that turn verdicts and quantities into text; `text` and `slug` are
//! where labels, which are hostile input, become safe to show and to name files by.

mod backtest;
mod chart;
mod csv;
mod drawn;
mod error;
mod forecasts;
mod format;
mod hours;
mod html;
mod json;
mod looking_back;
mod played;
mod publish;
mod report;
mod schedule;
mod scores;
mod slug;
mod spark;
mod terminal;
mod text;
mod what_if;
mod words;

#[cfg(test)]
mod fixture;

pub use backtest::{backtest_json, backtest_table};
pub use chart::ChartError;
pub use error::ReportError;
pub use json::findings_json;
pub use played::{Played, Undecided};
pub use publish::{Published, publish, publish_backtest};
pub use report::{InputNotes, LiveSourceNote, MeasureHeld, Report, Unrecognised};
pub use schedule::{
    InForce, InForceError, Matched, ScheduleError, ScheduleFormat, Written, comparison_json,
    comparison_table, matched, read_in_force, save_schedules, schedules_json, schedules_table,
    write_schedule,
};
pub use terminal::terminal_table;
pub(crate) use text::{one_line, sentence};
pub use what_if::{what_if_json, what_if_table};
