//! What to do about a pool, in words: move, order, or both.

use super::{
    Context, Decision, Order, Rebalance, Severity, counted::Counted, outlook::Outlook,
    volume_exhaustion::advice, wording,
};

/// What to do about the pool: move, order, both, or what any volume is told.
pub(super) fn advised(
    outlook: &Outlook,
    decision: &Decision,
    counted: &Counted,
    context: &Context,
) -> String {
    if counted.all.is_empty() {
        return "Mend `volumes` of the pool in the platform file.".to_owned();
    }
    let order = decision.order.as_ref().map(ordering).map(|order| not_counted(order, counted));
    let moves = decision.rebalance.as_ref().map(|plan| moving(plan, None));
    match (moves, order) {
        // A pool that is in trouble itself is relieved by disk; moves bridge the time until it is there.
        (Some(moves), Some(order)) if outlook.severity >= Severity::Warning => {
            let what = advice(&outlook.verdict, outlook.severity, &order, context);
            format!("{}; until it is there, {moves}.", what.trim_end_matches('.'))
        }
        (Some(moves), Some(order)) => {
            let by = decision.order.as_ref().map(|order| wording::date(order.by)).unwrap_or_default();
            format!("The pool has room: {moves}; by {by}, {order}.")
        }
        (Some(moves), None) if outlook.severity < Severity::Warning => format!("The pool has room: {moves}."),
        (Some(moves), None) => {
            let what = advice(&outlook.verdict, outlook.severity, PURGE, context);
            format!("{}; meanwhile, {moves}.", what.trim_end_matches('.'))
        }
        (None, Some(order)) => advice(&outlook.verdict, outlook.severity, &order, context),
        (None, None) => advice(&outlook.verdict, outlook.severity, PURGE, context),
    }
}

const PURGE: &str = "order disk for the pool, or purge across it";

/// An order in words: `order 9.1 TiB (2 volumes of 8.00 TiB)`.
fn ordering(order: &Order) -> String {
    let as_volumes = order.volumes.map_or(String::new(), |volumes| {
        let count = wording::counted(f64::from(volumes.count), "volume", "volumes");
        format!(" ({count} of {})", wording::bytes(volumes.bytes))
    });
    let (bytes, days) = (wording::bytes(order.bytes), wording::days(order.lasts_days));
    format!("order {bytes}{as_volumes} to last {days}")
}

/// An order with what was left out of it.
fn not_counted(order: String, counted: &Counted) -> String {
    match counted.left_out() {
        0 => order,
        some => format!("{order} ({} not counted)", wording::counted(some as f64, "volume", "volumes")),
    }
}

/// Moves in words, all of them or those off one volume.
pub(super) fn moving(plan: &Rebalance, off: Option<&str>) -> String {
    /// More are for the card.
    const MOST: usize = 3;
    let own: Vec<_> = plan.moves.iter().filter(|m| off.is_none_or(|off| m.from == off)).collect();
    let told: Vec<String> = own
        .iter()
        .take(MOST)
        .map(|m| {
            let about = m.mailboxes.filter(|&count| count >= 1.0);
            let about = about.map_or(String::new(), |count| {
                format!(" (about {})", wording::counted(count, "mailbox", "mailboxes"))
            });
            let from = if off.is_none() { format!(" off {}", m.from) } else { String::new() };
            format!("{}{about}{from} to {}", wording::bytes(m.bytes), m.to)
        })
        .collect();
    let more = match own.len().saturating_sub(MOST) {
        0 => String::new(),
        more => format!(", and {}", wording::counted(more as f64, "more move", "more moves")),
    };
    format!("move {}{more}, to last {}", told.join(", "), wording::days(plan.lasts_days))
}
