//! The installed servers.

use std::{
    env,
    io::{self, Write},
    path::PathBuf,
    process::Command,
    thread,
};

use crate::support::repository;

/// Where the servers are, or `none`.
const VARIABLE: &str = "MAILTIDE_TEST_SERVERS";

/// The installed servers, and the programs that fill them.
#[derive(Debug, Clone)]
pub(crate) struct Tools {
    directory: PathBuf,
}

impl Tools {
    /// What `tests/servers/install.sh` installed; `None` where the tests are to run without servers, which is
    /// said on the terminal, since a test that is passed over must not look like one that passed.
    pub(crate) fn installed() -> Option<Tools> {
        let named = env::var_os(VARIABLE);
        if named.as_deref().is_some_and(|value| value == "none") {
            let test = thread::current().name().unwrap_or("a test").to_owned();
            // Past the capture of the test harness.
            let said = io::stderr().write_all(format!("\nNOT RUN ({VARIABLE}=none): {test}\n").as_bytes());
            said.unwrap();
            return None;
        }
        let directory = named.map_or_else(|| repository("target/test-servers"), PathBuf::from);
        assert!(
            directory.join("installed/moto").exists(),
            "the servers for the tests are not in {}: run tests/servers/install.sh, or set {VARIABLE}=none",
            directory.display()
        );
        Some(Tools { directory })
    }

    /// A program to run to its end.
    pub(crate) fn command(&self, program: &str) -> Command {
        Command::new(self.program(program))
    }

    /// A program to run beside the test. The system kills it with the thread that started it, so that it goes
    /// even with a test run that is killed: start it in the test's own thread.
    pub(crate) fn daemon(&self, program: &str) -> Command {
        let mut command = Command::new("setpriv");
        command.args(["--pdeathsig", "KILL", "--"]).arg(self.program(program));
        command
    }

    /// The files that every new graphite-web starts from.
    pub(crate) fn graphite(&self) -> PathBuf {
        self.directory.join("graphite")
    }

    fn program(&self, program: &str) -> PathBuf {
        self.directory.join("bin").join(program)
    }
}
