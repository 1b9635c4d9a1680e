//! Verifying: every file of an archive, what is wrong with it, and how to recover.

use std::ops::Range;

use rayon::prelude::*;
use serde::{Serialize, de::IgnoredAny};

use super::{
    ArchiveError, format,
    layout::{self, Kind},
    ledger,
    partition::Partition,
    period::Period,
    registry::{self, Registry},
    storage::{Entry, Expect, Storage, Written},
};
use crate::platform::Measure;

/// What was seen of an archive.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Verification {
    /// The archive's schema version.
    pub schema_version: u64,
    /// Files that were looked at.
    pub files: usize,
    /// Their size.
    pub bytes: u64,
    /// What is wrong, by file; empty where all is well.
    pub flaws: Vec<Flaw>,
}

impl Verification {
    /// Whether anything is lost or cannot be read, rather than merely left lying about.
    pub fn is_damaged(&self) -> bool {
        self.flaws.iter().any(|flaw| flaw.is_damage)
    }
}

/// Something wrong with a file.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Flaw {
    /// The file, from the archive's root.
    pub file: String,
    /// Whether something is lost or cannot be read. Otherwise the file is in nobody's way.
    pub is_damage: bool,
    /// What is wrong.
    pub problem: String,
    /// How to recover.
    pub next_step: String,
    /// The points that are in question, where the file holds points.
    pub points: Option<Span>,
}

/// Points of a measure over a time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Span {
    /// Which measure.
    pub measure: Measure,
    /// The month or year: `2026-03`, `2025`.
    pub period: String,
    /// Its first second, since 1970-01-01 UTC, and the first second after it.
    pub times: Range<i64>,
}

/// See [`super::Archive::verify`].
pub(super) fn verify(storage: &dyn Storage) -> Result<Verification, ArchiveError> {
    let files = storage.list("")?;
    let mut flaws = Vec::new();
    for measure in layout::measures(storage)? {
        flaws.extend(measure_flaws(storage, measure, &files)?);
    }
    for file in &files {
        flaws.extend(other_flaw(storage, &file.key)?);
    }
    flaws.extend(storage.left_over()?.into_iter().map(left_over));
    flaws.sort_by(|a, b| (!a.is_damage, &a.file).cmp(&(!b.is_damage, &b.file)));
    Ok(Verification {
        schema_version: format::version(storage)?,
        files: files.len(),
        bytes: files.iter().map(|file| file.bytes).sum(),
        flaws,
    })
}

fn measure_flaws(
    storage: &dyn Storage,
    measure: Measure,
    files: &[Entry],
) -> Result<Vec<Flaw>, ArchiveError> {
    let partitions: Vec<Period> = files.iter().filter_map(|file| partition_of(measure, &file.key)).collect();
    let mut flaws = Vec::new();
    let registry = match Registry::read(storage, measure) {
        Ok(registry) => Some(registry),
        Err(error) => {
            flaws.extend(problem(error)?.map(|problem| Flaw {
                file: layout::registry(measure),
                is_damage: true,
                problem,
                next_step: registry::NEXT_STEP.to_owned(),
                points: None,
            }));
            None
        }
    };
    let found: Vec<Option<Flaw>> = partitions
        .par_iter()
        .map(|period| partition_flaw(storage, measure, *period, registry.as_ref()))
        .collect::<Result<_, _>>()?;
    flaws.extend(found.into_iter().flatten());
    Ok(flaws)
}

fn partition_of(measure: Measure, key: &str) -> Option<Period> {
    match layout::kind(key)? {
        Kind::Partition(of, period) if of == measure => Some(period),
        _ => None,
    }
}

fn partition_flaw(
    storage: &dyn Storage,
    measure: Measure,
    period: Period,
    registry: Option<&Registry>,
) -> Result<Option<Flaw>, ArchiveError> {
    let problem = match Partition::read(storage, measure, period) {
        // Ids ascend: the last one is the largest.
        Ok(partition) => registry
            .zip(partition.ids.last())
            .filter(|(registry, id)| !registry.knows(**id))
            .map(|(_, id)| {
                format!("has points of the series {id}, which {} does not know", layout::registry(measure))
            }),
        Err(error) => problem(error)?,
    };
    let span = span(measure, period);
    Ok(problem.map(|problem| Flaw {
        file: layout::partition(measure, period),
        is_damage: true,
        problem,
        next_step: format!(
            "put the file back from a backup; or run `mailtide archive verify --remove-damaged` and `mailtide \
             pull`, which asks for {} again where the sources still keep it",
            span.period
        ),
        points: Some(span),
    }))
}

fn span(measure: Measure, period: Period) -> Span {
    let name = match period {
        Period::Month(month) => month.to_string(),
        Period::Year(year) => format!("{year:04}"),
    };
    Span { measure, period: name, times: period.range() }
}

