//! The direction of the house: data flows one way, and each tool lives in its room.

mod rust_tokens;

use std::{fs, path::Path};

use rust_tokens::{Token, tokens};

/// The rooms in the order of the flow; rooms of one row are siblings and do not know each other.
const ROOMS: &[&[&str]] = &[
    &["platform"],
    &["net"],
    &["sources"],
    &["archive"],
    &["series"],
    &["models"],
    &["plans"],
    &["reports", "alerts"],
    &["pipeline"],
    &["cli"],
];

/// What may stand in `src/` beside the rooms' folders.
const TOP_FILES: &[&str] = &["lib.rs", "main.rs"];

/// Crates, by the word that their paths start with, and the only places that may name them.
const TOOLS: &[(&str, &[&str])] = &[
    ("polars", &["archive/", "series/"]),
    ("plotters", &["reports/chart/"]),
    ("clap", &["cli/"]),
    ("croner", &["reports/schedule/"]),
    ("saphyr_parser", &["reports/schedule/"]),
    ("reqwest", &["net/"]),
    ("tokio", &["net/"]),
    ("backon", &["net/", "archive/", "sources/live/cloudwatch/"]),
    ("secrecy", &["net/"]),
    ("aws_config", &["net/"]),
    ("aws_sdk", &["sources/live/cloudwatch/"]),
    ("object_store", &["archive/storage/remote/"]),
];

/// The only file that reads the clock.
const CLOCK: &str = "pipeline/clock.rs";

#[test]
fn the_source_keeps_the_direction() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = 0;
    let mut violations = Vec::new();
    for entry in walkdir::WalkDir::new(&src).sort_by_file_name() {
        let entry = entry.unwrap();
        if entry.path().extension().is_some_and(|extension| extension == "rs") {
            let path = entry.path().strip_prefix(&src).unwrap().to_str().unwrap();
            violations.extend(check(path, &fs::read_to_string(entry.path()).unwrap()));
            files += 1;
        }
    }
    assert!(files > 20, "only {files} files were found under {}", src.display());
    assert!(violations.is_empty(), "\n{}\n", violations.join("\n"));
}

/// What a file does against the rules, as `src/models/a.rs:3: …`. `path` is relative to `src/`.
fn check(path: &str, text: &str) -> Vec<String> {
    let tokens = tokens(text);
    let mut violations = Vec::new();
    let mut tell = |line: usize, what: String| violations.push(format!("src/{path}:{line}: {what}"));

    let top = path.split(['/', '.']).next().unwrap_or(path);
    let is_folder = path.contains('/');
    let is_known = if is_folder { rank(top).is_some() } else { TOP_FILES.contains(&path) };
    if !is_known {
        let kind = if is_folder { "folder" } else { "file" };
        tell(1, format!("`{top}` is no room: code goes to the {kind} of the room whose word it is"));
    }
    for token in &tokens {
        for (tool, places) in TOOLS {
            let named = token.text == *tool || token.text.starts_with(&format!("{tool}_"));
            if named && !places.iter().any(|place| path.starts_with(place)) {
                tell(token.line, format!("`{tool}` lives in {}", places.join(" and ")));
            }
        }
    }
    for (at, pair) in tokens.windows(2).enumerate() {
        // `pipeline::now` and `clock::now` are how it is handed on.
        let handed = at > 0 && ["pipeline", "clock"].contains(&tokens[at - 1].text);
        if pair[0].text == "::" && pair[1].text == "now" && !handed && path != CLOCK {
            tell(pair[1].line, format!("the clock is read in {CLOCK} only, and handed on"));
        }
    }
    if let Some(own) = rank(top) {
        for (line, name) in root_names(&tokens, module_depth(path)) {
            match rank(name) {
                Some(other) if name == top || other < own => {}
                Some(other) if other == own => tell(line, format!("`{top}` names its sibling `{name}`")),
                Some(_) => tell(line, format!("`{top}` names the later `{name}`")),
                None => tell(line, format!("`crate::{name}` is no room: the crate's root holds rooms only")),
            }
        }
    }
    violations
}

/// Where a room stands in the flow.
fn rank(room: &str) -> Option<usize> {
    ROOMS.iter().position(|row| row.contains(&room))
}

/// How many `super` lead from a file's module to the crate's root.
fn module_depth(path: &str) -> usize {
    let parts = path.trim_end_matches(".rs").split('/');
    parts.filter(|part| *part != "mod").count()
}

