//! Troubles: why there is no answer, in words, with the next step.

use serde::Deserialize;

use super::{PrometheusSource, query::Query};
use crate::{net::NetError, sources::live::LiveError};

/// As much of a server's sentence as people read.
const LONGEST: usize = 300;

impl PrometheusSource {
    /// Why a query, or a request without one, was not answered.
    pub(super) fn trouble(&self, query: Option<&Query>, error: &NetError) -> LiveError {
        let asked = query.map(|query| format!("`{}`: ", query.expression.text())).unwrap_or_default();
        let refused = |status: u16, body: &str| {
            let next_step = match query.map(|query| query.pack.as_str()) {
                Some("declared") => "mend the source's `query`".to_owned(),
                Some(pack) => format!(
                    "mend the query in a pack of your own that is called `{pack}` too, or leave that pack out of \
                     the source's `packs`"
                ),
                None => "check that the source's `url` is that of Prometheus".to_owned(),
            };
            (format!("{asked}the server refused it ({status}): {}", said(body)), next_step)
        };
        let (problem, next_step, passing) = match error {
            NetError::Status { status: 400, body, .. }
                if body.contains("HTTP request to an HTTPS server") =>
            {
                (said(body).to_string(), "write https in the source's `url`".to_owned(), false)
            }
            NetError::Status { status: status @ (400 | 422), body, .. } => {
                let (problem, next_step) = refused(*status, body);
                (problem, next_step, false)
            }
            NetError::Status { url, status: 404, body } => (
                format!("{url}: there is no such page (404): {}", said(body)),
                "check the source's `url`: it is what stands before `api/v1`, with a prefix such as \
                 `/select/0/prometheus` or `/prometheus` where the server has one"
                    .to_owned(),
                false,
            ),
            NetError::Status { url, status, body } => {
                let problem = format!("{asked}{url}: the server answered {status}: {}", said(body));
                (problem, error.next_step().to_owned(), error.is_passing())
            }
            other => {
                (format!("{asked}{}", other.problem()), other.next_step().to_owned(), other.is_passing())
            }
        };
        LiveError { source_name: self.name.clone(), problem, next_step, passing }
    }

    /// An answer that came whole as far as HTTP goes, and is none of Prometheus'.
    pub(super) fn unreadable(&self, query: &Query, problem: &str, is_prometheus: bool) -> LiveError {
        let next_step = if is_prometheus {
            "run it again; if it stays, look for a proxy that cuts answers, or ask the same on the server's own page"
        } else {
            "look at that address in a browser: is it a login page, or another program? check `url` and the \
             source's user or token"
        };
        LiveError {
            source_name: self.name.clone(),
            problem: format!("`{}`: the answer cannot be read: {problem}", query.expression.text()),
            next_step: next_step.to_owned(),
            passing: is_prometheus,
        }
    }
}

/// The sentence in an error's body: that of Prometheus' JSON, or the beginning of whatever it is. What a server
/// sends is hostile: control characters are left out.
pub(super) fn said(body: &str) -> String {
    #[derive(Deserialize)]
    struct Envelope {
        error: String,
    }
    let body = body.trim();
    let text = serde_json::from_str::<Envelope>(body).map_or_else(|_| body.to_owned(), |said| said.error);
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let line: String = line.chars().filter(|c| !c.is_control()).collect();
    let shown: String = line.chars().take(LONGEST).collect();
    match (shown.is_empty(), shown.len() < line.len()) {
        (true, _) => "it said nothing".to_owned(),
        (false, true) => format!("{shown}…"),
        (false, false) => shown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_errors_sentence_is_found_in_its_body() {
        assert_eq!(
            said(r#"{"status":"error","errorType":"422","error":"too  many\npoints"}"#),
            "too many points"
        );
        assert_eq!(said("<html>\n<h1>Bad\u{1b}[31m Gateway</h1>"), "<html> <h1>Bad[31m Gateway</h1>");
        assert_eq!(said(" \n"), "it said nothing");
        assert_eq!(said(&"é".repeat(301)), format!("{}…", "é".repeat(300)));
    }
}
