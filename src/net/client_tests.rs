use std::{
    fs,
    future::ready,
    io::Write,
    net::TcpListener,
    path::Path,
    sync::{Arc, Mutex},
    time::Duration,
};

use flate2::{Compression, write::GzEncoder};
use insta::assert_snapshot;
use url::Url;

use super::{
    Answer, Client, NetError,
    scripted::{Reply, Scripted, bytes, reply},
};
use crate::platform::{Asking, Auth, HeaderText, SecretPlace, Server, Tls};

/// `planner:s3cret` in Base64.
const BASIC: &str = "cGxhbm5lcjpzM2NyZXQ=";

/// What a test asks with: the secrets `s3cret` and `k3y` lie in files beside it.
struct Asker {
    client: Client,
    waits: Arc<Mutex<Vec<Duration>>>,
}

impl Asker {
    fn of(url: &Url, auth: Auth) -> Asker {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("password"), "s3cret\n").unwrap();
        fs::write(folder.path().join("key"), "k3y\n").unwrap();
        let headers = vec![
            ("X-Api-Key".to_owned(), HeaderText::Secret(SecretPlace::File("key".into()))),
            ("X-Scope-OrgID".to_owned(), HeaderText::Plain("mail".to_owned())),
        ];
        let server = Server { url: url.clone(), auth, headers, tls: Tls::default() };
        let client = Client::new(&server, &asking(), &|path: &Path| folder.path().join(path)).unwrap();
        let waits = Arc::new(Mutex::new(Vec::new()));
        let noted = Arc::clone(&waits);
        let client = client.with_sleep(Arc::new(move |wait| {
            noted.lock().unwrap().push(wait);
            Box::pin(ready(()))
        }));
        Asker { client, waits }
    }

    fn basic(server: &Scripted) -> Asker {
        let password = SecretPlace::File("password".into());
        Asker::of(&server.url, Auth::Basic { user: "planner".to_owned(), password })
    }

    fn get(&self) -> Result<Answer, NetError> {
        self.client.get("api", &[("query", "up == 1".to_owned())])
    }

    fn waits(&self) -> Vec<Duration> {
        self.waits.lock().unwrap().clone()
    }
}

fn asking() -> Asking {
    Asking {
        step: 3_600,
        history_days: 1.0,
        retention_days: None,
        overlap: 0,
        parallel: 2,
        timeout: 1,
        largest_answer: 1 << 20,
    }
}

/// An error as it is shown, with the port, which differs each time, taken out.
fn shown(error: &NetError, url: &Url) -> String {
    let port = url.port().unwrap().to_string();
    let text = format!("{error} {error:?}");
    for secret in ["s3cret", "k3y", BASIC, "up%20", "up+"] {
        assert!(!text.contains(secret), "{text} shows {secret}");
    }
    error.to_string().replace(&port, "PORT")
}

fn body(answer: Result<Answer, NetError>) -> String {
    String::from_utf8(answer.unwrap().body).unwrap()
}

fn ok() -> Reply {
    reply("200 OK", &["Date: Sun, 06 Nov 1994 08:49:37 GMT"], b"fine")
}

