//! Declared things and scenarios, on volumes whose dates can be worked out by hand.

use crate::{
    archive::Column,
    plans::{
        Context, Finding, Severity, Verdict, VolumeAnswer,
        fixture::{AS_OF, GB, MAILSTORE, at, date, exhaustion, hours, platform, volume},
        pool_findings, volume_findings,
    },
    platform::{Labels, Platform},
    series::{DAY, Mailboxes, Volume},
};

/// A volume that holds 100 GB now, grows by 1 GB a day and is full at 150 GB: in 50 days, on 5 January.
fn plain(host: &str) -> Volume {
    volume(host, hours(90, |d| (100.0 + d) * GB), 150.0 / 0.9 * GB)
}

fn planned(kind: &str, on: &str, rest: &str) -> String {
    format!("[[planned]]\nname = \"{kind} on {on}\"\nkind = \"{kind}\"\ndate = {on}\n{rest}\n")
}

fn on_ms01(kind: &str, on: &str, rest: &str) -> String {
    planned(kind, on, &format!("host = \"ms01\"\nvolume = \"/var/mail\"\n{rest}"))
}

/// All findings of a platform with these tables and plain volumes on these hosts: the pool's, then the volumes'.
fn judged(tables: &str, hosts: &[&str]) -> Vec<Finding> {
    counted(tables, hosts, &Mailboxes::default())
}

/// The same where mailboxes are counted.
fn counted(tables: &str, hosts: &[&str], mailboxes: &Mailboxes) -> Vec<Finding> {
    let platform = platform(&format!("{MAILSTORE}{tables}"));
    let today = at(&platform).today();
    let others: Vec<(String, Platform)> =
        platform.scenarios.iter().map(|s| (s.name.clone(), s.applied(&platform, today))).collect();
    let volumes: Vec<Volume> = hosts.iter().map(|host| plain(host)).collect();
    let context = Context::new(&platform, AS_OF).with_scenarios(&others).placed(&volumes, mailboxes);
    let pool = platform.pool("mailstore").unwrap();
    let answers: Vec<VolumeAnswer> =
        volumes.iter().map(|volume| volume_findings(volume, Some(pool), &context)).collect();
    pool_findings(pool, answers, mailboxes, &context)
}

/// Days until the volume of ms01 is full.
fn days(tables: &str) -> Option<f64> {
    match &judged(tables, &["ms01"])[1].verdict {
        Verdict::Fills(full) => full.runway.p50_days,
        _ => None,
    }
}

/// Two in five futures are full a little before the middle one is: by less than 3 % of the days.
fn near(got: Option<f64>, expected: f64, tables: &str) {
    let got = got.unwrap_or_else(|| panic!("not full at all with {tables}"));
    // A jump lies on the line from the noon before it.
    assert!(
        (-0.2..0.03 * expected + 0.6).contains(&(expected - got)),
        "{got}, expected {expected}, {tables}"
    );
}

#[test]
fn what_is_planned_moves_the_day() {
    // Day 10 is 26 November, day 15 is 1 December, day 30 is 16 December.
    for (tables, expected) in [
        (String::new(), 50.0),
        // 20 GB at once: 30 are left to grow.
        (on_ms01("move_in", "2026-11-26", "bytes = \"20GB\""), 30.0),
        (on_ms01("move_in", "2026-11-26", "mailboxes = 40\nbytes_per_mailbox = \"500MB\""), 30.0),
        (on_ms01("move_out", "2026-11-26", "bytes = \"20GB\""), 70.0),
        // Nine tenths of 20 / 0.9 GB are 20 GB.
        (on_ms01("capacity", "2026-12-01", "bytes = \"22.2222222222GB\""), 70.0),
        (on_ms01("decommission", "2026-12-01", "bytes = \"22.2222222222GB\""), 30.0),
        // Both make up for each other.
        (
            on_ms01("move_in", "2026-11-26", "bytes = \"20GB\"")
                + &on_ms01("capacity", "2026-12-01", "bytes = \"22.2222222222GB\""),
            50.0,
        ),
        // 60 GB on day 10 make 170 at once: full that day, whatever comes after.
        (
            on_ms01("move_in", "2026-11-26", "bytes = \"60GB\"")
                + &on_ms01("capacity", "2026-12-01", "bytes = \"100GB\""),
            10.0,
        ),
        // Capacity that comes when it is full comes too late.
        (on_ms01("capacity", "2027-01-20", "bytes = \"100GB\""), 50.0),
        // What is past has happened.
        (on_ms01("move_in", "2026-11-10", "bytes = \"20GB\""), 50.0),
        // Today is still to come, from tomorrow's level on.
        (on_ms01("move_in", "2026-11-16", "bytes = \"20GB\""), 30.0),
        (on_ms01("purge", "2026-11-26", "bytes = \"10GB\""), 60.0),
        // A tenth of 110 GB is 11.
        (on_ms01("purge", "2026-11-26", "share = 0.1"), 61.0),
        // 130 less 13 on day 30, 147 less 14.7 on day 60, and 17.7 more days to 150.
        (on_ms01("purge", "2026-12-16", "share = 0.1\nevery_days = 30"), 77.7),
        // It began 35 days ago, and runs on days 25, 55 and 85: 110 + 7 are left on day 25, 20 less on each.
        (on_ms01("purge", "2026-10-12", "bytes = \"10GB\"\nevery_days = 30"), 70.0),
        (on_ms01("growth", "2026-11-16", "factor = 2"), 25.0),
        // 10 days of 1 GB and 20 of 2.
        (on_ms01("growth", "2026-11-27", "factor = 2"), 30.0),
        // 10 days of 2 GB, 26 November the last of them, then 30 of 1.
        (on_ms01("growth", "2026-11-17", "factor = 2\nto = 2026-11-26"), 40.0),
    ] {
        near(days(&tables), expected, &tables);
    }
}

