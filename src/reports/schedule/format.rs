//! The formats, and what is written in each.

use chrono::DateTime;

use super::{
    Handover, cron, cronjob, ec2, ical, instance_scheduler, keda, kube_downscaler, names, terraform,
};
use crate::{
    plans::{OtherDay, Span, Stretch},
    platform::{ScheduleTargets, Workload},
    reports::text::one_line,
};

/// The formats in which a schedule is handed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ScheduleFormat {
    /// Scheduled actions of EC2 Auto Scaling, as the AWS CLI takes them.
    Ec2,
    /// The same as `aws_autoscaling_schedule` of Terraform.
    Terraform,
    /// Schedules of AWS Instance Scheduler, as a CloudFormation template.
    InstanceScheduler,
    /// A `ScaledObject` of KEDA with cron triggers.
    Keda,
    /// Annotations of py-kube-downscaler.
    KubeDownscaler,
    /// `CronJob`s of Kubernetes.
    CronJob,
    /// A crontab.
    Cron,
    /// A calendar.
    Ical,
}

/// A schedule in one format.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// The file's name: the pool and the format, the same for every plan.
    pub file: String,
    /// The file.
    pub text: String,
    /// What the format cannot say, and what is to be known before it is applied.
    pub cautions: Vec<String>,
}

/// Why a schedule is not written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ScheduleError {
    /// The platform file does not say what is to be changed.
    #[error(
        "pool {pool}: {format} needs to know {what}; add {field} to its [pool.schedule] in the platform file",
        pool = shown(pool), format = format.name()
    )]
    NoTarget {
        /// The pool.
        pool: String,
        /// The format.
        format: ScheduleFormat,
        /// What is missing.
        what: &'static str,
        /// The field that would say it.
        field: &'static str,
    },
    /// The format cannot say what the schedule is.
    #[error("pool {pool}: {format} cannot take this plan: {why}", pool = shown(pool), format = format.name())]
    CannotSay {
        /// The pool.
        pool: String,
        /// The format.
        format: ScheduleFormat,
        /// What it cannot say, and what to do.
        why: String,
    },
}

fn shown(pool: &str) -> String {
    one_line(pool, 60)
}

impl ScheduleFormat {
    /// Every format.
    pub const ALL: &[ScheduleFormat] = &[
        ScheduleFormat::Ec2,
        ScheduleFormat::Terraform,
        ScheduleFormat::InstanceScheduler,
        ScheduleFormat::Keda,
        ScheduleFormat::KubeDownscaler,
        ScheduleFormat::CronJob,
        ScheduleFormat::Cron,
        ScheduleFormat::Ical,
    ];

    /// Its name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            ScheduleFormat::Ec2 => "ec2",
            ScheduleFormat::Terraform => "terraform",
            ScheduleFormat::InstanceScheduler => "instance-scheduler",
            ScheduleFormat::Keda => "keda",
            ScheduleFormat::KubeDownscaler => "kube-downscaler",
            ScheduleFormat::CronJob => "cronjob",
            ScheduleFormat::Cron => "cron",
            ScheduleFormat::Ical => "ical",
        }
    }

    /// What its files' names end with.
    fn suffix(self) -> &'static str {
        match self {
            ScheduleFormat::Ec2 => "ec2.json",
            ScheduleFormat::Terraform => "tf.json",
            ScheduleFormat::InstanceScheduler => "instance-scheduler.json",
            ScheduleFormat::Keda => "keda.json",
            ScheduleFormat::KubeDownscaler => "kube-downscaler.json",
            ScheduleFormat::CronJob => "cronjob.json",
            ScheduleFormat::Cron => "crontab",
            ScheduleFormat::Ical => "ics",
        }
    }

    /// The name of the file of a pool: the same for every plan.
    pub fn file_name(self, pool: &str) -> String {
        format!("{}.{}", names::plain(pool), self.suffix())
    }

    /// What it can say of what is different on dates.
    pub fn dates(self, schedule: &Handover) -> Dates {
        match self {
            ScheduleFormat::Ec2 if !ec2::has_room(schedule) => Dates::None,
            ScheduleFormat::Ec2 | ScheduleFormat::Terraform | ScheduleFormat::Cron | ScheduleFormat::Ical => {
                Dates::All
            }
            ScheduleFormat::Keda | ScheduleFormat::InstanceScheduler => Dates::More,
            ScheduleFormat::KubeDownscaler => Dates::Fewer,
            ScheduleFormat::CronJob => Dates::None,
        }
    }

    /// A schedule as the format can say it; what it cannot say is on the safe side, or told.
    pub fn expressed(self, schedule: &Handover) -> Expressed {
        let dates = match (self, self.dates(schedule)) {
            // The days have events of their own there, which are read by people.
            (ScheduleFormat::Ical, _) | (_, Dates::None) => Vec::new(),
            (ScheduleFormat::Keda, _) => keda::dates(schedule),
            (ScheduleFormat::InstanceScheduler, _) => instance_scheduler::dates(schedule),
            (ScheduleFormat::KubeDownscaler, _) => kube_downscaler::dates(schedule),
            _ => schedule.stretches.clone(),
        };
        let (windows, servers_now) = match self {
            ScheduleFormat::KubeDownscaler => (kube_downscaler::windows(schedule), schedule.servers_now),
            ScheduleFormat::Ical => (ical::spans(schedule), schedule.servers_now),
            // What never runs is no window of theirs: they know what they switch only.
            _ => {
                let most = schedule.week.most();
                (schedule.low_spans().into_iter().filter(|window| window.servers < most).collect(), most)
            }
        };
        Expressed { windows, servers_now, dates }
    }
}

