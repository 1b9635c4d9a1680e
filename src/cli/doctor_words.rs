//! What `mailtide doctor` prints for people.

use comfy_table::{ContentArrangement, Table, presets::NOTHING};

use crate::{
    pipeline::{ArchiveHealth, Diagnosis, MeasureFound, SourceHealth},
    reports::sentence,
};

/// Names of one list that are shown; more are counted.
const NAMED: usize = 20;

/// An examination: the sources, the archive, the hosts and pools that do not meet, and what to do.
pub(super) fn diagnosis_words(diagnosis: &Diagnosis) -> String {
    let mut text = String::new();
    for source in &diagnosis.sources {
        text += &of_source(source);
    }
    text += &of_archive(&diagnosis.archive);
    let lists = [
        ("hosts that no pool claims", &diagnosis.hosts_without_pool),
        ("pools without a host", &diagnosis.pools_without_hosts),
    ];
    let lists: Vec<(&str, String)> = lists
        .into_iter()
        .filter(|(_, names)| !names.is_empty())
        .map(|(what, names)| (what, listed(names)))
        .collect();
    if !lists.is_empty() {
        text += &block("pools", lists);
    }
    text + &to_do(&diagnosis.to_do)
}

fn to_do(to_do: &[String]) -> String {
    if to_do.is_empty() {
        return "All well.\n".to_owned();
    }
    let lines = to_do.iter().zip(1..).map(|(what, number)| format!("{number:3}. {}\n", sentence(what)));
    format!("To do:\n{}", lines.collect::<String>())
}

fn of_source(source: &SourceHealth) -> String {
    let mut lines: Vec<(&str, String)> = vec![("where", source.address.clone())];
    let mut tell = |what: &'static str, how: Option<String>| lines.extend(how.map(|how| (what, how)));
    tell("login", source.login.clone());
    tell(
        "answers",
        source.server.clone().or_else(|| source.login.as_ref().map(|_| answers(source).to_owned())),
    );
    tell("clock", source.clock_ahead_seconds.map(clock));
    tell("oldest", source.oldest.clone());
    tell("last pull", Some(last_pull(source)).filter(|_| source.login.is_some()));
    tell(
        "files",
        source.files.as_ref().map(|files| {
            let broken = if files.broken > 0 { format!(", {} broken", files.broken) } else { String::new() };
            let unknown = match files.unrecognised {
                0 => String::new(),
                count => format!(", {count} series not recognised"),
            };
            format!("{} read{broken}{unknown}", files.readable)
        }),
    );
    tell("hosts", source.hosts.map(|hosts| hosts.to_string()));
    for pack in &source.packs {
        let missing: Vec<&str> = pack.not_found.iter().map(|measure| measure.name()).collect();
        let missing =
            if missing.is_empty() { String::new() } else { format!("; not found: {}", missing.join(", ")) };
        lines.push((&pack.name, format!("{}{missing}", counted(&pack.found))));
    }
    if !source.measures.is_empty() {
        lines.push(("series", counted(&source.measures)));
    }
    if !source.silent_packs.is_empty() {
        lines.push(("no series for", source.silent_packs.join(", ")));
    }
    lines.extend(source.notes.iter().map(|note| ("note", note.clone())));
    lines.extend(source.problems.iter().map(|problem| ("problem", problem.clone())));
    block(&format!("source {} ({})", source.name, source.system), lines)
}

fn answers(source: &SourceHealth) -> &'static str {
    if source.reachable { "yes" } else { "no" }
}

fn clock(ahead: i64) -> String {
    match ahead {
        0 => "as this machine's".to_owned(),
        ahead if ahead > 0 => format!("{ahead} s ahead of this machine's"),
        behind => format!("{} s behind this machine's", behind.abs()),
    }
}

fn last_pull(source: &SourceHealth) -> String {
    match (&source.last_answered, &source.last_failure) {
        (None, None) => "none yet".to_owned(),
        (Some(time), None) => format!("answered in full, {time}"),
        (Some(time), Some(failure)) => format!("failed ({failure}); last answered in full {time}"),
        (None, Some(failure)) => format!("failed ({failure}); never answered in full"),
    }
}