/// What is wrong with a file that holds neither points nor series.
fn other_flaw(storage: &dyn Storage, key: &str) -> Result<Option<Flaw>, ArchiveError> {
    let flaw = |is_damage, problem: String, next_step: &str| {
        let next_step = next_step.to_owned();
        Some(Flaw { file: key.to_owned(), is_damage, problem, next_step, points: None })
    };
    Ok(match layout::kind(key) {
        Some(Kind::Registry(_) | Kind::Partition(..) | Kind::Format | Kind::Lock) => None,
        Some(Kind::Note) => {
            let read = storage.read(key).map(|held| held.map(|held| held.bytes));
            let problem = match read {
                Ok(bytes) => bytes
                    .and_then(|bytes| serde_json::from_slice::<IgnoredAny>(&bytes).err())
                    .map(|e| format!("is no JSON ({e})")),
                Err(error) => problem(error)?,
            };
            let next_step = "put the file back from a backup, or remove it: what it noted is lost";
            problem.and_then(|problem| flaw(true, problem, next_step))
        }
        Some(Kind::Ledger(day)) => match ledger::read(storage, day) {
            Ok(_) => None,
            Err(error) => problem(error)?.and_then(|problem| flaw(true, problem, ledger::NEXT_STEP)),
        },
        Some(Kind::Damaged) => {
            flaw(false, "was put aside because it is damaged".to_owned(), "remove it once nobody needs it")
        }
        None => {
            flaw(false, "is no file of the archive".to_owned(), "move it elsewhere: nothing reads it here")
        }
    })
}

fn left_over(file: String) -> Flaw {
    Flaw {
        file,
        is_damage: false,
        problem: "is half a file, which a run has left that was killed, or is just being written".to_owned(),
        next_step: "nothing is to be done: the next `mailtide pull` removes it".to_owned(),
        points: None,
    }
}

/// What an error says of its file; `None` where the file has gone since it was listed.
///
/// # Errors
/// The error itself, where it is not about this one file.
fn problem(error: ArchiveError) -> Result<Option<String>, ArchiveError> {
    match error {
        ArchiveError::Damaged { problem, .. } => Ok(Some(problem)),
        ArchiveError::Io { action, source, .. } => Ok(Some(format!("cannot {action}: {source}"))),
        ArchiveError::Gone { .. } => Ok(None),
        error => Err(error),
    }
}

/// See [`super::Archive::set_damaged_aside`].
pub(super) fn set_damaged_aside(storage: &dyn Storage) -> Result<Vec<Span>, ArchiveError> {
    let _lock = storage.exclusive()?;
    let mut spans = Vec::new();
    for measure in layout::measures(storage)? {
        if Registry::read(storage, measure).is_err() {
            spans.extend(set_measure_aside(storage, measure)?);
        }
    }
    for flaw in verify(storage)?.flaws {
        let of_ledger = matches!(layout::kind(&flaw.file), Some(Kind::Ledger(_)));
        if !flaw.is_damage || (flaw.points.is_none() && !of_ledger) {
            continue;
        }
        // A file that cannot be read at all stays where it is: its bytes may still be had one day.
        let Ok(Some(held)) = storage.read(&flaw.file) else { continue };
        put_aside(storage, &flaw.file, held.bytes)?;
        storage.remove(&flaw.file)?;
        spans.extend(flaw.points);
    }
    Ok(spans)
}

/// Puts all files of a measure aside: without its registry, nobody knows whose its points are. The registry goes last,
/// so that whoever ends in between finds it damaged still.
fn set_measure_aside(storage: &dyn Storage, measure: Measure) -> Result<Vec<Span>, ArchiveError> {
    let registry = layout::registry(measure);
    let mut keys: Vec<String> = layout::files(storage, measure)?.into_iter().map(|file| file.key).collect();
    keys.sort_by_key(|key| *key == registry);
    let mut spans = Vec::new();
    for key in keys {
        let Ok(Some(held)) = storage.read(&key) else { continue };
        put_aside(storage, &key, held.bytes)?;
        storage.remove(&key)?;
        spans.extend(partition_of(measure, &key).map(|period| span(measure, period)));
    }
    Ok(spans)
}

/// Copies a file to a name that is free, or has the same bytes already.
fn put_aside(storage: &dyn Storage, key: &str, bytes: Vec<u8>) -> Result<(), ArchiveError> {
    let mut aside = layout::damaged(key);
    let mut number = 1;
    loop {
        match storage.read(&aside)? {
            Some(there) if there.bytes == bytes => return Ok(()),
            None if storage.replace(&aside, bytes.clone(), &Expect::New)? == Written::Done => return Ok(()),
            _ => {
                number += 1;
                aside = format!("{}.{number}", layout::damaged(key));
            }
        }
    }
}
