//! A server for tests that answers as it is told: one answer a connection, then it is gone.

use std::{
    io::{Read, Write},
    net::{Shutdown, TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
    time::Duration,
};

use url::Url;

/// What a connection gets.
pub(super) enum Reply {
    /// These bytes, once the request is whole.
    Whole(Vec<u8>),
    /// These bytes, five a second.
    Slow(Vec<u8>),
    /// These bytes, whatever was sent.
    AtOnce(Vec<u8>),
}

/// A server on a free port of this machine.
pub(super) struct Scripted {
    /// Its address.
    pub(super) url: Url,
    requests: Arc<Mutex<Vec<String>>>,
}

impl Scripted {
    pub(super) fn new(replies: Vec<Reply>) -> Scripted {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap()).parse().unwrap();
        let requests = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&requests);
        thread::spawn(move || {
            for reply in replies {
                let Ok((stream, _)) = listener.accept() else { return };
                answer(stream, reply, &seen);
            }
        });
        Scripted { url, requests }
    }

    /// What was asked so far: each request's head and body.
    pub(super) fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }
}

/// A reply with a status line, headers and a body, whose length is told.
pub(super) fn reply(status: &str, headers: &[&str], body: &[u8]) -> Reply {
    let length = format!("Content-Length: {}", body.len());
    Reply::Whole(bytes(status, &[headers, &[&length]].concat(), body))
}

/// The bytes of a reply, with no other header than these.
pub(super) fn bytes(status: &str, headers: &[&str], body: &[u8]) -> Vec<u8> {
    let headers: String = headers.iter().map(|header| format!("{header}\r\n")).collect();
    let head = format!("HTTP/1.1 {status}\r\nConnection: close\r\n{headers}\r\n");
    [head.as_bytes(), body].concat()
}

fn answer(mut stream: TcpStream, reply: Reply, seen: &Mutex<Vec<String>>) {
    // A client that has gone is what some tests are about.
    match reply {
        Reply::Whole(bytes) => {
            seen.lock().unwrap().push(request(&mut stream));
            let _ = stream.write_all(&bytes);
        }
        Reply::Slow(bytes) => {
            seen.lock().unwrap().push(request(&mut stream));
            thread::spawn(move || {
                for byte in bytes {
                    thread::sleep(Duration::from_millis(200));
                    if stream.write_all(&[byte]).is_err() {
                        return;
                    }
                }
            });
        }
        Reply::AtOnce(bytes) => {
            let _ = stream.read(&mut [0; 4096]);
            let _ = stream.write_all(&bytes);
            // Closing with bytes unread would reset the connection before the answer is read.
            let _ = stream.shutdown(Shutdown::Write);
            let _ = stream.read_to_end(&mut Vec::new());
        }
    }
}

/// Reads a request to the end of its body.
fn request(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head.lines().find_map(|line| {
                let (name, value) = line.split_once(": ")?;
                name.eq_ignore_ascii_case("content-length").then(|| value.parse::<usize>().ok())?
            });
            if body.len() >= length.unwrap_or(0) {
                return text;
            }
        }
        match stream.read(&mut buffer) {
            Ok(0) | Err(_) => return text,
            Ok(n) => bytes.extend_from_slice(&buffer[..n]),
        }
    }
}
