//! The platform file that `mailtide init` writes.

use crate::{
    pipeline::FoundSource,
    platform::{Guess, PoolGuess, Role},
    reports::one_line,
};

/// Hosts of a pool that a comment names; more are counted.
const NAMED: usize = 8;

/// Characters of a line after which a comment goes on in the next one.
const WIDTH: usize = 110;

/// The longest text that is repeated from elsewhere, such as a host's name.
const LONGEST: usize = 300;

/// A source as the file declares it.
#[derive(Debug, Clone)]
pub(super) struct InitSource {
    pub(super) name: String,
    /// Each field with its value in TOML.
    pub(super) fields: Vec<(&'static str, String)>,
}

/// What the file says.
#[derive(Debug, Clone)]
pub(super) struct InitFile<'a> {
    pub(super) name: &'a str,
    pub(super) timezone: &'a str,
    /// How the zone was found.
    pub(super) timezone_from: &'a str,
    pub(super) currency: &'a str,
    pub(super) sources: &'a [InitSource],
    /// What each source was found to have; empty before they are asked.
    pub(super) found: &'a [FoundSource],
    pub(super) guess: &'a Guess,
}

impl InitFile<'_> {
    /// The whole file.
    pub(super) fn text(&self) -> String {
        let mut text = format!(
            "\
# {}, as `mailtide init` found it. Look it over before you rely on it: each guess says what told it.
# What stands behind a `#` is off, and shows what can be said. Paths are relative to this file.

[platform]
name = {}
timezone = {}  # {}; days, weeks and holidays are local
currency = {}  # ISO 4217
# queries = \"queries\"  # a folder of query packs of your own, beside the ones that are shipped

{RULE}
# Sources: where the history is. Passwords and tokens stand in the environment or in files of their own, never here.
",
            comment(self.name),
            in_quotes(self.name),
            in_quotes(self.timezone),
            self.timezone_from,
            in_quotes(self.currency),
        );
        for source in self.sources {
            text += &of_source(source, self.found.iter().find(|found| found.name == source.name));
        }
        text += &format!(
            "
{RULE}
# Pools: interchangeable servers of one role. `hosts` are patterns of host names; no host may be in two pools.
# Roles: mx, smtp, outbound, routing, imap_proxy, mailstore, webmail, admin, database, cache, dns.
"
        );
        for pool in &self.guess.pools {
            text += &self.of_pool(pool);
        }
        if self.guess.pools.is_empty() {
            text += ONE_POOL;
        }
        if !self.guess.left_over.is_empty() {
            text += LEFT_OVER;
            text += &wrapped(self.guess.left_over.iter().map(|host| comment(host)));
        }
        text + LIMITS
    }

    fn of_pool(&self, pool: &PoolGuess) -> String {
        let named = pool.seen.iter().take(NAMED).map(|host| comment(host));
        let more = pool.seen.len().saturating_sub(NAMED);
        let more = (more > 0).then(|| format!("and {more} more"));
        let hosts = wrapped(named.chain(more));
        let patterns: Vec<String> =
            pool.hosts.iter().map(|pattern| in_quotes(&pattern.to_string())).collect();
        let schedule = if SWITCHED.contains(&pool.role) { of_schedule(&pool.name) } else { String::new() };
        let load = match pool.load {
            Some(load) => format!("load = {}  # their processors are not measured\n", in_quotes(load.name())),
            None => String::new(),
        };
        format!(
            "
# Seen:
{hosts}[[pool]]
name = {}
role = {}  # a guess: {}
hosts = [{}]
{load}# lead_time_days = 30  # from deciding to having new capacity in service
# scales_out = true  # if servers can be switched off and on: hours that need fewer are looked for
# floor = 2  # the fewest servers that must stay in service
# price_per_server_hour = 0.11  # in {}
{schedule}",
            in_quotes(&pool.name),
            in_quotes(pool.role.name()),
            comment(&pool.why),
            patterns.join(", "),
            comment(self.currency),
        )
    }
}

