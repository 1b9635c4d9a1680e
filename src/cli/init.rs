//! `mailtide init`.

use std::{fs, io::Write, path::Path};

use anyhow::Context as _;

use super::{
    exit::Exit,
    init_args::InitArgs,
    init_file::InitFile,
    init_words::{NOTHING_NAMED, found_words, problems},
    local_zone::local_zone,
    progress::Bar,
    stdio::say,
};
use crate::{
    pipeline,
    platform::{ConfigErrors, Guess, Platform, guess_pools},
};

/// Asks the servers what they have, and writes a platform file from that.
pub(super) fn init(args: &InitArgs, bar: &Bar) -> anyhow::Result<Exit> {
    let sources = args.sources();
    if sources.is_empty() {
        say(NOTHING_NAMED);
        return Ok(Exit::BadConfiguration);
    }
    if args.platform.symlink_metadata().is_ok() {
        say(&taken(&args.platform));
        return Ok(Exit::BadConfiguration);
    }
    let (timezone, timezone_from) = zone(args);
    let nothing = Guess::default();
    let draft = InitFile {
        name: &args.name,
        timezone: &timezone,
        timezone_from,
        currency: &args.currency,
        sources: &sources,
        found: &[],
        guess: &nothing,
    };
    let platform = match Platform::parse(&draft.text(), &args.platform) {
        Ok(platform) => platform,
        Err(errors) => {
            say(&refused(&errors));
            return Ok(Exit::BadConfiguration);
        }
    };
    let surroundings = pipeline::look_around(&platform, bar)?;
    bar.clear();
    let is_partial = surroundings.sources.iter().any(|source| !source.problems.is_empty());
    if is_partial && surroundings.sources.iter().all(|source| source.series == 0) {
        problems(&surroundings).iter().for_each(|line| say(line));
        say("error: nothing was found, so no file was written; mend what is named above and run it again");
        return Ok(Exit::Failed);
    }
    let guess = guess_pools(&surroundings.hosts);
    let text = InitFile { found: &surroundings.sources, guess: &guess, ..draft }.text();
    Platform::parse(&text, &args.platform)
        .with_context(|| format!("{} would be refused; please report this", args.platform.display()))?;
    if !write_new(&args.platform, &text)? {
        say(&taken(&args.platform));
        return Ok(Exit::BadConfiguration);
    }
    found_words(&surroundings, &guess, &args.platform).iter().for_each(|line| say(line));
    Ok(if is_partial { Exit::PartlyUnreadable } else { Exit::Done })
}

/// The time zone for the file, and where it is from.
fn zone(args: &InitArgs) -> (String, &'static str) {
    match (&args.timezone, local_zone()) {
        (Some(given), _) => (given.clone(), "an IANA name"),
        (None, Some((zone, from))) => (zone.name().to_owned(), from),
        (None, None) => ("UTC".to_owned(), "this machine names no zone: put in that of your users"),
    }
}

fn taken(path: &Path) -> String {
    format!(
        "error: {} is there already and is not overwritten; name another file with --platform, or move it away",
        path.display()
    )
}

/// Mistakes of the options. They are told by the field that each option becomes; the lines are of no file yet.
fn refused(errors: &ConfigErrors) -> String {
    let lines = errors.0.iter().map(|error| {
        let parts = [&error.table, &error.field, &error.problem];
        let said: Vec<&str> = parts.into_iter().map(String::as_str).filter(|part| !part.is_empty()).collect();
        format!("error: {}; {}", said.join(": "), error.remedy)
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// Writes a file at once and whole; `false` where there is one already.
fn write_new(path: &Path, text: &str) -> anyhow::Result<bool> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let failed =
        || format!("{} cannot be written; let the user who runs mailtide write there", path.display());
    fs::create_dir_all(folder).with_context(failed)?;
    let mut file =
        tempfile::Builder::new().prefix(".mailtide-init").tempfile_in(folder).with_context(failed)?;
    file.write_all(text.as_bytes()).with_context(failed)?;
    readable(file.as_file()).with_context(failed)?;
    file.as_file().sync_all().with_context(failed)?;
    match file.persist_noclobber(path) {
        Ok(_) => Ok(true),
        Err(refused) if refused.error.kind() == std::io::ErrorKind::AlreadyExists => Ok(false),
        Err(refused) => Err(refused.error).with_context(failed),
    }
}

/// A temporary file is its owner's alone; a platform file holds no secret and is read by whoever runs the job.
#[cfg(unix)]
fn readable(file: &fs::File) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    file.set_permissions(fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
fn readable(_file: &fs::File) -> std::io::Result<()> {
    Ok(())
}