#[test]
fn what_is_kept_small_never_fills() {
    // 30 days of 4 GB are 120.
    assert_eq!(days(&on_ms01("retention", "2026-12-01", "keep_days = 30\nbytes_per_day = \"4GB\"")), None);
    // 160 GB are above the full mark.
    near(
        days(&on_ms01("retention", "2026-12-01", "keep_days = 40\nbytes_per_day = \"4GB\"")),
        50.0,
        "retention",
    );
    // In force already, and kept: 100 GB are below 120. In force and not kept: 100 are above 80, so it does nothing.
    assert_eq!(days(&on_ms01("retention", "2026-10-01", "keep_days = 30\nbytes_per_day = \"4GB\"")), None);
    near(
        days(&on_ms01("retention", "2026-10-01", "keep_days = 20\nbytes_per_day = \"4GB\"")),
        50.0,
        "retention that is not kept",
    );
}

#[test]
fn a_pool_feels_what_is_planned_for_its_volumes_and_for_itself() {
    let days = |tables: &str| exhaustion(&judged(tables, &["ms01", "ms02"])[0]).runway.p50_days;
    let of_pool = |kind, on, rest: &str| planned(kind, on, &format!("pool = \"mailstore\"\n{rest}"));
    // Two volumes: 200 GB, 2 a day, full at 300.
    for (tables, expected) in [
        (String::new(), 50.0),
        // 20 GB less to grow at 2 a day.
        (on_ms01("move_in", "2026-11-26", "bytes = \"20GB\""), 40.0),
        (of_pool("move_in", "2026-11-26", "bytes = \"20GB\""), 40.0),
        (on_ms01("capacity", "2026-12-01", "bytes = \"22.2222222222GB\""), 60.0),
        (of_pool("capacity", "2026-12-01", "bytes = \"22.2222222222GB\""), 60.0),
        (on_ms01("growth", "2026-11-16", "factor = 3"), 25.0),
        (of_pool("growth", "2026-11-16", "factor = 2"), 25.0),
        (planned("growth", "2026-11-16", "factor = 2"), 25.0),
        // A tenth of all 220 GB is 22; of one volume's 110 it is 11.
        (of_pool("purge", "2026-11-26", "share = 0.1"), 61.0),
        (on_ms01("purge", "2026-11-26", "share = 0.1"), 55.5),
    ] {
        near(days(&tables), expected, &tables);
    }
}

#[test]
fn what_moves_into_a_pool_is_spread_over_the_room_that_is_left() {
    // Both have 50 GB of room: 20 GB each.
    let moved = planned("move_in", "2026-11-26", "pool = \"mailstore\"\nbytes = \"40GB\"");
    let days = |tables: &str| exhaustion(&judged(tables, &["ms01", "ms02"])[1]).runway.p50_days;
    near(days(&moved), 30.0, &moved);
    // 100 GB of room are ordered for the day before: half of the room, so that 10 GB land on each.
    let shelf = planned("capacity", "2026-11-25", "pool = \"mailstore\"\nbytes = \"111.111111111GB\"");
    near(days(&(moved.clone() + &shelf)), 40.0, "with a shelf");
    // A shelf of last month is in the volumes already.
    let shelf = planned("capacity", "2026-10-25", "pool = \"mailstore\"\nbytes = \"111.111111111GB\"");
    near(days(&(moved + &shelf)), 30.0, "with an old shelf");
}

