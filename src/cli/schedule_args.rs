//! What `mailtide schedule` is told.

use std::path::PathBuf;

use chrono::NaiveDate;
use clap::{Args, ValueEnum};

use super::{as_of::AsOf, job::Format};
use crate::reports::ScheduleFormat;

/// What `schedule` is told.
#[derive(Debug, Clone, Args)]
pub(super) struct ScheduleArgs {
    /// The platform file
    #[arg(long, short, value_name = "FILE", default_value = "platform.toml")]
    pub(super) platform: PathBuf,
    /// Where the history is kept: a directory, or s3://, gs:// or az:// [default: archive/<platform's name>]
    #[arg(long, value_name = "PLACE")]
    pub(super) archive: Option<String>,
    /// Plan as if it were this date or moment; nothing after it is looked at [default: now]
    #[arg(long, value_name = "WHEN", value_parser = AsOf::parse)]
    pub(super) as_of: Option<AsOf>,
    /// Write the schedule in this format; may be repeated
    #[arg(long = "as", value_enum, value_name = "FORMAT", value_delimiter = ',')]
    pub(super) formats: Vec<As>,
    /// Only of this pool; may be repeated [default: all that scale out]
    #[arg(long = "pool", value_name = "NAME")]
    pub(super) pools: Vec<String>,
    /// Where the files are written [default: a single one goes to stdout]
    #[arg(long, short, value_name = "DIR")]
    pub(super) out: Option<PathBuf>,
    /// No window begins on this date (2027-01-31) or so many days after --as-of (28) any more [default: never]
    #[arg(long, value_name = "DATE|DAYS", value_parser = Expires::parse)]
    pub(super) expires: Option<Expires>,
    /// Compare with what is in force, as the tool that executes it answers or keeps it; may be repeated
    #[arg(long, value_name = "FILE")]
    pub(super) in_force: Vec<PathBuf>,
    /// Exit with 6 where what is in force is not what is planned
    #[arg(long, requires = "in_force")]
    pub(super) fail_on_change: bool,
    /// How schedules and comparisons are printed
    #[arg(long, value_enum, default_value_t = Format::Table)]
    pub(super) format: Format,
}

/// A format, or all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum As {
    /// This one.
    One(ScheduleFormat),
    /// Each for which the platform file declares a target.
    All,
}

impl ValueEnum for As {
    fn value_variants<'a>() -> &'a [Self] {
        const ALL: &[As] = &[
            As::One(ScheduleFormat::Ec2),
            As::One(ScheduleFormat::Terraform),
            As::One(ScheduleFormat::InstanceScheduler),
            As::One(ScheduleFormat::Keda),
            As::One(ScheduleFormat::KubeDownscaler),
            As::One(ScheduleFormat::CronJob),
            As::One(ScheduleFormat::Cron),
            As::One(ScheduleFormat::Ical),
            As::All,
        ];
        ALL
    }

    fn to_possible_value(&self) -> Option<clap::builder::PossibleValue> {
        let (name, help) = match self {
            As::One(format) => (
                format.name(),
                match format {
                    ScheduleFormat::Ec2 => "scheduled actions of EC2 Auto Scaling, for the AWS CLI",
                    ScheduleFormat::Terraform => "aws_autoscaling_schedule, in Terraform's JSON",
                    ScheduleFormat::InstanceScheduler => {
                        "a CloudFormation template for AWS Instance Scheduler"
                    }
                    ScheduleFormat::Keda => "a ScaledObject of KEDA with cron triggers",
                    ScheduleFormat::KubeDownscaler => "annotations of py-kube-downscaler",
                    ScheduleFormat::CronJob => "CronJobs of Kubernetes that run kubectl",
                    ScheduleFormat::Cron => "a crontab",
                    ScheduleFormat::Ical => "a calendar",
                },
            ),
            As::All => ("all", "each whose target the platform file declares"),
        };
        Some(clap::builder::PossibleValue::new(name).help(help))
    }
}

/// When a schedule ends, as the operator gives it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Expires {
    /// At the beginning of a local day.
    Day(NaiveDate),
    /// So many days after the day of the plan.
    After(u32),
}

impl Expires {
    /// Ten years: beyond it, nobody remembers that it was to end.
    const LONGEST_DAYS: u32 = 3650;

    fn parse(text: &str) -> Result<Self, String> {
        if let Ok(days) = text.parse::<u32>()
            && (1..=Self::LONGEST_DAYS).contains(&days)
        {
            return Ok(Expires::After(days));
        }
        NaiveDate::parse_from_str(text, "%Y-%m-%d")
            .map(Expires::Day)
            .map_err(|_| "give a date (2027-01-31) or a number of days (1 to 3650)".to_owned())
    }
}
