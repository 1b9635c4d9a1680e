//! Pulling: what the sources have goes into the archive.

use std::collections::BTreeSet;

use super::{
    PipelineError, Places, Progress, Pulled, SourceState,
    asking::{Asked, Opened, Unopened, state_note, too_dear, what_to_ask},
    clock::now,
    files,
    keeping::Keeper,
    packs::packs,
    pulled::LiveSourcePulled,
    workers::ask_all,
};
use crate::{
    archive::{Archive, Tidying},
    platform::{Platform, Source},
    sources::Packs,
};

/// Brings what every source has, up to `until`, into the archive: exported files, and what is new on live servers.
/// A source that fails does not stop the others; what it gave before is kept.
///
/// # Errors
/// A query pack is refused, or the archive cannot be written.
pub fn pull(
    platform: &Platform,
    places: &Places,
    until: i64,
    progress: &dyn Progress,
) -> Result<Pulled, PipelineError> {
    let packs = packs(platform)?;
    let archive = places.open_archive()?;
    let mut pulled = Pulled::default();
    files::read_all(platform, &packs, &archive, &mut pulled, progress)?;
    ask(platform, &packs, &archive, until, &mut pulled, progress)?;
    progress.stage("tidying", 1);
    let tidied = archive.tidy(&Tidying::from(&platform.archive), now())?;
    pulled.missing.extend(tidied.damaged);
    progress.step("archive");
    Ok(pulled)
}

/// What [`pull`] would ask the live sources, without asking for a single sample.
///
/// # Errors
/// A query pack is refused, or the archive cannot be read.
pub fn dry_run(platform: &Platform, places: &Places, until: i64) -> Result<Asked, PipelineError> {
    let archive = places.find_archive()?;
    let sources = what_to_ask(platform, &packs(platform)?, archive.as_ref(), until, now(), &|_| true)?;
    Ok(Asked::of(&sources))
}

/// Asks the live sources. Where series come up that were not there before, what they have of earlier ranges is asked
/// for in a second round.
fn ask(
    platform: &Platform,
    packs: &Packs,
    archive: &Archive,
    until: i64,
    pulled: &mut Pulled,
    progress: &dyn Progress,
) -> Result<(), PipelineError> {
    let everyone = |_: &Source| true;
    let more = ask_once(platform, packs, archive, until, &everyone, pulled, progress)?;
    if !more.is_empty() {
        let those = |source: &Source| more.contains(&source.name);
        ask_once(platform, packs, archive, until, &those, pulled, progress)?;
    }
    for source in &pulled.live {
        note_state(archive, source)?;
    }
    // As the platform file has them.
    let place = |name: &str| platform.sources.iter().position(|source| source.name == name);
    pulled.live.sort_by_key(|source| place(&source.name));
    Ok(())
}

/// One round with the sources that are `meant`; tells for which another one is worth it.
fn ask_once(
    platform: &Platform,
    packs: &Packs,
    archive: &Archive,
    until: i64,
    meant: &dyn Fn(&Source) -> bool,
    pulled: &mut Pulled,
    progress: &dyn Progress,
) -> Result<BTreeSet<String>, PipelineError> {
    let mut opened = Vec::new();
    for source in what_to_ask(platform, packs, Some(archive), until, now(), meant)? {
        match source {
            Ok(source) => match too_dear(&source, pulled.spent_on(&source.source.name)) {
                Some(refusal) => pulled.add_live(refused(&source, refusal)),
                None => opened.push(source),
            },
            Err(unopened) => pulled.add_live(unopened_words(&unopened)),
        }
    }
    if opened.is_empty() {
        return Ok(BTreeSet::new());
    }
    progress.stage("asking", opened.iter().map(|source| source.requests.len() as u64).sum());
    let mut keeper = Keeper::new(archive, &opened, progress);
    ask_all(&opened, |answered| keeper.take(answered))?;
    keeper.finish(pulled)
}

fn refused(source: &Opened<'_>, refusal: String) -> LiveSourcePulled {
    LiveSourcePulled {
        name: source.source.name.clone(),
        system: source.live.system.name(),
        failures: vec![refusal],
        ..LiveSourcePulled::default()
    }
}

fn unopened_words(source: &Unopened<'_>) -> LiveSourcePulled {
    LiveSourcePulled {
        name: source.source.name.clone(),
        system: source.system,
        failures: vec![source.problem.to_string()],
        ..LiveSourcePulled::default()
    }
}

/// Keeps how a source has fared, for the reports until the next pull.
fn note_state(archive: &Archive, source: &LiveSourcePulled) -> Result<(), PipelineError> {
    let earlier = state(archive, &source.name)?;
    let failure = source.failures.first().cloned();
    let answered = if failure.is_none() { Some(now()) } else { earlier.answered };
    let state = SourceState { name: source.name.clone(), answered, failure };
    let text = serde_json::to_vec(&state).map_err(PipelineError::Note)?;
    archive.put_note(&state_note(&source.name), &text)?;
    Ok(())
}

/// How a source has fared at its last pull; nothing where it was never asked.
pub(super) fn state(archive: &Archive, source: &str) -> Result<SourceState, PipelineError> {
    let known = archive.note(&state_note(source))?;
    let unknown = || SourceState { name: source.to_owned(), ..SourceState::default() };
    Ok(known.and_then(|text| serde_json::from_slice(&text).ok()).unwrap_or_else(unknown))
}

#[cfg(test)]
#[path = "pull_tests.rs"]
mod tests;
