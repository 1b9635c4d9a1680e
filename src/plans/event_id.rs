//! How event identifiers are made.

use super::{EventId, Kind};
use crate::platform::{Labels, Measure, fnv1a};

/// Most bytes of an identifier: well below PagerDuty's 255 for a `dedup_key`.
const MOST_BYTES: usize = 200;

impl EventId {
    /// The identifier of one kind of finding about one subject. Letters, digits, `.`, `_` and `-` stay, in lower
    /// case; everything else becomes `-`. Where that loses something, or the name is too long, a checksum of the
    /// whole name is added, so that two subjects never share an identifier.
    pub(super) fn of(kind: Kind, subject: &[&str]) -> EventId {
        let kind = match kind {
            Kind::VolumeExhaustion => "disk-full",
            Kind::InodeExhaustion => "inodes-full",
            Kind::PoolExhaustion => "pool-full",
            Kind::Departure => "departs",
            Kind::Ebb => "ebb",
            Kind::Drift => "drift",
            Kind::PoolDrift => "pool-drift",
            Kind::Resource => "resource",
            Kind::PoolResource => "pool-resource",
            Kind::Capacity => "capacity",
            Kind::Stale => "stale",
        };
        let cleaned: Vec<String> = subject.iter().map(|part| clean(part)).filter(|p| !p.is_empty()).collect();
        let name = format!("{kind}/{}", cleaned.join("/"));
        let kept = |(part, clean): (&&str, &String)| match *part {
            "/" => true,
            ROOT => false,
            part => part.trim_start_matches('/') == clean,
        };
        let lossless = subject.iter().zip(&cleaned).all(kept);
        if lossless && cleaned.len() == subject.len() && name.len() <= MOST_BYTES {
            return EventId(name);
        }
        let checksum = fnv1a(subject.join("\u{1f}").into_bytes());
        // The cleaned name is ASCII, so that any byte is a character's edge.
        EventId(format!("{}-{checksum:016x}", &name[..name.len().min(MOST_BYTES - 17)]))
    }

    /// The identifier of a finding about one series: its measure and what its labels say.
    pub(super) fn of_series(kind: Kind, measure: Measure, labels: &Labels) -> EventId {
        let parts: Vec<&str> =
            std::iter::once(measure.name()).chain(labels.iter().map(|(_, value)| value)).collect();
        EventId::of(kind, &parts)
    }

    /// The identifier of a finding about a volume's bytes or inodes.
    pub(super) fn of_volume(kind: Kind, labels: &Labels) -> EventId {
        let of = |label: &str| labels.get(label).unwrap_or_default();
        EventId::of(kind, &[of("host"), of("volume")])
    }
}

/// The root of a file system, of whose name nothing else would be left.
const ROOT: &str = "_";

fn clean(part: &str) -> String {
    if part == "/" {
        return ROOT.to_owned();
    }
    let mapped = part.chars().map(|c| match c.to_ascii_lowercase() {
        c @ ('a'..='z' | '0'..='9' | '.' | '_' | '-' | '/') => c,
        _ => '-',
    });
    mapped.collect::<String>().trim_matches('/').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_names_stay_readable() {
        assert_eq!(EventId::of(Kind::VolumeExhaustion, &["ms03", "/var/mail"]).0, "disk-full/ms03/var/mail");
    }

    #[test]
    fn the_root_has_a_name() {
        assert_eq!(EventId::of(Kind::VolumeExhaustion, &["ca01", "/"]).0, "disk-full/ca01/_");
        assert_ne!(EventId::of(Kind::VolumeExhaustion, &["ca01", "_"]).0, "disk-full/ca01/_");
    }

    #[test]
    fn hostile_names_are_cleaned_and_stay_apart() {
        let a = EventId::of(Kind::Drift, &["<script>", "é"]).0;
        let b = EventId::of(Kind::Drift, &["<script>", "è"]).0;
        assert_ne!(a, b);
        assert!(
            a.bytes().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || b"/._-".contains(&c)),
            "{a}"
        );
        let long = EventId::of(Kind::Stale, &["x".repeat(4000).as_str()]).0;
        assert_eq!(long.len(), MOST_BYTES);
    }
}
