//! Volumes: used and usable bytes and inodes of a file system, put together from what its source tells.

use std::collections::BTreeMap;

use super::{
    clock::{DAY, HOUR},
    filesystem,
    grid::{Fold, Series, grid, native_step, zip},
};
use crate::{
    archive::Extract,
    platform::{Labels, Measure},
    sources::Points,
};

/// The measures that volumes are put together from.
#[derive(Debug, Default)]
pub struct VolumeInput {
    parts: BTreeMap<Labels, BTreeMap<Measure, Points>>,
}

impl VolumeInput {
    /// The measures that [`VolumeInput::add`] wants.
    pub const MEASURES: &[Measure] = &[
        Measure::DiskUsed,
        Measure::DiskSize,
        Measure::DiskFree,
        Measure::DiskAvail,
        Measure::DiskReserved,
        Measure::DiskUsedRatio,
        Measure::InodesUsed,
        Measure::InodesTotal,
        Measure::InodesFree,
    ];

    /// Adds one measure of all volumes.
    pub fn add(&mut self, extract: Extract) {
        for column in extract.columns {
            let mut labels = Labels::new();
            for name in ["host", "volume", "device", "fstype"] {
                labels.set(name, column.labels.get(name).unwrap_or_default());
            }
            // Two series of one volume that differ in other labels only are the same volume told twice: the
            // one that reaches further wins, as a renamed job's does.
            let parts = self.parts.entry(labels).or_default();
            let known = parts.get(&extract.measure).and_then(|points| points.times.last().copied());
            if known.is_none_or(|last| column.points.times.last().is_some_and(|&new| new > last)) {
                parts.insert(extract.measure, column.points);
            }
        }
    }
}

/// A file system of a host.
#[derive(Debug, Clone, PartialEq)]
pub struct Volume {
    /// `host` and `volume`, `device` and `fstype` where they are known.
    pub labels: Labels,
    /// Bytes in use; hourly, or daily where the source has no more.
    pub used: Series,
    /// Bytes that can be used at all: used + available, the root-reserved ones left out. Empty where the
    /// source does not say.
    pub usable: Series,
    /// Inodes in use; empty where the source does not say.
    pub inodes_used: Series,
    /// Inodes that there are; empty where the source does not say.
    pub inodes_total: Series,
    /// The time of its last sample, in seconds since 1970-01-01 UTC.
    pub last_sample: i64,
    /// Other mounts of the same file system, which are left out.
    pub also_mounted: Vec<String>,
}

/// The volumes of a platform: pseudo file systems left out, a file system that is mounted more than once
/// counted once, under its shortest mount point.
pub fn volumes(input: VolumeInput) -> Vec<Volume> {
    let mut seen: BTreeMap<(String, String), usize> = BTreeMap::new();
    let mut found: Vec<Volume> = Vec::new();
    let mut parts: Vec<_> =
        input.parts.into_iter().filter(|(labels, _)| !filesystem::is_pseudo(labels)).collect();
    let mount = |labels: &Labels| labels.get("volume").unwrap_or_default().to_owned();
    parts.sort_by_cached_key(|(labels, _)| (mount(labels).len(), labels.clone()));
    for (labels, parts) in parts {
        let identity = filesystem::identity(&labels);
        if let Some(&first) = identity.as_ref().and_then(|id| seen.get(id)) {
            found[first].also_mounted.push(format!(
                "{}:{}",
                labels.get("host").unwrap_or_default(),
                mount(&labels)
            ));
            continue;
        }
        if let Some(id) = identity {
            seen.insert(id, found.len());
        }
        found.push(assemble(labels, &parts));
    }
    found.sort_by(|a, b| a.labels.cmp(&b.labels));
    found
}

