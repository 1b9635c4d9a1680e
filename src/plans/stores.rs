//! Stores: the volumes of a pool as moves see them, with what they hold and how high they may get on each day from the
//! moment of the plan.

use super::{Context, Runway, Severity, Verdict, VolumeAnswer, departure::stem, outlook::runway_of};
use crate::{
    models::{Forecast, Highest},
    platform::Pool,
    series::DAY,
};

/// A volume that can give or take.
#[derive(Debug, Clone)]
pub(super) struct Store {
    pub(super) name: String,
    /// What is moved goes to a store of the same kind: its mount point without digits at the end, or nothing where the
    /// platform file names the volumes that take part.
    pub(super) kind: String,
    /// Bytes at which it is full.
    pub(super) mark: f64,
    /// Bytes that it holds.
    pub(super) used: f64,
    /// How high it may get, less what its mark is known to have risen by; entry `i` is `i` days from the moment of the plan.
    pub(super) ahead: Highest,
    /// What its mark is known to have risen by on those days: capacity that is ordered stays where it is when mailboxes move.
    pub(super) raised: Vec<f64>,
    /// Its runway as its finding tells it.
    pub(super) before: Runway,
    /// How many mailboxes it holds, where they are counted.
    pub(super) mailboxes: Option<f64>,
    /// Whether it is to be relieved: a volume that is kept clean, or does not grow, is not.
    pub(super) gives: bool,
    /// Whether more may be put on it: a volume that a retention job keeps clean at its mark has no room of its own.
    pub(super) takes: bool,
}

impl Store {
    /// `None` for a volume without a size or a forecast: nobody knows what it can give or take.
    pub(super) fn of(volume: &VolumeAnswer, pool: &Pool, horizon: usize, context: &Context) -> Option<Store> {
        let forecast = volume.forecast.as_ref()?;
        let finding = volume.findings.first()?;
        let usable = volume.usable.filter(|&usable| usable > 0.0)?;
        let used = forecast.p50.first().copied().filter(|used| used.is_finite())?;
        let before = match &finding.verdict {
            Verdict::Fills(exhaustion) => exhaustion.runway,
            Verdict::FillsBeyond { runway, .. } => *runway,
            _ => Runway { p5_days: None, p50_days: None, p95_days: None },
        };
        let full_mark = finding.evidence.thresholds.first();
        let inodes_last = volume.findings.iter().all(|finding| finding.severity < Severity::Warning);
        Some(Store {
            name: volume.name.clone(),
            kind: if pool.planning.volumes.is_empty() { stem(volume).to_owned() } else { String::new() },
            mark: pool.full_mark * usable,
            used,
            ahead: from_now(forecast, horizon, context),
            raised: (0..=horizon as i64)
                .map(|day| full_mark.map_or(0.0, |mark| mark.at(context.as_of + day * DAY) - mark.value))
                .collect(),
            before,
            mailboxes: volume.mailboxes_now,
            gives: used > 0.0 && matches!(finding.verdict, Verdict::Fills(_) | Verdict::FillsBeyond { .. }),
            takes: inodes_last && !matches!(finding.verdict, Verdict::Cleaned { .. }),
        })
    }

    /// The runway of a store that gets so high.
    pub(super) fn runway(&self, ahead: &Highest) -> Runway {
        runway_of(ahead, self.mark, 0.0, (ahead.early.len().max(1) - 1) as f64)
    }
}

/// What a forecast says of each day from the moment of the plan.
fn from_now(forecast: &Forecast, horizon: usize, context: &Context) -> Highest {
    let now = (context.as_of - forecast.from_day * DAY) as f64 / DAY as f64 - 0.5;
    let moved = |path: &Vec<f64>| (0..=horizon).map(|day| on(path, day as f64 + now)).collect();
    each(&forecast.highest, moved)
}

/// A path by day at a moment between its days, its ends going on beyond them.
fn on(path: &[f64], day: f64) -> f64 {
    let Some(last) = path.len().checked_sub(1) else { return 0.0 };
    let day = day.clamp(0.0, last as f64);
    let below = day.floor() as usize;
    let above = (below + 1).min(last);
    path[below] + (path[above] - path[below]) * (day - below as f64)
}

/// The same change made to all quantiles.
pub(super) fn each(highest: &Highest, change: impl Fn(&Vec<f64>) -> Vec<f64>) -> Highest {
    Highest {
        early: change(&highest.early),
        planned: change(&highest.planned),
        likely: change(&highest.likely),
        sure: change(&highest.sure),
        late: change(&highest.late),
    }
}

/// `a` and a share of `b`, which may also be taken off it, quantile by quantile: volumes of a pool grow together, so that
/// what is high for one is taken to be high for the other. The mark of `b` has risen by `raised`, which is no part of it.
pub(super) fn with_share(a: &Highest, (b, raised): (&Highest, &[f64]), share: f64) -> Highest {
    let sum = |a: &[f64], b: &[f64]| {
        a.iter().zip(b.iter().zip(raised)).map(|(a, (b, raised))| a + share * (b + raised)).collect()
    };
    Highest {
        early: sum(&a.early, &b.early),
        planned: sum(&a.planned, &b.planned),
        likely: sum(&a.likely, &b.likely),
        sure: sum(&a.sure, &b.sure),
        late: sum(&a.late, &b.late),
    }
}
