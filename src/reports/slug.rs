//! File names from event identifiers.

use std::collections::BTreeSet;

/// Longest file name stem, in bytes. File systems take 255; mail clients and archives show less.
const LONGEST: usize = 100;

/// Gives each text a file name of its own: only `a-z`, `0-9`, `.`, `_` and `-`, never hidden, never a path.
#[derive(Debug, Default)]
pub(crate) struct Slugs {
    taken: BTreeSet<String>,
}

impl Slugs {
    /// The file name stem for a text; the same text asked twice gets two names.
    pub(crate) fn name(&mut self, text: &str) -> String {
        let stem = clean(text);
        let mut name = stem.clone();
        let mut nth: u64 = 2;
        while !self.taken.insert(name.clone()) {
            let suffix = format!("-{nth}");
            let room = LONGEST.saturating_sub(suffix.len()).min(stem.len());
            name = format!("{}{suffix}", &stem[..room]);
            nth += 1;
        }
        name
    }
}

/// The text with everything else taken out: ASCII only, so that any byte is a place to cut.
fn clean(text: &str) -> String {
    let mut slug = String::new();
    for c in text.chars().map(|c| c.to_ascii_lowercase()) {
        let joins = slug.ends_with(['-', '.']) || slug.is_empty();
        match c {
            'a'..='z' | '0'..='9' | '_' => slug.push(c),
            '.' if !joins => slug.push('.'),
            _ if !joins => slug.push('-'),
            _ => {}
        }
        if slug.len() == LONGEST {
            break;
        }
    }
    let slug = slug.trim_end_matches(['-', '.']);
    if slug.is_empty() { "finding".to_owned() } else { slug.to_owned() }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn hostile_labels_become_harmless_names() {
        let cases = [
            ("disk-full/ms03/var/mail", "disk-full-ms03-var-mail"),
            ("../../etc/passwd", "etc-passwd"),
            ("<script>alert('x')</script>", "script-alert-x-script"),
            ("\"quoted\" and \\escaped\\", "quoted-and-escaped"),
            ("📮 mail 📮", "mail"),
            ("📮", "finding"),
            ("", "finding"),
            (".hidden", "hidden"),
            ("a\0b\nc", "a-b-c"),
        ];
        for (text, name) in cases {
            assert_eq!(Slugs::default().name(text), name);
        }
    }

    #[test]
    fn texts_that_clean_to_the_same_name_stay_apart() {
        let mut slugs = Slugs::default();
        assert_eq!(slugs.name("a/b"), "a-b");
        assert_eq!(slugs.name("a-b"), "a-b-2");
        assert_eq!(slugs.name("a b"), "a-b-3");
        let long = "x".repeat(300);
        assert_eq!(slugs.name(&long).len(), LONGEST);
        let second = slugs.name(&long);
        assert_eq!((second.len(), second.ends_with("x-2")), (LONGEST, true));
    }

    proptest! {
        #[test]
        fn any_texts_give_distinct_plain_names(texts in prop::collection::vec(".{0,150}", 1..20)) {
            let mut slugs = Slugs::default();
            let names: BTreeSet<String> = texts.iter().map(|t| slugs.name(t)).collect();
            prop_assert_eq!(names.len(), texts.len());
            for name in names {
                prop_assert!(name.len() <= LONGEST && !name.starts_with('.') && !name.contains(".."));
                prop_assert!(name.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b)));
            }
        }
    }
}
