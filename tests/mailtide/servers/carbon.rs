//! carbon, which receives points line by line and writes the files that graphite-web reads.

use std::{fs, io::Write, net::TcpStream, path::Path};

use super::{Graphite, Tools, daemon::Daemon};

/// A running carbon-cache.
#[derive(Debug)]
pub(crate) struct Carbon {
    pub(crate) daemon: Daemon,
}

impl Carbon {
    /// Starts one on the files of a running graphite-web in `directory`, which it tells of tagged series; new series
    /// get these archives, finest first, such as `5m:60d,1h:2y`.
    #[track_caller]
    pub(crate) fn start(tools: &Tools, directory: &Path, graphite: &Graphite, retentions: &str) -> Carbon {
        let at = directory.join("carbon");
        fs::create_dir_all(&at).unwrap();
        let schema = format!("[all]\npattern = .*\nretentions = {retentions}\n");
        fs::write(at.join("storage-schemas.conf"), schema).unwrap();
        let daemon = Daemon::start("carbon", directory, "CarbonReceiverFactory starting on", |port| {
            fs::write(at.join("carbon.conf"), settings(directory, port, &graphite.url())).unwrap();
            let mut command = tools.daemon("carbon-cache");
            command.current_dir(&at).env("GRAPHITE_CONF_DIR", &at);
            command.arg("--config").arg(at.join("carbon.conf")).args(["--debug", "start"]);
            command
        });
        Carbon { daemon }
    }

    /// Sends points: (path, value, time). They are in the files a moment later.
    pub(crate) fn send(&self, points: &[(&str, f64, i64)]) {
        let lines: String =
            points.iter().map(|(path, value, time)| format!("{path} {value} {time}\n")).collect();
        let mut stream = TcpStream::connect(("127.0.0.1", self.daemon.port)).unwrap();
        stream.write_all(lines.as_bytes()).unwrap();
    }
}

/// Of its servers only the one for lines; the one that cannot be left out gets any free port.
fn settings(directory: &Path, port: u16, graphite: &str) -> String {
    let at = directory.display();
    format!(
        "[cache]
STORAGE_DIR = {at}
CONF_DIR = {at}/carbon
LOG_DIR = {at}/carbon
PID_DIR = {at}/carbon
LOCAL_DATA_DIR = {at}/whisper
USER =
CARBON_METRIC_INTERVAL = 0
ENABLE_LOGROTATION = False
MAX_CREATES_PER_MINUTE = inf
LINE_RECEIVER_INTERFACE = 127.0.0.1
LINE_RECEIVER_PORT = {port}
PICKLE_RECEIVER_PORT = 0
UDP_RECEIVER_PORT = 0
CACHE_QUERY_INTERFACE = 127.0.0.1
CACHE_QUERY_PORT = 0
GRAPHITE_URL = {graphite}
ENABLE_TAGS = True
TAG_UPDATE_INTERVAL = 1
"
    )
}
