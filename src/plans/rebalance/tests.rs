use super::*;
use crate::{models::Highest, plans::stores::each};

/// A store that is full at 9,000, holds so much now and grows by so much a day, for sure.
fn store(name: &str, used: f64, per_day: f64) -> Store {
    let path: Vec<f64> = (0..=365).map(|day| used + per_day * f64::from(day)).collect();
    let ahead = Highest {
        early: path.clone(),
        planned: path.clone(),
        likely: path.clone(),
        sure: path.clone(),
        late: path,
    };
    let (mark, mailboxes) = (9_000.0, Some(10.0 * used));
    let mut store = Store {
        name: name.to_owned(),
        kind: "/var/mail".to_owned(),
        mark,
        used,
        before: Runway { p5_days: None, p50_days: None, p95_days: None },
        ahead,
        raised: vec![0.0; 366],
        mailboxes,
        gives: true,
        takes: true,
    };
    store.before = store.runway(&store.ahead);
    store
}

/// A quarter, with 30 days of lead time, and a pool that does not fill.
const QUARTER: Aim = Aim { move_days: 90.0, lead_time_days: 30.0, pool: None };

/// 190 below its mark, and 10 a day: full in 19 days, with 9,710 after 90.
fn filling() -> Store {
    store("ms01", 8_810.0, 10.0)
}

fn near(got: f64, expected: f64) {
    assert!((got - expected).abs() < 1e-6 * expected.abs().max(1.0), "{got}, expected {expected}");
}

fn moves(plan: &Rebalance) -> Vec<(&str, &str)> {
    plan.moves.iter().map(|m| (m.from.as_str(), m.to.as_str())).collect()
}

#[test]
fn capacity_that_is_ordered_for_a_volume_stays_on_it() {
    // A shelf raises the mark of ms01 by 300 on day 10: full in 49 days and not in 19.
    let mut raised = filling();
    raised.raised = (0..=365).map(|day| if day < 10 { 0.0 } else { 300.0 }).collect();
    let path: Vec<f64> =
        (0..=365).map(|day| 8_810.0 + 10.0 * f64::from(day) - if day < 10 { 0.0 } else { 300.0 }).collect();
    raised.ahead = each(&raised.ahead, |_| path.clone());
    raised.before = raised.runway(&raised.ahead);
    let plan = rebalance(&[raised, store("ms02", 1_000.0, 0.0)], QUARTER).unwrap();
    near(plan.volumes[0].before.p50_days.unwrap(), 49.0);
    // What is left of 9,710 after 90 days must be 9,300: 4.22 % go. Of the shelf, nothing does.
    near(plan.moves[0].share, 1.0 - 9_300.0 / 9_710.0);
    near(plan.volumes[0].after.p50_days.unwrap(), 90.0);
}

#[test]
fn enough_is_moved_to_last_as_long_as_asked_and_it_takes_its_growth_with_it() {
    let plan = rebalance(&[filling(), store("ms02", 1_000.0, 0.0)], QUARTER).unwrap();
    assert_eq!((moves(&plan), plan.lasts_days), (vec![("ms01", "ms02")], 90.0));
    // What is left of 9,710 after 90 days must be 9,000: 7.31 % go, 644 of today's 8,810, and 6,442 of 88,100 mailboxes.
    let one = &plan.moves[0];
    near(one.share, 1.0 - 9_000.0 / 9_710.0);
    near(one.bytes, 8_810.0 * (1.0 - 9_000.0 / 9_710.0));
    assert_eq!(one.mailboxes, Some(6_442.0));
    near(one.buys_days.unwrap(), 90.0 - 19.0);
    let [giver, taker] = &plan.volumes[..] else { panic!("{plan:?}") };
    near(giver.before.p50_days.unwrap(), 19.0);
    near(giver.after.p5_days.unwrap(), 90.0);
    // 1,000 and 7.31 % of 12,460 after a year are far below 9,000.
    assert_eq!((taker.volume.as_str(), taker.after.p5_days), ("ms02", None));
}

#[test]
fn what_a_volume_takes_grows_on_there() {
    // 8,000 flat have room for 1,000, 7.31 % of 8,810 + 10 a day are 644 + 0.731 a day: full after 487 days; with 8,250,
    // after 145.
    let plan = rebalance(&[filling(), store("ms02", 8_250.0, 0.0)], QUARTER).unwrap();
    let share = 1.0 - 9_000.0 / 9_710.0;
    near(plan.volumes[1].after.p50_days.unwrap(), (750.0 / share - 8_810.0) / 10.0);
}

#[test]
fn the_one_with_the_most_room_takes_it_all_so_that_there_are_few_moves() {
    let stores =
        [store("ms00", 8_200.0, 0.0), filling(), store("ms02", 2_000.0, 5.0), store("ms03", 3_000.0, 0.0)];
    let plan = rebalance(&stores, QUARTER).unwrap();
    // After 90 days, 2,450 and 3,000 are held.
    assert_eq!(moves(&plan), [("ms01", "ms02")]);
}

