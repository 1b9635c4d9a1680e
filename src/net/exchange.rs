//! One exchange: a request, what it is sent on to, and an answer that is read to its end within its bounds.

use std::time::Duration;

use reqwest::{
    Response, StatusCode,
    header::{self, HeaderValue},
};
use url::Url;

use super::{
    Answer, NetError, failure, http_date,
    retry::{Again, Failure},
    secret::Secret,
};

/// Times that a server may send a request on to another of its addresses. One is a missing slash, two a move;
/// more go round in a circle.
const MOST_REDIRECTS: usize = 3;

/// Bytes of a refusal that are read, and characters of it that are kept. A refusal of Prometheus repeats the
/// query, which may be long.
const REFUSAL_READ: usize = 64 * 1024;
const REFUSAL_KEPT: usize = 2_000;

/// What is asked.
#[derive(Debug)]
pub(super) struct Question<'a> {
    /// Where, with the query.
    pub(super) url: Url,
    /// The form, for a POST.
    pub(super) form: Option<&'a [(&'a str, String)]>,
}

/// How a server is asked.
pub(super) struct Exchange {
    /// Knows the source's own headers and certificates, and never redirects by itself.
    pub(super) http: reqwest::Client,
    /// Who asks.
    pub(super) authorization: Option<HeaderValue>,
    /// From connecting to the last byte, redirects included.
    pub(super) deadline: Duration,
    /// Bytes that an answer may have, unfolded.
    pub(super) largest: u64,
    /// What never reaches a message.
    pub(super) secrets: Vec<Secret>,
}

impl Exchange {
    /// Asks once.
    pub(super) async fn ask(&self, question: &Question<'_>) -> Result<Answer, Failure> {
        match tokio::time::timeout(self.deadline, self.follow(question)).await {
            Ok(result) => result,
            Err(_) => Err(failure::late(&question.url, self.deadline)),
        }
    }

    /// Asks, and asks again where the server sends the request on to an address of its own.
    async fn follow(&self, question: &Question<'_>) -> Result<Answer, Failure> {
        let mut url = question.url.clone();
        let mut form = question.form;
        for _ in 0..=MOST_REDIRECTS {
            let mut request = match form {
                Some(form) => self.http.post(url.clone()).form(form),
                None => self.http.get(url.clone()),
            };
            if let Some(authorization) = &self.authorization {
                request = request.header(header::AUTHORIZATION, authorization.clone());
            }
            let response = request.send().await.map_err(|error| failure::of(&url, &error))?;
            let Some(target) = redirected(&response, &url) else {
                return self.answer(response, &url).await;
            };
            if target.origin() != url.origin() {
                return Err(failure::sent_elsewhere(&url, &target));
            }
            // 303 says that the answer lies ready elsewhere; the others want the same question again.
            if response.status() == StatusCode::SEE_OTHER {
                form = None;
            }
            url = target;
        }
        Err(failure::sent_in_a_circle(&question.url))
    }

    async fn answer(&self, response: Response, url: &Url) -> Result<Answer, Failure> {
        if !response.status().is_success() {
            return Err(self.refusal(response, url).await);
        }
        let server_time = header_of(&response, header::DATE).and_then(http_date::seconds_of);
        let body = self.whole_body(response, url).await?;
        Ok(Answer { body, server_time })
    }

    async fn whole_body(&self, mut response: Response, url: &Url) -> Result<Vec<u8>, Failure> {
        let too_large = || Failure {
            error: NetError::TooLarge { url: failure::shown(url), limit: self.largest },
            again: Again::Never,
        };
        // The length is not known where the body is folded; what is unfolded is counted as it comes.
        if response.content_length().is_some_and(|length| length > self.largest) {
            return Err(too_large());
        }
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| failure::of(url, &error))? {
            if (body.len() + chunk.len()) as u64 > self.largest {
                return Err(too_large());
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body)
    }

    /// What the server said against the request.
    async fn refusal(&self, mut response: Response, url: &Url) -> Failure {
        let status = response.status().as_u16();
        let date = header_of(&response, header::DATE);
        let wait = header_of(&response, header::RETRY_AFTER).and_then(|text| http_date::wait_of(text, date));
        let again = match wait {
            _ if !super::error::passes(status) => Again::Never,
            Some(wait) => Again::After(wait),
            None => Again::Soon,
        };
        let mut body = Vec::new();
        // A refusal that breaks off is still one.
        while let Ok(Some(chunk)) = response.chunk().await {
            body.extend_from_slice(&chunk);
            if body.len() > REFUSAL_READ {
                break;
            }
        }
        body.truncate(REFUSAL_READ);
        let body = self.without_secrets(&String::from_utf8_lossy(&body));
        let error = NetError::Status { url: failure::shown(url), status, body: on_one_line(&body) };
        Failure { error, again }
    }

    /// Some servers repeat a request in what they say about it.
    fn without_secrets(&self, text: &str) -> String {
        self.secrets.iter().fold(text.to_owned(), |text, secret| text.replace(secret.expose(), "***"))
    }
}

/// Where a response sends the request on to.
fn redirected(response: &Response, url: &Url) -> Option<Url> {
    let moved = [301, 302, 303, 307, 308].contains(&response.status().as_u16());
    let target = header_of(response, header::LOCATION).filter(|_| moved)?;
    url.join(target).ok()
}

fn header_of(response: &Response, name: header::HeaderName) -> Option<&str> {
    response.headers().get(name)?.to_str().ok()
}

/// The beginning of a text, its white space and control characters made single spaces.
fn on_one_line(text: &str) -> String {
    let words = text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join(" ").chars().take(REFUSAL_KEPT).collect()
}
