//! What `mailtide pull` prints.

use std::collections::BTreeMap;

use comfy_table::{ContentArrangement, Table, presets::NOTHING};
use serde_json::{Value, json};

use crate::pipeline::{Asked, AskedSource, LiveSourcePulled, Pulled};

/// Warnings that a terminal shows of one pull.
const LISTED: usize = 12;

/// What was read, for programs.
pub(super) fn pulled_json(pulled: &Pulled) -> Value {
    let kept = pulled.appended;
    json!({
        "files": pulled.files.len(),
        "sources": pulled.live,
        "merged": pulled.merged,
        "warnings": warnings(pulled),
        "points_new": kept.points_new,
        "points_replaced": kept.points_replaced,
        "points_same": kept.points_same,
        "series_new": kept.series_new,
        "unreadable": pulled.unreadable(),
    })
}

/// What was read, for people: a line for the files, one for each live source, and one for the archive.
pub(super) fn pulled_words(pulled: &Pulled) -> Vec<String> {
    let kept = pulled.appended;
    let files = (!pulled.files.is_empty() || pulled.live.is_empty())
        .then(|| format!("{} files read", pulled.files.len()));
    let live = pulled.live.iter().map(live_words);
    let warnings = listed(warnings(pulled).into_iter().chain(pulled.merged.iter().cloned()).collect());
    let archive = format!(
        "{} points new, {} replaced, {} already held; {} series new",
        kept.points_new, kept.points_replaced, kept.points_same, kept.series_new
    );
    files.into_iter().chain(live).chain(warnings).chain([archive]).collect()
}

/// What the sources warn of, and what else to know of them.
fn warnings(pulled: &Pulled) -> Vec<String> {
    let of_sources = pulled.live.iter().flat_map(|source| source.warnings.iter().cloned());
    let of_questions = pulled
        .questions()
        .flat_map(|question| question.warnings.iter().map(|warning| format!("{}: {warning}", question.path)));
    of_sources.chain(of_questions).collect()
}

/// The first of many; the report has them all.
fn listed(warnings: Vec<String>) -> Vec<String> {
    let more = warnings.len().saturating_sub(LISTED);
    let more = (more > 0).then(|| format!("and {more} more warnings, which the report lists"));
    warnings.into_iter().take(LISTED).map(|text| format!("warning: {text}")).chain(more).collect()
}

fn live_words(source: &LiveSourcePulled) -> String {
    let series: usize = source.questions.iter().map(|question| question.series).sum();
    let mut text = format!(
        "{} ({}): {} of {} requests answered; {series} series, {} points, {:.1} MB",
        source.name,
        source.system,
        source.answered,
        source.requests,
        source.points,
        source.bytes as f64 / 1e6
    );
    if source.price > 0.0 {
        text += &format!(", about {:.4} USD", source.price);
    }
    text
}

/// What a pull would ask: a line for each question of a source and step, since the requests themselves are many.
pub(super) fn asked_table(asked: &Asked) -> String {
    let mut table = Table::new();
    table.load_style(NOTHING).set_content_arrangement(ContentArrangement::Disabled);
    table.set_header(["source", "asks for", "from", "to", "step", "requests"]);
    for source in &asked.sources {
        for ((what, step), (from, to, requests)) in by_question(source) {
            let row = [&source.name, what, from, to, &format!("{step} s"), &requests.to_string()];
            table.add_row(row);
        }
    }
    let mut text = format!("{table}\n");
    for source in &asked.sources {
        text += &format!("{} ({}): {} requests", source.name, source.system, source.requests.len());
        if source.price > 0.0 {
            text += &format!(", about {:.4} USD", source.price);
        }
        text.push('\n');
        for problem in &source.problems {
            text += &format!("not asked: {problem}\n");
        }
    }
    if asked.sources.is_empty() {
        text += "No live source is declared: a source with `kind` and `url` is one.\n";
    }
    text
}

/// Each question and step with the first moment, the last one, and how many requests there are.
fn by_question(source: &AskedSource) -> BTreeMap<(&String, i64), (&String, &String, usize)> {
    let mut questions: BTreeMap<(&String, i64), (&String, &String, usize)> = BTreeMap::new();
    for request in &source.requests {
        let known =
            questions.entry((&request.question, request.step)).or_insert((&request.from, &request.to, 0));
        // Moments are RFC 3339 in UTC, so their texts are in the order of time.
        *known = (known.0.min(&request.from), known.1.max(&request.to), known.2 + 1);
    }
    questions
}
