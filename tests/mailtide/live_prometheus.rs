//! The real binary pulls from real Prometheus servers, and from a VictoriaMetrics.

use crate::{
    live_support::{Fleet, assert_same, held, prometheus_source, run_as_of, write_platform},
    servers::{
        Access, Certificates, Front, Nginx, PASSWORD, Prometheus, Proxy, Script, TOKEN, Tools, Victoria,
    },
    support::{AS_OF_SECONDS, DAY, HOUR, differences, directory, files},
};

/// More days than are pulled, sampled each five minutes.
const FLEET: Fleet = Fleet { hosts: 3, from: AS_OF_SECONDS - 50 * DAY, to: AS_OF_SECONDS, scraped: 300 };

/// Fields of a source that shows a user's name and password.
const BASIC: &str = "user = \"planner\"\npassword_env = \"PROM_PASSWORD\"\nca = \"authority.pem\"";

#[test]
fn a_pull_holds_each_hour_of_each_series() {
    let Some(tools) = Tools::installed() else { return };
    let directory = directory();
    let at = directory.path();
    Prometheus::fill(&tools, at, &FLEET.series());
    let server = Prometheus::start(&tools, at, Access::Open, &[]);
    write_platform(at, &prometheus_source("prometheus", &server.url(), ""));

    let pulled = run_as_of(at, "pull", AS_OF_SECONDS, &[]).expect(0).json();
    let expected = FLEET.held(AS_OF_SECONDS - 40 * DAY, AS_OF_SECONDS, HOUR);
    assert_same(&held(at), &expected);
    // 3 measures of 3 hosts, 40 days of 24 hours and one more.
    assert_eq!(pulled["points_new"], 3 * 3 * (40 * 24 + 1));
    assert_eq!(pulled["unreadable"], serde_json::json!([]));
}

#[test]
fn a_pull_by_password_over_tls() {
    let Some(tools) = Tools::installed() else { return };
    let directory = directory();
    let at = directory.path();
    let certificates = Certificates::make(&tools, at);
    Prometheus::fill(&tools, at, &FLEET.series());
    let server = Prometheus::start(&tools, at, Access::Basic(&certificates), &[]);
    write_platform(at, &prometheus_source("prometheus", &server.url(), BASIC));

    run_as_of(at, "pull", AS_OF_SECONDS, &[("PROM_PASSWORD", PASSWORD)]).expect(0);
    assert_same(&held(at), &FLEET.held(AS_OF_SECONDS - 40 * DAY, AS_OF_SECONDS, HOUR));
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
    for command in ["pull", "run"] {
        let environment = [("PROM_PASSWORD", secret), ("RUST_LOG", "trace")];
        let ran = run_as_of(at, command, AS_OF_SECONDS, &environment);
        assert!(matches!(ran.code, Some(2 | 3)), "{command}: {ran:?}");
        assert!(ran.stderr.contains("401") && ran.stderr.contains("check `user`"), "{}", ran.stderr);
        // Nor as it stands in the header: `printf planner:not-what-it-was | base64`.
        for shown in [secret, "cGxhbm5lcjpub3Qtd2hhdC1pdC13YXM="] {
            assert!(
                !ran.stderr.contains(shown) && !ran.stdout.contains(shown),
                "{command} shows {shown}: {ran:?}"
            );
            for (name, bytes) in files(at) {
                let found = memchr::memmem::find(&bytes, shown.as_bytes());
                assert_eq!(found, None, "{} holds {shown}", name.display());
            }
        }
    }
}

#[test]
fn a_server_that_is_not_trusted_is_asked_nothing() {
    let Some(tools) = Tools::installed() else { return };
    let directory = directory();
    let at = directory.path();
    let certificates = Certificates::make(&tools, at);
    let server = Prometheus::start(&tools, at, Access::Basic(&certificates), &[]);
    let fields = BASIC.lines().take(2).collect::<Vec<_>>().join("\n");
    write_platform(at, &prometheus_source("prometheus", &server.url(), &fields));

    let ran = run_as_of(at, "pull", AS_OF_SECONDS, &[("PROM_PASSWORD", PASSWORD)]).expect(3);
    assert!(ran.stderr.contains("certificate") && ran.stderr.contains("`ca`"), "{}", ran.stderr);
}

