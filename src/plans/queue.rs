//! What a queue's depth says beside its drift: its weekly peak, how long it takes to drain, and whether what arrives
//! approaches what its servers can do.

use serde::Serialize;

use super::{
    Context, Finding, Kind, Severity,
    queue_words::{facts, warning},
};
use crate::{
    archive::Column,
    models::{
        Capacity, QueueDrain, Utilisation, WeeklyPeak, queue_drain, queue_utilisation, queues_together,
        weekly_peak,
    },
    platform::{Labels, Measure},
    series::{DAY, Fold, HOUR, Series, grid, rate},
};

/// Days looked at: a quarter, as of drifts.
const DAYS: i64 = 91;
/// Peaks of so many days are of late.
const LATELY_DAYS: i64 = 28;
/// Fewest peaks of late that say how it drains now.
const LEAST_LATELY: usize = 4;
/// From this share of the peaks of late on, a queue is not drained when the next peak comes.
const OVERTAKEN_SHARE: f64 = 0.5;
/// From this utilisation of the busiest hour on, its servers are near their limit: M/M/1 then waits for ten services.
const NEAR_LIMIT: f64 = 0.9;
/// Queues of a host whose depth its servers' work shows in, the likeliest first; the first one tells the utilisation.
const WORKED: [&str; 3] = ["active", "all", "incoming"];
/// What counts messages that leave a queue; others, such as a spam filter, count on the same host what passes them.
const QUEUE_MANAGERS: [&str; 2] = ["postfix", "exim"];
/// A queue that is part of another one.
const FROZEN: &str = "frozen";

/// A queue beside its drift.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct QueueState {
    /// The highest hour of an ordinary week; `None` with fewer than three weeks.
    pub weekly_peak: Option<QueuePeakOfWeek>,
    /// How it drains; `None` where no peak stands out.
    pub drain: Option<Draining>,
    /// How busy its servers are; `None` where that cannot be said.
    pub busy: Option<QueueBusy>,
    /// Why not, where it was asked of this queue.
    pub not_busy_because: Option<String>,
}

/// The highest hour of an ordinary week, in messages.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct QueuePeakOfWeek {
    /// The median of the weeks.
    pub typical: f64,
    /// The lowest of them.
    pub lowest: f64,
    /// The highest of them.
    pub highest: f64,
    /// Its usual local weekday; Monday is 0.
    pub weekday: u8,
    /// Its usual local hour.
    pub hour: u8,
    /// Weeks looked at.
    pub weeks: usize,
}

/// How a queue drains after its peaks, in hours.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Draining {
    /// Peaks looked at.
    pub peaks: usize,
    /// The median; `None` where half of them were not seen to drain.
    pub hours: Option<f64>,
    /// One in twenty drains as fast.
    pub low: Option<f64>,
    /// Nineteen in twenty drain as fast; `None` where that was not seen.
    pub high: Option<f64>,
    /// The longest that one was watched for.
    pub longest: f64,
    /// Peaks of the last four weeks.
    pub lately: usize,
    /// How many of these were not drained when the next one came.
    pub overtaken_lately: usize,
    /// Hours by which it takes longer than for the first peak, where that is sure; negative is shorter.
    pub longer_by: Option<f64>,
}

/// What arrives in the busiest hour of the week, and what the servers can do, messages a second.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct QueueBusy {
    /// What arrives in it.
    pub arrivals: f64,
    /// Its local weekday; Monday is 0.
    pub weekday: u8,
    /// Its local hour.
    pub hour: u8,
    /// What they can do: at least this, where they were never seen at their limit.
    pub capacity: f64,
    /// Whether they were seen at their limit.
    pub seen_at_limit: bool,
    /// What arrives over what they can do: at most this, where they were never seen at their limit.
    pub utilisation: f64,
    /// Lower end of its 90 % interval, where they were seen at their limit.
    pub low: Option<f64>,
    /// Upper end of its 90 % interval, where they were seen at their limit.
    pub high: Option<f64>,
}

impl QueueState {
    /// Whether peaks of late were not drained when the next one came.
    pub(super) fn is_overtaken(&self) -> bool {
        self.drain.is_some_and(|drain| {
            let share = drain.overtaken_lately as f64 / drain.lately.max(1) as f64;
            drain.lately >= LEAST_LATELY && share >= OVERTAKEN_SHARE
        })
    }

    /// Whether its servers are near their limit, and were seen at it.
    pub(super) fn is_near_limit(&self) -> bool {
        self.busy.is_some_and(|busy| busy.seen_at_limit && busy.utilisation >= NEAR_LIMIT)
    }
}

/// Adds to the findings about queues' depths what else they say. `totals` counts the messages that leave.
pub fn add_queue_states(findings: &mut [Finding], depths: &[Column], totals: &[Column], context: &Context) {
    use rayon::prelude::*;
    let of_queues = findings
        .par_iter_mut()
        .filter(|finding| finding.kind == Kind::Drift && finding.subject.measure == Measure::QueueDepth);
    of_queues.for_each(|finding| {
        let Some(state) = state(&finding.subject.labels, depths, totals, context) else { return };
        finding.evidence.facts.extend(facts(&state));
        if let Some((said, advice)) = warning(&state) {
            finding.headline = format!("{}; {said}", finding.headline);
            if finding.severity < Severity::Warning {
                finding.severity = Severity::Warning;
                finding.advice = advice;
            }
        }
        finding.decision.queue = Some(state);
    });
}

