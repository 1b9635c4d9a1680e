//! Notes: small JSON files of other parts of the program, such as what a pull has covered. The archive keeps
//! them whole, and knows nothing of what they say.

use super::{
    ArchiveError, layout,
    storage::{self, Storage},
};

/// See [`super::Archive::note`].
pub(super) fn read(storage: &dyn Storage, name: &str) -> Result<Option<Vec<u8>>, ArchiveError> {
    Ok(storage.read(&key(name)?)?.map(|held| held.bytes))
}

/// See [`super::Archive::update_note`].
pub(super) fn update(
    storage: &dyn Storage,
    name: &str,
    mut change: impl FnMut(Option<&[u8]>) -> Option<Vec<u8>>,
) -> Result<(), ArchiveError> {
    let key = key(name)?;
    let _lock = storage.exclusive()?;
    storage::update(storage, &key, |held| {
        let changed = change(held.as_deref()).filter(|changed| Some(changed) != held.as_ref());
        Ok((changed, ()))
    })
}

fn key(name: &str) -> Result<String, ArchiveError> {
    let legal = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "-_.".contains(c);
    let begins = name.starts_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit());
    if begins && name.chars().all(legal) {
        Ok(layout::note(name))
    } else {
        Err(ArchiveError::NoteName { name: name.to_owned() })
    }
}
