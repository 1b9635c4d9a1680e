//! The commands of the README are those that work.

use std::{fs, path::Path, process::Command};

use mailtide::platform::Platform;
use tempfile::TempDir;

use crate::support::{AS_OF, directory, mailtide, repository};

/// What the README runs on the sample, built and run in one.
const BUILD_AND_RUN: &str = "cargo run --release -- ";

fn document(path: &str) -> String {
    fs::read_to_string(repository(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn readme() -> String {
    document("README.md")
}

/// The README's fenced blocks of a language.
fn blocks<'a>(readme: &'a str, language: &str) -> Vec<&'a str> {
    let mut parts = readme.split("\n```");
    parts.next();
    // Every second part is what stands between two blocks.
    let inside = parts.step_by(2).filter_map(|block| block.split_once('\n'));
    inside.filter(|(of, _)| *of == language).map(|(_, text)| text).collect()
}

/// The commands in the README's `sh` blocks, in their order, a continued line joined to the next.
fn commands(readme: &str) -> Vec<String> {
    let joined = blocks(readme, "sh").join("\n").replace("\\\n", " ");
    let lines = joined.lines().map(|line| line.split(" # ").next().unwrap_or(line));
    let words = lines.map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
    words.filter(|command| !command.is_empty() && !command.starts_with('#')).collect()
}

/// The first cells of the README's table whose header's first cell is this.
fn table<'a>(readme: &'a str, header: &str) -> Vec<Vec<&'a str>> {
    let cells = |line: &'a str| line.trim_matches('|').split(" | ").map(str::trim).collect::<Vec<_>>();
    let rows = readme.lines().skip_while(|line| !line.starts_with(&format!("| {header} |")));
    rows.skip(2).take_while(|line| line.starts_with('|')).map(cells).collect()
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

#[test]
fn the_shell_blocks_are_shell() {
    let (readme, exports) = (readme(), document("docs/exports.md"));
    let schedule = document("docs/schedule.md");
    let blocks = [blocks(&readme, "sh"), blocks(&exports, "sh"), blocks(&schedule, "sh")].concat();
    assert!(blocks.len() >= 5, "{blocks:?}");
    for block in blocks {
        let directory = directory();
        let script = directory.path().join("block.sh");
        fs::write(&script, block).unwrap();
        let checked = Command::new("sh").arg("-n").arg(&script).output().unwrap();
        assert!(checked.status.success(), "{block}\n{}", String::from_utf8_lossy(&checked.stderr));
    }
}

#[test]
fn the_platform_file_loads_as_it_stands() {
    let exports = document("docs/exports.md");
    let platforms = blocks(&exports, "toml").into_iter().filter(|block| block.contains("[platform]"));
    let mut loaded = 0;
    for platform in platforms {
        let directory = directory();
        fs::write(directory.path().join("platform.toml"), platform).unwrap();
        // It is accepted; what it names is not here.
        let ran = mailtide(directory.path(), &["pull"]).expect(3);
        let mut told = ran.stderr.lines().filter(|line| line.starts_with("not read: "));
        assert!(told.all(|line| line.contains(": matches no file; ")), "{}", ran.stderr);
        loaded += 1;
    }
    assert!(loaded > 0, "docs/exports.md shows no platform file");
}

#[test]
fn the_parts_of_a_platform_file_load_as_they_stand() {
    let rest = "[platform]\nname = \"A\"\ntimezone = \"UTC\"\ncurrency = \"EUR\"\n\n\
                [[pool]]\nname = \"mx\"\nrole = \"mx\"\nhosts = [\"mx*\"]\n\n";
    let source = "[[source]]\nname = \"files\"\nfiles = [\"exports\"]\n\n";
    let mut loaded = 0;
    for (path, before) in [("docs/sources.md", ""), ("docs/archive.md", source), ("docs/schedule.md", source)]
    {
        for block in blocks(&document(path), "toml") {
            let text = format!("{rest}{before}{block}\n");
            let parsed = Platform::parse(&text, Path::new("platform.toml"));
            assert!(parsed.is_ok(), "{path}:\n{block}\n{}", parsed.unwrap_err());
            loaded += 1;
        }
    }
    assert!(loaded >= 6, "{loaded}");
}

#[test]
fn the_tables_tell_what_the_help_tells() {
    let readme = readme();
    let directory = directory();
    let help =
        |arguments: &[&str]| mailtide(directory.path(), &[arguments, &["--help"]].concat()).expect(0).stdout;

    let commands = table(&readme, "command");
    for row in &commands {
        let words: Vec<&str> = row[0].trim_matches('`').split(' ').skip(1).collect();
        help(&words);
    }
    // Every command but `help`, those of `archive` by themselves.
    let entry = |line: &&str| line.starts_with("  ") && !line.starts_with("   ");
    let of = |help: &str| {
        let listed = help.lines().skip_while(|line| *line != "Commands:").skip(1);
        listed.take_while(|line| !line.is_empty()).filter(entry).count()
    };
    assert_eq!(commands.len(), of(&help(&[])) - 2 + of(&help(&["archive"])) - 1);

    let run = help(&["run"]);
    let options = table(&readme, "option");
    for row in &options {
        let long = row[0].split(['`', ' ']).find(|word| word.starts_with("--")).unwrap();
        assert!(run.contains(long), "`run` does not know {long}");
    }
    let known =
        run.lines().map(str::trim_start).filter(|l| l.starts_with('-') && !l.starts_with("- ")).count();
    assert_eq!(options.len(), known - 1, "all options but `--help` are in the table:\n{run}");

    let told = help(&[]);
    let codes = table(&readme, "exit code");
    for row in &codes {
        let line = format!("  {}  {}", row[0], row[1].replace('`', ""));
        assert!(told.contains(&line), "the help does not say {line:?}:\n{told}");
    }
    assert_eq!(codes.len(), told.lines().skip_while(|line| !line.starts_with("Exit codes")).skip(1).count());
}
