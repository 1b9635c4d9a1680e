//! One HTTP request and its answer, as bytes that a proxy hands on.

use std::{
    io::{self, Read, Write},
    net::TcpStream,
    thread,
    time::Duration,
};

/// The longest request that is handed on.
const LONGEST: usize = 1 << 20;

/// How long to wait before it is looked again whether a request is whole.
const LOOK_AGAIN: Duration = Duration::from_millis(2);

/// How often that is done before the asker is given up.
const LOOKS: usize = 5000;

/// A whole request.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    /// Head and body, as they came.
    pub(crate) bytes: Vec<u8>,
    head: usize,
}

impl Request {
    /// Waits for a whole request, and leaves it in the connection's buffer.
    pub(crate) fn peek(stream: &TcpStream) -> io::Result<Request> {
        let mut buffer = vec![0; LONGEST];
        for _ in 0..LOOKS {
            let there = stream.peek(&mut buffer)?;
            if there == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            if let Some((head, whole)) = extent(&buffer[..there])
                && whole <= there
            {
                buffer.truncate(whole);
                return Ok(Request { bytes: buffer, head });
            }
            thread::sleep(LOOK_AGAIN);
        }
        Err(io::ErrorKind::TimedOut.into())
    }

    /// The first line, such as `GET /render?… HTTP/1.1`, and the headers.
    pub(crate) fn head(&self) -> String {
        String::from_utf8_lossy(&self.bytes[..self.head]).into_owned()
    }

    /// The path.
    pub(crate) fn path(&self) -> String {
        let head = self.head();
        let target = head.split(' ').nth(1).unwrap_or_default();
        target.split('?').next().unwrap_or_default().to_owned()
    }

    /// A field of the form or the query.
    pub(crate) fn field(&self, name: &str) -> Option<String> {
        let head = self.head();
        let target = head.split(' ').nth(1).unwrap_or_default();
        let query = target.split_once('?').map_or("", |(_, query)| query);
        let fields = [query.as_bytes(), &self.bytes[self.head..]];
        let found = fields.iter().flat_map(|part| url::form_urlencoded::parse(part)).find(|(n, _)| n == name);
        found.map(|(_, value)| value.into_owned())
    }

    /// What is asked, whoever asks: the same for each try.
    pub(crate) fn question(&self) -> Vec<u8> {
        let line = self.bytes.split(|byte| *byte == b'\r').next().unwrap_or_default();
        [line, &self.bytes[self.head..]].concat()
    }

    /// What a server, on a port of 127.0.0.1, answers.
    pub(crate) fn forward(&self, port: u16) -> io::Result<Answer> {
        let mut server = TcpStream::connect(("127.0.0.1", port))?;
        let head = self.head();
        let (line, headers) = head.split_once("\r\n").unwrap_or((&head, ""));
        // In HTTP/1.0 the answer is in one piece, and ends with the connection.
        let line = line.replace("HTTP/1.1", "HTTP/1.0");
        let headers = headers.split("\r\n").filter(|header| !is(header, "connection") && !header.is_empty());
        let headers: String = headers.map(|header| format!("{header}\r\n")).collect();
        server.write_all(format!("{line}\r\n{headers}\r\n").as_bytes())?;
        server.write_all(&self.bytes[self.head..])?;
        let mut bytes = Vec::new();
        server.read_to_end(&mut bytes)?;
        Answer::parse(&bytes).ok_or_else(|| io::ErrorKind::InvalidData.into())
    }
}

/// A whole answer that tells its length.
#[derive(Debug)]
pub(crate) struct Answer {
    bytes: Vec<u8>,
    head: usize,
}

impl Answer {
    /// An answer; each of `headers` ends its line.
    pub(crate) fn new(status: &str, headers: &str, body: &[u8]) -> Answer {
        let length = body.len();
        let head =
            format!("HTTP/1.1 {status}\r\n{headers}Content-Length: {length}\r\nConnection: close\r\n\r\n");
        Answer { head: head.len(), bytes: [head.as_bytes(), body].concat() }
    }

    fn parse(bytes: &[u8]) -> Option<Answer> {
        let head = memchr::memmem::find(bytes, b"\r\n\r\n")? + 4;
        let text = String::from_utf8_lossy(&bytes[..head]);
        let (line, headers) = text.split_once("\r\n")?;
        let (_, status) = line.split_once(' ')?;
        let kept = headers.split("\r\n").filter(|header| {
            !header.is_empty() && !is(header, "connection") && !is(header, "content-length")
        });
        let headers: String = kept.map(|header| format!("{header}\r\n")).collect();
        Some(Answer::new(status, &headers, &bytes[head..]))
    }

    /// The same answer, given at another time.
    pub(crate) fn with_date(&self, date: &str) -> Answer {
        let text = String::from_utf8_lossy(&self.bytes[..self.head]);
        let lines = text.split_inclusive("\r\n").filter(|line| !is(line, "date"));
        let mut head: String = lines.collect();
        head.truncate(head.len() - 2);
        head.push_str(&format!("Date: {date}\r\n\r\n"));
        Answer { head: head.len(), bytes: [head.as_bytes(), &self.bytes[self.head..]].concat() }
    }

    /// The head and half the body.
    pub(crate) fn half(&self) -> &[u8] {
        &self.bytes[..self.head + (self.bytes.len() - self.head) / 2]
    }

    /// Sends it whole.
    pub(crate) fn send(&self, stream: &mut TcpStream) -> io::Result<()> {
        stream.write_all(&self.bytes)
    }
}

/// Whether a line is this header.
fn is(line: &str, header: &str) -> bool {
    line.split(':').next().is_some_and(|name| name.trim().eq_ignore_ascii_case(header))
}

/// How long a request's head is, and the whole request; `None` as long as the head is not whole.
fn extent(bytes: &[u8]) -> Option<(usize, usize)> {
    let head = memchr::memmem::find(bytes, b"\r\n\r\n")? + 4;
    let text = String::from_utf8_lossy(&bytes[..head]);
    let length = text.split("\r\n").find(|line| is(line, "content-length"));
    let length = length.and_then(|line| line.split(':').nth(1)?.trim().parse().ok()).unwrap_or(0);
    Some((head, head + length))
}
