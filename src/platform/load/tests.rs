use chrono::Weekday;
use insta::assert_snapshot;

use super::*;
use crate::platform::{Action, Labels, Measure, Origin, Probe, Role, SeriesKey, SourceUnit};

const GOOD: &str = r#"
[platform]
name = "Example Mail"
timezone = "Pacific/Auckland"
currency = "NZD"
queries = "my-packs"

[[source]]
name = "prometheus"
files = ["exports/prometheus/*.json*", "more"]
packs = ["node_exporter"]

[[source]]
name = "cpu"
files = ["exports/cpu.json"]
measure = "load.cpu"
unit = "percent"
labels = { pool = "web" }
label_map = { host = "instance" }

[[pool]]
name = "mailstore"
role = "mailstore"
hosts = ["ms*"]
full_mark = 1
lead_time_days = 45

[[pool]]
name = "web"
role = "webmail"
hosts = ["web0[1-8]", "web-spare"]
scales_out = true
floor = 2
target_utilisation = 0.7
price_per_server_hour = 0.12
warm_up_minutes = 5
load = "load.sessions"

[[limit]]
measure = "probe.duration"
limit = 2500
unit = "milliseconds"

[[limit]]
measure = "probe.duration"
probe = "inbound"
limit = 60
unit = "seconds"

[[limit]]
measure = "queue.depth"
queue = "deferred"
pool = "mailstore"
limit = 500
unit = "messages"

[calendar]
holidays = [2026-12-25, "2027-01-01"]
weekend = ["friday", "sat"]

[[calendar.event]]
name = "move to new shelves"
from = 2026-09-01
to = 2026-09-03
action = "break"
pools = ["mailstore"]

[report]
title = "Capacity"
charts = 12
"#;

fn parse(text: &str) -> Result<Platform, ConfigErrors> {
    Platform::parse(text, Path::new("conf/platform.toml"))
}

/// The message for the good file with one text in it replaced.
fn refusal(from: &str, to: &str) -> String {
    assert!(GOOD.contains(from), "the good file holds {from:?}");
    parse(&GOOD.replacen(from, to, 1)).unwrap_err().to_string()
}

#[test]
fn a_good_file_becomes_a_platform() {
    let platform = parse(GOOD).unwrap();
    assert_eq!(parse(&format!("\u{feff}{GOOD}")), Ok(platform.clone()), "a byte order mark is no mistake");
    assert_eq!(platform.name, "Example Mail");
    assert_eq!(platform.timezone, Tz::Pacific__Auckland);
    assert_eq!(platform.currency, "NZD");
    assert_eq!(platform.directory, Path::new("conf"));
    assert_eq!(platform.queries.as_deref(), Some(Path::new("my-packs")));
    assert_eq!(platform.resolve(Path::new("my-packs")), Path::new("conf/my-packs"));

    let [prometheus, cpu] = platform.sources.as_slice() else { panic!("{:?}", platform.sources) };
    assert_eq!(
        prometheus.origin,
        Origin::Files(vec!["exports/prometheus/*.json*".to_owned(), "more".to_owned()])
    );
    assert_eq!(prometheus.packs.as_deref(), Some(["node_exporter".to_owned()].as_slice()));
    assert_eq!(prometheus.declared, None);
    let declared = cpu.declared.as_ref().unwrap();
    assert_eq!((declared.measure, declared.unit), (Measure::LoadCpu, SourceUnit::Percent));
    assert_eq!(declared.labels, Labels::from([("pool", "web")]));
    assert_eq!(declared.label_map.get("host").map(String::as_str), Some("instance"));

    let [mailstore, web] = platform.pools.as_slice() else { panic!("{:?}", platform.pools) };
    assert_eq!((mailstore.role, mailstore.full_mark, mailstore.lead_time_days), (Role::Mailstore, 1.0, 45.0));
    assert_eq!((mailstore.scales_out, mailstore.floor, mailstore.target_utilisation), (false, 1, 0.6));
    assert_eq!((mailstore.price_per_server_hour, mailstore.warm_up_minutes), (None, 10.0));
    assert_eq!(mailstore.load(), Measure::LoadCpu);
    assert_eq!((web.scales_out, web.floor, web.target_utilisation), (true, 2, 0.7));
    assert_eq!((web.full_mark, web.lead_time_days), (0.9, 30.0));
    assert_eq!((web.price_per_server_hour, web.warm_up_minutes), (Some(0.12), 5.0));
    assert_eq!(web.load(), Measure::LoadSessions);
    assert_eq!(platform.pool_of("web-spare").map(|pool| pool.name.as_str()), Some("web"));
    assert_eq!(platform.pool_of("web09"), None);

    assert_eq!(platform.calendar.weekend, [Weekday::Fri, Weekday::Sat]);
    let holidays: Vec<String> = platform.calendar.holidays.iter().map(ToString::to_string).collect();
    assert_eq!(holidays, ["2026-12-25", "2027-01-01"]);
    let event = platform.calendar.events.first().unwrap();
    assert_eq!((event.name.as_str(), event.action), ("move to new shelves", Action::Break));
    assert_eq!(
        (event.from.to_string(), event.to.to_string()),
        ("2026-09-01".to_owned(), "2026-09-03".to_owned())
    );
    assert_eq!(platform.calendar.events_of(Some("ms01"), platform.pool_of("ms01")).count(), 1);
    assert_eq!(platform.calendar.events_of(Some("web01"), platform.pool_of("web01")).count(), 0);

    assert_eq!(platform.report.title.as_deref(), Some("Capacity"));
    assert_eq!((platform.report.charts, platform.report.horizon_days), (12, 365.0));
}

