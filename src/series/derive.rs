//! Measures that a source answers in parts: a processor's load from its idle seconds, a mean delay from sums and
//! counts, a rate from a total.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    clock::HOUR,
    counter::rate,
    stages::{Stages, stages},
};
use crate::{
    archive::{Column, Extract},
    platform::{Labels, Measure},
    sources::Points,
};

/// The other measures that a measure may be derived from.
pub fn parts_of(measure: Measure) -> &'static [Measure] {
    match measure {
        Measure::LoadCpu => &[Measure::CpuIdleSeconds],
        Measure::LoadMemory => &[Measure::MemoryAvailable, Measure::MemoryTotal],
        Measure::DiskBusy => &[Measure::DiskBusySeconds],
        Measure::LoadMessages => &[Measure::MessagesTotal],
        Measure::DeliveryDelay => &[Measure::DeliverySeconds, Measure::DeliveryCount],
        _ => &[],
    }
}

/// All series of a measure: those answered as such, and, for subjects that have none, those derived from the
/// parts that [`parts_of`] names. In the order of their labels.
pub fn derived(measure: Measure, parts: &[Extract]) -> Vec<Column> {
    let of = |wanted: Measure| parts.iter().find(|e| e.measure == wanted).map_or(&[][..], |e| &e.columns[..]);
    let more = match measure {
        Measure::LoadCpu => busy_share(of(Measure::CpuIdleSeconds)),
        Measure::LoadMemory => used_share(of(Measure::MemoryAvailable), of(Measure::MemoryTotal)),
        Measure::DiskBusy => busy_disks(of(Measure::DiskBusySeconds)),
        Measure::LoadMessages => {
            summed(of(Measure::MessagesTotal), &["host", "pool"], |c| rate(&c.points), |sum, _| sum)
        }
        Measure::DeliveryDelay => {
            let stages = stages(of(Measure::DeliverySeconds), of(Measure::DeliveryCount));
            return delays(of(measure), &stages);
        }
        _ => Vec::new(),
    };
    joined(of(measure), more)
}

/// What [`derived`] makes of delivery delays, for callers that have the stages already: those that were answered as such, and,
/// for hosts that have none, the means of their stages.
pub fn delays(answered: &[Column], stages: &[Stages]) -> Vec<Column> {
    joined(answered, mean_delays(stages))
}

/// The columns, and more for hosts that have none.
fn joined(answered: &[Column], more: Vec<Column>) -> Vec<Column> {
    let mut columns = answered.to_vec();
    let known: BTreeSet<Option<&str>> = answered.iter().map(|c| c.labels.get("host")).collect();
    columns.extend(more.into_iter().filter(|c| !known.contains(&c.labels.get("host"))));
    columns.sort_by(|a, b| a.labels.cmp(&b.labels));
    columns
}

/// Groups columns by the labels kept, turns each into points, and folds points of one time into one:
/// `finish(sum, how many)`.
fn summed(
    columns: &[Column],
    keep: &[&str],
    points: impl Fn(&Column) -> Points,
    finish: impl Fn(f64, f64) -> f64,
) -> Vec<Column> {
    let mut groups: BTreeMap<Labels, BTreeMap<i64, (f64, f64)>> = BTreeMap::new();
    for column in columns {
        let group = groups.entry(kept(&column.labels, keep)).or_default();
        for (time, value) in points(column).iter() {
            let sum = group.entry(time).or_insert((0.0, 0.0));
            *sum = (sum.0 + value, sum.1 + 1.0);
        }
    }
    let column = |(labels, sums): (Labels, BTreeMap<i64, (f64, f64)>)| {
        let points = sums.into_iter().map(|(time, (sum, count))| (time, finish(sum, count))).collect();
        Column { labels, points }
    };
    groups.into_iter().map(column).collect()
}

fn kept(labels: &Labels, keep: &[&str]) -> Labels {
    let mut kept = Labels::new();
    keep.iter().for_each(|name| kept.set(*name, labels.get(name).unwrap_or_default()));
    kept
}

/// One less the mean idle share of a host's processors.
fn busy_share(idle: &[Column]) -> Vec<Column> {
    summed(idle, &["host"], |c| rate(&c.points), |sum, processors| (1.0 - sum / processors).clamp(0.0, 1.0))
}

/// The share of each disk's time in which it had requests under way.
fn busy_disks(seconds: &[Column]) -> Vec<Column> {
    summed(seconds, &["host", "device"], |c| rate(&c.points), |sum, parts| (sum / parts).clamp(0.0, 1.0))
}

