//! Pools: interchangeable servers of one role.

use super::{
    HostPattern, Labels, Measure, OneOrAll, Planning, Role, Scaling, ScheduleTargets, fields::Fields,
    wording::quoted,
};

/// Interchangeable servers of one role.
#[derive(Debug, Clone, PartialEq)]
pub struct Pool {
    /// Its name; no other pool has it.
    pub name: String,
    /// What its servers do.
    pub role: Role,
    /// Which hosts belong to it; no host belongs to two pools.
    pub hosts: Vec<HostPattern>,
    /// Whether servers can be taken out of service for some hours, and put back. Off unless declared.
    pub scales_out: bool,
    /// Share of a volume's usable bytes at which it counts as full, above 0 and at most 1.
    pub full_mark: f64,
    /// Days between deciding and having new capacity, from 0 to [`Pool::LONGEST_LEAD_TIME_DAYS`].
    pub lead_time_days: f64,
    /// Fewest servers in service at any time, at least one.
    pub floor: u32,
    /// Share of the servers' capacity that the load may take, between 0 and 1.
    pub target_utilisation: f64,
    /// Price of one server for one hour in the platform's currency, not negative; `None` where not declared.
    pub price_per_server_hour: Option<f64>,
    /// Minutes from starting a server until it takes its share of the load, from 0 to 1440.
    pub warm_up_minutes: f64,
    /// How its servers may be taken out of service and put back.
    pub scaling: Scaling,
    /// How its disk is planned.
    pub planning: Planning,
    /// When it counts as slower as a whole, and when each host by itself.
    pub one_or_all: OneOrAll,
    /// What the tools call it that execute its scale-down plan.
    pub schedule: ScheduleTargets,
}

impl Pool {
    /// Nine tenths: what operators of mail platforms commonly treat as full, for a file system needs some
    /// room to allocate well and a purge needs some to work in.
    pub const DEFAULT_FULL_MARK: f64 = 0.90;
    /// A month: a common time from order to installed disk.
    pub const DEFAULT_LEAD_TIME_DAYS: f64 = 30.0;
    /// Ten years: beyond it, dates mean nothing.
    pub const LONGEST_LEAD_TIME_DAYS: f64 = 3650.0;
    /// One server: the least that serves anybody.
    pub const DEFAULT_FLOOR: u32 = 1;
    /// Leaves room for a lost server in a pool of three, and for minutes above the hour's mean.
    pub const DEFAULT_TARGET_UTILISATION: f64 = 0.6;
    /// Time for a virtual machine to boot, join its load balancer and fill its caches.
    pub const DEFAULT_WARM_UP_MINUTES: f64 = 10.0;
    /// A day; a server that warms up for longer cannot follow a daily rhythm.
    const LONGEST_WARM_UP_MINUTES: f64 = 1440.0;

    /// Whether a host belongs to the pool.
    pub fn has(&self, host: &str) -> bool {
        self.hosts.iter().any(|pattern| pattern.matches(host))
    }

    /// Whether a series is of one of its hosts, or of the pool as its source names it.
    pub fn owns(&self, labels: &Labels) -> bool {
        match (labels.get("host"), labels.get("pool")) {
            (Some(host), _) => self.has(host),
            (None, Some(name)) => name == self.name || self.has(name),
            (None, None) => false,
        }
    }

    /// The first of the measures whose rhythm says how many servers are needed.
    pub fn load(&self) -> Measure {
        self.scaling.loads.first().copied().unwrap_or(Scaling::DEFAULT_LOAD)
    }

    /// Whether a share of the usable bytes can be a full mark.
    pub fn is_full_mark(share: f64) -> bool {
        share > 0.0 && share <= 1.0
    }

    /// Whether days can be a lead time.
    pub fn is_lead_time_days(days: f64) -> bool {
        (0.0..=Self::LONGEST_LEAD_TIME_DAYS).contains(&days)
    }

    /// Reads `full_mark`.
    pub(super) fn read_full_mark(fields: &mut Fields<'_>) -> Option<f64> {
        let what = "a share of the usable bytes";
        fields.number("full_mark", what, "more than 0, at most 1", Self::is_full_mark)
    }

    /// Reads `lead_time_days`.
    pub(super) fn read_lead_time_days(fields: &mut Fields<'_>) -> Option<f64> {
        fields.number("lead_time_days", "a number of days", "0 to 3650", Self::is_lead_time_days)
    }

