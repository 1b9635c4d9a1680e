//! What the formats of Kubernetes have in common: lists, rights, and the end of a plan. Manifests are written in JSON,
//! which is YAML too, and read in either.

use serde_json::{Value, json};

use super::{
    InForce,
    annotations::metadata,
    cronjob,
    format::{ScheduleError, Writer},
    keda, kube_downscaler,
    names::plain,
    recurrence::once_a_year,
};
use crate::{
    plans::local,
    platform::{Workload, WorkloadKind},
};

/// The longest that a change may be late, in seconds: half an hour, well within the shortest window; what was missed
/// for longer is made good by the next change.
const LATEST_SECONDS: u32 = 1800;

/// Seconds after which a change that hangs is given up and tried again.
const GIVEN_UP_SECONDS: u32 = 600;

/// The pool's name in messages and comparisons: `mail/Deployment/webmail`.
pub(super) fn target(workload: &Workload) -> String {
    format!("{}/{}/{}", workload.namespace, workload.kind.name(), workload.name)
}

/// `deployments`, as rights name it.
pub(super) fn resource(kind: WorkloadKind) -> &'static str {
    match kind {
        WorkloadKind::Deployment => "deployments",
        WorkloadKind::StatefulSet => "statefulsets",
    }
}

/// `deployment/webmail`, as `kubectl` takes it.
pub(super) fn argument(workload: &Workload) -> String {
    format!("{}/{}", workload.kind.name().to_ascii_lowercase(), workload.name)
}

/// Several objects as one.
pub(super) fn list(items: Vec<Value>) -> Value {
    json!({ "apiVersion": "v1", "kind": "List", "items": items })
}

/// An account with just these rights, for the jobs of a schedule.
pub(super) fn account(writer: &Writer<'_>, namespace: &str, rules: Vec<Value>) -> Vec<Value> {
    let name = account_name(writer);
    let metadata = metadata(writer.schedule, &name, namespace);
    let subject = json!({ "kind": "ServiceAccount", "name": name, "namespace": namespace });
    let role = json!({ "apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": name });
    vec![
        json!({ "apiVersion": "v1", "kind": "ServiceAccount", "metadata": metadata }),
        json!({
            "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "Role", "metadata": metadata, "rules": rules,
        }),
        json!({
            "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "RoleBinding", "metadata": metadata,
            "subjects": [subject], "roleRef": role,
        }),
    ]
}

fn account_name(writer: &Writer<'_>) -> String {
    format!("mailtide-{}", plain(&writer.schedule.pool))
}

/// A job that runs `kubectl` at a recurrence.
pub(super) fn cron_job(
    writer: &Writer<'_>,
    namespace: &str,
    name: &str,
    recurrence: &str,
    arguments: &[String],
) -> Result<Value, ScheduleError> {
    let image =
        writer.need(writer.targets.kubectl_image.as_ref(), "the image to run kubectl in", "kubectl_image")?;
    let container = json!({
        "name": "kubectl",
        "image": image,
        "command": ["kubectl"],
        "args": arguments,
        "securityContext": {
            "allowPrivilegeEscalation": false,
            "capabilities": { "drop": ["ALL"] },
            "seccompProfile": { "type": "RuntimeDefault" },
        },
    });
    let pod = json!({
        "serviceAccountName": account_name(writer), "restartPolicy": "Never", "containers": [container],
    });
    Ok(json!({
        "apiVersion": "batch/v1",
        "kind": "CronJob",
        "metadata": metadata(writer.schedule, name, namespace),
        "spec": {
            "schedule": recurrence,
            "timeZone": writer.schedule.timezone.name(),
            "concurrencyPolicy": "Replace",
            "startingDeadlineSeconds": LATEST_SECONDS,
            "successfulJobsHistoryLimit": 1,
            "failedJobsHistoryLimit": 3,
            "jobTemplate": { "spec": {
                "backoffLimit": 4,
                "activeDeadlineSeconds": GIVEN_UP_SECONDS,
                "template": { "spec": pod },
            } },
        },
    }))
}

/// The name of the job that ends a schedule.
pub(super) fn end_name(writer: &Writer<'_>) -> String {
    format!("mailtide-{}-end", plain(&writer.schedule.pool))
}

/// The recurrence of a schedule's end. It names no year, so the job has to be gone a year later: it removes itself.
pub(super) fn end_recurrence(writer: &Writer<'_>) -> Option<String> {
    let end = local(writer.schedule.timezone, writer.schedule.expires?.at)?;
    Some(once_a_year(end))
}

/// The right to remove these jobs.
pub(super) fn may_delete_jobs(names: &[String]) -> Value {
    json!({ "apiGroups": ["batch"], "resources": ["cronjobs"], "resourceNames": names, "verbs": ["get", "delete"] })
}

/// An object's own name, with its namespace.
pub(super) fn named(document: &Value) -> (String, String) {
    let text = |field: &str| document["metadata"][field].as_str().map(str::to_owned);
    (text("namespace").unwrap_or_else(|| "default".to_owned()), text("name").unwrap_or_default())
}

/// All objects, those of lists one by one.
fn objects(documents: &[Value]) -> Vec<&Value> {
    let mut objects = Vec::new();
    for document in documents {
        match document["items"].as_array() {
            Some(items) => objects.extend(items),
            None => objects.push(document),
        }
    }
    objects
}

/// Whether a document is an object of Kubernetes.
pub(super) fn claims(document: &Value) -> bool {
    document["apiVersion"].is_string() && document["kind"].is_string()
}

/// Reads the plans of all objects.
pub(super) fn read(documents: &[Value]) -> Vec<InForce> {
    let objects = objects(documents);
    let of_kind = |kind: &'static str| objects.iter().copied().filter(move |object| object["kind"] == kind);
    let mut found: Vec<InForce> = of_kind("ScaledObject").map(keda::read).collect();
    found.extend(of_kind("Deployment").chain(of_kind("StatefulSet")).filter_map(kube_downscaler::read));
    found.extend(cronjob::read(&of_kind("CronJob").collect::<Vec<_>>()));
    found
}
