//! Through a network that drops, delays, cuts short, resets and refuses, nothing is lost and nothing is made up.

use std::time::Duration;

use crate::{
    live_support::{Fleet, assert_same, held, prometheus_source, run_as_of, write_platform},
    servers::{Harm, Proxy, Script, Tools, Victoria},
    support::{AS_OF_SECONDS, DAY, HOUR, directory},
};

const FLEET: Fleet = Fleet { hosts: 3, from: AS_OF_SECONDS - 45 * DAY, to: AS_OF_SECONDS, scraped: 300 };

/// What passes by itself. A request is tried five times, so that three in a row are outlasted.
const HARMS: [Harm; 8] = [
    Harm::Drop,
    Harm::Delay(Duration::from_millis(50)),
    Harm::Truncate,
    Harm::Reset,
    Harm::TooMany(1),
    Harm::Unavailable,
    Harm::Internal,
    Harm::BadGateway,
];

#[test]
fn through_a_hostile_network_nothing_is_lost() {
    let Some(tools) = Tools::installed() else { return };
    let directory = directory();
    let at = directory.path();
    let server = Victoria::start(&tools, at);
    server.fill(&FLEET.series());
    let script = Script { harms: HARMS.to_vec(), percent: 60, at_most_in_a_row: 3, seed: 20_261_116 };
    let proxy = Proxy::start(server.daemon.port, script);
    write_platform(at, &prometheus_source("victoria", &proxy.url(), ""));

    let pulled = run_as_of(at, "pull", AS_OF_SECONDS, &[]).expect(0).json();
    let done = proxy.done();
    for harm in HARMS {
        assert!(done.contains_key(&harm), "{harm:?} was not done: {done:?}");
    }
    assert_eq!(pulled["unreadable"], serde_json::json!([]));
    assert_same(&held(at), &FLEET.held(AS_OF_SECONDS - 40 * DAY, AS_OF_SECONDS, HOUR));
}

#[test]
fn a_server_that_says_nothing_is_asked_once_more() {
    let Some(tools) = Tools::installed() else { return };
    let directory = directory();
    let at = directory.path();
    let server = Victoria::start(&tools, at);
    server.fill(&FLEET.series());
    let script = Script { harms: vec![Harm::Silence], percent: 20, at_most_in_a_row: 1, seed: 7 };
    let proxy = Proxy::start(server.daemon.port, script);
    // A deadline that silence passes, and a busy machine does not.
    write_platform(at, &prometheus_source("victoria", &proxy.url(), "timeout = \"5s\""));

    run_as_of(at, "pull", AS_OF_SECONDS, &[]).expect(0);
    assert!(proxy.done()[&Harm::Silence] > 0);
    assert_same(&held(at), &FLEET.held(AS_OF_SECONDS - 40 * DAY, AS_OF_SECONDS, HOUR));
}

#[test]
fn what_never_passes_is_told_and_asked_for_again_the_next_time() {
    let Some(tools) = Tools::installed() else { return };
    let directory = directory();
    let at = directory.path();
    let server = Victoria::start(&tools, at);
    server.fill(&FLEET.series());
    let always = Script { harms: vec![Harm::Truncate], percent: 100, at_most_in_a_row: usize::MAX, seed: 1 };
    let proxy = Proxy::start(server.daemon.port, always);
    write_platform(at, &prometheus_source("victoria", &proxy.url(), ""));

    let ran = run_as_of(at, "pull", AS_OF_SECONDS, &[]).expect(3);
    assert!(ran.stderr.contains("victoria: "), "{}", ran.stderr);
    assert_same(&held(at), &Default::default());

    proxy.change(Script::harmless());
    run_as_of(at, "pull", AS_OF_SECONDS, &[]).expect(0);
    assert_same(&held(at), &FLEET.held(AS_OF_SECONDS - 40 * DAY, AS_OF_SECONDS, HOUR));
}

#[test]
fn a_clock_that_is_wrong_is_told() {
    let Some(tools) = Tools::installed() else { return };
    let directory = directory();
    let at = directory.path();
    let server = Victoria::start(&tools, at);
    server.fill(&FLEET.series());
    let lies = Script { harms: vec![Harm::WrongClock], percent: 100, at_most_in_a_row: usize::MAX, seed: 1 };
    let proxy = Proxy::start(server.daemon.port, lies);
    write_platform(at, &prometheus_source("victoria", &proxy.url(), ""));

    let pulled = run_as_of(at, "pull", AS_OF_SECONDS, &[]).expect(0).json();
    let warnings = pulled["sources"][0]["warnings"].to_string();
    assert!(warnings.contains("the server's clock is") && warnings.contains("behind"), "{warnings}");
    assert_same(&held(at), &FLEET.held(AS_OF_SECONDS - 40 * DAY, AS_OF_SECONDS, HOUR));
}
