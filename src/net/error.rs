//! What can go wrong over the wire, each with the next step.

use std::{error::Error, fmt};

/// Characters of an answer's beginning that a message shows; `Status` itself keeps more, for those who read it.
const SHOWN: usize = 300;

/// Why a request has no answer. Shown as the problem and the next step; never with a secret, a query or a form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NetError {
    /// A secret, a certificate or an address cannot be used; asking again would not help.
    Setup {
        /// What is wrong.
        problem: String,
        /// What to do.
        next_step: String,
    },
    /// The server answered with another status than 200 to 299.
    Status {
        /// The address, without user or query.
        url: String,
        /// The HTTP status.
        status: u16,
        /// The answer's beginning, on one line, secrets blacked out.
        body: String,
    },
    /// There was no whole answer; a later request may have one.
    Broken {
        /// The address, without user or query.
        url: String,
        /// What happened.
        problem: String,
        /// What to do.
        next_step: String,
    },
    /// The deadline passed before the last byte came; less may be answered in time.
    Late {
        /// The address, without user or query.
        url: String,
        /// The deadline in seconds.
        seconds: u64,
    },
    /// The answer is larger than allowed.
    TooLarge {
        /// The address, without user or query.
        url: String,
        /// The bound in bytes, unfolded.
        limit: u64,
    },
}

impl NetError {
    /// What happened, without the next step.
    pub fn problem(&self) -> String {
        match self {
            NetError::Setup { problem, .. } => problem.clone(),
            NetError::Status { url, status, body } if body.is_empty() => {
                format!("{url}: the server answered {status}")
            }
            NetError::Status { url, status, body } => {
                format!("{url}: the server answered {status}: {}", beginning(body))
            }
            NetError::Broken { url, problem, .. } => format!("{url}: {problem}"),
            NetError::Late { url, seconds } => format!("{url}: there was no whole answer within {seconds} s"),
            NetError::TooLarge { url, limit } => format!("{url}: the answer is larger than {limit} bytes"),
        }
    }

    /// What to do about it.
    pub fn next_step(&self) -> &str {
        match self {
            NetError::Setup { next_step, .. } | NetError::Broken { next_step, .. } => next_step,
            NetError::Status { status, body, .. } => next_step_of_status(*status, body),
            NetError::Late { .. } => "raise `timeout` of the source, or lower `parallel`",
            NetError::TooLarge { .. } => "raise `max_answer` of the source",
        }
    }

    /// Whether the same request may be answered later.
    pub fn is_passing(&self) -> bool {
        match self {
            NetError::Status { status, .. } => passes(*status),
            NetError::Broken { .. } | NetError::Late { .. } => true,
            NetError::Setup { .. } | NetError::TooLarge { .. } => false,
        }
    }
}

/// Statuses that say something of the moment, not of the request: RFC 9110, section 15, and RFC 6585 for 429.
/// 501 and 505 stay as they are.
pub(super) fn passes(status: u16) -> bool {
    matches!(status, 408 | 429 | 500 | 502 | 503 | 504)
}

fn next_step_of_status(status: u16, body: &str) -> &'static str {
    // The words of Go's servers (Prometheus) and of nginx.
    let plain_to_tls = ["HTTP request to an HTTPS server", "HTTP request was sent to HTTPS port"];
    if status == 400 && plain_to_tls.iter().any(|words| body.contains(words)) {
        return "write https in `url`";
    }
    match status {
        401 => "check `user` and its password, or the token, of the source",
        403 => "let the server allow this user or token to read, and check `headers` of the source",
        404 => "check the path of `url`, and that this server is of the `kind` that the source says",
        407 => "give the proxy's user and password in the environment variable that names the proxy",
        408 | 504 => "raise `timeout` of the source, or lower `parallel`",
        429 => "lower `parallel` of the source, or pull when the server has less to do",
        500..=599 => "look into the logs of the server and of what stands before it",
        _ => "see in the server's log what it did not like",
    }
}

fn beginning(body: &str) -> String {
    let mut shown: String = body.chars().take(SHOWN).collect();
    if shown.len() < body.len() {
        shown.push('…');
    }
    shown
}

impl fmt::Display for NetError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}; {}", self.problem(), self.next_step())
    }
}

impl Error for NetError {}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use super::*;

    fn status(status: u16, body: &str) -> NetError {
        NetError::Status { url: "http://prometheus:9090/api".to_owned(), status, body: body.to_owned() }
    }

    #[test]
    fn each_status_has_its_next_step() {
        let shown = [
            status(400, "Client sent an HTTP request to an HTTPS server."),
            status(400, "bad_data"),
            status(401, "Unauthorized"),
            status(403, ""),
            status(404, "404 page not found"),
            status(407, ""),
            status(429, ""),
            status(503, "query timed out"),
            status(504, ""),
        ]
        .map(|error| error.to_string());
        assert_snapshot!(shown.join("\n"), @r"
        http://prometheus:9090/api: the server answered 400: Client sent an HTTP request to an HTTPS server.; write https in `url`
        http://prometheus:9090/api: the server answered 400: bad_data; see in the server's log what it did not like
        http://prometheus:9090/api: the server answered 401: Unauthorized; check `user` and its password, or the token, of the source
        http://prometheus:9090/api: the server answered 403; let the server allow this user or token to read, and check `headers` of the source
        http://prometheus:9090/api: the server answered 404: 404 page not found; check the path of `url`, and that this server is of the `kind` that the source says
        http://prometheus:9090/api: the server answered 407; give the proxy's user and password in the environment variable that names the proxy
        http://prometheus:9090/api: the server answered 429; lower `parallel` of the source, or pull when the server has less to do
        http://prometheus:9090/api: the server answered 503: query timed out; look into the logs of the server and of what stands before it
        http://prometheus:9090/api: the server answered 504; raise `timeout` of the source, or lower `parallel`
        ");
    }

    #[test]
    fn what_passes_is_told_from_what_stays() {
        let passing = |codes: &[u16]| codes.iter().filter(|code| status(**code, "").is_passing()).count();
        assert_eq!(passing(&[408, 429, 500, 502, 503, 504]), 6);
        assert_eq!(passing(&[400, 401, 403, 404, 405, 407, 413, 422, 501, 505]), 0);
        assert!(!NetError::TooLarge { url: String::new(), limit: 1 }.is_passing());
        assert!(!NetError::Setup { problem: String::new(), next_step: String::new() }.is_passing());
    }

    #[test]
    fn a_long_body_is_cut_where_it_is_shown() {
        let shown = status(422, &"ä".repeat(301)).problem();
        assert_eq!(
            shown,
            format!("http://prometheus:9090/api: the server answered 422: {}…", "ä".repeat(300))
        );
    }
}
