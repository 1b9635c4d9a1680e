//! Schedule targets: what the tools that execute a pool's scale-down plan call the pool.

use std::collections::BTreeMap;

use super::{Pool, document::Document, fields::Fields, wording::quoted};

/// What the tools that execute a pool's scale-down plan call the pool; each is `None` where it is not declared.
/// No two pools have one in common.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ScheduleTargets {
    /// The name of its EC2 Auto Scaling group.
    pub auto_scaling_group: Option<String>,
    /// The largest size that the scheduled actions give the group; they leave it as it is where not declared.
    pub max_size: Option<u32>,
    /// The name of its schedules in AWS Instance Scheduler, which is the value of the instances' tag.
    pub instance_schedule: Option<String>,
    /// Where it runs in Kubernetes.
    pub workload: Option<Workload>,
    /// The container image with `kubectl` in which Kubernetes changes the number of replicas.
    pub kubectl_image: Option<String>,
    /// The shell command for cron, with `{servers}` where the number of servers goes.
    pub command: Option<String>,
}

/// A workload of Kubernetes whose replicas are a pool's servers.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Workload {
    /// Its namespace.
    pub namespace: String,
    /// What kind it is.
    pub kind: WorkloadKind,
    /// Its name.
    pub name: String,
}

/// The kinds of workloads whose replicas can be switched off and on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum WorkloadKind {
    /// A `Deployment`.
    Deployment,
    /// A `StatefulSet`.
    StatefulSet,
}

impl WorkloadKind {
    /// Its name in manifests.
    pub fn name(self) -> &'static str {
        match self {
            WorkloadKind::Deployment => "Deployment",
            WorkloadKind::StatefulSet => "StatefulSet",
        }
    }
}

/// Longest name of an Auto Scaling group (its API's `ResourceName`), and of a tag's value at AWS.
const LONGEST_AWS: usize = 255;
/// Longest label and longest name of Kubernetes (RFC 1123).
const LONGEST_LABEL: usize = 63;
const LONGEST_NAME: usize = 253;
/// Longest command: cron takes lines of 1,000 bytes (`MAX_COMMAND` of Vixie cron and its descendants), of which
/// some are needed for what is put before it and into it.
const LONGEST_COMMAND: usize = 800;

impl ScheduleTargets {
    /// What stands for the number of servers in a command.
    pub const SERVERS: &str = "{servers}";

    /// Reads `[pool.schedule]`.
    pub(super) fn read(mut fields: Fields<'_>) -> ScheduleTargets {
        let printable = |text: &str| text.len() <= LONGEST_AWS && !text.chars().any(char::is_control);
        let aws = "a name of at most 255 bytes, without control characters";
        let auto_scaling_group = checked(&mut fields, "auto_scaling_group", aws, printable);
        let whole = |number: f64| number.fract() == 0.0 && number >= 1.0 && number <= f64::from(u32::MAX);
        // The check makes the conversion exact.
        let max_size = fields
            .number("max_size", "a number of servers", "a whole number from 1", whole)
            .map(|n| n as u32);
        if max_size.is_some() && !fields.has("auto_scaling_group") {
            fields.refuse("max_size", "is of no group", "add auto_scaling_group, or remove max_size");
        }
        let tag = "letters, digits, dots, dashes and underscores, at most 200";
        let is_tag = |text: &str| {
            text.len() <= 200
                && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_'))
        };
        let instance_schedule = checked(&mut fields, "instance_schedule", tag, is_tag);
        let image = "an image as in registry.example/kubectl:v1.34, without spaces or control characters";
        let is_image = |text: &str| text.len() <= LONGEST_AWS && text.chars().all(|c| c.is_ascii_graphic());
        let kubectl_image = checked(&mut fields, "kubectl_image", image, is_image);
        let workload = read_workload(&mut fields);
        let command = read_command(&mut fields);
        fields.finish();
        ScheduleTargets { auto_scaling_group, max_size, instance_schedule, workload, kubectl_image, command }
    }

