use std::path::Path;

use super::*;
use crate::platform::{ConfigErrors, Platform};

const REST: &str = "[platform]\nname = \"A\"\ntimezone = \"UTC\"\ncurrency = \"EUR\"\n\
    [[source]]\nname = \"files\"\nfiles = [\"exports\"]\n\
    [[pool]]\nname = \"mailstore\"\nrole = \"mailstore\"\nhosts = [\"ms*\"]\n\
    [[pool]]\nname = \"logs\"\nrole = \"admin\"\nhosts = [\"log*\"]\n";

fn parse(tables: &str) -> Result<Platform, ConfigErrors> {
    Platform::parse(&format!("{REST}{tables}"), Path::new("platform.toml"))
}

/// One `[[planned]]`, at line 16, with name and date, and with these lines, of which the first is line 19.
fn planned(lines: &str) -> Result<Planned, String> {
    let tables = format!("[[planned]]\nname = \"it\"\ndate = 2027-01-15\n{lines}");
    parse(&tables).map(|platform| platform.planned[0].clone()).map_err(|errors| errors.to_string())
}

#[test]
fn each_kind_becomes_what_it_says() {
    let volume = Target::Volume { host: "log01".to_owned(), volume: "/var/log".to_owned() };
    for (lines, target, what) in [
        (
            "kind = \"move_in\"\npool = \"mailstore\"\nbytes = \"2TB\"\n",
            Target::Pool("mailstore".to_owned()),
            Undertaking::MoveIn(Load::Bytes(2e12)),
        ),
        (
            "kind = \"move_in\"\npool = \"mailstore\"\nmailboxes = 40_000\n",
            Target::Pool("mailstore".to_owned()),
            Undertaking::MoveIn(Load::Mailboxes { count: 40_000.0, bytes_each: None }),
        ),
        (
            "kind = \"move_out\"\nhost = \"ms03\"\nmailboxes = 10\nbytes_per_mailbox = \"250MB\"\n",
            Target::Host("ms03".to_owned()),
            Undertaking::MoveOut(Load::Mailboxes { count: 10.0, bytes_each: Some(2.5e8) }),
        ),
        (
            "kind = \"capacity\"\nhost = \"log01\"\nvolume = \"/var/log\"\nbytes = \"1TiB\"\n",
            volume.clone(),
            Undertaking::Capacity(1_099_511_627_776.0),
        ),
        (
            "kind = \"decommission\"\npool = \"logs\"\nbytes = \"500GB\"\n",
            Target::Pool("logs".to_owned()),
            Undertaking::Decommission(5e11),
        ),
        (
            "kind = \"purge\"\npool = \"mailstore\"\nshare = 0.05\nevery_days = 30\n",
            Target::Pool("mailstore".to_owned()),
            Undertaking::Purge { takes: Takes::Share(0.05), every_days: Some(30) },
        ),
        (
            "kind = \"purge\"\npool = \"mailstore\"\nbytes = \"100GB\"\n",
            Target::Pool("mailstore".to_owned()),
            Undertaking::Purge { takes: Takes::Bytes(1e11), every_days: None },
        ),
        (
            "kind = \"retention\"\nhost = \"log01\"\nvolume = \"/var/log\"\nkeep_days = 90\nbytes_per_day = \"4GB\"\n",
            volume,
            Undertaking::Retention { keep_days: 90.0, bytes_per_day: 4e9 },
        ),
        (
            "kind = \"growth\"\nfactor = 1.3\nto = 2027-03-31\n",
            Target::Everywhere,
            Undertaking::Growth { factor: 1.3, to: "2027-03-31".parse().ok() },
        ),
    ] {
        let date = "2027-01-15".parse().unwrap();
        assert_eq!(planned(lines), Ok(Planned { name: "it".to_owned(), date, target, what }), "{lines}");
    }
}

