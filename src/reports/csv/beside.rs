//! The columns of what rose together with a latency, queue or probe.

use super::guarded;
use crate::plans::{Companion, Finding, Strength};

/// Their names.
pub(super) const HEADER: [&str; 2] = ["rose_with", "rose_with_evidence"];

/// Their cells: what rose with the strongest evidence, and how strong that is; empty where nothing was looked at.
pub(super) fn cells(finding: &Finding) -> [String; HEADER.len()] {
    let Some(beside) = &finding.decision.rose_with else { return Default::default() };
    let rose: Vec<&Companion> = beside.rose().collect();
    let strongest = rose.first().map_or(Strength::None, |one| one.strength);
    let alike = rose.iter().filter(|one| one.strength == strongest);
    let names: Vec<&str> = alike.map(|one| one.name.as_str()).collect();
    [guarded(&names.join("; ")), strongest.name().to_owned()]
}
