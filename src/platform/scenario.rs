//! Scenarios: the same platform, if something were different.

use chrono::NaiveDate;

use super::{
    Planned, Platform, Pool, Target, Undertaking,
    fields::Fields,
    wording::{quoted, suggestion},
};

/// What would be different.
#[derive(Debug, Clone, PartialEq)]
pub struct Scenario {
    /// Its name; no other scenario has it.
    pub name: String,
    /// The pools for which growth, full mark and lead time would be different; empty is all.
    pub pools: Vec<String>,
    /// Growth times this factor, from now on.
    pub growth: Option<f64>,
    /// Another full mark.
    pub full_mark: Option<f64>,
    /// Another lead time.
    pub lead_time_days: Option<f64>,
    /// What is planned and would not happen, by name.
    pub without: Vec<String>,
    /// What would happen beside what is planned.
    pub planned: Vec<Planned>,
}

impl Scenario {
    /// A scenario in which nothing is different yet.
    pub fn named(name: impl Into<String>) -> Scenario {
        Scenario {
            name: name.into(),
            pools: Vec::new(),
            growth: None,
            full_mark: None,
            lead_time_days: None,
            without: Vec::new(),
            planned: Vec::new(),
        }
    }

    /// Whether nothing would be different.
    pub fn is_empty(&self) -> bool {
        self.growth.is_none()
            && self.full_mark.is_none()
            && self.lead_time_days.is_none()
            && self.without.is_empty()
            && self.planned.is_empty()
    }

    /// The platform as it would be, `today` being the local day from which growth would differ.
    pub fn applied(&self, platform: &Platform, today: NaiveDate) -> Platform {
        let mut other = platform.clone();
        let concerned = |pool: &Pool| self.pools.is_empty() || self.pools.contains(&pool.name);
        for pool in other.pools.iter_mut().filter(|pool| concerned(pool)) {
            pool.full_mark = self.full_mark.unwrap_or(pool.full_mark);
            pool.lead_time_days = self.lead_time_days.unwrap_or(pool.lead_time_days);
        }
        other.planned.retain(|planned| !self.without.contains(&planned.name));
        other.planned.extend(self.planned.iter().cloned());
        if let Some(factor) = self.growth {
            let targets = match self.pools.as_slice() {
                [] => vec![Target::Everywhere],
                pools => pools.iter().cloned().map(Target::Pool).collect(),
            };
            other.planned.extend(targets.into_iter().map(|target| Planned {
                name: self.name.clone(),
                date: today,
                target,
                what: Undertaking::Growth { factor, to: None },
            }));
        }
        other
    }

    /// Reads one `[[scenario]]`; `None` where it has been refused. `pools` and `planned` are the names of all.
    pub(super) fn read(mut fields: Fields<'_>, pools: &[&str], planned: &[&str]) -> Option<Scenario> {
        fields.require("name", "a name of its own, in quotes");
        let name = fields.text("name").map(toml::Spanned::into_inner);
        let names = read_names(&mut fields, "pools", "a pool of this file", pools);
        let growth = fields.number("growth", "a factor of growth", Planned::GROWTH, Planned::is_growth);
        let full_mark = Pool::read_full_mark(&mut fields);
        let lead_time_days = Pool::read_lead_time_days(&mut fields);
        let without = read_names(&mut fields, "without", "the name of a [[planned]] of this file", planned);
        let changes = fields.sub_tables("planned");
        let different = ["growth", "full_mark", "lead_time_days", "without", "planned"];
        if !different.iter().any(|field| fields.has(field)) {
            fields.refuse("", "changes nothing", format!("legal: one of {}", different.join(", ")));
        }
        let changes = changes.into_iter().filter_map(|change| Planned::read(change, pools)).collect();
        fields.finish();
        Some(Scenario {
            name: name?,
            pools: names,
            growth,
            full_mark,
            lead_time_days,
            without,
            planned: changes,
        })
    }
}