    /// Each target in words that no other pool's may equal, with the field that it stands in.
    fn names(&self) -> Vec<(&'static str, String)> {
        let plain = |field, name: &Option<String>| name.clone().map(|name| (field, name));
        let workload = self.workload.as_ref().map(|w| {
            let field = match w.kind {
                WorkloadKind::Deployment => "deployment",
                WorkloadKind::StatefulSet => "stateful_set",
            };
            (field, format!("{}/{}", w.namespace, w.name))
        });
        [
            plain("auto_scaling_group", &self.auto_scaling_group),
            plain("instance_schedule", &self.instance_schedule),
            workload,
            plain("command", &self.command),
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}

/// Refuses a target that two pools have: both their plans would change the same servers. `offsets` are where the
/// pools stand.
pub(super) fn refuse_shared_targets(document: &Document<'_>, pools: &[Option<Pool>], offsets: &[usize]) {
    let mut taken: BTreeMap<(&'static str, String), usize> = BTreeMap::new();
    for (pool, &offset) in pools.iter().zip(offsets) {
        let Some(pool) = pool else { continue };
        for (field, name) in pool.schedule.names() {
            let table = format!("pool {}.schedule", quoted(&pool.name));
            match taken.get(&(field, name.clone())) {
                Some(&line) => {
                    let problem = format!("{} is that of the pool at line {line}", quoted(&name));
                    document.refuse(offset, &table, field, problem, "legal: one that no other pool has");
                }
                None => {
                    taken.insert((field, name), document.line(offset));
                }
            }
        }
    }
}

/// A text for which `holds`.
fn checked(
    fields: &mut Fields<'_>,
    field: &'static str,
    legal: &str,
    holds: impl Fn(&str) -> bool,
) -> Option<String> {
    let text = fields.text(field)?.into_inner();
    if !holds(&text) {
        fields.refuse(field, format!("{} is refused", quoted(&text)), format!("legal: {legal}"));
        return None;
    }
    Some(text)
}

/// Lower-case letters, digits and dashes, no dash at either end (RFC 1123); with dots between labels in a name.
fn is_dns(text: &str, longest: usize, dots: bool) -> bool {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    let label = |label: &str| {
        !label.is_empty() && !label.starts_with('-') && !label.ends_with('-') && label.chars().all(plain)
    };
    text.len() <= longest && text.split('.').all(label) && (dots || !text.contains('.'))
}

fn read_workload(fields: &mut Fields<'_>) -> Option<Workload> {
    let label = "a label of RFC 1123: lower-case letters, digits and dashes, at most 63";
    let name = "a name of RFC 1123: lower-case letters, digits, dashes and dots, at most 253";
    let namespace = checked(fields, "namespace", label, |text| is_dns(text, LONGEST_LABEL, false));
    let deployment = checked(fields, "deployment", name, |text| is_dns(text, LONGEST_NAME, true));
    let stateful_set = checked(fields, "stateful_set", name, |text| is_dns(text, LONGEST_NAME, true));
    let named = ["deployment", "stateful_set"].into_iter().find(|field| fields.has(field));
    match named {
        Some("deployment") if fields.has("stateful_set") => {
            fields.refuse("stateful_set", "stands beside deployment", "legal: one of the two");
        }
        Some(field) if !fields.has("namespace") => {
            fields.refuse(field, "has no namespace beside it", "add namespace");
        }
        None if fields.has("namespace") => {
            fields.refuse("namespace", "is of no workload", "add deployment or stateful_set");
        }
        _ => {}
    }
    let (kind, name) = match (deployment, stateful_set) {
        (Some(name), None) => (WorkloadKind::Deployment, name),
        (None, Some(name)) => (WorkloadKind::StatefulSet, name),
        _ => return None,
    };
    Some(Workload { namespace: namespace?, kind, name })
}

fn read_command(fields: &mut Fields<'_>) -> Option<String> {
    let legal = "one line of at most 800 bytes with {servers} in it once, as in \"/usr/local/bin/resize webmail {servers}\"";
    let once = |text: &str| text.matches(ScheduleTargets::SERVERS).count() == 1;
    let line = |text: &str| text.len() <= LONGEST_COMMAND && !text.chars().any(char::is_control);
    // In crontabs a command that begins so is a comment, a nickname or an assignment to a variable.
    let starts = |text: &str| text.trim_start() == text && !text.starts_with(['#', '@']);
    checked(fields, "command", legal, |text| once(text) && line(text) && starts(text))
}