fn gzip(content: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(content).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn a_request_carries_who_asks_and_the_answer_is_whole() {
    let server = Scripted::new(vec![ok()]);
    let asker = Asker::basic(&server);
    let answer = asker.get().unwrap();
    // The date of RFC 9110's example.
    assert_eq!(answer, Answer { body: b"fine".to_vec(), server_time: Some(784_111_777) });
    let request = server.requests().concat().to_lowercase();
    let version = env!("CARGO_PKG_VERSION");
    for line in [
        "get /api?query=up+%3d%3d+1 http/1.1\r\n",
        &format!("\r\nauthorization: basic {}\r\n", BASIC.to_lowercase()),
        "\r\nx-api-key: k3y\r\n",
        "\r\nx-scope-orgid: mail\r\n",
        "\r\naccept-encoding: gzip\r\n",
        &format!("\r\nuser-agent: mailtide/{version}\r\n"),
    ] {
        assert!(request.contains(line), "{request} holds {line}");
    }
    let debug = format!("{:?}", asker.client);
    assert_eq!(debug.replace(server.url.as_str(), "URL"), "Client { base: \"URL\", .. }");
    assert!(asker.client.warnings().iter().all(|warning| !warning.contains("unencrypted")));
}

#[test]
fn a_token_goes_as_bearer_and_a_form_by_post() {
    let server = Scripted::new(vec![ok()]);
    let asker = Asker::of(&server.url, Auth::Bearer { token: SecretPlace::File("password".into()) });
    assert_eq!(body(asker.client.post_form("/api", &[("query", "a&b".to_owned())])), "fine");
    let request = server.requests().concat();
    assert!(request.starts_with("POST /api HTTP/1.1\r\n"), "{request}");
    assert!(request.contains("\r\nauthorization: Bearer s3cret\r\n"), "{request}");
    assert!(request.contains("\r\ncontent-type: application/x-www-form-urlencoded\r\n"), "{request}");
    assert!(request.ends_with("\r\n\r\nquery=a%26b"), "{request}");
}

#[test]
fn what_passes_is_asked_again() {
    let server = Scripted::new(vec![reply("503 Service Unavailable", &[], b""), ok()]);
    let asker = Asker::basic(&server);
    assert_eq!(body(asker.get()), "fine");
    assert_eq!((server.requests().len(), asker.waits().len()), (2, 1));
}

#[test]
fn the_servers_own_wait_is_kept() {
    let busy = reply("429 Too Many Requests", &["Retry-After: 7"], b"");
    let until = ["Date: Sun, 06 Nov 1994 08:49:37 GMT", "Retry-After: Sun, 06 Nov 1994 08:50:07 GMT"];
    let server = Scripted::new(vec![busy, reply("503 Service Unavailable", &until, b""), ok()]);
    let asker = Asker::basic(&server);
    assert_eq!(body(asker.get()), "fine");
    assert_eq!(asker.waits(), [Duration::from_secs(7), Duration::from_secs(30)]);
}

#[test]
fn what_stays_is_asked_once() {
    let server = Scripted::new(vec![reply("404 Not Found", &[], b"404 page\r\n\tnot found\n"), ok()]);
    let asker = Asker::basic(&server);
    let error = asker.get().unwrap_err();
    assert_snapshot!(shown(&error, &server.url), @"http://127.0.0.1:PORT/api: the server answered 404: 404 page not found; check the path of `url`, and that this server is of the `kind` that the source says");
    assert!(!error.is_passing());
    assert_eq!((server.requests().len(), asker.waits().len()), (1, 0));
}

#[test]
fn half_answers_are_asked_again() {
    let folded = gzip(b"fine");
    let server = Scripted::new(vec![
        Reply::Whole(bytes("200 OK", &["Content-Length: 10"], b"abc")),
        Reply::Whole(bytes("200 OK", &["Transfer-Encoding: chunked"], b"4\r\nfi")),
        reply("200 OK", &["Content-Encoding: gzip"], &folded[..folded.len() - 9]),
        Reply::Whole(Vec::new()),
        reply("200 OK", &["Content-Encoding: gzip"], &folded),
    ]);
    let asker = Asker::basic(&server);
    assert_eq!(body(asker.get()), "fine");
    assert_eq!(server.requests().len(), 5);
}

#[test]
fn a_server_that_is_not_there_is_told() {
    // The port is free again when the listener has gone.
    let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let url: Url = format!("http://{address}/").parse().unwrap();
    let asker = Asker::of(&url, Auth::None);
    let error = asker.get().unwrap_err();
    assert_snapshot!(shown(&error, &url), @"http://127.0.0.1:PORT/api: the connection was refused; check that the server runs there and that PORT is its port");
    assert!(error.is_passing());
    assert_eq!(asker.waits().len(), 4);
}

#[test]
fn the_deadline_holds_to_the_last_byte() {
    let slow = || Reply::Slow(bytes("200 OK", &["Content-Length: 100"], &[b'x'; 100]));
    let server = Scripted::new(vec![slow(), slow()]);
    let asker = Asker::basic(&server);
    let error = asker.get().unwrap_err();
    assert_snapshot!(shown(&error, &server.url), @"http://127.0.0.1:PORT/api: there was no whole answer within 1 s; raise `timeout` of the source, or lower `parallel`");
    assert!(error.is_passing());
    assert_eq!(server.requests().len(), 2, "a slow server is asked once more");
}

#[test]
fn a_folded_answer_is_bounded_as_it_unfolds() {
    let bomb = gzip(&vec![0; 64 << 20]);
    assert!(bomb.len() < 1 << 20, "the bytes sent are within the bound");
    let server = Scripted::new(vec![reply("200 OK", &["Content-Encoding: gzip"], &bomb), ok()]);
    let asker = Asker::basic(&server);
    let error = asker.get().unwrap_err();
    assert_snapshot!(shown(&error, &server.url), @"http://127.0.0.1:PORT/api: the answer is larger than 1048576 bytes; raise `max_answer` of the source");
    assert!(!error.is_passing());
    assert_eq!(server.requests().len(), 1);
}

#[test]
fn an_answer_that_says_it_is_too_large_is_not_read() {
    let server = Scripted::new(vec![Reply::Whole(bytes("200 OK", &["Content-Length: 1048577"], b""))]);
    let error = Asker::basic(&server).get().unwrap_err();
    assert_eq!(error, NetError::TooLarge { url: server.url.join("api").unwrap().into(), limit: 1_048_576 });
    let full = vec![b'x'; 1 << 20];
    let server = Scripted::new(vec![reply("200 OK", &[], &full)]);
    assert_eq!(Asker::basic(&server).get().unwrap().body, full, "the bound itself is within");
}

#[test]
fn no_credential_goes_to_another_host() {
    let other = Scripted::new(vec![ok()]);
    let target = format!("Location: {}login?token=t0ken", other.url);
    let server = Scripted::new(vec![reply("302 Found", &[&target], b""), ok()]);
    let asker = Asker::basic(&server);
    let error = asker.get().unwrap_err();
    let text = shown(&error, &server.url).replace(&other.url.port().unwrap().to_string(), "OTHER");
    assert_snapshot!(text, @"http://127.0.0.1:PORT/api: the server sends on to http://127.0.0.1:OTHER/login, and credentials do not follow there; put the address that answers into `url` of the source");
    assert_eq!((server.requests().len(), other.requests().len()), (1, 0));
}

#[test]
fn another_scheme_is_another_host() {
    let server =
        Scripted::new(vec![reply("308 Permanent Redirect", &["Location: https://127.0.0.1/api"], b"")]);
    let error = Asker::basic(&server).get().unwrap_err();
    assert_snapshot!(shown(&error, &server.url), @"http://127.0.0.1:PORT/api: the server sends on to https://127.0.0.1/api, and credentials do not follow there; put the address that answers into `url` of the source");
}

#[test]
fn on_the_same_host_the_question_goes_along() {
    let server = Scripted::new(vec![reply("301 Moved Permanently", &["Location: /prom/api"], b""), ok()]);
    let asker = Asker::basic(&server);
    assert_eq!(body(asker.client.post_form("api", &[("query", "up".to_owned())])), "fine");
    let requests = server.requests();
    let second = requests.last().unwrap();
    assert!(second.starts_with("POST /prom/api HTTP/1.1\r\n"), "{second}");
    assert!(second.contains(BASIC) && second.ends_with("\r\n\r\nquery=up"), "{second}");
}

#[test]
fn a_circle_of_redirects_ends() {
    let round = || reply("302 Found", &["Location: /api"], b"");
    let server = Scripted::new((0..9).map(|_| round()).collect());
    let error = Asker::basic(&server).get().unwrap_err();
    assert_snapshot!(shown(&error, &server.url), @"http://127.0.0.1:PORT/api: the server sends from one address to the next without an answer; put the address that answers into `url` of the source");
    assert_eq!(server.requests().len(), 4);
}

#[test]
fn a_secret_that_the_server_repeats_is_blacked_out() {
    let echo = format!("who is Basic {BASIC}, s3cret, k3y?");
    let server = Scripted::new(vec![reply("401 Unauthorized", &[], echo.as_bytes())]);
    let error = Asker::basic(&server).get().unwrap_err();
    assert_snapshot!(shown(&error, &server.url), @"http://127.0.0.1:PORT/api: the server answered 401: who is Basic ***, ***, ***?; check `user` and its password, or the token, of the source");
}

#[test]
fn a_server_without_tls_is_told() {
    let server = Scripted::new(vec![Reply::AtOnce(b"HTTP/1.1 400 Bad Request\r\n\r\n".to_vec())]);
    let mut url = server.url.clone();
    url.set_scheme("https").unwrap();
    let error = Asker::of(&url, Auth::None).get().unwrap_err();
    assert_snapshot!(shown(&error, &url), @"https://127.0.0.1:PORT/api: what answers there does not speak TLS; write http in `url` of the source, or the port at which the server speaks https");
    assert!(!error.is_passing());
}

#[test]
fn secrets_over_plain_http_are_warned_of() {
    let url: Url = "http://prometheus.example.net:9090/".parse().unwrap();
    let asker = Asker::of(&url, Auth::None);
    let unencrypted: Vec<_> =
        asker.client.warnings().into_iter().filter(|warning| warning.contains("unencrypted")).collect();
    assert_eq!(
        unencrypted,
        ["secrets go to http://prometheus.example.net:9090/ unencrypted; \
          write https in `url` if the server speaks it"]
    );
}

#[test]
fn certificates_that_are_none_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("ca.pem"), "not a certificate").unwrap();
    let tls = Tls { ca: Some("ca.pem".into()), client: None };
    let url = "https://127.0.0.1/".parse().unwrap();
    let server = Server { url, auth: Auth::None, headers: Vec::new(), tls };
    let error = Client::new(&server, &asking(), &|path: &Path| folder.path().join(path)).unwrap_err();
    let shown = error.to_string().replace(&folder.path().display().to_string(), "DIR");
    assert_snapshot!(shown, @"`ca` DIR/ca.pem holds no certificate in PEM; name files that begin with `-----BEGIN`");
}

#[test]
fn a_secret_that_no_header_can_hold_is_refused_by_its_place() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("token"), "s3cret\n# my token\n").unwrap();
    let server = Server {
        url: "https://127.0.0.1/".parse().unwrap(),
        auth: Auth::Bearer { token: SecretPlace::File("token".into()) },
        headers: Vec::new(),
        tls: Tls::default(),
    };
    let error = Client::new(&server, &asking(), &|path: &Path| folder.path().join(path)).unwrap_err();
    let shown = error.to_string().replace(&folder.path().display().to_string(), "DIR");
    assert_snapshot!(shown, @"secret file DIR/token holds a line break or another character that no header can hold; write the secret there on one line and nothing else");
}

#[test]
fn a_path_stays_below_the_address() {
    let url: Url = "http://127.0.0.1:9/graphite/".parse().unwrap();
    let asker = Asker::of(&url, Auth::None);
    let error = asker.client.get("http://evil.example/", &[]).unwrap_err();
    assert!(matches!(error, NetError::Setup { .. }), "{error}");
}