fn of_archive(archive: &ArchiveHealth) -> String {
    let mut lines = vec![("where", format!("{} ({})", archive.location, archive.kind))];
    let state = match (archive.exists, archive.problems.is_empty()) {
        (true, true) => {
            let version = archive.schema_version.map(|version| format!(" in schema version {version}"));
            format!("opens, holds {} measures{}", archive.measures, version.unwrap_or_default())
        }
        (false, true) => "not there yet; the first `mailtide pull` makes it".to_owned(),
        (_, false) => "cannot be used as it is".to_owned(),
    };
    lines.push(("state", state));
    lines.extend(archive.problems.iter().map(|problem| ("problem", problem.clone())));
    block("archive", lines)
}

fn counted(found: &[MeasureFound]) -> String {
    let counts = found.iter().map(|found| format!("{} {}", found.measure, found.series));
    counts.collect::<Vec<_>>().join(", ")
}

fn listed(names: &[String]) -> String {
    let named = names.iter().take(NAMED).cloned().collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(NAMED) {
        0 => named,
        more => format!("{named} and {more} more"),
    }
}

/// A title, and a line for each thing to tell; labels in them are hostile.
fn block(title: &str, lines: Vec<(&str, String)>) -> String {
    let mut table = Table::new();
    table.load_style(NOTHING).set_content_arrangement(ContentArrangement::Disabled);
    for (what, how) in lines {
        table.add_row([format!(" {}", sentence(what)), sentence(&how)]);
    }
    let rows = table.to_string();
    let rows: Vec<&str> = rows.lines().map(str::trim_end).collect();
    format!("{}\n{}\n\n", sentence(title), rows.join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{pipeline::PackHealth, platform::Measure};

    fn diagnosis() -> Diagnosis {
        let found = |measure, series| MeasureFound { measure, series };
        let well = SourceHealth {
            name: "prometheus".to_owned(),
            system: "prometheus",
            address: "https://prometheus.example.net/".to_owned(),
            login: Some("user planner, password from $PROM_PASSWORD".to_owned()),
            reachable: true,
            server: Some("Prometheus 2.42.0".to_owned()),
            clock_ahead_seconds: Some(0),
            oldest: Some("2026-08-01T00:00:00Z".to_owned()),
            packs: vec![PackHealth {
                name: "node_exporter".to_owned(),
                found: vec![found(Measure::DiskSize, 12), found(Measure::DiskFree, 12)],
                not_found: vec![Measure::InodesTotal],
            }],
            silent_packs: vec!["dovecot".to_owned(), "rspamd".to_owned()],
            hosts: Some(12),
            last_answered: Some("2026-11-16T06:00:00Z".to_owned()),
            ..SourceHealth::default()
        };
        let down = SourceHealth {
            name: "graphite".to_owned(),
            system: "graphite",
            address: "http://graphite/".to_owned(),
            login: Some("none".to_owned()),
            problems: vec!["graphite: \u{1b}[31mis down; start it".to_owned()],
            ..SourceHealth::default()
        };
        Diagnosis {
            platform: "Example Mail".to_owned(),
            to_do: down.problems.clone(),
            sources: vec![well, down],
            archive: ArchiveHealth {
                location: "archive/example-mail".to_owned(),
                kind: "directory".to_owned(),
                exists: true,
                schema_version: Some(2),
                measures: 9,
                writable: Some(true),
                problems: Vec::new(),
            },
            hosts_without_pool: vec!["box".to_owned()],
            pools_without_hosts: Vec::new(),
        }
    }

    #[test]
    fn an_examination_in_words() {
        insta::assert_snapshot!(diagnosis_words(&diagnosis()), @"
        source prometheus (prometheus)
          where          https://prometheus.example.net/
          login          user planner, password from $PROM_PASSWORD
          answers        Prometheus 2.42.0
          clock          as this machine's
          oldest         2026-08-01T00:00:00Z
          last pull      answered in full, 2026-11-16T06:00:00Z
          hosts          12
          node_exporter  disk.size 12, disk.free 12; not found: inodes.total
          no series for  dovecot, rspamd

        source graphite (graphite)
          where      http://graphite/
          login      none
          answers    no
          last pull  none yet
          problem    graphite: �[31mis down; start it

        archive
          where  archive/example-mail (directory)
          state  opens, holds 9 measures in schema version 2

        pools
          hosts that no pool claims  box

        To do:
          1. graphite: �[31mis down; start it
        ");
    }

    #[test]
    fn all_well_is_said_where_nothing_is_to_do() {
        let words = diagnosis_words(&Diagnosis { to_do: Vec::new(), ..diagnosis() });
        assert!(words.ends_with("\n\nAll well.\n"), "{words}");
    }
}
