use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use insta::assert_snapshot;
use proptest::prelude::*;

use super::*;
use crate::platform::{HostSeen, Measure, Platform, guess_pools};

fn source(name: &str, fields: &[(&'static str, &str)]) -> InitSource {
    let fields = fields.iter().map(|(field, value)| (*field, in_quotes(value)));
    InitSource { name: name.to_owned(), fields: fields.collect() }
}

fn prometheus() -> InitSource {
    source("prometheus", &[("kind", "prometheus"), ("url", "https://prometheus.example.net:9090")])
}

/// The file of these hosts, measured by that Prometheus.
fn file(hosts: &BTreeMap<String, HostSeen>, found: &[FoundSource]) -> String {
    let graphite =
        [("kind", "graphite"), ("url", "http://graphite"), ("user", "planner"), ("password_env", "SECRET")];
    InitFile {
        name: "Example \"Mail\"",
        timezone: "Europe/Berlin",
        timezone_from: "this machine's",
        currency: "EUR",
        sources: &[prometheus(), source("graphite", &graphite)],
        found,
        guess: &guess_pools(hosts),
    }
    .text()
}

fn hosts(names: &[&str]) -> BTreeMap<String, HostSeen> {
    names.iter().map(|name| ((*name).to_owned(), HostSeen::default())).collect()
}

#[test]
fn the_whole_file() {
    let mut hosts = hosts(&["mx1.example.net", "mx2.example.net", "box", "10.0.0.1"]);
    for number in 1..=10 {
        let measures = BTreeSet::from([Measure::LoadSessions]);
        hosts.insert(format!("ms{number:02}"), HostSeen { measures, most_inodes: 4e6 });
    }
    let found = [
        FoundSource {
            name: "prometheus".to_owned(),
            packs: vec![("node_exporter".to_owned(), 60), ("up".to_owned(), 14)],
            ..FoundSource::default()
        },
        FoundSource {
            name: "graphite".to_owned(),
            problems: vec!["graphite: http://graphite/: connection refused; is it running?\n".to_owned()],
            ..FoundSource::default()
        },
    ];
    let text = file(&hosts, &found);
    Platform::parse(&text, Path::new("platform.toml")).unwrap();
    assert_snapshot!(text, @r#"
    # Example "Mail", as `mailtide init` found it. Look it over before you rely on it: each guess says what told it.
    # What stands behind a `#` is off, and shows what can be said. Paths are relative to this file.

    [platform]
    name = "Example \"Mail\""
    timezone = "Europe/Berlin"  # this machine's; days, weeks and holidays are local
    currency = "EUR"  # ISO 4217
    # queries = "queries"  # a folder of query packs of your own, beside the ones that are shipped

    # ----------------------------------------------------------------------------------------------------------
    # Sources: where the history is. Passwords and tokens stand in the environment or in files of their own, never here.

    [[source]]
    name = "prometheus"
    kind = "prometheus"
    url = "https://prometheus.example.net:9090"
    # Only these query packs find series there; without the line, all are asked. Series found:
    #   node_exporter 60, up 14
    packs = ["node_exporter", "up"]
    # history = "400d"  # how far back the first pull goes

    [[source]]
    name = "graphite"
    kind = "graphite"
    url = "http://graphite"
    user = "planner"
    password_env = "SECRET"
    # It did not answer all when this file was made: graphite: http://graphite/: connection refused; is it running?�
    # history = "400d"  # how far back the first pull goes

    # ----------------------------------------------------------------------------------------------------------
    # Pools: interchangeable servers of one role. `hosts` are patterns of host names; no host may be in two pools.
    # Roles: mx, smtp, outbound, routing, imap_proxy, mailstore, webmail, admin, database, cache, dns.

    # Seen:
    #   mx1.example.net, mx2.example.net
    [[pool]]
    name = "mx"
    role = "mx"  # a guess: "mx" in the name
    hosts = ["mx*.example.net"]
    # lead_time_days = 30  # from deciding to having new capacity in service
    # scales_out = true  # if servers can be switched off and on: hours that need fewer are looked for
    # floor = 2  # the fewest servers that must stay in service
    # price_per_server_hour = 0.11  # in EUR
    # [pool.schedule]  # for `mailtide schedule`: what those that switch servers call it; name what you have
    # auto_scaling_group = "mx"  # EC2 Auto Scaling, Terraform
    # namespace = "mail"  # Kubernetes: KEDA, kube-downscaler, CronJobs
    # deployment = "mx"  # or stateful_set
    # command = "/usr/local/bin/resize mx {servers}"  # cron

    # Seen:
    #   ms01, ms02, ms03, ms04, ms05, ms06, ms07, ms08, and 2 more
    [[pool]]
    name = "mailstore"
    role = "mailstore"  # a guess: "ms" in the name, and a volume of more than a million files
    hosts = ["ms*"]
    load = "load.sessions"  # their processors are not measured
    # lead_time_days = 30  # from deciding to having new capacity in service
    # scales_out = true  # if servers can be switched off and on: hours that need fewer are looked for
    # floor = 2  # the fewest servers that must stay in service
    # price_per_server_hour = 0.11  # in EUR

    # No name and no measure told what these hosts do. Add a pattern for them to a pool, or a pool for them:
    #   10.0.0.1, box

    # ----------------------------------------------------------------------------------------------------------
    # Limits: levels that a delay, a queue or a probe is to stay below. A rise is told against its limit.

    # [[limit]]
    # measure = "delivery.delay"
    # limit = 5
    # unit = "seconds"

    # Holidays are no ordinary working days, and days of an event are no example of a week.
    # [calendar]
    # holidays = [2026-12-25, 2026-12-26, 2027-01-01]
    "#);
}

/// What is off can be put on as it is: the example of a pool's schedule is one that the platform file takes.
#[test]
fn pools_that_are_switched_off_and_on_have_an_example_of_a_schedule_that_is_legal() {
    let text = file(&hosts(&["imap-proxy1", "imap-proxy2", "mx1", "mx2", "ms1", "ms2"]), &[]);
    assert_eq!(text.matches("# [pool.schedule]").count(), 2, "{text}");
    let mut on = String::new();
    let mut within = false;
    for line in text.lines() {
        within = line.starts_with("# [pool.schedule]") || (within && line.starts_with("# "));
        on += if within { &line[2..] } else { line };
        on.push('\n');
    }
    let platform = Platform::parse(&on, Path::new("platform.toml")).unwrap();
    let proxies = platform.pool("imap_proxy").unwrap_or_else(|| panic!("{on}"));
    assert_eq!(proxies.schedule.auto_scaling_group.as_deref(), Some("imap-proxy"));
    assert_eq!(proxies.schedule.command.as_deref(), Some("/usr/local/bin/resize imap_proxy {servers}"));
    assert!(proxies.schedule.workload.is_some() && platform.pool("mx").unwrap().schedule.workload.is_some());
}

#[test]
fn where_nothing_tells_a_role_one_pool_has_every_host() {
    let text = file(&hosts(&["a", "b"]), &[]);
    let platform = Platform::parse(&text, Path::new("platform.toml")).unwrap();
    assert_eq!(platform.pools.len(), 1);
    assert!(["a", "b", "c"].iter().all(|host| platform.pool_of(host).is_some()));
    assert!(
        text.contains(
            "what these hosts do. Add a pattern for them to a pool, or a pool for them:\n#   a, b\n"
        )
    );
}

proptest! {
    #[test]
    fn whatever_the_hosts_are_called_the_file_is_a_platform_file(
        names in prop::collection::btree_set("(ms|mx|db|out|web-|ip)?\\PC{0,6}[0-9]{0,2}(\\.a)?|[\u{0}-\u{7f}]{1,9}", 0..12),
        // A name of nothing but spaces is refused.
        name in "M[\u{0}-\u{7f}]{0,20}|M\\PC{0,20}",
    ) {
        let seen: BTreeMap<String, HostSeen> =
            names.iter().map(|name| (name.clone(), HostSeen::default())).collect();
        let guess = guess_pools(&seen);
        let problem = names.iter().cloned().collect::<String>();
        let found =
            [FoundSource { name: "prometheus".to_owned(), problems: vec![problem], ..FoundSource::default() }];
        let text = InitFile {
            name: &name,
            timezone: "UTC",
            timezone_from: "an IANA name",
            currency: "EUR",
            sources: &[prometheus()],
            found: &found,
            guess: &guess,
        }
        .text();
        let platform = match Platform::parse(&text, Path::new("platform.toml")) {
            Ok(platform) => platform,
            Err(errors) => return Err(TestCaseError::fail(format!("{errors}\n{text}"))),
        };
        prop_assert_eq!(platform.name, name);
        for host in &names {
            let of = platform.pools.iter().filter(|pool| pool.has(host)).count();
            prop_assert!(of <= 1, "{} is in {} pools", host, of);
        }
    }
}
