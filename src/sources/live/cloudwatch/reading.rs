//! From a merged answer to samples.

use super::answer::{Answer, Answered};
use crate::sources::{
    Format, Identity, Recognition,
    live::Fetched,
    sink::{Column, Sink},
};

/// An answer while it is read.
pub(super) struct Reading<'a> {
    sink: Sink<'a>,
    incomplete: Vec<String>,
}

impl<'a> Reading<'a> {
    /// Nothing read yet; `recognise` tells what each series is.
    pub(super) fn new(recognise: &'a dyn Fn(&Identity) -> Recognition) -> Self {
        Reading { sink: Sink::new(recognise), incomplete: Vec::new() }
    }

    /// Takes a series.
    pub(super) fn take(&mut self, identity: Identity, answered: &Answered) {
        let mut column = Column::default();
        answered.points.iter().for_each(|(time, value)| column.push(*time, *value));
        for message in &answered.messages {
            self.sink.warn(format!("{identity}: {message}"));
        }
        if let Some(trouble) = answered.status.trouble() {
            self.lack(&identity, &trouble);
        }
        self.sink.take(identity, &mut column);
    }

    /// Notes a series that was asked for and that no page held.
    pub(super) fn miss(&mut self, identity: Identity) {
        self.lack(&identity, "CloudWatch did not answer for it; it is asked for again by the next pull");
        self.sink.take(identity, &mut Column::default());
    }

    fn lack(&mut self, identity: &Identity, trouble: &str) {
        self.sink.warn(format!("{identity}: {trouble}"));
        self.incomplete.push(identity.to_string());
    }

    /// Closes the books; `shown_as` names the question for people.
    pub(super) fn finish(mut self, shown_as: String, answer: Answer) -> Fetched {
        answer.messages.into_iter().for_each(|message| self.sink.warn(message));
        let mut reading = self.sink.finish();
        reading.report.path = shown_as;
        reading.report.format = Some(Format::CloudWatchMetricData);
        reading.report.bytes = answer.bytes;
        reading.report.incomplete = self.incomplete;
        Fetched { reading, server_time: answer.server_time }
    }
}
