//! Changes to numbers of servers, as schedulers hold them one by one, and the plan that they make together.

use std::{collections::BTreeMap, str::FromStr};

use chrono::{Days, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta};
use chrono_tz::Tz;

use super::{InForce, ScheduleFormat, in_force::moment, recurrence::minutes_of};
use crate::{
    plans::{Change, DAY_MINUTES, Daily, ServerWeek, Since, Stretch, local, occurrences, stretches},
    reports::text::one_line,
};

/// One change to a number of servers, as it is written. It happens once, or recurs from `start` to `end` but not on
/// `skipped` dates.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Step {
    pub(super) name: String,
    pub(super) recurrence: Option<String>,
    pub(super) timezone: String,
    pub(super) servers: Option<u32>,
    /// The moment from which on it recurs, or at which it happens once.
    pub(super) start: Option<String>,
    pub(super) end: Option<String>,
    /// Local dates on which it does not happen.
    pub(super) skipped: Vec<NaiveDate>,
    /// The local time at which it happens once, where no moment says so.
    pub(super) once: Option<NaiveDateTime>,
}

/// The changes of one target.
#[derive(Debug, Clone, Default)]
pub(super) struct Steps {
    steps: Vec<Step>,
    pub(super) pool: Option<String>,
    pub(super) notes: Vec<String>,
}

/// Most changes of one target that are read: a plan has some dozens.
const MOST_STEPS: usize = 1000;

/// Most days from the first date that is unlike its weekday to the last that are read: a plan knows four weeks.
const MOST_DAYS: i64 = 70;

/// Seconds.
const DAY: i64 = 86_400;

/// The changes of each target.
#[derive(Debug, Default)]
pub(super) struct Grouped(BTreeMap<String, Steps>);

impl Grouped {
    /// Those of one target.
    pub(super) fn of(&mut self, target: &str) -> &mut Steps {
        self.0.entry(target.to_owned()).or_default()
    }

