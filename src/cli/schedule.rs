//! `mailtide schedule`: what is planned, written for the tools that execute it, and compared with what is in force.

use std::{fs::File, io::Read, path::Path};

use anyhow::{Context as _, bail};
use serde_json::{Value, json};

use super::{
    exit::Exit,
    job::Format,
    progress::Bar,
    schedule_args::{As, Expires, ScheduleArgs},
    stdio::{out, say},
};
use crate::{
    pipeline::{self, PipelineError, Places, Schedules},
    plans::{Context, Handover, NoHandover, days_after},
    platform::Platform,
    reports::{
        InForce, ScheduleError, ScheduleFormat, Written, comparison_json, comparison_table, matched,
        one_line, read_in_force, save_schedules, schedules_json, schedules_table, write_schedule,
    },
};

/// Bytes of a file in force that are read: more than any is taken for one.
const LARGEST: u64 = 17 * 1024 * 1024;

/// Runs the command.
pub(super) fn schedule(asked: &ScheduleArgs, bar: &Bar) -> anyhow::Result<Exit> {
    let platform = Platform::load(&asked.platform).map_err(PipelineError::from)?;
    // Nothing is written below the reports' directory.
    let places =
        Places::of(&platform, asked.archive.as_deref(), Path::new("out")).map_err(PipelineError::from)?;
    let as_of = asked.as_of.map_or_else(pipeline::now, |as_of| as_of.moment(platform.timezone));
    if let Some(unknown) = asked.pools.iter().find(|name| platform.pool(name).is_none()) {
        let names: Vec<String> = platform.pools.iter().map(|pool| one_line(&pool.name, 60)).collect();
        say(&format!("error: there is no pool {:?}; legal: {}", one_line(unknown, 60), names.join(", ")));
        return Ok(Exit::BadConfiguration);
    }
    let context = Context::new(&platform, as_of);
    let expires = match asked.expires {
        None => None,
        Some(Expires::Day(date)) => Some(date),
        Some(Expires::After(days)) => {
            Some(days_after(&context, days).context("--expires is beyond the calendar")?)
        }
    };
    // Before the archive is read: a file that cannot be read needs no plan.
    let in_force = read_files(asked, &platform)?;
    let found = pipeline::schedules(&platform, &places, as_of, expires, bar)?;
    bar.clear();
    let found = selected(found, asked, &platform)?;

    let files = match written(asked, &found.schedules, &platform) {
        Ok(files) => files,
        Err(errors) => {
            errors.iter().for_each(|error| say(&format!("error: {error}")));
            return Ok(Exit::BadConfiguration);
        }
    };
    let to_stdout = !asked.formats.is_empty() && asked.out.is_none();
    if to_stdout && (files.len() > 1 || !in_force.is_empty()) {
        say(&format!(
            "error: {} files cannot all go to stdout; name a directory with --out, or one --as and one --pool",
            files.len() + in_force.len()
        ));
        return Ok(Exit::BadConfiguration);
    }
    for file in &files {
        file.cautions.iter().for_each(|caution| say(&format!("{}: {caution}", file.file)));
    }
    match (&asked.out, files.as_slice()) {
        (Some(directory), _) if !asked.formats.is_empty() => {
            let paths = save_schedules(&files, directory)?;
            paths.iter().for_each(|path| say(&format!("wrote {}", path.display())));
        }
        (None, [file]) => out(&file.text)?,
        _ => {}
    }
    tell_left_over(asked, &found);
    if !asked.in_force.is_empty() {
        return compare(asked, &in_force, &platform, &found);
    }
    if asked.formats.is_empty() {
        print(asked, &found)?;
    }
    Ok(Exit::Done)
}

fn print(asked: &ScheduleArgs, found: &Schedules) -> anyhow::Result<()> {
    let without: Vec<(String, String)> =
        found.without.iter().map(|(pool, none)| (pool.clone(), reason(none).to_owned())).collect();
    let text = match asked.format {
        Format::Json => schedules_json(&found.schedules, &without),
        Format::Table => schedules_table(&found.schedules),
    };
    Ok(out(&text)?)
}

/// The pools asked for; one that was named and has nothing to hand over is an error.
fn selected(found: Schedules, asked: &ScheduleArgs, platform: &Platform) -> anyhow::Result<Schedules> {
    let named = |pool: &String| asked.pools.is_empty() || asked.pools.contains(pool);
    let scales_out = |pool: &String| platform.pool(pool).is_some_and(|pool| pool.scales_out);
    let schedules: Vec<Handover> = found.schedules.into_iter().filter(|s| named(&s.pool)).collect();
    let mut without = found.without;
    without.retain(|(pool, _)| named(pool) && (!asked.pools.is_empty() || scales_out(pool)));
    for (pool, none) in &without {
        let why = format!("nothing to hand over of pool {}: {}", one_line(pool, 60), reason(none));
        // With a file in force, that nothing is planned any more is an answer.
        let refused = matches!(none, NoHandover::NoExpiry(_)) || !asked.pools.is_empty();
        if refused && asked.in_force.is_empty() {
            bail!(why);
        }
        say(&why);
    }
    if schedules.is_empty() && without.is_empty() {
        say("nothing to hand over: no pool is declared to scale out");
    }
    Ok(Schedules { schedules, without })
}

