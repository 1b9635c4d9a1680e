//! Real servers for the tests: started on 127.0.0.1, filled with history, asked, and stopped with the test.
//!
//! `tests/servers/install.sh` installs them; [`Tools::installed`] finds them, and without it nothing can be
//! started. Each test starts its own, below its own directory, on a free port.

mod carbon;
mod certificates;
mod cloudwatch;
mod daemon;
mod exchange;
mod graphite;
mod history;
mod http;
mod moto;
mod nginx;
mod prometheus;
mod proxy;
mod proxy_tests;
mod smoke;
mod tools;
mod victoria;

pub(crate) use carbon::Carbon;
pub(crate) use certificates::Certificates;
pub(crate) use cloudwatch::{CloudWatchDouble, cloudwatch_calls};
pub(crate) use graphite::{Graphite, Whisper};
pub(crate) use history::{Series, value_at};
pub(crate) use moto::{Metric, Moto};
pub(crate) use nginx::{Front, Nginx};
pub(crate) use prometheus::{Access, Prometheus};
pub(crate) use proxy::{Harm, Proxy, Script};
pub(crate) use tools::Tools;
pub(crate) use victoria::Victoria;

/// The only user that a guarded server lets in.
pub(crate) const USER: &str = "planner";

/// That user's password.
pub(crate) const PASSWORD: &str = "tide-and-time";

/// The bearer token that a guarded server lets in.
pub(crate) const TOKEN: &str = "moon-of-the-tide";
