//! Reading where a source's history is: exported files, or a live server and how it is asked.

use super::{
    Asking, Graphite, Live, Origin, Server, System, Tier, amount, cloudwatch_fields, fields::Fields,
    server_fields, source::texts, tier_fields,
};

const HOUR: i64 = 3_600;
const DAY: i64 = 86_400;
const YEAR: i64 = 365 * DAY;

/// Fields of every live source.
const ASKING: &[&str] =
    &["step", "history", "retention", "overlap", "parallel", "timeout", "max_answer", "query"];

/// The kinds of live servers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Prometheus,
    Graphite,
    CloudWatch,
}

impl Kind {
    const ALL: &[Kind] = &[Kind::Prometheus, Kind::Graphite, Kind::CloudWatch];

    fn name(self) -> &'static str {
        match self {
            Kind::Prometheus => "prometheus",
            Kind::Graphite => "graphite",
            Kind::CloudWatch => "cloudwatch",
        }
    }

    /// Whether a source of this kind may have a field of live sources.
    fn has(self, field: &str) -> bool {
        let of_kind = match self {
            Kind::Prometheus => server_fields::ALL.contains(&field),
            Kind::Graphite => server_fields::ALL.contains(&field) || field == tier_fields::FIELD,
            Kind::CloudWatch => cloudwatch_fields::ALL.contains(&field),
        };
        of_kind || ASKING.contains(&field)
    }
}

/// Reads where the history is; `None` where it has been refused.
pub(super) fn read(fields: &mut Fields<'_>) -> Option<Origin> {
    refuse_secrets(fields);
    let kind = fields.choice("kind", "a kind of live server", Kind::ALL, Kind::name);
    if !fields.has("kind") {
        refuse_strangers(fields, |_| false, "says nothing without `kind`");
        return read_files(fields);
    }
    if fields.take("files").is_some() {
        let remedy = "remove one of the two: a source is exported files or a live server";
        fields.refuse("files", "cannot stand beside `kind`", remedy);
    }
    let Some(kind) = kind else {
        // What the other fields say cannot be judged.
        refuse_strangers(fields, |_| true, "");
        return None;
    };
    let problem = format!("is no field of kind = \"{}\"", kind.name());
    refuse_strangers(fields, |field| kind.has(field), &problem);
    let asking = read_asking(fields, kind);
    let query = fields.text("query").map(toml::Spanned::into_inner);
    match (fields.has("measure"), fields.has("query")) {
        (true, false) => fields.require("query", "what to ask the server for `measure`, in its own language"),
        (false, true) => {
            let remedy = "declare the measure of its answer, or remove the field";
            fields.refuse("query", "says nothing without `measure`", remedy);
        }
        _ => {}
    }
    let system = match kind {
        Kind::Prometheus => server_fields::read(fields).map(System::Prometheus),
        Kind::Graphite => graphite(server_fields::read(fields), tier_fields::read(fields)),
        Kind::CloudWatch => Some(System::CloudWatch(cloudwatch_fields::read(fields))),
    };
    Some(Origin::Live(Box::new(Live { system: system?, asking, query })))
}

fn graphite(server: Option<Server>, tiers: Vec<Tier>) -> Option<System> {
    server.map(|server| System::Graphite(Graphite { server, tiers }))
}

fn read_files(fields: &mut Fields<'_>) -> Option<Origin> {
    fields.require(
        "files",
        "a list of paths, globs or directories, relative to this file; or `kind` for a live server",
    );
    let files = texts(fields, "files");
    if files.as_ref().is_some_and(Vec::is_empty) {
        fields.refuse("files", "names no file", "legal: paths, globs or directories, relative to this file");
    }
    files.map(Origin::Files)
}

/// Secrets in the file are refused by the name of their field; their text is not looked at.
fn refuse_secrets(fields: &mut Fields<'_>) {
    for (field, places) in
        [("password", "password_env or password_file"), ("token", "token_env or token_file")]
    {
        if fields.has(field) {
            fields.take(field);
            let remedy = format!("use {places}, and change the secret if others have seen this file");
            fields.refuse(field, "secrets never stand in this file", remedy);
        }
    }
}

