//! Schedules of AWS Instance Scheduler, as a CloudFormation template of its `Custom::ServiceInstanceSchedule`.
//! <https://docs.aws.amazon.com/solutions/latest/instance-scheduler-on-aws/manage-schedules-using-infrastructure-as-code-iac.html>
//!
//! It starts and stops instances that a tag names, and knows no numbers. So a schedule with two levels becomes two
//! schedules, and each is for so many instances as run above its level; the operator tags them. Periods are the times
//! at which instances run; one does not cross midnight, but one that ends at 23:59 and one that begins at 00:00 are
//! adjacent, and the instance runs on.

use chrono::{Datelike, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta};
use serde_json::{Map, Value, json};

use super::{
    InForce, InForceError, ScheduleFormat,
    format::{Text, Writer, pretty},
    recurrence::first_from,
};
use crate::{
    plans::{DAY_MINUTES, Handover, ServerWeek, Span, Stretch, WEEK_MINUTES, daily_spans, raised_on},
    platform::ScheduleTargets,
};

const KIND: &str = "Custom::ServiceInstanceSchedule";
const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// Most periods of a schedule that are read: a week has some dozens.
const MOST_PERIODS: usize = 1000;

/// The last minute of a day, at which a period ends that goes on at midnight.
const LAST_MINUTE: u32 = DAY_MINUTES - 1;

/// The stretches of dates that need more servers, each with the next number of servers that it can switch to. What runs
/// in every week cannot rest on a date.
pub(super) fn dates(schedule: &Handover) -> Vec<Stretch> {
    let levels = schedule.week.levels();
    let told = |needed: u32| {
        levels.iter().copied().find(|level| *level >= needed).unwrap_or_else(|| schedule.week.most())
    };
    schedule.stretches_as(&schedule.week, told).into_iter().filter(|stretch| stretch.more).collect()
}

/// A stretch as periods of single dates. They name no year: a year later, instances run that day for nothing, until the
/// plan is written anew.
fn dated_periods(stretch: &Stretch) -> Vec<Value> {
    let days = stretch.from.date().iter_days().take_while(|date| date.and_time(NaiveTime::MIN) < stretch.to);
    let period = |date: NaiveDate| {
        let from = if date == stretch.from.date() { stretch.from.time() } else { NaiveTime::MIN };
        let to = match date == stretch.to.date() {
            true => stretch.to.format("%H:%M").to_string(),
            false => "23:59".to_owned(),
        };
        json!({
            "BeginTime": from.format("%H:%M").to_string(),
            "EndTime": to,
            "MonthDays": [date.day().to_string()],
            "Months": [date.month().to_string()],
        })
    };
    days.map(period).collect()
}

pub(super) fn write(schedule: &Handover, targets: &ScheduleTargets) -> Text {
    let writer = Writer { schedule, targets, format: ScheduleFormat::InstanceScheduler };
    let name =
        writer.need(targets.instance_schedule.as_ref(), "what to call its schedules", "instance_schedule")?;
    let levels = schedule.week.levels();
    if levels.len() < 2 {
        return Err(writer.cannot(format!(
            "{} servers are enough at all hours, so there is nothing to switch; make the pool smaller",
            schedule.week.most()
        )));
    }
    if schedule.expires.is_some() {
        return Err(
            writer.cannot("its schedules have no end; leave out --expires, and delete the stack by hand")
        );
    }
    let dates = dates(schedule);
    let mut resources = Map::new();
    let mut tiers = Vec::new();
    for (at, pair) in levels.windows(2).enumerate() {
        let (below, above) = (pair[0], pair[1]);
        let own = if levels.len() == 2 { name.clone() } else { format!("{name}-{}", at + 1) };
        let running = schedule.week.runs(|servers| servers >= above);
        let mut periods: Vec<Value> = periods(&running);
        periods.extend(dates.iter().filter(|own| own.servers >= above).flat_map(dated_periods));
        resources.insert(
            format!("Schedule{}", at + 1),
            json!({
                "Type": KIND,
                "Properties": {
                    "ServiceToken": { "Ref": "ServiceInstanceScheduleServiceTokenARN" },
                    "NoStackPrefix": "True",
                    "Name": own,
                    "Description": format!("{}; tag {} instances with it", writer.sentence(), above - below),
                    "Timezone": schedule.timezone.name(),
                    "Periods": periods,
                },
            }),
        );
        tiers.push((own, above - below));
    }
    let cautions = tiers
        .iter()
        .map(|tier| format!("tag {} instances of the pool with Schedule={}", tier.1, tier.0))
        .chain([
            "an instance that an Auto Scaling group sees stopped is replaced: use this for pools outside of \
                 groups"
                .to_owned(),
        ])
        .collect();
    let template = json!({
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": writer.sentence(),
        "Metadata": { "mailtide": {
            "pool": schedule.pool,
            "name": name,
            "as_of": schedule.as_of_date().to_string(),
            "fewest": schedule.week.fewest(),
            "tiers": tiers.iter().map(|(own, servers)| json!({ "schedule": own, "servers": servers })).collect::<Vec<_>>(),
        } },
        "Parameters": { "ServiceInstanceScheduleServiceTokenARN": {
            "Type": "String",
            "Description": "The service token, from the outputs of the stack of Instance Scheduler",
        } },
        "Resources": resources,
    });
    Ok((pretty(&template), cautions))
}

