//! The real binary pulls from a real graphite-web.

use std::{
    path::Path,
    time::{SystemTime, UNIX_EPOCH},
};

use crate::{
    live_support::{Held, assert_same, held, run_as_of, write_platform},
    servers::{Front, Graphite, Nginx, PASSWORD, Tools, Whisper, value_at},
    support::{DAY, HOUR, directory},
};

/// The archives of all series: finest first, as in storage-schemas.conf.
const RETENTIONS: [&str; 2] = ["5m:60d", "1h:2y"];

/// The last full hour whose own slot of five minutes has ended: Graphite does not answer a slot that still runs. It
/// counts ages from its own clock.
fn last_hour() -> i64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs() as i64;
    let ended = now - 600;
    ended - ended % HOUR
}

/// 90 days of two hosts as collectd writes them: each five minutes, and each hour of what is older than 60 days.
fn fill(tools: &Tools, directory: &Path, until: i64) {
    let times = || {
        let old = (until - 90 * DAY..until - 60 * DAY).step_by(HOUR as usize);
        old.chain((until - 60 * DAY..=until).step_by(300))
    };
    let series = [(1, "ms01"), (2, "ms02")].map(|(number, host)| Whisper {
        path: format!("collectd.{host}.df-var-mail.df_complex-used"),
        retentions: RETENTIONS.to_vec(),
        aggregation: "average",
        points: times().map(|time| (time, value_at(number, time))).collect(),
    });
    Graphite::fill(tools, directory, &series);
}

fn source(url: &str, more: &str) -> String {
    format!(
        "[[source]]\nname = \"graphite\"\nkind = \"graphite\"\nurl = \"{url}\"\npacks = [\"collectd\"]\n\
         history = \"80d\"\n{more}\n"
    )
}

/// Points of the last 59 days must be as fine as they are kept, those before the 61st on the hour; between the two
/// the archives change, at a moment that depends on the clock.
fn assert_tiers(held: &Held, until: i64) {
    let hosts: Vec<_> = held.keys().map(|(measure, host)| (*measure, host.as_str())).collect();
    assert_eq!(hosts, [("disk.used", "ms01"), ("disk.used", "ms02")]);
    for (number, ((_, host), points)) in (1..).zip(held) {
        let check = |from: i64, to: i64, step: i64| {
            let one = |points: Vec<(i64, f64)>| Held::from([(("disk.used", host.clone()), points)]);
            let within = points.iter().copied().filter(|(time, _)| (from..=to).contains(time));
            let expected = (from..=to).step_by(step as usize).map(|time| (time, value_at(number, time)));
            assert_same(&one(within.collect()), &one(expected.collect()));
        };
        check(until - 59 * DAY, until, 300);
        check(until - 79 * DAY, until - 61 * DAY, HOUR);
    }
}

#[test]
fn each_archive_is_asked_for_what_it_keeps() {
    let Some(tools) = Tools::installed() else { return };
    let directory = directory();
    let at = directory.path();
    let until = last_hour();
    fill(&tools, at, until);
    let server = Graphite::start(&tools, at);
    for tiers in ["tiers = [\"5m:60d\", \"1h:2y\"]", ""] {
        write_platform(at, &source(&server.url(), tiers));
        run_as_of(at, "pull", until, &[]).expect(0);
        assert_tiers(&held(at), until);
        std::fs::remove_dir_all(at.join("archive")).unwrap();
    }
}

#[test]
fn a_pull_behind_nginx_by_password() {
    let Some(tools) = Tools::installed() else { return };
    let directory = directory();
    let at = directory.path();
    let until = last_hour();
    fill(&tools, at, until);
    let server = Graphite::start(&tools, at);
    let nginx = Nginx::start(&tools, at, server.daemon.port, Front::Basic, None);
    let user = "user = \"planner\"\npassword_env = \"GRAPHITE_PASSWORD\"\ntiers = [\"5m:60d\", \"1h:2y\"]";
    write_platform(at, &source(&nginx.url(), user));
    run_as_of(at, "pull", until, &[("GRAPHITE_PASSWORD", PASSWORD)]).expect(0);
    assert_tiers(&held(at), until);
}
