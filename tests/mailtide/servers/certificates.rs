//! Certificates for one test: an authority, a server's and a client's.

use std::{
    fs,
    path::{Path, PathBuf},
};

use super::Tools;

/// What openssl is told instead of the system's own settings, which need not be there.
const SETTINGS: &str = "\
[req]
distinguished_name = name
[name]
[authority]
basicConstraints = critical, CA:true
keyUsage = critical, keyCertSign
[server]
basicConstraints = critical, CA:false
subjectAltName = DNS:localhost, IP:127.0.0.1
extendedKeyUsage = serverAuth
[client]
basicConstraints = critical, CA:false
extendedKeyUsage = clientAuth
";

/// PEM files in one directory: `authority.pem`, `server.pem`, `client.pem`, and `.key` for each.
#[derive(Debug)]
pub(crate) struct Certificates {
    directory: PathBuf,
}

impl Certificates {
    /// Makes them. The server's is for `localhost` and 127.0.0.1.
    pub(crate) fn make(tools: &Tools, directory: &Path) -> Certificates {
        let certificates = Certificates { directory: directory.to_owned() };
        fs::write(directory.join("openssl.cnf"), SETTINGS).unwrap();
        certificates.issue(tools, "authority", &[]);
        let (authority, key) = (certificates.certificate("authority"), certificates.key("authority"));
        let signed_by = ["-CA", authority.to_str().unwrap(), "-CAkey", key.to_str().unwrap()];
        certificates.issue(tools, "server", &signed_by);
        certificates.issue(tools, "client", &signed_by);
        certificates
    }

    /// The certificate of `authority`, `server` or `client`.
    pub(crate) fn certificate(&self, whose: &str) -> PathBuf {
        self.directory.join(format!("{whose}.pem"))
    }

    /// The private key of `authority`, `server` or `client`.
    pub(crate) fn key(&self, whose: &str) -> PathBuf {
        self.directory.join(format!("{whose}.key"))
    }

    fn issue(&self, tools: &Tools, whose: &str, signed_by: &[&str]) {
        let mut command = tools.command("openssl");
        command.args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]);
        command.args(["-days", "2", "-config"]).arg(self.directory.join("openssl.cnf"));
        command.args(["-extensions", whose, "-subj", &format!("/CN={whose} of a test")]).args(signed_by);
        command.arg("-keyout").arg(self.key(whose)).arg("-out").arg(self.certificate(whose));
        let output = command.output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
}