#[test]
fn each_mistake_is_told_with_its_line_and_what_is_legal() {
    const BYTES: &str = "a number and a unit (B, kB, MB, GB, TB, PB, KiB, MiB, GiB, TiB, PiB), such as \"2.5TB\", at \
                         most 1000PB";
    for (lines, told) in [
        (
            "kind = \"move\"\npool = \"logs\"\nbytes = \"1TB\"\n",
            "19: planned \"it\": kind: \"move\" is not something that can be planned; did you mean move_in or move_out? \
             legal: move_in, move_out, capacity, decommission, purge, retention, growth"
                .to_owned(),
        ),
        (
            "kind = \"move_in\"\nbytes = \"1TB\"\n",
            "16: planned \"it\": pool: is missing; legal: a pool of this file (logs, mailstore), or host and volume"
                .to_owned(),
        ),
        (
            "kind = \"move_in\"\npool = \"log\"\nbytes = \"1TB\"\n",
            "20: planned \"it\": pool: \"log\" is not a pool of this file; did you mean logs? legal: logs, mailstore"
                .to_owned(),
        ),
        (
            "kind = \"move_in\"\npool = \"logs\"\nhost = \"ms01\"\nbytes = \"1TB\"\n",
            "21: planned \"it\": host: stands beside pool; legal: one of pool and host".to_owned(),
        ),
        (
            "kind = \"move_in\"\npool = \"logs\"\nvolume = \"/\"\nbytes = \"1TB\"\n",
            "21: planned \"it\": volume: stands without host; legal: with the host that it is mounted on".to_owned(),
        ),
        (
            "kind = \"move_in\"\npool = \"logs\"\n",
            "16: planned \"it\": bytes: is missing; legal: one of bytes and mailboxes".to_owned(),
        ),
        (
            "kind = \"move_in\"\npool = \"logs\"\nbytes = \"1TB\"\nmailboxes = 7\n",
            "22: planned \"it\": mailboxes: stands beside bytes; legal: one of bytes and mailboxes".to_owned(),
        ),
        (
            "kind = \"move_in\"\npool = \"logs\"\nbytes = 1_000\n",
            format!("21: planned \"it\": bytes: 1000 is not an amount of bytes; legal: {BYTES}"),
        ),
        (
            "kind = \"move_out\"\npool = \"logs\"\nbytes = \"-1TB\"\n",
            format!("21: planned \"it\": bytes: \"-1TB\" is not an amount of bytes; legal: {BYTES}"),
        ),
        (
            "kind = \"move_in\"\npool = \"logs\"\nmailboxes = 1.5\n",
            "21: planned \"it\": mailboxes: 1.5 is not a number of mailboxes; legal: a whole number from 1 to 1000000000"
                .to_owned(),
        ),
        (
            "kind = \"move_in\"\npool = \"logs\"\nbytes = \"1TB\"\nbytes_per_mailbox = \"1MB\"\n",
            "22: planned \"it\": bytes_per_mailbox: stands without mailboxes; legal: with mailboxes".to_owned(),
        ),
        (
            "kind = \"capacity\"\npool = \"logs\"\nmailboxes = 7\n",
            format!(
                "16: planned \"it\": bytes: is missing; legal: {BYTES}\nplatform.toml:21: planned \"it\": mailboxes: says \
                 nothing of kind = \"capacity\"; legal with: move_in, move_out"
            ),
        ),
        (
            "kind = \"purge\"\npool = \"logs\"\nshare = 5\n",
            "21: planned \"it\": share: 5 is not a share of what is there; legal: more than 0, at most 1".to_owned(),
        ),
        (
            "kind = \"purge\"\npool = \"logs\"\nshare = 0.1\nevery_days = 0\n",
            "22: planned \"it\": every_days: 0 is not a number of days; legal: a whole number from 1 to 3650".to_owned(),
        ),
        (
            "kind = \"purge\"\npool = \"logs\"\n",
            "16: planned \"it\": bytes: is missing; legal: one of bytes and share".to_owned(),
        ),
        (
            "kind = \"retention\"\npool = \"logs\"\nkeep_days = \"90\"\n",
            format!(
                "16: planned \"it\": bytes_per_day: is missing; legal: {BYTES}\nplatform.toml:21: planned \"it\": \
                 keep_days: \"90\" is not a number of days; legal: a whole number from 1 to 3650"
            ),
        ),
        (
            "kind = \"growth\"\n",
            "16: planned \"it\": factor: is missing; legal: more than 0, at most 100; 1 is as it is".to_owned(),
        ),
        (
            "kind = \"growth\"\nfactor = -1\n",
            "20: planned \"it\": factor: -1 is not a factor of growth; legal: more than 0, at most 100; 1 is as it is"
                .to_owned(),
        ),
        (
            "kind = \"growth\"\nfactor = 2\nto = 2027-01-14\n",
            "21: planned \"it\": to: 2027-01-14 is before date = 2027-01-15; legal: 2027-01-15 or later".to_owned(),
        ),
        (
            "kind = \"growth\"\nfactor = 2\nuntil = 2027-02-14\n",
            "21: planned \"it\": until: is not a field here; legal: name, kind, date, pool, host, volume, bytes, \
             mailboxes, bytes_per_mailbox, share, every_days, keep_days, bytes_per_day, factor, to"
                .to_owned(),
        ),
    ] {
        assert_eq!(planned(lines), Err(format!("platform.toml:{told}")), "{lines}");
    }
}

#[test]
fn what_every_kind_needs_is_asked_for_at_once() {
    let told = parse("[[planned]]\nbytes = \"1TB\"\n").unwrap_err().to_string();
    let lines: Vec<&str> = told.lines().collect();
    assert_eq!(
        lines,
        [
            "platform.toml:16: planned 1: name: is missing; legal: a name for the reports, in quotes",
            "platform.toml:16: planned 1: kind: is missing; legal: move_in, move_out, capacity, decommission, purge, \
             retention, growth",
            "platform.toml:16: planned 1: date: is missing; legal: the day from which it holds, as in 2027-01-15",
        ]
    );
    let bad = "name = \"it\"\nkind = \"growth\"\nfactor = 2\ndate = \"2027-02-30\"\n";
    assert_eq!(
        parse(&format!("[[planned]]\n{bad}")).unwrap_err().to_string(),
        "platform.toml:20: planned \"it\": date: \"2027-02-30\" is not a day; legal: a day of the calendar, as in 2026-12-24"
    );
}
