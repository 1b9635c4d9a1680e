//! What is planned: mailboxes that will move, capacity that is ordered, purges, and growth that will change.

use chrono::NaiveDate;

use super::{
    amount,
    fields::Fields,
    wording::{quoted, suggestion},
};

/// Something that the operator knows will happen.
#[derive(Debug, Clone, PartialEq)]
pub struct Planned {
    /// What it is called in reports.
    pub name: String,
    /// The day from which it holds, in the platform's time zone.
    pub date: NaiveDate,
    /// Where it happens.
    pub target: Target,
    /// What happens.
    pub what: Undertaking,
}

/// Where something planned happens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// On all volumes.
    Everywhere,
    /// In a pool, by its name.
    Pool(String),
    /// On a host's largest volume.
    Host(String),
    /// On one volume.
    Volume {
        /// The host that it is mounted on.
        host: String,
        /// Where it is mounted.
        volume: String,
    },
}

/// What is planned. Bytes are above zero.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Undertaking {
    /// Mailboxes arrive at once.
    MoveIn(Load),
    /// Mailboxes leave at once.
    MoveOut(Load),
    /// So many usable bytes more are in service.
    Capacity(f64),
    /// So many usable bytes go out of service.
    Decommission(f64),
    /// Old mail is removed.
    Purge {
        /// How much each time.
        takes: Takes,
        /// Days from one time to the next; `None` is once.
        every_days: Option<u32>,
    },
    /// Mail is removed once it is so old.
    Retention {
        /// Days for which mail is kept.
        keep_days: f64,
        /// Bytes that arrive in a day: with the days, the most that is kept.
        bytes_per_day: f64,
    },
    /// Growth is so many times as fast.
    Growth {
        /// How many times, above zero.
        factor: f64,
        /// The last day on which it is.
        to: Option<NaiveDate>,
    },
}

/// How much moves.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Load {
    /// So many bytes.
    Bytes(f64),
    /// So many mailboxes.
    Mailboxes {
        /// How many.
        count: f64,
        /// Bytes of one; `None` is what is measured.
        bytes_each: Option<f64>,
    },
}

/// How much a purge takes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Takes {
    /// So many bytes.
    Bytes(f64),
    /// A share of what is there, above 0 and at most 1.
    Share(f64),
}

/// The kinds by which a file names an undertaking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    MoveIn,
    MoveOut,
    Capacity,
    Decommission,
    Purge,
    Retention,
    Growth,
}

impl Kind {
    const ALL: &[Kind] = &[
        Kind::MoveIn,
        Kind::MoveOut,
        Kind::Capacity,
        Kind::Decommission,
        Kind::Purge,
        Kind::Retention,
        Kind::Growth,
    ];

    fn name(self) -> &'static str {
        match self {
            Kind::MoveIn => "move_in",
            Kind::MoveOut => "move_out",
            Kind::Capacity => "capacity",
            Kind::Decommission => "decommission",
            Kind::Purge => "purge",
            Kind::Retention => "retention",
            Kind::Growth => "growth",
        }
    }

    /// The fields beside name, kind, date and place that say something of it.
    fn fields(self) -> &'static [&'static str] {
        match self {
            Kind::MoveIn | Kind::MoveOut => &["bytes", "mailboxes", "bytes_per_mailbox"],
            Kind::Capacity | Kind::Decommission => &["bytes"],
            Kind::Purge => &["bytes", "share", "every_days"],
            Kind::Retention => &["keep_days", "bytes_per_day"],
            Kind::Growth => &["factor", "to"],
        }
    }
}

/// The fields that only some kinds have.
const OWN_FIELDS: &[&str] = &[
    "bytes",
    "mailboxes",
    "bytes_per_mailbox",
    "share",
    "every_days",
    "keep_days",
    "bytes_per_day",
    "factor",
    "to",
];

impl Planned {
    /// Growth beyond a hundredfold is no plan.
    pub const MOST_GROWTH: f64 = 100.0;
    /// What a growth factor can be, in words.
    pub(super) const GROWTH: &str = "more than 0, at most 100; 1 is as it is";
    /// Ten years, as for forecasts.
    const LONGEST_DAYS: f64 = 3650.0;
    /// A billion: more than any provider has.
    const MOST_MAILBOXES: f64 = 1e9;