#[test]
fn a_pull_by_mutual_tls() {
    let Some(tools) = Tools::installed() else { return };
    let directory = directory();
    let at = directory.path();
    let certificates = Certificates::make(&tools, at);
    Prometheus::fill(&tools, at, &FLEET.series());
    let server = Prometheus::start(&tools, at, Access::MutualTls(&certificates), &[]);
    let fields = "ca = \"authority.pem\"\ncertificate = \"client.pem\"\nkey = \"client.key\"";
    write_platform(at, &prometheus_source("prometheus", &server.url(), fields));

    run_as_of(at, "pull", AS_OF_SECONDS, &[]).expect(0);
    assert_same(&held(at), &FLEET.held(AS_OF_SECONDS - 40 * DAY, AS_OF_SECONDS, HOUR));
}

#[test]
fn a_pull_by_token_and_by_header() {
    let Some(tools) = Tools::installed() else { return };
    let directory = directory();
    let at = directory.path();
    let certificates = Certificates::make(&tools, at);
    Prometheus::fill(&tools, at, &FLEET.series());
    let server = Prometheus::start(&tools, at, Access::Open, &[]);
    let upstream = server.daemon.port;
    std::fs::write(at.join("token"), format!("{TOKEN}\n")).unwrap();
    let by_token = ("token_file = \"token\"\nca = \"authority.pem\"", Front::Bearer, Some(&certificates));
    let by_header = ("[source.headers]\nX-Scope-OrgID = \"mail\"", Front::Tenant("mail"), None);
    for (fields, front, tls) in [by_token, by_header] {
        let nginx = Nginx::start(&tools, at, upstream, front, tls);
        write_platform(at, &prometheus_source("prometheus", &nginx.url(), fields));
        run_as_of(at, "pull", AS_OF_SECONDS, &[]).expect(0);
        assert_same(&held(at), &FLEET.held(AS_OF_SECONDS - 40 * DAY, AS_OF_SECONDS, HOUR));
        std::fs::remove_dir_all(at.join("archive")).unwrap();
    }
}

#[test]
fn a_pull_from_victoriametrics() {
    let Some(tools) = Tools::installed() else { return };
    let directory = directory();
    let at = directory.path();
    let server = Victoria::start(&tools, at);
    server.fill(&FLEET.series());
    write_platform(at, &prometheus_source("victoria", &server.url(), ""));

    run_as_of(at, "pull", AS_OF_SECONDS, &[]).expect(0);
    assert_same(&held(at), &FLEET.held(AS_OF_SECONDS - 40 * DAY, AS_OF_SECONDS, HOUR));
}

#[test]
fn a_range_of_more_than_11_000_points_is_asked_in_parts() {
    let Some(tools) = Tools::installed() else { return };
    let directory = directory();
    let at = directory.path();
    // 12 days of minutes, within one month: 17,280 points a series.
    let fleet = Fleet { hosts: 1, from: AS_OF_SECONDS - 14 * DAY, to: AS_OF_SECONDS, scraped: 60 };
    Prometheus::fill(&tools, at, &fleet.series());
    let server = Prometheus::start(&tools, at, Access::Open, &[]);
    let source = prometheus_source("prometheus", &server.url(), "step = \"1m\"").replace("40d", "12d");
    write_platform(at, &source);

    run_as_of(at, "pull", AS_OF_SECONDS, &[]).expect(0);
    assert_same(&held(at), &fleet.held(AS_OF_SECONDS - 12 * DAY, AS_OF_SECONDS, 60));
}

