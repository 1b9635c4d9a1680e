//! What to move and what to order, as a card shows it.

use super::card::Named;
use crate::{
    plans::{Finding, Order},
    platform::Unit,
    reports::{Report, format, text::one_line},
};

/// Longest name of a volume in a list.
const NAME: usize = 60;

/// The moves, each with its amount.
pub(super) fn moves(finding: &Finding) -> Vec<Named> {
    let moves = finding.decision.rebalance.iter().flat_map(|plan| &plan.moves);
    let one = |m: &crate::plans::Move| {
        let mailboxes =
            m.mailboxes.map_or(String::new(), |count| format!(", about {} mailboxes", format::count(count)));
        let buys = m.buys_days.map_or("lasts beyond the horizon then".to_owned(), |days| {
            format!("buys {}", format::days_left(days))
        });
        Named::new(
            format!("{} → {}", one_line(&m.from, NAME), one_line(&m.to, NAME)),
            format!("{}{mailboxes}; {buys}", format::value(m.bytes, Unit::Bytes)),
        )
    };
    moves.map(one).collect()
}

/// The runways of the volumes concerned and of the pool, as they are and after the moves.
pub(super) fn runways(finding: &Finding) -> Vec<Named> {
    let Some(plan) = &finding.decision.rebalance else { return Vec::new() };
    let mut runways: Vec<Named> = plan
        .volumes
        .iter()
        .map(|relieved| {
            let (before, after) = (format::runway(&relieved.before), format::runway(&relieved.after));
            Named::new(one_line(&relieved.volume, NAME), format!("{before} → {after}"))
        })
        .collect();
    runways.extend(plan.pool_runway.map(|pool| Named::new("The pool, unchanged", format::runway(&pool))));
    runways
}

/// The order among a finding's own numbers.
pub(super) fn order(report: &Report, order: &Order) -> Vec<Named> {
    let volumes = order.volumes.map(|volumes| {
        let size = format::value(volumes.bytes, Unit::Bytes);
        format!("{} of {size}", format::count(f64::from(volumes.count)))
    });
    let money = order.money.map(|money| format::money(money, &report.currency));
    let more: Vec<String> = volumes.into_iter().chain(money).collect();
    let more = if more.is_empty() { String::new() } else { format!(" ({})", more.join(", ")) };
    let lasts = format!("{} at a risk of {}", format::days(order.lasts_days), format::percent(order.risk));
    vec![
        Named::new("Order", format!("{}{more}", format::value(order.bytes, Unit::Bytes))),
        Named::new("It then lasts", lasts),
    ]
}