/// The times at which instances run, each within a day.
fn periods(running: &[Span]) -> Vec<Value> {
    let mut parts: Vec<Span> = Vec::new();
    for run in running {
        let mut left = *run;
        while left.minutes > 0 {
            let minutes = left.minutes.min(DAY_MINUTES - left.from % DAY_MINUTES);
            // What differs in servers only is one period.
            parts.push(Span { minutes, servers: 0, ..left });
            left =
                Span { from: (left.from + minutes) % WEEK_MINUTES, minutes: left.minutes - minutes, ..left };
        }
    }
    parts.sort_unstable();
    let clock = |minute: u32| format!("{:02}:{:02}", minute / 60, minute % 60);
    let period = |(days, from, to): (Vec<u32>, u32, u32)| {
        let names: Vec<String> = days
            .chunk_by(|a, b| a + 1 == *b)
            .map(|run| match *run {
                [first, .., last] => format!("{}-{}", DAYS[first as usize % 7], DAYS[last as usize % 7]),
                _ => run.iter().map(|day| DAYS[*day as usize % 7]).collect(),
            })
            .collect();
        json!({ "BeginTime": clock(from), "EndTime": clock(to.min(LAST_MINUTE)), "WeekDays": names })
    };
    let daily = daily_spans(&parts).into_iter();
    daily.map(|daily| period((daily.days, daily.minute, daily.minute + daily.what.0))).collect()
}

pub(super) fn claims(document: &Value) -> bool {
    let resources = document["Resources"].as_object();
    resources.is_some_and(|all| all.values().any(|resource| resource["Type"] == KIND))
}

/// Reads a template that Mailtide wrote.
///
/// # Errors
/// It does not say how many instances each schedule is for.
pub(super) fn read(document: &Value) -> Result<Vec<InForce>, InForceError> {
    let own = &document["Metadata"]["mailtide"];
    let number = |value: &Value| value.as_u64().and_then(|number| u32::try_from(number).ok());
    let Some(fewest) = number(&own["fewest"]) else {
        return Err(InForceError::new(
            "the template does not say how many instances its schedules are for; only what `mailtide schedule` wrote \
             does",
        ));
    };
    let mut minutes = vec![fewest; WEEK_MINUTES as usize];
    let as_of = own["as_of"].as_str().and_then(|date| date.parse::<NaiveDate>().ok());
    let (mut names, mut notes, mut dated) = (Vec::new(), Vec::new(), Vec::new());
    let mut zone: Option<String> = None;
    for resource in document["Resources"].as_object().into_iter().flat_map(Map::values) {
        let properties = &resource["Properties"];
        let name = properties["Name"].as_str().unwrap_or_default().to_owned();
        let tiers = own["tiers"].as_array();
        let tier = tiers.into_iter().flatten().find(|tier| tier["schedule"] == name.as_str());
        let Some(servers) = tier.and_then(|tier| number(&tier["servers"])) else {
            notes.push(format!("{name:?} does not say for how many instances it is"));
            continue;
        };
        zone = zone.or_else(|| properties["Timezone"].as_str().map(str::to_owned));
        let mut on = vec![false; WEEK_MINUTES as usize];
        let mut dates: Vec<(NaiveDateTime, NaiveDateTime)> = Vec::new();
        for period in properties["Periods"].as_array().into_iter().flatten().take(MOST_PERIODS) {
            if let Some(own) = date_of(period, as_of) {
                dates.push(own);
                continue;
            }
            match period_of(period) {
                Some(all) => all.into_iter().for_each(|minute| on[minute as usize] = true),
                None => notes.push(format!("a period of {name:?} is not weekly")),
            }
        }
        for (minute, _) in on.iter().enumerate().filter(|(_, on)| **on) {
            minutes[minute] = minutes[minute].saturating_add(servers);
        }
        dated.push((servers, on.clone(), dates));
        names.push(name);
    }
    let week = ServerWeek::of_minutes(&minutes);
    Ok(vec![InForce {
        format: ScheduleFormat::InstanceScheduler,
        target: own["name"].as_str().unwrap_or_default().to_owned(),
        pool: own["pool"].as_str().map(str::to_owned),
        timezone: zone.unwrap_or_else(|| "UTC".to_owned()),
        windows: week.spans().into_iter().filter(|span| span.servers < week.most()).collect(),
        servers_now: Some(week.most()),
        dates: more_on(&week, fewest, &dated),
        expires: None,
        names,
        notes,
    }])
}

