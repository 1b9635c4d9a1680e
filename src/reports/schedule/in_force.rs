//! What is in force already, as the tools that execute it answer or keep it.

use chrono::DateTime;
use serde_json::Value;

use super::{
    ScheduleFormat, cron, ec2, format::Expressed, ical, instance_scheduler, kubernetes, terraform,
    yaml::documents,
};
use crate::{
    plans::{Comparison, Handover, Span, Stretch, compared},
    platform::{Platform, Pool},
};

/// A plan that is in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InForce {
    /// What it is written in.
    pub format: ScheduleFormat,
    /// What is changed, in the words of the target: a group, a workload, a pool.
    pub target: String,
    /// The pool that it says it is of, where the format can say so.
    pub pool: Option<String>,
    /// The zone of its times, as it is written.
    pub timezone: String,
    /// The windows in which fewer servers run than outside them.
    pub windows: Vec<Span>,
    /// The servers outside the windows, where it says so.
    pub servers_now: Option<u32>,
    /// What is different from these windows on dates, in local time, ascending.
    pub dates: Vec<Stretch>,
    /// The moment at which it ends, in seconds since 1970-01-01 UTC.
    pub expires: Option<i64>,
    /// The names of its parts, to delete those by that a new plan has no more.
    pub names: Vec<String>,
    /// What of it could not be understood.
    pub notes: Vec<String>,
}

/// Why a file cannot be compared.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{problem}; legal: {LEGAL}")]
pub struct InForceError {
    /// What is wrong with it.
    pub problem: String,
}

const LEGAL: &str = "the answer of `aws autoscaling describe-scheduled-actions`, Terraform's JSON, a CloudFormation \
                     template or Kubernetes manifests that `mailtide schedule` wrote, a crontab, a calendar";

impl InForceError {
    pub(super) fn new(problem: impl Into<String>) -> InForceError {
        InForceError { problem: problem.into() }
    }
}

/// Largest file: all of them are lists of some dozens of entries.
const LARGEST: usize = 16 * 1024 * 1024;

/// Reads what is in force; its format is told by its content. `pools` are those whose commands a crontab may have.
///
/// # Errors
/// The text is of no format, or is damaged.
pub fn read_in_force(text: &str, pools: &[Pool]) -> Result<Vec<InForce>, InForceError> {
    if text.len() > LARGEST {
        return Err(InForceError::new("it has more than 16 MiB"));
    }
    let text = text.trim_start_matches('\u{feff}');
    let begin = text.trim_start();
    if begin.is_empty() {
        return Err(InForceError::new("it is empty"));
    }
    if begin.starts_with("BEGIN:") {
        return ical::read(text);
    }
    if begin.starts_with(['{', '[']) {
        let document: Value = serde_json::from_str(text)
            .map_err(|error| InForceError::new(format!("it begins as JSON and is none ({error})")))?;
        return of_documents(&[document]);
    }
    if cron::claims(text, pools) {
        return cron::read(text, pools);
    }
    of_documents(&documents(text)?)
}

fn of_documents(documents: &[Value]) -> Result<Vec<InForce>, InForceError> {
    let found: Vec<InForce> = match documents {
        [one] if ec2::claims(one) => ec2::read(one),
        [one] if terraform::claims(one) => terraform::read(one),
        [one] if instance_scheduler::claims(one) => instance_scheduler::read(one)?,
        _ if documents.iter().any(kubernetes::claims) => kubernetes::read(documents),
        _ => return Err(InForceError::new("it is no plan that mailtide knows")),
    };
    Ok(found)
}

/// A plan in force and the schedule of its pool, if there is one; and the pool.
#[derive(Debug, Clone, PartialEq)]
pub struct Matched<'a> {
    /// What is in force.
    pub in_force: &'a InForce,
    /// The pool that it is of; `None` where no pool's target is it.
    pub pool: Option<&'a Pool>,
    /// What is planned for the pool.
    pub schedule: Option<&'a Handover>,
}

impl Matched<'_> {
    /// What has changed; `None` where the plan in force is of no pool, for then nothing is planned.
    pub fn comparison(&self) -> Option<Comparison> {
        self.pool?;
        let was = self.in_force;
        let Some(schedule) = self.schedule else {
            return Some(Comparison {
                windows: compared(&was.windows, &[]),
                dates: (was.dates.clone(), Vec::new()),
                ..Comparison::default()
            });
        };
        let Expressed { windows: planned, servers_now, dates } = was.format.expressed(schedule);
        let now = schedule.earliest();
        let to_come = |all: &[Stretch]| -> Vec<Stretch> {
            all.iter().filter_map(|stretch| stretch.since(now)).collect()
        };
        let (dates_in_force, dates) = (to_come(&was.dates), to_come(&dates));
        let zone = schedule.timezone.name();
        let end = schedule.expires.map(|end| end.at);
        let has_ended = was.expires.is_some_and(|end| end <= schedule.as_of);
        if has_ended {
            // Nothing of it is in force any more.
            let windows = compared(&[], &planned);
            return Some(Comparison {
                windows,
                dates: (Vec::new(), to_come(&dates)),
                expires: Some((was.expires, end)),
                ..Comparison::default()
            });
        }
        Some(Comparison {
            windows: compared(&was.windows, &planned),
            timezone: (was.timezone != zone && !was.windows.is_empty())
                .then(|| (was.timezone.clone(), zone.to_owned())),
            servers_now: was
                .servers_now
                .filter(|servers| *servers != servers_now)
                .map(|servers| (servers, servers_now)),
            dates: (without(&dates_in_force, &dates), without(&dates, &dates_in_force)),
            // A plan that was not asked to end may still be in force with an end.
            expires: (end.is_some() && was.expires != end).then_some((was.expires, end)),
        })
    }
}

/// Those of the first that the second has not.
fn without(all: &[Stretch], others: &[Stretch]) -> Vec<Stretch> {
    all.iter().filter(|stretch| !others.contains(stretch)).copied().collect()
}

/// Finds the pool of each plan in force: by its target, or by the pool that it says it is of.
pub fn matched<'a>(
    in_force: &'a [InForce],
    platform: &'a Platform,
    schedules: &'a [Handover],
) -> Vec<Matched<'a>> {
    let of = |plan: &'a InForce| {
        let by_target =
            platform.pools.iter().find(|pool| target_of(plan.format, pool).as_ref() == Some(&plan.target));
        let by_name = || plan.pool.as_deref().and_then(|name| platform.pool(name));
        let pool = by_target.or_else(by_name);
        let schedule = pool.and_then(|pool| schedules.iter().find(|schedule| schedule.pool == pool.name));
        Matched { in_force: plan, pool, schedule }
    };
    in_force.iter().map(of).collect()
}

/// How a format calls a pool.
fn target_of(format: ScheduleFormat, pool: &Pool) -> Option<String> {
    let targets = &pool.schedule;
    match format {
        ScheduleFormat::Ec2 | ScheduleFormat::Terraform => targets.auto_scaling_group.clone(),
        ScheduleFormat::InstanceScheduler => targets.instance_schedule.clone(),
        ScheduleFormat::Keda | ScheduleFormat::KubeDownscaler | ScheduleFormat::CronJob => {
            targets.workload.as_ref().map(kubernetes::target)
        }
        ScheduleFormat::Cron => targets.command.clone(),
        ScheduleFormat::Ical => Some(pool.name.clone()),
    }
}

/// A moment as RFC 3339 has it, in seconds since 1970-01-01 UTC.
pub(super) fn moment(text: &str) -> Option<i64> {
    DateTime::parse_from_rfc3339(text).ok().map(|moment| moment.timestamp())
}
