//! Labels are hostile input: what may stand in a title, a chart or a terminal.

/// Whether a character only shows itself: no control character, no direction override (they let a label
/// rearrange its surroundings, CVE-2021-42574), no code point that XML 1.0 forbids.
pub(crate) fn is_plain(c: char) -> bool {
    !(c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
        || matches!(c, '\u{feff}' | '\u{fffe}' | '\u{ffff}'))
}

/// Longest sentence that is shown in full; a label within it may be of any length.
const SENTENCE: usize = 600;

/// A sentence as it may be shown.
pub(crate) fn sentence(text: &str) -> String {
    one_line(text, SENTENCE)
}

/// The text on one line, at most `longest` characters, without what could act on a terminal or a page.
pub(crate) fn one_line(text: &str, longest: usize) -> String {
    let mut plain: String = text
        .chars()
        .map(|c| if is_plain(c) { c } else { '\u{fffd}' })
        .take(longest.saturating_add(1))
        .collect();
    if plain.chars().count() > longest {
        let kept: String = plain.chars().take(longest.saturating_sub(1)).collect();
        plain = format!("{}…", kept.trim_end());
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escape_sequences_and_overrides_are_made_visible() {
        assert_eq!(one_line("\u{1b}[31mred", 20), "\u{fffd}[31mred");
        assert_eq!(one_line("a\u{202e}b\nc", 20), "a\u{fffd}b\u{fffd}c");
        assert_eq!(one_line("narrow\u{202f}space", 20), "narrow\u{202f}space");
    }

    #[test]
    fn long_text_is_cut_by_characters() {
        assert_eq!(one_line("abcdef", 6), "abcdef");
        assert_eq!(one_line("abcdef", 4), "abc…");
        assert_eq!(one_line("ééééé", 3), "éé…");
        assert_eq!(one_line("", 0), "");
    }
}