#[test]
fn where_one_has_too_little_room_the_next_takes_the_rest() {
    // 710 are too many after 90 days: 500 fit here, 210 there.
    let plan =
        rebalance(&[filling(), store("ms02", 8_600.0, 0.0), store("ms03", 8_500.0, 0.0)], QUARTER).unwrap();
    assert_eq!(moves(&plan), [("ms01", "ms03"), ("ms01", "ms02")]);
    near(plan.moves[0].share, 500.0 / 9_710.0);
    near(plan.moves[1].share, 210.0 / 9_710.0);
    for relieved in &plan.volumes {
        assert!(relieved.after.p5_days.is_none_or(|days| days >= 90.0 - 1e-6), "{relieved:?}");
    }
}

#[test]
fn where_there_is_too_little_room_at_all_runways_become_even() {
    // 300 fit. Both are full on the day on which 8,810 + 10 a day have become 9,300: after 49 days.
    let plan = rebalance(&[filling(), store("ms02", 8_700.0, 0.0)], QUARTER).unwrap();
    assert!((plan.lasts_days - 49.0).abs() <= 1.0, "{plan:?}");
    for relieved in &plan.volumes {
        assert!((relieved.after.p50_days.unwrap() - 49.0).abs() <= 2.0, "{relieved:?}");
    }
}

#[test]
fn none_is_made_the_next_emergency() {
    let alone = [filling()];
    assert_eq!(rebalance(&alone, QUARTER), None);
    // Room for 2,000 today; at 50 a day it is gone before the 30 days of lead time and a fortnight are over.
    assert_eq!(rebalance(&[filling(), store("ms02", 7_000.0, 50.0)], QUARTER), None);
    // Room for 10: not worth a move.
    assert_eq!(rebalance(&[filling(), store("ms02", 8_990.0, 0.0)], QUARTER), None);
    // One that a retention job keeps clean has no room of its own.
    let cleaned = Store { takes: false, ..store("ms02", 1_000.0, 0.0) };
    assert_eq!(rebalance(&[filling(), cleaned], QUARTER), None);
    let elsewhere = Store { kind: "/srv/backup".to_owned(), ..store("ms02", 1_000.0, 0.0) };
    assert_eq!(rebalance(&[filling(), elsewhere], QUARTER), None);
    let cleaned = Store { gives: false, ..filling() };
    assert_eq!(rebalance(&[cleaned, store("ms02", 1_000.0, 0.0)], QUARTER), None);
    assert_eq!(rebalance(&[], QUARTER), None);
}

#[test]
fn none_becomes_earlier_full_than_the_pool_while_another_can_take_it() {
    // Either could take 7.31 %: ms02 has more room after 90 days, but at 20 a day it would be full after 146 days, before
    // the pool is, after 200.
    let pool = Some(Runway { p5_days: Some(200.0), p50_days: Some(220.0), p95_days: None });
    let stores = [filling(), store("ms02", 5_300.0, 20.0), store("ms03", 7_200.0, 0.0)];
    assert_eq!(moves(&rebalance(&stores, QUARTER).unwrap()), [("ms01", "ms02")]);
    let plan = rebalance(&stores, Aim { pool, ..QUARTER }).unwrap();
    assert_eq!((moves(&plan), plan.pool_runway), (vec![("ms01", "ms03")], pool));
}

#[test]
fn where_not_all_can_be_relieved_those_that_fill_first_are() {
    // At 400 a day nobody can take what ms02 gets: it keeps ms01 from nothing.
    let stores = [store("ms02", 8_800.0, 400.0), filling(), store("ms03", 8_000.0, 0.0)];
    let plan = rebalance(&stores, QUARTER).unwrap();
    assert_eq!((moves(&plan), plan.lasts_days), (vec![("ms01", "ms03")], 90.0));
    let stores = [filling(), store("ms02", 8_500.0, 8.0), store("ms03", 8_200.0, 0.0)];
    // ms01 needs 710 of 800, ms02 another 220 after 90 days: both are relieved for as long as there is room.
    let plan = rebalance(&stores, QUARTER).unwrap();
    assert!(plan.lasts_days < 90.0 && plan.lasts_days > 70.0, "{plan:?}");
    assert_eq!(moves(&plan)[0], ("ms01", "ms03"));
}

#[test]
fn until_new_disk_could_be_there_nobody_is_full_at_the_early_edge_either() {
    // At even odds nothing grows, but early it is 4 a day: 176 more after 44 days, with which 8,900 are 9,076.
    let uneven = |name: &str, used: f64| {
        let mut store = store(name, used, 0.0);
        store.ahead.early = (0..=365).map(|day| used + 4.0 * f64::from(day)).collect();
        store
    };
    let plan = rebalance(&[uneven("ms01", 8_900.0), store("ms02", 1_000.0, 0.0)], QUARTER).unwrap();
    near(plan.moves[0].share, 1.0 - 9_000.0 / 9_076.0);
    // 8,820 leave room for 4 at the early edge of a taker.
    assert_eq!(rebalance(&[uneven("ms01", 8_900.0), uneven("ms02", 8_820.0)], QUARTER), None);
}

#[test]
fn what_is_full_already_is_relieved_as_well() {
    // 9,100 and 10 a day: 10,000 after 90 days, of which a tenth has to go.
    let plan = rebalance(&[store("ms01", 9_100.0, 10.0), store("ms02", 1_000.0, 0.0)], QUARTER).unwrap();
    near(plan.moves[0].share, 0.1);
    near(plan.moves[0].buys_days.unwrap(), 90.0);
}