fn read_names(fields: &mut Fields<'_>, field: &'static str, what: &str, legal: &[&str]) -> Vec<String> {
    let names = fields.texts(field).unwrap_or_default();
    for name in names.iter().filter(|name| !legal.contains(&name.get_ref().as_str())) {
        let problem = format!("{} is not {what}", quoted(name.get_ref()));
        let remedy = match legal {
            [] => "remove it: there is none".to_owned(),
            names => suggestion(name.get_ref(), names),
        };
        fields.refuse_at(name.span().start, field, problem, remedy);
    }
    names.into_iter().map(toml::Spanned::into_inner).collect()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::platform::{ConfigErrors, Load};

    const REST: &str = "[platform]\nname = \"A\"\ntimezone = \"UTC\"\ncurrency = \"EUR\"\n\
        [[source]]\nname = \"files\"\nfiles = [\"exports\"]\n\
        [[pool]]\nname = \"mailstore\"\nrole = \"mailstore\"\nhosts = [\"ms*\"]\n\
        [[pool]]\nname = \"database\"\nrole = \"database\"\nhosts = [\"db*\"]\nfull_mark = 0.8\n\
        [[planned]]\nname = \"shelf\"\nkind = \"capacity\"\ndate = 2027-02-01\npool = \"mailstore\"\nbytes = \"10TB\"\n";

    /// The file with a scenario that has these lines, which begin at line 24.
    fn with(lines: &str) -> Result<Platform, ConfigErrors> {
        Platform::parse(&format!("{REST}[[scenario]]\n{lines}"), Path::new("platform.toml"))
    }

    #[test]
    fn a_scenario_is_the_platform_with_a_difference() {
        let platform = with(
            "name = \"worse\"\npools = [\"mailstore\"]\ngrowth = 1.5\nfull_mark = 0.85\nlead_time_days = 45\n\
             without = [\"shelf\"]\n[[scenario.planned]]\nname = \"example.net\"\nkind = \"move_in\"\n\
             date = 2027-01-15\nhost = \"ms01\"\nmailboxes = 4000\nbytes_per_mailbox = \"0.5GB\"\n",
        )
        .unwrap();
        let today = "2026-11-16".parse().unwrap();
        let other = platform.scenarios[0].applied(&platform, today);
        let marks: Vec<_> = other.pools.iter().map(|pool| (pool.full_mark, pool.lead_time_days)).collect();
        assert_eq!(marks, [(0.85, 45.0), (0.8, 30.0)]);
        let load = Load::Mailboxes { count: 4000.0, bytes_each: Some(5e8) };
        let moved = Planned {
            name: "example.net".to_owned(),
            date: "2027-01-15".parse().unwrap(),
            target: Target::Host("ms01".to_owned()),
            what: Undertaking::MoveIn(load),
        };
        let growth = Planned {
            name: "worse".to_owned(),
            date: today,
            target: Target::Pool("mailstore".to_owned()),
            what: Undertaking::Growth { factor: 1.5, to: None },
        };
        assert_eq!(other.planned, [moved, growth]);
        // What is not different is as it was.
        assert_eq!((other.sources, other.calendar), (platform.sources, platform.calendar));
    }

    #[test]
    fn without_pools_it_is_for_all() {
        let platform = with("name = \"more\"\ngrowth = 2\nlead_time_days = 0\n").unwrap();
        let other = platform.scenarios[0].applied(&platform, "2026-11-16".parse().unwrap());
        assert!(other.pools.iter().all(|pool| pool.lead_time_days == 0.0));
        let targets: Vec<_> = other.planned.iter().map(|planned| &planned.target).collect();
        assert_eq!(targets, [&Target::Pool("mailstore".to_owned()), &Target::Everywhere]);
    }

    #[test]
    fn each_mistake_is_told_with_its_line_and_what_is_legal() {
        for (lines, told) in [
            (
                "growth = 2\n",
                "platform.toml:23: scenario 1: name: is missing; legal: a name of its own, in quotes",
            ),
            (
                "name = \"a\"\n",
                "platform.toml:23: scenario \"a\": changes nothing; legal: one of growth, full_mark, lead_time_days, \
                 without, planned",
            ),
            (
                "name = \"a\"\ngrowth = 0\n",
                "platform.toml:25: scenario \"a\": growth: 0 is not a factor of growth; legal: more than 0, at most \
                 100; 1 is as it is",
            ),
            (
                "name = \"a\"\nfull_mark = 85\n",
                "platform.toml:25: scenario \"a\": full_mark: 85 is not a share of the usable bytes; legal: more than \
                 0, at most 1",
            ),
            (
                "name = \"a\"\nlead_time_days = -1\n",
                "platform.toml:25: scenario \"a\": lead_time_days: -1 is not a number of days; legal: 0 to 3650",
            ),
            (
                "name = \"a\"\npools = [\"mailstor\"]\ngrowth = 2\n",
                "platform.toml:25: scenario \"a\": pools: \"mailstor\" is not a pool of this file; did you mean \
                 mailstore? legal: database, mailstore",
            ),
            (
                "name = \"a\"\nwithout = [\"shelv\"]\n",
                "platform.toml:25: scenario \"a\": without: \"shelv\" is not the name of a [[planned]] of this file; \
                 did you mean shelf? legal: shelf",
            ),
            (
                "name = \"a\"\n[[scenario.planned]]\nname = \"b\"\nkind = \"capacity\"\ndate = 2027-02-01\n\
                 pool = \"database\"\n",
                "platform.toml:25: scenario \"a\".planned \"b\": bytes: is missing; legal: a number and a unit (B, kB, \
                 MB, GB, TB, PB, KiB, MiB, GiB, TiB, PiB), such as \"2.5TB\", at most 1000PB",
            ),
            (
                "name = \"a\"\ngrowth = 2\n[[scenario]]\nname = \"a\"\ngrowth = 3\n",
                "platform.toml:27: scenario \"a\": name: is taken by the scenario at line 23; legal: a name of its own",
            ),
            (
                "name = \"a\"\ngrow = 2\n",
                "platform.toml:23: scenario \"a\": changes nothing; legal: one of growth, full_mark, lead_time_days, \
                 without, planned\n\
                 platform.toml:25: scenario \"a\": grow: is not a field here; did you mean growth? legal: name, pools, \
                 growth, full_mark, lead_time_days, without, planned",
            ),
        ] {
            assert_eq!(with(lines).unwrap_err().to_string(), told, "{lines}");
        }
    }
}
