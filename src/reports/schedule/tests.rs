//! Every format on one schedule, whole.

use super::{
    fixture::{ending, of_windows, schedule, targets, window, with_dates},
    *,
};
use crate::{
    plans::{Daily, daily_spans},
    platform::ScheduleTargets,
};

fn written(format: ScheduleFormat) -> Written {
    write_schedule(format, &schedule(), &targets()).unwrap()
}

/// The file's name, its text and what is to be known, with line breaks that a snapshot can hold.
fn shown(written: &Written) -> String {
    let cautions: Vec<String> = written.cautions.iter().map(|caution| format!("! {caution}\n")).collect();
    format!("{}\n{}\n{}", written.file, cautions.concat(), written.text.replace("\r\n", "\n"))
}

#[test]
fn every_format_whole() {
    for &format in ScheduleFormat::ALL {
        insta::assert_snapshot!(format.name(), shown(&written(format)));
    }
}

#[test]
fn every_format_that_ends() {
    for &format in ScheduleFormat::ALL {
        let name = format!("{}_ending", format.name());
        match write_schedule(format, &ending(), &targets()) {
            Ok(written) => insta::assert_snapshot!(name, shown(&written)),
            Err(error) => insta::assert_snapshot!(name, error.to_string()),
        }
    }
}

#[test]
fn a_pool_without_a_target_is_told_which_field_to_add() {
    let none = ScheduleTargets::default();
    let errors: Vec<String> = ScheduleFormat::ALL
        .iter()
        .filter_map(|&format| write_schedule(format, &schedule(), &none).err())
        .map(|error| error.to_string())
        .collect();
    // A calendar needs none.
    insta::assert_snapshot!(errors.join("\n"));
}

#[test]
fn an_image_is_needed_where_a_job_ends_the_plan() {
    let targets = ScheduleTargets { kubectl_image: None, ..targets() };
    for format in [ScheduleFormat::Keda, ScheduleFormat::KubeDownscaler] {
        assert!(write_schedule(format, &schedule(), &targets).is_ok());
        let error = write_schedule(format, &ending(), &targets).unwrap_err();
        assert!(matches!(error, ScheduleError::NoTarget { field: "kubectl_image", .. }), "{error}");
    }
}

#[test]
fn a_group_too_small_for_the_pool_is_told() {
    let targets = ScheduleTargets { max_size: Some(7), ..targets() };
    let error = write_schedule(ScheduleFormat::Ec2, &schedule(), &targets).unwrap_err().to_string();
    assert!(
        error.ends_with("max_size is 7, and it needs 8; raise max_size in its [pool.schedule]"),
        "{error}"
    );
}

#[test]
fn a_pool_that_needs_fewer_at_all_hours_is_no_schedule_for_switches() {
    let all_week = of_windows("webmail", &[window(&[0, 1, 2, 3, 4, 5, 6], 0, 24.0, 3)], 8);
    for (format, fine) in [
        (ScheduleFormat::Ec2, true),
        (ScheduleFormat::Cron, true),
        (ScheduleFormat::KubeDownscaler, true),
        (ScheduleFormat::Ical, true),
        (ScheduleFormat::Keda, false),
        (ScheduleFormat::InstanceScheduler, false),
    ] {
        let written = write_schedule(format, &all_week, &targets());
        assert_eq!(written.is_ok(), fine, "{format:?}");
        let smaller = "5 of 8 servers are needed at no hour: a smaller pool saves more than a schedule";
        if let Ok(written) = written {
            assert!(written.cautions.iter().any(|caution| caution == smaller), "{:?}", written.cautions);
        }
    }
}

/// The days unlike their weekday, as each format says them, whole; and none is a change when it is read back.
#[test]
fn every_format_says_of_dates_what_it_can() {
    let platform = fixture::platform("webmail");
    let schedules = [with_dates(schedule())];
    for &format in ScheduleFormat::ALL {
        let written = write_schedule(format, &schedules[0], &targets()).unwrap();
        insta::assert_snapshot!(format!("{}_other_days", format.name()), shown(&written));
        let in_force = read_in_force(&written.text, &platform.pools).unwrap();
        let matches = matched(&in_force, &platform, &schedules);
        assert_eq!(
            comparison_table(&in_force[0], &matches[0].comparison().unwrap()).lines().count(),
            1,
            "{format:?}"
        );
    }
    insta::assert_snapshot!("document_other_days", schedules_json(&schedules, &[]));
}

