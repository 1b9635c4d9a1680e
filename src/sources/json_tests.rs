//! The pull reader against serde_json.

use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::*;

/// Reads any document with the pull reader.
fn value(json: &mut Json<'_>) -> Outcome<Value> {
    match json.peek() {
        Some(b'{') => {
            let mut members = Map::new();
            json.object(|json, name| {
                members.insert(name.to_owned(), value(json)?);
                Ok(())
            })?;
            Ok(Value::Object(members))
        }
        Some(b'[') => {
            let mut elements = Vec::new();
            json.array(|json| {
                elements.push(value(json)?);
                Ok(())
            })?;
            Ok(Value::Array(elements))
        }
        Some(b'"') => Ok(Value::String(json.string()?.into_owned())),
        Some(b'-' | b'0'..=b'9') => Ok(json!(json.number()?)),
        Some(b'n') if json.null() => Ok(Value::Null),
        Some(b't') => json.skip().map(|()| Value::Bool(true)),
        Some(b'f') => json.skip().map(|()| Value::Bool(false)),
        _ => Err(json.expected("a value")),
    }
}

fn document(text: &str) -> Outcome<Value> {
    let mut json = Json::new(text);
    let value = value(&mut json)?;
    if json.peek().is_some() { Err(json.expected("the end")) } else { Ok(value) }
}

/// Numbers as the pull reader gives them; serde_json keeps integers apart.
fn as_floats(value: Value) -> Value {
    match value {
        Value::Number(number) => json!(number.as_f64()),
        Value::Array(elements) => elements.into_iter().map(as_floats).collect(),
        Value::Object(members) => members.into_iter().map(|(k, v)| (k, as_floats(v))).collect(),
        other => other,
    }
}

fn documents() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i32>().prop_map(Value::from),
        (-1_000_000i64..1_000_000).prop_map(|n| json!(n as f64 / 64.0)),
        "\\PC{0,8}".prop_map(Value::from),
        "[\"\\\\\n\t/é😀]{0,6}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 32, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::vec(("[a-z\"\n]{0,4}", inner), 0..5)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

fn accepts(text: &str) -> bool {
    let mut json = Json::new(text);
    json.skip().is_ok() && json.peek().is_none()
}

proptest! {
    #[test]
    fn reads_what_serde_json_writes(expected in documents(), pretty: bool) {
        let text = if pretty { serde_json::to_string_pretty(&expected) } else { serde_json::to_string(&expected) };
        let text = text.unwrap();
        prop_assert_eq!(document(&text).expect("valid"), as_floats(expected));
        prop_assert!(accepts(&text));
    }

    #[test]
    fn refuses_what_serde_json_refuses(
        whole in documents(),
        at in any::<prop::sample::Index>(),
        instead in "[\\[\\]{},:\"\\\\0-9.eE+tn \u{1}-]{0,2}",
    ) {
        let mut text: Vec<char> = serde_json::to_string(&whole).unwrap().chars().collect();
        let at = at.index(text.len());
        text.splice(at..=at, instead.chars());
        let text: String = text.into_iter().collect();
        let theirs = serde_json::from_str::<Value>(&text);
        prop_assume!(!theirs.as_ref().is_err_and(|e| e.to_string().contains("out of range")));
        prop_assert_eq!(accepts(&text), theirs.is_ok(), "{}: {:?}", text, theirs);
        prop_assert_eq!(document(&text).is_ok(), theirs.is_ok());
    }

    #[test]
    fn never_panics(text in "\\PC{0,60}") {
        let _ = document(&text);
        let _ = Json::new(&text).quoted_number();
    }
}

#[test]
fn takes_what_python_and_graphite_write_beyond_json() {
    assert!(Json::new("NaN").number().unwrap().is_nan());
    assert_eq!(Json::new(" -Infinity").number().unwrap(), f64::NEG_INFINITY);
    assert_eq!(Json::new("1e9999").number().unwrap(), f64::INFINITY);
    assert_eq!(Json::new(&"1".repeat(400)).number().unwrap(), f64::INFINITY);
}

#[test]
fn decodes_escapes_and_surrogate_pairs() {
    let text = r#""a\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00é""#;
    assert_eq!(Json::new(text).string().unwrap(), "a\"\\/\u{8}\u{c}\n\r\té😀é");
    for broken in [r#""\ud83d""#, r#""\ude00""#, r#""\u12""#, r#""\x""#, "\"\\", "\"a", "\"\n\""] {
        assert!(Json::new(broken).string().is_err(), "{broken}");
    }
}

#[test]
fn nests_no_deeper_than_the_stack_bears() {
    let deep = "[".repeat(1_000_000);
    let fault = Json::new(&deep).skip().unwrap_err();
    assert_eq!((fault.offset, fault.problem.as_str()), (129, "objects and arrays nest deeper than 128"));
    let whole = format!("{}{}", "[".repeat(128), "]".repeat(128));
    assert!(Json::new(&whole).skip().is_ok());
}

#[test]
fn says_what_it_found_and_where() {
    let mut json = Json::new(r#"[12, "abc"]"#);
    let fault = json.array(|json| json.number().map(drop)).unwrap_err();
    assert_eq!((fault.offset, fault.problem.as_str()), (5, "expected a number, found \"abc\""));
    let fault = Json::new("[12").skip().unwrap_err();
    assert_eq!(fault.problem, "expected `,` or `]`, found the end");
    assert_eq!(fault.next_step, CUT_OFF);
}
