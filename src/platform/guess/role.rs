//! Guessing a role: by a word of the name, else by what is measured.

use super::{HostSeen, name::HostName};
use crate::platform::{Measure, Role};

/// Inodes in use on one volume from which it holds mailboxes: a Maildir has a file for each message, and the system
/// volume of a Debian server less than half a million files.
const MANY_FILES: f64 = 1e6;

/// Words that tell a role wherever they stand, the more telling ones first: `smtp-out` sends mail out, and `imap-store`
/// holds it.
const WORDS: &[(Role, &[&str])] = &[
    (Role::Outbound, &["out", "outbound", "mxout", "smtpout", "mailout", "egress"]),
    (
        Role::Database,
        &[
            "db",
            "database",
            "sql",
            "mysql",
            "mariadb",
            "galera",
            "pgsql",
            "postgres",
            "postgresql",
            "mongo",
            "ldap",
        ],
    ),
    (Role::Cache, &["cache", "redis", "valkey", "memcache", "memcached"]),
    (Role::Dns, &["dns", "resolver", "unbound", "pdns", "powerdns"]),
    (
        Role::Mailstore,
        &["store", "mailstore", "mstore", "imapstore", "mbox", "mailbox", "backend", "cyrus", "spool"],
    ),
    (Role::Webmail, &["web", "webmail", "www", "roundcube", "sogo", "horde"]),
    (Role::Admin, &["adm", "admin", "mgmt", "management", "panel", "prov", "provisioning"]),
    (Role::Mx, &["mx", "mxin", "mailin", "inbound", "incoming", "postscreen", "antispam", "rspamd"]),
    (Role::Smtp, &["smtp", "smtps", "submission", "submit", "msa"]),
    (
        Role::ImapProxy,
        &["imap", "imaps", "pop", "proxy", "imapproxy", "popproxy", "mailproxy", "perdition", "director"],
    ),
    (Role::Routing, &["route", "router", "routing", "relay", "hub", "mta", "transport"]),
];

/// Abbreviations that also mean other things, such as places, and so count only where no word tells; the first one.
const CODES: &[(Role, &[&str])] = &[
    (Role::Mailstore, &["ms", "be"]),
    (Role::ImapProxy, &["ip", "im"]),
    (Role::Smtp, &["sm", "sub"]),
    (Role::Routing, &["rt"]),
    (Role::Webmail, &["wm", "rc"]),
    (Role::Admin, &["ad"]),
    (Role::Database, &["pg"]),
    (Role::Cache, &["ca", "mc"]),
    (Role::Dns, &["ns"]),
];

/// A guessed role, and what tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Told {
    pub(super) role: Role,
    pub(super) why: String,
}

/// The role of a host, if anything tells it.
pub(super) fn guess(name: &HostName, seen: &HostSeen) -> Option<Told> {
    let measured = by_measures(seen);
    match by_name(&name.words()) {
        Some((role, word)) => {
            let mut why = format!("\"{word}\" in the name");
            if let Some((_, sign)) = measured.filter(|(also, _)| *also == role) {
                why = format!("{why}, and {sign}");
            }
            Some(Told { role, why })
        }
        None => measured.map(|(role, sign)| Told { role, why: sign.to_owned() }),
    }
}

fn by_name(words: &[String]) -> Option<(Role, &'static str)> {
    let find = |words: &[String], told: &[&'static str]| {
        told.iter().copied().find(|word| words.iter().any(|other| other == word))
    };
    let by_word = WORDS.iter().find_map(|(role, told)| Some((*role, find(words, told)?)));
    let by_code = || {
        words
            .chunks(1)
            .find_map(|word| CODES.iter().find_map(|(role, told)| Some((*role, find(word, told)?))))
    };
    by_word.or_else(by_code)
}

fn by_measures(seen: &HostSeen) -> Option<(Role, &'static str)> {
    let measured = |measures: &[Measure]| measures.iter().any(|measure| seen.measures.contains(measure));
    if seen.most_inodes >= MANY_FILES {
        Some((Role::Mailstore, "a volume of more than a million files"))
    } else if measured(&[Measure::Mailboxes]) {
        Some((Role::Mailstore, "mailboxes are counted there"))
    } else if measured(&[Measure::QueueDepth, Measure::QueueAge]) {
        Some((Role::Routing, "it has mail queues, so it is some mail transfer agent"))
    } else if measured(&[Measure::LoadSessions]) {
        Some((Role::ImapProxy, "it has sessions, and no volume of a million files"))
    } else {
        None
    }
}
