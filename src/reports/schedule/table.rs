//! The schedules as a table for people.

use comfy_table::{ContentArrangement, Table, presets::NOTHING};

use super::{Handover, window_words};
use crate::{plans::daily_spans, reports::text::one_line};

/// Longest name in a table.
const LONGEST: usize = 40;

/// Each pool's windows, a window a line, and under it what holds for all of a pool; ends with a line break.
pub fn schedules_table(schedules: &[Handover]) -> String {
    if schedules.is_empty() {
        return String::new();
    }
    let mut table = Table::new();
    table.load_style(NOTHING).set_content_arrangement(ContentArrangement::Disabled);
    table.set_header(["pool", "servers", "of", "when", "time zone", "ends"]);
    for schedule in schedules {
        let end = schedule.expires.map_or_else(|| "–".to_owned(), |end| end.date.to_string());
        for window in daily_spans(&schedule.low_spans()) {
            table.add_row([
                one_line(&schedule.pool, LONGEST),
                window.what.1.to_string(),
                schedule.servers_now.to_string(),
                window_words::window(&window),
                schedule.timezone.name().to_owned(),
                end.clone(),
            ]);
        }
    }
    format!("{}\n", table.trim_fmt())
}
