use super::{words::weekdays, *};
use crate::{
    plans::fixture::{AS_OF, at, date, platform, platform_in},
    platform::Platform,
    series::{HOUR, LocalTime},
};

/// Eight servers as declared, to be followed by more of the pool's fields. On a grid of hours any warm-up takes a
/// whole one.
const WEBMAIL: &str = "[[pool]]\nname = \"webmail\"\nrole = \"webmail\"\nhosts = [\"web*\"]\nscales_out = true\n\
                       warm_up_minutes = 0\n";

/// Whether people are at work: working days, 07:00 to 22:00 local, 75 of the week's 168 hours. The other 93 lie in
/// windows: four nights of 9 hours, 14 from Friday to Saturday noon, 24 to Sunday noon and 19 to Monday.
fn at_work(local: LocalTime) -> bool {
    local.weekday < 5 && (7..22).contains(&(local.second / HOUR))
}

/// 0.6 of a processor at work: with the default target of 0.6, eight servers need all eight. 0.2 at other times:
/// 8 × 0.2 / 0.6 = 2.67, three servers.
fn office(local: LocalTime) -> f64 {
    if at_work(local) { 0.6 } else { 0.2 }
}

/// Eight servers that each carry a load over so many days.
fn servers(platform: &Platform, days: i64, load: impl Fn(LocalTime) -> f64) -> PoolServers {
    let mut clock = at(platform).clock();
    let begin = AS_OF - days * DAY;
    let slots: Vec<_> = (0..days * 24).map(|hour| Some(load(clock.at(begin + hour * HOUR)))).collect();
    let load = Series::from_slots(begin, HOUR, slots);
    let loads = (1..=8).map(|n| HostLoad { host: format!("web{n:02}"), load: load.clone() }).collect();
    PoolServers { loads: vec![(platform.pools[0].load(), loads)], running: None }
}

fn judged(platform: &Platform, days: i64, load: impl Fn(LocalTime) -> f64) -> Finding {
    ebb_finding(&platform.pools[0], &servers(platform, days, load), &at(platform))
}

fn ebb(finding: &Finding) -> &Ebb {
    match &finding.verdict {
        Verdict::Ebbs(ebb) => ebb,
        _ => panic!("{}", finding.headline),
    }
}

fn windows_of(windows: &[crate::plans::Window]) -> Vec<String> {
    windows.iter().map(|w| format!("{} {}-{} {}", weekdays(&w.days), w.from, w.to, w.servers)).collect()
}

const NIGHTS: [&str; 4] = [
    "Mon–Thu 22:00:00-07:00:00 3",
    "Fri 22:00:00-12:00:00 3",
    "Sat 12:00:00-12:00:00 3",
    "Sun 12:00:00-07:00:00 3",
];

#[test]
fn nights_and_weekends_are_windows_with_their_hours_and_money() {
    let platform = platform(&format!("{WEBMAIL}price_per_server_hour = 0.25"));
    let found = judged(&platform, 35, office);
    let ebb = ebb(&found);
    assert_eq!(windows_of(&ebb.schedule.windows), NIGHTS);
    // 93 hours with 5 servers less, at 0.25 each; 8 × 168 = 1,344 server-hours run.
    assert_eq!(ebb.server_hours_per_week, 465.0);
    assert_eq!(ebb.money_per_week, Some(116.25));
    assert!((ebb.share - 465.0 / 1344.0).abs() < 1e-12);
    assert_eq!(ebb.violation_share, Some(0.0));
    assert_eq!((found.id.0.as_str(), found.severity), ("ebb/webmail", Severity::Info));
    assert_eq!(found.headline, "pool webmail can save 465 server-hours a week (35 % of what runs)");
    assert!(
        found.advice.starts_with("Scale in: Mon–Thu 22:00 to 07:00 the next day with 3 of 8;"),
        "{}",
        found.advice
    );
    let week = found.evidence.week.unwrap();
    assert_eq!(week.servers.iter().filter(|&&servers| servers == 3).count(), 93);
    assert_eq!((week.servers_now, week.slots_per_day), (8, 24));
}

