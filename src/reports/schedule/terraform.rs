//! `aws_autoscaling_schedule` of Terraform's AWS provider, in Terraform's JSON syntax.
//! <https://github.com/hashicorp/terraform-provider-aws/blob/main/website/docs/r/autoscaling_schedule.html.markdown>

use serde_json::{Map, Value, json};

use super::{
    InForce, ScheduleFormat,
    ec2::{MOST_OF_A_GROUP, actions},
    format::{Text, Writer, pretty, utc},
    steps::{Grouped, Step},
};
use crate::{plans::Handover, platform::ScheduleTargets};

const RESOURCE: &str = "aws_autoscaling_schedule";

/// What leaves a size as it is.
const UNCHANGED: i64 = -1;

pub(super) fn write(schedule: &Handover, targets: &ScheduleTargets) -> Text {
    let writer = Writer { schedule, targets, format: ScheduleFormat::Terraform };
    let group =
        writer.need(targets.auto_scaling_group.as_ref(), "which group to change", "auto_scaling_group")?;
    let mut resources = Map::new();
    for action in actions(&writer, true, MOST_OF_A_GROUP)? {
        let mut json = json!({
            "scheduled_action_name": action.name,
            "autoscaling_group_name": literal(group),
            "time_zone": schedule.timezone.name(),
            "min_size": action.servers,
            "desired_capacity": action.servers,
            "max_size": targets.max_size.map_or(UNCHANGED, i64::from),
        });
        if let Some(recurrence) = action.recurrence {
            json["recurrence"] = json!(recurrence);
        }
        if let Some(start) = action.start {
            json["start_time"] = json!(utc(start));
        }
        if let Some(end) = action.end {
            json["end_time"] = json!(utc(end));
        }
        resources.insert(action.name, json);
    }
    // Terraform passes over a property `//`.
    let document = json!({ "//": writer.sentence(), "resource": { RESOURCE: resources } });
    // What an earlier plan had more of, Terraform removes; what has happened, AWS does.
    let cautions = schedule.stretches.first().map(|first| {
        format!(
            "it has actions for single dates, which AWS removes when they are over: apply it before {}, and write it \
             anew before you apply it again",
            first.from.format("%Y-%m-%d %H:%M")
        )
    });
    Ok((pretty(&document), cautions.into_iter().collect()))
}

/// A text in which Terraform sees no template.
fn literal(text: &str) -> String {
    text.replace("${", "$${").replace("%{", "%%{")
}

fn plain(text: &str) -> String {
    text.replace("$${", "${").replace("%%{", "%{")
}

pub(super) fn claims(document: &Value) -> bool {
    document["resource"][RESOURCE].is_object()
}

/// Reads the resources of each group.
pub(super) fn read(document: &Value) -> Vec<InForce> {
    let mut groups = Grouped::default();
    for (name, resource) in document["resource"][RESOURCE].as_object().into_iter().flatten() {
        let group = plain(resource["autoscaling_group_name"].as_str().unwrap_or_default());
        let sizes = [&resource["desired_capacity"], &resource["min_size"]];
        // -1 is no size.
        let servers = sizes.into_iter().find_map(Value::as_u64);
        groups.of(&group).push(Step {
            name: resource["scheduled_action_name"].as_str().unwrap_or(name).to_owned(),
            recurrence: resource["recurrence"].as_str().map(str::to_owned),
            timezone: resource["time_zone"].as_str().unwrap_or("UTC").to_owned(),
            servers: servers.and_then(|servers| u32::try_from(servers).ok()),
            start: resource["start_time"].as_str().map(str::to_owned),
            end: resource["end_time"].as_str().map(str::to_owned),
            ..Step::default()
        });
    }
    groups.in_force(ScheduleFormat::Terraform)
}
