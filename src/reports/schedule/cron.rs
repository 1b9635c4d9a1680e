//! A crontab, for cronie and what else knows `CRON_TZ`.

use chrono::{Datelike, NaiveDate, NaiveDateTime, NaiveTime};
use serde_json::{Value, json};

use super::{
    InForce, InForceError, ScheduleFormat,
    format::{Text, Writer, utc},
    recurrence::{on_date, once_a_year, recurrence},
    steps::{Grouped, Step},
};
use crate::{
    plans::Handover,
    platform::{Pool, ScheduleTargets},
};

/// What the line begins with that says whose the lines below are.
const HEADER: &str = "# mailtide: ";

/// What stands before a command that ends: `date` in seconds, so that no zone matters.
const UNTIL: (&str, &str) = (r#"[ "$(date +%s)" -lt "#, " ] || exit 0; ");

/// What stands before a command that is left out on dates, which `|` parts: a zone, the dates, and the rest.
const NOT_ON: [&str; 3] = [r#"case "$(TZ="#, " date +%F)\" in ", ") exit 0;; esac; "];

/// What stands before a command that happens once: a zone, and the date.
const ONLY_ON: [&str; 3] = [r#"[ "$(TZ="#, " date +%F)\" = ", " ] || exit 0; "];

/// Longest line that Vixie cron and its descendants take.
const LONGEST: usize = 998;

pub(super) fn write(schedule: &Handover, targets: &ScheduleTargets) -> Text {
    let writer = Writer { schedule, targets, format: ScheduleFormat::Cron };
    let command =
        writer.need(targets.command.as_ref(), "the command that changes the number of servers", "command")?;
    let mut header = json!({
        "pool": schedule.pool,
        "as_of": schedule.as_of_date().to_string(),
        "servers": schedule.servers_now,
    });
    if let Some(end) = schedule.expires {
        header["expires"] = json!(utc(end.at));
    }
    // JSON escapes line breaks, so that the header stays a comment of one line.
    let mut text = format!(
        "{HEADER}{header}\n# CRON_TZ is known to cronie; a cron without it (Debian's) runs these lines in its own time \
         zone.\nCRON_TZ={}\n",
        schedule.timezone.name()
    );
    let until = schedule.expires.map(|end| format!("{}{}{}", UNTIL.0, end.at, UNTIL.1)).unwrap_or_default();
    let zone = schedule.timezone.name();
    let mut lines: Vec<(String, String, u32)> = Vec::new();
    for daily in schedule.week.daily_changes() {
        let dates: Vec<String> =
            schedule.left_out(&daily).iter().map(|time| time.date().to_string()).collect();
        let guard = match dates.is_empty() {
            true => String::new(),
            false => format!("{}{zone}{}{}{}", NOT_ON[0], NOT_ON[1], dates.join("|"), NOT_ON[2]),
        };
        lines.push((recurrence(&daily), format!("{until}{guard}"), daily.what));
    }
    for (time, servers) in schedule.once() {
        lines.push((
            once_a_year(time),
            format!("{}{zone}{}{}{}", ONLY_ON[0], ONLY_ON[1], time.date(), ONLY_ON[2]),
            servers,
        ));
    }
    for (when, guards, servers) in lines {
        let command = command.replace(ScheduleTargets::SERVERS, &servers.to_string());
        let line = format!("{when} {}", escaped(&format!("{guards}{command}")));
        if line.len() > LONGEST {
            return Err(writer.cannot("its command is too long for a line of cron; put it into a script"));
        }
        text += &line;
        text.push('\n');
    }
    let cautions = vec![
        "CRON_TZ holds for every line below it: put these lines at the end of a crontab, or into one of their own"
            .to_owned(),
    ];
    Ok((text, cautions))
}

/// In a crontab, a percent sign ends the command unless a backslash stands before it.
fn escaped(command: &str) -> String {
    command.replace('%', r"\%")
}

fn unescaped(command: &str) -> String {
    command.replace(r"\%", "%")
}

/// A line as its recurrence and its command; `None` where it has no five fields before a command.
fn entry(line: &str) -> Option<(String, String)> {
    let mut rest = line.trim();
    let mut fields = Vec::new();
    for _ in 0..5 {
        let (field, after) = rest.split_once([' ', '\t'])?;
        fields.push(field);
        rest = after.trim_start();
    }
    let begins = |field: &&str| field.starts_with(|c: char| c.is_ascii_digit() || c == '*');
    (fields.iter().take(2).all(begins) && !rest.is_empty()).then(|| (fields.join(" "), unescaped(rest)))
}

/// Whether a text is a crontab: it has our header, or every line is an entry, an assignment or a comment, and one runs
/// a pool's command.
pub(super) fn claims(text: &str, pools: &[Pool]) -> bool {
    let lines = || text.lines().map(str::trim).filter(|line| !line.is_empty());
    if lines().any(|line| line.starts_with(HEADER)) {
        return true;
    }
    let known = |line: &str| {
        let assignment = line
            .split_once('=')
            .is_some_and(|(name, _)| name.trim().chars().all(|c| c.is_ascii_alphanumeric() || c == '_'));
        line.starts_with(['#', '@']) || assignment || entry(line).is_some()
    };
    let ours = |line: &str| entry(line).is_some_and(|(_, command)| of_pool(&command, pools).is_some());
    lines().all(known) && (lines().any(ours) || lines().any(|line| entry(line).is_some()))
}

/// A pool's command with what stands before it.
struct OfPool<'a> {
    template: &'a str,
    servers: u32,
    end: Option<i64>,
    skipped: Vec<NaiveDate>,
    only: Option<NaiveDate>,
}

/// What stands between the three parts of a guard, and what follows them.
fn guarded<'a>(command: &'a str, guard: &[&str; 3]) -> Option<(&'a str, &'a str)> {
    let (_zone, rest) = command.strip_prefix(guard[0])?.split_once(guard[1])?;
    rest.split_once(guard[2])
}

/// The pool whose command this is, with the number of servers and the guards that stand before it.
fn of_pool<'a>(command: &str, pools: &'a [Pool]) -> Option<OfPool<'a>> {
    let end = command.strip_prefix(UNTIL.0).and_then(|rest| rest.split_once(UNTIL.1));
    let (end, command) = match end {
        Some((end, command)) => (Some(end.parse::<i64>().ok()?), command),
        None => (None, command),
    };
    let (skipped, command) = match guarded(command, &NOT_ON) {
        Some((dates, command)) => {
            (dates.split('|').map(|date| date.parse().ok()).collect::<Option<_>>()?, command)
        }
        None => (Vec::new(), command),
    };
    let (only, command) = match guarded(command, &ONLY_ON) {
        Some((date, command)) => (Some(date.parse().ok()?), command),
        None => (None, command),
    };
    pools.iter().find_map(|pool| {
        let template = pool.schedule.command.as_deref()?;
        let (before, after) = template.split_once(ScheduleTargets::SERVERS)?;
        let number = command.strip_prefix(before)?.strip_suffix(after)?;
        let digits = !number.is_empty() && number.chars().all(|c| c.is_ascii_digit());
        let servers = number.parse().ok().filter(|_| digits)?;
        Some(OfPool { template, servers, end, skipped: skipped.clone(), only })
    })
}

