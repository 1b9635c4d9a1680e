//! What `mailtide schedule` writes, taken by those whom it is for: moto's Auto Scaling, the published schemas of
//! Kubernetes, croniter, icalendar, and the rules that the others document (`tests/servers/schedule_check.py`).

use std::{fs, path::Path};

use crate::{
    schedule::{platform, platform_of},
    servers::Tools,
    support::{AS_OF, mailtide, repository},
};

const TARGETS: &str = r#"
[pool.schedule]
auto_scaling_group = "web's \"group\" ${x}"
max_size = 12
instance_schedule = "web-ebb"
namespace = "mail"
stateful_set = "web"
kubectl_image = "registry.example/kubectl:v1.34"
command = "/usr/local/bin/resize --at \"$(date +%H)\" web {servers}"
"#;

/// Writes all formats, has them checked, and compares what Auto Scaling answers with the plan.
fn receive(directory: &Path, tools: &Tools, folder: &str, more: &[&str]) {
    let schedule = |arguments: &[&str]| {
        let common = ["schedule", "--as-of", AS_OF, "--pool", "web"];
        mailtide(directory, &[&common[..], more, arguments].concat())
    };
    schedule(&["--as", "all", "--out", folder]).expect(0);
    let plan = schedule(&["--format", "json"]).expect(0).stdout;
    fs::write(directory.join("plan.json"), plan).unwrap();
    let checked = tools
        .command("moto-python")
        .current_dir(directory)
        .env("HOME", directory)
        .arg(repository("tests/servers/schedule_check.py"))
        .args([folder, "plan.json"])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&checked.stdout);
    assert!(checked.status.success(), "{said}\n{}", String::from_utf8_lossy(&checked.stderr));
    // EC2, Terraform, CronJobs, KEDA, kube-downscaler, cron, a calendar; Instance Scheduler's schedules do not end.
    let tools = if more.is_empty() { 8 } else { 7 };
    assert_eq!(said.matches(": as planned at ").count(), tools, "{said}");
    let answer = format!("{folder}/describe.json");
    schedule(&["--in-force", &answer, "--fail-on-change"]).expect(0);
}

#[test]
fn every_receiver_runs_what_is_planned() {
    let Some(tools) = Tools::installed() else { return };
    let place = platform(0.58, TARGETS);
    receive(place.path(), &tools, "plans", &[]);
    receive(place.path(), &tools, "ending", &["--expires", "25"]);
}

/// A pool that is busy from three in the night on, for which its servers start at two: in the last night of March there is
/// no such hour.
#[test]
fn no_receiver_misses_a_change_in_the_nights_of_clock_changes() {
    let Some(tools) = Tools::installed() else { return };
    let place = platform_of(TARGETS, |_, hour| if (3..14).contains(&hour) { 0.58 } else { 0.15 });
    receive(place.path(), &tools, "plans", &[]);
}

/// A holiday on a Thursday, and on the Tuesday after it a mailing that needs all servers: who can leave out a date and add
/// one does, the others tell what they cannot.
#[test]
fn receivers_know_dates_as_far_as_they_can() {
    let Some(tools) = Tools::installed() else { return };
    let calendar = "\n[calendar]\nholidays = [2026-11-26]\n\n[[calendar.event]]\nname = \"Mailing\"\nfrom = 2026-12-01\nto = 2026-12-01\naction = \"ignore\"\n";
    let place = platform(0.58, &format!("{TARGETS}{calendar}"));
    receive(place.path(), &tools, "plans", &[]);
    receive(place.path(), &tools, "ending", &["--expires", "2026-12-02"]);
}
