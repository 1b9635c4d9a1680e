//! How a pool's servers may be taken out of service for some hours, and put back.

use chrono_tz::Tz;

use super::{Measure, fields::Fields, load::read_timezone, wording::suggestion};

/// How a pool's servers may be taken out of service for some hours, and put back.
#[derive(Debug, Clone, PartialEq)]
pub struct Scaling {
    /// What drives the need for servers, the first being the one that reports show; the one that needs the most decides.
    pub loads: Vec<Measure>,
    /// The time zone that its users live in; `None` is the platform's.
    pub timezone: Option<Tz>,
    /// What must be survivable while fewer servers run.
    pub redundancy: Redundancy,
    /// Minutes until a server that is taken out has let go of its sessions, and stops costing, from 0 to 1440.
    pub drain_minutes: f64,
    /// The shortest span worth a change, in hours, from 1 to 24.
    pub shortest_window_hours: usize,
    /// The most changes of the number of servers from one noon to the next, from 2 to 12.
    pub changes_per_day: usize,
    /// Hours that heavy work takes, such as a backup or an index rebuild, from 1 to 24.
    pub heavy_work_hours: usize,
    /// Share of the windows' time in which servers may be too few, from 0.001 to 0.2.
    pub risk: f64,
}

/// What must be survivable while fewer servers run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Redundancy {
    /// Nothing: the servers that run are those that the load needs.
    None,
    /// The loss of one server.
    Server,
    /// The loss of one of so many zones, over which the servers are spread evenly.
    Zone {
        /// How many zones there are, at least two.
        zones: u32,
    },
}

impl Default for Scaling {
    fn default() -> Self {
        Scaling {
            loads: vec![Self::DEFAULT_LOAD],
            timezone: None,
            redundancy: Redundancy::None,
            drain_minutes: 0.0,
            shortest_window_hours: Self::DEFAULT_SHORTEST_WINDOW_HOURS,
            changes_per_day: Self::DEFAULT_CHANGES_PER_DAY,
            heavy_work_hours: Self::DEFAULT_HEAVY_WORK_HOURS,
            risk: Self::DEFAULT_RISK,
        }
    }
}

impl Redundancy {
    /// The servers that must run so that `needed` are left after what must be survivable.
    pub fn servers(self, needed: u32) -> u32 {
        match self {
            Redundancy::None => needed,
            Redundancy::Server => needed.saturating_add(1),
            Redundancy::Zone { zones } => {
                // Of n servers in z zones, the fullest zone has ⌈n / z⌉.
                let left = |n: u32| n - n.div_ceil(zones.max(2));
                let mut n = needed;
                while left(n) < needed && n < u32::MAX {
                    n += 1;
                }
                n
            }
        }
    }

    /// The most servers that the load may need where so many run.
    pub fn usable(self, running: u32) -> u32 {
        (1..=running).rev().find(|&needed| self.servers(needed) <= running).unwrap_or(running.min(1))
    }
}

impl Scaling {
    /// Every monitoring system has it.
    pub const DEFAULT_LOAD: Measure = Measure::LoadCpu;
    /// Below three hours, starting and stopping servers costs what it saves.
    pub const DEFAULT_SHORTEST_WINDOW_HOURS: usize = 3;
    /// Down once and up once: what people can remember.
    pub const DEFAULT_CHANGES_PER_DAY: usize = 2;
    /// The length of a full backup's night window in common backup schedules.
    pub const DEFAULT_HEAVY_WORK_HOURS: usize = 4;
    /// A hundredth of the time, at a target utilisation that leaves room for it.
    pub const DEFAULT_RISK: f64 = 0.01;
    /// What a pool's load can be: levels that more servers share among them.
    pub const LOADS: &[Measure] = &[
        Measure::LoadCpu,
        Measure::LoadMemory,
        Measure::LoadSessions,
        Measure::LoadConnections,
        Measure::LoadMessages,
    ];
    /// A day; a server that drains for longer cannot follow a daily rhythm.
    const LONGEST_DRAIN_MINUTES: f64 = 1440.0;
    /// More zones than any region has.
    const MOST_ZONES: f64 = 16.0;

