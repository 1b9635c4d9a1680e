//! The nearest legal names to a misspelt one.

/// Longest name that is compared, in characters: twice the longest IANA zone name (32), so that a hostile
/// value costs no more than a name.
const LONGEST: usize = 64;

/// At most this many names are suggested.
const SUGGESTIONS: usize = 3;

/// Fewest letters of a name that stand for the whole of it.
const SHORTEST_START: usize = 3;

/// The legal names that `word` most likely stands for: the nearest one, or up to three that are equally near.
///
/// A name is near when no more than a third of the word's letters, and at least one, would have to change,
/// or when one of the two begins with the other. Letter case does not count, and the last part of a path may
/// stand alone: `berlin` for `Europe/Berlin`.
pub(crate) fn nearest<'a>(word: &str, legal: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    let letters = word.chars().count();
    if letters > LONGEST {
        return Vec::new();
    }
    let word = word.to_lowercase();
    let mut near: Vec<(usize, &str)> = legal
        .into_iter()
        .map(|name| (distance(&word, &name.to_lowercase()), name))
        .filter(|(distance, _)| *distance <= (letters / 3).max(1))
        .collect();
    let best = near.iter().map(|(distance, _)| *distance).min();
    near.retain(|(distance, _)| Some(*distance) == best);
    near.truncate(SUGGESTIONS);
    near.into_iter().map(|(_, name)| name).collect()
}

/// How far a word is from a name, both in small letters.
fn distance(word: &str, name: &str) -> usize {
    let last = name.rsplit('/').next().unwrap_or(name);
    let shorter = word.chars().count().min(name.chars().count());
    let begins = shorter >= SHORTEST_START && (name.starts_with(word) || word.starts_with(name));
    let spelt = edit_distance(word, name).min(edit_distance(word, last));
    if begins { spelt.min(1) } else { spelt }
}

/// Levenshtein distance: the fewest letters to insert, delete or replace (V. I. Levenshtein, "Binary codes
/// capable of correcting deletions, insertions, and reversals", 1966), one row at a time.
fn edit_distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.chars().enumerate() {
        let mut diagonal = i;
        let mut left = i + 1;
        for (cell, to) in row.iter_mut().skip(1).zip(&b) {
            let replaced = diagonal + usize::from(from != *to);
            diagonal = *cell;
            left = replaced.min(diagonal + 1).min(left + 1);
            *cell = left;
        }
        if let Some(first) = row.first_mut() {
            *first = i + 1;
        }
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edit_distance_of_the_textbook_pairs() {
        // Wagner & Fischer's and Wikipedia's examples.
        assert_eq!(edit_distance("kitten", "sitting"), 3);
        assert_eq!(edit_distance("saturday", "sunday"), 3);
        assert_eq!(edit_distance("", "abc"), 3);
        assert_eq!(edit_distance("abc", ""), 3);
        assert_eq!(edit_distance("host", "host"), 0);
    }

    #[test]
    fn suggests_the_nearest_and_nothing_far() {
        assert_eq!(nearest("lead_time", ["lead_time_days", "name"]), ["lead_time_days"]);
        assert_eq!(nearest("sonday", ["monday", "saturday", "sunday"]), ["monday", "sunday"]);
        assert_eq!(nearest("berlin", ["Europe/Berlin", "Europe/Dublin"]), ["Europe/Berlin"]);
        assert_eq!(nearest("colour", ["name", "role"]), Vec::<&str>::new());
        assert_eq!(nearest("", ["name", "role"]), Vec::<&str>::new());
        assert_eq!(nearest(&"x".repeat(1_000_000), ["x"]), Vec::<&str>::new());
    }
}
