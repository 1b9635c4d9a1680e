//! Prometheus, with history written straight into its storage.

use std::{fs, path::Path};

use super::{
    Certificates, PASSWORD, Series, Tools, USER,
    daemon::Daemon,
    history::open_metrics,
    http::{self, Reply},
};

/// Who may ask a Prometheus.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Access<'a> {
    /// Everybody, over HTTP.
    Open,
    /// [`USER`] with [`PASSWORD`], over TLS.
    Basic(&'a Certificates),
    /// Who has the client's certificate, over TLS.
    MutualTls(&'a Certificates),
}

/// A running Prometheus.
#[derive(Debug)]
pub(crate) struct Prometheus {
    pub(crate) daemon: Daemon,
    scheme: &'static str,
}

impl Prometheus {
    /// Adds history to the storage in `directory`, while no server runs on it.
    pub(crate) fn fill(tools: &Tools, directory: &Path, series: &[Series]) {
        let text = directory.join("history.om");
        fs::write(&text, open_metrics(series)).unwrap();
        let mut command = tools.command("promtool");
        command.args(["tsdb", "create-blocks-from"]);
        // Not in the help: without it there is a block for each two hours.
        command.arg("--max-block-duration=1080h");
        command.arg("openmetrics").arg(text).arg(directory.join("data"));
        let output = command.output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }

    /// Starts one on the storage in `directory`, with these flags beside those that are always needed.
    #[track_caller]
    pub(crate) fn start(tools: &Tools, directory: &Path, access: Access, flags: &[&str]) -> Prometheus {
        fs::write(directory.join("prometheus.yml"), "scrape_configs: []\n").unwrap();
        fs::write(directory.join("web.yml"), web_settings(access)).unwrap();
        let ready = "Server is ready to receive web requests";
        let daemon = Daemon::start("prometheus", directory, ready, |port| {
            let mut command = tools.daemon("prometheus");
            command.current_dir(directory).args(["--config.file=prometheus.yml", "--storage.tsdb.path=data"]);
            // By default what is older than 15 days is deleted.
            command.args(["--storage.tsdb.retention.time=100y", "--web.config.file=web.yml"]);
            command.arg(format!("--web.listen-address=127.0.0.1:{port}")).args(flags);
            command
        });
        Prometheus { daemon, scheme: if matches!(access, Access::Open) { "http" } else { "https" } }
    }

    /// Its address, without a slash at its end.
    pub(crate) fn url(&self) -> String {
        format!("{}://127.0.0.1:{}", self.scheme, self.daemon.port)
    }

    /// What it answers to an instant query, asked without the code under test; for open servers.
    pub(crate) fn query(&self, expression: &str, time: i64) -> Reply {
        let query = [("query", expression), ("time", &time.to_string())];
        http::get(&self.url(), &http::target("/api/v1/query", &query), &[])
    }
}

/// `web.yml`: <https://prometheus.io/docs/prometheus/latest/configuration/https/>.
fn web_settings(access: Access) -> String {
    let tls = |certificates: &Certificates| {
        let (certificate, key) = (certificates.certificate("server"), certificates.key("server"));
        format!("tls_server_config:\n  cert_file: {}\n  key_file: {}\n", certificate.display(), key.display())
    };
    match access {
        Access::Open => String::new(),
        // The bcrypt hash of PASSWORD, cheap on purpose: `htpasswd -nbBC 4 planner tide-and-time`.
        Access::Basic(certificates) => {
            let hash = "$2b$04$abcdefghijklmnopqrstuukbVbWYHqd8Jw9CKbGN4YhlvPhnEtyGG";
            debug_assert_eq!(PASSWORD, "tide-and-time");
            format!("{}basic_auth_users:\n  {USER}: {hash}\n", tls(certificates))
        }
        Access::MutualTls(certificates) => format!(
            "{}  client_auth_type: RequireAndVerifyClientCert\n  client_ca_file: {}\n",
            tls(certificates),
            certificates.certificate("authority").display()
        ),
    }
}
