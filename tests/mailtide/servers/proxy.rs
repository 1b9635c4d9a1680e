//! A hostile proxy: between the asker and a real server it drops, delays, cuts short, resets and refuses, and lies
//! about the time; by a seed, so that a failure can be repeated.

use std::{
    collections::BTreeMap,
    io::{Read, Write},
    net::{Shutdown, TcpListener, TcpStream},
    sync::{
        Arc, Mutex, MutexGuard,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, JoinHandle},
    time::Duration,
};

use super::exchange::{Answer, Request};

/// What the proxy does to a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Harm {
    /// Hangs up without an answer.
    Drop,
    /// Answers late.
    Delay(Duration),
    /// Answers late by far: longer than any deadline of the asker, or until the proxy stops.
    Silence,
    /// Sends half the body, and hangs up politely.
    Truncate,
    /// Sends half the body, and resets the connection.
    Reset,
    /// 429 with `Retry-After`, in seconds.
    TooMany(u64),
    /// 503 without a word.
    Unavailable,
    /// 500 with a JSON body.
    Internal,
    /// 502 with a page in HTML, as load balancers answer.
    BadGateway,
    /// The right answer with a `Date` of 1994.
    WrongClock,
}

/// What a proxy does, and how often.
#[derive(Debug, Clone)]
pub(crate) struct Script {
    /// What it chooses from.
    pub(crate) harms: Vec<Harm>,
    /// Of 100 requests, so many are harmed; at 100, all.
    pub(crate) percent: u64,
    /// One question is harmed at most so often in a row; then it goes through.
    pub(crate) at_most_in_a_row: usize,
    /// Which of the many runs of this script.
    pub(crate) seed: u64,
}

impl Script {
    /// Hands everything on as it is, and only takes notes.
    pub(crate) fn harmless() -> Script {
        Script { harms: Vec::new(), percent: 0, at_most_in_a_row: 0, seed: 1 }
    }
}

/// A running proxy.
#[derive(Debug)]
pub(crate) struct Proxy {
    port: u16,
    shared: Arc<Shared>,
    listening: Option<JoinHandle<()>>,
}

#[derive(Debug)]
struct Shared {
    upstream: u16,
    stopping: AtomicBool,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    script: Script,
    random: u64,
    /// How often each question was harmed in a row.
    in_a_row: BTreeMap<Vec<u8>, usize>,
    done: BTreeMap<Harm, usize>,
    asked: Vec<Request>,
}

impl Proxy {
    /// Starts one in front of `upstream`, a port of 127.0.0.1.
    pub(crate) fn start(upstream: u16, script: Script) -> Proxy {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let state = State {
            // A generator of this kind stands still at zero.
            random: script.seed.max(1),
            script,
            in_a_row: BTreeMap::new(),
            done: BTreeMap::new(),
            asked: Vec::new(),
        };
        let shared = Shared { upstream, stopping: AtomicBool::new(false), state: Mutex::new(state) };
        let shared = Arc::new(shared);
        let listening = {
            let shared = Arc::clone(&shared);
            thread::spawn(move || listen(&listener, &shared))
        };
        Proxy { port, shared, listening: Some(listening) }
    }

    /// Its address, without a slash at its end.
    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Goes on by another script.
    pub(crate) fn change(&self, script: Script) {
        let mut state = self.shared.lock();
        state.random = script.seed.max(1);
        state.script = script;
    }

    /// How often it did each harm.
    pub(crate) fn done(&self) -> BTreeMap<Harm, usize> {
        self.shared.lock().done.clone()
    }

    /// What it was asked since this was called last.
    pub(crate) fn take_asked(&self) -> Vec<Request> {
        std::mem::take(&mut self.shared.lock().asked)
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.shared.stopping.store(true, Ordering::SeqCst);
        // Wakes the thread that waits for connections.
        drop(TcpStream::connect(("127.0.0.1", self.port)));
        if let Some(listening) = self.listening.take() {
            drop(listening.join());
        }
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

impl State {
    /// The next number of Marsaglia's xorshift64 (Journal of Statistical Software 8, 2003).
    fn draw(&mut self) -> u64 {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        self.random
    }

    /// What is to be done to this request, which is noted.
    fn choose(&mut self, request: &Request) -> Option<Harm> {
        self.asked.push(request.clone());
        let (chance, which) = (self.draw() % 100, self.draw());
        let question = request.question();
        let so_far = self.in_a_row.get(&question).copied().unwrap_or(0);
        if chance >= self.script.percent || so_far >= self.script.at_most_in_a_row {
            self.in_a_row.remove(&question);
            return None;
        }
        let harm = self.script.harms[(which % self.script.harms.len() as u64) as usize];
        self.in_a_row.insert(question, so_far + 1);
        *self.done.entry(harm).or_default() += 1;
        Some(harm)
    }
}

fn listen(listener: &TcpListener, shared: &Arc<Shared>) {
    for stream in listener.incoming() {
        if shared.stopping.load(Ordering::SeqCst) {
            return;
        }
        let Ok(stream) = stream else { continue };
        let shared = Arc::clone(shared);
        // It may end in any error of the network: those are this proxy's trade.
        thread::spawn(move || drop(serve(stream, &shared)));
    }
}

/// One request, one answer, one connection.
fn serve(mut stream: TcpStream, shared: &Shared) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let request = Request::peek(&stream)?;
    let harm = shared.lock().choose(&request);
    if harm != Some(Harm::Reset) {
        // A connection that is closed with bytes unread is reset: so they are left only there.
        let mut unread = vec![0; request.bytes.len()];
        stream.read_exact(&mut unread)?;
    }
    let answer = match harm {
        Some(Harm::Drop) => return Ok(()),
        Some(Harm::Silence) => return wait_for_the_end(&stream, shared),
        Some(Harm::TooMany(seconds)) => Answer::new(
            "429 Too Many Requests",
            &format!("Retry-After: {seconds}\r\nContent-Type: text/plain\r\n"),
            b"slow down",
        ),
        Some(Harm::Unavailable) => Answer::new("503 Service Unavailable", "", b""),
        Some(Harm::Internal) => Answer::new(
            "500 Internal Server Error",
            "Content-Type: application/json\r\n",
            br#"{"status":"error","errorType":"internal","error":"out of luck"}"#,
        ),
        Some(Harm::BadGateway) => Answer::new(
            "502 Bad Gateway",
            "Content-Type: text/html\r\n",
            b"<html><head><title>502 Bad Gateway</title></head><body></body></html>",
        ),
        _ => request.forward(shared.upstream)?,
    };
    match harm {
        Some(Harm::Delay(time)) => thread::sleep(time),
        Some(Harm::WrongClock) => {
            return answer.with_date("Sun, 06 Nov 1994 08:49:37 GMT").send(&mut stream);
        }
        Some(Harm::Truncate | Harm::Reset) => return stream.write_all(answer.half()),
        _ => (),
    }
    answer.send(&mut stream)?;
    stream.shutdown(Shutdown::Write)
}

/// Says nothing until the asker goes, or the proxy stops.
fn wait_for_the_end(mut stream: &TcpStream, shared: &Shared) -> std::io::Result<()> {
    stream.set_read_timeout(Some(Duration::from_millis(50)))?;
    while !shared.stopping.load(Ordering::SeqCst) {
        match stream.read(&mut [0]) {
            Ok(0) => break,
            Ok(_) => (),
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => (),
            Err(error) => return Err(error),
        }
    }
    Ok(())
}
