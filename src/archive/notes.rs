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

#[cfg(test)]
mod tests {
    use std::fs;

    use crate::archive::Archive;

    #[test]
    fn a_note_is_kept_as_it_was_given() {
        let root = tempfile::tempdir().unwrap();
        let archive = Archive::open(root.path()).unwrap();
        assert_eq!(archive.note("coverage").unwrap(), None);
        archive.put_note("coverage", b"[1]").unwrap();
        archive.update_note("coverage", |held| Some([held.unwrap(), b"\n"].concat())).unwrap();
        archive.update_note("coverage", |_| None).unwrap();
        assert_eq!(archive.note("coverage").unwrap().unwrap(), b"[1]\n");
        assert_eq!(fs::read(root.path().join("notes/coverage.json")).unwrap(), b"[1]\n");
        assert_eq!(archive.measures().unwrap(), []);
    }

    #[test]
    fn half_a_note_is_passed_over_and_removed() {
        let root = tempfile::tempdir().unwrap();
        let archive = Archive::open(root.path()).unwrap();
        archive.put_note("coverage", b"[1]").unwrap();
        let left = root.path().join("notes/.coverage.json.tmp");
        fs::write(&left, "[1, ").unwrap();
        assert_eq!(archive.note("coverage").unwrap().unwrap(), b"[1]");
        archive.append(vec![]).unwrap();
        assert!(!left.exists());
    }

    #[test]
    fn a_name_leads_nowhere_else() {
        let root = tempfile::tempdir().unwrap();
        let archive = Archive::open(root.path()).unwrap();
        for name in ["", "..", ".x", "a/b", "A", "-a", "ü"] {
            assert_eq!(
                archive.put_note(name, b"x").unwrap_err().to_string(),
                format!(
                    "note `{name}`: a name is made of small letters, digits, `-`, `_` and `.`, \
                     and begins with none of these three"
                )
            );
        }
    }
}
