//! nginx in front of another server, letting in only who shows who it is.

use std::{fs, path::Path};

use super::{Certificates, PASSWORD, TOKEN, Tools, USER, daemon::Daemon};

/// What nginx asks for before it hands a request on.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Front<'a> {
    /// [`USER`] with [`PASSWORD`].
    Basic,
    /// The bearer token [`TOKEN`].
    Bearer,
    /// This value in the header `X-Scope-OrgID`.
    Tenant(&'a str),
}

/// A running nginx.
#[derive(Debug)]
pub(crate) struct Nginx {
    pub(crate) daemon: Daemon,
    scheme: &'static str,
}

impl Nginx {
    /// Starts one in front of `upstream`, a port of 127.0.0.1, over TLS where certificates are given.
    #[track_caller]
    pub(crate) fn start(
        tools: &Tools,
        directory: &Path,
        upstream: u16,
        front: Front,
        tls: Option<&Certificates>,
    ) -> Nginx {
        fs::write(directory.join("users"), format!("{USER}:{{PLAIN}}{PASSWORD}\n")).unwrap();
        // It is said once the port is bound.
        let daemon = Daemon::start("nginx", directory, "using the \"epoll\" event method", |port| {
            let settings = settings(directory, port, upstream, front, tls);
            fs::write(directory.join("nginx.conf"), settings).unwrap();
            let mut command = tools.daemon("nginx");
            command.arg("-e").arg("stderr").arg("-p").arg(directory).args(["-c", "nginx.conf"]);
            command
        });
        Nginx { daemon, scheme: if tls.is_some() { "https" } else { "http" } }
    }

    /// Its address, without a slash at its end.
    pub(crate) fn url(&self) -> String {
        format!("{}://127.0.0.1:{}", self.scheme, self.daemon.port)
    }
}

fn settings(directory: &Path, port: u16, upstream: u16, front: Front, tls: Option<&Certificates>) -> String {
    let guard = match front {
        Front::Basic => "auth_basic monitoring; auth_basic_user_file users;".to_owned(),
        Front::Bearer => format!("if ($http_authorization != \"Bearer {TOKEN}\") {{ return 401; }}"),
        Front::Tenant(tenant) => format!("if ($http_x_scope_orgid != \"{tenant}\") {{ return 401; }}"),
    };
    let (ssl, certificate) = match tls {
        None => ("", String::new()),
        Some(tls) => (
            " ssl",
            format!(
                "ssl_certificate {}; ssl_certificate_key {};",
                tls.certificate("server").display(),
                tls.key("server").display()
            ),
        ),
    };
    let directory = directory.display();
    // One process, so that no other user's workers need to read this directory.
    format!(
        "daemon off;
master_process off;
pid {directory}/nginx.pid;
error_log stderr notice;
events {{}}
http {{
    access_log {directory}/access.log;
    client_body_temp_path {directory}/body;
    proxy_temp_path {directory}/proxy;
    fastcgi_temp_path {directory}/fastcgi;
    uwsgi_temp_path {directory}/uwsgi;
    scgi_temp_path {directory}/scgi;
    server {{
        listen 127.0.0.1:{port}{ssl};
        {certificate}
        location / {{
            {guard}
            proxy_pass http://127.0.0.1:{upstream};
        }}
    }}
}}
"
    )
}
