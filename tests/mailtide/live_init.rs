//! `mailtide init` on real servers: the file that it writes is understood by every other command.

use std::{
    fs,
    net::TcpListener,
    time::{SystemTime, UNIX_EPOCH},
};

use crate::{
    servers::{Access, Front, Nginx, PASSWORD, Prometheus, Series, Tools},
    support::{DAY, HOUR, binary, directory, files, mailtide},
};

/// Three mailstores and two MX up to now, as node_exporter and an exporter of Postfix tell of them.
fn platform_of_five() -> Vec<Series> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs() as i64;
    let times = now / HOUR * HOUR - 3 * DAY..now;
    let stores = ["ms01:9100", "ms02:9100", "ms03:9100"];
    let mut series = Vec::new();
    for (name, value) in [
        ("node_filesystem_size_bytes", 1e12),
        ("node_filesystem_free_bytes", 4e11),
        ("node_filesystem_avail_bytes", 4e11),
        ("node_filesystem_files", 5e6),
        ("node_filesystem_files_free", 2e6),
    ] {
        for host in stores {
            let labels =
                [("instance", host), ("mountpoint", "/var/mail"), ("device", "/dev/sdb1"), ("fstype", "xfs")];
            series.push(Series::new(name, &labels, times.clone(), 300, |_| value));
        }
    }
    for host in ["mx1.example.net:9154", "mx2.example.net:9154"] {
        let labels = [("instance", host), ("queue", "deferred")];
        let name = "postfix_showq_message_age_seconds_count";
        series.push(Series::new(name, &labels, times.clone(), 300, |_| 17.0));
    }
    series
}

