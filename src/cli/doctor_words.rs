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
        (true, true) => format!("opens, holds {} measures", archive.measures),
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