/// How many instances a schedule is for, the minutes of the week in which they run, and the dates on which they do too.
type Tier = (u32, Vec<bool>, Vec<(NaiveDateTime, NaiveDateTime)>);

/// The stretches of dates in which more instances run than in an ordinary week.
fn more_on(week: &ServerWeek, fewest: u32, tiers: &[Tier]) -> Vec<Stretch> {
    let mut edges: Vec<NaiveDateTime> =
        tiers.iter().flat_map(|tier| tier.2.iter().flat_map(|own| [own.0, own.1])).collect();
    edges.sort_unstable();
    edges.dedup();
    let spans: Vec<(NaiveDateTime, NaiveDateTime, u32)> = edges
        .windows(2)
        .map(|pair| {
            // Each tier runs where those below it do, so that the dates of one do not add to the week of another.
            let runs = |tier: &&Tier| tier.2.iter().any(|own| own.0 <= pair[0] && pair[1] <= own.1);
            let servers = tiers.iter().filter(runs).fold(fewest, |sum, tier| sum.saturating_add(tier.0));
            (pair[0], pair[1], servers)
        })
        .filter(|span| span.2 > fewest)
        .collect();
    raised_on(week, &spans)
}

/// The first time after `as_of` of a period of a single date.
fn date_of(period: &Value, as_of: Option<NaiveDate>) -> Option<(NaiveDateTime, NaiveDateTime)> {
    let only = |field: &str| match period[field].as_array()?.as_slice() {
        [one] => one.as_str()?.parse::<u32>().ok(),
        _ => None,
    };
    let date = first_from(as_of?, (0, only("MonthDays")?, only("Months")?))?;
    let minute = |field: &str| clock(period[field].as_str()?);
    let to = match minute("EndTime")? {
        LAST_MINUTE => DAY_MINUTES,
        to => to,
    };
    let from = minute("BeginTime")?;
    let at = |minute: u32| date + TimeDelta::minutes(i64::from(minute));
    (from < to && period.get("WeekDays").is_none()).then(|| (at(from), at(to)))
}

/// Minute of the day of `06:00`.
fn clock(text: &str) -> Option<u32> {
    let (hour, minute) = text.split_once(':')?;
    let (hour, minute): (u32, u32) = (hour.parse().ok()?, minute.parse().ok()?);
    (hour < 24 && minute < 60).then_some(hour * 60 + minute)
}

/// The minutes of the week of a period; `None` where it is not weekly.
fn period_of(period: &Value) -> Option<Vec<u32>> {
    if period.get("MonthDays").is_some() || period.get("Months").is_some() {
        return None;
    }
    let from = clock(period["BeginTime"].as_str()?)?;
    let to = match clock(period["EndTime"].as_str()?)? {
        LAST_MINUTE => DAY_MINUTES,
        to => to,
    };
    let text = period["WeekDays"].as_str().map(|days| vec![days]);
    let listed = period["WeekDays"].as_array().map(|days| days.iter().filter_map(Value::as_str).collect());
    let day =
        |name: &str| DAYS.iter().position(|day| day.eq_ignore_ascii_case(name.trim())).map(|day| day as u32);
    let mut minutes = Vec::new();
    for part in text.or(listed)?.into_iter().flat_map(|text| text.split(',')) {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        let (first, last) = (day(first)?, day(last)?);
        let days = (0..=(last + 7 - first) % 7).map(|day| (first + day) % 7);
        minutes.extend(days.flat_map(|day| (from..to).map(move |minute| day * DAY_MINUTES + minute)));
    }
    Some(minutes)
}
