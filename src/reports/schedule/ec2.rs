//! Scheduled actions of EC2 Auto Scaling, as `aws autoscaling batch-put-scheduled-update-group-action
//! --cli-input-json` takes them, and as `describe-scheduled-actions` answers them.
//!
//! Two actions of a group at the same time are refused there, so each is a change of the week. The interface has no
//! place for a comment.

use chrono::{Days, NaiveDateTime};
use serde_json::{Value, json};

use super::{
    InForce, ScheduleError, ScheduleFormat,
    format::{Dates, Text, Writer, pretty, utc},
    names::{numbered, plain},
    recurrence::recurrence,
    steps::{Grouped, Step},
};
use crate::{
    plans::{Handover, moment, occurrences},
    platform::ScheduleTargets,
};

/// Most actions in one call.
const MOST_ACTIONS: usize = 50;

/// Seconds.
const MINUTE: i64 = 60;

/// Most actions of a group; that of one call is below it.
pub(super) const MOST_OF_A_GROUP: usize = 125;

/// A change of a group's size: recurring, in the bounds of `start` and `end`, or once at `start`.
pub(super) struct Action {
    pub(super) name: String,
    pub(super) recurrence: Option<String>,
    pub(super) start: Option<i64>,
    pub(super) end: Option<i64>,
    pub(super) servers: u32,
}

/// Whether all changes fit into one call, those of dates too.
pub(super) fn has_room(schedule: &Handover) -> bool {
    schedule.stretches.is_empty() || all(schedule).len() <= MOST_ACTIONS
}

/// The actions of a schedule, with those of dates if `dates` asks for them.
pub(super) fn actions(writer: &Writer<'_>, dates: bool, most: usize) -> Result<Vec<Action>, ScheduleError> {
    let schedule = writer.schedule;
    let own = if dates { all(schedule) } else { weekly(schedule) };
    let needed = own.iter().map(|action| action.servers).max().unwrap_or(0);
    if let Some(max) = writer.targets.max_size.filter(|max| *max < needed) {
        return Err(writer.cannot(format!(
            "max_size is {max}, and it needs {needed}; raise max_size in its [pool.schedule]"
        )));
    }
    if own.len() > most {
        return Err(writer.cannot(format!("it has {} changes, and {most} are taken", own.len())));
    }
    Ok(own)
}

/// The actions of an ordinary week.
fn weekly(schedule: &Handover) -> Vec<Action> {
    let end = schedule.expires.map(|end| end.at);
    let action = |(at, daily)| Action {
        name: numbered(&schedule.pool, at),
        recurrence: Some(recurrence(daily)),
        start: None,
        end,
        servers: daily.what,
    };
    schedule.week.daily_changes().iter().enumerate().map(action).collect()
}

/// All actions. A recurring one that must not happen at some times is cut there into parts; the last part keeps its
/// name, so that it replaces the whole one of an earlier plan. A part starts at one of its own times, for an action
/// that recurs happens at its start too.
fn all(schedule: &Handover) -> Vec<Action> {
    let zone = schedule.timezone;
    let end = schedule.expires.map(|end| end.at);
    let mut actions = Vec::new();
    for (daily, whole) in schedule.week.daily_changes().iter().zip(weekly(schedule)) {
        let left_out = schedule.left_out(daily);
        let (Some(first), Some(last)) = (left_out.first(), left_out.last()) else {
            actions.push(whole);
            continue;
        };
        let Some(until) = last.date().checked_add_days(Days::new(14)) else { continue };
        let earliest = schedule.earliest();
        let times = occurrences(daily, earliest.date().min(first.date()), until);
        let mut parts: Vec<(Option<NaiveDateTime>, Option<NaiveDateTime>)> = Vec::new();
        // The first time since a cut at which it happens, if there was a cut; and whether it happened since.
        let (mut start, mut happened) = (None, false);
        for time in times.filter(|time| *time >= earliest) {
            if !left_out.contains(&time) {
                start = start.or((!parts.is_empty() || time > *first).then_some(time));
                happened = true;
            } else if happened {
                parts.push((start, Some(time)));
                (start, happened) = (None, false);
            }
        }
        parts.push((start, None));
        for (start, cut) in parts {
            let start = start.and_then(|time| moment(zone, time));
            let cut_at = cut.and_then(|time| moment(zone, time)).map(|at| at - MINUTE);
            // What would not start before the end of all has no part any more.
            if start.zip(end).is_some_and(|(start, end)| start >= end) {
                continue;
            }
            let name = match cut {
                Some(time) => format!("{}-until-{}", whole.name, time.format("%Y%m%d")),
                None => whole.name.clone(),
            };
            let recurrence = whole.recurrence.clone();
            actions.push(Action { name, recurrence, start, end: cut_at.or(end), servers: whole.servers });
        }
    }
    actions.extend(schedule.once().into_iter().filter_map(|(time, servers)| {
        let start = moment(zone, time)?;
        let name = format!("mailtide-{}-{}", plain(&schedule.pool), time.format("%Y%m%d-%H%M"));
        Some(Action { name, recurrence: None, start: Some(start), end: None, servers })
    }));
    actions
}

