//! The back-test of a whole archive: a page, a JSON document, a table for stdout.

mod json;
mod page;
mod table;

pub use json::backtest_json;
pub(super) use page::page;
pub use table::backtest_table;

#[cfg(test)]
pub(super) mod fixture;