/// What a file names at the crate's root, by `crate::`, by enough `super::`, or in a group after either.
fn root_names<'t>(tokens: &[Token<'t>], depth: usize) -> Vec<(usize, &'t str)> {
    let mut names = Vec::new();
    // The brace depths at which inline modules were opened: in one, `super` is the file's own module.
    let mut braces = 0usize;
    let mut inline: Vec<usize> = Vec::new();
    let text = |at: usize| tokens.get(at).map_or("", |token| token.text);
    let mut at = 0;
    while at < tokens.len() {
        match text(at) {
            "{" => {
                braces += 1;
                if at >= 2 && text(at - 2) == "mod" {
                    inline.push(braces);
                }
            }
            "}" => {
                inline.pop_if(|opened| *opened == braces);
                braces = braces.saturating_sub(1);
            }
            // `crate` itself under another name would hide what is named through it.
            "crate" if text(at + 1) == "as" || text(at + 1) == ";" => names.push((tokens[at].line, "as")),
            "crate" if text(at + 1) == "::" => at = follow(tokens, at + 2, 0, &mut names),
            "super" if text(at + 1) == "::" => {
                at = follow(tokens, at + 2, depth + inline.len() - 1, &mut names);
            }
            _ => {}
        }
        at += 1;
    }
    names
}

/// Follows one path, or each of a group, from what stands after a `::`; `above` modules lie between there and
/// the root. Gives the last token that it read.
fn follow<'t>(tokens: &[Token<'t>], at: usize, above: usize, names: &mut Vec<(usize, &'t str)>) -> usize {
    let Some(token) = tokens.get(at) else { return at };
    let goes_on = tokens.get(at + 1).is_some_and(|next| next.text == "::");
    match token.text {
        "super" if goes_on => follow(tokens, at + 2, above.saturating_sub(1), names),
        "self" if goes_on => follow(tokens, at + 2, above, names),
        "{" => {
            let mut end = at + 1;
            let mut nested = 0usize;
            let mut starts = true;
            while let Some(token) = tokens.get(end) {
                match token.text {
                    "}" if nested == 0 => break,
                    "}" => nested -= 1,
                    "," if nested == 0 => starts = true,
                    _ if starts => {
                        starts = false;
                        end = follow(tokens, end, above, names);
                    }
                    "{" => nested += 1,
                    _ => {}
                }
                end += 1;
            }
            end
        }
        name => {
            if above == 0 {
                names.push((token.line, name));
            }
            at
        }
    }
}

#[test]
fn a_later_room_and_a_sibling_are_caught() {
    for (path, text, found) in [
        (
            "models/growth.rs",
            "use crate::plans::Finding;",
            "src/models/growth.rs:1: `models` names the later `plans`",
        ),
        (
            "models/mod.rs",
            "\nfn f() -> crate::plans::Finding {}",
            "src/models/mod.rs:2: `models` names the later `plans`",
        ),
        (
            "sources/a.rs",
            "use crate::{\n    platform::Measure,\n    archive::{Extract, Column},\n};",
            "src/sources/a.rs:3: `sources` names the later `archive`",
        ),
        (
            "reports/html.rs",
            "use crate::alerts;",
            "src/reports/html.rs:1: `reports` names its sibling `alerts`",
        ),
        (
            "alerts/nagios.rs",
            "use crate::reports::format;",
            "src/alerts/nagios.rs:1: `alerts` names its sibling `reports`",
        ),
        ("platform/a.rs", "use crate::net::Client;", "src/platform/a.rs:1: `platform` names the later `net`"),
        ("plans/a.rs", "use crate::pipeline::run;", "src/plans/a.rs:1: `plans` names the later `pipeline`"),
        ("plans/a.rs", "use crate::cli;", "src/plans/a.rs:1: `plans` names the later `cli`"),
        ("pipeline/a.rs", "use crate::cli::Format;", "src/pipeline/a.rs:1: `pipeline` names the later `cli`"),
        (
            "series/mod.rs",
            "use super::models::Growth;",
            "src/series/mod.rs:1: `series` names the later `models`",
        ),
        (
            "series/grid.rs",
            "use super::super::models::Growth;",
            "src/series/grid.rs:1: `series` names the later `models`",
        ),
        (
            "series/grid.rs",
            "use super::{Grid, super::models::Growth};",
            "src/series/grid.rs:1: `series` names the later `models`",
        ),
        (
            "series/grid.rs",
            "mod tests {\n use super::super::super::plans::X; }",
            "src/series/grid.rs:2: `series` names the later `plans`",
        ),
        (
            "series/a.rs",
            "macro_rules! m { () => { $crate::plans::X } }",
            "src/series/a.rs:1: `series` names the later `plans`",
        ),
        (
            "series/a.rs",
            "pub(in crate::models) fn f() {}",
            "src/series/a.rs:1: `series` names the later `models`",
        ),
        (
            "series/a.rs",
            "use crate::*;",
            "src/series/a.rs:1: `crate::*` is no room: the crate's root holds rooms only",
        ),
        (
            "series/a.rs",
            "use crate as all;",
            "src/series/a.rs:1: `crate::as` is no room: the crate's root holds rooms only",
        ),
        (
            "series/a.rs",
            "use crate::Everything;",
            "src/series/a.rs:1: `crate::Everything` is no room: the crate's root holds rooms only",
        ),
    ] {
        assert_eq!(check(path, text), [found], "{text}");
    }
}

