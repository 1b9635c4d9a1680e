//! `CronJob`s of Kubernetes, one for each change, that run `kubectl scale`, with the rights that it needs.
//! <https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/>

use serde_json::{Value, json};

use super::{
    InForce, ScheduleFormat, annotations,
    format::{Text, Writer, pretty},
    kubernetes::{
        account, argument, cron_job, end_name, end_recurrence, list, may_delete_jobs, named, resource,
    },
    names::numbered,
    recurrence::recurrence,
    steps::{Grouped, Step},
};
use crate::{
    plans::Handover,
    platform::{ScheduleTargets, WorkloadKind},
};

pub(super) fn write(schedule: &Handover, targets: &ScheduleTargets) -> Text {
    let writer = Writer { schedule, targets, format: ScheduleFormat::CronJob };
    let workload = writer.workload()?;
    let namespace = &workload.namespace;
    let mut jobs = Vec::new();
    let mut names = Vec::new();
    for (at, daily) in schedule.week.daily_changes().iter().enumerate() {
        let arguments = [
            "scale".to_owned(),
            format!("--namespace={namespace}"),
            format!("--replicas={}", daily.what),
            argument(workload),
        ];
        let name = numbered(&schedule.pool, at);
        jobs.push(cron_job(&writer, namespace, &name, &recurrence(daily), &arguments)?);
        names.push(name);
    }
    let changes = names.len();
    let plural = resource(workload.kind);
    let only = [&workload.name];
    let mut rules = vec![
        json!({ "apiGroups": ["apps"], "resources": [plural], "resourceNames": only, "verbs": ["get"] }),
        json!({
            "apiGroups": ["apps"], "resources": [format!("{plural}/scale")], "resourceNames": only,
            "verbs": ["get", "patch", "update"],
        }),
    ];
    if let Some(end) = end_recurrence(&writer) {
        names.push(end_name(&writer));
        let mut arguments =
            vec!["delete".to_owned(), format!("--namespace={namespace}"), "cronjob".to_owned()];
        arguments.extend(names.clone());
        arguments.push("--ignore-not-found".to_owned());
        jobs.push(cron_job(&writer, namespace, &end_name(&writer), &end, &arguments)?);
        rules.push(may_delete_jobs(&names));
    }
    let mut items = account(&writer, namespace, rules);
    items.extend(jobs);
    let cautions = vec![format!(
        "an earlier plan may have left jobs with numbers above {changes:02}: `kubectl get cronjob -n {namespace} -l \
         app.kubernetes.io/managed-by=mailtide` lists them; an autoscaler of the same workload works against them"
    )];
    Ok((pretty(&list(items)), cautions))
}

/// Reads the jobs that scale something, for each thing that they scale.
pub(super) fn read(jobs: &[&Value]) -> Vec<InForce> {
    let mut targets = Grouped::default();
    for job in jobs {
        let (namespace, name) = named(job);
        let Some((target, servers)) = scaled(job, &namespace) else { continue };
        let steps = targets.of(&target);
        if job["spec"]["suspend"] == true {
            steps.notes.push(format!("{name:?} is suspended"));
            continue;
        }
        let text = |field: &str| job["spec"][field].as_str().map(str::to_owned);
        steps.pool = steps.pool.take().or_else(|| annotations::pool(job));
        steps.push(Step {
            name,
            recurrence: text("schedule"),
            // Without a zone, it is that of the cluster's controller.
            timezone: text("timeZone").unwrap_or_else(|| "that of the cluster".to_owned()),
            servers,
            end: job["metadata"]["annotations"]["mailtide/expires"].as_str().map(str::to_owned),
            ..Step::default()
        });
    }
    targets.in_force(ScheduleFormat::CronJob)
}

/// What `kubectl scale` in a job changes, and to how many; `None` where it runs something else.
fn scaled(job: &Value, namespace: &str) -> Option<(String, Option<u32>)> {
    let containers = &job["spec"]["jobTemplate"]["spec"]["template"]["spec"]["containers"];
    let container = &containers.as_array()?.first()?;
    let words = ["command", "args"].into_iter().filter_map(|field| container[field].as_array()).flatten();
    // Written as a line for a shell, or word by word.
    let words: Vec<&str> = words.filter_map(Value::as_str).flat_map(str::split_whitespace).collect();
    let mut rest = words.iter().skip_while(|word| **word != "scale").skip(1);
    let (mut namespace, mut servers, mut kind, mut name) = (namespace.to_owned(), None, None, None);
    while let Some(word) = rest.next() {
        let (option, value) = match word.split_once('=') {
            Some((option, value)) if option.starts_with('-') => (option, Some(value)),
            _ => (*word, None),
        };
        match option {
            "--replicas" => {
                servers = value.or_else(|| rest.next().copied()).and_then(|text| text.parse().ok())
            }
            "-n" | "--namespace" => namespace = value.or_else(|| rest.next().copied())?.to_owned(),
            option if option.starts_with('-') => {}
            word => match (word.split_once('/'), kind) {
                (Some((of, own)), None) => (kind, name) = (kind_of(of), Some(own)),
                (None, None) => kind = kind_of(word),
                (None, Some(_)) if name.is_none() => name = Some(word),
                _ => {}
            },
        }
    }
    Some((format!("{namespace}/{}/{}", kind?.name(), name?), servers))
}

/// The kind that `kubectl` calls so.
fn kind_of(word: &str) -> Option<WorkloadKind> {
    match word.split('.').next()?.to_ascii_lowercase().as_str() {
        "deployment" | "deployments" | "deploy" => Some(WorkloadKind::Deployment),
        "statefulset" | "statefulsets" | "sts" => Some(WorkloadKind::StatefulSet),
        _ => None,
    }
}
