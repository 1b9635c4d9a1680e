//! Progress on a terminal; silence elsewhere.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::pipeline::Progress;

/// A bar on stderr, where that is a terminal.
pub(super) struct Bar(ProgressBar);

impl Bar {
    pub(super) fn new() -> Self {
        let bar = ProgressBar::with_draw_target(Some(0), ProgressDrawTarget::stderr());
        if let Ok(style) = ProgressStyle::with_template("{prefix:>9} {bar:24} {pos}/{len} {wide_msg}") {
            bar.set_style(style);
        }
        Bar(bar)
    }

    /// Removes the bar.
    pub(super) fn clear(&self) {
        self.0.finish_and_clear();
    }
}

impl Progress for Bar {
    fn stage(&self, name: &str, steps: u64) {
        self.0.set_prefix(name.to_owned());
        self.0.set_position(0);
        self.0.set_length(steps);
    }

    fn step(&self, note: &str) {
        self.0.set_message(note.to_owned());
        self.0.inc(1);
    }
}
