//! The schedules for programs.

use serde_json::{Map, Value, json};

use super::{
    Handover, ScheduleFormat,
    format::{Dates, utc},
    window_words,
};
use crate::plans::{OtherDay, daily_spans};

/// The version of the document; raised when a field changes its meaning or goes away.
const VERSION: u32 = 1;

/// All schedules, and the pools that have none with the reason; ends with a line break.
pub fn schedules_json(schedules: &[Handover], without: &[(String, String)]) -> String {
    let document = json!({
        "schema": "mailtide-schedule",
        "version": VERSION,
        "schedules": schedules.iter().map(schedule).collect::<Vec<Value>>(),
        "without": without.iter().map(|(pool, reason)| json!({ "pool": pool, "reason": reason })).collect::<Vec<_>>(),
    });
    format!("{document:#}\n")
}

fn schedule(schedule: &Handover) -> Value {
    let windows = daily_spans(&schedule.low_spans());
    let other_day = |day: &OtherDay| {
        json!({
            "date": day.day.date.to_string(),
            "because": day.day.because,
            "needs_more": day.needs_more,
            "needs_fewer": day.needs_fewer,
            "windows": day.day.windows.iter().map(window_words::window_json).collect::<Vec<Value>>(),
        })
    };
    let said = ScheduleFormat::ALL.iter().map(|format| (format.name(), format.dates(schedule)));
    let weekly = said.clone().filter(|(_, dates)| *dates != Dates::All).map(|(name, _)| name);
    let said = said.map(|(name, dates)| (name.to_owned(), json!(dates.name())));
    json!({
        "pool": schedule.pool,
        "timezone": schedule.timezone.name(),
        "as_of": utc(schedule.as_of),
        "servers_now": schedule.servers_now,
        "expires": schedule.expires.map(|end| utc(end.at)),
        "windows": windows.iter().map(window_words::json).collect::<Vec<Value>>(),
        "other_days": schedule.other_days.iter().map(other_day).collect::<Vec<Value>>(),
        "dates": schedule.stretches.iter().map(window_words::stretch_json).collect::<Vec<Value>>(),
        "formats_without_other_days": weekly.collect::<Vec<_>>(),
        "other_days_in": said.collect::<Map<String, Value>>(),
    })
}
