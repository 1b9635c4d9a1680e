//! Roles: what a component of the platform does.

use serde::{Deserialize, Serialize};

/// What the servers of a pool do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Takes mail in from the Internet.
    Mx,
    /// Takes mail in from the platform's own users (submission).
    Smtp,
    /// Sends mail out to the Internet.
    Outbound,
    /// Carries mail between the platform's own servers.
    Routing,
    /// Leads IMAP and POP sessions to the right mailstore.
    ImapProxy,
    /// Holds the mailboxes.
    Mailstore,
    /// Serves the browser client.
    Webmail,
    /// Serves provisioning and administration.
    Admin,
    /// Databases behind the platform.
    Database,
    /// Caches behind the platform.
    Cache,
    /// Name servers.
    Dns,
}

impl Role {
    /// Every role.
    pub const ALL: &[Role] = &[
        Role::Mx,
        Role::Smtp,
        Role::Outbound,
        Role::Routing,
        Role::ImapProxy,
        Role::Mailstore,
        Role::Webmail,
        Role::Admin,
        Role::Database,
        Role::Cache,
        Role::Dns,
    ];

    /// The role's name in files.
    pub fn name(self) -> &'static str {
        match self {
            Role::Mx => "mx",
            Role::Smtp => "smtp",
            Role::Outbound => "outbound",
            Role::Routing => "routing",
            Role::ImapProxy => "imap_proxy",
            Role::Mailstore => "mailstore",
            Role::Webmail => "webmail",
            Role::Admin => "admin",
            Role::Database => "database",
            Role::Cache => "cache",
            Role::Dns => "dns",
        }
    }
}
