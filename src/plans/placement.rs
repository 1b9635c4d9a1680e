//! Placement: which part of what is planned lands on which volume.

use chrono::NaiveDate;

use super::coming::day_number;
use crate::{
    platform::{Labels, Load, Planned, Platform, Pool, Takes, Target, Undertaking},
    series::{Days, Mailboxes, Volume},
};

/// For each `[[planned]]` of a platform, in its order, the volumes that it lands on. Bytes that move into a pool are
/// spread as room is left below the full marks, what the pool gets by then included; bytes that leave it, as they are
/// used now. Capacity that a pool gets is new volumes', and lands on none of the old ones.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Placement {
    parts: Vec<Vec<Part>>,
    /// Bytes of one mailbox where each lands, as far as they are measured.
    bytes_each: Vec<Option<f64>>,
}

/// A count of mailboxes that is older than this says nothing of today: what is counted, is counted once a week at least.
const FRESH_DAYS: i64 = 8;

#[derive(Debug, Clone, PartialEq)]
struct Part {
    host: String,
    volume: String,
    share: f64,
}

/// What a volume holds and could hold.
struct Held<'a> {
    host: &'a str,
    volume: &'a str,
    aliases: &'a [String],
    pool: Option<&'a str>,
    used: f64,
    usable: f64,
    room: f64,
    /// Whether it can hold mailboxes at all.
    holds_data: bool,
}

impl Placement {
    /// Places all that a platform plans; what was ordered for a day before `today` is in the volumes already.
    pub(super) fn of(
        platform: &Platform,
        volumes: &[Volume],
        mailboxes: &Mailboxes,
        today: NaiveDate,
    ) -> Placement {
        if platform.planned.is_empty() {
            return Placement::default();
        }
        let held: Vec<Held> = volumes.iter().filter_map(|volume| Held::of(platform, volume)).collect();
        let place = |planned| parts(platform, planned, &held, today);
        let size = |planned| bytes_each(planned, &held, mailboxes, today);
        Placement {
            parts: platform.planned.iter().map(place).collect(),
            bytes_each: platform.planned.iter().map(size).collect(),
        }
    }

    /// Bytes of one mailbox, as far as they are measured, where something planned lands.
    pub(super) fn bytes_each(&self, planned: usize) -> Option<f64> {
        self.bytes_each.get(planned).copied().flatten()
    }

    /// The share of something planned, by its place in the platform, that lands on a volume.
    pub(super) fn share(&self, planned: usize, labels: &Labels) -> Option<f64> {
        let (host, volume) = (labels.get("host")?, labels.get("volume")?);
        let parts = self.parts.get(planned)?;
        parts.iter().find(|part| part.host == host && part.volume == volume).map(|part| part.share)
    }

    /// Whether something planned, by its place in the platform, lands on no volume.
    pub(super) fn is_nowhere(&self, place: usize, planned: &Planned) -> bool {
        let new = matches!(planned.what, Undertaking::Capacity(_) | Undertaking::Decommission(_));
        let lands = new && matches!(planned.target, Target::Pool(_));
        !lands && self.parts.get(place).is_some_and(Vec::is_empty)
    }
}

impl<'a> Held<'a> {
    fn of(platform: &'a Platform, volume: &'a Volume) -> Option<Self> {
        let (host, mount) = (volume.labels.get("host")?, volume.labels.get("volume")?);
        let pool = platform.pool_of(host);
        let last = |series: &crate::series::Series| series.last().map_or(0.0, |(_, value)| value);
        let (used, usable) = (last(&volume.used), last(&volume.usable));
        let mark = pool.map_or(Pool::DEFAULT_FULL_MARK, |pool| pool.full_mark) * usable;
        Some(Held {
            host,
            volume: mount,
            aliases: &volume.also_mounted,
            pool: pool.map(|pool| pool.name.as_str()),
            used,
            usable,
            room: (mark - used).max(0.0),
            holds_data: pool.is_none_or(|pool| pool.planning.holds_data(mount)),
        })
    }

    fn part(&self, share: f64) -> Part {
        Part { host: self.host.to_owned(), volume: self.volume.to_owned(), share }
    }

    fn is_mounted_at(&self, volume: &str) -> bool {
        self.volume == volume || self.aliases.iter().any(|alias| alias == volume)
    }
}

