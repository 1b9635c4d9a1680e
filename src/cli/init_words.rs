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
    let pools = if pools.is_empty() { "no pool could be guessed".to_owned() } else { pools.join(", ") };
    lines.push(format!("pools: {} ({} of {hosts} hosts)", sentence(&pools), hosts - guess.left_over.len()));
    if !guess.left_over.is_empty() {
        lines.push(format!("{} hosts are in no pool; the file names them", guess.left_over.len()));
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
