//! The commands of the README are those that work.

use std::{fs, path::Path};

use tempfile::TempDir;

use crate::support::{AS_OF, directory, mailtide, repository};

/// What the README runs on the sample, built and run in one.
const BUILD_AND_RUN: &str = "cargo run --release -- ";

fn readme() -> String {
    fs::read_to_string(repository("README.md")).expect("README.md must be there")
}

/// The commands in the README's fenced `sh` blocks, in their order, a continued line joined to the next.
fn commands(readme: &str) -> Vec<String> {
    let mut commands = Vec::new();
    let mut inside = false;
    let joined = readme.replace("\\\n", " ");
    for line in joined.lines().map(str::trim) {
        match line.strip_prefix("```") {
            Some(language) => inside = !inside && language == "sh",
            None if inside && !line.is_empty() && !line.starts_with('#') => {
                let command = line.split(" # ").next().unwrap_or(line);
                commands.push(command.split_whitespace().collect::<Vec<_>>().join(" "));
            }
            None => {}
        }
    }
    commands
}

/// A place that looks like the top of the repository, to run the README's commands in.
fn place() -> TempDir {
    let place = directory();
    std::os::unix::fs::symlink(repository("sample-data"), place.path().join("sample-data")).unwrap();
    place
}

/// Runs a command of the README as it stands there.
fn run(place: &Path, command: &str) -> crate::support::Ran {
    let arguments = command.strip_prefix(BUILD_AND_RUN).or(command.strip_prefix("mailtide ")).unwrap();
    mailtide(place, &arguments.split(' ').collect::<Vec<_>>())
}

#[test]
fn the_two_commands_are_there() {
    let commands = commands(&readme());
    assert!(commands.iter().any(|command| command.starts_with(BUILD_AND_RUN)), "{commands:?}");
    assert!(commands.iter().any(|command| command == "./test.sh"), "{commands:?}");
}

#[test]
fn the_first_command_runs_the_job_on_the_sample_and_ends_by_naming_the_report() {
    let commands = commands(&readme());
    let first = commands.iter().find(|command| command.starts_with(BUILD_AND_RUN)).unwrap();
    assert!(first.contains(" run ") && first.contains("sample-data/platform.toml"), "{first}");
    let place = place();
    let ran = run(place.path(), first).expect(0);
    let report = ran.stdout.trim_end().rsplit_once("Report: ").unwrap().1;
    assert!(place.path().join(report).is_file(), "{report}");
}

/// A command that names a platform of the reader's own is run on the sample's: what matters are its words.
#[test]
fn every_mailtide_command_is_understood() {
    let commands = commands(&readme());
    let ours: Vec<&String> = commands.iter().filter(|command| command.starts_with("mailtide ")).collect();
    assert!(!ours.is_empty(), "the README shows no `mailtide` command: {commands:?}");
    let place = place();
    let base = place.path().join("sample-data/platform.toml");
    // An archive for those that plan from it.
    mailtide(place.path(), &["pull", "--platform", base.to_str().unwrap()]).expect(0);
    for command in ours {
        let plain = command.split(['|', '>', '&']).next().unwrap().trim();
        let mut words: Vec<&str> = plain.split(' ').collect();
        let named = words.iter().position(|word| ["--platform", "-p"].contains(word));
        match named {
            Some(at) => words[at + 1] = "sample-data/platform.toml",
            None if words.iter().any(|w| ["--help", "--version"].contains(w)) => {}
            None => words.extend(["--platform", "sample-data/platform.toml"]),
        }
        let ran = run(place.path(), &words.join(" "));
        if !words.contains(&"--as-of") && named.is_some() {
            words.extend(["--as-of", AS_OF]);
        }
        // 4 and 5 are asked for by `--fail-on`.
        let fine: &[i32] = if words.contains(&"--fail-on") { &[0, 4, 5] } else { &[0] };
        assert!(ran.code.is_some_and(|code| fine.contains(&code)), "{command}: {}", ran.stderr);
    }
}
