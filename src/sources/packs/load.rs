//! The packs of a run: the shipped ones and the operator's own.

use std::{ffi::OsStr, fs, path::Path};

use include_dir::{Dir, include_dir};

use super::{Pack, PackError, PackErrors, distance, parse};

static SHIPPED: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/queries");

/// Packs in the order in which they are asked: the operator's own first, then the shipped ones, each by name.
#[derive(Debug, Clone, PartialEq)]
pub struct Packs {
    packs: Vec<Pack>,
}

impl Packs {
    /// The packs that Mailtide ships.
    ///
    /// # Errors
    /// Every mistake in them; there are none in a build whose tests have passed.
    pub fn shipped() -> Result<Packs, PackErrors> {
        let mut files: Vec<(String, String, Vec<u8>)> = Vec::new();
        for file in SHIPPED.files().filter(|file| is_pack(file.path())) {
            let name = stem(file.path());
            files.push((name, format!("queries/{}", file.path().display()), file.contents().to_vec()));
        }
        Ok(Packs { packs: parse_all(files, Vec::new())? })
    }

    /// These packs with the operator's own before them. A file of the same name as one of these replaces it.
    /// Files that do not end in `.toml`, hidden files and folders inside the folder are passed over.
    ///
    /// # Errors
    /// Every mistake in every file of the folder, or that the folder cannot be read.
    pub fn with_folder(self, dir: &Path) -> Result<Packs, PackErrors> {
        let unreadable = |path: &Path, error: std::io::Error| {
            let next = "name an existing folder in `queries` of the platform file, or leave that out";
            PackError::of_file(path.display().to_string(), format!("cannot be read: {error}; {next}"))
        };
        let listing = fs::read_dir(dir).map_err(|e| PackErrors(vec![unreadable(dir, e)]))?;
        let (mut files, mut errors) = (Vec::new(), Vec::new());
        for item in listing {
            match item {
                Ok(item) if is_pack(&item.path()) && !item.path().is_dir() => {
                    let path = item.path();
                    match fs::read(&path) {
                        Ok(bytes) => files.push((stem(&path), path.display().to_string(), bytes)),
                        Err(error) => errors.push(unreadable(&path, error)),
                    }
                }
                Ok(_) => {}
                Err(error) => errors.push(unreadable(dir, error)),
            }
        }
        let mut packs = parse_all(files, errors)?;
        let kept = self.packs.into_iter().filter(|old| !packs.iter().any(|own| own.name == old.name));
        let kept: Vec<Pack> = kept.collect();
        packs.extend(kept);
        Ok(Packs { packs })
    }

    /// Those that a live source is asked for without being named.
    #[must_use]
    pub fn without_optional(&self) -> Packs {
        Packs { packs: self.packs.iter().filter(|pack| !pack.optional).cloned().collect() }
    }

    /// Only the packs of these names, in the order of these packs.
    ///
    /// # Errors
    /// Every name that is not a pack, with the names that are.
    pub fn only(&self, names: &[String]) -> Result<Packs, PackErrors> {
        let legal: Vec<&str> = self.packs.iter().map(|pack| pack.name.as_str()).collect();
        let unknown = names.iter().filter(|name| !legal.contains(&name.as_str()));
        let errors: Vec<PackError> = unknown
            .map(|name| {
                let meant = distance::nearest(name, legal.iter().copied());
                let meant = meant.map(|near| format!(", did you mean `{near}`?")).unwrap_or_default();
                PackError::of_file(
                    "packs",
                    format!("there is no pack `{name}`{meant}; legal: {}", legal.join(", ")),
                )
            })
            .collect();
        if !errors.is_empty() {
            return Err(PackErrors(errors));
        }
        let packs = self.packs.iter().filter(|pack| names.contains(&pack.name)).cloned().collect();
        Ok(Packs { packs })
    }

    /// All packs, in the order in which they are asked.
    pub fn iter(&self) -> impl Iterator<Item = &Pack> {
        self.packs.iter()
    }

    /// One pack from its text.
    #[cfg(test)]
    pub(super) fn from_text(name: &str, text: &str) -> Result<Packs, PackErrors> {
        parse_all(vec![(name.to_owned(), format!("{name}.toml"), text.as_bytes().to_vec())], Vec::new())
            .map(|packs| Packs { packs })
    }
}

/// Parses (name, file as shown, content) in the order of the names.
fn parse_all(
    mut files: Vec<(String, String, Vec<u8>)>,
    mut errors: Vec<PackError>,
) -> Result<Vec<Pack>, PackErrors> {
    files.sort();
    let mut packs = Vec::new();
    for (name, shown_as, bytes) in &files {
        match std::str::from_utf8(bytes) {
            Err(error) => {
                let at = error.valid_up_to();
                let problem = format!("byte {at} is not UTF-8; save the file as UTF-8");
                errors.push(PackError::of_file(shown_as.as_str(), problem));
            }
            Ok(text) => match parse::pack(name, shown_as, text) {
                Ok(pack) => packs.push(pack),
                Err(mistakes) => errors.extend(mistakes),
            },
        }
    }
    if errors.is_empty() { Ok(packs) } else { Err(PackErrors(errors)) }
}

fn is_pack(path: &Path) -> bool {
    let hidden = path.file_name().and_then(OsStr::to_str).is_some_and(|name| name.starts_with('.'));
    path.extension().is_some_and(|extension| extension == "toml") && !hidden
}

fn stem(path: &Path) -> String {
    path.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}

#[cfg(test)]
#[path = "load_tests.rs"]
mod tests;
