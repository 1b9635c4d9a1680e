//! Plans: what the models' answers mean for the operator, as [`Finding`]s. Each is a pure function of one
//! subject's series and the operator's words.

mod context;
mod drift;
mod drift_limit;
mod drift_scope;
mod drift_size;
mod drift_words;
mod ebb;
mod ebb_window;
mod event_id;
mod evidence;
mod finding;
#[cfg(test)]
mod fixture;
mod lines;
mod outlook;
mod pool_exhaustion;
mod stale;
mod stale_source;
mod volume_exhaustion;
mod wording;

pub use context::Context;
pub use drift::{WeighedDrift, drift_findings, loads_behind, weighed_drifts};
pub use drift_limit::LimitDates;
pub use drift_scope::{Peers, Scope};
pub use drift_size::{DatedStep, DriftKind, DriftSize, SameLoadEffect};
pub use ebb::{NOT_SCALING, PoolServers, ebb_finding};
pub use evidence::{Backtest, Band, Evidence, Fact, Line, Mark, Quantity, Threshold, Week};
pub use finding::{
    Ebb, EventId, Exhaustion, Finding, Kind, Question, Runway, Severity, Subject, Verdict, Window,
};
pub use pool_exhaustion::pool_finding;
pub use stale::{LastSeen, stale_findings};
pub use stale_source::{LastAnswered, stale_source_findings};
pub use volume_exhaustion::{VolumeAnswer, volume_findings};
