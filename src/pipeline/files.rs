//! Exported files: read, recognised, kept.

use std::cell::RefCell;

use super::{PipelineError, Progress, Pulled, packs::packs_of};
use crate::{
    archive::Archive,
    platform::{Origin, Platform},
    sources::{
        FileReport, Identity, Names, Packs, Recogniser, Recognition, Samples, expand, read_file,
        recognise_declared,
    },
};

/// Reads every source's files into the archive. A broken file does not stop the others; what stands before its
/// break is kept.
pub(super) fn read_all(
    platform: &Platform,
    packs: &Packs,
    archive: &Archive,
    pulled: &mut Pulled,
    progress: &dyn Progress,
) -> Result<(), PipelineError> {
    let mut work = Vec::new();
    for source in &platform.sources {
        let Origin::Files(files) = &source.origin else { continue };
        let (paths, errors) = expand(files, &platform.directory);
        pulled.missing.extend(errors.iter().map(ToString::to_string));
        work.push((source, paths));
    }
    progress.stage("reading", work.iter().map(|(_, paths)| paths.len() as u64).sum());
    for (source, paths) in work {
        let recogniser = Recogniser::new(&packs_of(source, packs)?);
        let names = RefCell::new(Names::default());
        let merged: RefCell<Vec<String>> = RefCell::default();
        let mut samples: Vec<Samples> = Vec::new();
        // One after the other: memory holds one file's text and the columns of a source.
        for path in paths {
            let shown = path.strip_prefix(&platform.directory).unwrap_or(&path).display().to_string();
            let recognise = |identity: &Identity| -> Recognition {
                let identity = &identity.in_file(&shown);
                let recognition = match &source.declared {
                    Some(declared) => recognise_declared(declared, identity),
                    None => recogniser.recognise(identity),
                };
                if let Recognition::Known { key, .. } = &recognition {
                    merged.borrow_mut().extend(names.borrow_mut().note(
                        &source.name,
                        key,
                        identity.to_string(),
                    ));
                }
                recognition
            };
            let reading = read_file(&path, &shown, &recognise);
            samples.extend(reading.samples);
            pulled.files.push(reading.report);
            progress.step(&shown);
        }
        pulled.merged.extend(merged.into_inner());
        pulled.appended = pulled.appended.plus(archive.append(&source.name, samples)?);
    }
    Ok(())
}

/// The files of a pull that were read to their end.
pub(super) fn read_whole(files: &[FileReport]) -> usize {
    files.iter().filter(|file| file.error.is_none()).count()
}
