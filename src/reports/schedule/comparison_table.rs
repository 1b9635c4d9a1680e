//! What has changed since the plan in force, as lines for people.

use super::{InForce, format::utc, window_words};
use crate::{
    plans::{Comparison, WindowChange},
    reports::text::one_line,
};

/// Longest name in a line.
const LONGEST: usize = 60;

/// What has changed, a line each; ends with a line break.
pub fn comparison_table(in_force: &InForce, comparison: &Comparison) -> String {
    let target = one_line(&in_force.target, LONGEST);
    let head = format!("{target} ({})", in_force.format.name());
    if comparison.is_empty() && in_force.notes.is_empty() {
        return format!("{head}: as planned\n");
    }
    let mut text = format!("{head}:\n");
    if let Some((was, is)) = &comparison.timezone {
        text += &format!("  time zone  {}, planned is {is}\n", one_line(was, LONGEST));
    }
    if let Some((was, is)) = comparison.servers_now {
        text += &format!("  outside    {was} servers, planned are {is}\n");
    }
    for change in &comparison.windows {
        text += &line(change);
    }
    let (gone, added) = &comparison.dates;
    let told = [("date added", added), ("date gone ", gone)];
    for (what, stretch) in told.iter().flat_map(|(what, all)| all.iter().map(move |own| (what, own))) {
        text += &format!("  {what} {}\n", window_words::stretch(stretch));
    }
    if let Some((was, is)) = comparison.expires {
        let ends = |at: Option<i64>| at.map_or_else(|| "never".to_owned(), utc);
        text += &format!("  end        {}, planned is {}\n", ends(was), ends(is));
    }
    for note in &in_force.notes {
        text += &format!("  note       {}\n", one_line(note, 300));
    }
    text
}

fn line(change: &WindowChange) -> String {
    let servers = |window: &crate::plans::Daily<(u32, u32)>| match window.what.1 {
        1 => "1 server".to_owned(),
        servers => format!("{servers} servers"),
    };
    match change {
        WindowChange::Added(window) => {
            format!("  added      {} with {}\n", window_words::window(window), servers(window))
        }
        WindowChange::Gone(window) => {
            format!("  gone       {} with {}\n", window_words::window(window), servers(window))
        }
        WindowChange::Servers { window, was } => {
            format!("  servers    {} with {}, was {was}\n", window_words::window(window), servers(window))
        }
        WindowChange::Moved { was, window } => format!(
            "  moved      {} with {}, was {} with {}\n",
            window_words::window(window),
            servers(window),
            window_words::window(was),
            servers(was)
        ),
    }
}