    /// Reads one `[[planned]]`; `None` where it has been refused. `pools` are the names of all pools.
    pub(super) fn read(mut fields: Fields<'_>, pools: &[&str]) -> Option<Planned> {
        fields.require("name", "a name for the reports, in quotes");
        let kinds = Kind::ALL.iter().map(|kind| kind.name()).collect::<Vec<_>>();
        fields.require("kind", &kinds.join(", "));
        fields.require("date", "the day from which it holds, as in 2027-01-15");
        let name = fields.text("name").map(toml::Spanned::into_inner);
        let kind = fields.choice("kind", "something that can be planned", Kind::ALL, Kind::name);
        let date = fields.date("date");
        let target = read_target(&mut fields, kind, pools);
        let what = Amounts::read(&mut fields).into_undertaking(&fields, kind, date);
        fields.finish();
        Some(Planned { name: name?, date: date?, target: target?, what: what? })
    }

    /// Whether it is done once it has happened.
    pub fn is_once(&self) -> bool {
        match self.what {
            Undertaking::Purge { every_days, .. } => every_days.is_none(),
            Undertaking::Retention { .. } | Undertaking::Growth { .. } => false,
            _ => true,
        }
    }

    /// Whether a growth factor is one that can be planned.
    pub fn is_growth(factor: f64) -> bool {
        factor > 0.0 && factor <= Self::MOST_GROWTH
    }
}

fn read_target(fields: &mut Fields<'_>, kind: Option<Kind>, pools: &[&str]) -> Option<Target> {
    let pool = fields.text("pool").map(toml::Spanned::into_inner);
    let host = fields.text("host").map(toml::Spanned::into_inner);
    let volume = fields.text("volume").map(toml::Spanned::into_inner);
    if let Some(pool) = pool.as_deref().filter(|pool| !pools.contains(pool)) {
        let problem = format!("{} is not a pool of this file", quoted(pool));
        fields.refuse("pool", problem, suggestion(pool, pools));
    }
    if fields.has("pool") && fields.has("host") {
        fields.refuse("host", "stands beside pool", "legal: one of pool and host");
        return None;
    }
    if fields.has("volume") && !fields.has("host") {
        fields.refuse("volume", "stands without host", "legal: with the host that it is mounted on");
        return None;
    }
    match (pool, host, volume) {
        (Some(pool), _, _) => Some(Target::Pool(pool)),
        (None, Some(host), Some(volume)) => Some(Target::Volume { host, volume }),
        (None, Some(host), None) => Some(Target::Host(host)),
        // A place that was there has been refused already.
        _ if ["pool", "host"].iter().any(|field| fields.has(field)) => None,
        _ if kind.is_none_or(|kind| kind == Kind::Growth) => Some(Target::Everywhere),
        _ => {
            let legal = format!("legal: a pool of this file ({}), or host and volume", pools.join(", "));
            fields.refuse("pool", "is missing", legal);
            None
        }
    }
}

/// All that a table may say of how much; each field that is absent or refused is `None`.
struct Amounts {
    bytes: Option<f64>,
    mailboxes: Option<f64>,
    bytes_each: Option<f64>,
    share: Option<f64>,
    every_days: Option<f64>,
    keep_days: Option<f64>,
    bytes_per_day: Option<f64>,
    factor: Option<f64>,
    to: Option<NaiveDate>,
}