pub(super) fn write(schedule: &Handover, targets: &ScheduleTargets) -> Text {
    let writer = Writer { schedule, targets, format: ScheduleFormat::Ec2 };
    let group =
        writer.need(targets.auto_scaling_group.as_ref(), "which group to change", "auto_scaling_group")?;
    let dates = writer.format.dates(schedule) == Dates::All;
    let actions = actions(&writer, dates, MOST_ACTIONS)?;
    let recurring = schedule.week.daily_changes().len();
    let mut cautions = vec![format!(
        "an earlier plan may have left actions with numbers above {:02}: list them with `aws autoscaling \
         describe-scheduled-actions`, and delete them",
        recurring
    )];
    cautions.extend(dated_caution(schedule, dates));
    let actions = actions.into_iter().map(|action| {
        let mut json = json!({
            "ScheduledActionName": action.name,
            "TimeZone": schedule.timezone.name(),
            "MinSize": action.servers,
            "DesiredCapacity": action.servers,
        });
        if let Some(max) = targets.max_size {
            json["MaxSize"] = json!(max);
        }
        if let Some(recurrence) = action.recurrence {
            json["Recurrence"] = json!(recurrence);
        }
        if let Some(start) = action.start {
            json["StartTime"] = json!(utc(start));
        }
        if let Some(end) = action.end {
            json["EndTime"] = json!(utc(end));
        }
        json
    });
    let request = json!({
        "AutoScalingGroupName": group,
        "ScheduledUpdateGroupActions": actions.collect::<Vec<Value>>(),
    });
    Ok((pretty(&request), cautions))
}

/// What is to be known of actions for dates.
pub(super) fn dated_caution(schedule: &Handover, dates: bool) -> Option<String> {
    let first = schedule.stretches.first().filter(|_| dates)?;
    Some(format!(
        "it has actions for single dates: apply it before {}, write it anew each week, and delete the actions of an \
         earlier plan whose names end with a date that this one has not",
        first.from.format("%Y-%m-%d %H:%M")
    ))
}

/// Whether a document is of this format: what is written, or what is answered.
pub(super) fn claims(document: &Value) -> bool {
    document["ScheduledUpdateGroupActions"].is_array()
}

/// Reads the actions of each group.
pub(super) fn read(document: &Value) -> Vec<InForce> {
    let mut groups = Grouped::default();
    let all = document["ScheduledUpdateGroupActions"].as_array();
    for action in all.into_iter().flatten() {
        let of = action["AutoScalingGroupName"].as_str().or(document["AutoScalingGroupName"].as_str());
        let group = of.unwrap_or_default().to_owned();
        let servers = [&action["DesiredCapacity"], &action["MinSize"]].into_iter().find_map(Value::as_u64);
        groups.of(&group).push(Step {
            name: action["ScheduledActionName"].as_str().unwrap_or_default().to_owned(),
            recurrence: action["Recurrence"].as_str().map(str::to_owned),
            // Without a zone, recurrences are of UTC.
            timezone: action["TimeZone"].as_str().unwrap_or("UTC").to_owned(),
            servers: servers.and_then(|servers| u32::try_from(servers).ok()),
            start: action["StartTime"].as_str().map(str::to_owned),
            end: action["EndTime"].as_str().map(str::to_owned),
            ..Step::default()
        });
    }
    groups.in_force(ScheduleFormat::Ec2)
}
