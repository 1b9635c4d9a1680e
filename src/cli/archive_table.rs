//! The table of `mailtide archive info`.

use chrono::DateTime;
use comfy_table::{ContentArrangement, Table, presets::NOTHING};

use crate::archive::ArchiveInfo;

/// What an archive holds, a measure a line.
pub(super) fn archive_table(info: &ArchiveInfo, place: &str) -> String {
    let mut table = Table::new();
    table.load_style(NOTHING).set_content_arrangement(ContentArrangement::Disabled);
    table.set_header(["measure", "series", "points", "from", "to", "months", "gaps", "longest gap", "bytes"]);
    let date = |time: Option<i64>| {
        let moment = time.and_then(|t| DateTime::from_timestamp(t, 0));
        moment.map_or_else(|| "–".to_owned(), |m| m.format("%Y-%m-%d %H:%M").to_string())
    };
    let hours = |seconds: Option<i64>| {
        seconds.map_or_else(|| "–".to_owned(), |s| format!("{:.1} h", s as f64 / 3600.0))
    };
    for held in &info.measures {
        table.add_row([
            held.measure.to_string(),
            held.series.to_string(),
            held.points.to_string(),
            date(held.first),
            date(held.last),
            held.months.to_string(),
            held.gaps.to_string(),
            hours(held.longest_gap_seconds),
            held.bytes.to_string(),
        ]);
    }
    let mut text = format!("{table}\n{}: {} bytes, times in UTC\n", place, info.bytes);
    for damage in info.measures.iter().flat_map(|m| &m.damaged) {
        text += &format!("damaged: {damage}\n");
    }
    text
}
