//! Examining a scripted source, and what gaps it leaves.

use std::path::Path;

use insta::assert_snapshot;

use super::*;
use crate::{
    pipeline::scripted::{Reply, Scripted},
    platform::{Labels, SeriesKey},
    sources::Packs,
};

const PLATFORM: &str = r#"
[platform]
name = "Example Mail"
timezone = "UTC"
currency = "EUR"

[[source]]
name = "scripted"
kind = "prometheus"
url = "https://prometheus.example.net/"
user = "planner"
password_env = "PLANNERS_PASSWORD"
headers = { X-Scope-OrgID = "tenant", X-Key = { file = "key" } }

[[pool]]
name = "mx"
role = "mx"
hosts = ["mx*"]
scales_out = true

[[pool]]
name = "webmail"
role = "webmail"
hosts = ["web*"]

[[limit]]
measure = "delivery.delay"
limit = 4
unit = "seconds"
"#;

fn platform() -> Platform {
    Platform::parse(PLATFORM, Path::new("platform.toml")).unwrap()
}

/// The one source of the platform, answering as it is told.
fn examined(server: &Scripted) -> Examined {
    let platform = platform();
    let source = &platform.sources[0];
    let health = SourceHealth { name: source.name.clone(), ..SourceHealth::default() };
    source::of_server(source, source.origin.live().unwrap(), &Packs::shipped().unwrap(), &server, health)
}

#[test]
fn a_server_that_answers_tells_its_hosts_and_measures() {
    let examined = examined(&Scripted::new(3, |_, _| Reply::Points));
    assert_eq!((examined.health.reachable, examined.health.hosts), (true, Some(3)));
    assert_eq!(examined.measures, BTreeSet::from([Measure::QueueDepth]));
    let hosts = Seen::of(&[examined]).hosts;
    assert_eq!(hosts.keys().collect::<Vec<_>>(), ["mx0", "mx1", "mx2"]);
}

#[test]
fn a_question_that_fails_is_told_and_the_others_are_asked() {
    let wrong = |request: &crate::sources::live::Request, _: usize| {
        if request.question == 1 { Reply::Wrong } else { Reply::Points }
    };
    let examined = examined(&Scripted::new(9, wrong));
    assert_eq!(examined.health.hosts, Some(8));
    assert!(examined.health.problems.contains(&"scripted: question 1 is wrong; mend it".to_owned()));
}

#[test]
fn a_server_that_breaks_down_is_left_alone() {
    let server = Scripted::new(40, |_, _| Reply::Down);
    let examined = examined(&server);
    // Three in a row, and what four workers had under way meanwhile.
    let asked = server.asked.lock().unwrap().len();
    assert!((3..=6).contains(&asked), "{asked}");
    assert!(examined.health.problems.iter().any(|problem| problem == "scripted: is down; mend it"));
}

#[test]
fn a_login_is_told_by_the_places_of_its_secrets() {
    let platform = platform();
    let login = access::login(platform.sources[0].origin.live().unwrap());
    let expected =
        "user planner, password from $PLANNERS_PASSWORD, header X-Key from key, header X-Scope-OrgID";
    assert_eq!(login, expected);
}

/// What these series leave open.
fn gaps(series: &[(Measure, &str)]) -> String {
    let mut looked = Looked::default();
    for (measure, host) in series {
        let labels = Labels::from([("host", *host)]);
        looked.series.insert(SeriesKey { measure: *measure, labels }, 1.0);
    }
    let health = SourceHealth { hosts: Some(1), ..SourceHealth::default() };
    let seen = Seen::of(&[Examined { health, measures: looked.measures(), looked }]);
    let (platform, packs) = (platform(), Packs::shipped().unwrap());
    let (hosts, pools) =
        (gaps::hosts_without_pool(&platform, &seen), gaps::pools_without_hosts(&platform, &seen));
    gaps::in_words(&platform, &packs, &seen, &hosts, &pools).join("\n")
}

#[test]
fn each_gap_is_told_with_the_next_step() {
    assert_snapshot!(gaps(&[(Measure::HostUp, "mx1"), (Measure::HostUp, "box")]), @r#"
    hosts that no pool claims: box; add a pattern for them to `hosts` of a pool, or they are planned without its marks and lead time
    pool webmail: no source has a host of it; hold its `hosts` against the names above, or remove the pool
    no source answers disk.used, so no disk is forecast; scrape an exporter that one of the packs collectd, cwagent, diamond, ebs_efs, node_exporter knows, or write a pack of your own
    no source answers any of delivery.delay, queue.depth, queue.age, response.time, probe.duration, so nobody sees mail get slower; scrape an exporter that one of the packs alb, blackbox, cloudwatch_synthetics, collectd, diamond, dovecot, exim_exporter, imap_exporter, mailexporter, postfix_exporter_hsn723, postfix_exporter_kumina, site_probes knows, or write a pack of your own
    pool mx: it scales out, but no host of it answers its load, load.cpu; scrape an exporter that one of the packs collectd, diamond, ec2, node_exporter knows, or write a pack of your own, or set `load` to what they answer; a host that Prometheus scrapes less than twice in five minutes has no `rate(…[5m])`, and needs a recording rule or a pack with a longer range
    pool mx: it scales out and has no price, so savings are told in server hours only; give `price_per_server_hour`
    limit on delivery.delay: no source answers that; scrape an exporter that one of the packs dovecot, postfix_exporter_hsn723, postfix_exporter_kumina knows, or write a pack of your own
    "#);
}

#[test]
fn what_is_measured_leaves_no_gap() {
    let disks = [Measure::DiskSize, Measure::DiskFree, Measure::InodesTotal, Measure::InodesFree];
    let others = [Measure::CpuIdleSeconds, Measure::DeliverySeconds, Measure::DeliveryCount];
    let mut series: Vec<(Measure, &str)> = disks.into_iter().chain(others).map(|m| (m, "mx1")).collect();
    series.push((Measure::HostUp, "web1"));
    assert_snapshot!(gaps(&series), @"pool mx: it scales out and has no price, so savings are told in server hours only; give `price_per_server_hour`");
}
