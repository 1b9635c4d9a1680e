//! What went wrong on the way, in words and with the next step.

use std::{error::Error, io, time::Duration};

use url::{Host, Url};

use super::{
    NetError,
    retry::{Again, Failure},
};

/// An address as messages show it: without user, query or fragment, where secrets may stand.
pub(super) fn shown(url: &Url) -> String {
    let mut shown = url.clone();
    // An address without a host can have no user; then there is none to remove.
    let _ = shown.set_username("");
    let _ = shown.set_password(None);
    shown.set_query(None);
    shown.set_fragment(None);
    shown.into()
}

/// The deadline passed before the last byte came.
pub(super) fn late(url: &Url, deadline: Duration) -> Failure {
    let error = NetError::Late { url: shown(url), seconds: deadline.as_secs() };
    Failure { error, again: Again::Late }
}

/// The server sends to another host, port or scheme, where no credential may follow.
pub(super) fn sent_elsewhere(url: &Url, target: &Url) -> Failure {
    let (url, target) = (shown(url), shown(target));
    let problem = format!("{url}: the server sends on to {target}, and credentials do not follow there");
    never(problem, "put the address that answers into `url` of the source")
}

/// The server sends from one of its addresses to the next.
pub(super) fn sent_in_a_circle(url: &Url) -> Failure {
    let problem = format!("{}: the server sends from one address to the next without an answer", shown(url));
    never(problem, "put the address that answers into `url` of the source")
}

/// What the client ran into.
pub(super) fn of(url: &Url, error: &reqwest::Error) -> Failure {
    let causes = causes(error);
    if let Some(failure) = of_tls(url, &causes.join(": ")) {
        return failure;
    }
    let last = causes.last().map_or("the request failed", String::as_str);
    let (problem, next_step) = in_words(url, error, last);
    Failure { error: broken(url, problem, next_step), again: Again::Soon }
}

/// The problem and the next step; `last` is the innermost cause.
fn in_words(url: &Url, error: &reqwest::Error, last: &str) -> (String, String) {
    if error.is_dns() {
        let problem = format!("the host {} was not found: {last}", url.host_str().unwrap_or_default());
        return (problem, "check the host's name in `url`, and this machine's name service".to_owned());
    }
    if error.is_connect() && error.is_timeout() {
        let next_step = "check host and port of `url`, and that no firewall stands between";
        return ("there was no connection in time".to_owned(), next_step.to_owned());
    }
    if io_kind(error) == Some(io::ErrorKind::ConnectionRefused) {
        let port = url.port_or_known_default().unwrap_or_default();
        let next_step = format!("check that the server runs there and that {port} is its port");
        return ("the connection was refused".to_owned(), next_step);
    }
    if error.is_connect() {
        return (format!("there is no connection: {last}"), "check host and port of `url`".to_owned());
    }
    if error.is_body() || error.is_decode() {
        return (format!("the answer broke off: {last}"), LOGS.to_owned());
    }
    // Under TLS 1.3 a server refuses the asker's certificate after the handshake, and its alert may be lost.
    let next_step = match url.scheme() {
        "https" => format!("{LOGS}; it may want a certificate of the asker, `certificate` and `key`"),
        _ => LOGS.to_owned(),
    };
    (format!("the connection broke: {last}"), next_step)
}

const LOGS: &str = "look into the logs of the server and of what stands before it";

/// Troubles of TLS, which stay until somebody changes a certificate or an address. The library's own types are
/// not public here; these are the words of rustls' `Error` and `AlertDescription`.
fn of_tls(url: &Url, causes: &str) -> Option<Failure> {
    let has = |words: &[&str]| words.iter().any(|word| causes.contains(word));
    let (problem, next_step) = if has(&["UnknownIssuer"]) {
        (
            "the server's certificate is of an authority that is not trusted here".to_owned(),
            "give the authority's certificate as `ca` of the source",
        )
    } else if has(&["NotValidForName", "not valid for name"]) {
        (
            format!("the server's certificate is not for the host {}", url.host_str().unwrap_or_default()),
            "write a name in `url` that the certificate holds",
        )
    } else if has(&["Expired", "certificate expired"]) {
        ("the server's certificate has expired".to_owned(), "let it be renewed, or set this machine's clock")
    } else if has(&["CaUsedAsEndEntity"]) {
        (
            "the server shows an authority's own certificate, which is none for a server".to_owned(),
            "let the server have one with basicConstraints=CA:FALSE, and give its authority's, or itself, as `ca`",
        )
    } else if has(&["invalid peer certificate"]) {
        (
            format!("the server's certificate cannot be trusted: {}", last_of(causes)),
            "give the authority's certificate as `ca` of the source, or let the certificate be renewed",
        )
    } else if has(&[
        "CertificateRequired",
        "CertificateUnknown",
        "BadCertificate",
        "UnknownCA",
        "AccessDenied",
    ]) {
        (
            "the server wants a certificate of the asker, and trusts none that it got".to_owned(),
            "give one that it trusts as `certificate` and `key` of the source",
        )
    } else if has(&["InvalidContentType"]) {
        (
            "what answers there does not speak TLS".to_owned(),
            "write http in `url` of the source, or the port at which the server speaks https",
        )
    } else {
        return None;
    };
    Some(never(format!("{}: {problem}", shown(url)), next_step))
}

fn last_of(causes: &str) -> &str {
    causes.rsplit(": ").next().unwrap_or(causes)
}

fn never(problem: String, next_step: &str) -> Failure {
    Failure { error: NetError::Setup { problem, next_step: next_step.to_owned() }, again: Again::Never }
}

fn broken(url: &Url, problem: String, next_step: String) -> NetError {
    NetError::Broken { url: shown(url), problem, next_step }
}

/// The causes of an error, outermost first, without the error itself, which names the whole address.
fn causes(error: &reqwest::Error) -> Vec<String> {
    let mut causes = Vec::new();
    let mut source = error.source();
    while let Some(cause) = source {
        // Nested errors of the client name the address again.
        if !cause.is::<reqwest::Error>() {
            causes.push(cause.to_string());
        }
        source = cause.source();
    }
    causes
}

fn io_kind(error: &reqwest::Error) -> Option<io::ErrorKind> {
    let mut source = error.source();
    while let Some(cause) = source {
        if let Some(io) = cause.downcast_ref::<io::Error>() {
            return Some(io.kind());
        }
        source = cause.source();
    }
    None
}

/// Whether an address is this machine's own.
pub(super) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}