#[test]
fn the_limit_with_the_most_selectors_counts_in_canonical_units() {
    let platform = parse(GOOD).unwrap();
    let limit = |measure, labels: Labels, pool| {
        platform.limit_for(&SeriesKey { measure, labels }, platform.pool(pool))
    };
    // 2500 ms are 2.5 s.
    assert_eq!(limit(Measure::ProbeDuration, Labels::from([("probe", "contacts")]), ""), Some(2.5));
    assert_eq!(
        limit(Measure::ProbeDuration, Labels::from([("probe", Probe::Inbound.name())]), ""),
        Some(60.0)
    );
    let deferred = || Labels::from([("queue", "deferred"), ("host", "ms01")]);
    assert_eq!(limit(Measure::QueueDepth, deferred(), "mailstore"), Some(500.0));
    assert_eq!(limit(Measure::QueueDepth, deferred(), "web"), None);
    assert_eq!(limit(Measure::QueueDepth, Labels::from([("queue", "active")]), "mailstore"), None);
    assert_eq!(limit(Measure::LoadCpu, Labels::new(), "web"), None);
}

#[test]
fn all_mistakes_are_told_at_once_in_the_order_of_the_lines() {
    let text = r#"[platform]
name = ""
timezone = "Europe/Berln"
currency = "Euro"
colour = "blue"

[[source]]
name = "prometheus"
files = []
measure = "disk.usd"
unit = "bytes"

[[pool]]
name = "mailstore"
role = "mailstor"
hosts = ["ms*", "m[s"]
full_mark = 1.4
floor = 0

[[pool]]
name = "mailstore"
role = "mx"
hosts = ["mx0[1-4]"]
lead_time = 3
price_per_server_hour = -1

[[pool]]
name = "spare"
role = "mx"
hosts = ["*04"]
warm_up_minutes = "ten"

[[limit]]
measure = "probe.duration"
limit = 60
unit = "messages"

[calendar]
holidays = [2026-12-24, "2026-02-30"]
weekend = ["sonday"]

[[calendar.event]]
name = "new year"
from = 2026-12-31
to = 2026-12-30
action = "skip"
pools = ["mailstor"]

[reports]
charts = 3
"#;
    let errors = parse(text).unwrap_err();
    assert_snapshot!(errors, @r#"
    conf/platform.toml:2: platform: name: "" is not a text; legal: a text in quotes, not empty
    conf/platform.toml:3: platform: timezone: "Europe/Berln" is not an IANA time zone; nearest: Europe/Berlin
    conf/platform.toml:4: platform: currency: "Euro" is not a currency; legal: an ISO 4217 code of three capitals, such as EUR
    conf/platform.toml:5: platform: colour: is not a field here; legal: name, timezone, currency, queries
    conf/platform.toml:9: source "prometheus": files: names no file; legal: paths, globs or directories, relative to this file
    conf/platform.toml:10: source "prometheus": measure: "disk.usd" is not a measure; did you mean disk.used? legal: disk.used, disk.size, disk.free, disk.avail, disk.reserved, disk.used_ratio, inodes.used, inodes.total, inodes.free, queue.depth, queue.age, delivery.delay, delivery.seconds, delivery.count, delivery.buckets, response.time, load.cpu, cpu.idle_seconds, load.memory, memory.total, memory.available, disk.busy, disk.busy_seconds, load.sessions, load.connections, load.messages, messages.total, servers.running, host.up, probe.duration, probe.success, mailboxes
    conf/platform.toml:15: pool "mailstore": role: "mailstor" is not a role; did you mean mailstore? legal: mx, smtp, outbound, routing, imap_proxy, mailstore, webmail, admin, database, cache, dns
    conf/platform.toml:16: pool "mailstore": hosts: "m[s": `[` is not closed by `]`; legal: host names with `*`, `?` and `[a-d]`, such as "mx0[1-4]"
    conf/platform.toml:17: pool "mailstore": full_mark: 1.4 is not a share of the usable bytes; legal: more than 0, at most 1
    conf/platform.toml:18: pool "mailstore": floor: 0 is not a number of servers; legal: a whole number from 1, for with no server left nobody is served
    conf/platform.toml:21: pool "mailstore": name: is taken by the pool at line 13; legal: a name of its own
    conf/platform.toml:24: pool "mailstore": lead_time: is not a field here; did you mean lead_time_days? legal: name, role, hosts, scales_out, full_mark, lead_time_days, floor, target_utilisation, price_per_server_hour, warm_up_minutes, load, timezone, redundancy, zones, drain_minutes, shortest_window_hours, changes_per_day, heavy_work_hours, risk, order_days, move_days, plan_risk, price_per_tb, departs_sigmas, departs_percent, volumes, pool_share, local_share, apart_sigmas, apart_percent, schedule
    conf/platform.toml:25: pool "mailstore": price_per_server_hour: -1 is not a price in the platform's currency; legal: 0 or more
    conf/platform.toml:30: pool "spare": hosts: "*04" and "mx0[1-4]" of pool "mailstore" both match the host "mx04"; each host belongs to one pool at most
    conf/platform.toml:31: pool "spare": warm_up_minutes: "ten" is not a number of minutes; legal: 0 to 1440
    conf/platform.toml:36: limit 1: unit: messages does not convert to seconds, the unit of probe.duration; legal: seconds, milliseconds, microseconds
    conf/platform.toml:39: calendar: holidays: "2026-02-30" is not a day; legal: a day of the calendar, as in 2026-12-24
    conf/platform.toml:40: calendar: weekend: "sonday" is not a weekday; did you mean monday or sunday? legal: monday, tuesday, wednesday, thursday, friday, saturday, sunday
    conf/platform.toml:45: calendar.event "new year": to: 2026-12-30 is before from = 2026-12-31; legal: 2026-12-31 or later
    conf/platform.toml:46: calendar.event "new year": action: "skip" is not an action; legal: ignore, break
    conf/platform.toml:47: calendar.event "new year": pools: "mailstor" is not a pool of this file; did you mean mailstore? legal: mailstore, spare
    conf/platform.toml:49: reports: is not a field here; did you mean report? legal: platform, source, pool, role, limit, calendar, planned, scenario, report, archive
    "#);
}

#[test]
fn what_a_file_cannot_do_without_is_missed() {
    assert_snapshot!(parse("").unwrap_err(), @r#"
    conf/platform.toml:1: platform: is missing; legal: a table with name, timezone and currency
    conf/platform.toml:1: there is no source; declare at least one [[source]]
    conf/platform.toml:1: there is no pool; declare at least one [[pool]]
    "#);
    assert_snapshot!(
        parse("[platform]\n[[source]]\n[[pool]]\n[[limit]]\n[calendar]\n[[calendar.event]]\n").unwrap_err(),
        @r#"
        conf/platform.toml:1: platform: name: is missing; legal: a name for the reports, in quotes
        conf/platform.toml:1: platform: timezone: is missing; legal: an IANA time zone, such as "Europe/Berlin"
        conf/platform.toml:1: platform: currency: is missing; legal: an ISO 4217 code, such as "EUR"
        conf/platform.toml:2: source 1: name: is missing; legal: a name of its own, in quotes
        conf/platform.toml:2: source 1: files: is missing; legal: a list of paths, globs or directories, relative to this file; or `kind` for a live server
        conf/platform.toml:3: pool 1: name: is missing; legal: a name of its own, in quotes
        conf/platform.toml:3: pool 1: role: is missing; legal: mx, smtp, outbound, routing, imap_proxy, mailstore, webmail, admin, database, cache, dns
        conf/platform.toml:3: pool 1: hosts: is missing; legal: a list of host names with `*`, `?` and `[a-d]`, such as "mx0[1-4]"
        conf/platform.toml:4: limit 1: measure: is missing; legal: disk.used, disk.size, disk.free, disk.avail, disk.reserved, disk.used_ratio, inodes.used, inodes.total, inodes.free, queue.depth, queue.age, delivery.delay, response.time, load.cpu, load.memory, memory.total, memory.available, disk.busy, load.sessions, load.connections, load.messages, servers.running, host.up, probe.duration, probe.success, mailboxes
        conf/platform.toml:4: limit 1: limit: is missing; legal: a number above 0, in `unit`
        conf/platform.toml:6: calendar.event 1: name: is missing; legal: a name for the reports, in quotes
        conf/platform.toml:6: calendar.event 1: from: is missing; legal: its first day, as in 2026-12-24
        conf/platform.toml:6: calendar.event 1: to: is missing; legal: its last day, as in 2026-12-26
        conf/platform.toml:6: calendar.event 1: action: is missing; legal: ignore, break
        "#
    );
}

#[test]
fn each_impossible_value_is_refused() {
    let mistakes = [
        ("full_mark = 1", "full_mark = 0"),
        ("full_mark = 1", "full_mark = nan"),
        ("full_mark = 1", "full_mark = \"90 %\""),
        ("lead_time_days = 45", "lead_time_days = -1"),
        ("lead_time_days = 45", "lead_time_days = 1e999"),
        ("floor = 2", "floor = 0"),
        ("floor = 2", "floor = 1.5"),
        ("floor = 2", "floor = 99999999999999999999999999"),
        ("target_utilisation = 0.7", "target_utilisation = 1.0"),
        ("price_per_server_hour = 0.12", "price_per_server_hour = -0.12"),
        ("warm_up_minutes = 5", "warm_up_minutes = -5"),
        ("scales_out = true", "scales_out = \"yes\""),
        ("load = \"load.sessions\"", "load = \"disk.used\""),
        ("hosts = [\"ms*\"]", "hosts = []"),
        ("hosts = [\"ms*\"]", "hosts = \"ms*\""),
        ("hosts = [\"ms*\"]", "hosts = [\"ms*\", 7]"),
        ("charts = 12", "charts = -12"),
    ];
    let messages = mistakes.map(|(from, to)| refusal(from, to).replace("conf/platform.toml:", ""));
    assert_snapshot!(messages.join("\n"), @r#"
    25: pool "mailstore": full_mark: 0 is not a share of the usable bytes; legal: more than 0, at most 1
    25: pool "mailstore": full_mark: nan is not a share of the usable bytes; legal: more than 0, at most 1
    25: pool "mailstore": full_mark: "90 %" is not a share of the usable bytes; legal: more than 0, at most 1
    26: pool "mailstore": lead_time_days: -1 is not a number of days; legal: 0 to 3650
    26: pool "mailstore": lead_time_days: 1e999 is not a number of days; legal: 0 to 3650
    33: pool "web": floor: 0 is not a number of servers; legal: a whole number from 1, for with no server left nobody is served
    33: pool "web": floor: 1.5 is not a number of servers; legal: a whole number from 1, for with no server left nobody is served
    33: pool "web": floor: 99999999999999999999999999 is not a number of servers; legal: a whole number from 1, for with no server left nobody is served
    34: pool "web": target_utilisation: 1.0 is not a share of the servers' capacity; legal: more than 0, less than 1
    35: pool "web": price_per_server_hour: -0.12 is not a price in the platform's currency; legal: 0 or more
    36: pool "web": warm_up_minutes: -5 is not a number of minutes; legal: 0 to 1440
    32: pool "web": scales_out: "yes" is neither true nor false; legal: true, false
    37: pool "web": load: "disk.used" is not a load; legal: load.cpu, load.memory, load.sessions, load.connections, load.messages
    24: pool "mailstore": hosts: matches no host; legal: a list of host names with `*`, `?` and `[a-d]`, such as "mx0[1-4]"
    24: pool "mailstore": hosts: "ms*" is not a list; legal: a list of texts, as in ["a", "b"]
    24: pool "mailstore": hosts: 7 is not a text; legal: a text in quotes, not empty
    70: report: charts: -12 is not a number of charts; legal: a whole number from 0 to 10000
    "#);
}

#[test]
fn where_a_pool_counts_as_one_is_the_pool_s_or_its_role_s() {
    let role = "[[role]]\nname = \"webmail\"\npool_share = 0.4\napart_percent = 50\n\n[[limit]]";
    let text = GOOD.replacen("[[limit]]", role, 1).replace("warm_up_minutes = 5", "pool_share = 0.6");
    let platform = parse(&text).unwrap();
    let of = |pool: &str| platform.pool(pool).unwrap().one_or_all;
    assert_eq!(of("mailstore"), OneOrAll::default());
    assert_eq!(of("web"), OneOrAll { pool_share: 0.6, apart_percent: 50.0, ..OneOrAll::default() });
    let twice = role.replacen("[[limit]]", role, 1);
    assert_snapshot!(refusal("[[limit]]", &twice), @r#"conf/platform.toml:45: role "webmail": name: "webmail" is told at line 39 already; a role has one [[role]]: put both together"#);
    assert_snapshot!(refusal("floor = 2", "pool_share = 0"), @r#"conf/platform.toml:33: pool "web": pool_share: 0 is not a share of the pool's hosts; legal: more than 0, at most 1"#);
    assert_snapshot!(refusal("floor = 2", "pool_share = 0.3"), @r#"conf/platform.toml:33: pool "web": pool_share: leaves nothing between one host and the pool: local_share is 0.33, pool_share 0.30; legal: a local_share less than pool_share"#);
    assert_snapshot!(refusal("floor = 2", "pool_share = 0.3\nlocal_share = 0.4"), @r#"conf/platform.toml:34: pool "web": local_share: leaves nothing between one host and the pool: local_share is 0.40, pool_share 0.30; legal: a local_share less than pool_share"#);
    assert_snapshot!(refusal("[[limit]]", "[[role]]\nname = \"mailstor\"\n\n[[limit]]"), @r#"conf/platform.toml:40: role "mailstor": name: "mailstor" is not a role; did you mean mailstore? legal: mx, smtp, outbound, routing, imap_proxy, mailstore, webmail, admin, database, cache, dns"#);
}

#[test]
fn names_are_unique_and_hosts_belong_to_one_pool() {
    assert_snapshot!(refusal("name = \"cpu\"", "name = \"prometheus\""), @r#"conf/platform.toml:14: source "prometheus": name: is taken by the source at line 8; legal: a name of its own"#);
    assert_snapshot!(refusal("name = \"web\"", "name = \"mailstore\""), @r#"conf/platform.toml:29: pool "mailstore": name: is taken by the pool at line 21; legal: a name of its own"#);
    assert_snapshot!(refusal("\"web-spare\"", "\"*-spare\", \"?s0*\""), @r#"conf/platform.toml:31: pool "web": hosts: "*-spare" and "ms*" of pool "mailstore" both match the host "ms-spare"; each host belongs to one pool at most"#);
    assert_snapshot!(refusal("probe = \"inbound\"\n", ""), @r#"conf/platform.toml:44: limit 2: selects the same as the limit at line 39; remove one, or select by probe, queue or pool"#);
}

#[test]
fn declared_sources_are_whole() {
    assert_snapshot!(refusal("unit = \"percent\"\n", ""), @r#"conf/platform.toml:13: source "cpu": unit: is missing; legal: ratio, percent, milliseconds_per_second"#);
    assert_snapshot!(refusal("unit = \"percent\"", "unit = \"gib\""), @r#"conf/platform.toml:17: source "cpu": unit: gib does not convert to ratio, the unit of load.cpu; legal: ratio, percent, milliseconds_per_second"#);
    assert_snapshot!(refusal("measure = \"load.cpu\"\n", ""), @r#"
    conf/platform.toml:16: source "cpu": unit: says nothing without `measure`; declare the measure, or remove the field
    conf/platform.toml:17: source "cpu": labels: says nothing without `measure`; declare the measure, or remove the field
    conf/platform.toml:18: source "cpu": label_map: says nothing without `measure`; declare the measure, or remove the field
    "#);
    assert_snapshot!(refusal("label_map = {", "packs = [\"a\"]\nlabel_map = { pool = \"p\", Host = \"i\","), @r#"
    conf/platform.toml:19: source "cpu": packs: recognises nothing where `measure` declares it; remove one of the two
    conf/platform.toml:20: source "cpu": label_map: "Host" is not a canonical label; legal: small letters, digits and `_`, such as host, volume, queue, quantile, probe
    conf/platform.toml:20: source "cpu": label_map: "pool" is fixed by `labels` already; remove one of the two
    "#);
    assert_snapshot!(refusal("{ pool = \"web\" }", "{ probe = \"inbund\" }"), @r#"conf/platform.toml:18: source "cpu": labels: "inbund" is not a probe; did you mean inbound? legal: imap_login_read, inbound, outbound, webmail_login, folder_switch, calendar, contacts"#);
}

#[test]
fn limits_name_what_exists() {
    assert_snapshot!(refusal("queue = \"deferred\"", "probe = \"inbound\""), @r#"conf/platform.toml:52: limit 3: probe: queue.depth has no probe; legal with: probe.duration, probe.success"#);
    assert_snapshot!(refusal("pool = \"mailstore\"\nlimit", "pool = \"mailstores\"\nlimit"), @r#"conf/platform.toml:53: limit 3: pool: "mailstores" is not a pool of this file; did you mean mailstore? legal: mailstore, web"#);
    assert_snapshot!(refusal("limit = 500", "limit = 0"), @r#"conf/platform.toml:54: limit 3: limit: 0 is not a level; legal: a number above 0, in `unit`"#);
    assert_snapshot!(refusal("\"queue.depth\"", "\"messages.total\""), @r#"conf/platform.toml:51: limit 3: measure: "messages.total" is not a measure with a level; legal: disk.used, disk.size, disk.free, disk.avail, disk.reserved, disk.used_ratio, inodes.used, inodes.total, inodes.free, queue.depth, queue.age, delivery.delay, response.time, load.cpu, load.memory, memory.total, memory.available, disk.busy, load.sessions, load.connections, load.messages, servers.running, host.up, probe.duration, probe.success, mailboxes"#);
}

#[test]
fn zones_are_those_of_iana() {
    // A zone without daylight saving, one with it, and the one that a misspelling comes nearest to.
    for zone in ["Asia/Kolkata", "Europe/Berlin", "UTC"] {
        let text = GOOD.replace("Pacific/Auckland", zone);
        assert_eq!(parse(&text).unwrap().timezone.name(), zone);
    }
    assert_snapshot!(refusal("Pacific/Auckland", "Europe/Berln"), @r#"conf/platform.toml:4: platform: timezone: "Europe/Berln" is not an IANA time zone; nearest: Europe/Berlin"#);
    assert_snapshot!(refusal("Pacific/Auckland", "Auckland"), @r#"conf/platform.toml:4: platform: timezone: "Auckland" is not an IANA time zone; nearest: Pacific/Auckland"#);
    assert_snapshot!(refusal("Pacific/Auckland", "GMT+13 or so"), @r#"conf/platform.toml:4: platform: timezone: "GMT+13 or so" is not an IANA time zone; nearest: GMT"#);
}

#[test]
fn what_is_not_toml_is_told_by_line_and_column() {
    assert_snapshot!(parse("[platform]\nname = Example\n").unwrap_err(), @r#"conf/platform.toml:2:8: not TOML: string values must be quoted, expected literal string"#);
    assert_snapshot!(parse("[platform]\nname = \"a\"\nname = \"b\"\n").unwrap_err(), @r#"conf/platform.toml:3:1: not TOML: duplicate key"#);
    assert_snapshot!(parse("[platform\n").unwrap_err(), @r#"conf/platform.toml:1:10: not TOML: unclosed table, expected `]`"#);
}

#[test]
fn wrong_shapes_are_told() {
    assert_snapshot!(parse("platform = 1\nsource = [1]\n[pool]\nname = \"a\"\n").unwrap_err(), @r#"
    conf/platform.toml:1: platform: 1 is not a table; legal: a table of fields
    conf/platform.toml:2: source 1: 1 is not a table; legal: a table of fields
    conf/platform.toml:3: pool: a table is not a list of tables; write [[pool]] above each
    "#);
    assert_snapshot!(parse(&format!("\"\\u202e\\n{}\" = 1", "x".repeat(90))).unwrap_err(), @r#"
    conf/platform.toml:1: platform: is missing; legal: a table with name, timezone and currency
    conf/platform.toml:1: there is no source; declare at least one [[source]]
    conf/platform.toml:1: there is no pool; declare at least one [[pool]]
    conf/platform.toml:1: "\u{202e}\nxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…": is not a field here; legal: platform, source, pool, role, limit, calendar, planned, scenario, report, archive
    "#);
}

#[test]
fn a_file_that_cannot_be_read_says_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("platform.toml");
    let message = |path: &Path| {
        let shown = folder.path().display().to_string();
        Platform::load(path).unwrap_err().to_string().replace(&shown, "DIR")
    };
    assert_snapshot!(message(&path), @r#"DIR/platform.toml: there is no such file; name yours with `--platform FILE`, or have one written from what your servers hold: `mailtide init --help`"#);
    assert_snapshot!(message(folder.path()), @r#"DIR: is a directory; name the file in it, as in `mailtide run --platform DIRECTORY/platform.toml`"#);
    fs::write(&path, b"[platform]\nname = \"\xff\"\n").unwrap();
    assert_snapshot!(message(&path), @r#"DIR/platform.toml:2: byte 19 of the file is not UTF-8; save the file as UTF-8"#);
    fs::write(&path, GOOD).unwrap();
    let platform = Platform::load(&path).unwrap();
    assert_eq!(platform.directory, folder.path());
}

proptest::proptest! {
    /// Cut off anywhere, a good file is refused or still whole; it never panics.
    #[test]
    fn a_file_cut_off_is_read_or_refused(end in 0..GOOD.len()) {
        if let Err(errors) = parse(&GOOD[..end]) {
            proptest::prop_assert!(!errors.0.is_empty());
        }
    }

    #[test]
    fn arbitrary_values_are_read_or_refused(
        field in "name|hosts|floor|full_mark|load|role|from|weekend|timezone|labels|unit",
        value in "\\PC{0,30}|[0-9+.eE_-]{1,20}|\\[[0-9\",a-z]{0,20}\\]",
    ) {
        let text: String = GOOD
            .lines()
            .map(|line| match line.split_once(" = ") {
                Some((name, _)) if name == field => format!("{name} = {value}\n"),
                _ => format!("{line}\n"),
            })
            .collect();
        if let Err(errors) = parse(&text) {
            proptest::prop_assert!(!errors.0.is_empty());
        }
    }
}

#[test]
fn another_mistake_does_not_hide_shared_hosts() {
    let text = "[platform]\nname = \"P\"\ntimezone = \"UTC\"\ncurrency = \"EUR\"\n\
        [[source]]\nname = \"s\"\nfiles = [\"a\"]\n\
        [[pool]]\nname = \"a\"\nrole = \"mmx\"\nhosts = [\"ms*\"]\n\
        [[pool]]\nname = \"b\"\nrole = \"mx\"\nhosts = [\"ms01\"]\n";
    let errors = Platform::parse(text, Path::new("platform.toml")).unwrap_err().to_string();
    assert!(errors.contains("\"mmx\" is not a role"), "{errors}");
    assert!(errors.contains("both match the host \"ms01\""), "{errors}");
}
