use super::*;
use crate::{
    archive::Column,
    plans::{
        Severity,
        fixture::{AS_OF, GB, MAILSTORE, at, fact, hours, mail_pool, platform, volume},
        volume_findings,
    },
    platform::Labels,
    series::{DAY, Series},
};

/// Volumes of 10,000 GB, full at 9,000: so many GB now, and so many more a day.
fn volumes<'a>(of: &[(&'a str, f64, f64)]) -> Vec<(&'a str, Series, f64)> {
    of.iter()
        .map(|&(host, now, growth)| (host, hours(120, |d| (now + growth * d) * GB), 10_000.0 * GB))
        .collect()
}

fn by_id<'a>(findings: &'a [Finding], id: &str) -> &'a Finding {
    findings.iter().find(|finding| finding.id.0 == id).unwrap()
}

#[test]
fn a_volume_that_fills_is_told_what_to_move_where_and_so_is_its_pool() {
    let platform = platform(&format!("{MAILSTORE}plan_risk = 0.5\n"));
    let findings = mail_pool(&volumes(&[("ms01", 8_810.0, 10.0), ("ms02", 1_000.0, 0.0)]), &at(&platform));
    let volume = by_id(&findings, "disk-full/ms01/var/mail");
    let plan = volume.decision.rebalance.as_ref().unwrap();
    // 9,715 GB after 90.5 days at even odds, of which 9,000 may stay: 7.4 % of 8,810 are 648 GB, 604 GiB.
    let bytes = plan.moves[0].bytes / GB;
    assert!((bytes - 648.0).abs() < 60.0, "{bytes}");
    assert_eq!((plan.lasts_days, plan.moves[0].mailboxes), (90.0, None));
    let gib = crate::plans::wording::bytes(plan.moves[0].bytes);
    let pool = by_id(&findings, "pool-full/mailstore");
    assert_eq!(
        pool.advice,
        format!("The pool has room: move {gib} off ms01:/var/mail to ms02:/var/mail, to last 90 days.")
    );
    assert!(
        volume.advice.starts_with(&format!("Act now: move {gib} to ms02:/var/mail, to last 90 days; new")),
        "{}",
        volume.advice
    );
    assert_eq!(pool.decision.rebalance.as_ref().map(|plan| plan.moves.len()), Some(1));
    assert_eq!(by_id(&findings, "disk-full/ms02/var/mail").decision, Decision::default());
}

#[test]
fn only_what_holds_mailboxes_is_moved_and_only_where_mailboxes_go() {
    let cache = MAILSTORE.replace("role = \"mailstore\"", "role = \"cache\"");
    let of_two = volumes(&[("ms01", 8_810.0, 10.0), ("ms02", 1_000.0, 0.0)]);
    let platform = platform(&cache);
    for finding in mail_pool(&of_two, &at(&platform)) {
        assert_eq!(finding.decision.rebalance, None, "{}", finding.id);
        assert!(!finding.advice.contains("move 6"), "{}", finding.advice);
    }
    // The system's own disk has room, and is no place for mailboxes.
    let platform = crate::plans::fixture::platform(MAILSTORE);
    let pool = platform.pool("mailstore").unwrap();
    let mut root = crate::plans::fixture::volume("ms02", hours(120, |_| 1_000.0 * GB), 10_000.0 * GB);
    root.labels.set("volume", "/");
    let answers = vec![
        volume_findings(
            &volume("ms01", hours(120, |d| (8_810.0 + 10.0 * d) * GB), 10_000.0 * GB),
            Some(pool),
            &at(&platform),
        ),
        volume_findings(&root, Some(pool), &at(&platform)),
    ];
    let findings = pool_findings(pool, answers, &Mailboxes::default(), &at(&platform));
    let pool = by_id(&findings, "pool-full/mailstore");
    assert_eq!((pool.decision.rebalance.as_ref(), pool.severity), (None, Severity::Critical));
    assert_eq!(fact(pool, "left out: nothing that is moved"), Some(1.0));
}

#[test]
fn a_pattern_that_names_no_volume_and_a_size_of_zero_are_told() {
    let platform = platform(&format!("{MAILSTORE}volumes = [\"/srv*\"]\n"));
    let findings = mail_pool(&volumes(&[("ms01", 8_810.0, 10.0)]), &at(&platform));
    let pool = by_id(&findings, "pool-full/mailstore");
    assert!(pool.headline.ends_with("none of its volumes is named by `volumes` of the platform file"));
    assert_eq!(pool.advice, "Mend `volumes` of the pool in the platform file.");

    let platform = crate::plans::fixture::platform(MAILSTORE);
    let unsized_one = [("ms01", hours(120, |d| (500.0 + d) * GB), 0.0)];
    let findings = mail_pool(&unsized_one, &at(&platform));
    let told = |id: &str| by_id(&findings, id).headline.split_once(": ").unwrap().1.to_owned();
    assert!(told("disk-full/ms01/var/mail").ends_with("its source does not tell how much it holds"));
    assert_eq!(told("pool-full/mailstore"), "none of its volumes has both a size and four weeks of history");
}

#[test]
fn mailboxes_are_counted_for_volumes_moves_and_the_pool() {
    let platform = platform(MAILSTORE);
    let count = |host: &str, count: f64| Column {
        labels: Labels::from([("host", host)]),
        points: (1..=120).rev().map(|day| (AS_OF - day * DAY, count)).collect(),
    };
    let mailboxes = Mailboxes::of(&[count("ms01", 20_000.0), count("ms02", 5_000.0)]);
    let pool = platform.pool("mailstore").unwrap();
    let answers = volumes(&[("ms01", 8_810.0, 10.0), ("ms02", 1_000.0, 0.0)])
        .into_iter()
        .map(|(host, used, usable)| volume_findings(&volume(host, used, usable), Some(pool), &at(&platform)))
        .collect();
    let findings = pool_findings(pool, answers, &mailboxes, &at(&platform));
    let plan = by_id(&findings, "pool-full/mailstore").decision.rebalance.clone().unwrap();
    // As large a share of the mailboxes goes as of the bytes.
    assert_eq!(plan.moves[0].mailboxes, Some((plan.moves[0].share * 20_000.0).round()));
    let explained = by_id(&findings, "pool-full/mailstore").decision.growth_explained.unwrap();
    assert_eq!((explained.mailboxes_now, explained.mailboxes.percent_per_month), (25_000.0, 0.0));
    let own = by_id(&findings, "disk-full/ms01/var/mail");
    assert_eq!(own.decision.growth_explained.unwrap().mailboxes_now, 20_000.0);
    assert!(own.advice.contains(" mailboxes) to ms02:/var/mail"), "{}", own.advice);
}
