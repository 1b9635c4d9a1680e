//! Expressions: what is asked, made into one point a step.

use crate::sources::packs::Over;

/// How often an expression that is no plain selector is evaluated within a step, in seconds: as far back as
/// Prometheus looks for a sample (`--query.lookback-delta`), and the window of most rates in packs, so that the
/// evaluations meet and none looks past what the one before has seen.
const RESOLUTION: i64 = 300;

/// What a pack or a declaration asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Expression {
    text: String,
    form: Form,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    /// A metric with or without matchers: it can be asked over a range.
    Selector,
    /// One of PromQL's `…_over_time` functions already: whoever wrote it chose the range.
    OverTime,
    /// Anything else.
    Other,
}

impl Expression {
    pub(super) fn new(text: &str) -> Expression {
        let text = text.trim();
        let form = match () {
            () if is_selector(text) => Form::Selector,
            () if is_over_time(text) => Form::OverTime,
            () => Form::Other,
        };
        Expression { text: text.to_owned(), form }
    }

    /// As it was written.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// The metric's name, where the expression is a plain selector that names it.
    pub(super) fn metric(&self) -> Option<&str> {
        let name = self.text.split(['{', ' ', '\t', '\n', '\r']).next().unwrap_or_default();
        (self.form == Form::Selector && !name.is_empty()).then_some(name)
    }

    /// What tells this question from others whatever the step: `avg of up`.
    pub(super) fn id(&self, over: Over) -> String {
        match self.form {
            Form::OverTime => self.text.clone(),
            Form::Selector | Form::Other => format!("{} of {}", over.name(), self.text),
        }
    }

    /// What to evaluate at every multiple of `step` seconds, so that the point at t stands for (t - step, t].
    ///
    /// The range is a millisecond short of the step: Prometheus 2 counts a sample at t - step too, Prometheus 3 and
    /// VictoriaMetrics do not, and times are whole milliseconds. So all of them answer the same, and no sample
    /// counts in two points. An expression becomes a subquery, which is evaluated at multiples of its resolution.
    /// Steps that are no longer than that need none, nor does the latest value.
    pub(super) fn over(&self, over: Over, step: i64) -> String {
        let text = &self.text;
        let function = over.name();
        let range = step.saturating_mul(1000).saturating_sub(1).max(1);
        match self.form {
            Form::Selector => format!("{function}_over_time({text}[{range}ms])"),
            Form::OverTime => text.clone(),
            Form::Other if over == Over::Last || step <= RESOLUTION => text.clone(),
            Form::Other => {
                format!("{function}_over_time(({text}{})[{range}ms:{RESOLUTION}s])", self.end_of_comment())
            }
        }
    }

    /// How many series an expression made by [`Expression::over`] has.
    pub(super) fn count(&self, over: Over, step: i64) -> String {
        format!("count({}{})", self.over(over, step), self.end_of_comment())
    }

    /// A comment reaches to the end of its line and would take what follows with it.
    fn end_of_comment(&self) -> &'static str {
        if self.text.contains('#') { "\n" } else { "" }
    }
}

/// Whether a text is `name`, `name{…}` or `{…}` and nothing more: no offset, no range, no operator.
fn is_selector(text: &str) -> bool {
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == ':';
    let (name, rest) = text.split_at(text.find(|c: char| !is_word(c)).unwrap_or(text.len()));
    if name.starts_with(|c: char| c.is_ascii_digit()) {
        return false;
    }
    let rest = rest.trim_start();
    if rest.is_empty() { !name.is_empty() } else { closes_at_end(rest, '{', '}') }
}

/// Whether a text is one call of a function whose name ends in `_over_time`.
fn is_over_time(text: &str) -> bool {
    let Some(open) = text.find('(') else { return false };
    let (name, rest) = text.split_at(open);
    let name = name.trim_end();
    let is_name = name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    is_name && name.ends_with("_over_time") && closes_at_end(rest, '(', ')')
}

/// Whether a text begins with a bracket whose other half is its last character. Strings are passed over: in double
/// and single quotes with escapes, in backticks without (as in Go).
fn closes_at_end(text: &str, open: char, close: char) -> bool {
    let mut depth = 0_usize;
    let mut characters = text.char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            quote @ ('"' | '\'' | '`') => {
                let mut closed = false;
                while let Some((_, inside)) = characters.next() {
                    match inside {
                        '\\' if quote != '`' => drop(characters.next()),
                        _ if inside == quote => {
                            closed = true;
                            break;
                        }
                        _ => {}
                    }
                }
                if !closed {
                    return false;
                }
            }
            '#' => return false,
            _ if character == open => depth += 1,
            _ if character == close => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return at + close.len_utf8() == text.len();
                }
            }
            _ if depth == 0 => return false,
            _ => {}
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn asked(text: &str, over: Over, step: i64) -> String {
        Expression::new(text).over(over, step)
    }

    #[test]
    fn a_selector_is_asked_over_the_step() {
        for text in [
            "up",
            "node_filesystem_size_bytes{fstype!~\"tmpfs|ram{1,}fs\"}",
            "x {a='}',b=`\\`}",
            "{__name__=\"a b\"}",
        ] {
            assert_eq!(asked(text, Over::Avg, 3600), format!("avg_over_time({text}[3599999ms])"));
        }
        assert_eq!(asked(" up\n", Over::Last, 60), "last_over_time(up[59999ms])");
    }

    #[test]
    fn an_expression_is_asked_as_a_subquery_of_a_longer_step() {
        for text in [
            "sum by (instance) (dovecot_sessions)",
            "up offset 5m",
            "a{b=\"c\"} / d{e=\"f\"}",
            "up == 1",
            "3",
            "max_over_time(a[1h]) - min_over_time(a[1h])",
        ] {
            assert_eq!(asked(text, Over::Max, 3600), format!("max_over_time(({text})[3599999ms:300s])"));
            assert_eq!(asked(text, Over::Max, 300), text);
            assert_eq!(asked(text, Over::Last, 3600), text);
        }
    }

    #[test]
    fn who_writes_the_function_has_chosen_the_range() {
        for text in ["max_over_time(rate(a[5m])[1h:5m])", "quantile_over_time(0.95, a{b=\")\"}[1d])"] {
            assert_eq!(asked(text, Over::Avg, 3600), text);
            assert_eq!(Expression::new(text).id(Over::Avg), text);
        }
    }

    #[test]
    fn a_comment_does_not_swallow_what_follows() {
        let text = "sum(a) # all of them";
        assert_eq!(asked(text, Over::Avg, 3600), format!("avg_over_time(({text}\n)[3599999ms:300s])"));
        assert_eq!(Expression::new(text).count(Over::Avg, 60), format!("count({text}\n)"));
    }

    #[test]
    fn a_selector_tells_its_metric() {
        assert_eq!(Expression::new("up{job=\"a\"}").metric(), Some("up"));
        assert_eq!(Expression::new("{job=\"a\"}").metric(), None);
        assert_eq!(Expression::new("sum(up)").metric(), None);
        assert_eq!(Expression::new("up").id(Over::Avg), "avg of up");
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "[a-z_(){}\\[\\]\"'`\\\\# é1]{0,30}", step: i64) {
            let _ = Expression::new(&text).over(Over::Avg, step);
        }
    }
}
