//! The stages of a mail's way through a host: what each adds to the delay of its deliveries, by the hour.

use std::collections::{BTreeMap, BTreeSet};

use super::{clock::HOUR, counter::slotted};
use crate::{archive::Column, platform::Labels};

/// The deliveries of one host, by the hour and by stage. The means of the stages add up to the mean delay, hour by hour.
#[derive(Debug, Clone, PartialEq)]
pub struct Stages {
    /// The host.
    pub host: String,
    /// The stages' names, in alphabetical order; one empty name where the source does not tell stages apart.
    pub names: Vec<String>,
    /// The hours with deliveries, ascending.
    pub hours: Vec<StageHour>,
}

/// What was delivered within an hour.
#[derive(Debug, Clone, PartialEq)]
pub struct StageHour {
    /// When it begins, in seconds since 1970-01-01 UTC.
    pub time: i64,
    /// Messages delivered, above zero.
    pub messages: f64,
    /// Seconds that they spent in each stage, all together, in the order of the names.
    pub seconds: Vec<f64>,
}

impl StageHour {
    /// The mean delay of a message, in seconds.
    pub fn mean(&self) -> f64 {
        self.seconds.iter().sum::<f64>() / self.messages
    }
}

/// Increments by slot of an hour.
type Slots = BTreeMap<i64, f64>;

/// The counters of one transport of a host, by stage.
#[derive(Default)]
struct Transport {
    sums: BTreeMap<String, Slots>,
    counts: BTreeMap<String, Slots>,
}

/// Takes the hosts' deliveries apart, from the counters of the seconds and of the messages. An hour in which one stage of
/// a transport is not known says nothing of that transport.
pub fn stages(sums: &[Column], counts: &[Column]) -> Vec<Stages> {
    let mut hosts: BTreeMap<&str, BTreeMap<Labels, Transport>> = BTreeMap::new();
    for (columns, is_sum) in [(sums, true), (counts, false)] {
        for column in columns {
            let (host, stage) = (column.labels.get("host"), column.labels.get("stage").unwrap_or_default());
            let transports = hosts.entry(host.unwrap_or_default()).or_default();
            let transport = transports.entry(rest(&column.labels)).or_default();
            let by_stage = if is_sum { &mut transport.sums } else { &mut transport.counts };
            merge(by_stage.entry(stage.to_owned()).or_default(), slotted(&[&column.points], HOUR));
        }
    }
    hosts.into_iter().filter_map(|(host, transports)| of_host(host, transports)).collect()
}

/// What tells the transports of a host apart: the labels but for the host and the stage.
fn rest(labels: &Labels) -> Labels {
    let mut rest = Labels::new();
    let others = labels.iter().filter(|(name, _)| !matches!(*name, "host" | "stage"));
    others.for_each(|(name, value)| rest.set(name, value));
    rest
}

fn merge(into: &mut Slots, slots: Slots) {
    for (slot, grown) in slots {
        *into.entry(slot).or_default() += grown;
    }
}

fn of_host(host: &str, transports: BTreeMap<Labels, Transport>) -> Option<Stages> {
    let mut transports: Vec<Transport> = transports.into_values().collect();
    // A source that tells the seconds by transport and the messages in all, or the other way round, tells the host.
    if transports.iter().any(|one| one.sums.is_empty() || one.counts.is_empty()) {
        transports = vec![transports.into_iter().fold(Transport::default(), together)];
    }
    let names: BTreeSet<&String> = transports.iter().flat_map(|one| one.sums.keys()).collect();
    let names: Vec<String> = names.into_iter().cloned().collect();
    let mut hours: BTreeMap<i64, StageHour> = BTreeMap::new();
    for transport in &transports {
        let slots = transport.sums.values().next().into_iter().flat_map(|slots| slots.keys());
        for &slot in slots {
            let Some((messages, seconds)) = transport.at(slot, &names) else { continue };
            let time = slot * HOUR;
            let none = || StageHour { time, messages: 0.0, seconds: vec![0.0; names.len()] };
            let hour = hours.entry(slot).or_insert_with(none);
            hour.messages += messages;
            hour.seconds.iter_mut().zip(seconds).for_each(|(sum, more)| *sum += more);
        }
    }
    let hours: Vec<StageHour> = hours.into_values().filter(|hour| hour.messages > 0.0).collect();
    (!hours.is_empty()).then(|| Stages { host: host.to_owned(), names, hours })
}

fn together(mut all: Transport, one: Transport) -> Transport {
    for (stage, slots) in one.sums {
        merge(all.sums.entry(stage).or_default(), slots);
    }
    for (stage, slots) in one.counts {
        merge(all.counts.entry(stage).or_default(), slots);
    }
    all
}