/// Refuses the fields of live sources that do not `belong`; those that are not there are not mentioned.
fn refuse_strangers(fields: &mut Fields<'_>, belongs: impl Fn(&str) -> bool, problem: &str) {
    let of_kinds = [ASKING, server_fields::ALL, &[tier_fields::FIELD], cloudwatch_fields::ALL];
    for field in of_kinds.into_iter().flatten().copied().filter(|field| fields.has(field)).collect::<Vec<_>>()
    {
        fields.take(field);
        if !belongs(field) {
            let kinds = Kind::ALL.iter().filter(|kind| kind.has(field)).map(|kind| kind.name());
            let kinds = kinds.collect::<Vec<_>>().join(", ");
            fields.refuse(field, problem, format!("legal with kind: {kinds}"));
        }
    }
}

/// What is asked where the file does not say: an hour is what a plan over months needs, and what Prometheus
/// answers for a year in one answer; Graphite and CloudWatch coarsen with age by themselves, so the finest that
/// each age still has is asked for. A first pull goes back 400 days, a year and a month, and as far as
/// CloudWatch keeps anything.
fn read_asking(fields: &mut Fields<'_>, kind: Kind) -> Asking {
    let is_cloudwatch = kind == Kind::CloudWatch;
    let step = read_step(fields, is_cloudwatch).unwrap_or(match kind {
        Kind::Prometheus => HOUR,
        Kind::Graphite | Kind::CloudWatch => 60,
    });
    let history = amount::read_seconds(fields, "history", DAY..=20 * YEAR, "1d to 20y");
    let retention = amount::read_seconds(fields, "retention", HOUR..=100 * YEAR, "1h to 100y");
    let overlap = amount::read_seconds(fields, "overlap", 0..=30 * DAY, "0s to 30d");
    let timeout = amount::read_seconds(fields, "timeout", 1..=HOUR, "1s to 1h");
    let largest = amount::read_bytes(fields, "max_answer", 1 << 20..=16 << 30, "1MiB to 16GiB");
    let parallel =
        fields.number("parallel", "a number of requests", "a whole number from 1 to 64", |parallel| {
            parallel.fract() == 0.0 && (1.0..=64.0).contains(&parallel)
        });
    Asking {
        step,
        history_days: days(history.unwrap_or(if is_cloudwatch { CLOUDWATCH_KEEPS } else { 400 * DAY })),
        retention_days: retention.or(is_cloudwatch.then_some(CLOUDWATCH_KEEPS)).map(days),
        overlap: overlap.unwrap_or(LATEST_SAMPLE.max(2 * step)),
        // The check above makes the conversion exact.
        parallel: parallel.map_or(4, |parallel| parallel as usize),
        timeout: timeout.unwrap_or(60),
        largest_answer: largest.unwrap_or(256 << 20),
    }
}

/// CloudWatch keeps hourly values for 455 days (user guide, "Metrics retention").
const CLOUDWATCH_KEEPS: i64 = 455 * DAY;

/// How late a sample may come: Prometheus' remote write catches up from a log that holds two hours, and CloudWatch
/// may take two hours for values of the same day (its API reference, `GetMetricData`). Two steps, where they are
/// longer, so that the last one asked for is asked again when it is over.
const LATEST_SAMPLE: i64 = 2 * HOUR;

/// Reads `step`: a part of a day, so that the times of every pull are the same.
fn read_step(fields: &mut Fields<'_>, is_cloudwatch: bool) -> Option<i64> {
    let step = amount::read_seconds(fields, "step", 1..=DAY, STEPS)?;
    if DAY % step != 0 {
        fields.refuse(
            "step",
            "does not divide a day, so repeated pulls would not meet",
            format!("legal: {STEPS}"),
        );
        return None;
    }
    // Periods of `GetMetricData`: 1, 5, 10, 20 and 30 s, and whole minutes.
    if is_cloudwatch && step % 60 != 0 && ![1, 5, 10, 20, 30].contains(&step) {
        fields.refuse(
            "step",
            "is no period of CloudWatch",
            "legal: 1s, 5s, 10s, 20s, 30s, or minutes that divide a day",
        );
        return None;
    }
    Some(step)
}

const STEPS: &str = "a part of a day, such as 10s, 1m, 5m, 1h or 1d";

fn days(seconds: i64) -> f64 {
    seconds as f64 / DAY as f64
}
