//! A `ScaledObject` of KEDA with cron triggers. <https://keda.sh/docs/latest/scalers/cron/>
//!
//! Of several triggers the one that asks for the most counts, and never fewer than `minReplicaCount` run. So the
//! triggers are the times that need more than the fewest, and the windows are what they leave.

use chrono::{NaiveDate, NaiveDateTime};
use serde_json::{Value, json};

use super::{
    InForce, ScheduleFormat, annotations,
    annotations::metadata,
    format::{Text, Writer, pretty},
    kubernetes::{account, cron_job, end_name, end_recurrence, list, may_delete_jobs, named},
    names::plain,
    recurrence::{at, first_from, minutes_of, on_date, once_a_year},
};
use crate::{
    plans::{Daily, Handover, ServerWeek, Span, Stretch, WEEK_MINUTES, daily_spans, raised_on},
    platform::ScheduleTargets,
    reports::text::one_line,
};

/// KEDA's own default: what it waits for after the last active trigger. Between one and more replicas it is the
/// autoscaler's, of the same length.
const COOL_DOWN_SECONDS: u32 = 300;

/// The longest that a trigger of a date is active: a plan knows four weeks.
const LONGEST_DAYS: i64 = 35;

pub(super) fn write(schedule: &Handover, targets: &ScheduleTargets) -> Text {
    let writer = Writer { schedule, targets, format: ScheduleFormat::Keda };
    let workload = writer.workload()?;
    let week = &schedule.week;
    if week.is_constant() {
        return Err(writer.cannot(format!(
            "{} servers are enough at all hours, so there is nothing to trigger; change the number of replicas",
            week.most()
        )));
    }
    let fewest = week.fewest().max(1);
    let busy: Vec<Span> = week.spans().into_iter().filter(|span| span.servers > fewest).collect();
    let trigger = |daily: &Daily<(u32, u32)>| {
        let (minutes, servers) = daily.what;
        let ends: Vec<u32> = daily
            .days
            .iter()
            .map(|day| (day * 1440 + daily.minute + minutes) % WEEK_MINUTES / 1440)
            .collect();
        json!({
            "type": "cron",
            "metadata": {
                "timezone": schedule.timezone.name(),
                "start": at(&daily.days, daily.minute),
                "end": at(&ends, (daily.minute + minutes) % 1440),
                "desiredReplicas": servers.to_string(),
            },
        })
    };
    let mut triggers: Vec<Value> = daily_spans(&busy).iter().map(trigger).collect();
    let dates = dates(schedule);
    // They name no year: a year later such a date has more servers than it needs, until the plan is written anew.
    triggers.extend(dates.iter().map(|own| {
        json!({
            "type": "cron",
            "metadata": {
                "timezone": schedule.timezone.name(),
                "start": once_a_year(own.from),
                "end": once_a_year(own.to),
                "desiredReplicas": own.servers.to_string(),
            },
        })
    }));
    let most = dates.iter().map(|own| own.servers).fold(week.most(), u32::max);
    let name = format!("mailtide-{}", plain(&schedule.pool));
    let object = json!({
        "apiVersion": "keda.sh/v1alpha1",
        "kind": "ScaledObject",
        "metadata": metadata(schedule, &name, &workload.namespace),
        "spec": {
            "scaleTargetRef": { "apiVersion": "apps/v1", "kind": workload.kind.name(), "name": workload.name },
            "minReplicaCount": fewest,
            "maxReplicaCount": most,
            "cooldownPeriod": COOL_DOWN_SECONDS,
            "triggers": triggers,
        },
    });
    let mut items = vec![object];
    if let Some(end) = end_recurrence(&writer) {
        let job = end_name(&writer);
        let arguments = [
            "delete",
            &format!("--namespace={}", workload.namespace),
            &format!("scaledobject/{name}"),
            &format!("cronjob/{job}"),
            "--ignore-not-found",
        ]
        .map(str::to_owned);
        let may_delete = json!({
            "apiGroups": ["keda.sh"], "resources": ["scaledobjects"], "resourceNames": [name],
            "verbs": ["get", "delete"],
        });
        items.extend(account(
            &writer,
            &workload.namespace,
            vec![may_delete, may_delete_jobs(std::slice::from_ref(&job))],
        ));
        items.push(cron_job(&writer, &workload.namespace, &job, &end, &arguments)?);
    }
    let text = match items.as_slice() {
        [only] => pretty(only),
        _ => pretty(&list(items)),
    };
    let cautions = vec![
        "KEDA scales in some minutes late, when its autoscaler's cool-down of 5 minutes is over".to_owned(),
        "an autoscaler of your own for the same workload has to go: KEDA makes one".to_owned(),
    ];
    Ok((text, cautions))
}