    /// Reads the fields of a `[[pool]]` that say how it scales.
    pub(super) fn read(fields: &mut Fields<'_>) -> Scaling {
        let default = Scaling::default();
        let loads = read_loads(fields).unwrap_or(default.loads);
        let timezone = read_timezone(fields);
        let redundancy = read_redundancy(fields).unwrap_or(default.redundancy);
        let minutes = |minutes: f64| (0.0..=Self::LONGEST_DRAIN_MINUTES).contains(&minutes);
        let drain = fields.number("drain_minutes", "a number of minutes", "0 to 1440", minutes);
        let shortest = whole(fields, "shortest_window_hours", "a number of hours", 1, 24);
        let changes = whole(fields, "changes_per_day", "a number of changes", 2, 12);
        let heavy = whole(fields, "heavy_work_hours", "a number of hours", 1, 24);
        let share = |share: f64| (0.001..=0.2).contains(&share);
        let risk = fields.number("risk", "a share of the windows' time", "0.001 to 0.2", share);
        Scaling {
            loads,
            timezone,
            redundancy,
            drain_minutes: drain.unwrap_or(default.drain_minutes),
            shortest_window_hours: shortest.unwrap_or(default.shortest_window_hours),
            changes_per_day: changes.unwrap_or(default.changes_per_day),
            heavy_work_hours: heavy.unwrap_or(default.heavy_work_hours),
            risk: risk.unwrap_or(default.risk),
        }
    }
}

/// `load`, a measure or a list of them; `None` where it is absent or refused.
fn read_loads(fields: &mut Fields<'_>) -> Option<Vec<Measure>> {
    let names = fields.text_or_texts("load")?;
    let legal: Vec<&str> = Scaling::LOADS.iter().map(|load| load.name()).collect();
    let mut loads: Vec<Measure> = Vec::new();
    for name in &names {
        let text = name.get_ref();
        match Scaling::LOADS.iter().find(|load| load.name() == text) {
            Some(load) if loads.contains(load) => {
                let problem = format!("{} is named twice", super::wording::quoted(text));
                fields.refuse_at(name.span().start, "load", problem, "remove one");
            }
            Some(load) => loads.push(*load),
            None => {
                let problem = format!("{} is not a load", super::wording::quoted(text));
                fields.refuse_at(name.span().start, "load", problem, suggestion(text, &legal));
            }
        }
    }
    if names.is_empty() {
        fields.refuse("load", "names no load", format!("legal: {}", legal.join(", ")));
    }
    (!loads.is_empty()).then_some(loads)
}

fn read_redundancy(fields: &mut Fields<'_>) -> Option<Redundancy> {
    #[derive(Clone, Copy, PartialEq)]
    enum Word {
        None,
        Server,
        Zone,
    }
    let name = |word| match word {
        Word::None => "none",
        Word::Server => "server",
        Word::Zone => "zone",
    };
    let word = fields.choice("redundancy", "a redundancy", &[Word::None, Word::Server, Word::Zone], name);
    let has = fields.has("zones");
    let range = |zones: f64| zones.fract() == 0.0 && (2.0..=Scaling::MOST_ZONES).contains(&zones);
    let zones = fields.number("zones", "a number of zones", "a whole number from 2 to 16", range);
    match word? {
        Word::None => Some(Redundancy::None),
        Word::Server => Some(Redundancy::Server),
        Word::Zone if !has => {
            fields.refuse(
                "zones",
                "is missing",
                "legal: how many zones the servers are spread over, from 2 to 16",
            );
            None
        }
        // The check above makes the conversion exact.
        Word::Zone => zones.map(|zones| Redundancy::Zone { zones: zones as u32 }),
    }
}

/// A whole number within bounds.
fn whole(
    fields: &mut Fields<'_>,
    field: &'static str,
    what: &str,
    least: usize,
    most: usize,
) -> Option<usize> {
    let fits = |number: f64| number.fract() == 0.0 && (least as f64..=most as f64).contains(&number);
    // The check above makes the conversion exact.
    fields
        .number(field, what, &format!("a whole number from {least} to {most}"), fits)
        .map(|number| number as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lost_server_or_zone_leaves_what_is_needed() {
        assert_eq!(Redundancy::None.servers(4), 4);
        assert_eq!(Redundancy::Server.servers(4), 5);
        // Six servers in three zones lose two and leave four; five lose two and leave three.
        assert_eq!(Redundancy::Zone { zones: 3 }.servers(4), 6);
        // Eight in two zones lose four.
        assert_eq!(Redundancy::Zone { zones: 2 }.servers(4), 8);
        assert_eq!(Redundancy::Zone { zones: 3 }.servers(0), 0);
    }

    #[test]
    fn what_runs_may_be_used_but_for_what_must_be_survivable() {
        assert_eq!(Redundancy::None.usable(8), 8);
        assert_eq!(Redundancy::Server.usable(8), 7);
        // Eight in three zones lose three.
        assert_eq!(Redundancy::Zone { zones: 3 }.usable(8), 5);
        // One server survives nothing, and is used all the same.
        assert_eq!(Redundancy::Server.usable(1), 1);
        assert_eq!(Redundancy::Server.usable(0), 0);
    }
}
