//! Queries: an expression, what stands for a step, and what the series of its answer are.

use std::collections::BTreeMap;

use super::expression::Expression;
use crate::{
    platform::{Asking, Declared, Source},
    sources::{Identity, Packs, Recognition, live::Question, packs::Entry, packs::Over, recognise_declared},
};

/// What lies behind a question.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Query {
    pub(super) expression: Expression,
    pub(super) over: Over,
    /// The pack that asks, or `declared`.
    pub(super) pack: String,
    meaning: Meaning,
}

/// What tells the series of an answer.
#[derive(Debug, Clone, PartialEq)]
enum Meaning {
    /// The entries that ask for this, with their packs; the first that knows a series is taken.
    Entries(Vec<(String, Entry)>),
    /// The source's own declaration.
    Declared(Declared),
}

/// What there is to ask: the declared query, or that of each entry. Entries that ask the same for the same measure
/// share one question.
pub(super) fn queries(
    declared: Option<(&Declared, &str)>,
    packs: &Packs,
    asking: &Asking,
) -> Vec<(Question, Query)> {
    let mut all: Vec<(Question, Query)> = Vec::new();
    let mut add = |measure, over, text: &str, pack: &str, meaning: Meaning| {
        let expression = Expression::new(text);
        let id = format!("{measure}: {}", expression.id(over));
        match (all.iter_mut().find(|(question, _)| question.id == id), meaning) {
            (Some((_, Query { meaning: Meaning::Entries(known), .. })), Meaning::Entries(more)) => {
                known.extend(more);
            }
            (_, meaning) => {
                let question = Question { id, measure, pack: pack.to_owned(), step: asking.step };
                all.push((question, Query { expression, over, pack: pack.to_owned(), meaning }));
            }
        }
    };
    if let Some((declared, text)) = declared {
        let over = Over::usual(declared.measure);
        add(declared.measure, over, text, "declared", Meaning::Declared(declared.clone()));
        return all;
    }
    for pack in packs.iter() {
        for entry in &pack.entries {
            let Some(rule) = &entry.prometheus else { continue };
            let Some(text) = &rule.query else { continue };
            let over = rule.over.unwrap_or_else(|| Over::usual(entry.measure));
            let meaning = Meaning::Entries(vec![(pack.name.clone(), entry.clone())]);
            add(entry.measure, over, text, &pack.name, meaning);
        }
    }
    all
}

/// The declaration of a live source with its query, where it has both.
pub(super) fn declared(source: &Source) -> Option<(&Declared, &str)> {
    Some((source.declared.as_ref()?, source.origin.live()?.query.as_deref()?))
}

impl Query {
    /// What a series of the answer is.
    pub(super) fn recognise(&self, identity: &Identity) -> Recognition {
        let nothing = BTreeMap::new();
        let labels = match identity {
            Identity::Prometheus { labels, .. } => labels,
            _ => &nothing,
        };
        match &self.meaning {
            Meaning::Declared(declared) => recognise_declared(declared, &self.named(identity)),
            Meaning::Entries(entries) => {
                let mut nearest = Vec::new();
                for (pack, entry) in entries {
                    match entry.recognise_prometheus(labels) {
                        Recognition::Unknown { nearest: missed } => {
                            nearest.extend(
                                missed.iter().map(|what| format!("{pack}: {} {what}", entry.measure)),
                            );
                        }
                        known => return known,
                    }
                }
                Recognition::Unknown { nearest }
            }
        }
    }

    /// A series of the answer with the name that a plain selector gives it, whether or not the server has kept it.
    fn named(&self, identity: &Identity) -> Identity {
        match (identity, self.expression.metric()) {
            (Identity::Prometheus { name, labels }, Some(metric)) if name.is_empty() => {
                Identity::Prometheus { name: metric.to_owned(), labels: labels.clone() }
            }
            _ => identity.clone(),
        }
    }

    /// A series of the answer in words, told from those of every other question.
    pub(super) fn spell(&self, identity: &Identity) -> String {
        let named = self.named(identity).to_string();
        if self.expression.metric().is_some() { named } else { format!("{} {named}", self.expression.text()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        platform::{Labels, Measure, SeriesKey, SourceUnit},
        sources::testing::prometheus,
    };

    fn asking() -> Asking {
        Asking {
            step: 3600,
            history_days: 400.0,
            retention_days: None,
            overlap: 7200,
            parallel: 1,
            timeout: 60,
            largest_answer: 1 << 20,
        }
    }

    #[test]
    fn packs_that_ask_the_same_share_a_question() {
        let packs = Packs::shipped().unwrap();
        let all = queries(None, &packs, &asking());
        let mut ids: Vec<&str> = all.iter().map(|(question, _)| question.id.as_str()).collect();
        assert!(ids.contains(&"messages.total: last of postfix_qmgr_messages_removed_total"));
        assert!(ids.contains(&"load.sessions: max of cyrus_imap_active_connections"));
        assert!(ids.contains(&"host.up: avg of up"));
        assert!(!ids.iter().any(|id| id.starts_with("cpu.idle_seconds")));
        let count = ids.len();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), count);
    }

    #[test]
    fn a_declared_query_is_asked_alone() {
        let declared = Declared {
            measure: Measure::DeliveryDelay,
            unit: SourceUnit::Milliseconds,
            labels: Labels::from([("pool", "mx")]),
            label_map: BTreeMap::from([("service".to_owned(), "__name__".to_owned())]),
        };
        let all = queries(Some((&declared, "site_delay{mx=\"1\"}")), &Packs::shipped().unwrap(), &asking());
        let [(question, query)] = all.as_slice() else { panic!("{all:?}") };
        assert_eq!(question.id, "delivery.delay: avg of site_delay{mx=\"1\"}");
        assert_eq!((question.pack.as_str(), question.step), ("declared", 3600));
        // The mean over a step has lost the name; the selector still knows it.
        let known = query.recognise(&prometheus("", &[("mx", "1")]));
        let labels = Labels::from([("pool", "mx"), ("service", "site_delay")]);
        let key = SeriesKey { measure: Measure::DeliveryDelay, labels };
        assert_eq!(known, Recognition::Known { key, factor: 0.001, offset: 0.0 });
    }

    #[test]
    fn a_series_is_told_by_the_entry_that_asked() {
        let packs = Packs::shipped().unwrap().only(&["node_exporter".to_owned()]).unwrap();
        let all = queries(None, &packs, &asking());
        let (_, cpu) = all.iter().find(|(q, _)| q.measure.name() == "load.cpu").unwrap();
        let known = cpu.recognise(&prometheus("", &[("instance", "mx01:9100")]));
        let Recognition::Known { key, .. } = known else { panic!("{known:?}") };
        assert_eq!(key.to_string(), r#"load.cpu{host="mx01"}"#);
        let unknown = cpu.recognise(&prometheus("", &[("job", "node")]));
        let nearest = vec!["node_exporter: load.cpu wants label instance".to_owned()];
        assert_eq!(unknown, Recognition::Unknown { nearest });
    }
}
