//! One pool whose nights and weekends need fewer servers, and its targets, for the tests of all formats.

use chrono::{NaiveDate, NaiveTime};

use crate::{
    plans::{Exception, Expiry, Handover, OtherDay, ServerWeek, Window},
    platform::{Platform, Pool, ScheduleTargets},
};

/// 2026-11-16T05:00:00Z, a Monday, six in the morning in Berlin.
pub(super) const AS_OF: i64 = 1_794_805_200;

/// A window of a pool of 8.
pub(super) fn window(days: &[u8], from: u32, hours: f64, servers: u32) -> Window {
    let at = |minute: u32| NaiveTime::from_hms_opt(minute / 60 % 24, minute % 60, 0).unwrap();
    Window {
        days: days.to_vec(),
        from: at(from),
        to: at(from + (hours * 60.0) as u32),
        hours,
        servers,
        servers_now: 8,
    }
}

/// Monday to Thursday from 22:00 to 06:00 with 3 servers; Friday 22:00 to Monday 07:00 with 3, but 2 from Saturday
/// 12:00 to Sunday 12:00.
pub(super) fn schedule() -> Handover {
    let windows = [
        window(&[0, 1, 2, 3], 22 * 60, 8.0, 3),
        window(&[4], 22 * 60, 14.0, 3),
        window(&[5], 12 * 60, 24.0, 2),
        window(&[6], 12 * 60, 19.0, 3),
    ];
    of_windows("webmail", &windows, 8)
}

pub(super) fn of_windows(pool: &str, windows: &[Window], servers_now: u32) -> Handover {
    Handover {
        pool: pool.to_owned(),
        timezone: chrono_tz::Europe::Berlin,
        as_of: AS_OF,
        servers_now,
        windows: windows.to_vec(),
        week: ServerWeek::of_windows(windows, servers_now),
        expires: None,
        other_days: Vec::new(),
        stretches: Vec::new(),
    }
}

/// The same, until the end of 2026: midnight lies in a window, so it ends a minute before that begins, on 31 December,
/// 21:59 in Berlin.
pub(super) fn ending() -> Handover {
    let date = NaiveDate::from_ymd_opt(2027, 1, 1).unwrap();
    // 20:59 UTC.
    Handover { expires: Some(Expiry { date, at: 1_798_750_740 }), ..schedule() }
}

/// Its other days: Thursday, 24 December, needs all servers from 22:00 on; on Friday, the 25th, two servers are enough
/// from 08:00 to Saturday noon, in place of its night.
pub(super) fn with_dates(schedule: Handover) -> Handover {
    let other = |day, because: &str, windows| {
        let date = NaiveDate::from_ymd_opt(2026, 12, day).unwrap();
        let exception = Exception { date, because: because.to_owned(), windows };
        OtherDay::of(exception, &schedule.windows, schedule.servers_now)
    };
    let other_days = vec![
        other(24, "Mailing of A", Vec::new()),
        other(25, "holiday", vec![window(&[4], 8 * 60, 28.0, 2)]),
    ];
    Handover { other_days, ..schedule }.with_stretches()
}

/// A platform of one pool with all targets.
pub(super) fn platform(name: &str) -> Platform {
    let text = format!(
        r#"[platform]
name = "A"
timezone = "Europe/Berlin"
currency = "EUR"

[[source]]
name = "files"
files = ["exports"]

[[pool]]
name = {}
role = "webmail"
hosts = ["web*"]
scales_out = true

[pool.schedule]
auto_scaling_group = "webmail ${{group}} %{{if}}"
max_size = 12
instance_schedule = "webmail-ebb"
namespace = "mail"
deployment = "webmail"
kubectl_image = "registry.example/kubectl:v1.34"
command = "/usr/local/bin/resize --pool 'web mail' --at \"$(date +%H)\" {{servers}} 2>&1 | logger"
"#,
        toml_text(name)
    );
    Platform::parse(&text, std::path::Path::new("platform.toml")).unwrap()
}

fn toml_text(text: &str) -> String {
    serde_json::Value::from(text).to_string().replace('\u{7f}', "\\u007f")
}

pub(super) fn pool() -> Pool {
    platform("webmail").pools.remove(0)
}

pub(super) fn targets() -> ScheduleTargets {
    pool().schedule
}