    /// Reads one `[[pool]]`; `None` where it has been refused. `roles` are the defaults by role.
    pub(super) fn read(mut fields: Fields<'_>, roles: &[(Role, OneOrAll)]) -> Option<Pool> {
        fields.require("name", "a name of its own, in quotes");
        fields.require("role", &Role::ALL.iter().map(|role| role.name()).collect::<Vec<_>>().join(", "));
        fields.require("hosts", &format!("a list of {}", HostPattern::LEGAL));
        let name = fields.text("name").map(toml::Spanned::into_inner);
        let role = fields.choice("role", "a role", Role::ALL, Role::name);
        let hosts = read_hosts(&mut fields);
        if hosts.as_ref().is_some_and(Vec::is_empty) {
            fields.refuse("hosts", "matches no host", format!("legal: a list of {}", HostPattern::LEGAL));
        }
        let scales_out = fields.flag("scales_out").unwrap_or(false);
        let full_mark = Self::read_full_mark(&mut fields);
        let lead_time_days = Self::read_lead_time_days(&mut fields);
        let floor = read_floor(&mut fields);
        let share = |share: f64| share > 0.0 && share < 1.0;
        let capacity = "a share of the servers' capacity";
        let target = fields.number("target_utilisation", capacity, "more than 0, less than 1", share);
        let price = "a price in the platform's currency";
        let price = fields.number("price_per_server_hour", price, "0 or more", |price| price >= 0.0);
        let minutes = |minutes: f64| (0.0..=Self::LONGEST_WARM_UP_MINUTES).contains(&minutes);
        let warm_up = fields.number("warm_up_minutes", "a number of minutes", "0 to 1440", minutes);
        let scaling = Scaling::read(&mut fields);
        let planning = Planning::read(&mut fields, lead_time_days.unwrap_or(Self::DEFAULT_LEAD_TIME_DAYS));
        let usual = roles.iter().find(|(named, _)| Some(*named) == role).map(|(_, usual)| *usual);
        let one_or_all = OneOrAll::read(&mut fields, usual.unwrap_or_default());
        let schedule = fields.sub_table("schedule").map(ScheduleTargets::read).unwrap_or_default();
        fields.finish();
        // A name or role that was refused has refused the file; the pool's hosts are held against the others' all the
        // same, so that all mistakes are told at once.
        Some(Pool {
            name: name.unwrap_or_default(),
            role: role.unwrap_or(Role::Admin),
            hosts: hosts?,
            scales_out,
            full_mark: full_mark.unwrap_or(Self::DEFAULT_FULL_MARK),
            lead_time_days: lead_time_days.unwrap_or(Self::DEFAULT_LEAD_TIME_DAYS),
            floor: floor.unwrap_or(Self::DEFAULT_FLOOR),
            target_utilisation: target.unwrap_or(Self::DEFAULT_TARGET_UTILISATION),
            price_per_server_hour: price,
            warm_up_minutes: warm_up.unwrap_or(Self::DEFAULT_WARM_UP_MINUTES),
            scaling,
            planning,
            one_or_all,
            schedule,
        })
    }
}

fn read_floor(fields: &mut Fields<'_>) -> Option<u32> {
    let legal = "a whole number from 1, for with no server left nobody is served";
    let whole = |number: f64| number.fract() == 0.0 && number >= 1.0 && number <= f64::from(u32::MAX);
    // The check above makes the conversion exact.
    fields.number("floor", "a number of servers", legal, whole).map(|servers| servers as u32)
}

/// Reads `hosts`, the patterns of a pool or an event; `None` where it is absent or one has been refused.
pub(super) fn read_hosts(fields: &mut Fields<'_>) -> Option<Vec<HostPattern>> {
    read_patterns(fields, "hosts", HostPattern::LEGAL)
}

/// Reads a list of patterns; `None` where it is absent or one has been refused with `legal`, which says what is.
pub(super) fn read_patterns(
    fields: &mut Fields<'_>,
    field: &'static str,
    legal: &str,
) -> Option<Vec<HostPattern>> {
    let texts = fields.texts(field)?;
    let read = |text: toml::Spanned<String>| {
        let pattern = HostPattern::new(text.get_ref());
        if let Err(bad) = &pattern {
            let problem = format!("{}: {bad}", quoted(text.get_ref()));
            fields.refuse_at(text.span().start, field, problem, format!("legal: {legal}"));
        }
        pattern.ok()
    };
    // All are read before one that was refused ends the list, so that each bad one is told.
    texts.into_iter().map(read).collect::<Vec<_>>().into_iter().collect()
}
