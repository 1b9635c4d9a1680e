//! Annotations of py-kube-downscaler. <https://github.com/caas-team/py-kube-downscaler>
//!
//! A workload has one number of replicas for all its down-times (`downscaler/downtime-replicas`), and a time is
//! `Mon-Fri 20:00-24:00 Europe/Berlin`: it cannot cross midnight, so a window is split there.

use chrono::{DateTime, NaiveDateTime, TimeZone};
use chrono_tz::Tz;
use serde_json::{Value, json};

use super::{
    InForce, ScheduleFormat,
    annotations::{self, annotations},
    format::{Text, Writer, pretty},
    kubernetes::{account, argument, cron_job, end_name, end_recurrence, list, named, resource},
};
use crate::{
    plans::{DAY_MINUTES, Handover, ServerWeek, Span, Stretch, WEEK_MINUTES, daily_spans},
    platform::ScheduleTargets,
    reports::text::one_line,
};

const DOWNTIME: &str = "downscaler/downtime";
const REPLICAS: &str = "downscaler/downtime-replicas";

/// Most times that are read: a week has some dozens.
const MOST_TIMES: usize = 1000;

const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

/// The windows with the one number of servers that the format has room for: the most of any window.
pub(super) fn windows(schedule: &Handover) -> Vec<Span> {
    let now = schedule.servers_now;
    let servers = schedule.low_spans().iter().map(|window| window.servers).max().unwrap_or(now);
    schedule.week.runs(|at| at < now).into_iter().map(|run| Span { servers, ..run }).collect()
}

/// The stretches of dates in which the one number of servers is enough, though it is not in an ordinary week. What is
/// down in every week cannot be up on a date.
pub(super) fn dates(schedule: &Handover) -> Vec<Stretch> {
    let now = schedule.servers_now;
    let windows = windows(schedule);
    let Some(servers) = windows.first().map(|window| window.servers) else { return Vec::new() };
    let mut minutes = vec![now; WEEK_MINUTES as usize];
    for window in &windows {
        (window.from..window.from + window.minutes)
            .for_each(|minute| minutes[(minute % WEEK_MINUTES) as usize] = window.servers);
    }
    let week = ServerWeek::of_minutes(&minutes);
    let told = |needed: u32| if needed <= servers { servers } else { now };
    schedule.stretches_as(&week, told).into_iter().filter(|stretch| !stretch.more).collect()
}

/// A stretch as a time that comes once, such as `2026-12-25T06:00:00+01:00-2026-12-25T22:00:00+01:00`.
fn absolute(stretch: &Stretch, zone: Tz) -> Option<String> {
    let time = |time: NaiveDateTime| {
        let at = zone.from_local_datetime(&time).earliest()?;
        Some(at.format("%Y-%m-%dT%H:%M:%S%:z").to_string())
    };
    Some(format!("{}-{}", time(stretch.from)?, time(stretch.to)?))
}

pub(super) fn write(schedule: &Handover, targets: &ScheduleTargets) -> Text {
    let writer = Writer { schedule, targets, format: ScheduleFormat::KubeDownscaler };
    let workload = writer.workload()?;
    let zone = schedule.timezone.name();
    // The grammar of its `TIME_SPEC_PATTERN`.
    if !zone.chars().all(|c| c.is_ascii_alphabetic() || matches!(c, '/' | '_')) {
        return Err(writer.cannot(format!(
            "it takes time zones of letters, slashes and underscores only, and not {zone}; use another format, or a \
             zone of the same time without digits and dashes"
        )));
    }
    let windows = windows(schedule);
    let servers = windows.first().map_or(schedule.servers_now, |window| window.servers);
    let mut own = annotations(schedule);
    let mut times = times(&windows, zone);
    times.extend(dates(schedule).iter().filter_map(|own| absolute(own, schedule.timezone)));
    own.insert(DOWNTIME.to_owned(), json!(times.join(",")));
    own.insert(REPLICAS.to_owned(), json!(servers.to_string()));
    let object = json!({
        "apiVersion": "apps/v1",
        "kind": workload.kind.name(),
        "metadata": { "name": workload.name, "namespace": workload.namespace, "annotations": own },
    });
    let mut items = vec![object];
    if let Some(end) = end_recurrence(&writer) {
        let job = end_name(&writer);
        let off = [DOWNTIME, REPLICAS].map(|name| format!("{name}-"));
        let namespace = format!("--namespace={}", workload.namespace);
        let arguments = ["annotate", &namespace, &argument(workload), &off[0], &off[1]].map(str::to_owned);
        let may_annotate = json!({
            "apiGroups": ["apps"], "resources": [resource(workload.kind)], "resourceNames": [workload.name],
            "verbs": ["get", "patch"],
        });
        items.extend(account(&writer, &workload.namespace, vec![may_annotate]));
        items.push(cron_job(&writer, &workload.namespace, &job, &end, &arguments)?);
    }
    let mut cautions = Vec::new();
    if schedule.low_spans().iter().any(|window| window.servers < servers) {
        cautions.push(format!(
            "kube-downscaler has one number of servers for all windows: {servers}, the most of any; the others save less"
        ));
    }
    let text = match items.as_slice() {
        [only] => pretty(only),
        _ => pretty(&list(items)),
    };
    Ok((text, cautions))
}

