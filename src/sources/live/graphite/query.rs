//! What may stand in `query`: a pattern of paths, a search by tags, or a function of these.

use crate::sources::packs::functions;

/// Deeper calls than this are not looked into; no one writes them.
const DEEPEST: usize = 16;

/// What is asked, by the way in which its series are found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Query {
    /// A pattern of paths, such as `servers.*.cpu.total.idle`.
    Paths(String),
    /// The expressions of `seriesByTag('name=disk.used', 'host=~ms.*')`.
    Tags(Vec<String>),
    /// A call of other functions, asked as it stands.
    Function(String),
}

impl Query {
    /// Tells a query by its text.
    pub(super) fn parse(text: &str) -> Query {
        let text = text.trim();
        match tag_expressions(text) {
            Some(expressions) => Query::Tags(expressions),
            None if text.contains(['(', ')', '|']) => Query::Function(text.to_owned()),
            None => Query::Paths(text.to_owned()),
        }
    }

    /// The search for the tagged series of a name, with these tags.
    pub(super) fn tagged(metric: &str, only: impl Iterator<Item = (String, String)>) -> String {
        let name = [("name".to_owned(), metric.to_owned())];
        let expressions: Vec<String> =
            name.into_iter().chain(only).map(|(tag, value)| quoted(&format!("{tag}={value}"))).collect();
        format!("seriesByTag({})", expressions.join(","))
    }

    /// The paths and tags inside a function. Empty where its text cannot be followed.
    pub(super) fn inside(text: &str) -> Vec<Query> {
        let mut found = Vec::new();
        gather(text, 0, &mut found);
        found
    }
}

fn gather(text: &str, depth: usize, found: &mut Vec<Query>) {
    match (Query::parse(text), functions::call(text)) {
        (Query::Function(_), Some((_, arguments))) if depth < DEEPEST => {
            let series = arguments.into_iter().filter(|argument| !functions::is_constant(argument));
            series.for_each(|argument| gather(argument, depth + 1, found));
        }
        (Query::Function(_), _) => {}
        (query, _) => found.push(query),
    }
}

/// The expressions of a text that is one call of `seriesByTag`.
fn tag_expressions(text: &str) -> Option<Vec<String>> {
    let (function, arguments) = functions::call(text)?;
    (function == "seriesByTag").then_some(())?;
    arguments.into_iter().map(unquoted).collect()
}

fn unquoted(argument: &str) -> Option<String> {
    let inside = |quote| argument.strip_prefix(quote)?.strip_suffix(quote).map(str::to_owned);
    inside('"').or_else(|| inside('\''))
}

/// A text in the quotes that it does not hold itself; Graphite has no escape for them.
fn quoted(text: &str) -> String {
    if text.contains('\'') { format!("\"{text}\"") } else { format!("'{text}'") }
}

/// The target that asks for one series by its name, as the server's search told it.
///
/// Brackets, commas, quotes and bars are escaped. What the grammar of targets cannot hold at all, such as a blank
/// or a letter beyond ASCII, becomes `?`, which stands for any one character; a tagged series of such a name is
/// asked for by its tags. (Seen on graphite-web 1.1.8; `graphite/render/grammar.py`.)
pub(super) fn target_of(name: &str) -> String {
    let odd = |c: char| !c.is_ascii_graphic() || "{}[]\\".contains(c);
    if name.contains(';') && name.contains(odd) {
        let mut parts = name.split(';');
        let metric = parts.next().unwrap_or_default();
        let tags = parts.filter_map(|part| part.split_once('='));
        return Query::tagged(metric, tags.map(|(tag, value)| (tag.to_owned(), value.to_owned())));
    }
    let mut target = String::with_capacity(name.len());
    for character in name.chars() {
        if odd(character) {
            target.push('?');
        } else {
            if "(),'\"|".contains(character) {
                target.push('\\');
            }
            target.push(character);
        }
    }
    target
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn tags(expressions: &[&str]) -> Query {
        Query::Tags(expressions.iter().map(|text| (*text).to_owned()).collect())
    }

    #[test]
    fn a_query_is_told_by_its_text() {
        assert_eq!(Query::parse(" a.*.{b,c} "), Query::Paths("a.*.{b,c}".to_owned()));
        assert_eq!(Query::parse("seriesByTag('name=a', \"b=~x,(y)\")"), tags(&["name=a", "b=~x,(y)"]));
        assert_eq!(Query::parse("sumSeries(a.*)"), Query::Function("sumSeries(a.*)".to_owned()));
        assert_eq!(Query::parse("sumSeries("), Query::Function("sumSeries(".to_owned()));
    }

    #[test]
    fn what_is_inside_a_function_can_be_looked_for() {
        let text = "alias(divideSeries(a.*.b,sumSeries(seriesByTag('name=c'))),'x.y')";
        assert_eq!(Query::inside(text), [Query::Paths("a.*.b".to_owned()), tags(&["name=c"])]);
        assert_eq!(Query::inside("sumSeries("), []);
        assert_eq!(Query::inside("a.b|summarize('1h')"), []);
    }

    #[test]
    fn odd_names_can_be_asked_for() {
        for (name, target) in [
            ("a.df-var_mail.x=y:z", "a.df-var_mail.x=y:z"),
            ("a.par(en),'q'", "a.par\\(en\\)\\,\\'q\\'"),
            ("a.with space.ü[1]", "a.with?space.??1?"),
            ("disk.used;host=ms1;volume=/var", "disk.used;host=ms1;volume=/var"),
            ("disk.used;host=ms 1;owner=o'x", "seriesByTag('name=disk.used','host=ms 1',\"owner=o'x\")"),
        ] {
            assert_eq!(target_of(name), target);
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "[a-c(){},'\"é. |;=\\[\\]]{0,40}") {
            let _ = (Query::parse(&text), Query::inside(&text), target_of(&text));
        }
    }
}