/// One less available over total, at the times of the former; the total is the one known last.
fn used_share(available: &[Column], total: &[Column]) -> Vec<Column> {
    let share = |column: &Column| {
        let host = column.labels.get("host");
        let total = total.iter().find(|t| t.labels.get("host") == host)?;
        let mut points = Points::default();
        for (time, value) in column.points.iter() {
            let known = total.points.times.partition_point(|&t| t <= time).saturating_sub(1);
            let total = total.points.values.get(known).copied().filter(|&t| t > 0.0);
            points.push(time, total.map_or(f64::NAN, |t| (1.0 - value / t).clamp(0.0, 1.0)));
        }
        Some(Column { labels: kept(&column.labels, &["host"]), points })
    };
    available.iter().filter_map(share).collect()
}

/// The mean delay of each host's deliveries by the hour: all its stages together. A mean stands at the end of its hour, as
/// every rate and answered step does.
fn mean_delays(stages: &[Stages]) -> Vec<Column> {
    let of_host = |host: &Stages| Column {
        labels: Labels::from([("host", host.host.as_str())]),
        points: host.hours.iter().map(|hour| (hour.time + HOUR, hour.mean())).collect(),
    };
    stages.iter().map(of_host).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(labels: Labels, pairs: &[(i64, f64)]) -> Column {
        Column { labels, points: pairs.iter().copied().collect() }
    }

    fn extract(measure: Measure, columns: Vec<Column>) -> Extract {
        Extract { measure, columns, disagreements: Vec::new() }
    }

    #[test]
    fn a_host_is_as_busy_as_its_processors_are_not_idle() {
        let cpu = |n: &str| Labels::from([("host", "mx1"), ("cpu", n)]);
        // One processor idles 45 of 60 s, the other 15: half of the host is busy.
        let idle = extract(
            Measure::CpuIdleSeconds,
            vec![column(cpu("0"), &[(0, 0.0), (60, 45.0)]), column(cpu("1"), &[(0, 0.0), (60, 15.0)])],
        );
        let load = derived(Measure::LoadCpu, &[idle]);
        assert_eq!(load, [column(Labels::from([("host", "mx1")]), &[(60, 0.5)])]);
    }

    #[test]
    fn each_disk_is_busy_for_its_own_share_of_the_time() {
        let disk = |n: &str| Labels::from([("host", "ms1"), ("device", n)]);
        // 15 and 54 of 60 seconds; the second starts again from zero after a reboot, and 30 of the next 60 are known.
        let seconds = extract(
            Measure::DiskBusySeconds,
            vec![
                column(disk("sda"), &[(0, 100.0), (60, 115.0)]),
                column(disk("sdb"), &[(0, 100.0), (60, 154.0), (120, 30.0)]),
            ],
        );
        let busy = derived(Measure::DiskBusy, &[seconds]);
        assert_eq!(busy, [column(disk("sda"), &[(60, 0.25)]), column(disk("sdb"), &[(60, 0.9), (120, 0.5)])]);
    }

    #[test]
    fn what_is_answered_as_such_is_not_derived() {
        let mx = Labels::from([("host", "mx1")]);
        let direct = extract(Measure::LoadCpu, vec![column(mx.clone(), &[(0, 0.3)])]);
        let idle = extract(Measure::CpuIdleSeconds, vec![column(mx.clone(), &[(0, 0.0), (60, 45.0)])]);
        assert_eq!(derived(Measure::LoadCpu, &[direct, idle]), [column(mx, &[(0, 0.3)])]);
    }

    #[test]
    fn a_delay_is_the_sum_of_its_stages_over_the_messages() {
        let stage = |s: &str| Labels::from([("host", "out1"), ("stage", s)]);
        let seconds = extract(
            Measure::DeliverySeconds,
            vec![
                column(stage("queue_manager"), &[(0, 0.0), (3600, 4.0)]),
                column(stage("transmission"), &[(0, 0.0), (3600, 16.0)]),
            ],
        );
        let count = extract(
            Measure::DeliveryCount,
            vec![
                column(stage("queue_manager"), &[(0, 0.0), (3600, 10.0)]),
                column(stage("transmission"), &[(0, 0.0), (3600, 10.0)]),
            ],
        );
        let delay = derived(Measure::DeliveryDelay, &[seconds, count]);
        assert_eq!(delay, [column(Labels::from([("host", "out1")]), &[(3600, 2.0)])]);
    }

    #[test]
    fn memory_is_the_share_that_is_not_available() {
        let ca = Labels::from([("host", "ca1")]);
        let available = extract(Measure::MemoryAvailable, vec![column(ca.clone(), &[(60, 25.0)])]);
        let total = extract(Measure::MemoryTotal, vec![column(ca.clone(), &[(0, 100.0)])]);
        assert_eq!(derived(Measure::LoadMemory, &[available, total]), [column(ca, &[(60, 0.75)])]);
    }
}
