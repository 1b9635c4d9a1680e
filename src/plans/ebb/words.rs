//! What an ebb's finding says.

use super::super::{Verdict, Window, wording};

/// The verdict in one sentence.
pub(super) fn headline(name: &str, verdict: &Verdict) -> String {
    match verdict {
        Verdict::Ebbs(ebb) => format!(
            "{name} can save {:.0} server-hours a week ({} of what runs)",
            ebb.server_hours_per_week,
            wording::percent(ebb.share)
        ),
        Verdict::NoEbb { reason, .. } => format!("{name} has no ebb to use: {reason}"),
        Verdict::Undecided { reason, .. } => format!("{name} cannot be judged: {reason}"),
        _ => name.to_owned(),
    }
}

/// What to do, in one sentence.
pub(super) fn advice(verdict: &Verdict) -> String {
    match verdict {
        Verdict::Ebbs(ebb) => {
            let windows: Vec<String> = ebb.schedule.windows.iter().map(window).collect();
            let other = match ebb.schedule.exceptions.len() {
                0 => String::new(),
                1 => format!(" Other windows on {}.", wording::date(ebb.schedule.exceptions[0].date)),
                n => format!(" Other windows on {n} dates."),
            };
            format!("Scale in: {}.{other}", windows.join("; "))
        }
        Verdict::Undecided { enough_on: Some(date), .. } => {
            format!("Wait until {}: then there is enough history.", wording::date(*date))
        }
        Verdict::Undecided { .. } => "Check what its monitoring answers.".to_owned(),
        _ => "Nothing to do.".to_owned(),
    }
}

fn window(w: &Window) -> String {
    format!(
        "{} {} to {}{} with {} of {}",
        weekdays(&w.days),
        w.from.format("%H:%M"),
        w.to.format("%H:%M"),
        if w.to <= w.from { " the next day" } else { "" },
        w.servers,
        w.servers_now
    )
}

/// `Mon–Thu`, `Fri`, `Sat, Mon`.
pub(super) fn weekdays(days: &[u8]) -> String {
    const NAMES: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
    let name = |day: u8| NAMES[usize::from(day) % NAMES.len()];
    let runs = days.chunk_by(|a, b| a + 1 == *b).map(|run| match *run {
        [only] => name(only).to_owned(),
        [a, b] => format!("{}, {}", name(a), name(b)),
        [a, .., b] => format!("{}–{}", name(a), name(b)),
        [] => String::new(),
    });
    runs.collect::<Vec<_>>().join(", ")
}