    /// The plans that they make.
    pub(super) fn in_force(self, format: ScheduleFormat) -> Vec<InForce> {
        self.0.into_iter().map(|(target, steps)| steps.in_force(format, target)).collect()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// A change that recurs, in local time.
struct Recurring {
    minutes: Vec<u32>,
    servers: u32,
    start: Option<NaiveDateTime>,
    end: Option<i64>,
    skipped: Vec<NaiveDate>,
}

impl Steps {
    pub(super) fn push(&mut self, step: Step) {
        self.steps.push(step);
    }

    /// The plan that the changes make.
    fn in_force(mut self, format: ScheduleFormat, target: String) -> InForce {
        let mut notes = std::mem::take(&mut self.notes);
        if self.steps.len() > MOST_STEPS {
            notes.push(format!(
                "only the first {MOST_STEPS} of its {} changes are compared",
                self.steps.len()
            ));
            self.steps.truncate(MOST_STEPS);
        }
        let mut zones: Vec<&str> = self.steps.iter().map(|step| step.timezone.as_str()).collect();
        zones.sort_unstable();
        zones.dedup();
        if zones.len() > 1 {
            notes.push(format!("its changes are in more than one time zone: {}", zones.join(", ")));
        }
        let timezone = zones.first().map_or_else(|| "UTC".to_owned(), |zone| (*zone).to_owned());
        let zone = Tz::from_str(&timezone).ok();
        let (mut recurring, mut once): (Vec<Recurring>, Vec<Since>) = (Vec::new(), Vec::new());
        for step in &self.steps {
            let name = one_line(&step.name, 60);
            let Some(servers) = step.servers else {
                notes.push(format!("{name:?} says no number of servers"));
                continue;
            };
            let start = step.start.as_deref().and_then(moment);
            let start = start.and_then(|at| local(zone?, at));
            match step.recurrence.as_deref().map(minutes_of) {
                Some(Ok(minutes)) => recurring.push(Recurring {
                    minutes,
                    servers,
                    start,
                    end: step.end.as_deref().and_then(moment),
                    skipped: step.skipped.clone(),
                }),
                Some(Err(problem)) => notes.push(format!("{name:?}: {}", one_line(&problem, 200))),
                None => match step.once.or(start) {
                    Some(time) => once.push((time, servers)),
                    None => notes.push(format!("{name:?} happens once, and it is not clear when")),
                },
            }
        }
        let end = ending(&recurring, &mut notes);
        let changes = recurring
            .iter()
            .flat_map(|own| own.minutes.iter().map(|&minute| Change { minute, servers: own.servers }));
        let week = ServerWeek::of_changes(changes);
        if week.is_none() {
            notes.push("its changes make no week: there are none, or two at the same time".to_owned());
        }
        let dates = match (&week, zone) {
            (Some(week), Some(zone)) => unlike(&recurring, once, end, week, zone, &mut notes),
            _ => Vec::new(),
        };
        let most = week.as_ref().map(ServerWeek::most);
        let spans = week.map(|week| week.spans()).unwrap_or_default();
        let windows = spans.into_iter().filter(|span| Some(span.servers) < most).collect();
        InForce {
            format,
            target,
            pool: self.pool,
            timezone,
            windows,
            servers_now: most,
            dates,
            expires: end,
            names: self.steps.into_iter().map(|step| step.name).filter(|name| !name.is_empty()).collect(),
            notes,
        }
    }
}

/// When all of it ends: of a change that is written in several parts, for it leaves out dates, the last counts.
fn ending(recurring: &[Recurring], notes: &mut Vec<String>) -> Option<i64> {
    let mut last: BTreeMap<(&[u32], u32), Option<i64>> = BTreeMap::new();
    for own in recurring {
        let end = last.entry((&own.minutes, own.servers)).or_insert(own.end);
        *end = end.zip(own.end).map(|(a, b)| a.max(b));
    }
    let mut ends: Vec<Option<i64>> = last.into_values().collect();
    ends.sort_unstable();
    ends.dedup();
    // One that is cut short has dates in its last days on which it must not happen.
    if let [Some(first), .., Some(last)] = ends[..]
        && last - first <= MOST_DAYS * DAY
    {
        return Some(last);
    }
    if ends.len() > 1 {
        notes.push("its changes do not end together".to_owned());
    }
    ends.into_iter().flatten().next()
}

/// The stretches of dates in which other numbers of servers run than in an ordinary week: the changes are played from
/// the first date that is left out or has a change of its own.
fn unlike(
    recurring: &[Recurring],
    once: Vec<Since>,
    end: Option<i64>,
    week: &ServerWeek,
    zone: Tz,
    notes: &mut Vec<String>,
) -> Vec<Stretch> {
    let cut = |own: &Recurring| own.end.filter(|at| Some(*at) != end).and_then(|at| local(zone, at));
    let midnight = |date: &NaiveDate| date.and_time(NaiveTime::MIN);
    let times = once.iter().map(|since| since.0);
    let times = times.chain(recurring.iter().filter_map(cut));
    let mut times: Vec<NaiveDateTime> =
        times.chain(recurring.iter().flat_map(|own| own.skipped.iter().map(midnight))).collect();
    times.sort_unstable();
    let (Some(&first), Some(&last)) = (times.first(), times.last()) else { return Vec::new() };
    if (last - first).num_days() > MOST_DAYS {
        notes.push(format!("its dates lie more than {MOST_DAYS} days apart and are not compared"));
        return Vec::new();
    }
    if recurring.iter().map(|own| own.minutes.len()).sum::<usize>() > MOST_STEPS {
        notes.push(format!("it has more than {MOST_STEPS} changes a week, so its dates are not compared"));
        return Vec::new();
    }
    // What a change leaves out is made up for by the next ones, within a week.
    let (from, Some(to)) = (first.date(), last.date().checked_add_days(Days::new(9))) else {
        return Vec::new();
    };
    let mut course: Vec<Since> = once;
    for own in recurring {
        let until = own.end.and_then(|at| local(zone, at));
        for &minute in &own.minutes {
            let daily = Daily { days: vec![minute / DAY_MINUTES], minute: minute % DAY_MINUTES, what: () };
            let happens = |time: &NaiveDateTime| {
                own.start.is_none_or(|start| *time >= start)
                    && until.is_none_or(|end| *time < end)
                    && !own.skipped.contains(&time.date())
            };
            course.extend(occurrences(&daily, from, to).filter(happens).map(|time| (time, own.servers)));
        }
    }
    // It begins as an ordinary week.
    let begin = midnight(&from);
    let minute = |time: NaiveDateTime| {
        let monday = time.date().week(chrono::Weekday::Mon).first_day();
        u32::try_from((time - midnight(&monday)).num_minutes()).unwrap_or(0)
    };
    let before = begin - TimeDelta::minutes(1);
    course.push((before, week.at(minute(before))));
    course.sort_by_key(|since| since.0);
    let to = midnight(&to);
    let to = end.and_then(|at| local(zone, at)).map_or(to, |end| end.min(to));
    let found = stretches(&course, to, week);
    found.into_iter().filter_map(|stretch| stretch.since(begin)).collect()
}
