//! Loading `platform.toml`: the whole file is read and checked, and all its mistakes are told at once.

use std::{fs, io, path::Path, path::PathBuf};

use chrono_tz::{TZ_VARIANTS, Tz};
use toml::de::DeTable;

use super::{
    ArchiveSettings, Calendar, ConfigError, ConfigErrors, Limit, OneOrAll, Planned, Platform, Pool,
    ReportSettings, Scenario, Source, document::Document, fields::Fields, nearest::nearest,
    schedule_targets::refuse_shared_targets, wording::quoted,
};

impl Platform {
    /// Reads and checks a platform file.
    ///
    /// # Errors
    /// All mistakes of the file, or why it cannot be read, each with what to do.
    pub fn load(path: &Path) -> Result<Platform, ConfigErrors> {
        let bytes = fs::read(path).map_err(|error| unreadable(path, &error))?;
        let text = String::from_utf8(bytes).map_err(|error| {
            let valid = error.utf8_error().valid_up_to();
            let line = 1 + error.as_bytes().iter().take(valid).filter(|byte| **byte == b'\n').count();
            let problem = format!("byte {valid} of the file is not UTF-8");
            whole_file(path, Some(line), problem, "save the file as UTF-8")
        })?;
        Platform::parse(&text, path)
    }

    /// Checks the text of a platform file; `path` is where it is from, for messages and relative paths.
    ///
    /// # Errors
    /// All mistakes of the text, in the order of its lines. Text that is not TOML is refused for that alone.
    pub fn parse(text: &str, path: &Path) -> Result<Platform, ConfigErrors> {
        let document = Document::new(path.display().to_string(), text);
        let (tree, syntax) = DeTable::parse_recoverable(text);
        if !syntax.is_empty() {
            syntax.iter().for_each(|error| document.refuse_syntax(error));
            return Err(ConfigErrors(document.into_errors()));
        }
        let platform = read(Fields::top(&document, tree.get_ref()), directory_of(path));
        match (platform, document.into_errors()) {
            (Some(platform), errors) if errors.is_empty() => Ok(platform),
            (_, errors) => Err(ConfigErrors(errors)),
        }
    }
}

/// Reads the whole file; `None` where a part that it cannot do without has been refused.
fn read(mut top: Fields<'_>, directory: PathBuf) -> Option<Platform> {
    let document = top.document();
    top.require("platform", "a table with name, timezone and currency");
    for field in ["source", "pool"].into_iter().filter(|field| !top.has(field)) {
        top.refuse("", format!("there is no {field}"), format!("declare at least one [[{field}]]"));
    }
    let general = top.sub_table("platform").and_then(General::read);

    let tables = top.sub_tables("source");
    refuse_same_names("source", &tables);
    let sources = tables.into_iter().filter_map(Source::read).collect();

    let tables = top.sub_tables("pool");
    refuse_same_names("pool", &tables);
    let mut names: Vec<&str> = tables.iter().filter_map(Fields::own_name).collect();
    names.sort_unstable();
    names.dedup();
    let offsets_of = |field| tables.iter().map(|table| table.offset_of(field)).collect::<Vec<usize>>();
    let (hosts, schedules) = (offsets_of("hosts"), offsets_of("schedule"));
    let roles = OneOrAll::read_roles(top.sub_tables("role"));
    let pools: Vec<Option<Pool>> = tables.into_iter().map(|fields| Pool::read(fields, &roles)).collect();
    refuse_shared_hosts(document, &pools, &hosts);
    refuse_shared_targets(document, &pools, &schedules);

    let limits = read_limits(top.sub_tables("limit"), &names);
    let calendar = top.sub_table("calendar").map(|fields| Calendar::read(fields, &names)).unwrap_or_default();
    let tables = top.sub_tables("planned");
    refuse_same_names("planned", &tables);
    let planned_names: Vec<&str> = tables.iter().filter_map(Fields::own_name).collect();
    let planned = tables.into_iter().filter_map(|fields| Planned::read(fields, &names)).collect();
    let tables = top.sub_tables("scenario");
    refuse_same_names("scenario", &tables);
    let scenarios =
        tables.into_iter().filter_map(|fields| Scenario::read(fields, &names, &planned_names)).collect();
    let report = top.sub_table("report").map(ReportSettings::read).unwrap_or_default();
    let archive = top.sub_table("archive").map(ArchiveSettings::read).unwrap_or_default();
    top.finish();

    let General { name, timezone, currency, queries } = general?;
    let pools = pools.into_iter().flatten().collect();
    Some(Platform {
        name,
        timezone,
        currency,
        queries,
        sources,
        pools,
        limits,
        calendar,
        planned,
        scenarios,
        report,
        archive,
        directory,
    })
}

/// The table `[platform]`.
struct General {
    name: String,
    timezone: Tz,
    currency: String,
    queries: Option<PathBuf>,
}

