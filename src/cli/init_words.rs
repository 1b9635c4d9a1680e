//! What `mailtide init` says.

use std::path::Path;

use crate::{
    pipeline::{FoundSource, Surroundings},
    platform::Guess,
    reports::sentence,
};

/// Where nothing to ask was named.
pub(super) const NOTHING_NAMED: &str =
    "error: name what has the history: a server, or exported files. For example:
  mailtide init --prometheus http://prometheus.example.net:9090 --name \"Example Mail\"
  mailtide init --graphite https://graphite.example.net --user planner --password-env GRAPHITE_PASSWORD
  mailtide init --cloudwatch eu-central-1 --files exports";

/// What was found, a line for each source and one for the file.
pub(super) fn found_words(surroundings: &Surroundings, guess: &Guess, path: &Path) -> Vec<String> {
    let mut lines: Vec<String> = surroundings.sources.iter().map(of_source).collect();
    lines.extend(problems(surroundings));
    let hosts = surroundings.hosts.len();
    let pools: Vec<&str> = guess.pools.iter().map(|pool| pool.name.as_str()).collect();
    let left = guess.left_over.len();
    if pools.is_empty() {
        lines.push("pools: nothing told what any host does, so one pool has them all".to_owned());
    } else {
        let pools = sentence(&pools.join(", "));
        lines.push(format!("pools: {pools} ({} of {hosts} hosts)", hosts.saturating_sub(left)));
    }
    if left > 0 {
        lines.push(format!("hosts of which nothing told what they do: {left}; the file names them"));
    }
    let option = if path == Path::new("platform.toml") {
        String::new()
    } else {
        format!(" --platform {}", path.display())
    };
    lines.push(format!("wrote {}. Look it over, then:", path.display()));
    lines.push(format!("  mailtide doctor{option}"));
    lines.push(format!("  mailtide run{option}"));
    lines
}

/// What was not answered, each with the next step.
pub(super) fn problems(surroundings: &Surroundings) -> Vec<String> {
    let problems = surroundings.sources.iter().flat_map(|source| &source.problems);
    problems.map(|problem| format!("not read: {}", sentence(problem))).collect()
}

fn of_source(source: &FoundSource) -> String {
    let packs: Vec<String> = source.packs.iter().map(|(pack, series)| format!("{pack} {series}")).collect();
    let packs = if packs.is_empty() { String::new() } else { format!(" ({})", packs.join(", ")) };
    let price =
        if source.price > 0.0 { format!(", for about {:.2} USD", source.price) } else { String::new() };
    format!("{}: {} series of {} hosts{packs}{price}", source.name, source.series, source.hosts)
}
