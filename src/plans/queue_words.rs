//! A queue's peak, its draining and its servers' utilisation in words.

use super::{Draining, Fact, QueueBusy, QueueState, wording};
use crate::platform::Unit;

const WEEKDAYS: [&str; 7] =
    ["Mondays", "Tuesdays", "Wednesdays", "Thursdays", "Fridays", "Saturdays", "Sundays"];

/// `Mondays, 10:00 to 11:00`.
fn hour(weekday: u8, hour: u8) -> String {
    let day = WEEKDAYS.get(usize::from(weekday)).copied().unwrap_or_default();
    format!("{day}, {hour:02}:00 to {:02}:00", (hour + 1) % 24)
}

/// Hours as people say them.
fn hours(hours: f64) -> String {
    wording::counted(hours, "hour", "hours")
}

/// The numbers, by name.
pub(super) fn facts(state: &QueueState) -> Vec<Fact> {
    let mut facts = Vec::new();
    if let Some(peak) = state.weekly_peak {
        let amount = |value| wording::amount(value, Unit::Messages);
        let (low, high) = (amount(peak.lowest), amount(peak.highest));
        let text = format!("{} ({low} to {high} in {} weeks)", amount(peak.typical), peak.weeks);
        facts.push(wording::text("weekly peak", text));
        facts.push(wording::text("highest at", hour(peak.weekday, peak.hour)));
    }
    match state.drain {
        Some(drain) => facts.extend(of_drain(&drain)),
        None => facts.push(wording::text("drained after a peak", "no peak stands out")),
    }
    if let Some(busy) = state.busy {
        let rate = |value| wording::amount(value, Unit::MessagesPerSecond);
        let busiest = format!("{}, {}", rate(busy.arrivals), hour(busy.weekday, busy.hour));
        facts.push(wording::text("arrives in the busiest hour", busiest));
        facts.push(wording::text("utilisation then", utilisation(&busy, &rate(busy.capacity))));
    }
    if let Some(why) = &state.not_busy_because {
        facts.push(wording::text("utilisation", format!("cannot be said: {why}")));
    }
    facts
}

fn of_drain(drain: &Draining) -> Vec<Fact> {
    let after = wording::counted(drain.peaks as f64, "peak", "peaks");
    let text = match (drain.hours, drain.low, drain.high) {
        (Some(middle), Some(low), Some(high)) => {
            format!("in {} ({low:.0} to {high:.0}), {after}", hours(middle))
        }
        (Some(middle), ..) => {
            format!("in {}, some not within {}, {after}", hours(middle), hours(drain.longest))
        }
        (None, ..) => format!("half of them not within {}, {after}", hours(drain.longest)),
    };
    let mut facts = vec![wording::text("drained after a peak", text)];
    if drain.overtaken_lately > 0 {
        let text = format!("{} of {} in four weeks", drain.overtaken_lately, drain.lately);
        facts.push(wording::text("not drained before the next peak", text));
    }
    if let Some(longer) = drain.longer_by {
        let than = if longer > 0.0 { "longer" } else { "shorter" };
        facts.push(wording::text("takes", format!("{} {than} than at first", hours(longer.abs()))));
    }
    facts
}

fn utilisation(busy: &QueueBusy, capacity: &str) -> String {
    let percent = wording::percent(busy.utilisation);
    match (busy.low, busy.high) {
        (Some(low), Some(high)) => {
            let (low, high) = (wording::percent(low), wording::percent(high));
            format!("{percent} ({low} to {high}) of the {capacity} that leave while work waits")
        }
        _ => format!("at most {percent}: never seen at its limit, which is at least {capacity}"),
    }
}

/// What is wrong with a queue besides its drift, and what to do; `None` where nothing is.
pub(super) fn warning(state: &QueueState) -> Option<(String, String)> {
    if let (true, Some(busy)) = (state.is_near_limit(), state.busy) {
        let said = format!(
            "its busiest hour brings {} of what its servers can do",
            wording::percent(busy.utilisation)
        );
        let advice = "Add servers, or spread the busiest hours: near their limit waiting grows without end.";
        return Some((said, advice.to_owned()));
    }
    let drain = state.drain.filter(|_| state.is_overtaken())?;
    let said = format!(
        "{} of its {} peaks of late were not drained when the next one came",
        drain.overtaken_lately, drain.lately
    );
    let advice =
        "Find out what it waits for: what comes in faster than it leaves is not worked off between peaks.";
    Some((said, advice.to_owned()))
}
