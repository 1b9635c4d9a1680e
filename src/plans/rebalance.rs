//! Rebalancing: which mailboxes' worth of bytes to move from the volumes of a pool that fill to those that last.
//!
//! Mailboxes that move take their share of the volume's growth with them: of a volume that holds `u` and may get as
//! high as `P(t)`, moving `b` bytes leaves `(1 - b/u) · P(t)`, and brings `b/u · P(t)` to where they go. All is
//! counted at the risk that the pool plans with; until new disk could be there, and a fortnight more, at one in twenty,
//! so that no move makes the next emergency, and none ends with one. The volume that fills first is relieved first, and what leaves it
//! goes to the volume with the most room, as much as fits, so that there are few moves. A volume only takes what leaves
//! it no earlier full than the pool as a whole; where that is too little, no earlier than the days that are asked for.

use super::{
    Move, Rebalance, Relieved, Runway,
    outlook::{NOTICE_DAYS, crossing},
    stores::{Store, with_share},
};
use crate::models::Highest;

/// A move that puts off a full date by less than this is not worth its trouble: the report comes once a week.
const LEAST_GAIN_DAYS: f64 = 7.0;
/// A move of less than this share of a volume is none.
const LEAST_SHARE: f64 = 0.005;
/// … and one of more would empty it.
const MOST_SHARE: f64 = 0.9;
/// So many volumes are relieved at most, those that fill first: nobody moves more before the next report.
const MOST_GIVING: usize = 20;

/// What moves are to reach.
#[derive(Debug, Clone, Copy)]
pub(super) struct Aim {
    /// Days from now for which they are to relieve.
    pub(super) move_days: f64,
    /// Days until new disk could be there.
    pub(super) lead_time_days: f64,
    /// The runway of the pool as a whole.
    pub(super) pool: Option<Runway>,
}

/// A share of one store's content that goes to another; both by their place in the list.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Part {
    from: usize,
    to: usize,
    share: f64,
}

/// The moves that relieve those stores that may fill within the days asked for; `None` where none does, or where none
/// of the others has room.
pub(super) fn rebalance(stores: &[Store], aim: Aim) -> Option<Rebalance> {
    let horizon = stores.iter().map(|store| store.ahead.planned.len()).min()?.checked_sub(1)? as f64;
    let wanted = aim.move_days.max(aim.lead_time_days + NOTICE_DAYS).min(horizon);
    let urgent = (aim.lead_time_days + NOTICE_DAYS).min(horizon);
    let full_in = |i: usize| {
        let Store { ahead, mark, .. } = &stores[i];
        let early = crossing(&ahead.early, *mark).filter(|&days| days < urgent);
        early.or(crossing(&ahead.planned, *mark)).unwrap_or(f64::INFINITY)
    };
    let mut giving: Vec<usize> =
        (0..stores.len()).filter(|&i| stores[i].gives && full_in(i) < wanted).collect();
    giving.sort_by(|&a, &b| full_in(a).total_cmp(&full_in(b)));
    giving.truncate(MOST_GIVING);
    let pool_days = aim.pool.map_or(0.0, |pool| pool.p5_days.unwrap_or(horizon));
    let (mut relieved, mut best) = (Vec::new(), None);
    for one in giving {
        relieved.push(one);
        let least = relieved.iter().map(|&i| full_in(i)).fold(0.0, f64::max) + LEAST_GAIN_DAYS;
        let found = [pool_days, 0.0].into_iter().find_map(|keeps| {
            furthest(least, wanted, |days| {
                let safe = days.max(keeps).min(horizon);
                parts(stores, &relieved, [days, safe, urgent].map(|days| days.ceil() as usize))
            })
        });
        // One that cannot be relieved keeps nobody else from it.
        match found {
            Some(found) => best = Some(found),
            None => drop(relieved.pop()),
        }
    }
    let (days, parts) = best?;
    Some(told(stores, &parts, days, aim.pool))
}