fn assemble(labels: Labels, parts: &BTreeMap<Measure, Points>) -> Volume {
    let finest = parts.values().filter_map(native_step).min().unwrap_or(HOUR);
    let step = if finest * 2 > 3 * HOUR { DAY } else { HOUR };
    let of = |measure: Measure| parts.get(&measure).map(|points| grid(points, step, Fold::Mean));
    let size = of(Measure::DiskSize);
    let used = of(Measure::DiskUsed)
        .or_else(|| Some(zip(size.as_ref()?, &of(Measure::DiskFree)?, |size, free| size - free)))
        .or_else(|| Some(zip(size.as_ref()?, &of(Measure::DiskAvail)?, |size, avail| size - avail)))
        .or_else(|| Some(zip(size.as_ref()?, &of(Measure::DiskUsedRatio)?, |size, ratio| size * ratio)))
        .unwrap_or_else(|| Series::holes(0, step, 0));
    let usable = of(Measure::DiskAvail)
        .map(|avail| zip(&used, &avail, |used, avail| used + avail))
        .or_else(|| Some(zip(size.as_ref()?, &of(Measure::DiskReserved)?, |size, reserved| size - reserved)))
        .or_else(|| size.clone())
        .or_else(|| Some(zip(&used, &of(Measure::DiskFree)?, |used, free| used + free)))
        .unwrap_or_else(|| Series::holes(0, step, 0));
    let inodes_total = of(Measure::InodesTotal).or_else(|| {
        Some(zip(&of(Measure::InodesUsed)?, &of(Measure::InodesFree)?, |used, free| used + free))
    });
    let inodes_used = of(Measure::InodesUsed)
        .or_else(|| Some(zip(inodes_total.as_ref()?, &of(Measure::InodesFree)?, |total, free| total - free)));
    let none = || Series::holes(0, step, 0);
    Volume {
        last_sample: parts.values().filter_map(|points| points.times.last().copied()).max().unwrap_or(0),
        used,
        usable,
        inodes_used: inodes_used.unwrap_or_else(none),
        inodes_total: inodes_total.unwrap_or_else(none),
        labels,
        also_mounted: Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::archive::Column;

    fn extract(measure: Measure, labels: &Labels, values: &[f64]) -> Extract {
        let mut points = Points::default();
        values.iter().enumerate().for_each(|(i, &v)| points.push(i as i64 * HOUR, v));
        Extract {
            measure,
            columns: vec![Column { labels: labels.clone(), points }],
            disagreements: Vec::new(),
        }
    }

    fn mount(volume: &str, device: &str, fstype: &str) -> Labels {
        Labels::from([
            ("host", "ms1"),
            ("volume", volume),
            ("device", device),
            ("fstype", fstype),
            ("job", "node"),
        ])
    }

    #[test]
    fn reserved_blocks_are_used_by_nobody_and_usable_by_nobody() {
        let labels = mount("/var/mail", "/dev/sdb1", "ext4");
        let mut input = VolumeInput::default();
        input.add(extract(Measure::DiskSize, &labels, &[1000.0, 1000.0]));
        input.add(extract(Measure::DiskFree, &labels, &[400.0, 300.0]));
        input.add(extract(Measure::DiskAvail, &labels, &[350.0, 250.0]));
        let volume = &volumes(input)[0];
        assert_eq!(volume.used.slots().collect::<Vec<_>>(), [Some(600.0), Some(700.0)]);
        assert_eq!(volume.usable.slots().collect::<Vec<_>>(), [Some(950.0), Some(950.0)]);
        assert!(volume.inodes_total.is_empty());
    }

    #[test]
    fn used_and_available_are_enough() {
        let labels = mount("/", "/dev/sda1", "xfs");
        let mut input = VolumeInput::default();
        input.add(extract(Measure::DiskUsed, &labels, &[600.0]));
        input.add(extract(Measure::DiskAvail, &labels, &[300.0]));
        assert_eq!(volumes(input)[0].usable.get(0), Some(900.0));
    }

    #[test]
    fn a_bind_mount_is_counted_once_and_memory_never() {
        let mut input = VolumeInput::default();
        for labels in [
            mount("/srv/export/mail", "/dev/sdb1", "xfs"),
            mount("/var/mail", "/dev/sdb1", "xfs"),
            mount("/tmp", "tmpfs", "tmpfs"),
        ] {
            input.add(extract(Measure::DiskUsed, &labels, &[1.0]));
        }
        let found = volumes(input);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].labels.get("volume"), Some("/var/mail"));
        assert_eq!(found[0].also_mounted, ["ms1:/srv/export/mail"]);
    }
}
