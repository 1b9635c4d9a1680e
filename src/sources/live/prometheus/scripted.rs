//! A server that follows a script, for tests.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
};

use super::PrometheusSource;
use crate::{
    net::{Answer, NetError},
    platform::{Asking, Auth, Live, Origin, Server, Source, System, Tls},
    sources::{Packs, live::transport::Transport},
};

/// What a scripted server does with each request, in turn.
pub(super) enum Reply {
    /// A status of 200 with this body.
    Body(String),
    /// Another status.
    Status(u16, &'static str),
    /// The answer is larger than allowed.
    TooLarge,
}

/// Requests as `POST path key=value&…`, without what is the same in all.
#[derive(Debug, Clone, Default)]
pub(super) struct Asked(Arc<Mutex<Vec<String>>>);

impl Asked {
    /// All requests so far.
    pub(super) fn all(&self) -> Vec<String> {
        self.0.lock().unwrap().clone()
    }
}

struct Script {
    replies: Mutex<VecDeque<Reply>>,
    asked: Asked,
}

impl std::fmt::Debug for Script {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Script")
    }
}

impl Script {
    fn answer(&self, method: &str, path: &str, form: &[(&str, String)]) -> Result<Answer, NetError> {
        let same = ["timeout", "max_source_resolution"];
        let told = form.iter().filter(|(name, _)| !same.contains(name));
        let told: Vec<String> = told.map(|(name, value)| format!("{name}={value}")).collect();
        self.asked.0.lock().unwrap().push(format!("{method} {path} {}", told.join("&")));
        let url = format!("http://prometheus.test/{path}");
        match self.replies.lock().unwrap().pop_front() {
            Some(Reply::Body(body)) => {
                Ok(Answer { body: body.into_bytes(), server_time: Some(1_793_500_000) })
            }
            Some(Reply::Status(status, body)) => Err(NetError::Status { url, status, body: body.to_owned() }),
            Some(Reply::TooLarge) => Err(NetError::TooLarge { url, limit: 1 << 20 }),
            None => Err(NetError::Broken {
                url,
                problem: "the script is at its end".to_owned(),
                next_step: "write more of it".to_owned(),
            }),
        }
    }
}

impl Transport for Script {
    fn get(&self, path: &str, query: &[(&str, String)]) -> Result<Answer, NetError> {
        self.answer("GET", path, query)
    }

    fn post_form(&self, path: &str, form: &[(&str, String)]) -> Result<Answer, NetError> {
        self.answer("POST", path, form)
    }
}

/// A source called `metrics` that asks the pack `up` of a scripted server by the hour.
pub(super) fn source(replies: impl IntoIterator<Item = Reply>) -> (PrometheusSource, Asked) {
    source_of("up", replies)
}

/// The same of another pack.
pub(super) fn source_of(pack: &str, replies: impl IntoIterator<Item = Reply>) -> (PrometheusSource, Asked) {
    let asked = Asked::default();
    let script = Script { replies: Mutex::new(replies.into_iter().collect()), asked: asked.clone() };
    let packs = Packs::shipped().unwrap().only(&[pack.to_owned()]).unwrap();
    (PrometheusSource::over(&declared(), Box::new(script), &packs).unwrap(), asked)
}

fn declared() -> Source {
    let server = Server {
        url: url::Url::parse("http://prometheus.test/").unwrap(),
        auth: Auth::None,
        headers: Vec::new(),
        tls: Tls::default(),
    };
    let asking = Asking {
        step: 3600,
        history_days: 3.0,
        retention_days: None,
        overlap: 7200,
        parallel: 1,
        timeout: 60,
        largest_answer: 1 << 20,
    };
    let live = Live { system: System::Prometheus(server), asking, query: None };
    Source { name: "metrics".to_owned(), origin: Origin::Live(Box::new(live)), declared: None, packs: None }
}
