//! The volumes of a pool that count together, and their sum.

use chrono::NaiveDate;

use super::{Finding, Kind, Mark, Verdict, VolumeAnswer};
use crate::{
    platform::Pool,
    series::{DAY, Days, Level, Mailboxes, Parts, Series, Steps, level_on},
};

/// A volume younger than this is left out of the pool, with what it holds and what it could hold: how it grows
/// is not known yet, and counting its room alone would flatter the pool.
const LEAST_DAYS: i64 = 28;
/// A step on a volume of less than this share of the pool's usable bytes is not seen in the pool's line.
const NOTABLE_SHARE: f64 = 0.005;

/// The volumes of a pool that count together.
pub(super) struct Counted<'a> {
    /// All whose content can be moved.
    pub(super) all: Vec<&'a VolumeAnswer>,
    /// Those that are known well enough: used bytes by day without one-off steps, and usable bytes.
    pub(super) known: Vec<(Days, f64)>,
    /// The same volumes, with all that is known of them.
    pub(super) answers: Vec<&'a VolumeAnswer>,
    /// Hosts of those that are known.
    pub(super) hosts: Vec<&'a str>,
    /// One-off purges seen on those that are known.
    pub(super) purges: usize,
    /// The findings on the bytes of those that are known.
    pub(super) findings: Vec<&'a Finding>,
}

impl<'a> Counted<'a> {
    pub(super) fn of(pool: &Pool, volumes: &'a [VolumeAnswer]) -> Self {
        let moved = |volume: &&VolumeAnswer| pool.planning.holds_data(mount(volume));
        let mut all: Vec<&VolumeAnswer> = volumes.iter().filter(moved).collect();
        if all.is_empty() && pool.planning.volumes.is_empty() {
            // Servers that have the system's own volumes only keep everything there.
            all = volumes.iter().collect();
        }
        let known = |v: &&'a VolumeAnswer| Some((v.level.as_ref()?.net_days(), v.usable?));
        let (mut hosts, mut sums, mut purges) = (Vec::new(), Vec::new(), 0);
        let mut answers = Vec::new();
        let mut findings = Vec::new();
        for volume in &all {
            if let Some(one) = known(volume).filter(|(days, _)| span(days) >= LEAST_DAYS) {
                sums.push(one);
                answers.push(*volume);
                hosts.extend(volume.labels.get("host"));
                findings.extend(of_bytes(volume));
                purges += volume.level.as_ref().map_or(0, |level| level.of.purges);
            }
        }
        hosts.sort_unstable();
        hosts.dedup();
        Counted { all, known: sums, answers, hosts, purges, findings }
    }

    /// How many volumes are not known well enough.
    pub(super) fn left_out(&self) -> usize {
        self.all.len() - self.known.len()
    }

    /// The mailboxes on the volumes that are known; `None` where a count is of others, too.
    pub(super) fn mailboxes(&self, pool: &Pool, mailboxes: &Mailboxes) -> Option<Days> {
        if self.left_out() == 0 {
            return mailboxes.of_pool(&pool.name, &self.hosts);
        }
        let of_host = |host: &&str| self.all.iter().filter(|v| v.labels.get("host") == Some(host)).count();
        let whole = self.hosts.iter().map(of_host).sum::<usize>() == self.known.len();
        whole.then(|| mailboxes.of_hosts(&self.hosts)).flatten()
    }
}

/// The one-off steps that were taken out of a volume's level, as far as the pool notices them.
pub(super) fn taken_out(finding: &Finding, usable: f64) -> impl Iterator<Item = Mark> {
    let once = |mark: &&Mark| ["purge", "migration"].contains(&mark.name.as_str());
    let notable = move |mark: &&Mark| mark.size.is_some_and(|size| size.abs() >= NOTABLE_SHARE * usable);
    let of = &finding.subject.name;
    let named = move |mark: &Mark| Mark { name: format!("{} on {of}", mark.name), ..mark.clone() };
    finding.evidence.marks.iter().filter(once).filter(notable).map(named)
}

/// When a volume that is too young will have enough history.
pub(super) fn enough_on(volume: &VolumeAnswer) -> Option<NaiveDate> {
    match of_bytes(volume)?.verdict {
        Verdict::Undecided { enough_on, .. } => enough_on,
        _ => None,
    }
}

/// The sum of levels by day, over the days that all volumes have; `None` without a volume. A volume whose data
/// ends early counts with its last level.
pub(super) fn together(volumes: &[&[(i64, f64)]], of: Parts) -> Option<Level> {
    let first = volumes.iter().filter_map(|d| d.first()).map(|d| d.0).max()?;
    let last = volumes.iter().filter_map(|d| d.last()).map(|d| d.0).max()?;
    let sum = |day: i64| -> f64 { volumes.iter().filter_map(|days| level_on(days, day)).sum() };
    let days: Vec<(i64, f64)> = (first..=last).map(|day| (day, sum(day))).collect();
    let series = Series::from_slots(first * DAY, DAY, days.iter().map(|d| Some(d.1)).collect::<Vec<_>>());
    Some(Level {
        days,
        series,
        steps: Steps::default(),
        near_zero: 0,
        outliers: 0,
        resolution: None,
        holes: 0,
        of,
    })
}

fn mount(volume: &VolumeAnswer) -> &str {
    volume.labels.get("volume").unwrap_or_default()
}

/// A volume's finding about its bytes.
fn of_bytes(volume: &VolumeAnswer) -> Option<&Finding> {
    volume.findings.iter().find(|finding| finding.kind == Kind::VolumeExhaustion)
}

/// Days from the first to the last, both counted.
fn span(days: &[(i64, f64)]) -> i64 {
    days.first().zip(days.last()).map_or(0, |(first, last)| last.0 - first.0 + 1)
}
