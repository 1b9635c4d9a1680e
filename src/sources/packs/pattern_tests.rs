use proptest::prelude::*;

use super::*;

fn path(text: &str) -> Pattern {
    Pattern::parse(text, Separator::Dot).unwrap()
}

#[test]
fn named_parts_stay_within_a_node() {
    let used = path("collectd.{host}.df-{volume}.df_complex-used");
    assert_eq!(
        used.matches("collectd.ms1.df-var-mail.df_complex-used"),
        Some(vec![("host", "ms1"), ("volume", "var-mail")])
    );
    for other in [
        "collectd.ms1.example.df-var.df_complex-used",
        "collectd.ms1.df-.df_complex-used",
        "collectd..df-var.df_complex-used",
        "collectd.ms1.df-var.df_complex-used.more",
        "collectd.ms1.df-var",
        "",
    ] {
        assert_eq!(used.matches(other), None, "{other}");
    }
}

#[test]
fn earlier_parts_are_the_shorter_ones() {
    let label = Pattern::parse("{host}/{volume}-x disk_used", Separator::Space).unwrap();
    assert_eq!(label.matches("a/b/c-x-x disk_used"), Some(vec![("host", "a"), ("volume", "b/c-x")]));
    assert_eq!(path("{host}.*.mail_queue").matches("mx1.exec.mail_queue"), Some(vec![("host", "mx1")]));
}

#[test]
fn a_last_literal_may_not_overlap_the_part_before_it() {
    assert_eq!(path("a.{host}aa").matches("a.aa"), None);
    assert_eq!(path("a.{host}aa").matches("a.aaa"), Some(vec![("host", "a")]));
}

#[test]
fn refused_patterns_say_why() {
    let why = |text: &str| Pattern::parse(text, Separator::Dot).unwrap_err().to_string();
    assert_eq!(why("a..b"), "`a..b` has an empty node");
    assert_eq!(
        why("a.{host"),
        "`a.{host` has a brace without its other half; a named part is written {host}"
    );
    assert_eq!(
        why("a.host}"),
        "`a.host}` has a brace without its other half; a named part is written {host}"
    );
    assert_eq!(why("a.{}"), "`a.{}` has a part without a name; an unnamed part is written *");
    assert_eq!(
        why("a.{host}{cpu}"),
        "`a.{host}{cpu}` has two parts with nothing between them, so where one ends is open"
    );
    assert_eq!(why("{host}.a.{host}"), "`{host}.a.{host}` has the part {host} twice");
    assert_eq!(why("{host}.*"), "`{host}.*` has no plain text, so it would match anything");
}

proptest! {
    #[test]
    fn what_is_filled_in_is_read_back(
        host in "[a-z0-9_é]{1,12}",
        volume in "[a-zA-Z0-9_/-]{1,12}",
    ) {
        let pattern = path("collectd.{host}.df-{volume}.*.df_complex-used");
        let text = pattern.fill(|name| match name {
            "host" => host.clone(),
            "volume" => volume.clone(),
            _ => "x".to_owned(),
        });
        prop_assert_eq!(pattern.matches(&text), Some(vec![("host", host.as_str()), ("volume", volume.as_str())]));
    }

    #[test]
    fn any_text_that_matches_is_its_own_filling(text in "[ab-]{1,4}[.]a[ab-]{0,9}b") {
        let pattern = path("{host}.a{volume}-{queue}b");
        if let Some(parts) = pattern.matches(&text) {
            let value = |name: &str| {
                parts.iter().find(|(n, _)| *n == name).map(|(_, v)| (*v).to_owned()).unwrap_or_default()
            };
            prop_assert_eq!(pattern.fill(value), text);
        }
    }

    #[test]
    fn no_text_makes_a_pattern_panic(pattern in ".{0,30}", text in ".{0,30}") {
        for separator in [Separator::Dot, Separator::Space] {
            if let Ok(pattern) = Pattern::parse(&pattern, separator) {
                let _ = pattern.matches(&text);
                prop_assert!(pattern.misses(&pattern.fill(|_| "x".to_owned())) == 0);
            }
        }
    }
}