fn state(labels: &Labels, depths: &[Column], totals: &[Column], context: &Context) -> Option<QueueState> {
    let column = depths.iter().find(|column| column.labels == *labels)?;
    let depth = hours(column, context);
    let clock = &mut context.clock();
    let (busy, not_busy_because) = match busy(labels, depths, totals, context) {
        None => (None, None),
        Some(Ok(busy)) => (Some(busy), None),
        Some(Err(why)) => (None, Some(why)),
    };
    let weekly_peak = weekly_peak(&depth, clock).map(of_week);
    let drain = Some(queue_drain(&depth)).filter(|drain| !drain.peaks.is_empty());
    Some(QueueState {
        weekly_peak,
        drain: drain.map(|drain| draining(&drain, context.as_of)),
        busy,
        not_busy_because,
    })
}

/// The last quarter of a queue by the hour.
fn hours(column: &Column, context: &Context) -> Series {
    let host = column.labels.get("host");
    let pool = host.and_then(|host| context.platform.pool_of(host));
    let mut hours = context.declared(&grid(&column.points, HOUR, Fold::Mean), host, pool);
    for slot in
        (0..hours.len()).take_while(|&slot| hours.time(slot) < context.as_of - DAYS * DAY).collect::<Vec<_>>()
    {
        hours.set(slot, None);
    }
    hours
}

fn of_week(peak: WeeklyPeak) -> QueuePeakOfWeek {
    let WeeklyPeak { typical, lowest, highest, weekday, hour, weeks } = peak;
    QueuePeakOfWeek { typical, lowest, highest, weekday, hour, weeks }
}

fn draining(drain: &QueueDrain, as_of: i64) -> Draining {
    // What still drains says nothing yet of whether the next peak overtakes it.
    let of_late = |peak: &&crate::models::QueuePeak| {
        peak.at >= as_of - LATELY_DAYS * DAY && (peak.drain.ended || peak.overtaken)
    };
    let lately: Vec<_> = drain.peaks.iter().filter(of_late).collect();
    Draining {
        peaks: drain.peaks.len(),
        hours: drain.median,
        low: drain.low,
        high: drain.high,
        longest: drain.longest,
        lately: lately.len(),
        overtaken_lately: lately.iter().filter(|peak| peak.overtaken).count(),
        longer_by: drain.longer,
    }
}

/// How busy the servers are; `None` where it is not this queue that tells, or nothing counts what leaves.
fn busy(
    labels: &Labels,
    depths: &[Column],
    totals: &[Column],
    context: &Context,
) -> Option<Result<QueueBusy, String>> {
    let host = labels.get("host")?;
    let own: Vec<&Column> =
        depths.iter().filter(|c| c.labels.get("host") == Some(host) && queue(&c.labels) != FROZEN).collect();
    let worked = WORKED.iter().find_map(|name| own.iter().find(|column| queue(&column.labels) == *name));
    if worked.or(own.first())?.labels != *labels {
        return None;
    }
    let removed = removed(host, totals)?;
    // A rate stands at the end of its span: a second earlier it falls into the hour that it is of.
    let rates = rate(&removed.points).iter().map(|(time, value)| (time - 1, value)).collect();
    let left = grid(&rates, HOUR, Fold::Mean);
    let depth = queues_together(&own.iter().map(|column| hours(column, context)).collect::<Vec<_>>());
    let told = queue_utilisation(&depth, &left, &mut context.clock());
    Some(told.map(of_busy).map_err(|why| why.to_string()))
}

fn queue(labels: &Labels) -> &str {
    labels.get("queue").unwrap_or_default()
}

/// The count of messages that leave a host's queues: that of its queue manager, or the only one.
fn removed<'a>(host: &str, totals: &'a [Column]) -> Option<&'a Column> {
    let own: Vec<&Column> = totals.iter().filter(|c| c.labels.get("host") == Some(host)).collect();
    let manages =
        |column: &&&Column| column.labels.get("service").is_some_and(|s| QUEUE_MANAGERS.contains(&s));
    match own.as_slice() {
        [only] => Some(only),
        several => several.iter().find(manages).copied(),
    }
}

fn of_busy(found: Utilisation) -> QueueBusy {
    let Utilisation { arrivals, weekday, hour, capacity } = found;
    let told = |capacity, seen_at_limit, utilisation, low, high| QueueBusy {
        arrivals,
        weekday,
        hour,
        capacity,
        seen_at_limit,
        utilisation,
        low,
        high,
    };
    match capacity {
        Capacity::Seen { rate, utilisation, low, high, .. } => {
            told(rate, true, utilisation, Some(low), Some(high))
        }
        Capacity::AtLeast { rate, utilisation } => told(rate, false, utilisation, None, None),
    }
}

#[cfg(test)]
mod tests;
