//! Plans: what the models' answers mean for the operator, as [`Finding`]s.

mod evidence;
mod finding;

pub use evidence::{Backtest, Band, Evidence, Fact, Line, Mark, Quantity, Threshold, Week};
pub use finding::{
    DriftSize, Ebb, EventId, Exhaustion, Finding, Kind, Question, Runway, Severity, Subject, Verdict, Window,
};
