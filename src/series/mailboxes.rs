//! How many mailboxes there are on a volume, on a host or in a pool, by day, as far as a source counts them.

use std::collections::BTreeMap;

use super::{
    clock::DAY,
    grid::{Fold, grid},
};
use crate::archive::Column;

/// Values by day since 1970-01-01, ascending.
pub type Days = Vec<(i64, f64)>;

/// The mailbox counts of a platform.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Mailboxes {
    /// By host, and by what the source calls the volume, which may be a partition's name.
    hosts: BTreeMap<String, BTreeMap<String, Days>>,
    /// By pool, where no host is named.
    pools: BTreeMap<String, BTreeMap<String, Days>>,
}

impl Mailboxes {
    /// The counts behind the columns of the measure `mailboxes`: a day has the median of its samples.
    pub fn of(columns: &[Column]) -> Self {
        let mut counts = Mailboxes::default();
        for column in columns {
            let part = column.labels.get("volume").unwrap_or_default();
            let by = match (column.labels.get("host"), column.labels.get("pool")) {
                (Some(host), _) => counts.hosts.entry(host.to_owned()).or_default(),
                (None, Some(pool)) => counts.pools.entry(pool.to_owned()).or_default(),
                (None, None) => continue,
            };
            let series = grid(&column.points, DAY, Fold::Median);
            let days: Days = series.present().map(|(time, count)| (time.div_euclid(DAY), count)).collect();
            // Two series of one part that differ in other labels only are told twice: the one that reaches further wins.
            let known = by.get(part).and_then(|known| known.last()).map(|day| day.0);
            if days.last().is_some_and(|day| known.is_none_or(|last| day.0 > last)) {
                by.insert(part.to_owned(), days);
            }
        }
        counts
    }

    /// Those of one volume, where its source counts by mount point; those of its host, where it is the only one that
    /// holds any (`alone`).
    pub fn of_volume(&self, host: &str, volume: &str, alone: bool) -> Option<Days> {
        let own = self.hosts.get(host).and_then(|parts| parts.get(volume)).filter(|_| !volume.is_empty());
        own.cloned().or_else(|| self.of_host(host).filter(|_| alone))
    }

    /// Those of a host: what it tells as a whole, or else the sum of its parts.
    pub fn of_host(&self, host: &str) -> Option<Days> {
        self.hosts.get(host).and_then(whole)
    }

    /// Those of a pool of these hosts: what a source tells of the pool as a whole, or else the sum of its hosts on the
    /// days on which all of them were counted; `None` where one of them never was.
    pub fn of_pool(&self, pool: &str, hosts: &[&str]) -> Option<Days> {
        let told = self.pools.get(pool).and_then(whole);
        told.or_else(|| self.of_hosts(hosts))
    }

    /// Those of these hosts together.
    pub fn of_hosts(&self, hosts: &[&str]) -> Option<Days> {
        sum(&hosts.iter().map(|host| self.of_host(host)).collect::<Option<Vec<Days>>>()?)
    }
}

fn whole(parts: &BTreeMap<String, Days>) -> Option<Days> {
    parts.get("").cloned().or_else(|| sum(&parts.values().cloned().collect::<Vec<Days>>()))
}

/// The sum on the days that all have: a part without a count is no part without mailboxes.
fn sum(parts: &[Days]) -> Option<Days> {
    let mut sums: BTreeMap<i64, (usize, f64)> = BTreeMap::new();
    for (day, count) in parts.iter().flatten() {
        let sum = sums.entry(*day).or_default();
        *sum = (sum.0 + 1, sum.1 + count);
    }
    let days: Days =
        sums.into_iter().filter(|(_, sum)| sum.0 == parts.len()).map(|(day, sum)| (day, sum.1)).collect();
    (!days.is_empty()).then_some(days)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{platform::Labels, series::HOUR};

    fn column<const N: usize>(labels: [(&str, &str); N], counts: &[(i64, f64)]) -> Column {
        let points = counts.iter().map(|&(hour, count)| (hour * HOUR, count)).collect();
        Column { labels: Labels::from(labels), points }
    }

    #[test]
    fn a_day_is_its_median_and_a_host_is_the_sum_of_its_partitions_where_all_are_counted() {
        let counts = Mailboxes::of(&[
            column([("host", "ms1"), ("volume", "default")], &[(0, 10.0), (1, 12.0), (2, 11.0), (30, 20.0)]),
            column([("host", "ms1"), ("volume", "archive")], &[(0, 5.0)]),
        ]);
        assert_eq!(counts.of_host("ms1"), Some(vec![(0, 16.0)]));
        // A partition's name is no mount point; the host's only volume holds all of them.
        assert_eq!(counts.of_volume("ms1", "/var/mail", false), None);
        assert_eq!(counts.of_volume("ms1", "/var/mail", true), Some(vec![(0, 16.0)]));
        assert_eq!(counts.of_volume("ms1", "default", false), Some(vec![(0, 11.0), (1, 20.0)]));
        assert_eq!((counts.of_host("ms2"), counts.of_pool("mailstore", &["ms1", "ms2"])), (None, None));
    }

    #[test]
    fn a_pool_is_what_is_told_of_it_or_the_sum_of_its_hosts() {
        let mut columns = vec![
            column([("host", "ms1")], &[(0, 10.0), (24, 11.0)]),
            column([("host", "ms2")], &[(24, 7.0), (48, 8.0)]),
            // The same host under another job's name, which ended earlier.
            column([("host", "ms2"), ("job", "old")], &[(24, 1.0)]),
        ];
        assert_eq!(Mailboxes::of(&columns).of_pool("mailstore", &["ms1", "ms2"]), Some(vec![(1, 18.0)]));
        columns.push(column([("pool", "mailstore")], &[(0, 99.0)]));
        assert_eq!(Mailboxes::of(&columns).of_pool("mailstore", &["ms1", "ms2"]), Some(vec![(0, 99.0)]));
        assert_eq!(Mailboxes::of(&[]).of_pool("mailstore", &[]), None);
    }
}
