//! Plain HTTP, to fill servers and to see what they answer without the code under test.

use std::{
    io::{Read, Write},
    net::TcpStream,
    time::Duration,
};

/// A server that does not answer for so long fails the test, instead of holding it up for ever.
const SILENCE: Duration = Duration::from_secs(120);

/// An answer.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) body: String,
}

impl Reply {
    /// The body as JSON, if all went well.
    #[track_caller]
    pub(crate) fn json(&self) -> serde_json::Value {
        assert_eq!(self.status, 200, "{}", self.body);
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }
}

/// Asks a server, by its address, by GET.
pub(crate) fn get(url: &str, target: &str, headers: &[(&str, &str)]) -> Reply {
    ask(url, "GET", target, headers, b"")
}

/// Sends one request to a server, by its address, and waits for the whole answer.
pub(crate) fn ask(url: &str, method: &str, target: &str, headers: &[(&str, &str)], body: &[u8]) -> Reply {
    let host = url.strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(host).unwrap();
    stream.set_read_timeout(Some(SILENCE)).unwrap();
    // In HTTP/1.0 the answer ends with the connection, and comes in one piece.
    let mut head = format!("{method} {target} HTTP/1.0\r\nHost: {host}\r\n");
    for (name, value) in headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str(&format!("Content-Length: {}\r\n\r\n", body.len()));
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(body).unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    let answer = String::from_utf8(answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok());
    Reply { status: status.unwrap_or_else(|| panic!("no HTTP: {head}")), body: body.to_owned() }
}

/// A path with a query.
pub(crate) fn target(path: &str, query: &[(&str, &str)]) -> String {
    let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(query).finish();
    format!("{path}?{query}")
}