impl General {
    fn read(mut fields: Fields<'_>) -> Option<General> {
        fields.require("name", "a name for the reports, in quotes");
        fields.require("timezone", "an IANA time zone, such as \"Europe/Berlin\"");
        fields.require("currency", "an ISO 4217 code, such as \"EUR\"");
        let name = fields.text("name").map(toml::Spanned::into_inner);
        let timezone = read_timezone(&mut fields);
        let currency = fields.text("currency").map(toml::Spanned::into_inner);
        // ISO 4217 codes are three capital letters.
        let is_code = |text: &str| text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_uppercase());
        if let Some(bad) = currency.as_deref().filter(|currency| !is_code(currency)) {
            let problem = format!("{} is not a currency", quoted(bad));
            fields.refuse("currency", problem, "legal: an ISO 4217 code of three capitals, such as EUR");
        }
        let queries = fields.text("queries").map(|folder| PathBuf::from(folder.into_inner()));
        fields.finish();
        Some(General { name: name?, timezone: timezone?, currency: currency?, queries })
    }
}

/// `timezone`; `None` where it is absent or refused.
pub(super) fn read_timezone(fields: &mut Fields<'_>) -> Option<Tz> {
    let text = fields.text("timezone")?.into_inner();
    let zone = text.parse::<Tz>().ok();
    if zone.is_none() {
        let near = nearest(&text, TZ_VARIANTS.iter().map(|zone| zone.name()));
        let remedy = match near.as_slice() {
            [] => "legal: an IANA name, such as Europe/Berlin or America/New_York".to_owned(),
            names => format!("nearest: {}", names.join(", ")),
        };
        fields.refuse("timezone", format!("{} is not an IANA time zone", quoted(&text)), remedy);
    }
    zone
}

fn read_limits(tables: Vec<Fields<'_>>, pools: &[&str]) -> Vec<Limit> {
    let mut limits: Vec<(Limit, usize)> = Vec::new();
    for mut fields in tables {
        let limit = Limit::read(&mut fields, pools);
        if let Some(limit) = limit {
            let line = fields.document().line(fields.offset());
            match limits.iter().find(|(earlier, _)| earlier.same_selection(&limit)) {
                Some((_, at)) => {
                    let problem = format!("selects the same as the limit at line {at}");
                    fields.refuse("", problem, "remove one, or select by probe, queue or pool");
                }
                None => limits.push((limit, line)),
            }
        }
        fields.finish();
    }
    limits.into_iter().map(|(limit, _)| limit).collect()
}

/// Refuses a table that has the name of an earlier one.
fn refuse_same_names(kind: &str, tables: &[Fields<'_>]) {
    for (i, table) in tables.iter().enumerate() {
        let Some(name) = table.own_name() else { continue };
        let mut earlier = tables.iter().take(i);
        if let Some(first) = earlier.find(|first| first.own_name() == Some(name)) {
            let line = table.document().line(first.offset());
            let problem = format!("is taken by the {kind} at line {line}");
            table.refuse("name", problem, "legal: a name of its own");
        }
    }
}

/// Refuses two pools that can have a host in common; `offsets` are where their patterns stand.
fn refuse_shared_hosts(document: &Document<'_>, pools: &[Option<Pool>], offsets: &[usize]) {
    let pools = pools.iter().zip(offsets);
    let pools: Vec<(&Pool, usize)> = pools.filter_map(|(pool, at)| Some((pool.as_ref()?, *at))).collect();
    for (i, (later, offset)) in pools.iter().enumerate() {
        for (earlier, _) in pools.iter().take(i) {
            let pairs = later.hosts.iter().flat_map(|a| earlier.hosts.iter().map(move |b| (a, b)));
            let shared = pairs.filter_map(|(a, b)| Some((a, b, a.common_host(b)?))).next();
            if let Some((a, b, host)) = shared {
                let other = quoted(&earlier.name);
                let problem = format!("\"{a}\" and \"{b}\" of pool {other} both match the host \"{host}\"");
                let table = format!("pool {}", quoted(&later.name));
                document.refuse(*offset, &table, "hosts", problem, "each host belongs to one pool at most");
            }
        }
    }
}

fn directory_of(path: &Path) -> PathBuf {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent.to_owned(),
        _ => PathBuf::from("."),
    }
}

fn unreadable(path: &Path, error: &io::Error) -> ConfigErrors {
    let (problem, remedy) = match error.kind() {
        io::ErrorKind::NotFound => (
            "there is no such file".to_owned(),
            "name yours with `--platform FILE`, or have one written from what your servers hold: `mailtide init --help`",
        ),
        io::ErrorKind::IsADirectory => (
            "is a directory".to_owned(),
            "name the file in it, as in `mailtide run --platform DIRECTORY/platform.toml`",
        ),
        _ => (format!("cannot be read: {error}"), "make it readable for the user who runs mailtide"),
    };
    whole_file(path, None, problem, remedy)
}

fn whole_file(path: &Path, line: Option<usize>, problem: String, remedy: &str) -> ConfigErrors {
    ConfigErrors(vec![ConfigError {
        file: path.display().to_string(),
        line,
        column: None,
        table: String::new(),
        field: String::new(),
        problem,
        remedy: remedy.to_owned(),
    }])
}

#[cfg(test)]
mod live_tests;
#[cfg(test)]
mod tests;
