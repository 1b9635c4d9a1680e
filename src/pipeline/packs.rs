//! Which query packs a source is read with.

use super::PipelineError;
use crate::{
    platform::{Platform, Source},
    sources::Packs,
};

/// The shipped query packs, with the operator's own before them.
pub(super) fn packs(platform: &Platform) -> Result<Packs, PipelineError> {
    let packs = Packs::shipped()?;
    Ok(match &platform.queries {
        Some(folder) => packs.with_folder(&platform.resolve(folder))?,
        None => packs,
    })
}

/// The query packs that a source is held to; of the optional ones, a live source is asked only for what it names.
pub(super) fn packs_of(source: &Source, packs: &Packs) -> Result<Packs, PipelineError> {
    Ok(match &source.packs {
        Some(names) => packs.only(names)?,
        None if source.origin.live().is_some() => packs.without_optional(),
        None => packs.clone(),
    })
}
