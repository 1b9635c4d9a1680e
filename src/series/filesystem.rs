//! Which file systems are real, and which are one seen twice.

use crate::platform::Labels;

/// File systems that hold no data of their own: kernel views, memory, and layers over another one.
/// From node_exporter's default exclusions (collector/filesystem_linux.go) and the `nodev` entries of
/// /proc/filesystems on Debian 12.
const PSEUDO: &[&str] = &[
    "autofs",
    "binfmt_misc",
    "bpf",
    "cgroup",
    "cgroup2",
    "configfs",
    "debugfs",
    "devpts",
    "devtmpfs",
    "efivarfs",
    "fusectl",
    "hugetlbfs",
    "iso9660",
    "mqueue",
    "nsfs",
    "overlay",
    "proc",
    "procfs",
    "pstore",
    "ramfs",
    "rootfs",
    "rpc_pipefs",
    "securityfs",
    "selinuxfs",
    "squashfs",
    "sysfs",
    "tmpfs",
    "tracefs",
];

/// Mount points below which nothing is data: node_exporter's default `mount-points-exclude`.
const PSEUDO_MOUNTS: &[&str] = &["/dev", "/proc", "/sys", "/run"];

/// Whether a volume holds no data of its own.
pub(super) fn is_pseudo(labels: &Labels) -> bool {
    let by_type = labels.get("fstype").is_some_and(|t| PSEUDO.contains(&t.to_ascii_lowercase().as_str()));
    let mount = labels.get("volume").unwrap_or_default();
    let below =
        |root: &str| mount.strip_prefix(root).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    by_type || PSEUDO_MOUNTS.iter().any(|root| below(root))
}

/// What makes two mounts the same file system: a network file system is the same wherever it is mounted, a
/// local device only on its own host. `None` where the device is not known.
pub(super) fn identity(labels: &Labels) -> Option<(String, String)> {
    let device = labels.get("device")?;
    let network =
        labels.get("fstype").is_some_and(|t| t.starts_with("nfs") || t == "cifs" || t == "glusterfs");
    let host = if network { "" } else { labels.get("host").unwrap_or_default() };
    Some((host.to_owned(), device.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_and_kernel_views_are_no_volumes() {
        assert!(is_pseudo(&Labels::from([("fstype", "tmpfs"), ("volume", "/tmp")])));
        assert!(is_pseudo(&Labels::from([("volume", "/run/user/1000")])));
        assert!(!is_pseudo(&Labels::from([("fstype", "xfs"), ("volume", "/runway")])));
    }

    #[test]
    fn a_network_device_is_one_file_system_everywhere() {
        let on = |host| Labels::from([("host", host), ("device", "nas:/mail"), ("fstype", "nfs4")]);
        assert_eq!(identity(&on("ms1")), identity(&on("ms2")));
        let local = |host| Labels::from([("host", host), ("device", "/dev/sda1"), ("fstype", "xfs")]);
        assert_ne!(identity(&local("ms1")), identity(&local("ms2")));
        assert_eq!(identity(&Labels::from([("host", "ms1")])), None);
    }
}