#[test]
fn the_operator_says_how_many_servers_must_stay() {
    for (fields, server_hours) in [
        // 8 × 0.2 / 0.8 = 2 servers: 93 × 6.
        ("target_utilisation = 0.8", 558.0),
        // 93 × 3.
        ("floor = 5", 279.0),
        ("floor = 3", 465.0),
    ] {
        let found = judged(&platform(&format!("{WEBMAIL}{fields}")), 35, office);
        assert_eq!(ebb(&found).server_hours_per_week, server_hours, "{fields}");
        assert_eq!(ebb(&found).money_per_week, None);
    }
    // The default warm-up takes an hour from each window that ends at work: 4 × 8 + 14 + 24 + 18 = 88 hours.
    let warm = platform(&WEBMAIL.replace("warm_up_minutes = 0\n", ""));
    assert_eq!(ebb(&judged(&warm, 35, office)).server_hours_per_week, 88.0 * 5.0);
}

#[test]
fn a_pool_that_needs_its_servers_at_every_hour_has_no_ebb() {
    let found = judged(&platform(WEBMAIL), 35, |_| 0.6);
    assert_eq!(
        found.verdict,
        Verdict::NoEbb { because: NoEbb::NeedsAll, reason: "it needs more than 7 at every hour".to_owned() }
    );
    assert_eq!((found.severity, found.advice.as_str()), (Severity::Ok, "Nothing to do."));
}

#[test]
fn a_pool_that_does_not_scale_out_has_no_ebb_but_its_week_is_shown() {
    let platform = platform(&WEBMAIL.replace("true", "false"));
    let not_scaling = Verdict::NoEbb { because: NoEbb::NotScaling, reason: NOT_SCALING.to_owned() };
    let found = judged(&platform, 35, office);
    assert_eq!((&found.verdict, found.severity), (&not_scaling, Severity::Ok));
    assert_eq!(found.evidence.week.unwrap().servers, [8; 168]);
    let silent = PoolServers { loads: vec![(Measure::LoadCpu, Vec::new())], running: None };
    assert_eq!(ebb_finding(&platform.pools[0], &silent, &at(&platform)).verdict, not_scaling);
}

#[test]
fn two_weeks_of_history_are_too_short_and_it_is_said_until_when() {
    let platform = platform(WEBMAIL);
    // The history begins on 2 November; three weeks later is the 23rd.
    let Verdict::Undecided { reason, enough_on } = judged(&platform, 14, office).verdict else { panic!() };
    assert_eq!(reason, "14 days of history; the model needs 21");
    assert_eq!(enough_on, Some(date("2026-11-23")));
    assert_eq!(judged(&platform, 20, office).verdict.name(), "undecided");
    // With three weeks, one of them is held back.
    let found = judged(&platform, 21, office);
    assert_eq!((ebb(&found).violation_share, ebb(&found).replay.weeks), (Some(0.0), 1));
    assert!(ebb(&found).caveats.iter().any(|c| c == "The history is short: 3 weeks."));
}

#[test]
fn a_pool_whose_load_stopped_cannot_be_judged() {
    let platform = platform(WEBMAIL);
    let mut stopped = servers(&platform, 35, office);
    stopped.loads[0].1.iter_mut().for_each(|host| host.load = crate::plans::fixture::ended(&host.load, 2));
    let found = ebb_finding(&platform.pools[0], &stopped, &at(&platform));
    assert_eq!(found.headline, "pool webmail cannot be judged: no load.cpu of its servers in the last day");
}

#[test]
fn a_schedule_that_would_have_hurt_last_week_is_withheld() {
    // On the last weekend 8 × 0.5 / 0.6 = 6.67, seven servers. The weeks before it say three for all 93 hours: too
    // few in 48 of them, 52 %.
    let monday = AS_OF / DAY;
    let shifted = |local: LocalTime| match local.weekday {
        5..=6 if local.day >= monday - 7 => 0.5,
        _ => office(local),
    };
    let found = judged(&platform(WEBMAIL), 35, shifted);
    let reason = "last week the schedule would have had too few servers in 52 % of its hours".to_owned();
    assert_eq!(found.verdict, Verdict::NoEbb { because: NoEbb::WouldHurt, reason });
}

#[test]
fn sessions_are_held_against_the_busiest_slot() {
    // Nobody says what a server can carry, so that eight just carry 8 × 1,000; 8 × 300 take 2.4 of them: three.
    let platform = platform(&format!("{WEBMAIL}load = \"load.sessions\""));
    for users in [1.0, 50.0] {
        let found = judged(&platform, 35, |local| users * if at_work(local) { 1_000.0 } else { 300.0 });
        assert_eq!(windows_of(&ebb(&found).schedule.windows), NIGHTS, "{users}");
        assert_eq!(ebb(&found).server_hours_per_week, 465.0);
    }
}

