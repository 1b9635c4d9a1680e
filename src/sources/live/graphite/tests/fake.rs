//! A Graphite of a few lines: it keeps points as whisper does, and answers as graphite-web 1.1.8 was seen to.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::{Arc, Mutex},
};

use super::super::query::{Query, target_of};
use crate::{
    net::{Answer, NetError},
    platform::Tier,
    sources::live::transport::Transport,
};

/// The server, shared between a source and the test that looks at it.
#[derive(Debug, Clone, Default)]
pub(super) struct Fake(Arc<Mutex<State>>);

#[derive(Debug, Default)]
pub(super) struct State {
    pub(super) now: i64,
    /// Each series with its storage schema. The value of a slot is its time in minutes.
    pub(super) series: BTreeMap<String, Vec<Tier>>,
    /// Answers to give first, whatever is rendered as JSON.
    pub(super) script: VecDeque<Result<&'static str, NetError>>,
    /// The most points that one answer holds; more is too large.
    pub(super) most: Option<usize>,
    pub(super) forbids_post: bool,
    /// Every request: its path, and the form's fields but for the constant ones.
    pub(super) asked: Vec<String>,
}

impl Fake {
    pub(super) fn with(&self, change: impl FnOnce(&mut State)) {
        change(&mut self.0.lock().unwrap());
    }

    /// What was asked since this was asked last.
    pub(super) fn asked(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().unwrap().asked)
    }
}

pub(super) fn status(status: u16, body: &str) -> NetError {
    NetError::Status { url: "http://graphite/render".to_owned(), status, body: body.to_owned() }
}

impl Transport for Fake {
    fn get(&self, path: &str, query: &[(&str, String)]) -> Result<Answer, NetError> {
        let mut state = self.0.lock().unwrap();
        state.note("GET", path, query);
        let first = query.first().map(|(_, value)| value.as_str()).unwrap_or_default();
        let found = |wanted: &dyn Fn(&str) -> bool| -> Vec<String> {
            state.series.keys().filter(|name| wanted(name)).cloned().collect()
        };
        let text = match path {
            "version/" => "1.1.8\n".to_owned(),
            "metrics/expand" => {
                let names = found(&|name| finds(first, name));
                serde_json::json!({ "results": names }).to_string()
            }
            "tags/findSeries" => {
                let prefix = format!("{};", first.trim_start_matches("name="));
                serde_json::to_string(&found(&|name| name.starts_with(&prefix))).unwrap()
            }
            "render" => return state.render(query),
            _ => return Err(status(404, "<h1>Not Found</h1>")),
        };
        Ok(Answer { body: text.into_bytes(), server_time: Some(state.now) })
    }

    fn post_form(&self, path: &str, form: &[(&str, String)]) -> Result<Answer, NetError> {
        let mut state = self.0.lock().unwrap();
        state.note("POST", path, form);
        if state.forbids_post {
            return Err(status(403, "<h1>403 Forbidden</h1>"));
        }
        state.render(form)
    }
}

impl State {
    fn note(&mut self, method: &str, path: &str, form: &[(&str, String)]) {
        let constant = ["tz", "noCache", "leavesOnly"];
        let fields = form.iter().filter(|(name, _)| !constant.contains(name));
        let fields: Vec<String> = fields.map(|(name, value)| format!("{name}={value}")).collect();
        self.asked.push(format!("{method} {path} {}", fields.join(" ")));
    }

    fn render(&mut self, form: &[(&str, String)]) -> Result<Answer, NetError> {
        let value = |name: &str| form.iter().find(|(n, _)| *n == name).map(|(_, v)| v.as_str()).unwrap();
        let raw = value("format") == "raw";
        assert_eq!((value("tz"), value("noCache")), ("UTC", "1"));
        let server_time = Some(self.now);
        if !raw && let Some(answer) = self.script.pop_front() {
            return answer.map(|text| Answer { body: text.as_bytes().to_vec(), server_time });
        }
        let (from, until): (i64, i64) = (value("from").parse().unwrap(), value("until").parse().unwrap());
        assert!(from < until, "{form:?}");
        let targets = form.iter().filter(|(name, _)| *name == "target");
        let answers: Vec<Answered> =
            targets.flat_map(|(_, target)| self.answers(target, from, until)).collect();
        if self.most.is_some_and(|most| answers.iter().map(|a| a.points.len()).sum::<usize>() > most) {
            return Err(NetError::TooLarge { url: "http://graphite/render".to_owned(), limit: 1 });
        }
        let text = if raw {
            answers.iter().map(Answered::raw).collect()
        } else {
            let list: Vec<_> = answers.iter().map(Answered::json).collect();
            serde_json::to_string(&list).unwrap()
        };
        Ok(Answer { body: text.into_bytes(), server_time })
    }

