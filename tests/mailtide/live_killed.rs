//! A pull that is killed at any moment and repeated ends with exactly the samples of one that was not.

use std::{
    os::unix::process::ExitStatusExt,
    path::Path,
    process::{Child, Stdio},
    thread,
    time::{Duration, Instant},
};

use crate::{
    live_support::{Fleet, assert_same, held, prometheus_source, run_as_of, write_platform},
    servers::{Tools, Victoria},
    support::{AS_OF, AS_OF_SECONDS, DAY, HOUR, binary, directory},
};

const FLEET: Fleet = Fleet { hosts: 6, from: AS_OF_SECONDS - 45 * DAY, to: AS_OF_SECONDS, scraped: 300 };

/// How many pulls are killed.
const KILLS: usize = 100;

/// How often it is looked whether a pull has ended.
const LOOK_AGAIN: Duration = Duration::from_millis(1);

fn start(directory: &Path) -> Child {
    binary(directory)
        .args(["pull", "--archive", "archive", "--as-of", AS_OF])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// Kills a pull after so long; whether it had not ended by itself.
fn killed_after(directory: &Path, time: Duration) -> bool {
    let mut pull = start(directory);
    let began = Instant::now();
    while began.elapsed() < time && pull.try_wait().unwrap().is_none() {
        thread::sleep(LOOK_AGAIN);
    }
    pull.kill().unwrap();
    const SIGKILL: i32 = 9;
    pull.wait().unwrap().signal() == Some(SIGKILL)
}

#[test]
fn a_pull_that_is_killed_a_hundred_times_ends_as_if_it_was_not() {
    let Some(tools) = Tools::installed() else { return };
    let directory = directory();
    let at = directory.path();
    let server = Victoria::start(&tools, at);
    server.fill(&FLEET.series());
    write_platform(at, &prometheus_source("victoria", &server.url(), ""));
    let expected = FLEET.held(AS_OF_SECONDS - 40 * DAY, AS_OF_SECONDS, HOUR);

    let began = Instant::now();
    run_as_of(at, "pull", AS_OF_SECONDS, &[]).expect(0);
    let whole = began.elapsed();
    assert_same(&held(at), &expected);
    std::fs::remove_dir_all(at.join("archive")).unwrap();

    // Spread over a whole pull by the golden ratio, so that any number of kills is spread evenly (Weyl's sequence).
    let moments = (1..).map(|kill| whole.mul_f64((f64::from(kill) * 0.618_033_988_75).fract()));
    let mut kills = 0;
    for moment in moments {
        if killed_after(at, moment) {
            kills += 1;
        } else {
            // It was whole before its time: the next one begins from nothing.
            assert_same(&held(at), &expected);
            std::fs::remove_dir_all(at.join("archive")).unwrap();
        }
        if kills == KILLS {
            break;
        }
    }
    run_as_of(at, "pull", AS_OF_SECONDS, &[]).expect(0);
    assert_same(&held(at), &expected);
    // And nothing is left to ask but the overlap.
    let again = run_as_of(at, "pull", AS_OF_SECONDS, &[]).expect(0).json();
    assert_eq!(again["points_new"], 0);
}
