use insta::assert_snapshot;
use proptest::prelude::*;

use super::*;

fn seen(measures: &[Measure]) -> HostSeen {
    HostSeen { measures: measures.iter().copied().collect(), most_inodes: 0.0 }
}

fn named(hosts: &[&str]) -> BTreeMap<String, HostSeen> {
    hosts.iter().map(|host| ((*host).to_owned(), seen(&[Measure::LoadCpu]))).collect()
}

/// A line for each pool: name, role, patterns, hosts, reason.
fn shown(guess: &Guess) -> String {
    let pool = |pool: &PoolGuess| {
        let patterns: Vec<String> = pool.hosts.iter().map(ToString::to_string).collect();
        let load = pool.load.map(|load| format!(", load {load}")).unwrap_or_default();
        let PoolGuess { name, role, why, seen, .. } = pool;
        format!("{name} {}: {} <- {} ({why}{load})\n", role.name(), patterns.join(" "), seen.join(" "))
    };
    let pools: String = guess.pools.iter().map(pool).collect();
    format!("{pools}left over: {}", guess.left_over.join(" "))
}

#[test]
fn hosts_that_are_counted_are_one_pool() {
    let hosts = named(&[
        "ms01",
        "ms02",
        "ms10",
        "mx1.example.net",
        "mx2.example.net",
        "ip01",
        "ip02",
        "out1",
        "db01",
        "db02",
        "ns1",
        "web-01",
        "web-02",
        "redis01",
        "i-0a1b2c3d4e",
        "10.0.0.7",
    ]);
    assert_snapshot!(shown(&guess_pools(&hosts)), @r#"
    mx mx: mx*.example.net <- mx1.example.net mx2.example.net ("mx" in the name)
    outbound outbound: out* <- out1 ("out" in the name)
    imap_proxy imap_proxy: ip* <- ip01 ip02 ("ip" in the name)
    mailstore mailstore: ms* <- ms01 ms02 ms10 ("ms" in the name)
    webmail webmail: web-* <- web-01 web-02 ("web" in the name)
    database database: db* <- db01 db02 ("db" in the name)
    cache cache: redis* <- redis01 ("redis" in the name)
    dns dns: ns* <- ns1 ("ns" in the name)
    left over: 10.0.0.7 i-0a1b2c3d4e
    "#);
}

#[test]
fn names_that_begin_alike_are_kept_apart() {
    let hosts = named(&[
        "mx01",
        "mx02",
        "mxout01",
        "mxout02",
        "ms01",
        "ms01-fra",
        "ms02-fra",
        "msdb01",
        "msadmin",
        "mx-old",
        "smtp-out",
        "smtp-in",
        "imap-store-1",
        "imap-store-2",
        "imap1",
        "fra1-ms03",
        "fra2-ms04",
        "web01-ca",
        "web01-ny",
    ]);
    assert_snapshot!(shown(&guess_pools(&hosts)), @r#"
    mx mx: mx[0-9]* <- mx01 mx02 ("mx" in the name)
    mx_others mx: mx-old <- mx-old ("mx" in the name)
    smtp smtp: smtp-in <- smtp-in ("smtp" in the name)
    outbound_mxout outbound: mxout* <- mxout01 mxout02 ("mxout" in the name)
    outbound_others outbound: smtp-out <- smtp-out ("out" in the name)
    imap_proxy imap_proxy: imap[0-9]* <- imap1 ("imap" in the name)
    mailstore_fra-ms mailstore: fra*-ms* <- fra1-ms03 fra2-ms04 ("ms" in the name)
    mailstore_imap-store mailstore: imap-store-* <- imap-store-1 imap-store-2 ("store" in the name)
    mailstore_ms mailstore: ms[0-9][0-9] <- ms01 ("ms" in the name)
    mailstore_ms-fra mailstore: ms[0-9]*-fra <- ms01-fra ms02-fra ("ms" in the name)
    webmail_web-ca webmail: web*-ca <- web01-ca ("web" in the name)
    webmail_web-ny webmail: web*-ny <- web01-ny ("web" in the name)
    left over: msadmin msdb01
    "#);
}

#[test]
fn one_name_in_several_domains_is_one_pool() {
    let hosts = named(&[
        "ms01",
        "ms02.example.net",
        "mx1.a.example",
        "mx1.b.example",
        "ns1_example_net",
        "ns2_example_net",
    ]);
    assert_snapshot!(shown(&guess_pools(&hosts)), @r#"
    mx mx: mx*.a.example mx*.b.example <- mx1.a.example mx1.b.example ("mx" in the name)
    mailstore mailstore: ms* <- ms01 ms02.example.net ("ms" in the name)
    dns dns: ns*_example_net <- ns1_example_net ns2_example_net ("ns" in the name)
    left over:
    "#);
}

#[test]
fn what_is_measured_tells_where_a_name_does_not() {
    let mut hosts = named(&["alpha", "node9"]);
    let many = HostSeen { most_inodes: 3e6, ..seen(&[Measure::DiskUsed, Measure::LoadSessions]) };
    hosts.insert("node1".to_owned(), many.clone());
    hosts.insert("node2".to_owned(), seen(&[Measure::LoadSessions]));
    hosts.insert("node3".to_owned(), seen(&[Measure::QueueDepth, Measure::MessagesTotal]));
    hosts.insert("ms7".to_owned(), many);
    assert_snapshot!(shown(&guess_pools(&hosts)), @r#"
    routing routing: node3 <- node3 (it has mail queues, so it is some mail transfer agent, load load.messages)
    imap_proxy imap_proxy: node2 <- node2 (it has sessions, and no volume of a million files, load load.sessions)
    mailstore_ms mailstore: ms* <- ms7 ("ms" in the name, and a volume of more than a million files, load load.sessions)
    mailstore_node mailstore: node1 <- node1 (a volume of more than a million files, load load.sessions)
    left over: alpha node9
    "#);
}

#[test]
fn a_name_that_no_pattern_can_say_is_left_over() {
    let long = format!("ms1{}", "x".repeat(251));
    let hosts = named(&["ms*", "ms 1", "mx{1}", "ms\u{7}1", "mx1", &long]);
    let guess = guess_pools(&hosts);
    assert_eq!(guess.pools.iter().flat_map(|pool| &pool.seen).collect::<Vec<_>>(), ["mx1"]);
    assert_eq!(guess.left_over.len(), 5);
}

#[test]
fn the_longest_names_stand_as_they_are() {
    // 253 characters: with `[0-9]` for the digit they are more than a pattern may have.
    let long = ["1", "2"].map(|number| format!("ms{number}.{}", "x".repeat(249)));
    let guess = guess_pools(&named(&[&long[0], &long[1], "ms1"]));
    assert!(long.iter().all(|host| guess.pools[0].hosts.iter().any(|pattern| pattern.matches(host))));
}

/// Names like those of real hosts, that meet often, and texts of any kind.
fn hosts() -> impl Strategy<Value = BTreeMap<String, HostSeen>> {
    let name = prop_oneof![
        8 => "(ms|mx|m|db|ip|web|smtp-out|ns|)[0-9]{0,3}(-fra|-db|x)?[0-9]?(\\.a|\\.b\\.c|_net)?",
        1 => "\\PC{0,12}",
        1 => "[*?\\[\\]0-9m.]{0,6}",
    ];
    let measures = prop::collection::btree_set(prop::sample::select(Measure::ALL), 0..3);
    let seen = (measures, prop::bool::weighted(0.1))
        .prop_map(|(measures, full)| HostSeen { measures, most_inodes: if full { 2e6 } else { 0.0 } });
    prop::collection::btree_map(name, seen, 0..24)
}

proptest! {
    #[test]
    fn every_host_is_in_its_own_pool_or_left_over(hosts in hosts()) {
        let guess = guess_pools(&hosts);
        for host in hosts.keys() {
            let of: Vec<&PoolGuess> =
                guess.pools.iter().filter(|pool| pool.hosts.iter().any(|p| p.matches(host))).collect();
            prop_assert!(of.len() <= 1, "{} is in {:?}", host, of);
            let own = guess.pools.iter().find(|pool| pool.seen.contains(host));
            prop_assert_eq!(own, of.first().copied());
            prop_assert_eq!(own.is_none(), guess.left_over.contains(host));
        }
        let names: BTreeSet<&String> = guess.pools.iter().map(|pool| &pool.name).collect();
        prop_assert_eq!(names.len(), guess.pools.len());
        for (at, a) in guess.pools.iter().enumerate() {
            for b in &guess.pools[..at] {
                for (x, y) in a.hosts.iter().flat_map(|x| b.hosts.iter().map(move |y| (x, y))) {
                    prop_assert_eq!(x.common_host(y), None, "{} of {} and {} of {}", x, a.name, y, b.name);
                }
            }
        }
    }
}

#[test]
fn words_that_are_written_together_tell_as_much() {
    let hosts = named(&["imapproxy-a.fra", "imapproxy-b.fra", "imapstore1"]);
    assert_snapshot!(shown(&guess_pools(&hosts)), @r#"
    imap_proxy imap_proxy: imapproxy-a.fra imapproxy-b.fra <- imapproxy-a.fra imapproxy-b.fra ("imapproxy" in the name)
    mailstore mailstore: imapstore* <- imapstore1 ("imapstore" in the name)
    left over:
    "#);
}
