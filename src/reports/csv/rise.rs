//! The columns of a rise in parts: by how much the mean delivery delay of a host or pool changed, and in which stage.

use super::{guarded, number};
use crate::plans::{Finding, Parts, RiseExplained};

/// Their names.
pub(super) const HEADER: [&str; 3] = ["rise_seconds", "rise_stage", "rise_stage_share"];

/// Their cells; all are empty where nothing is told by stage.
pub(super) fn cells(finding: &Finding) -> [String; HEADER.len()] {
    let explained = finding.decision.rise_explained.as_ref();
    let by_stage = explained.and_then(RiseExplained::by_stage);
    let stage = by_stage.and_then(Parts::most);
    [
        number(by_stage.map(|parts| parts.seconds)),
        guarded(stage.map(|part| part.name.as_str()).unwrap_or_default()),
        number(stage.map(|part| part.share)),
    ]
}
