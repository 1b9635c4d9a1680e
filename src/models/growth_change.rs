//! Changes that are known beforehand: what was declared to come, or what somebody asks "what if" about.

/// Something that will happen to a level, or to the mark that it is held against.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Change {
    /// Days after the level's last one; the day's own level is the first that shows it.
    pub day: usize,
    /// What happens.
    pub effect: Effect,
}

/// What a [`Change`] does. Amounts are in the level's unit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Effect {
    /// The level rises by so much, or falls, but never below nothing.
    Moved(f64),
    /// This share of the level goes, 0 to 1.
    Purged(f64),
    /// From then on the level is kept at or below this.
    Kept(f64),
    /// The mark rises by so much, or falls.
    Raised(f64),
    /// After that day the level grows so many times as fast, and its retention job takes so many times as much.
    Grows(f64),
}

/// One future on its way through the changes, day by day. Levels are shares of `unit`.
pub(super) struct Changing<'a> {
    coming: &'a [Change],
    unit: f64,
    before: Option<f64>,
    factor: f64,
    /// What a changed growth has added so far.
    grown: f64,
    /// What moves and purges have added so far.
    moved: f64,
    kept: f64,
    /// By how much the mark has risen so far.
    pub(super) raised: f64,
}

impl<'a> Changing<'a> {
    /// A future at its beginning; `changes` ascend by their days.
    pub(super) fn new(changes: &'a [Change], unit: f64) -> Self {
        Changing {
            coming: changes,
            unit,
            before: None,
            factor: 1.0,
            grown: 0.0,
            moved: 0.0,
            kept: f64::INFINITY,
            raised: 0.0,
        }
    }

    /// A growing level with the growth that it has by then; to be told every day, and before [`Changing::after`].
    pub(super) fn grown(&mut self, level: f64) -> f64 {
        self.grown += (self.factor - 1.0) * (level - self.before.unwrap_or(level));
        self.before = Some(level);
        level + self.grown
    }

    /// The level of a day after all that has happened until then.
    pub(super) fn after(&mut self, day: usize, level: f64) -> f64 {
        while let Some((change, rest)) = self.coming.split_first()
            && change.day <= day
        {
            self.coming = rest;
            let now = (level + self.moved).min(self.kept);
            match change.effect {
                Effect::Moved(size) => self.moved = (now + size / self.unit).max(0.0) - level,
                Effect::Purged(share) => self.moved = now * (1.0 - share) - level,
                Effect::Kept(most) => self.kept = self.kept.min(most / self.unit),
                Effect::Raised(size) => self.raised += size / self.unit,
                Effect::Grows(factor) => self.factor *= factor,
            }
        }
        (level + self.moved).min(self.kept)
    }
}

/// What a retention job will have taken by each day, as the growth changes.
pub(super) fn purged_by(purged: Vec<f64>, changes: &[Change]) -> Vec<f64> {
    let mut changing = Changing::new(changes, 1.0);
    let taken = |(day, taken): (usize, f64)| {
        let taken = changing.grown(taken);
        changing.after(day, 0.0);
        taken
    };
    purged.into_iter().enumerate().map(taken).collect()
}

/// How many times as fast the level grows over the next `days`, on average.
pub(super) fn mean_factor(changes: &[Change], days: usize) -> f64 {
    let mut changing = Changing::new(changes, 1.0);
    let factors = (0..days).map(|day| {
        changing.after(day, 0.0);
        changing.factor
    });
    factors.sum::<f64>() / days as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A level of 100 that grows by 1 a day, after the changes, on these days; and by how much the mark has risen.
    fn changed<const N: usize>(changes: &[(usize, Effect)], days: [usize; N]) -> ([f64; N], f64) {
        let changes: Vec<Change> = changes.iter().map(|&(day, effect)| Change { day, effect }).collect();
        // One unit is ten of the level's: the sum has to come out all the same.
        let mut changing = Changing::new(&changes, 10.0);
        let mut levels = Vec::new();
        for day in 0..=100 {
            let grown = changing.grown(10.0 + day as f64 / 10.0);
            levels.push(changing.after(day, grown) * 10.0);
        }
        (days.map(|day| (levels[day] * 1e9).round() / 1e9), changing.raised * 10.0)
    }

    #[test]
    fn what_is_moved_stays_moved() {
        let moved = [(10, Effect::Moved(20.0)), (30, Effect::Moved(-50.0))];
        assert_eq!(changed(&moved, [9, 10, 29, 30, 50]), ([109.0, 130.0, 149.0, 100.0, 120.0], 0.0));
        // More than is there cannot go: 110 do, and growth begins anew.
        assert_eq!(changed(&[(10, Effect::Moved(-500.0))], [9, 10, 20]), ([109.0, 0.0, 10.0], 0.0));
    }

    #[test]
    fn a_purge_takes_its_share_of_what_is_there_by_then() {
        // A tenth of 110 is 11; on day 20 there are 120 - 11 = 109, less 10.9.
        let purges = [(10, Effect::Purged(0.1)), (20, Effect::Purged(0.1))];
        assert_eq!(changed(&purges, [9, 10, 19, 20]), ([109.0, 99.0, 108.0, 98.1], 0.0));
    }

    #[test]
    fn what_is_kept_small_stays_small() {
        let kept = [(10, Effect::Kept(105.0))];
        assert_eq!(changed(&kept, [9, 10, 90]), ([109.0, 105.0, 105.0], 0.0));
        // A cap above the level waits until the level is there, on day 30.
        assert_eq!(changed(&[(10, Effect::Kept(130.0))], [10, 29, 31]), ([110.0, 129.0, 130.0], 0.0));
    }

    #[test]
    fn growth_is_so_many_times_as_fast_after_the_day() {
        // 110 on day 10, then 1.5 a day.
        assert_eq!(changed(&[(10, Effect::Grows(1.5))], [10, 11, 20]), ([110.0, 111.5, 125.0], 0.0));
        // Twice and half is once again.
        let while_it_lasts = [(0, Effect::Grows(2.0)), (10, Effect::Grows(0.5))];
        assert_eq!(changed(&while_it_lasts, [1, 10, 20]), ([102.0, 120.0, 130.0], 0.0));
        let changes = [Change { day: 14, effect: Effect::Grows(3.0) }];
        assert_eq!(mean_factor(&changes, 28), 2.0);
        // A job that takes 7 every seventh day takes 14 from then on.
        let job: Vec<f64> = (0..30).map(|day| f64::from(day / 7 * 7)).collect();
        let twice = purged_by(job, &[Change { day: 10, effect: Effect::Grows(2.0) }]);
        assert_eq!([6, 7, 13, 14, 21, 28].map(|day: usize| twice[day]), [0.0, 7.0, 7.0, 21.0, 35.0, 49.0]);
    }

    #[test]
    fn the_mark_rises_beside_the_level() {
        let ordered = [(5, Effect::Raised(100.0)), (50, Effect::Raised(-40.0))];
        assert_eq!(changed(&ordered, [5, 60]), ([105.0, 160.0], 60.0));
    }

    #[test]
    fn nothing_known_changes_nothing_at_all() {
        let mut changing = Changing::new(&[], 3.0);
        for (day, level) in [0.1, 0.7, 0.3, 1.1].into_iter().enumerate() {
            let grown = changing.grown(level);
            assert!(grown == level && changing.after(day, grown) == level);
        }
        assert_eq!(changing.raised, 0.0);
    }
}
