//! Graphite functions around a series that leave its meaning alone.
//!
//! Graphite names what a function answers after the call: `keepLastValue(collectd.ms1.df-var.df_complex-used)`.
//! - Names, order and looks: `alias`, `aliasByMetric`, `aliasByNode`, `aliasByTags`, `aliasSub`, `substr`,
//!   `color`, `removeEmptySeries`: as if they were not there.
//! - Holes: `keepLastValue`, the same. `transformNull` makes a number of a hole, so it is not read.
//! - Several series into one, `averageSeries`, `avg`, `maxSeries`, `max`, `minSeries`, `min`, `sumSeries`, `sum`:
//!   the same, where exactly one series stands inside.
//! - Coarser steps: `summarize`, `smartSummarize` and `consolidateBy` with an average, median, largest, smallest
//!   or last value; not with their sum, which `summarize` takes where none is named.
//! - `perSecond` makes a rate of a counter: a pack that means the rate writes it into its path.
//!
//! Every other function (`scale`, `derivative`, `movingAverage`, `timeShift`, …) gives another quantity or other
//! times, and is not looked into. (Functions as in graphite-web 1.1, "Functions".)

use std::borrow::Cow;

/// Deeper calls than this are not looked into; no one writes them, and hostile input may.
const DEEPEST: usize = 16;

const PLAIN: &[&str] = &[
    "alias",
    "aliasByMetric",
    "aliasByNode",
    "aliasByTags",
    "aliasSub",
    "substr",
    "color",
    "removeEmptySeries",
    "keepLastValue",
    "averageSeries",
    "avg",
    "maxSeries",
    "max",
    "minSeries",
    "min",
    "sumSeries",
    "sum",
];

const LEVELS: &[&str] = &["average", "avg", "median", "max", "min", "last", "current"];

/// The series inside a target, with `perSecond(…)` kept around it; the target itself where a function stands in
/// the way.
pub(in crate::sources) fn series_of(target: &str) -> Cow<'_, str> {
    let (series, per_second) = unwrap(target.trim());
    if per_second { Cow::Owned(format!("perSecond({series})")) } else { Cow::Borrowed(series) }
}

fn unwrap(target: &str) -> (&str, bool) {
    let mut inner = target;
    let mut per_second = false;
    for _ in 0..DEEPEST {
        let Some((function, arguments)) = call(inner) else { break };
        let Some((first, others)) = arguments.split_first() else { break };
        if !others.iter().all(|argument| is_constant(argument)) {
            break;
        }
        let level = |at: usize| others.get(at).is_some_and(|name| LEVELS.contains(&unquoted(name)));
        let leaves_alone = match function {
            "summarize" | "smartSummarize" => level(1),
            "consolidateBy" => level(0),
            "perSecond" if !per_second => {
                per_second = true;
                true
            }
            _ => PLAIN.contains(&function),
        };
        if !leaves_alone {
            break;
        }
        inner = first;
    }
    (inner, per_second)
}

/// A call's function and its arguments; `None` where the text is not one whole call.
pub(in crate::sources) fn call(text: &str) -> Option<(&str, Vec<&str>)> {
    let (function, rest) = text.split_once('(')?;
    let inside = rest.strip_suffix(')')?;
    let is_name = !function.is_empty() && function.bytes().all(|b| b.is_ascii_alphanumeric());
    is_name.then_some(())?;
    let (mut depth, mut quote, mut start) = (0_i64, None, 0);
    let mut arguments = Vec::new();
    for (at, byte) in inside.bytes().enumerate() {
        match (quote, byte) {
            (Some(open), _) if byte == open => quote = None,
            (Some(_), _) => {}
            (None, b'"' | b'\'') => quote = Some(byte),
            (None, b'(' | b'{') => depth += 1,
            (None, b')' | b'}') => depth -= 1,
            (None, b',') if depth == 0 => {
                arguments.push(inside.get(start..at)?.trim());
                start = at + 1;
            }
            (None, _) => {}
        }
        if depth < 0 {
            return None;
        }
    }
    arguments.push(inside.get(start..)?.trim());
    (depth == 0 && quote.is_none()).then_some((function, arguments))
}

/// Whether an argument is a number, a text in quotes or a truth value, and so no series.
pub(in crate::sources) fn is_constant(argument: &str) -> bool {
    let quoted = argument.starts_with(['"', '\'']);
    quoted
        || argument.parse::<f64>().is_ok()
        || ["true", "false", "none"].contains(&argument.to_ascii_lowercase().as_str())
}

fn unquoted(argument: &str) -> &str {
    argument.trim_matches(['"', '\''])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn functions_that_leave_the_meaning_alone_are_taken_off() {
        for target in [
            "a.b.c",
            "keepLastValue(a.b.c)",
            "keepLastValue(a.b.c, 3)",
            "alias(averageSeries(a.b.c),'disk, (used)')",
            "summarize(a.b.c, \"1h\", \"max\", true)",
            "consolidateBy(a.b.c,'average')",
            "smartSummarize( a.b.c , '1h', 'last')",
        ] {
            assert_eq!(series_of(target), "a.b.c", "{target}");
        }
    }

    #[test]
    fn a_rate_stays_a_rate() {
        assert_eq!(series_of("alias(perSecond(keepLastValue(a.b.c), 1000), 'x')"), "perSecond(a.b.c)");
        assert_eq!(series_of("perSecond(perSecond(a.b.c))"), "perSecond(perSecond(a.b.c))");
    }

    #[test]
    fn what_changes_the_meaning_stays_as_it_is() {
        for target in [
            "scale(a.b.c,1024)",
            "summarize(a.b.c,\"1h\")",
            "summarize(a.b.c,\"1h\",\"sum\")",
            "averageSeries(a.b.c,a.b.d)",
            "transformNull(a.b.c,0)",
            "alias(a.b.c",
            "alias(a.b.c))",
            "alias()",
            "(a.b.c)",
        ] {
            let expected = if target == "alias()" { "" } else { target };
            assert_eq!(series_of(target), expected, "{target}");
        }
    }

    proptest! {
        #[test]
        fn no_target_makes_it_panic(target in "[a-c(){},'\"é. ]{0,40}") {
            let _ = series_of(&target);
        }
    }
}
