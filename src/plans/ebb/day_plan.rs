//! The best plan of one day, from noon to noon.

use super::window::Limits;

/// What one day does from noon to noon: the servers of each hour, and what that saves.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct DayPlan {
    /// Servers, hour by hour.
    pub(super) servers: Vec<u32>,
    /// Server-hours saved.
    pub(super) saved: f64,
}

/// Spans up to an hour: what they save, where the last of them began, and the level before it.
#[derive(Debug, Clone, Copy)]
struct Step {
    saved: f64,
    begin: usize,
    before: usize,
}

/// The table of the dynamic programme: by the hour at which the last span ends, the changes until then, and its level.
struct Table {
    levels: Vec<u32>,
    steps: Vec<Vec<Vec<Step>>>,
}

impl DayPlan {
    /// The hours from noon to noon that save the most server-hours within the limits: fewer servers in spans that are long enough,
    /// with at most so many changes, of equal plans the one with the fewest changes. A day begins and ends with all servers.
    pub(super) fn best(need: &[u32], limits: Limits) -> DayPlan {
        let mut levels: Vec<u32> =
            need.iter().map(|n| (*n).max(limits.floor)).filter(|n| *n < limits.now).collect();
        levels.sort_unstable();
        levels.dedup();
        // The last level is that of all servers.
        levels.push(limits.now);
        let idle = levels.len() - 1;
        let nothing = Step { saved: f64::NEG_INFINITY, begin: 0, before: idle };
        let row = vec![vec![nothing; levels.len()]; limits.changes + 1];
        let mut table = Table { steps: vec![row; need.len() + 1], levels };
        table.steps[0][0][idle].saved = 0.0;
        for end in 1..=need.len() {
            for level in 0..=idle {
                table.fill(need, limits, end, level);
            }
        }
        table.read(need.len(), limits)
    }
}

impl Table {
    fn idle(&self) -> usize {
        self.levels.len() - 1
    }

    /// Finds the best last span that ends here with this level.
    fn fill(&mut self, need: &[u32], limits: Limits, end: usize, level: usize) {
        let enough = |hour: usize| level == self.levels.len() - 1 || need[hour] <= self.levels[level];
        let first = (0..end).rev().take_while(|&hour| enough(hour)).last().unwrap_or(end);
        let last = if level == self.idle() { end } else { (end + 1).saturating_sub(limits.shortest_hours) };
        for begin in first..last {
            let rest = f64::from(limits.now - self.levels[level]) * (end - begin) as f64;
            for before in 0..self.levels.len() {
                // The day begins with all servers: going on with them is no change, and no other span follows itself.
                let change = usize::from(before != level);
                if change == 0 && begin > 0 {
                    continue;
                }
                let out = f64::from(self.levels[before].saturating_sub(self.levels[level]));
                let gain = rest - out * limits.drain_minutes / 60.0;
                for changes in change..=limits.changes {
                    let saved = self.steps[begin][changes - change][before].saved + gain;
                    let place = &mut self.steps[end][changes][level];
                    if saved > place.saved + 1e-9 {
                        *place = Step { saved, begin, before };
                    }
                }
            }
        }
    }

    /// Reads the best plan off the table's end.
    fn read(&self, hours: usize, limits: Limits) -> DayPlan {
        let mut servers = vec![limits.now; hours];
        let mut found: Option<(f64, usize, usize)> = None;
        for changes in 0..=limits.changes {
            for level in 0..=self.idle() {
                let saved = self.steps[hours][changes][level].saved;
                // What ends with fewer servers needs a change back.
                let back = usize::from(level != self.idle());
                if changes + back <= limits.changes && saved > found.map_or(0.0, |f| f.0) + 1e-9 {
                    found = Some((saved, changes, level));
                }
            }
        }
        let Some((saved, mut changes, mut level)) = found else { return DayPlan { servers, saved: 0.0 } };
        let mut end = hours;
        while end > 0 {
            let step = self.steps[end][changes][level];
            servers[step.begin..end].fill(self.levels[level]);
            changes -= usize::from(step.before != level);
            (end, level) = (step.begin, step.before);
        }
        DayPlan { servers, saved }
    }
}