/// The most days from `least` to `most` that can be reached, to the day, and how.
fn furthest<T>(least: f64, most: f64, reached: impl Fn(f64) -> Option<T>) -> Option<(f64, T)> {
    if let Some(found) = reached(most) {
        return Some((most, found));
    }
    let mut best = (least <= most).then(|| reached(least)).flatten().map(|found| (least, found))?;
    let mut beyond = most;
    while beyond - best.0 > 1.0 {
        let middle = f64::midpoint(best.0, beyond);
        match reached(middle) {
            Some(found) => best = (middle, found),
            None => beyond = middle,
        }
    }
    Some(best)
}

/// What has to go where so that those which give last `end` days, those which take stay `safe` for so many, and neither
/// becomes urgent.
fn parts(stores: &[Store], giving: &[usize], [end, safe, urgent]: [usize; 3]) -> Option<Vec<Part>> {
    // How high a store may get by the days that count, and how much room that leaves below the mark of those days.
    let high = |i: usize| {
        let Store { ahead, raised, .. } = &stores[i];
        [ahead.planned[safe] + raised[safe], ahead.early[urgent] + raised[urgent]]
    };
    let mark = |i: usize, day: usize| stores[i].mark + stores[i].raised[day];
    let mut rooms: Vec<[f64; 2]> = stores
        .iter()
        .enumerate()
        .map(|(i, store)| {
            let takes = store.takes && !giving.contains(&i);
            let [high_safe, high_urgent] = high(i);
            if takes { [mark(i, safe) - high_safe, mark(i, urgent) - high_urgent] } else { [0.0; 2] }
        })
        .collect();
    let mut parts = Vec::new();
    for &from in giving {
        let Store { ahead, raised, .. } = &stores[from];
        let too_much = |high: f64, day: usize| 1.0 - mark(from, day) / (high + raised[day]);
        let soon = urgent.min(end);
        let mut need = too_much(ahead.planned[end], end).max(too_much(ahead.early[soon], soon));
        if need > MOST_SHARE {
            return None;
        }
        let high = high(from);
        let fits = |room: &[f64; 2]| (room[0] / high[0]).min(room[1] / high[1]);
        while need > 0.0 {
            let most = |room: &[f64; 2]| room[0].min(room[1]);
            let alike = (0..rooms.len()).filter(|&to| stores[to].kind == stores[from].kind);
            let to = alike.max_by(|&a, &b| most(&rooms[a]).total_cmp(&most(&rooms[b])))?;
            let share = need.min(fits(&rooms[to]));
            if share < LEAST_SHARE.min(need) {
                return None;
            }
            rooms[to] = std::array::from_fn(|i| rooms[to][i] - share * high[i]);
            need -= share;
            parts.push(Part { from, to, share });
            if need < LEAST_SHARE / 10.0 {
                break;
            }
        }
    }
    Some(parts)
}

fn told(stores: &[Store], parts: &[Part], lasts_days: f64, pool_runway: Option<Runway>) -> Rebalance {
    let given = |i: usize| parts.iter().filter(|p| p.from == i).map(|p| p.share).sum::<f64>();
    let after = |i: usize| -> Runway {
        let of = |i: usize| (&stores[i].ahead, &stores[i].raised[..]);
        let own = with_share(of(i).0, of(i), -given(i));
        let taken = parts.iter().filter(|p| p.to == i);
        let ahead: Highest = taken.fold(own, |sum, p| with_share(&sum, of(p.from), p.share));
        stores[i].runway(&ahead)
    };
    let concerned = (0..stores.len()).filter(|&i| parts.iter().any(|p| p.from == i || p.to == i));
    let volumes = concerned.map(|i| Relieved {
        volume: stores[i].name.clone(),
        before: stores[i].before,
        after: after(i),
    });
    let one = |part: &Part| {
        let from = &stores[part.from];
        let days = |runway: Runway| runway.p50_days;
        Move {
            from: from.name.clone(),
            to: stores[part.to].name.clone(),
            bytes: part.share * from.used,
            share: part.share,
            mailboxes: from.mailboxes.map(|all| (part.share * all).round()),
            buys_days: days(after(part.from)).zip(days(from.before)).map(|(after, before)| after - before),
        }
    };
    Rebalance { lasts_days, moves: parts.iter().map(one).collect(), volumes: volumes.collect(), pool_runway }
}

#[cfg(test)]
mod tests;