/// What a format can say of dates that are unlike their weekday.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dates {
    /// All.
    All,
    /// That more servers run on them.
    More,
    /// That fewer servers run on them.
    Fewer,
    /// Nothing.
    None,
}

impl Dates {
    /// Its name in documents.
    pub fn name(self) -> &'static str {
        match self {
            Dates::All => "all",
            Dates::More => "more",
            Dates::Fewer => "fewer",
            Dates::None => "none",
        }
    }
}

/// A schedule as a format says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expressed {
    /// The windows of the week.
    pub windows: Vec<Span>,
    /// The servers outside.
    pub servers_now: u32,
    /// What is different on dates.
    pub dates: Vec<Stretch>,
}

/// Writes a schedule in one format.
///
/// # Errors
/// The target is not declared, or the format cannot say what the schedule is.
pub fn write_schedule(
    format: ScheduleFormat,
    schedule: &Handover,
    targets: &ScheduleTargets,
) -> Result<Written, ScheduleError> {
    let (text, mut cautions) = match format {
        ScheduleFormat::Ec2 => ec2::write(schedule, targets)?,
        ScheduleFormat::Terraform => terraform::write(schedule, targets)?,
        ScheduleFormat::InstanceScheduler => instance_scheduler::write(schedule, targets)?,
        ScheduleFormat::Keda => keda::write(schedule, targets)?,
        ScheduleFormat::KubeDownscaler => kube_downscaler::write(schedule, targets)?,
        ScheduleFormat::CronJob => cronjob::write(schedule, targets)?,
        ScheduleFormat::Cron => cron::write(schedule, targets)?,
        ScheduleFormat::Ical => ical::write(schedule)?,
    };
    let most = schedule.week.most();
    if most < schedule.servers_now {
        cautions.push(format!(
            "{} of {} servers are needed at no hour: a smaller pool saves more than a schedule",
            schedule.servers_now - most,
            schedule.servers_now
        ));
    }
    cautions.extend(other_days(schedule, format.dates(schedule)));
    Ok(Written { file: format.file_name(&schedule.pool), text, cautions })
}

/// What a plan gets wrong on the dates that are unlike their weekdays.
fn other_days(schedule: &Handover, known: Dates) -> Vec<String> {
    let dates = |wanted: &dyn Fn(&OtherDay) -> bool| -> Vec<String> {
        let days = schedule.other_days.iter().filter(|day| wanted(day));
        days.map(|day| format!("{} ({})", day.day.date, one_line(&day.day.because, 60))).collect()
    };
    let more = match known {
        Dates::All | Dates::More => Vec::new(),
        Dates::Fewer | Dates::None => dates(&|day| day.needs_more),
    };
    let fewer = match known {
        Dates::All | Dates::Fewer => Vec::new(),
        Dates::More => dates(&|day| day.needs_fewer),
        Dates::None => dates(&|day| !day.needs_more),
    };
    let mut told = Vec::new();
    if !more.is_empty() {
        told.push(format!(
            "TAKE IT BACK for these days, for it cannot say that they need more servers than the week leaves: {}",
            more.join(", ")
        ));
    }
    if !fewer.is_empty() {
        told.push(format!(
            "it cannot say that a day needs fewer servers; on these days more could be saved: {}",
            fewer.join(", ")
        ));
    }
    told
}

/// What a format's writer gives: the text, and what is to be known.
pub(super) type Text = Result<(String, Vec<String>), ScheduleError>;

/// A schedule on its way into a format, with what every writer asks it.
pub(super) struct Writer<'a> {
    pub(super) schedule: &'a Handover,
    pub(super) targets: &'a ScheduleTargets,
    pub(super) format: ScheduleFormat,
}

impl<'a> Writer<'a> {
    /// A declared target.
    pub(super) fn need<T>(
        &self,
        declared: Option<&'a T>,
        what: &'static str,
        field: &'static str,
    ) -> Result<&'a T, ScheduleError> {
        let pool = self.schedule.pool.clone();
        declared.ok_or(ScheduleError::NoTarget { pool, format: self.format, what, field })
    }

    /// Where the pool runs in Kubernetes.
    pub(super) fn workload(&self) -> Result<&'a Workload, ScheduleError> {
        self.need(
            self.targets.workload.as_ref(),
            "which workload to change",
            "namespace and deployment (or stateful_set)",
        )
    }

    pub(super) fn cannot(&self, why: impl Into<String>) -> ScheduleError {
        ScheduleError::CannotSay { pool: self.schedule.pool.clone(), format: self.format, why: why.into() }
    }

    /// The schedule in a sentence, for a comment or a description.
    pub(super) fn sentence(&self) -> String {
        sentence(self.schedule)
    }
}

/// A schedule in a sentence, for a comment or a description; on one line.
pub(super) fn sentence(schedule: &Handover) -> String {
    let pool = one_line(&schedule.pool, 60);
    let end = schedule.expires.map(|end| format!("; ends on {}", end.date)).unwrap_or_default();
    format!(
        "mailtide: scale-down plan of pool {pool} as of {}, times of {}{end}",
        schedule.as_of_date(),
        schedule.timezone.name()
    )
}

/// A moment as `2027-01-01T00:00:00Z`.
pub(super) fn utc(moment: i64) -> String {
    DateTime::from_timestamp(moment, 0).unwrap_or_default().format("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// JSON with a line break at its end.
pub(super) fn pretty(value: &serde_json::Value) -> String {
    // A value of texts and whole numbers is always written.
    format!("{:#}\n", value)
}