#[test]
fn what_is_planned_is_told_and_drawn() {
    let tables = on_ms01("capacity", "2027-01-20", "bytes = \"100GB\"")
        + &planned("move_in", "2026-11-26", "pool = \"mailstore\"\nbytes = \"4GB\"");
    let found = judged(&tables, &["ms01", "ms02"]);
    let told = |finding: &Finding| -> Vec<String> {
        let facts = finding.evidence.facts.iter().filter(|fact| fact.name.contains(" on 20"));
        facts
            .map(|fact| format!("{}: {}", fact.name, serde_json::to_string(&fact.quantity).unwrap()))
            .collect()
    };
    let of_volume = [
        "ordered capacity: capacity on 2027-01-20: {\"type\":\"on_date\",\"value\":100000000000.0,\"unit\":\"bytes\",\
         \"date\":\"2027-01-20\"}",
        "planned move in, its part: move_in on 2026-11-26: {\"type\":\"on_date\",\"value\":2000000000.0,\"unit\":\
         \"bytes\",\"date\":\"2026-11-26\"}",
    ];
    let ms01 = &found[1];
    assert_eq!(told(ms01), of_volume);
    assert_eq!(
        told(&found[0]),
        [
            "planned move in: move_in on 2026-11-26: {\"type\":\"on_date\",\"value\":4000000000.0,\"unit\":\"bytes\",\
             \"date\":\"2026-11-26\"}",
            "ordered capacity: capacity on 2027-01-20, on ms01:/var/mail: {\"type\":\"on_date\",\"value\":100000000000.0,\
             \"unit\":\"bytes\",\"date\":\"2027-01-20\"}",
        ]
    );
    // The mark of 150 GB rises by 90 on 20 January, 66 days after the last level's day.
    let mark = &ms01.evidence.thresholds[0];
    assert_eq!((mark.value / GB).round(), 150.0);
    assert_eq!(
        mark.later.iter().map(|l| (l.from, (l.value / GB).round())).collect::<Vec<_>>(),
        [(AS_OF + 65 * DAY, 240.0)]
    );
    assert_eq!(mark.at(AS_OF + 64 * DAY), mark.value);
    let marks: Vec<_> =
        ms01.evidence.marks.iter().map(|m| (m.name.as_str(), (m.time - AS_OF) / DAY, m.size)).collect();
    assert_eq!(
        marks,
        [
            ("planned: move_in on 2026-11-26", 10, Some(2.0 * GB)),
            ("planned: capacity on 2027-01-20", 65, Some(100.0 * GB)),
        ]
    );
    // Full on day 48: before what is ordered comes.
    assert!(ms01.advice.ends_with(" What is ordered for 20 Jan 2027 comes after that."), "{}", ms01.advice);
    let in_time = judged(&on_ms01("capacity", "2026-12-20", "bytes = \"100GB\""), &["ms01"]);
    assert!(
        in_time[1].advice.ends_with(" What is ordered for 20 Dec 2026 is counted."),
        "{}",
        in_time[1].advice
    );
}

#[test]
fn a_past_day_that_the_history_does_not_show_is_told() {
    let told = |tables: &str, of: usize| {
        let found = judged(tables, &["ms01", "ms02"]);
        found[of].evidence.facts.iter().any(|fact| fact.name.starts_with("planned, and not seen"))
    };
    let own = on_ms01("move_in", "2026-11-01", "bytes = \"20GB\"");
    assert!(told(&own, 1) && !told(&own, 2));
    let shelf = on_ms01("capacity", "2026-11-01", "bytes = \"20GB\"");
    assert!(told(&shelf, 1));
    let pools = planned("move_in", "2026-11-01", "pool = \"mailstore\"\nbytes = \"20GB\"");
    assert!(told(&pools, 0));
    assert!(!told(&on_ms01("move_in", "2026-11-15", "bytes = \"20GB\""), 1));
}