#[test]
fn what_init_writes_is_well_and_runs() {
    let Some(tools) = Tools::installed() else { return };
    let store = directory();
    Prometheus::fill(&tools, store.path(), &platform_of_five());
    let server = Prometheus::start(&tools, store.path(), Access::Open, &[]);
    let place = directory();
    let at = place.path();
    let arguments = ["init", "--prometheus", &server.url(), "--name", "Five", "--timezone", "Europe/Berlin"];

    let ran = mailtide(at, &arguments).expect(0);
    let text = fs::read_to_string(at.join("platform.toml")).unwrap();
    insta::assert_snapshot!(ran.stderr, @r"
    prometheus: 17 series of 5 hosts (node_exporter 15, postfix_exporter_kumina 2)
    pools: mx, mailstore (5 of 5 hosts)
    wrote platform.toml. Look it over, then:
      mailtide doctor
      mailtide run
    ");
    let on = |line: &&str| !line.starts_with('#') && !line.is_empty();
    let lines: Vec<&str> = text.lines().filter(on).collect();
    insta::assert_snapshot!(lines.join("\n").replace(&server.url(), "URL"), @r#"
    [platform]
    name = "Five"
    timezone = "Europe/Berlin"  # an IANA name; days, weeks and holidays are local
    currency = "EUR"  # ISO 4217
    [[source]]
    name = "prometheus"
    kind = "prometheus"
    url = "URL"
    packs = ["node_exporter", "postfix_exporter_kumina"]
    [[pool]]
    name = "mx"
    role = "mx"  # a guess: "mx" in the name
    hosts = ["mx*.example.net"]
    [[pool]]
    name = "mailstore"
    role = "mailstore"  # a guess: "ms" in the name, and a volume of more than a million files
    hosts = ["ms*"]
    "#);

    // It is never overwritten.
    let ran = mailtide(at, &arguments).expect(2);
    assert!(ran.stderr.contains("is there already") && ran.stderr.contains("--platform"), "{}", ran.stderr);
    assert_eq!(fs::read_to_string(at.join("platform.toml")).unwrap(), text);

    let ran = mailtide(at, &["doctor"]).expect(0);
    assert!(ran.stdout.ends_with("\n\nAll well.\n"), "{}", ran.stdout);
    mailtide(at, &["run"]).expect(0);
    assert!(at.join("out/latest/weekly.html").is_file());
    let ran = mailtide(at, &["doctor", "--format", "json"]).expect(0).json();
    assert!(ran["sources"][0]["last_answered"].is_string(), "{ran}");
    assert_eq!((&ran["archive"]["exists"], &ran["to_do"]), (&true.into(), &serde_json::json!([])));
}

#[test]
fn init_logs_in_as_it_is_told_and_writes_no_secret() {
    let Some(tools) = Tools::installed() else { return };
    let store = directory();
    Prometheus::fill(&tools, store.path(), &platform_of_five());
    let server = Prometheus::start(&tools, store.path(), Access::Open, &[]);
    let nginx = Nginx::start(&tools, store.path(), server.daemon.port, Front::Basic, None);
    let place = directory();
    let arguments =
        ["init", "--prometheus", &nginx.url(), "--user", "planner", "--password-env", "PROM_PASSWORD"];
    let run = |password: &str| {
        binary(place.path()).args(arguments).env("PROM_PASSWORD", password).output().unwrap()
    };

    let refused = run("wrong");
    let said = String::from_utf8(refused.stderr).unwrap();
    assert_eq!(refused.status.code(), Some(1), "{said}");
    assert!(said.contains("401") && said.contains("no file was written"), "{said}");
    assert!(!place.path().join("platform.toml").exists());

    assert_eq!(run(PASSWORD).status.code(), Some(0));
    let text = fs::read_to_string(place.path().join("platform.toml")).unwrap();
    assert!(text.contains("user = \"planner\"\npassword_env = \"PROM_PASSWORD\"\n"), "{text}");
    assert!(!text.contains(PASSWORD), "{text}");
}

#[test]
fn a_server_that_is_not_there_leaves_no_file() {
    let place = directory();
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let ran = mailtide(place.path(), &["init", "--prometheus", &format!("http://{free}")]).expect(1);
    assert!(ran.stderr.starts_with("not read: prometheus: "), "{}", ran.stderr);
    assert!(ran.stderr.ends_with("mend what is named above and run it again\n"), "{}", ran.stderr);
    assert!(files(place.path()).is_empty());
}

#[test]
fn what_cannot_be_asked_is_refused_before_anything_is() {
    let place = directory();
    let refused = |arguments: &[&str]| {
        let ran = mailtide(place.path(), &[&["init"], arguments].concat()).expect(2);
        assert!(files(place.path()).is_empty());
        ran.stderr
    };
    assert!(refused(&[]).contains("mailtide init --prometheus http://prometheus.example.net:9090"));
    let said = refused(&["--prometheus", "ftp://prometheus", "--currency", "euro", "--user", "planner"]);
    for field in ["url", "currency", "user"] {
        assert!(said.lines().any(|line| line.starts_with("error: ") && line.contains(field)), "{said}");
    }
    assert!(!said.contains("platform.toml:"), "the lines are of no file: {said}");
}

#[test]
fn exported_files_are_described_as_well() {
    let place = directory();
    let export = crate::support::volume("ms1", "/var/mail", crate::support::AS_OF_SECONDS, 60, |_| 300.0);
    fs::write(place.path().join("export.json"), export).unwrap();
    let arguments = ["init", "--files", "export.json", "--platform", "etc/mail.toml", "--timezone", "UTC"];
    mailtide(place.path(), &arguments).expect(0);
    let text = fs::read_to_string(place.path().join("etc/mail.toml")).unwrap();
    // Paths of the file start at its folder, so the one of the command line is written out.
    let whole = fs::canonicalize(place.path().join("export.json")).unwrap();
    assert!(text.contains(&format!("files = [\"{}\"]", whole.display())), "{text}");
    assert!(text.contains("hosts = [\"ms*\"]"), "{text}");
    let pulled = mailtide(place.path(), &["pull", "--platform", "etc/mail.toml"]).expect(0);
    assert!(pulled.stderr.starts_with("1 files read"), "{}", pulled.stderr);
}

#[test]
fn doctor_tells_of_files_that_are_missing_and_broken() {
    let good = crate::support::volume("ms1", "/var/mail", crate::support::AS_OF_SECONDS, 2, |_| 300.0);
    let platform = crate::support::small_platform(&good);
    let ran = mailtide(platform.path(), &["doctor", "--format", "json"]).expect(0).json();
    assert_eq!(ran["sources"][0]["files"]["readable"], 1);
    assert_eq!(ran["sources"][0]["hosts"], 1);

    fs::write(platform.path().join("cut.json"), &good[..good.len() / 2]).unwrap();
    let text = fs::read_to_string(platform.path().join("platform.toml")).unwrap();
    let text = text.replace("[\"*.json\"]", "[\"*.json\", \"gone/*\"]");
    fs::write(platform.path().join("platform.toml"), text).unwrap();
    let ran = mailtide(platform.path(), &["doctor"]).expect(3);
    assert!(ran.stdout.contains("1 read, 1 broken"), "{}", ran.stdout);
    assert!(ran.stdout.contains("  1. gone/*: matches no file; "), "{}", ran.stdout);
    assert!(ran.stdout.contains("  2. cut.json: "), "{}", ran.stdout);
}
