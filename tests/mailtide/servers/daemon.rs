//! A server's process: on a free port, ready before it is asked, gone with its owner.

use std::{
    fs::{self, File},
    net::TcpListener,
    os::unix::process::CommandExt,
    path::Path,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

/// How long a server may take to start on a busy machine.
const START: Duration = Duration::from_secs(120);

/// How long a server may take to stop before it is killed.
const STOP: Duration = Duration::from_secs(10);

/// How often it is looked whether a server has started or stopped.
const LOOK_AGAIN: Duration = Duration::from_millis(20);

/// How many ports are tried: another process may take one between looking for it and using it.
const PORTS: usize = 5;

/// A running server. It is stopped, with all its processes, when this is dropped, also by a test that fails.
#[derive(Debug)]
pub(crate) struct Daemon {
    child: Child,
    /// The port on 127.0.0.1.
    pub(crate) port: u16,
}

impl Daemon {
    /// Starts what `command` makes of a port and waits until its log, a file in `directory`, says `ready`.
    #[track_caller]
    pub(crate) fn start(
        name: &str,
        directory: &Path,
        ready: &str,
        command: impl Fn(u16) -> Command,
    ) -> Daemon {
        let log = directory.join(format!("{name}.log"));
        for _ in 0..PORTS {
            let port = free_port();
            let output = File::create(&log).unwrap();
            let mut command = command(port);
            command.stdin(Stdio::null()).stdout(output.try_clone().unwrap()).stderr(output);
            let child = command.process_group(0).spawn().unwrap_or_else(|e| panic!("{command:?}: {e}"));
            let mut daemon = Daemon { child, port };
            if daemon.is_ready(name, &log, ready) {
                return daemon;
            }
        }
        panic!("{name} found no free port:\n{}", read(&log));
    }

    /// Whether it came up; not if its port was taken.
    #[track_caller]
    fn is_ready(&mut self, name: &str, log: &Path, ready: &str) -> bool {
        let deadline = Instant::now() + START;
        loop {
            let ended = self.child.try_wait().unwrap();
            let said = read(log);
            if ended.is_some() && said.to_lowercase().contains("address already in use") {
                return false;
            }
            if let Some(status) = ended {
                panic!("{name} ended with {status}:\n{said}");
            }
            if said.contains(ready) {
                return true;
            }
            assert!(Instant::now() < deadline, "{name} does not get ready:\n{said}");
            thread::sleep(LOOK_AGAIN);
        }
    }

    /// The process that leads its group.
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Sends a signal to all its processes, of which there may be none any more.
    fn signal(&self, signal: &str) {
        let script = format!("kill -s {signal} -- -{}", self.pid());
        let sent = Command::new("sh").args(["-c", &script]).stderr(Stdio::null()).status();
        // In a drop a second panic would end the whole test run.
        drop(sent);
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        self.signal("TERM");
        let deadline = Instant::now() + STOP;
        while Instant::now() < deadline && matches!(self.child.try_wait(), Ok(None)) {
            thread::sleep(LOOK_AGAIN);
        }
        // What the leader has left behind, or the leader itself.
        self.signal("KILL");
        drop(self.child.wait());
    }
}

/// A port of 127.0.0.1 that nobody listened on a moment ago.
fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

fn read(log: &Path) -> String {
    String::from_utf8_lossy(&fs::read(log).unwrap_or_default()).into_owned()
}