fn reason(none: &NoHandover) -> &str {
    match none {
        NoHandover::NoEbb(why) | NoHandover::NoExpiry(why) => why,
    }
}

/// Every file asked for, or all that stands against them.
fn written(
    asked: &ScheduleArgs,
    schedules: &[Handover],
    platform: &Platform,
) -> Result<Vec<Written>, Vec<ScheduleError>> {
    let all = asked.formats.contains(&As::All);
    let formats = formats(asked);
    let (mut files, mut errors) = (Vec::new(), Vec::new());
    for schedule in schedules {
        let Some(pool) = platform.pool(&schedule.pool) else { continue };
        for &format in &formats {
            let asked_for = !all || asked.formats.contains(&As::One(format));
            match write_schedule(format, schedule, &pool.schedule) {
                Ok(file) => files.push(file),
                Err(error) if asked_for => errors.push(error),
                // Of all formats, those without a target are not meant.
                Err(ScheduleError::NoTarget { .. }) => {}
                Err(error) => say(&format!("not written: {error}")),
            }
        }
    }
    if errors.is_empty() { Ok(files) } else { Err(errors) }
}

/// The formats asked for, each once.
fn formats(asked: &ScheduleArgs) -> Vec<ScheduleFormat> {
    let each = asked.formats.iter().flat_map(|format| match format {
        As::One(format) => vec![*format],
        As::All => ScheduleFormat::ALL.to_vec(),
    });
    let mut formats: Vec<ScheduleFormat> = each.collect();
    formats.sort_unstable();
    formats.dedup();
    formats
}

/// Files of an earlier plan for pools that have none any more: they stay, and must not be applied again.
fn tell_left_over(asked: &ScheduleArgs, found: &Schedules) {
    let Some(directory) = &asked.out else { return };
    for (pool, _) in &found.without {
        let names = formats(asked).into_iter().map(|format| directory.join(format.file_name(pool)));
        for file in names.filter(|file| file.exists()) {
            say(&format!("{} is of an earlier plan: take that back, and remove the file", file.display()));
        }
    }
}

fn read_files(asked: &ScheduleArgs, platform: &Platform) -> anyhow::Result<Vec<InForce>> {
    let mut found = Vec::new();
    for path in &asked.in_force {
        let mut bytes = Vec::new();
        let file = File::open(path).and_then(|file| file.take(LARGEST).read_to_end(&mut bytes));
        file.with_context(|| format!("{} cannot be read", path.display()))?;
        let text = String::from_utf8(bytes).with_context(|| format!("{} is not UTF-8", path.display()))?;
        found.extend(read_in_force(&text, &platform.pools).with_context(|| path.display().to_string())?);
    }
    Ok(found)
}

fn compare(
    asked: &ScheduleArgs,
    in_force: &[InForce],
    platform: &Platform,
    found: &Schedules,
) -> anyhow::Result<Exit> {
    let matches = matched(in_force, platform, &found.schedules);
    let meant = |pool: &str| asked.pools.is_empty() || asked.pools.iter().any(|name| name == pool);
    let (mut text, mut all, mut changed) = (String::new(), Vec::<Value>::new(), false);
    for one in &matches {
        let (Some(pool), Some(comparison)) = (one.pool, one.comparison()) else {
            say(&format!(
                "{} is of no pool: no [pool.schedule] in the platform file names it",
                one_line(&one.in_force.target, 60)
            ));
            continue;
        };
        if !meant(&pool.name) {
            continue;
        }
        changed |= !comparison.is_empty() || !one.in_force.notes.is_empty();
        text += &comparison_table(one.in_force, &comparison);
        all.push(comparison_json(one.in_force, Some(&pool.name), &comparison));
    }
    let covered = |pool: &str| matches.iter().any(|one| one.pool.is_some_and(|own| own.name == pool));
    let missing: Vec<&str> =
        found.schedules.iter().map(|schedule| schedule.pool.as_str()).filter(|pool| !covered(pool)).collect();
    changed |= !missing.is_empty();
    match asked.format {
        Format::Json => {
            let document = json!({
                "schema": "mailtide-schedule-comparison",
                "version": 1,
                "changed": changed,
                "comparisons": all,
                "planned_and_not_in_force": missing,
            });
            out(&format!("{document:#}\n"))?;
        }
        Format::Table => {
            for pool in missing {
                text += &format!("pool {}: planned, and not in force there\n", one_line(pool, 60));
            }
            out(&text)?;
        }
    }
    Ok(if changed && asked.fail_on_change { Exit::Changed } else { Exit::Done })
}