#[test]
fn servers_in_service_are_counted_where_a_source_tells_of_them() {
    let platform = platform(WEBMAIL);
    let mut servers = servers(&platform, 35, office);
    servers.running = Some(crate::plans::fixture::hours(35, |_| 10.0));
    let found = ebb_finding(&platform.pools[0], &servers, &at(&platform));
    // At work eight of the ten are enough: two less in all 24 hours save 48 server-hours from noon to noon, seven
    // less in the nine of a night 63, in 14, 24 and 19 hours 98, 168 and 133.
    assert_eq!(ebb(&found).server_hours_per_week, 4.0 * 63.0 + 98.0 + 168.0 + 133.0);
}

#[test]
fn a_holiday_is_no_ordinary_day() {
    // All Saints' Day, a Sunday: everybody came. Declared, it says nothing of other Sundays.
    let busy = |local: LocalTime| if local.date() == Some(date("2026-11-01")) { 0.6 } else { office(local) };
    let declared = format!("{WEBMAIL}[calendar]\nholidays = [2026-11-01]\n");
    assert_eq!(ebb(&judged(&platform(&declared), 35, busy)).server_hours_per_week, 465.0);
    // Not declared, it is a day on which the schedule would have hurt: 24 of 3 × 93 hours are 8.6 %.
    let Verdict::NoEbb { because, reason } = judged(&platform(WEBMAIL), 35, busy).verdict else { panic!() };
    assert_eq!(because, NoEbb::WouldHurt);
    let shares = "too few servers in 8.6 % of their hours, more than 2.0 %";
    assert_eq!(reason, format!("in the 3 weeks held back its schedules would have had {shares}"));
}

#[test]
fn a_holiday_on_a_tuesday_has_windows_of_its_own() {
    // 8 December 2026 is a Tuesday; no holiday has been seen yet, so that it is taken to lie four fifths of the way from a
    // Tuesday to the quietest day: 0.6 − 0.8 × 0.4 = 0.28 of a processor, and that is unsure by 0.15 × 0.4 = 0.06. The bound
    // of a load that was never off lies 1.4 spreads above: 0.28 + 0.084 = 0.364, and 8 × 0.364 / 0.6 = 4.85, five servers.
    let platform = platform(&format!("{WEBMAIL}[calendar]\nholidays = [2026-12-08]\n"));
    let found = judged(&platform, 35, office);
    let said: Vec<String> = ebb(&found)
        .schedule
        .exceptions
        .iter()
        .map(|e| format!("{} {}: {}", e.date, e.because, windows_of(&e.windows).join(", ")))
        .collect();
    // From Monday 22:00, nine hours with five servers less save 45, fourteen hours to Tuesday noon with three less 42: the
    // night stays. From Tuesday noon to Wednesday 07:00, 19 hours with three less save 57, and the night alone 45.
    assert_eq!(said, ["2026-12-08 holiday: Tue 12:00:00-07:00:00 5"]);
}

#[test]
fn a_window_over_midnight_at_a_months_end_belongs_to_the_day_on_which_it_starts() {
    // 30 November 2026 is a Monday, 1 December a Tuesday. A migration is declared for 1 December: the night to it and the
    // night from it have no windows, and the morning of 2 December neither.
    let event =
        "[[calendar.event]]\nname = \"migration\"\naction = \"ignore\"\nfrom = 2026-12-01\nto = 2026-12-01\n";
    let platform = platform(&format!("{WEBMAIL}{event}"));
    let found = judged(&platform, 35, office);
    let dates: Vec<String> = ebb(&found)
        .schedule
        .exceptions
        .iter()
        .map(|e| format!("{} {} {:?}", e.date, e.because, windows_of(&e.windows)))
        .collect();
    assert_eq!(dates, ["2026-11-30 migration []", "2026-12-01 migration []"]);
}

#[test]
fn weeks_from_sunday_to_thursday_need_no_calendar() {
    let platform = platform_in("Asia/Riyadh", WEBMAIL);
    let sunday_to_thursday = |local: LocalTime| {
        let works = local.weekday == 6 || local.weekday < 4;
        if works && (7..22).contains(&(local.second / HOUR)) { 0.6 } else { 0.2 }
    };
    let found = judged(&platform, 35, sunday_to_thursday);
    assert_eq!(
        windows_of(&ebb(&found).schedule.windows),
        [
            "Mon–Wed, Sun 22:00:00-07:00:00 3",
            "Thu 22:00:00-12:00:00 3",
            "Fri 12:00:00-12:00:00 3",
            "Sat 12:00:00-07:00:00 3",
        ]
    );
}