/// The dates that need more servers: of several triggers the one that asks for the most counts, so fewer cannot be said.
pub(super) fn dates(schedule: &Handover) -> Vec<Stretch> {
    schedule.stretches.iter().filter(|stretch| stretch.more).copied().collect()
}

/// Reads what a `ScaledObject`'s cron triggers leave.
pub(super) fn read(object: &Value) -> InForce {
    let (namespace, name) = named(object);
    let spec = &object["spec"];
    let reference = &spec["scaleTargetRef"];
    let kind = reference["kind"].as_str().unwrap_or("Deployment");
    let target = format!("{namespace}/{kind}/{}", reference["name"].as_str().unwrap_or_default());
    let number = |field: &str| spec[field].as_u64().and_then(|number| u32::try_from(number).ok());
    // KEDA's defaults: 0 and 100.
    let fewest = number("minReplicaCount").unwrap_or(0);
    let most = number("maxReplicaCount").unwrap_or(100);
    let mut minutes = vec![fewest; WEEK_MINUTES as usize];
    let mut notes = Vec::new();
    let mut zones: Vec<String> = Vec::new();
    let mut yearly: Vec<(NaiveDateTime, NaiveDateTime, u32)> = Vec::new();
    for trigger in spec["triggers"].as_array().into_iter().flatten() {
        let field = |name: &str| trigger["metadata"][name].as_str().unwrap_or_default();
        if trigger["type"] != "cron" {
            let kind = one_line(trigger["type"].as_str().unwrap_or_default(), 30);
            notes.push(format!("a trigger {kind:?} may ask for more"));
            continue;
        }
        zones.push(field("timezone").to_owned());
        let servers = field("desiredReplicas").parse::<u32>();
        if let (Some(start), Some(end), Ok(servers)) =
            (on_date(field("start")), on_date(field("end")), &servers)
        {
            match once(annotations::as_of(object), start, end) {
                Some((from, to)) => yearly.push((from, to, (*servers).min(most))),
                None => notes.push("a trigger is of a date, and it is not clear of which year".to_owned()),
            }
            continue;
        }
        match (minutes_of(field("start")), minutes_of(field("end")), servers) {
            (Ok(starts), Ok(ends), Ok(servers)) => raise(&mut minutes, &starts, &ends, servers.min(most)),
            (Err(problem), ..) | (_, Err(problem), _) => notes.push(one_line(&problem, 200)),
            _ => notes.push("a trigger asks for no number of replicas".to_owned()),
        }
    }
    zones.sort_unstable();
    zones.dedup();
    if zones.len() > 1 {
        notes.push(format!("its triggers are in more than one time zone: {}", zones.join(", ")));
    }
    let week = ServerWeek::of_minutes(&minutes);
    let dates = raised_on(&week, &yearly);
    InForce {
        format: ScheduleFormat::Keda,
        target,
        pool: annotations::pool(object),
        timezone: zones.into_iter().next().unwrap_or_else(|| "UTC".to_owned()),
        windows: week.spans().into_iter().filter(|span| span.servers < week.most()).collect(),
        servers_now: Some(week.most()),
        dates,
        expires: annotations::expires(object),
        names: vec![name],
        notes,
    }
}

/// The first time that a trigger of a date is active after a plan was made.
fn once(
    as_of: Option<NaiveDate>,
    start: (u32, u32, u32),
    end: (u32, u32, u32),
) -> Option<(NaiveDateTime, NaiveDateTime)> {
    let from = first_from(as_of?, start)?;
    let to = first_from(from.date(), end)?;
    (to > from && (to - from).num_days() <= LONGEST_DAYS).then_some((from, to))
}

/// From each start to the next end, at least so many servers: what is active is what ends before it begins again.
fn raise(minutes: &mut [u32], starts: &[u32], ends: &[u32], servers: u32) {
    for &start in starts {
        let until = |end: &u32| match (end + WEEK_MINUTES - start) % WEEK_MINUTES {
            0 => WEEK_MINUTES,
            length => length,
        };
        let length = ends.iter().map(until).min().unwrap_or(0);
        for minute in start..start + length {
            let slot = &mut minutes[(minute % WEEK_MINUTES) as usize];
            *slot = (*slot).max(servers);
        }
    }
}