/// The time on a date of a line that names its day and month.
fn time_on(line: &str, date: NaiveDate) -> Option<NaiveDateTime> {
    let (minute, day, month) = on_date(line)?;
    let time = NaiveTime::from_num_seconds_from_midnight_opt(minute * 60, 0)?;
    ((date.day(), date.month()) == (day, month)).then(|| date.and_time(time))
}

/// Reads the lines that run a pool's command.
///
/// # Errors
/// There is none.
pub(super) fn read(text: &str, pools: &[Pool]) -> Result<Vec<InForce>, InForceError> {
    let mut found = Grouped::default();
    // Without CRON_TZ, the zone is the machine's.
    let mut timezone = "that of the machine".to_owned();
    let mut header = Value::Null;
    for line in text.lines().map(str::trim) {
        if let Some(json) = line.strip_prefix(HEADER) {
            header = serde_json::from_str(json).unwrap_or_default();
            continue;
        }
        if let Some(zone) = line.strip_prefix("CRON_TZ").and_then(|rest| rest.trim_start().strip_prefix('='))
        {
            timezone = zone.trim().trim_matches(['"', '\'']).to_owned();
            continue;
        }
        let Some((recurrence, command)) = entry(line) else { continue };
        let Some(own) = of_pool(&command, pools) else { continue };
        let steps = found.of(own.template);
        let once = own.only.and_then(|date| time_on(&recurrence, date));
        steps.pool = steps.pool.take().or_else(|| header["pool"].as_str().map(str::to_owned));
        steps.push(Step {
            // A date that is not the line's own is shown as the line that it is.
            recurrence: once.is_none().then_some(recurrence),
            timezone: timezone.clone(),
            servers: Some(own.servers),
            end: own.end.map(utc),
            skipped: own.skipped,
            once,
            ..Step::default()
        });
    }
    if found.is_empty() {
        return Err(InForceError::new(
            "no line of the crontab runs a command that a pool's [pool.schedule] declares",
        ));
    }
    Ok(found.in_force(ScheduleFormat::Cron))
}