    fn answers(&self, target: &str, from: i64, until: i64) -> Vec<Answered> {
        if let Some(rest) = target.strip_prefix("summarize(") {
            let (inner, rest) = rest.split_once(",\"").unwrap();
            let (step, rest) = rest.split_once("s\",\"").unwrap();
            let (over, _) = rest.split_once('"').unwrap();
            let inner = self.answers(inner, from, until).into_iter();
            return inner.map(|answered| answered.summarized(step.parse().unwrap(), over)).collect();
        }
        if let Some(inner) = target.strip_prefix("perSecond(").and_then(|rest| rest.strip_suffix(')')) {
            return self.answers(inner, from, until).into_iter().map(Answered::per_second).collect();
        }
        let wanted = |name: &&String| match Query::parse(target) {
            Query::Paths(pattern) => target_of(name) == target || finds(&pattern, name),
            Query::Tags(_) | Query::Function(_) => false,
        };
        self.series.keys().filter(wanted).filter_map(|name| self.kept(name, from, until)).collect()
    }

    /// What whisper answers: the first archive that reaches back to `from`, its slots after `from` up to `until`.
    fn kept(&self, name: &str, from: i64, until: i64) -> Option<Answered> {
        let tiers = &self.series[name];
        let tier = tiers.iter().find(|tier| tier.kept >= self.now - from).or(tiers.last())?;
        let oldest = self.now - tier.kept;
        if until < oldest {
            return None;
        }
        let step = tier.step;
        let first = from.max(oldest).div_euclid(step) * step + step;
        let times = (0..).map(|slot| first + slot * step).take_while(|time| *time <= until);
        let points = times.map(|time| (time, Some(time as f64 / 60.0))).collect();
        Some(Answered { target: name.to_owned(), name: name.to_owned(), step, first, points })
    }
}

struct Answered {
    target: String,
    name: String,
    step: i64,
    first: i64,
    points: Vec<(i64, Option<f64>)>,
}

impl Answered {
    fn summarized(self, step: i64, over: &str) -> Answered {
        let mut buckets: BTreeMap<i64, Vec<f64>> = BTreeMap::new();
        for (time, value) in &self.points {
            buckets.entry(time - time % step).or_default().extend(value);
        }
        let points: Vec<(i64, Option<f64>)> = buckets
            .into_iter()
            .map(|(time, values)| {
                let value = match over {
                    "avg" => values.iter().sum::<f64>() / values.len() as f64,
                    "last" => *values.last().unwrap(),
                    "max" => values.iter().copied().fold(f64::MIN, f64::max),
                    other => panic!("{other}"),
                };
                (time, Some(value))
            })
            .collect();
        let target = format!("summarize({}, \"{step}s\", \"{over}\")", self.target);
        Answered { target, step, first: self.first - self.first % step, points, ..self }
    }

    /// The first slot has none before it.
    fn per_second(self) -> Answered {
        let mut before = None;
        let rate = |(time, value): &(i64, Option<f64>)| {
            let rate =
                before.zip(*value).map(|(before, value): (f64, f64)| (value - before) / self.step as f64);
            before = *value;
            (*time, rate)
        };
        let points = self.points.iter().map(rate).collect();
        Answered { target: format!("perSecond({})", self.target), points, ..self }
    }

    fn raw(&self) -> String {
        let end = self.first + self.step * self.points.len() as i64;
        let values: Vec<String> =
            self.points.iter().map(|(_, v)| v.map_or("None".to_owned(), |v| v.to_string())).collect();
        format!("{},{},{end},{}|{}\n", self.target, self.first, self.step, values.join(","))
    }

    fn json(&self) -> serde_json::Value {
        let points: Vec<_> =
            self.points.iter().map(|(time, value)| serde_json::json!([value, time])).collect();
        serde_json::json!({ "target": self.target, "tags": { "name": self.name }, "datapoints": points })
    }
}

/// Whether a pattern finds a path; `*` stands for any part of a node, once in each.
fn finds(pattern: &str, path: &str) -> bool {
    let node = |(wanted, given): (&str, &str)| match wanted.split_once('*') {
        None => wanted == given,
        Some((before, after)) => {
            given.len() >= before.len() + after.len() && given.starts_with(before) && given.ends_with(after)
        }
    };
    pattern.split('.').count() == path.split('.').count() && pattern.split('.').zip(path.split('.')).all(node)
}