/// The windows, each within one day.
fn times(windows: &[Span], zone: &str) -> Vec<String> {
    let mut parts: Vec<Span> = Vec::new();
    for window in windows {
        let mut left = *window;
        while left.minutes > 0 {
            let until_midnight = DAY_MINUTES - left.from % DAY_MINUTES;
            let minutes = left.minutes.min(until_midnight);
            parts.push(Span { minutes, ..left });
            left =
                Span { from: (left.from + minutes) % WEEK_MINUTES, minutes: left.minutes - minutes, ..left };
        }
    }
    parts.sort_unstable();
    let mut times = Vec::new();
    for daily in daily_spans(&parts) {
        let clock = |minute: u32| format!("{:02}:{:02}", minute / 60, minute % 60);
        let (from, to) = (clock(daily.minute), clock(daily.minute + daily.what.0));
        for run in daily.days.chunk_by(|a, b| a + 1 == *b) {
            if let (Some(first), Some(last)) = (run.first(), run.last()) {
                let (first, last) = (DAYS[*first as usize % 7], DAYS[*last as usize % 7]);
                times.push(format!("{first}-{last} {from}-{to} {zone}"));
            }
        }
    }
    times
}

/// Reads a workload's annotations; `None` where it has none.
pub(super) fn read(object: &Value) -> Option<InForce> {
    let annotation = |name: &str| object["metadata"]["annotations"][name].as_str();
    let (text, down) = match (annotation(DOWNTIME), annotation("downscaler/uptime")) {
        (Some(downtime), _) => (downtime, true),
        (None, Some(uptime)) => (uptime, false),
        (None, None) => return None,
    };
    let (namespace, name) = named(object);
    let mut notes = Vec::new();
    // Its default is no replica at all.
    let replicas = annotation(REPLICAS).unwrap_or("0");
    let servers = replicas.parse::<u32>().unwrap_or_else(|_| {
        notes.push(format!("{:?} is no number of replicas", one_line(replicas, 30)));
        0
    });
    let mut inside = vec![0; WEEK_MINUTES as usize];
    let mut zone: Option<String> = None;
    let mut dates: Vec<Stretch> = Vec::new();
    for time in text.split(',').map(str::trim).filter(|time| !time.is_empty()).take(MOST_TIMES) {
        if let Some((from, to)) = once(time).filter(|_| down) {
            dates.push(Stretch { from, to, servers, more: false });
            continue;
        }
        match time_of(time) {
            Some((minutes, of)) => {
                minutes.into_iter().for_each(|minute| inside[minute as usize] = 1);
                if zone.as_ref().is_some_and(|zone| *zone != of) {
                    notes.push("its times are in more than one time zone".to_owned());
                }
                zone = zone.or(Some(of));
            }
            None => notes.push(format!("{:?} is no weekly time", one_line(time, 80))),
        }
    }
    dates.sort_unstable();
    let runs = ServerWeek::of_minutes(&inside).runs(|inside| (inside == 1) == down);
    Some(InForce {
        format: ScheduleFormat::KubeDownscaler,
        target: format!("{namespace}/{}/{name}", object["kind"].as_str().unwrap_or_default()),
        pool: annotations::pool(object),
        timezone: zone.unwrap_or_else(|| "UTC".to_owned()),
        windows: runs.into_iter().map(|run| Span { servers, ..run }).collect(),
        servers_now: annotations::servers(object),
        dates,
        expires: annotations::expires(object),
        names: Vec::new(),
        notes,
    })
}

/// The local times of a time that comes once.
fn once(text: &str) -> Option<(NaiveDateTime, NaiveDateTime)> {
    // `2026-12-25T06:00:00+01:00` has 25 characters, all of them ASCII.
    let (from, to) = (text.get(..25)?, text.get(25..)?.strip_prefix('-')?);
    let time = |text: &str| DateTime::parse_from_rfc3339(text).ok().map(|time| time.naive_local());
    let (from, to) = (time(from)?, time(to)?);
    (from < to).then_some((from, to))
}

/// The minutes of the week of `Mon-Fri 20:00-24:00 Europe/Berlin`, and the zone.
fn time_of(text: &str) -> Option<(Vec<u32>, String)> {
    if text.eq_ignore_ascii_case("always") {
        return Some(((0..WEEK_MINUTES).collect(), "UTC".to_owned()));
    }
    let mut words = text.split_whitespace();
    let (days, hours, zone) = (words.next()?, words.next()?, words.next()?);
    let day = |name: &str| DAYS.iter().position(|day| day.eq_ignore_ascii_case(name)).map(|day| day as u32);
    let (first, last) = days.split_once('-')?;
    let (first, last) = (day(first)?, day(last)?);
    let clock = |text: &str| {
        let (hour, minute) = text.split_once(':')?;
        let (hour, minute): (u32, u32) = (hour.parse().ok()?, minute.parse().ok()?);
        (minute < 60 && hour * 60 + minute <= DAY_MINUTES).then_some(hour * 60 + minute)
    };
    let (from, to) = hours.split_once('-')?;
    let (from, to) = (clock(from)?, clock(to)?);
    // Sun-Thu goes over the end of the week.
    let days = (0..=(last + 7 - first) % 7).map(|day| (first + day) % 7);
    let minutes = days.flat_map(|day| (from..to).map(move |minute| day * DAY_MINUTES + minute));
    words.next().is_none().then(|| (minutes.collect(), zone.to_owned()))
}
