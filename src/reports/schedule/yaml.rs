//! YAML as the values of JSON, for manifests of Kubernetes: one or several documents.
//!
//! Aliases are refused, since a few of them can stand for gigabytes, and so is what is nested deeper than any manifest.

use saphyr_parser::{Event, Parser, ScalarStyle};
use serde_json::{Map, Value};

use super::InForceError;

/// Deepest nesting: a pod in a job in a CronJob in a list is at 15.
const DEEPEST: usize = 64;

/// A list or a table under way.
enum Open {
    List(Vec<Value>),
    /// With the key whose value comes next.
    Table(Map<String, Value>, Option<String>),
}

/// The documents of a text.
///
/// # Errors
/// It is no YAML, or has what is refused here.
pub(super) fn documents(text: &str) -> Result<Vec<Value>, InForceError> {
    let mut documents = Vec::new();
    let mut open: Vec<Open> = Vec::new();
    for event in Parser::new_from_str(text) {
        let (event, span) = event.map_err(|error| {
            InForceError::new(format!("line {}: it is neither JSON nor YAML", error.marker().line()))
        })?;
        let refused = |why: &str| InForceError::new(format!("line {}: {why}", span.start.line()));
        let done = match event {
            Event::Alias(_) => return Err(refused("aliases of YAML are not read; write it out")),
            Event::MappingStart(..) | Event::SequenceStart(..) if open.len() >= DEEPEST => {
                return Err(refused("it is nested deeper than any manifest"));
            }
            Event::MappingStart(..) => {
                open.push(Open::Table(Map::new(), None));
                continue;
            }
            Event::SequenceStart(..) => {
                open.push(Open::List(Vec::new()));
                continue;
            }
            Event::MappingEnd | Event::SequenceEnd => match open.pop() {
                Some(Open::List(list)) => Value::Array(list),
                Some(Open::Table(table, _)) => Value::Object(table),
                None => continue,
            },
            Event::Scalar(text, style, ..) => scalar(&text, style),
            _ => continue,
        };
        match open.last_mut() {
            None => documents.push(done),
            Some(Open::List(list)) => list.push(done),
            Some(Open::Table(table, key)) => match key.take() {
                Some(key) if table.contains_key(&key) => {
                    return Err(refused("a key stands there twice"));
                }
                Some(key) => {
                    table.insert(key, done);
                }
                None => {
                    let text = match done {
                        Value::String(text) => text,
                        Value::Array(_) | Value::Object(_) => return Err(refused("a key is no text")),
                        other => other.to_string(),
                    };
                    *key = Some(text);
                }
            },
        }
    }
    Ok(documents)
}

/// What a scalar is: without quotes it may be no text (the core schema of YAML 1.2, as far as manifests go).
fn scalar(text: &str, style: ScalarStyle) -> Value {
    if style != ScalarStyle::Plain {
        return Value::from(text);
    }
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Value::Null,
        "true" | "True" | "TRUE" => Value::Bool(true),
        "false" | "False" | "FALSE" => Value::Bool(false),
        text => text.parse::<i64>().map_or_else(|_| Value::from(text), Value::from),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn documents_lists_and_scalars_are_read() {
        let text =
            "kind: List\nitems:\n- {a: 3, 'b': \"3\"}\n- null\n- \n- [x, true]\n---\nk: |\n  two\n  lines\n";
        let read = documents(text).unwrap();
        assert_eq!(
            read[0],
            json!({ "kind": "List", "items": [{ "a": 3, "b": "3" }, null, null, ["x", true]] })
        );
        assert_eq!(read[1], json!({ "k": "two\nlines\n" }));
        assert_eq!(documents("# nothing\n").unwrap(), Vec::<Value>::new());
    }

    #[test]
    fn what_could_blow_up_is_refused() {
        for text in [
            "a: &a [x]\nb: [*a, *a]\n".to_owned(),
            "[".repeat(100_000),
            "- ".repeat(100_000),
            "{a: ".repeat(100_000),
            "a: 1\na: 2\n".to_owned(),
            "? [x]\n: y\n".to_owned(),
            "a: \"\n".to_owned(),
        ] {
            assert!(documents(&text).is_err(), "{}", &text[..text.len().min(30)]);
        }
    }
}