#[test]
fn a_pool_in_new_zealand_has_its_own_monday() {
    // The platform is in UTC, the pool's users in Auckland, 13 hours ahead: their Monday 07:00 is a UTC Sunday, 18:00.
    let platform = platform(&format!("{WEBMAIL}timezone = \"Pacific/Auckland\""));
    let mut clock = at(&platform).clock_of(&platform.pools[0]);
    let begin = AS_OF - 35 * DAY;
    let slots: Vec<_> = (0..35 * 24).map(|hour| Some(office(clock.at(begin + hour * HOUR)))).collect();
    let load = Series::from_slots(begin, HOUR, slots);
    let loads = (1..=8).map(|n| HostLoad { host: format!("web{n:02}"), load: load.clone() }).collect();
    let servers = PoolServers { loads: vec![(Measure::LoadCpu, loads)], running: None };
    let found = ebb_finding(&platform.pools[0], &servers, &at(&platform));
    assert_eq!(windows_of(&ebb(&found).schedule.windows), NIGHTS);
    assert_eq!(ebb(&found).schedule.timezone, chrono_tz::Pacific::Auckland);
}

#[test]
fn a_pool_with_one_server_can_spare_none() {
    let platform = platform(WEBMAIL);
    let mut one = servers(&platform, 35, office);
    one.loads[0].1.truncate(1);
    let found = ebb_finding(&platform.pools[0], &one, &at(&platform));
    let reason = "it needs more than 1 at every hour".to_owned();
    assert_eq!(found.verdict, Verdict::NoEbb { because: NoEbb::NeedsAll, reason });
}

#[test]
fn a_backup_in_the_middle_of_the_night_is_load_too() {
    // At 02:00 each night a backup takes 0.5: 8 × 0.5 / 0.6 = 6.67, seven servers. A night of nine hours with one window saves
    // the most from 22:00 to 02:00 (4 × 5 = 20) or 03:00 to 07:00 (also 20), and the first is taken.
    let backup = |local: LocalTime| if local.second / HOUR == 2 { 0.5 } else { office(local) };
    let found = judged(&platform(WEBMAIL), 35, backup);
    assert_eq!(windows_of(&ebb(&found).schedule.windows)[0], "Mon–Thu 22:00:00-02:00:00 3");
    assert_eq!(found.evidence.week.as_ref().unwrap().needed[2], 7);
    // With four changes a night, both.
    let four = judged(&platform(&format!("{WEBMAIL}changes_per_day = 4")), 35, backup);
    let windows = windows_of(&ebb(&four).schedule.windows);
    assert!(windows.contains(&"Tue–Fri 03:00:00-07:00:00 3".to_owned()), "{windows:?}");
}

#[test]
fn a_level_that_shifted_last_week_is_told_and_no_schedule_given() {
    // In the last week everybody came twice: 8 × 0.4 / 0.6 = 5.33, six servers at night where three were scheduled.
    let monday = AS_OF / DAY;
    let doubled =
        |local: LocalTime| if local.day >= monday - 7 { 2.0 * office(local) } else { office(local) };
    let Verdict::NoEbb { because, reason } = judged(&platform(WEBMAIL), 42, doubled).verdict else {
        panic!()
    };
    assert_eq!(because, NoEbb::LevelShifted);
    assert_eq!(
        reason,
        "its level rose by 100 % in the last week, which nothing before foretold; a schedule of the weeks before would have had too few \
         servers in 100 % of its hours"
    );
}

#[test]
fn the_tightest_of_several_loads_decides() {
    // By processor, three servers are enough at night. Half of the sessions stay: eight servers are just right for the busiest
    // slot, so that half of them need four.
    let platform = platform(&format!("{WEBMAIL}load = [\"load.cpu\", \"load.sessions\"]"));
    let mut both = servers(&platform, 35, office);
    let sessions = servers(&platform, 35, |local| if at_work(local) { 1_000.0 } else { 500.0 });
    both.loads.push((Measure::LoadSessions, sessions.loads[0].1.clone()));
    let found = ebb_finding(&platform.pools[0], &both, &at(&platform));
    assert!(ebb(&found).schedule.windows.iter().all(|w| w.servers == 4));
    assert_eq!(ebb(&found).server_hours_per_week, 93.0 * 4.0);
}

