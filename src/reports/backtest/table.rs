//! The back-test as tables for a terminal.

use comfy_table::{CellAlignment, ContentArrangement, Table, presets::NOTHING};

use super::page::{summary, unknown};
use crate::reports::{
    Played,
    scores::{ScoreTable, tables},
};

/// How a back-test came out, in tables of some hundred columns.
pub fn backtest_table(played: &Played) -> String {
    let of_kinds = played.kinds().into_iter().flat_map(|kind| tables(kind, played.of(kind)));
    let mut parts: Vec<String> = of_kinds.map(|table| in_columns(&table)).collect();
    parts.extend([summary(played)].into_iter().chain(unknown(played)).map(|text| text + "\n"));
    // No-break spaces have kept numbers and units whole; a terminal shows plain ones.
    parts.join("\n").replace(['\u{a0}', '\u{202f}'], " ")
}

fn in_columns(scores: &ScoreTable) -> String {
    let mut table = Table::new();
    table.load_style(NOTHING).set_content_arrangement(ContentArrangement::Disabled);
    let head = scores.head.iter().map(|name| name.to_lowercase());
    table.set_header(["ahead".to_owned(), "who".to_owned()].into_iter().chain(head));
    for line in &scores.lines {
        let said = [line.ahead.clone(), line.method.to_owned()];
        table.add_row(said.into_iter().chain(line.cells.iter().cloned()));
    }
    for column in table.column_iter_mut().skip(2) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    format!("{}\n{}\n", scores.title, table.trim_fmt())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reports::backtest::fixture::played;

    #[test]
    fn the_whole_table() {
        let table = backtest_table(&played());
        let in_columns = |line: &&str| line.starts_with(' ');
        assert!(table.lines().filter(in_columns).all(|line| line.chars().count() <= 112), "{table}");
        insta::assert_snapshot!(table);
    }

    #[test]
    fn a_history_that_bears_nothing_says_so() {
        let nothing = Played { rows: Vec::new(), moments: Vec::new(), forecasts: 0, ..played() };
        insta::assert_snapshot!(backtest_table(&nothing));
    }
}