/// An hour before all servers are needed in any week, the 24th has them already; without the days, that is told.
#[test]
fn dates_that_were_added_and_are_gone_are_told() {
    let platform = fixture::platform("webmail");
    let without = [schedule()];
    let with = [with_dates(schedule())];
    let told = |in_force: &[Handover], planned: &[Handover], format| {
        let text = write_schedule(format, &in_force[0], &targets()).unwrap().text;
        let in_force = read_in_force(&text, &platform.pools).unwrap();
        let matches = matched(&in_force, &platform, planned);
        comparison_table(&in_force[0], &matches[0].comparison().unwrap())
    };
    assert_eq!(
        told(&without, &with, ScheduleFormat::Ec2),
        "webmail ${group} %{if} (ec2):\n  \
           date added 2026-12-24 22:00 to 2026-12-25 06:00 with 8 servers\n  \
           date added 2026-12-25 08:00 to 2026-12-26 12:00 with 2 servers\n"
    );
    assert_eq!(
        told(&with, &without, ScheduleFormat::Keda),
        "mail/Deployment/webmail (keda):\n  date gone  2026-12-24 22:00 to 2026-12-25 06:00 with 8 servers\n"
    );
    // A plan of eight weeks later does not miss what is over.
    let later = [Handover { as_of: fixture::AS_OF + 56 * 86_400, ..schedule() }];
    let told = told(&with, &later, ScheduleFormat::Cron);
    assert!(told.ends_with(" (cron): as planned\n"), "{told}");
}

#[test]
fn a_zone_that_the_downscaler_cannot_name_is_told() {
    let there = Handover { timezone: chrono_tz::America::PortauPrince, ..schedule() };
    let error = write_schedule(ScheduleFormat::KubeDownscaler, &there, &targets()).unwrap_err().to_string();
    assert!(error.contains("and not America/Port-au-Prince"), "{error}");
}

#[test]
fn the_table_and_the_document() {
    let other = of_windows("imap_proxy", &[window(&[6], 22 * 60, 8.0, 2)], 4);
    let all = [ending(), other];
    insta::assert_snapshot!("table", schedules_table(&all));
    let without = [("mx".to_owned(), "it needs more than 3 at every hour".to_owned())];
    insta::assert_snapshot!("document", schedules_json(&all, &without));
    assert_eq!(schedules_table(&[]), "");
}

/// What is in force is the fixture; what is planned begins an hour earlier on weekdays, has no Sunday, one more server
/// on Saturday, and a lunch break on Wednesdays.
#[test]
fn a_comparison_tells_what_is_added_gone_moved_and_changed() {
    let windows = [
        window(&[0, 1, 2, 3], 21 * 60, 9.0, 3),
        window(&[4], 22 * 60, 14.0, 3),
        window(&[5], 12 * 60, 24.0, 4),
        window(&[2], 12 * 60, 1.0, 6),
    ];
    let planned = of_windows("webmail", &windows, 8);
    let platform = fixture::platform("webmail");
    let in_force = read_in_force(&written(ScheduleFormat::Ec2).text, &platform.pools).unwrap();
    let schedules = [planned];
    let matches = matched(&in_force, &platform, &schedules);
    let comparison = matches[0].comparison().unwrap();
    insta::assert_snapshot!("comparison_table", comparison_table(matches[0].in_force, &comparison));
    let document = comparison_json(matches[0].in_force, Some("webmail"), &comparison);
    insta::assert_snapshot!("comparison_json", format!("{document:#}"));
    // Nothing is planned any more: all of it is gone.
    let matches = matched(&in_force, &platform, &[]);
    let gone = matches[0].comparison().unwrap();
    assert_eq!(gone.windows.len(), daily_spans(&in_force[0].windows).len());
}

