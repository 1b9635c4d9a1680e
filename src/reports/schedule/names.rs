//! Names that every target takes, made of a pool's name.

use crate::platform::fnv1a;

/// Longest name: those of CronJobs have 52 characters, of which `mailtide-`, a checksum and a number take 24.
const LONGEST: usize = 28;

/// A pool's name in lower-case letters, digits and dashes, with neither at its ends. An underscore becomes two dashes;
/// where more than that is lost, a checksum of the name is added, so that no two pools share one.
pub(super) fn plain(pool: &str) -> String {
    let mut name = String::new();
    for c in pool.chars() {
        match c {
            'a'..='z' | '0'..='9' => name.push(c),
            '_' => name.push_str("--"),
            c if c.is_ascii_uppercase() => name.push(c.to_ascii_lowercase()),
            _ => name.push('-'),
        }
    }
    let kept = name.trim_matches('-').len() == name.len() && name.len() <= LONGEST;
    if kept && !pool.contains("--") && name.replace("--", "_") == pool {
        return name;
    }
    let cut = &name[..name.len().min(LONGEST)];
    let checksum = fnv1a(pool.bytes()) >> 32;
    format!("{}-{checksum:08x}", cut.trim_matches('-')).trim_start_matches('-').to_owned()
}

/// The name of a pool's first, second … change: the same in every plan, so that a new plan replaces an old one.
pub(super) fn numbered(pool: &str, at: usize) -> String {
    format!("mailtide-{}-{:02}", plain(pool), at + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_names_stay_as_they_are_and_no_two_pools_share_one() {
        assert_eq!(plain("webmail"), "webmail");
        assert_eq!(plain("imap_proxy"), "imap--proxy");
        let hostile =
            ["imap--proxy", "imap-proxy", "Imap_proxy", "imap proxy", "$(reboot)", "é", "è", "-", "a-", "\n"];
        let mut names: Vec<String> = hostile.iter().map(|pool| plain(pool)).collect();
        names.push(plain("imap_proxy"));
        names.push(plain(&"x".repeat(300)));
        for name in &names {
            let fine = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
            assert!(name.chars().all(fine) && !name.starts_with('-') && !name.ends_with('-'), "{name}");
            assert!(numbered(name, 98).len() <= 52 && !name.is_empty(), "{name}");
        }
        let all = names.len();
        names.sort();
        names.dedup();
        assert_eq!(names.len(), all, "{names:?}");
    }
}
