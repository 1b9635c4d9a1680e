//! Names that try to get out of the place that they are written in.

use super::{
    fixture::{platform, schedule},
    *,
};
use crate::platform::Platform;

const HOSTILE: &[&str] = &[
    "x\"; reboot; \"",
    "$(reboot)",
    "`reboot`",
    "a\n* * * * * root reboot",
    "a\r\nEND:VEVENT\r\nBEGIN:VALARM",
    "'; rm -rf / #",
    "{servers}",
    "${aws_instance.x}",
    "../../etc/cron.d/x",
    "a: {b: [c]}\n---\nkind: Pod",
    "\u{1b}[31m\u{202e}",
    "%s\\%",
];

#[test]
fn a_hostile_pool_name_stays_a_name() {
    for name in HOSTILE {
        let platform = platform(name);
        let own = Handover { pool: (*name).to_owned(), ..schedule() };
        for &format in ScheduleFormat::ALL {
            let written = write_schedule(format, &own, &platform.pools[0].schedule).unwrap();
            let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.');
            assert!(written.file.chars().all(plain) && !written.file.starts_with('.'), "{}", written.file);
            let harmless = write_schedule(format, &schedule(), &platform.pools[0].schedule).unwrap();
            // The same lines in the same places, whatever the name.
            let shape = |text: &str| text.lines().filter(|line| !line.starts_with(' ')).count();
            match format {
                ScheduleFormat::Cron => {
                    assert_eq!(
                        written.text.lines().count(),
                        harmless.text.lines().count(),
                        "{}",
                        written.text
                    );
                    let commands = |text: &str| -> Vec<String> {
                        text.lines().filter(|line| !line.starts_with('#')).map(str::to_owned).collect()
                    };
                    assert_eq!(commands(&written.text), commands(&harmless.text));
                }
                ScheduleFormat::Ical => {
                    assert_eq!(shape(&written.text), shape(&harmless.text), "{}", written.text);
                    assert!(!written.text.lines().any(|line| line.starts_with("BEGIN:VALARM")));
                }
                _ => {
                    let read: serde_json::Value = serde_json::from_str(&written.text).unwrap();
                    assert_eq!(
                        keys(&read),
                        keys(&serde_json::from_str(&harmless.text).unwrap()),
                        "{}",
                        written.text
                    );
                }
            }
        }
    }
}

/// How many keys a document has on each level: names of resources may differ.
fn keys(value: &serde_json::Value) -> Vec<usize> {
    match value {
        serde_json::Value::Object(table) => {
            [table.len()].into_iter().chain(table.values().flat_map(keys)).collect()
        }
        serde_json::Value::Array(list) => {
            [list.len()].into_iter().chain(list.iter().flat_map(keys)).collect()
        }
        _ => vec![0],
    }
}

#[test]
fn terraform_sees_no_template_in_a_name() {
    let text = write_schedule(
        ScheduleFormat::Terraform,
        &Handover { pool: "${x}".to_owned(), ..schedule() },
        &fixture::targets(),
    );
    let text = text.unwrap().text;
    let read: serde_json::Value = serde_json::from_str(&text).unwrap();
    // A comment is not evaluated; every other text has its templates escaped.
    let resources = read["resource"].to_string().replace("$${", "").replace("%%{", "");
    assert!(!resources.contains("${") && !resources.contains("%{"), "{resources}");
}

#[test]
fn targets_that_could_be_more_than_names_are_refused_all_at_once() {
    let text = r#"[platform]
name = "A"
timezone = "UTC"
currency = "EUR"

[[source]]
name = "files"
files = ["exports"]

[[pool]]
name = "a"
role = "webmail"
hosts = ["a*"]

[pool.schedule]
auto_scaling_group = "a\nb"
max_size = 0.5
instance_schedule = "a b"
namespace = "Mail"
deployment = "../x"
kubectl_image = "an image"
command = "resize\nreboot {servers}"
group = "a"

[[pool]]
name = "b"
role = "webmail"
hosts = ["b*"]

[pool.schedule]
max_size = 3
namespace = "mail"
command = "resize b"

[[pool]]
name = "c"
role = "webmail"
hosts = ["c*"]

[pool.schedule]
namespace = "mail"
deployment = "c"
stateful_set = "c"
command = "@reboot {servers}"

[[pool]]
name = "d"
role = "webmail"
hosts = ["d*"]
schedule = { auto_scaling_group = "same", command = "resize {servers}", deployment = "d" }

[[pool]]
name = "e"
role = "webmail"
hosts = ["e*"]
schedule = { auto_scaling_group = "same", command = "resize {servers}" }
"#;
    let errors = Platform::parse(text, std::path::Path::new("platform.toml")).unwrap_err();
    insta::assert_snapshot!("refused_targets", errors.to_string());
}