impl Amounts {
    fn read(fields: &mut Fields<'_>) -> Self {
        let whole = |most: f64| move |number: f64| number.fract() == 0.0 && number >= 1.0 && number <= most;
        let days = whole(Planned::LONGEST_DAYS);
        let legal_days = "a whole number from 1 to 3650";
        let share = |share: f64| share > 0.0 && share <= 1.0;
        Amounts {
            bytes: amount::read_volume(fields, "bytes"),
            mailboxes: fields.number(
                "mailboxes",
                "a number of mailboxes",
                "a whole number from 1 to 1000000000",
                whole(Planned::MOST_MAILBOXES),
            ),
            bytes_each: amount::read_volume(fields, "bytes_per_mailbox"),
            share: fields.number("share", "a share of what is there", "more than 0, at most 1", share),
            every_days: fields.number("every_days", "a number of days", legal_days, days),
            keep_days: fields.number("keep_days", "a number of days", legal_days, days),
            bytes_per_day: amount::read_volume(fields, "bytes_per_day"),
            factor: fields.number("factor", "a factor of growth", Planned::GROWTH, Planned::is_growth),
            to: fields.date("to"),
        }
    }

    /// What the amounts of a kind come to; what the kind does not know is refused, and what it cannot do without.
    fn into_undertaking(
        self,
        fields: &Fields<'_>,
        kind: Option<Kind>,
        date: Option<NaiveDate>,
    ) -> Option<Undertaking> {
        let kind = kind?;
        for field in OWN_FIELDS.iter().filter(|field| fields.has(field) && !kind.fields().contains(field)) {
            let with = Kind::ALL.iter().filter(|kind| kind.fields().contains(field));
            let legal = with.map(|kind| kind.name()).collect::<Vec<_>>().join(", ");
            let problem = format!("says nothing of kind = \"{}\"", kind.name());
            fields.refuse(field, problem, format!("legal with: {legal}"));
        }
        match kind {
            Kind::MoveIn => self.load(fields).map(Undertaking::MoveIn),
            Kind::MoveOut => self.load(fields).map(Undertaking::MoveOut),
            Kind::Capacity | Kind::Decommission => {
                fields.require("bytes", amount::VOLUMES);
                let made =
                    if kind == Kind::Capacity { Undertaking::Capacity } else { Undertaking::Decommission };
                self.bytes.map(made)
            }
            Kind::Purge => {
                let takes = match (one_of(fields, "bytes", "share"), self.bytes, self.share) {
                    (false, _, _) => None,
                    (true, Some(bytes), _) => Some(Takes::Bytes(bytes)),
                    (true, None, share) => share.map(Takes::Share),
                };
                // Read as a whole number of at most four digits.
                let every_days = self.every_days.map(|days| days as u32);
                Some(Undertaking::Purge { takes: takes?, every_days })
            }
            Kind::Retention => {
                fields.require("keep_days", "a whole number from 1 to 3650");
                fields.require("bytes_per_day", amount::VOLUMES);
                let (keep_days, bytes_per_day) = (self.keep_days?, self.bytes_per_day?);
                Some(Undertaking::Retention { keep_days, bytes_per_day })
            }
            Kind::Growth => {
                fields.require("factor", Planned::GROWTH);
                if let (Some(from), Some(to)) = (date, self.to)
                    && from > to
                {
                    let problem = format!("{to} is before date = {from}");
                    fields.refuse("to", problem, format!("legal: {from} or later"));
                }
                self.factor.map(|factor| Undertaking::Growth { factor, to: self.to })
            }
        }
    }

    fn load(&self, fields: &Fields<'_>) -> Option<Load> {
        if !one_of(fields, "bytes", "mailboxes") {
            return None;
        }
        if fields.has("bytes_per_mailbox") && !fields.has("mailboxes") {
            fields.refuse("bytes_per_mailbox", "stands without mailboxes", "legal: with mailboxes");
        }
        match (self.bytes, self.mailboxes) {
            (Some(bytes), _) => Some(Load::Bytes(bytes)),
            (None, count) => count.map(|count| Load::Mailboxes { count, bytes_each: self.bytes_each }),
        }
    }
}

/// Whether exactly one of two fields is there; otherwise both are refused.
fn one_of(fields: &Fields<'_>, first: &'static str, second: &'static str) -> bool {
    match (fields.has(first), fields.has(second)) {
        (true, true) => {
            fields.refuse(
                second,
                format!("stands beside {first}"),
                format!("legal: one of {first} and {second}"),
            );
        }
        (false, false) => fields.refuse(first, "is missing", format!("legal: one of {first} and {second}")),
        _ => return true,
    }
    false
}

#[cfg(test)]
mod tests;