#[test]
fn what_is_no_room_and_a_tool_out_of_its_room_are_caught() {
    for (path, text, found) in [
        (
            "utils/text.rs",
            "",
            "src/utils/text.rs:1: `utils` is no room: code goes to the folder of the room whose word it is",
        ),
        (
            "pipeline.rs",
            "",
            "src/pipeline.rs:1: `pipeline` is no room: code goes to the file of the room whose word it is",
        ),
        (
            "helpers.rs",
            "",
            "src/helpers.rs:1: `helpers` is no room: code goes to the file of the room whose word it is",
        ),
        (
            "models/a.rs",
            "use polars::prelude::*;",
            "src/models/a.rs:1: `polars` lives in archive/ and series/",
        ),
        (
            "models/a.rs",
            "use polars_core::Frame;",
            "src/models/a.rs:1: `polars` lives in archive/ and series/",
        ),
        (
            "reports/html.rs",
            "use plotters::prelude::*;",
            "src/reports/html.rs:1: `plotters` lives in reports/chart/",
        ),
        ("pipeline/a.rs", "use clap::Parser;", "src/pipeline/a.rs:1: `clap` lives in cli/"),
        ("sources/a.rs", "reqwest::get()", "src/sources/a.rs:1: `reqwest` lives in net/"),
        (
            "models/a.rs",
            "\nlet t = SystemTime::now();",
            "src/models/a.rs:2: the clock is read in pipeline/clock.rs only, and handed on",
        ),
        (
            "cli/a.rs",
            "Utc::now()",
            "src/cli/a.rs:1: the clock is read in pipeline/clock.rs only, and handed on",
        ),
        (
            "series/a.rs",
            "chrono::Local::now()",
            "src/series/a.rs:1: the clock is read in pipeline/clock.rs only, and handed on",
        ),
        (
            "archive/a.rs",
            "Instant :: now ()",
            "src/archive/a.rs:1: the clock is read in pipeline/clock.rs only, and handed on",
        ),
    ] {
        assert_eq!(check(path, text), [found], "{text}");
    }
}

#[test]
fn what_keeps_the_direction_is_let_through() {
    for (path, text) in [
        ("plans/a.rs", "use crate::{models::Forecast, platform::{Pool, Measure}, plans::Finding};"),
        ("plans/a.rs", "use super::{Evidence, Finding}; pub(crate) fn f() {} pub(super) fn g() {}"),
        ("plans/a.rs", "mod tests { use super::*; use super::super::Finding; }"),
        ("plans/a.rs", "// use crate::reports;\nconst A: &str = \"crate::reports polars SystemTime::now\";"),
        ("plans/ebb/window.rs", "use super::super::Finding;"),
        ("archive/a.rs", "use polars::prelude::*;"),
        ("reports/chart/disk.rs", "use plotters::prelude::*;"),
        ("pipeline/a.rs", "use crate::{alerts, reports, plans}; use super::clock::now;"),
        ("pipeline/clock.rs", "fn f() { std::time::SystemTime::now(); }"),
        ("cli/a.rs", "use crate::pipeline; fn f() { pipeline::now(); }"),
        ("cli/args.rs", "use clap::Parser; use crate::{pipeline, platform};"),
        ("cli/run.rs", "use clap::Args; use crate::pipeline;"),
        ("lib.rs", "pub mod platform;"),
        ("main.rs", "fn main() { mailtide::cli::main() }"),
    ] {
        assert_eq!(check(path, text), Vec::<String>::new(), "{text}");
    }
}
