//! Ground room: the operator's words. Roles, measures, units, labels, pools, limits and calendar,
//! and the one file (`platform.toml`) that declares them. No statistics, no I/O beyond that file.

mod amount;
mod archive_settings;
mod calendar;
mod checksum;
mod cloudwatch_fields;
mod config;
mod document;
mod error;
mod fields;
mod guess;
mod header_fields;
mod host_pattern;
mod labels;
mod limits;
mod load;
mod measure;
mod nearest;
mod one_or_all;
mod origin;
mod origin_fields;
mod planned;
mod planning;
mod pool;
mod probe;
mod report_settings;
mod role;
mod scaling;
mod scenario;
mod schedule_targets;
mod server_fields;
mod source;
mod tier_fields;
mod unit;
mod wording;

pub use amount::bytes_of;
pub use archive_settings::{ArchiveSettings, Downsample};
pub use calendar::{Action, Calendar, Event};
pub use checksum::fnv1a;
pub use config::Platform;
pub use error::{ConfigError, ConfigErrors};
pub use guess::{Guess, HostSeen, PoolGuess, guess_pools};
pub use host_pattern::{BadHostPattern, HostPattern};
pub use labels::{Labels, SeriesKey};
pub use limits::Limit;
pub use measure::{Form, Measure};
pub use one_or_all::OneOrAll;
pub use origin::{
    Asking, Auth, ClientCertificate, CloudWatch, Graphite, HeaderText, Live, Origin, SecretPlace, Server,
    System, Tier, Tls,
};
pub use planned::{Load, Planned, Takes, Target, Undertaking};
pub use planning::Planning;
pub use pool::Pool;
pub use probe::Probe;
pub use report_settings::ReportSettings;
pub use role::Role;
pub use scaling::{Redundancy, Scaling};
pub use scenario::Scenario;
pub use schedule_targets::{ScheduleTargets, Workload, WorkloadKind};
pub use source::{Declared, Source};
pub use unit::{SourceUnit, Unit};
