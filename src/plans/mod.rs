//! Plans: what the models' answers mean for the operator, as [`Finding`]s. Each is a pure function of one
//! subject's series and the operator's words.

mod capacity;
mod capacity_words;
mod circumstances;
mod coming;
mod companion_of;
mod companion_words;
mod companions;
mod context;
mod counted;
mod decision;
mod departure;
mod drift;
mod drift_limit;
mod drift_pool;
mod drift_scope;
mod drift_size;
mod drift_weighed;
mod drift_words;
mod earlier;
mod ebb;
mod event_id;
mod evidence;
mod explained;
mod finding;
#[cfg(test)]
mod fixture;
mod foretold;
mod handover;
mod late;
mod lines;
mod load_behind;
mod load_limit;
mod naive;
mod oddities;
mod order;
mod outcome;
mod outlook;
mod placement;
mod pool_advice;
mod pool_exhaustion;
mod pool_plan;
mod queue;
mod queue_words;
mod rebalance;
mod resource;
mod rise;
mod rise_course;
mod rise_days;
mod rise_explained;
mod rise_ways;
mod rise_words;
mod rose_with;
mod schedule;
mod scorecard;
mod share;
mod share_pool;
mod share_state;
mod share_words;
mod stale;
mod stale_source;
mod stores;
mod track_record;
mod volume_exhaustion;
mod weekly_rhythm;
mod wording;

pub use capacity::capacity_findings;
pub use companion_words::meaning;
pub use companions::{Companions, MAY_RISE_WITH};
pub use context::Context;
pub use decision::{
    Decision, Departure, GrowthExplained, MonthlyGrowth, Move, Order, Rebalance, Relieved, Volumes,
};
pub use drift::drift_findings;
pub use drift_limit::{DatesTried, LimitDates};
pub use drift_scope::{Peers, Scope};
pub use drift_size::{DatedStep, DriftKind, DriftSize, SameLoadEffect};
pub use drift_weighed::{WeighedDrift, weighed_drifts};
pub use earlier::{Difference, Earlier, Reason};
pub use ebb::{NOT_SCALING, PoolServers, ebb_finding};
pub use evidence::{Backtest, Band, Evidence, Fact, Later, Line, Mark, Quantity, Threshold, Week};
pub use finding::{
    EarlyWarning, EventId, Exhaustion, Finding, Kind, Question, Runway, Severity, Subject, Verdict, WhatIf,
};
pub use foretold::{Ahead, DISTANCES, Foretold};
pub use handover::{
    Change, ClockChange, Comparison, DAY_MINUTES, Daily, Expiry, Handover, NoHandover, OtherDay, ServerWeek,
    Since, Span, Stretch, WEEK_MINUTES, WindowChange, clock_changes, compared, daily_spans, days_after,
    local, moment, occurrences, offset_at, raised_on, stretches,
};
pub use load_behind::{capacity_loads, loads_behind};
pub use load_limit::{Crossing, LoadGrowth, LoadLimit, LoadPoint, LoadShape, NoEffect};
pub use outcome::{Came, Outcome, Outcomes};
pub use placement::Placement;
pub use pool_plan::pool_findings;
pub use queue::{Draining, QueueBusy, QueuePeakOfWeek, QueueState, add_queue_states};
pub use resource::RESOURCES;
pub use rise::{Part, Parts, PoolParts, RiseExplained, SHIFT, WayParts};
pub use rise_explained::explain_rises;
pub use rise_words::outstanding;
pub use rose_with::{Companion, DayByDay, RoseWith, Strength};
pub use schedule::{
    Between, Ebb, Exception, NoEbb, Quiet, Replay, ReplayDay, RiskLevel, Saving, Schedule, Window,
};
pub use scorecard::{DateScore, LevelScore, Method, ScoreRow, Scorecard};
pub use share::{WeighedShare, weighed_failures, weighed_late};
pub use share_state::{LateState, ShareNow, ShareState};
pub use stale::{LastSeen, stale_findings};
pub use stale_source::{LastAnswered, stale_source_findings};
pub use track_record::{Miss, NewestRun, TrackRecord};
pub use volume_exhaustion::{VolumeAnswer, growth_belief, volume_findings};
