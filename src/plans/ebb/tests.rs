use super::*;
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
    PoolServers { loads, running: None }
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

fn windows_of(ebb: &Ebb) -> Vec<String> {
    ebb.windows.iter().map(|w| format!("{} {}-{} {}", weekdays(&w.days), w.from, w.to, w.servers)).collect()
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
    assert_eq!(windows_of(ebb), NIGHTS);
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
    assert_eq!(found.verdict, Verdict::NoEbb { reason: "it needs more than 7 at every hour".to_owned() });
    assert_eq!((found.severity, found.advice.as_str()), (Severity::Ok, "Nothing to do."));
}

#[test]
fn a_pool_that_does_not_scale_out_has_no_ebb_but_its_week_is_shown() {
    let platform = platform(&WEBMAIL.replace("true", "false"));
    let not_scaling = Verdict::NoEbb { reason: NOT_SCALING.to_owned() };
    let found = judged(&platform, 35, office);
    assert_eq!((&found.verdict, found.severity), (&not_scaling, Severity::Ok));
    assert_eq!(found.evidence.week.unwrap().servers, [8; 168]);
    let silent = PoolServers { loads: Vec::new(), running: None };
    assert_eq!(ebb_finding(&platform.pools[0], &silent, &at(&platform)).verdict, not_scaling);
}

#[test]
fn a_profile_takes_two_weeks() {
    let platform = platform(WEBMAIL);
    // The history begins on 6 November; a fortnight later is the 20th.
    let Verdict::Undecided { reason, enough_on } = judged(&platform, 10, office).verdict else { panic!() };
    assert_eq!(reason, "10 days of history; the model needs 14");
    assert_eq!(enough_on, Some(date("2026-11-20")));
    assert_eq!(judged(&platform, 13, office).verdict.name(), "undecided");
    // With two weeks there is none yet to hold the schedule against.
    assert_eq!(ebb(&judged(&platform, 14, office)).violation_share, None);
}

#[test]
fn a_pool_whose_load_stopped_cannot_be_judged() {
    let platform = platform(WEBMAIL);
    let mut stopped = servers(&platform, 35, office);
    stopped.loads.iter_mut().for_each(|host| host.load = crate::plans::fixture::ended(&host.load, 2));
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
    assert_eq!(found.verdict, Verdict::NoEbb { reason });
}

#[test]
fn sessions_are_held_against_the_busiest_slot() {
    // Nobody says what a server can carry, so that eight just carry 8 × 1,000; 8 × 300 take 2.4 of them: three.
    let platform = platform(&format!("{WEBMAIL}load = \"load.sessions\""));
    for users in [1.0, 50.0] {
        let found = judged(&platform, 35, |local| users * if at_work(local) { 1_000.0 } else { 300.0 });
        assert_eq!(windows_of(ebb(&found)), NIGHTS, "{users}");
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
    // All Saints' Day, a Sunday: everybody came. Where that is an ordinary Sunday, all eight must run on it, and of
    // the 93 hours its 24 are gone.
    let busy = |local: LocalTime| if local.date() == Some(date("2026-11-01")) { 0.6 } else { office(local) };
    for (calendar, hours) in [("[calendar]\nholidays = [2026-11-01]\n", 93.0), ("", 69.0)] {
        let found = judged(&platform(&format!("{WEBMAIL}{calendar}")), 35, busy);
        assert_eq!(ebb(&found).server_hours_per_week, hours * 5.0, "{calendar}");
    }
}

#[test]
fn windows_keep_to_the_wall_clock_over_a_change_of_the_clocks() {
    // In Berlin the clocks went back on 25 October 2026, three weeks before: people kept coming at seven.
    let berlin = platform_in("Europe/Berlin", WEBMAIL);
    let found = judged(&berlin, 35, office);
    assert_eq!(windows_of(ebb(&found)), NIGHTS);
    assert_eq!(ebb(&found).violation_share, Some(0.0));
}

#[test]
fn weekdays_are_told_in_runs() {
    assert_eq!(weekdays(&[0, 1, 2, 3]), "Mon–Thu");
    assert_eq!(weekdays(&[4, 6]), "Fri, Sun");
}
