//! `mailtide doctor` on real servers: what is well, and what is not, each with the next step.

use std::{
    net::TcpListener,
    time::{SystemTime, UNIX_EPOCH},
};

use serde_json::Value;

use crate::{
    live_support::{Fleet, prometheus_source, write_platform},
    servers::{Access, Certificates, Harm, PASSWORD, Prometheus, Proxy, Script, Tools},
    support::{DAY, HOUR, Ran, binary, directory, files},
};

/// Fields of a source that shows a user's name and password.
const BASIC: &str = "user = \"planner\"\npassword_env = \"PROM_PASSWORD\"\nca = \"authority.pem\"";

/// Two mailstores up to now: what is asked for are the last hours.
fn fleet() -> Fleet {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs() as i64;
    Fleet { hosts: 2, from: now / HOUR * HOUR - 3 * DAY, to: now, scraped: 60 }
}

fn doctor(ran_in: &std::path::Path, more: &[&str], environment: &[(&str, &str)]) -> Ran {
    let output = binary(ran_in)
        .args([&["doctor", "--archive", "archive"], more].concat())
        .envs(environment.iter().copied())
        .output()
        .unwrap();
    Ran {
        code: output.status.code(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

fn examined(ran: &Ran) -> Value {
    ran.json()["sources"][0].clone()
}

fn to_do(ran: &Ran) -> Vec<String> {
    let listed = ran.json()["to_do"].clone();
    listed.as_array().unwrap().iter().map(|what| what.as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_server_that_answers_is_described_and_nothing_is_written() {
    let Some(tools) = Tools::installed() else { return };
    let directory = directory();
    let at = directory.path();
    let certificates = Certificates::make(&tools, at);
    Prometheus::fill(&tools, at, &fleet().series());
    let server = Prometheus::start(&tools, at, Access::Basic(&certificates), &[]);
    let place = crate::support::directory();
    std::fs::copy(at.join("authority.pem"), place.path().join("authority.pem")).unwrap();
    write_platform(place.path(), &prometheus_source("prometheus", &server.url(), BASIC));
    let before = files(place.path());

    let ran = doctor(place.path(), &["--format", "json"], &[("PROM_PASSWORD", PASSWORD)]).expect(0);
    let source = examined(&ran);
    assert_eq!((&source["reachable"], &source["hosts"]), (&true.into(), &2.into()));
    assert!(source["server"].as_str().unwrap().starts_with("Prometheus 2."), "{source}");
    assert_eq!(source["login"], "user planner, password from $PROM_PASSWORD");
    assert_eq!(source["problems"], serde_json::json!([]));
    let found = source["packs"][0]["found"].as_array().unwrap();
    let sizes = found.iter().find(|found| found["measure"] == "disk.size").unwrap();
    assert_eq!((&source["packs"][0]["name"], &sizes["series"]), (&"node_exporter".into(), &2.into()));
    // Volumes are measured, and neither inodes nor anything that tells how fast mail is.
    let to_do = to_do(&ran);
    assert_eq!(to_do.len(), 2, "{to_do:?}");
    assert!(to_do[0].contains("inodes") && to_do[1].contains("get slower"), "{to_do:?}");

    let ran = doctor(place.path(), &[], &[("PROM_PASSWORD", PASSWORD)]).expect(0);
    assert!(ran.stdout.contains("To do:\n  1. no source answers inodes.total"), "{}", ran.stdout);
    assert!(!ran.stdout.contains(PASSWORD), "{}", ran.stdout);
    assert_eq!(files(place.path()), before);
}

#[test]
fn a_wrong_password_is_told_and_never_shown() {
    let Some(tools) = Tools::installed() else { return };
    let directory = directory();
    let at = directory.path();
    let certificates = Certificates::make(&tools, at);
    let server = Prometheus::start(&tools, at, Access::Basic(&certificates), &[]);
    write_platform(at, &prometheus_source("prometheus", &server.url(), BASIC));
    let secret = "not-what-it-was";
    for format in ["table", "json"] {
        let environment = [("PROM_PASSWORD", secret), ("RUST_LOG", "trace")];
        let ran = doctor(at, &["--format", format], &environment).expect(3);
        assert!(ran.stdout.contains("401") && ran.stdout.contains("check `user`"), "{}", ran.stdout);
        // Nor as it stands in the header: `printf planner:not-what-it-was | base64`.
        for shown in [secret, "cGxhbm5lcjpub3Qtd2hhdC1pdC13YXM="] {
            assert!(!ran.stdout.contains(shown) && !ran.stderr.contains(shown), "{ran:?}");
        }
    }
    let ran = doctor(at, &["--format", "json"], &[]).expect(3);
    assert!(to_do(&ran)[0].contains("PROM_PASSWORD"), "{}", ran.stdout);
}

#[test]
fn a_wrong_port_does_not_keep_the_other_source_from_being_examined() {
    let Some(tools) = Tools::installed() else { return };
    let directory = directory();
    let at = directory.path();
    Prometheus::fill(&tools, at, &fleet().series());
    let server = Prometheus::start(&tools, at, Access::Open, &[]);
    // Nobody listens on a port that was free a moment ago.
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let wrong = prometheus_source("wrong", &format!("http://{free}"), "");
    write_platform(at, &format!("{wrong}\n{}", prometheus_source("right", &server.url(), "")));

    let ran = doctor(at, &["--format", "json"], &[]).expect(3);
    let sources = ran.json()["sources"].clone();
    assert_eq!((&sources[0]["name"], &sources[0]["reachable"]), (&"wrong".into(), &false.into()));
    assert_eq!((&sources[1]["name"], &sources[1]["reachable"]), (&"right".into(), &true.into()));
    assert_eq!(sources[1]["hosts"], 2);
    assert!(to_do(&ran)[0].starts_with("wrong: ") && to_do(&ran)[0].contains("; "), "{:?}", to_do(&ran));
}

#[test]
fn a_clock_that_is_wrong_is_told() {
    let Some(tools) = Tools::installed() else { return };
    let directory = directory();
    let at = directory.path();
    Prometheus::fill(&tools, at, &fleet().series());
    let server = Prometheus::start(&tools, at, Access::Open, &[]);
    let always = Script {
        harms: vec![Harm::WrongClock],
        percent: 100,
        at_most_in_a_row: usize::MAX,
        seed: 20_261_116,
    };
    let proxy = Proxy::start(server.daemon.port, always);
    write_platform(at, &prometheus_source("prometheus", &proxy.url(), ""));

    let ran = doctor(at, &["--format", "json"], &[]).expect(3);
    assert!(proxy.done()[&Harm::WrongClock] > 0);
    // The proxy's date is in 1994.
    assert!(examined(&ran)["clock_ahead_seconds"].as_i64().unwrap() < -20 * 365 * DAY);
    let told = to_do(&ran);
    assert!(
        told[0].starts_with("prometheus: the server's clock is ") && told[0].contains(" s behind"),
        "{told:?}"
    );
}