#[test]
fn the_next_pull_asks_only_what_is_new() {
    let Some(tools) = Tools::installed() else { return };
    let directory = directory();
    let at = directory.path();
    let server = Victoria::start(&tools, at);
    server.fill(&FLEET.series());
    let proxy = Proxy::start(server.daemon.port, Script::harmless());
    write_platform(at, &prometheus_source("victoria", &proxy.url(), "overlap = \"6h\""));

    let last_week = AS_OF_SECONDS - 7 * DAY;
    run_as_of(at, "pull", last_week, &[]).expect(0);
    assert_same(&held(at), &FLEET.held(last_week - 40 * DAY, last_week, HOUR));
    assert!(!proxy.take_asked().is_empty());

    let pulled = run_as_of(at, "pull", AS_OF_SECONDS, &[]).expect(0).json();
    assert_same(&held(at), &FLEET.held(last_week - 40 * DAY, AS_OF_SECONDS, HOUR));
    let asked = proxy.take_asked();
    let ranges = asked.iter().filter(|request| request.path().ends_with("/query_range"));
    let starts: Vec<i64> =
        ranges.map(|request| request.field("start").unwrap().parse::<f64>().unwrap() as i64).collect();
    assert!(!starts.is_empty());
    // The answer up to last week ended a step after its last point.
    let earliest = last_week + HOUR - 6 * HOUR;
    assert!(starts.iter().all(|start| *start >= earliest), "{earliest}: {starts:?}");
    // Of 9 series, a week of hours is new.
    assert_eq!(pulled["points_new"], 9 * 7 * 24);

    // And what was asked already is asked again only within the overlap.
    let again = run_as_of(at, "pull", AS_OF_SECONDS, &[]).expect(0).json();
    assert_eq!(again["points_new"], 0);
    assert_eq!(again["points_same"], 9 * 6);
}

#[test]
fn a_server_that_is_down_stops_no_other() {
    let Some(tools) = Tools::installed() else { return };
    let directory = directory();
    let at = directory.path();
    let (up, down) = (at.join("up"), at.join("down"));
    for place in [&up, &down] {
        std::fs::create_dir(place).unwrap();
    }
    let server = Victoria::start(&tools, &up);
    server.fill(&FLEET.series());
    let gone = Victoria::start(&tools, &down);
    let queue = "measure = \"queue.depth\"\nunit = \"messages\"\nquery = \"queue_length\"\nlabel_map = { host = \"instance\" }";
    let declared = |url: &str| {
        format!(
            "[[source]]\nname = \"queues\"\nkind = \"prometheus\"\nurl = \"{url}\"\nhistory = \"40d\"\n{queue}\n"
        )
    };
    let sources = [prometheus_source("volumes", &server.url(), ""), declared(&gone.url())].concat();
    write_platform(at, &sources);
    let last_week = AS_OF_SECONDS - 7 * DAY;
    run_as_of(at, "pull", last_week, &[]).expect(0);
    drop(gone);

    let ran = run_as_of(at, "run", AS_OF_SECONDS, &[]).expect(3);
    assert!(ran.stderr.contains("queues: ") && ran.stderr.contains("refused"), "{}", ran.stderr);
    assert_same(&held(at), &FLEET.held(last_week - 40 * DAY, AS_OF_SECONDS, HOUR));
    let findings = std::fs::read_to_string(at.join("out/2026-11-16/findings.json")).unwrap();
    let document: serde_json::Value = serde_json::from_str(&findings).unwrap();
    let stale = document["findings"].as_array().unwrap().iter().find(|f| f["id"] == "stale/source/queues");
    let stale = stale.unwrap_or_else(|| panic!("no stale source:\n{findings}"));
    assert!(stale["headline"].as_str().unwrap().contains("is stale since"), "{stale}");
    assert!(stale["advice"].as_str().unwrap().contains("refused"), "{stale}");
    let page = std::fs::read_to_string(at.join("out/2026-11-16/weekly.html")).unwrap();
    assert!(page.contains("source queues (prometheus) is stale since"));
}

#[test]
fn a_dry_run_asks_for_no_sample_and_writes_nothing() {
    let Some(tools) = Tools::installed() else { return };
    let directory = directory();
    let at = directory.path();
    let server = Victoria::start(&tools, at);
    let proxy = Proxy::start(server.daemon.port, Script::harmless());
    write_platform(at, &prometheus_source("victoria", &proxy.url(), ""));
    let before = files(at);
    let output = crate::support::mailtide(at, &["pull", "--dry-run", "--format", "json"]).expect(0);
    let asked = output.json();
    assert!(!asked["sources"][0]["requests"].as_array().unwrap().is_empty());
    assert!(proxy.take_asked().iter().all(|request| !request.path().ends_with("/query_range")));
    let changed = differences(&before, &files(at));
    // The server itself writes where it pleases.
    assert!(changed.iter().all(|name| name.starts_with("victoria-data") || name.ends_with("victoria.log")));
}
