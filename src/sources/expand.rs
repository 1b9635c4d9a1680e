//! Expanding: from the paths, globs and directories that an operator names to files.

use std::{
    collections::BTreeSet,
    path::{Component, Path, PathBuf},
};

use globset::{GlobBuilder, GlobMatcher};
use walkdir::{DirEntry, WalkDir};

use super::ReadError;

/// The files that `patterns` name, sorted and each once.
///
/// A pattern is a file, a directory (with everything below it) or a glob (`*` within a directory, `**`
/// across them, `?`, `[…]`, `{…}`), relative to `base` unless absolute. Hidden files, `README*` and `*.md` are
/// left out, unless a pattern names the very file.
///
/// Beside the files: every pattern that matches none, and every directory that cannot be listed. They cost the
/// other patterns nothing.
pub fn expand(patterns: &[String], base: &Path) -> (Vec<PathBuf>, Vec<ReadError>) {
    let mut files = BTreeSet::new();
    let mut errors = Vec::new();
    let base = if base.as_os_str().is_empty() { Path::new(".") } else { base };
    for pattern in patterns {
        let mut found = Found { pattern, files: BTreeSet::new(), errors: Vec::new() };
        found.look(base);
        if found.files.is_empty() && found.errors.is_empty() {
            found.fail("matches no file", "check the path; `*` does not cross directories, `**` does");
        }
        files.append(&mut found.files);
        errors.append(&mut found.errors);
    }
    (files.into_iter().collect(), errors)
}

/// What one pattern has led to.
struct Found<'a> {
    pattern: &'a str,
    files: BTreeSet<PathBuf>,
    errors: Vec<ReadError>,
}

impl Found<'_> {
    fn look(&mut self, base: &Path) {
        let path = base.join(self.pattern);
        if path.is_file() {
            self.files.insert(path);
        } else if path.is_dir() {
            self.walk(&path, None);
        } else if self.pattern.contains(WILD) {
            let varying: PathBuf =
                Path::new(self.pattern).components().filter(|part| *part != Component::CurDir).collect();
            let root: PathBuf = varying.components().take_while(is_literal).collect();
            let glob = Path::new(&globset::escape(&base.to_string_lossy())).join(&varying);
            match GlobBuilder::new(&glob.to_string_lossy()).literal_separator(true).build() {
                Ok(glob) => self.walk(&base.join(root), Some(&glob.compile_matcher())),
                Err(error) => self.fail(&format!("is not a glob: {}", error.kind()), "mend the pattern"),
            }
        }
    }

    /// Takes the files below `root`: all, or those that match or lie in a directory that does.
    fn walk(&mut self, root: &Path, glob: Option<&GlobMatcher>) {
        if !root.exists() {
            return;
        }
        let mut below: Option<PathBuf> = None;
        for entry in
            WalkDir::new(root).follow_links(true).sort_by_file_name().into_iter().filter_entry(wanted)
        {
            match entry {
                Err(error) => {
                    self.fail(&format!("cannot be listed: {error}"), "let the user who runs this read it")
                }
                Ok(entry) => {
                    let inside =
                        below.as_deref().is_some_and(|directory| entry.path().starts_with(directory));
                    if !inside && glob.is_some_and(|glob| !glob.is_match(entry.path())) {
                        continue;
                    }
                    if entry.file_type().is_file() {
                        self.files.insert(entry.into_path());
                    } else if !inside && glob.is_some() {
                        below = Some(entry.into_path());
                    }
                }
            }
        }
    }

    fn fail(&mut self, problem: &str, next_step: &str) {
        self.errors.push(ReadError {
            path: self.pattern.to_owned(),
            offset: None,
            uncompressed: false,
            problem: problem.to_owned(),
            next_step: next_step.to_owned(),
        });
    }
}

/// The characters that make a path a glob.
const WILD: [char; 4] = ['*', '?', '[', '{'];

fn is_literal(component: &Component<'_>) -> bool {
    !component.as_os_str().to_string_lossy().contains(WILD)
}

/// Neither hidden nor words about the files.
fn wanted(entry: &DirEntry) -> bool {
    let name = entry.file_name().to_string_lossy();
    let words = entry.file_type().is_file() && (name.starts_with("README") || name.ends_with(".md"));
    entry.depth() == 0 || !(name.starts_with('.') || words)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    /// The files that are found, and what could not be.
    fn expanded(patterns: &[&str]) -> (Vec<String>, String) {
        let base = tempfile::Builder::new().prefix("a[b]*{c").tempdir().unwrap();
        for file in [
            "a.json",
            "b.csv",
            "README.md",
            "notes.md",
            ".hidden",
            "x/c.json",
            "x/y/d.json.gz",
            ".git/e.json",
        ] {
            let path = base.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "").unwrap();
        }
        fs::create_dir(base.path().join("empty")).unwrap();
        let patterns: Vec<String> = patterns.iter().map(|p| p.to_string()).collect();
        let relative = |path: PathBuf| path.strip_prefix(base.path()).unwrap().to_str().unwrap().to_owned();
        let (files, errors) = expand(&patterns, base.path());
        let errors: Vec<String> = errors.iter().map(ToString::to_string).collect();
        (files.into_iter().map(relative).collect(), errors.join("\n"))
    }

    /// The files, where all patterns name some.
    fn names(patterns: &[&str]) -> Vec<String> {
        let (files, errors) = expanded(patterns);
        assert_eq!(errors, "");
        files
    }

    #[test]
    fn directories_are_read_with_all_below_them() {
        assert_eq!(names(&["."]).len(), 4);
        assert_eq!(names(&["x"]), ["x/c.json", "x/y/d.json.gz"]);
    }

    #[test]
    fn globs_stay_within_a_directory_unless_told_otherwise() {
        assert_eq!(names(&["*.json"]), ["a.json"]);
        assert_eq!(names(&["**/*.json"]), ["a.json", "x/c.json"]);
        assert_eq!(names(&["./x/{c,z}.*"]), ["x/c.json"]);
        assert_eq!(names(&["?"]), ["x/c.json", "x/y/d.json.gz"]);
    }

    #[test]
    fn each_file_comes_once_and_in_order() {
        assert_eq!(
            names(&["x", "b.csv", "*.csv", "a.json"]),
            ["a.json", "b.csv", "x/c.json", "x/y/d.json.gz"]
        );
    }

    #[test]
    fn a_file_that_is_named_is_never_left_out() {
        assert_eq!(names(&["README.md", ".hidden"]), [".hidden", "README.md"]);
    }

    #[test]
    fn what_matches_nothing_is_named_and_the_rest_is_found() {
        let (files, errors) = expanded(&["a.json", "nope.json", "*.parquet", "empty", "no/*.json", "[.json"]);
        assert_eq!(files, ["a.json"]);
        insta::assert_snapshot!(errors, @r"
        nope.json: matches no file; check the path; `*` does not cross directories, `**` does
        *.parquet: matches no file; check the path; `*` does not cross directories, `**` does
        empty: matches no file; check the path; `*` does not cross directories, `**` does
        no/*.json: matches no file; check the path; `*` does not cross directories, `**` does
        [.json: is not a glob: unclosed character class; missing ']'; mend the pattern
        ");
    }
}
