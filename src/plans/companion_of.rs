//! Whose resources are to be looked at beside a rise, and which of them could explain it.

use super::{Context, Finding, Verdict};
use crate::platform::{Measure, Probe, Role};

/// Whose resources are looked at.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Whose {
    Host(String),
    Pool(String),
}

/// Whose resources something may depend on: its host's, its pool's, or those of the pools that a probe's action passes.
pub(super) fn whose(finding: &Finding, context: &Context<'_>) -> Vec<Whose> {
    let labels = &finding.subject.labels;
    let pools = || context.platform.pools.iter();
    if let Some(probe) = labels.get("probe") {
        let probe = Probe::ALL.iter().find(|one| one.name() == probe);
        let roles = probe.map_or(&[][..], |probe| passed(*probe));
        let passed = pools().filter(|pool| roles.contains(&pool.role));
        return passed.map(|pool| Whose::Pool(pool.name.clone())).collect();
    }
    match labels.get("host") {
        Some(host) => vec![Whose::Host(host.to_owned())],
        None => {
            let pool = pools().find(|pool| pool.owns(labels));
            pool.map(|pool| Whose::Pool(pool.name.clone())).into_iter().collect()
        }
    }
}

/// The roles that a user's action passes.
fn passed(probe: Probe) -> &'static [Role] {
    match probe {
        Probe::Inbound => &[Role::Mx, Role::Routing, Role::Mailstore],
        Probe::Outbound => &[Role::Smtp, Role::Routing, Role::Outbound],
        Probe::ImapLoginRead => &[Role::ImapProxy, Role::Mailstore],
        Probe::WebmailLogin | Probe::FolderSwitch | Probe::Calendar | Probe::Contacts => {
            &[Role::Webmail, Role::ImapProxy, Role::Mailstore, Role::Database, Role::Cache]
        }
    }
}

/// Whether a resource may explain a rise: it is not the same measure, nor the load whose effect was taken off already. Of messages
/// that come late, the mean delay is no explanation: it is the same again.
pub(super) fn may_explain(finding: &Finding, resource: Measure) -> bool {
    let taken_off = match &finding.verdict {
        Verdict::Rises(size) => size.same_load.map(|load| load.measure),
        _ => None,
    };
    let same = match finding.subject.measure {
        Measure::DeliveryBuckets => resource == Measure::DeliveryDelay,
        measure => resource == measure,
    };
    !same && Some(resource) != taken_off
}