#[test]
fn what_must_be_survivable_runs_as_well() {
    for (fields, kept) in [
        // One more than three.
        ("redundancy = \"server\"", 4),
        // Five in three zones lose two and leave three.
        ("redundancy = \"zone\"\nzones = 3", 5),
    ] {
        let found = judged(&platform(&format!("{WEBMAIL}{fields}\ntarget_utilisation = 0.61")), 35, office);
        assert!(ebb(&found).schedule.windows.iter().all(|w| w.servers == kept), "{fields}");
    }
}

#[test]
fn savings_are_told_for_longer_spans_and_other_risks() {
    let platform = platform(&format!("{WEBMAIL}price_per_server_hour = 0.25"));
    let found = judged(&platform, 35, office);
    let ebb = ebb(&found);
    // 465 server-hours a week; a year has 365.25 / 7 = 52.18 weeks. No week differed, so the interval has no width.
    let year = &ebb.savings[2];
    assert_eq!((year.span, year.server_hours.low), ("year", year.server_hours.middle));
    assert!((year.server_hours.middle - 465.0 * 365.25 / 7.0).abs() < 1e-9);
    assert!((year.money.unwrap().middle - 0.25 * 465.0 * 365.25 / 7.0).abs() < 1e-9);
    assert_eq!(
        ebb.curve.iter().filter(|level| level.chosen).map(|level| level.risk).collect::<Vec<_>>(),
        [0.01]
    );
    let hours: Vec<f64> = ebb.curve.iter().map(|level| level.server_hours_per_week).collect();
    assert!(hours.is_sorted(), "more risk never saves less: {hours:?}");
    // The weeks were alike: with three weeks held back, nothing was short, and hindsight saves the same.
    assert_eq!((ebb.replay.weeks, ebb.replay.minutes_above, ebb.replay.servers_short), (3, 0.0, 0));
    assert_eq!(ebb.replay.best_server_hours_per_week, 465.0);
    // Three servers for 8 × 0.2: 0.533 of each is used at night; by day 0.6.
    assert!((ebb.replay.worst_utilisation - 0.6).abs() < 1e-9);
    assert_eq!(ebb.replay.days.len(), 21);
}

#[test]
fn a_schedule_reads_back_from_its_finding() {
    let platform = platform(&format!("{WEBMAIL}[calendar]\nholidays = [2026-12-08]\n"));
    let found = judged(&platform, 35, office);
    let written = serde_json::to_string(&found).unwrap();
    let read: Schedule = serde_json::from_str(&written).unwrap();
    assert_eq!(read, ebb(&found).schedule);
}

#[test]
fn windows_keep_to_the_wall_clock_over_both_changes_of_the_clocks_in_both_hemispheres() {
    // The clocks changed on 25 October and 29 March 2026 in Berlin, on 27 September and 5 April 2026 in Auckland; each of
    // these Mondays lies one to three weeks after a change. People keep to the wall clock.
    for (zone, as_of) in [
        ("Europe/Berlin", "2026-11-09T00:00:00Z"),
        ("Europe/Berlin", "2026-04-13T00:00:00Z"),
        ("Pacific/Auckland", "2026-10-12T00:00:00Z"),
        ("Pacific/Auckland", "2026-04-20T00:00:00Z"),
    ] {
        let platform = platform_in(zone, WEBMAIL);
        let as_of = chrono::DateTime::parse_from_rfc3339(as_of).unwrap().timestamp();
        let context = Context::new(&platform, as_of);
        let mut clock = context.clock();
        let begin = as_of - 35 * DAY;
        let slots: Vec<_> = (0..35 * 24).map(|hour| Some(office(clock.at(begin + hour * HOUR)))).collect();
        let load = Series::from_slots(begin, HOUR, slots);
        let loads = (1..=8).map(|n| HostLoad { host: format!("web{n:02}"), load: load.clone() }).collect();
        let servers = PoolServers { loads: vec![(Measure::LoadCpu, loads)], running: None };
        let found = ebb_finding(&platform.pools[0], &servers, &context);
        assert_eq!(windows_of(&ebb(&found).schedule.windows), NIGHTS, "{zone}");
        assert_eq!(ebb(&found).violation_share, Some(0.0), "{zone}");
    }
}

#[test]
fn weekdays_are_told_in_runs() {
    assert_eq!(weekdays(&[0, 1, 2, 3]), "Mon–Thu");
    assert_eq!(weekdays(&[4, 6]), "Fri, Sun");
}