/// The roles whose servers hold no mail and are alike: those that are switched off and on.
const SWITCHED: [Role; 5] = [Role::Mx, Role::Smtp, Role::Outbound, Role::ImapProxy, Role::Webmail];

/// How the tools that switch servers call a pool, as an example that is off. It ends the pool's table.
fn of_schedule(pool: &str) -> String {
    // Kubernetes takes no underscore.
    let name = in_quotes(&pool.replace('_', "-"));
    format!(
        "\
# [pool.schedule]  # for `mailtide schedule`: what those that switch servers call it; name what you have
# auto_scaling_group = {name}  # EC2 Auto Scaling, Terraform
# namespace = \"mail\"  # Kubernetes: KEDA, kube-downscaler, CronJobs
# deployment = {name}  # or stateful_set
# command = {}  # cron
",
        in_quotes(&format!("/usr/local/bin/resize {pool} {{servers}}"))
    )
}

const RULE: &str = "# ----------------------------------------------------------------------------------------------------------";

/// What stands for the pools where none could be guessed: every file has one.
const ONE_POOL: &str = "
# Nothing told what any host does, so this pool has them all. Make a pool of each role instead.
[[pool]]
name = \"all\"
role = \"admin\"
hosts = [\"*\"]
";

const LEFT_OVER: &str = "\n# No name and no measure told what these hosts do. Add a pattern for them to a pool, or a pool for them:\n";

const LIMITS: &str = "
# ----------------------------------------------------------------------------------------------------------
# Limits: levels that a delay, a queue or a probe is to stay below. A rise is told against its limit.

# [[limit]]
# measure = \"delivery.delay\"
# limit = 5
# unit = \"seconds\"

# Holidays are no ordinary working days, and days of an event are no example of a week.
# [calendar]
# holidays = [2026-12-25, 2026-12-26, 2027-01-01]
";

fn of_source(source: &InitSource, found: Option<&FoundSource>) -> String {
    let mut text = format!("\n[[source]]\nname = {}\n", in_quotes(&source.name));
    for (field, value) in &source.fields {
        text += &format!("{field} = {value}\n");
    }
    let Some(found) = found else { return text };
    for problem in &found.problems {
        text += &format!("# It did not answer all when this file was made: {}\n", comment(problem));
    }
    if !found.packs.is_empty() {
        let packs: Vec<String> = found.packs.iter().map(|(pack, _)| in_quotes(pack)).collect();
        let counts: Vec<String> =
            found.packs.iter().map(|(pack, series)| format!("{pack} {series}")).collect();
        text +=
            "# Only these query packs find series there; without the line, all are asked. Series found:\n";
        text += &wrapped(counts.into_iter());
        text += &format!("packs = [{}]\n", packs.join(", "));
    }
    if source.fields.iter().any(|(field, _)| *field == "kind") {
        text += "# history = \"400d\"  # how far back the first pull goes\n";
    }
    text
}

/// A list as lines of a comment.
fn wrapped(items: impl Iterator<Item = String>) -> String {
    let items: Vec<String> = items.collect();
    let mut text = String::new();
    let mut line = String::new();
    for (at, item) in items.iter().enumerate() {
        let item = if at + 1 < items.len() { format!(" {item},") } else { format!(" {item}") };
        if !line.is_empty() && line.chars().count() + item.chars().count() > WIDTH {
            text += &format!("#  {line}\n");
            line.clear();
        }
        line += &item;
    }
    text + &format!("#  {line}\n")
}

/// A text of elsewhere as a comment may hold it.
fn comment(text: &str) -> String {
    one_line(text, LONGEST)
}

/// A text as a basic string of TOML, which is written like one of JSON but for the character DEL.
pub(super) fn in_quotes(text: &str) -> String {
    serde_json::Value::from(text).to_string().replace('\u{7f}', "\\u007f")
}

#[cfg(test)]
#[path = "init_file_tests.rs"]
mod tests;
