//! The hostile proxy does each of its harms, and nothing else.

use std::{
    io::{ErrorKind, Read, Write},
    net::TcpStream,
    time::Duration,
};

use super::{
    Harm, Proxy, Script, Tools, Victoria,
    http::{self, Reply},
};
use crate::support::directory;

/// What comes back for a request, and how the connection ended.
fn raw(url: &str) -> (String, Option<ErrorKind>) {
    let mut stream = TcpStream::connect(url.strip_prefix("http://").unwrap()).unwrap();
    stream.write_all(b"GET /health HTTP/1.1\r\nHost: a\r\n\r\n").unwrap();
    let mut answer = Vec::new();
    let end = stream.read_to_end(&mut answer).err().map(|error| error.kind());
    (String::from_utf8(answer).unwrap(), end)
}

fn always(harm: Harm) -> Script {
    Script { harms: vec![harm], percent: 100, at_most_in_a_row: usize::MAX, seed: 1 }
}

#[test]
fn the_proxy_does_each_harm() {
    let Some(tools) = Tools::installed() else { return };
    let directory = directory();
    let server = Victoria::start(&tools, directory.path());
    let proxy = Proxy::start(server.daemon.port, Script::harmless());
    let url = proxy.url();
    let whole = raw(&url).0;
    assert!(whole.starts_with("HTTP/1.1 200 OK\r\n") && whole.ends_with("\r\n\r\nOK"), "{whole}");
    assert!(whole.contains("Content-Length: 2\r\n"), "{whole}");

    let half = whole[..whole.len() - 1].to_owned();
    let seen = |harm: Harm| {
        proxy.change(always(harm));
        raw(&url)
    };
    assert_eq!(seen(Harm::Drop), (String::new(), None));
    let (truncated, end) = seen(Harm::Truncate);
    assert!(truncated.ends_with("\r\n\r\nO") && truncated.len() == half.len(), "{truncated}");
    assert_eq!(end, None);
    // What was sent before a reset may be lost with it.
    assert_eq!(seen(Harm::Reset).1, Some(ErrorKind::ConnectionReset));
    assert!(seen(Harm::TooMany(7)).0.starts_with("HTTP/1.1 429 Too Many Requests\r\nRetry-After: 7\r\n"));
    assert!(seen(Harm::Unavailable).0.starts_with("HTTP/1.1 503 Service Unavailable\r\n"));
    assert!(seen(Harm::Internal).0.starts_with("HTTP/1.1 500 Internal Server Error\r\n"));
    assert!(seen(Harm::BadGateway).0.contains("<title>502 Bad Gateway</title>"));
    assert!(seen(Harm::Delay(Duration::from_millis(1))).0.ends_with("OK"));
    let lying = seen(Harm::WrongClock).0;
    assert_eq!(lying.matches("Date: ").count(), 1, "{lying}");
    assert!(lying.contains("Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n") && lying.ends_with("OK"), "{lying}");
    assert_eq!(proxy.done().values().sum::<usize>(), 9);

    proxy.change(always(Harm::Silence));
    let mut stream = TcpStream::connect(url.strip_prefix("http://").unwrap()).unwrap();
    stream.write_all(b"GET /health HTTP/1.1\r\nHost: a\r\n\r\n").unwrap();
    stream.set_read_timeout(Some(Duration::from_millis(200))).unwrap();
    assert_eq!(stream.read(&mut [0]).unwrap_err().kind(), ErrorKind::WouldBlock);
}

#[test]
fn the_proxy_notes_what_is_asked_and_lets_each_question_through_in_the_end() {
    let Some(tools) = Tools::installed() else { return };
    let directory = directory();
    let server = Victoria::start(&tools, directory.path());
    let script = Script { at_most_in_a_row: 2, ..always(Harm::Unavailable) };
    let proxy = Proxy::start(server.daemon.port, script);
    let ask = |query: &str| -> Reply {
        let form = [("Content-Type", "application/x-www-form-urlencoded")];
        let body = format!("query={query}");
        http::ask(&proxy.url(), "POST", "/api/v1/query?time=60", &form, body.as_bytes())
    };
    let answers: Vec<u16> = ["1", "1", "2", "1", "2", "1"].iter().map(|query| ask(query).status).collect();
    assert_eq!(answers, [503, 503, 503, 200, 503, 503]);
    let asked = proxy.take_asked();
    assert_eq!(asked.len(), 6);
    assert_eq!(asked[2].path(), "/api/v1/query");
    assert_eq!(asked[2].field("query").as_deref(), Some("2"));
    assert_eq!(asked[2].field("time").as_deref(), Some("60"));
    assert_eq!(proxy.take_asked().len(), 0);
}
