//! `mailtide pull` from CloudWatch: what is new is asked for, and no more than may be spent.

use std::{fs, path::Path, process::Output};

use serde_json::{Value, json};

use crate::{
    cloudwatch_support::{CREDENTIALS, SECRET},
    servers::{CloudWatchDouble, Tools, cloudwatch_calls},
    support::{DAY, HOUR, binary, directory},
};

fn platform(endpoint: &str, more: &str) -> String {
    format!(
        "[platform]\nname = \"Cloud\"\ntimezone = \"UTC\"\ncurrency = \"USD\"\n\n[[source]]\nname = \"aws\"\n\
         kind = \"cloudwatch\"\nregion = \"eu-central-1\"\nendpoint = \"{endpoint}\"\npacks = [\"ec2\"]\n\
         history = \"3d\"\noverlap = \"2h\"\n{more}\n[[pool]]\nname = \"mx\"\nrole = \"mx\"\nhosts = [\"i-*\"]\n"
    )
}

fn pull(directory: &Path, platform: &str, more: &[&str]) -> Output {
    fs::write(directory.join("platform.toml"), platform).unwrap();
    let output = binary(directory)
        .env("HOME", directory)
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .envs(CREDENTIALS.iter().copied())
        .arg("pull")
        .args(more)
        .output()
        .unwrap();
    let said = [output.stdout.clone(), output.stderr.clone()].concat();
    assert!(!String::from_utf8_lossy(&said).contains(SECRET));
    output
}

/// When each GetMetricData call since the script began starts.
fn starts(url: &str) -> Vec<i64> {
    let calls = cloudwatch_calls(url);
    let data = calls.iter().filter(|call| call["operation"] == "GetMetricData");
    data.map(|call| call["parameters"]["StartTime"].as_i64().unwrap()).collect()
}

#[test]
fn the_second_pull_asks_for_what_is_new_and_none_spends_too_much() {
    let Some(tools) = Tools::installed() else { return };
    let directory = directory();
    let double = CloudWatchDouble::start(&tools, directory.path());
    let instance = |n: i64| {
        json!({
            "namespace": "AWS/EC2", "metric": "CPUUtilization", "seed": n,
            "dimensions": { "InstanceId": format!("i-{n}") },
        })
    };
    let script: Value = json!({ "metrics": (1..=3).map(instance).collect::<Vec<_>>() });
    double.play(&script);
    let plain = platform(&double.url(), "");

    // Three metrics cost 0.00003 dollars.
    let poor = platform(&double.url(), "cost_limit = 0.00001\n");
    let refused = pull(directory.path(), &poor, &[]);
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(said.contains("cost_limit"), "{said}");
    let shown = pull(directory.path(), &plain, &["--dry-run"]);
    let said = String::from_utf8_lossy(&shown.stdout).into_owned();
    assert!(said.contains("AWS/EC2 CPUUtilization Average by InstanceId (3 metrics)"), "{said}");
    assert_eq!(starts(&double.url()), Vec::<i64>::new());

    let first = pull(directory.path(), &plain, &[]);
    assert_eq!(first.status.code(), Some(0), "{}", String::from_utf8_lossy(&first.stderr));
    let asked = starts(&double.url());
    let oldest = *asked.iter().min().unwrap();

    double.play(&script);
    let second = pull(directory.path(), &plain, &[]);
    assert_eq!(second.status.code(), Some(0), "{}", String::from_utf8_lossy(&second.stderr));
    // From two hours before the end of the first pull, three days after its beginning; an hour of slack.
    let from = *starts(&double.url()).iter().min().unwrap();
    assert!((oldest + 3 * DAY - 3 * HOUR..oldest + 3 * DAY).contains(&from), "{oldest} and {from}");
}
