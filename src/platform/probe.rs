//! Probes: user actions that are timed.

use serde::{Deserialize, Serialize};

/// A timed user action.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Probe {
    /// Log in over IMAP and read a message.
    ImapLoginRead,
    /// A message from outside arrives in a mailbox.
    Inbound,
    /// A message from a user reaches an outside mailbox.
    Outbound,
    /// Log in to webmail.
    WebmailLogin,
    /// Switch folders in webmail.
    FolderSwitch,
    /// Open the calendar.
    Calendar,
    /// Open the contacts.
    Contacts,
}

impl Probe {
    /// Every probe.
    pub const ALL: &[Probe] = &[
        Probe::ImapLoginRead,
        Probe::Inbound,
        Probe::Outbound,
        Probe::WebmailLogin,
        Probe::FolderSwitch,
        Probe::Calendar,
        Probe::Contacts,
    ];

    /// The probe's name in files and in the label `probe`.
    pub fn name(self) -> &'static str {
        match self {
            Probe::ImapLoginRead => "imap_login_read",
            Probe::Inbound => "inbound",
            Probe::Outbound => "outbound",
            Probe::WebmailLogin => "webmail_login",
            Probe::FolderSwitch => "folder_switch",
            Probe::Calendar => "calendar",
            Probe::Contacts => "contacts",
        }
    }
}