impl Transport {
    /// Messages, and seconds by stage; `None` where one of them is not known.
    fn at(&self, slot: i64, names: &[String]) -> Option<(f64, Vec<f64>)> {
        let counts: Option<Vec<f64>> = self.counts.values().map(|slots| slots.get(&slot).copied()).collect();
        // A stage that not every message passes counts fewer of them.
        let messages = counts?.into_iter().max_by(f64::total_cmp)?;
        let of_stage = |name: &String| match self.sums.get(name) {
            Some(slots) => slots.get(&slot).copied(),
            None => Some(0.0),
        };
        Some((messages, names.iter().map(of_stage).collect::<Option<Vec<f64>>>()?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(labels: &[(&str, &str)], pairs: &[(i64, f64)]) -> Column {
        let mut set = Labels::new();
        labels.iter().for_each(|(name, value)| set.set(*name, *value));
        Column { labels: set, points: pairs.iter().copied().collect() }
    }

    fn smtp(stage: &str) -> [(&str, &str); 3] {
        [("host", "out1"), ("stage", stage), ("transport", "smtp")]
    }

    #[test]
    fn each_stage_has_its_seconds_and_the_messages_count_once() {
        let sums = [
            column(&smtp("queue_manager"), &[(0, 5.0), (3600, 9.0), (7200, 2.0)]),
            column(&smtp("transmission"), &[(0, 0.0), (3600, 16.0), (7200, 6.0)]),
        ];
        let counts = [
            column(&smtp("queue_manager"), &[(0, 0.0), (3600, 10.0), (7200, 4.0)]),
            column(&smtp("transmission"), &[(0, 0.0), (3600, 10.0), (7200, 4.0)]),
        ];
        let found = stages(&sums, &counts);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].names, ["queue_manager", "transmission"]);
        // All four start again from zero in the second hour.
        let hours: Vec<_> =
            found[0].hours.iter().map(|h| (h.time, h.messages, h.seconds.clone(), h.mean())).collect();
        assert_eq!(hours, [(0, 10.0, vec![4.0, 16.0], 2.0), (3600, 4.0, vec![2.0, 6.0], 2.0)]);
    }

    #[test]
    fn transports_add_up_and_an_hour_that_lacks_a_stage_is_left_out() {
        let lmtp = |stage| [("host", "out1"), ("stage", stage), ("transport", "lmtp")];
        let hourly = |a: f64, b: f64| vec![(0, 0.0), (3600, a), (7200, a + b)];
        let sums = [
            column(&smtp("queue_manager"), &hourly(4.0, 4.0)),
            column(&smtp("transmission"), &hourly(16.0, 16.0)),
            column(&lmtp("queue_manager"), &hourly(1.0, 1.0)),
            // Nobody knows what this stage of lmtp did in the second hour.
            column(&lmtp("transmission"), &[(0, 0.0), (3600, 2.0)]),
        ];
        let counts = [
            column(&smtp("queue_manager"), &hourly(10.0, 10.0)),
            column(&lmtp("queue_manager"), &hourly(5.0, 5.0)),
        ];
        let found = stages(&sums, &counts);
        let hours: Vec<_> = found[0].hours.iter().map(|h| (h.messages, h.seconds.clone())).collect();
        assert_eq!(hours, [(15.0, vec![5.0, 18.0]), (10.0, vec![4.0, 16.0])]);
    }

    #[test]
    fn messages_that_are_counted_for_all_transports_serve_all() {
        let sums = [column(&smtp("transmission"), &[(0, 0.0), (3600, 16.0)])];
        let counts = [column(&[("host", "out1")], &[(0, 0.0), (3600, 8.0)])];
        assert_eq!(stages(&sums, &counts)[0].hours[0].mean(), 2.0);
        assert!(stages(&sums, &[]).is_empty());
    }

    #[test]
    fn an_idle_hour_and_a_gap_are_no_hours() {
        let day = 86_400;
        let points = |a: f64| vec![(0, 0.0), (3600, a), (7200, a), (day, 9.0 * a), (day + 3600, 10.0 * a)];
        let sums = [column(&smtp("transmission"), &points(6.0))];
        let counts = [column(&smtp("transmission"), &points(3.0))];
        let times: Vec<i64> = stages(&sums, &counts)[0].hours.iter().map(|h| h.time).collect();
        assert_eq!(times, [0, day]);
    }

    proptest::proptest! {
        #[test]
        fn the_stages_add_up_to_the_mean(
            grown in proptest::collection::vec((0.0..1e4_f64, 0.0..1e4_f64, 1.0..1e4_f64), 1..60)
        ) {
            let running = |of: &dyn Fn(&(f64, f64, f64)) -> f64| {
                let mut total = 0.0;
                let mut points = vec![(0, 0.0)];
                for (i, hour) in grown.iter().enumerate() {
                    total += of(hour);
                    points.push((3600 * (i as i64 + 1), total));
                }
                points
            };
            let sums = [column(&smtp("a"), &running(&|h| h.0)), column(&smtp("b"), &running(&|h| h.1))];
            let counts = [column(&smtp("a"), &running(&|h| h.2)), column(&smtp("b"), &running(&|h| h.2))];
            let found = stages(&sums, &counts);
            proptest::prop_assert_eq!(found[0].hours.len(), grown.len());
            for (hour, (a, b, messages)) in found[0].hours.iter().zip(&grown) {
                let mean = (a + b) / messages;
                // Running totals of up to 1e6 leave nine digits.
                proptest::prop_assert!((hour.mean() - mean).abs() <= 1e-6 * (1.0 + mean), "{hour:?} {mean}");
            }
        }
    }
}