#[test]
fn a_plan_that_has_ended_is_not_in_force() {
    let platform = fixture::platform("webmail");
    let mut in_force = read_in_force(&written(ScheduleFormat::Ec2).text, &platform.pools).unwrap();
    in_force[0].expires = Some(fixture::AS_OF);
    let schedules = [schedule()];
    let matches = matched(&in_force, &platform, &schedules);
    let comparison = matches[0].comparison().unwrap();
    assert!(comparison.windows.iter().all(|change| matches!(change, crate::plans::WindowChange::Added(_))));
    let table = comparison_table(matches[0].in_force, &comparison);
    assert!(table.contains("  end        2026-11-16T05:00:00Z, planned is never\n"), "{table}");
}

#[test]
fn what_others_wrote_is_compared_too() {
    let platform = fixture::platform("webmail");
    let schedules = [schedule()];
    let told = |text: &str| {
        let in_force = read_in_force(text, &platform.pools).unwrap();
        let matches = matched(&in_force, &platform, &schedules);
        let comparison = matches[0].comparison().unwrap();
        comparison_table(matches[0].in_force, &comparison)
    };
    // By hand, in UTC, as the AWS CLI answers it; with one that happens once.
    let by_hand = told(
        r#"{"ScheduledUpdateGroupActions": [
        {"AutoScalingGroupName": "webmail ${group} %{if}", "ScheduledActionName": "down", "Recurrence": "0 22 * * MON-THU",
         "MinSize": 3, "MaxSize": 8, "StartTime": "2026-11-16T22:00:00+00:00", "Time": "2026-11-16T22:00:00+00:00"},
        {"AutoScalingGroupName": "webmail ${group} %{if}", "ScheduledActionName": "up", "Recurrence": "0 6 * * TUE-FRI",
         "DesiredCapacity": 8, "EndTime": "2027-01-01T00:00:00+00:00"},
        {"AutoScalingGroupName": "webmail ${group} %{if}", "ScheduledActionName": "once", "DesiredCapacity": 10,
         "StartTime": "2026-12-24T06:00:00Z"}]}"#,
    );
    insta::assert_snapshot!("by_hand", by_hand);
    // A CronJob with a shell's line, in YAML.
    let job = "apiVersion: batch/v1\nkind: CronJob\nmetadata: {name: down, namespace: mail}\nspec:\n  schedule: '0 22 * * *'\n  \
               timeZone: Europe/Berlin\n  jobTemplate:\n    spec:\n      template:\n        spec:\n          containers:\n          \
               - name: x\n            command: [sh, -c, 'kubectl scale deploy webmail --replicas 3']\n";
    let up = job
        .replace("'0 22", "'0 6")
        .replace("name: down", "name: up")
        .replace("--replicas 3", "--replicas=8");
    insta::assert_snapshot!("by_hand_cronjob", told(&format!("{job}---\n{up}")));
    let annotated = "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: webmail\n  namespace: mail\n  annotations:\n    \
                     downscaler/uptime: Mon-Fri 06:00-22:00 Europe/Berlin\n    downscaler/downtime-replicas: \"3\"\n";
    insta::assert_snapshot!("by_hand_downscaler", told(annotated));
}

#[test]
fn a_window_that_crosses_the_end_of_the_week_is_one_window() {
    let sunday = of_windows("webmail", &[window(&[6], 22 * 60, 8.0, 2)], 8);
    let windows = daily_spans(&sunday.low_spans());
    assert_eq!(windows, [Daily { days: vec![6], minute: 22 * 60, what: (480, 2) }]);
    let has = |format, parts: &[&str]| {
        let text = write_schedule(format, &sunday, &targets()).unwrap().text;
        for part in parts {
            assert!(text.contains(part), "{part} in {text}");
        }
    };
    has(ScheduleFormat::Ec2, &["\"0 22 * * 0\"", "\"0 6 * * 1\""]);
    has(ScheduleFormat::Keda, &["\"start\": \"0 6 * * 1\"", "\"end\": \"0 22 * * 0\""]);
    has(
        ScheduleFormat::KubeDownscaler,
        &["Mon-Mon 00:00-06:00 Europe/Berlin,Sun-Sun 22:00-24:00 Europe/Berlin"],
    );
    has(ScheduleFormat::Ical, &["BYDAY=SU", "PT8H0M", "DTSTART;TZID=Europe/Berlin:20261122T220000"]);
    has(
        ScheduleFormat::InstanceScheduler,
        &["\"mon\"", "\"BeginTime\": \"06:00\"", "\"EndTime\": \"23:59\""],
    );
}
