//! Scheduled actions of EC2 Auto Scaling, as `aws autoscaling batch-put-scheduled-update-group-action
//! --cli-input-json` takes them, and as `describe-scheduled-actions` answers them.
//!
//! Two actions of a group at the same time are refused there, so each is a change of the week. The interface has no
//! place for a comment.

use serde_json::{Value, json};

use super::{
    InForce, ScheduleError, ScheduleFormat,
    format::{Text, Writer, pretty, utc},
    in_force::{Grouped, Step},
    names::numbered,
    recurrence::recurrence,
};
use crate::{plans::Handover, platform::ScheduleTargets};

/// Most actions in one call.
const MOST_ACTIONS: usize = 50;

/// A recurring change of a group's size.
pub(super) struct Action {
    pub(super) name: String,
    pub(super) recurrence: String,
    pub(super) servers: u32,
}

/// The actions of a schedule.
pub(super) fn actions(writer: &Writer<'_>) -> Result<Vec<Action>, ScheduleError> {
    let schedule = writer.schedule;
    if let Some(max) = writer.targets.max_size.filter(|max| *max < schedule.week.most()) {
        return Err(writer.cannot(format!(
            "max_size is {max}, and it needs {}; raise max_size in its [pool.schedule]",
            schedule.week.most()
        )));
    }
    let daily = schedule.week.daily_changes();
    if daily.len() > MOST_ACTIONS {
        return Err(writer.cannot(format!("it has {} changes, and {MOST_ACTIONS} are taken", daily.len())));
    }
    let action = |(at, daily)| Action {
        name: numbered(&schedule.pool, at),
        recurrence: recurrence(daily),
        servers: daily.what,
    };
    Ok(daily.iter().enumerate().map(action).collect())
}

pub(super) fn write(schedule: &Handover, targets: &ScheduleTargets) -> Text {
    let writer = Writer { schedule, targets, format: ScheduleFormat::Ec2 };
    let group =
        writer.need(targets.auto_scaling_group.as_ref(), "which group to change", "auto_scaling_group")?;
    let actions = actions(&writer)?;
    let cautions = vec![format!(
        "an earlier plan may have left actions with numbers above {:02}: list them with `aws autoscaling \
         describe-scheduled-actions`, and delete them",
        actions.len()
    )];
    let actions = actions.into_iter().map(|action| {
        let mut json = json!({
            "ScheduledActionName": action.name,
            "Recurrence": action.recurrence,
            "TimeZone": schedule.timezone.name(),
            "MinSize": action.servers,
            "DesiredCapacity": action.servers,
        });
        if let Some(max) = targets.max_size {
            json["MaxSize"] = json!(max);
        }
        if let Some(end) = schedule.expires {
            json["EndTime"] = json!(utc(end.at));
        }
        json
    });
    let request = json!({
        "AutoScalingGroupName": group,
        "ScheduledUpdateGroupActions": actions.collect::<Vec<Value>>(),
    });
    Ok((pretty(&request), cautions))
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
            end: action["EndTime"].as_str().map(str::to_owned),
        });
    }
    groups.in_force(ScheduleFormat::Ec2)
}