#[test]
fn scenarios_stand_beside_what_is() {
    let tables = "[[scenario]]\nname = \"twice\"\ngrowth = 2\n\
        [[scenario]]\nname = \"earlier\"\nfull_mark = 0.78\n\
        [[scenario]]\nname = \"slow vendor\"\nlead_time_days = 60\npools = [\"mailstore\"]\n\
        [[scenario]]\nname = \"ms02 alone\"\n[[scenario.planned]]\nname = \"move\"\nkind = \"move_in\"\n\
        date = 2026-11-26\nhost = \"ms02\"\nbytes = \"20GB\"\n\
        [[scenario]]\nname = \"twice on a shelf\"\ngrowth = 2\n[[scenario.planned]]\nname = \"shelf\"\n\
        kind = \"capacity\"\ndate = 2026-12-01\nhost = \"ms01\"\nbytes = \"1TB\"\n";
    let found = judged(tables, &["ms01", "ms02"]);
    let says = |finding: &Finding| -> Vec<(String, Option<f64>, Severity)> {
        let days = |verdict: &Verdict| match verdict {
            Verdict::Fills(full) => full.runway.p50_days.map(f64::round),
            _ => None,
        };
        let all = finding.what_if.iter();
        all.map(|what_if| (what_if.scenario.clone(), days(&what_if.verdict), what_if.severity)).collect()
    };
    let named = |name: &str, days: Option<f64>, severity| (name.to_owned(), days, severity);
    // With growth twice as fast it is full in 25 days, within the lead time of 30; 78 % of 166.7 GB are 130, in 30
    // days; a lead time of 60 days has passed. Two in five futures are full a little before.
    assert_eq!(
        says(&found[1]),
        [
            named("twice", Some(24.0), Severity::Critical),
            named("earlier", Some(30.0), Severity::Critical),
            named("slow vendor", Some(49.0), Severity::Critical),
            // 1,050 GB are left, at 2 a day: beyond the year.
            named("twice on a shelf", None, Severity::Ok),
        ]
    );
    // What is different elsewhere is not told of a volume.
    let names: Vec<_> = found[2].what_if.iter().map(|what_if| what_if.scenario.as_str()).collect();
    assert_eq!(names, ["twice", "earlier", "slow vendor", "ms02 alone", "twice on a shelf"]);
    // The pool feels all: 100 GB at 4 a day are 25 days; 20 GB less at 2 a day are 40.
    let pool = says(&found[0]);
    assert_eq!((pool.len(), pool[0].1, pool[3].1), (5, Some(24.0), Some(39.0)));
    let later = found[1].what_if[0].later_by_days.unwrap();
    assert!((later + 24.5).abs() < 1.0, "{later}");
    assert_eq!(found[1].what_if[3].later_by_days, None);
}

#[test]
fn a_mailbox_of_undeclared_size_is_as_large_as_those_that_are_there() {
    // 200 mailboxes hold 100 GB: 40 more are 20 GB.
    let count = |host: &str, day: i64| Column {
        labels: Labels::from([("host", host)]),
        points: [(AS_OF - day * DAY, 200.0)].into_iter().collect(),
    };
    let of_volume = on_ms01("move_in", "2026-11-26", "mailboxes = 40");
    let of_pool = planned("move_in", "2026-11-26", "pool = \"mailstore\"\nmailboxes = 80");
    let days = |tables: &str, day: i64| {
        let mailboxes = Mailboxes::of(&[count("ms01", day), count("ms02", day)]);
        exhaustion(&counted(tables, &["ms01", "ms02"], &mailboxes)[1]).runway.p50_days
    };
    near(days(&of_volume, 1), 30.0, "mailboxes of a volume");
    near(days(&of_pool, 1), 30.0, "mailboxes of a pool");
    // A count of last month is none.
    near(days(&of_volume, 30), 50.0, "an old count");
}

#[test]
fn a_scenario_may_do_without_what_is_planned() {
    let tables = on_ms01("capacity", "2026-12-01", "bytes = \"22.2222222222GB\"")
        + "[[scenario]]\nname = \"no shelf\"\nwithout = [\"capacity on 2026-12-01\"]\n";
    let found = &judged(&tables, &["ms01"])[1];
    near(exhaustion(found).runway.p50_days, 70.0, "with it");
    let Verdict::Fills(without) = &found.what_if[0].verdict else { panic!("{found:?}") };
    near(without.runway.p50_days, 50.0, "without it");
    assert!(found.what_if[0].later_by_days.is_some_and(|days| (days + 20.0).abs() < 1.0));
}

#[test]
fn what_cannot_be_counted_is_told() {
    let tables = planned("move_in", "2027-01-15", "host = \"ms99\"\nbytes = \"1TB\"")
        + &planned("move_in", "2027-01-16", "host = \"ms01\"\nmailboxes = 10")
        + &planned("move_in", "2030-01-17", "host = \"ms01\"\nbytes = \"1TB\"")
        + &planned("capacity", "2027-01-18", "pool = \"mailstore\"\nbytes = \"1TB\"")
        + &planned("move_in", "2026-01-19", "host = \"ms01\"\nbytes = \"1TB\"")
        + "[[scenario]]\nname = \"past\"\n[[scenario.planned]]\nname = \"old\"\nkind = \"move_in\"\n\
           date = 2026-01-20\nhost = \"ms01\"\nbytes = \"1TB\"\n";
    let platform = platform(&format!("{MAILSTORE}{tables}"));
    let others = vec![("past".to_owned(), platform.scenarios[0].applied(&platform, date("2026-11-16")))];
    let context = Context::new(&platform, AS_OF)
        .with_scenarios(&others)
        .placed(&[plain("ms01")], &Mailboxes::default());
    assert_eq!(
        context.not_counted(),
        [
            "planned \"move_in on 2027-01-15\" is for no volume that is known",
            "planned \"move_in on 2027-01-16\" counts mailboxes, and how large one is is neither declared nor measured",
            "planned \"move_in on 2030-01-17\" lies beyond the horizon",
            "scenario \"past\": planned \"old\" lies in the past: what came of it is in the history",
        ]
    );
}