fn parts(platform: &Platform, planned: &Planned, held: &[Held], today: NaiveDate) -> Vec<Part> {
    match &planned.target {
        Target::Everywhere => held.iter().map(|one| one.part(1.0)).collect(),
        Target::Volume { host, volume } => {
            let on = held.iter().find(|one| one.host == host && one.is_mounted_at(volume));
            on.map(|one| one.part(1.0)).into_iter().collect()
        }
        Target::Host(host) => {
            let own = held.iter().filter(|one| one.host == host);
            let largest = own.max_by(|a, b| a.usable.total_cmp(&b.usable));
            largest.map(|one| one.part(1.0)).into_iter().collect()
        }
        Target::Pool(pool) => {
            let own = of_pool(held, pool);
            let new = new_by(platform, planned, pool, today);
            in_pool(planned, &own, platform.pool(pool).map_or(1.0, |pool| pool.full_mark) * new)
        }
    }
}

/// The volumes of a pool that can hold mailboxes; all, where none can.
fn of_pool<'h, 'a>(held: &'h [Held<'a>], pool: &str) -> Vec<&'h Held<'a>> {
    let own: Vec<&Held> = held.iter().filter(|one| one.pool == Some(pool)).collect();
    let data: Vec<&Held> = own.iter().copied().filter(|one| one.holds_data).collect();
    if data.is_empty() { own } else { data }
}

/// Bytes of one mailbox of a pool or volume that mailboxes are counted of.
fn bytes_each(planned: &Planned, held: &[Held], mailboxes: &Mailboxes, today: NaiveDate) -> Option<f64> {
    let (used, count): (f64, Option<Days>) = match &planned.target {
        Target::Everywhere => return None,
        Target::Pool(pool) => {
            let own = of_pool(held, pool);
            let mut hosts: Vec<&str> = own.iter().map(|one| one.host).collect();
            hosts.sort_unstable();
            hosts.dedup();
            (own.iter().map(|one| one.used).sum(), mailboxes.of_pool(pool, &hosts))
        }
        Target::Host(host) | Target::Volume { host, .. } => {
            let own = held.iter().filter(|one| one.host == host && one.holds_data);
            let on = |one: &&Held| match &planned.target {
                Target::Volume { volume, .. } => one.is_mounted_at(volume),
                _ => true,
            };
            let one = own.clone().filter(on).max_by(|a, b| a.usable.total_cmp(&b.usable))?;
            (one.used, mailboxes.of_volume(host, one.volume, own.count() == 1))
        }
    };
    let (day, count) = count?.last().copied()?;
    (day_number(today) - day <= FRESH_DAYS && count > 0.0).then(|| used / count)
}

/// The parts of a pool's volumes; `new` is the room of those that it gets by then.
fn in_pool(planned: &Planned, own: &[&Held], new: f64) -> Vec<Part> {
    let spread = |weight: fn(&Held) -> f64, beside: f64| -> Vec<Part> {
        let all = own.iter().map(|one| weight(one)).sum::<f64>() + beside;
        if all > 0.0 {
            return own.iter().map(|one| one.part(weight(one) / all)).collect();
        }
        // Nothing tells one from another.
        own.iter().map(|one| one.part(1.0 / own.len() as f64)).collect()
    };
    match planned.what {
        Undertaking::Growth { .. } | Undertaking::Purge { takes: Takes::Share(_), .. } => {
            own.iter().map(|one| one.part(1.0)).collect()
        }
        Undertaking::Capacity(_) | Undertaking::Decommission(_) => Vec::new(),
        Undertaking::MoveIn(_) => spread(|one| one.room, new),
        Undertaking::MoveOut(_) | Undertaking::Purge { .. } | Undertaking::Retention { .. } => {
            spread(|one| one.used, 0.0)
        }
    }
}

/// Bytes that are ordered for a pool, and in service when something is planned to happen.
fn new_by(platform: &Platform, planned: &Planned, pool: &str, today: NaiveDate) -> f64 {
    let before = platform.planned.iter().filter(|other| (today..=planned.date).contains(&other.date));
    let ordered = before.filter_map(|other| match (&other.target, other.what) {
        (Target::Pool(of), Undertaking::Capacity(bytes)) if of == pool => Some(bytes),
        _ => None,
    });
    ordered.sum()
}

/// Bytes that a load comes to, a mailbox of undeclared size being as large as `measured`; `None` where it is neither
/// declared nor measured.
pub(super) fn bytes_of(load: Load, measured: Option<f64>) -> Option<f64> {
    match load {
        Load::Bytes(bytes) => Some(bytes),
        Load::Mailboxes { count, bytes_each } => Some(count * bytes_each.or(measured)?),
    }
}
