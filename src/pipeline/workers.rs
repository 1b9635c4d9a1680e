//! Workers: they ask, so many at once of each server, and hand each answer on as it comes.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering},
        mpsc::{SyncSender, sync_channel},
    },
};

use super::asking::{Opened, address};
use crate::sources::live::{Fetched, LiveError, Request};

/// Failures in a row after which a source is not asked any more in this pull: each has been tried several times.
pub(super) const GIVE_UP: usize = 3;

/// Answers that wait to be kept: more would only fill the memory.
const WAITING: usize = 1;

/// A request and what came of it.
pub(super) struct Answered {
    /// The source's place among those that are asked.
    pub(super) source: usize,
    /// What was asked.
    pub(super) request: Request,
    /// What came; `None` where it was not asked, because the source or the question has failed before.
    pub(super) outcome: Option<Result<Fetched, LiveError>>,
}

/// What is to be asked of one server, and how many ask at once.
struct Server {
    queue: Mutex<VecDeque<(usize, Request)>>,
    workers: usize,
}

/// What has failed so far.
struct Failures {
    in_a_row: Vec<AtomicUsize>,
    questions: Mutex<BTreeSet<(usize, usize)>>,
    /// Nobody takes answers any more.
    over: AtomicBool,
}

/// Asks everything that the sources have to be asked, and hands each answer to `take`, in the calling thread. An
/// error of `take` ends it; requests under way are waited for.
pub(super) fn ask_all<E>(
    sources: &[Opened<'_>],
    mut take: impl FnMut(Answered) -> Result<(), E>,
) -> Result<(), E> {
    let mut queues: BTreeMap<String, (VecDeque<(usize, Request)>, usize)> = BTreeMap::new();
    for (at, source) in sources.iter().enumerate() {
        let (queue, workers) = queues.entry(address(source.live)).or_default();
        queue.extend(source.requests.iter().map(|request| (at, request.clone())));
        *workers = (*workers).max(source.live.asking.parallel).max(1);
    }
    let servers: Vec<Server> =
        queues.into_values().map(|(queue, workers)| Server { queue: Mutex::new(queue), workers }).collect();
    let failures = Failures {
        in_a_row: sources.iter().map(|_| AtomicUsize::new(0)).collect(),
        questions: Mutex::default(),
        over: AtomicBool::new(false),
    };
    std::thread::scope(|scope| {
        let (sender, answers) = sync_channel(WAITING);
        for server in &servers {
            for _ in 0..server.workers {
                let sender = sender.clone();
                let failures = &failures;
                scope.spawn(move || work(sources, server, failures, &sender));
            }
        }
        drop(sender);
        let outcome = answers.iter().try_for_each(&mut take);
        failures.over.store(true, Ordering::Relaxed);
        outcome
    })
}

fn work(sources: &[Opened<'_>], server: &Server, failures: &Failures, sender: &SyncSender<Answered>) {
    while !failures.over.load(Ordering::Relaxed) {
        let next = server.queue.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
        let Some((source, request)) = next else { return };
        let Some(opened) = sources.get(source) else { return };
        let outcome = failures.may_ask(source, &request).then(|| opened.server.fetch(&request));
        if let Some(outcome) = &outcome {
            failures.note(source, &request, outcome.as_ref().err());
        }
        // The receiver is gone where keeping has failed: nothing is left to do then.
        if sender.send(Answered { source, request, outcome }).is_err() {
            return;
        }
    }
}

impl Failures {
    fn may_ask(&self, source: usize, request: &Request) -> bool {
        let given_up =
            self.in_a_row.get(source).is_some_and(|count| count.load(Ordering::Relaxed) >= GIVE_UP);
        let failed = self.questions.lock().unwrap_or_else(PoisonError::into_inner);
        !given_up && !failed.contains(&(source, request.question))
    }

    fn note(&self, source: usize, request: &Request, error: Option<&LiveError>) {
        let Some(count) = self.in_a_row.get(source) else { return };
        match error {
            None => count.store(0, Ordering::Relaxed),
            Some(error) => {
                // A question that is wrong for one range is wrong for all; another may be right.
                if error.passing {
                    count.fetch_add(1, Ordering::Relaxed);
                } else {
                    let mut failed = self.questions.lock().unwrap_or_else(PoisonError::into_inner);
                    failed.insert((source, request.question));
                }
            }
        }
    }
}
