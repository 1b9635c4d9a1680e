//! How long a queue takes to drain after a peak.
//!
//! A peak is a rise above the queue's base by at least half of what the peaks of its weeks usually are; the base is the level
//! that it is at or below for a quarter of the time. It has drained when it is back at its base. Where the next peak begins
//! first it was not seen to drain, unless it had fallen by three quarters: an ordinary night need not be as quiet as a
//! weekend. What was not seen to end lasted longer, and counts so in the median (Kaplan & Meier 1958).
//!
//! What it cannot tell: whether a queue drains slowly because its servers are slow, because work keeps coming, or because it
//! waits for remote sides that try again on their own clock. The time is what senders wait, not its cause.

use super::{
    kaplan_meier::{Lasting, lasting_quantile},
    mann_kendall::{Detrend, mann_kendall_hamed_rao},
    weekly_peak::weeks,
};
use crate::series::{DAY, HOUR, Series, mad, median, quantile};

/// The share of the time that a queue is at or below its base: of 24 hours a night has eight.
const BASE_SHARE: f64 = 0.25;
/// Days on either side of a day that its base is taken from: it follows a drift over months, and no backlog of days.
const BASE_DAYS: i64 = 14;
/// Share of what the weeks' peaks usually are that a rise must have to be a peak.
const PEAK_SHARE: f64 = 0.5;
/// A peak is over, and the next one begins, where the queue falls by this share of such a rise and rises by one again.
const FALLS_SHARE: f64 = 0.5;
/// Share of a peak to which it must have fallen to count as drained when the next one comes.
const DRAINED_SHARE: f64 = 0.25;
/// Deviations above the base within which a queue is back at it; a deviation is how much hours differ from week to week.
const NEAR_BASE: f64 = 2.0;
/// A week's highest hour must be this many deviations above the base to be more than noise: the highest of 168 normal hours
/// is about three above their middle, and that two thirds of one above the base. Set on simulated queues without peaks.
const STANDS_OUT: f64 = 6.0;
/// Fewer messages than this are no peak, however quiet the queue is.
const LEAST_MESSAGES: f64 = 10.0;
/// Messages above the base that are nothing.
const NOTHING: f64 = 1.0;
/// A hole longer than this hides a peak or its end.
const LONGEST_HOLE: i64 = 3 * HOUR;
/// Below this p-value of Mann–Kendall's test the times are told to get longer or shorter: one queue in a hundred by
/// chance.
const SURE: f64 = 0.01;

/// One peak, and how long it took to drain.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct QueuePeak {
    /// When it was highest, in seconds since 1970-01-01 UTC.
    pub at: i64,
    /// Messages above the base.
    pub height: f64,
    /// Hours until it had drained, or until which it had not.
    pub drain: Lasting,
    /// Whether the next peak began before it had drained.
    pub overtaken: bool,
}

/// How a queue drains.
#[derive(Debug, Clone, PartialEq)]
pub struct QueueDrain {
    /// The peaks in the order of their times.
    pub peaks: Vec<QueuePeak>,
    /// The median of the hours until they drained; `None` where half of them were not seen to.
    pub median: Option<f64>,
    /// One in twenty drains as fast.
    pub low: Option<f64>,
    /// Nineteen in twenty drain as fast; `None` where that was not seen.
    pub high: Option<f64>,
    /// The longest that one was watched for.
    pub longest: f64,
    /// Hours by which the time grew from the first to the last peak, where that is sure.
    pub longer: Option<f64>,
}

/// The drains of a queue's depth in messages, on a step of an hour or finer; no peaks where none stands out.
pub fn queue_drain(depth: &Series) -> QueueDrain {
    let peaks = excess(depth).map_or(Vec::new(), |(excess, noise)| peaks(&excess, noise));
    let lasting: Vec<Lasting> = peaks.iter().map(|peak| peak.drain).collect();
    let hours: Vec<Option<f64>> = lasting.iter().map(|drain| Some(drain.time)).collect();
    let trend = mann_kendall_hamed_rao(&hours, Detrend::Line).filter(|trend| trend.p_value < SURE);
    let at = |q| lasting_quantile(&lasting, q);
    QueueDrain {
        median: at(0.5),
        low: at(0.05),
        high: at(0.95),
        longest: lasting.iter().map(|drain| drain.time).fold(0.0, f64::max),
        longer: trend.map(|trend| trend.slope * (peaks.len() - 1) as f64),
        peaks,
    }
}

/// The depth above its base, and how far it scatters; `None` without any.
fn excess(depth: &Series) -> Option<(Series, f64)> {
    let (first, last) = (depth.first()?.0, depth.last()?.0);
    let mut excess = Series::holes(depth.time(0), depth.step(), depth.len());
    for day in first.div_euclid(DAY)..=last.div_euclid(DAY) {
        let slots = |from: i64, to: i64| {
            let slot = |time: i64| ((time - depth.time(0)).max(0) / depth.step()) as usize;
            slot(from)..slot(to).min(depth.len())
        };
        let around = slots((day - BASE_DAYS) * DAY, (day + BASE_DAYS + 1) * DAY);
        let mut around: Vec<f64> = around.filter_map(|slot| depth.get(slot)).collect();
        let base = quantile(&mut around, BASE_SHARE);
        for slot in slots(day * DAY, (day + 1) * DAY) {
            excess.set(slot, depth.get(slot).zip(base).map(|(depth, base)| depth - base));
        }
    }
    // How much it differs from the same hour a week before: no daily rhythm does, and peaks are few.
    let week = (7 * DAY / depth.step()) as usize;
    let differs = |slot: usize| Some(depth.get(slot)? - depth.get(slot.checked_sub(week)?)?);
    let mut differences: Vec<f64> = (0..depth.len()).filter_map(differs).collect();
    Some((excess, mad(&mut differences).unwrap_or(0.0) / std::f64::consts::SQRT_2))
}

/// The peaks of the depth above its base.
fn peaks(excess: &Series, noise: f64) -> Vec<QueuePeak> {
    let least = LEAST_MESSAGES.max(STANDS_OUT * noise);
    let mut weekly: Vec<f64> =
        weeks(excess).into_iter().filter_map(|(_, mut week)| quantile(&mut week, 1.0)).collect();
    weekly.retain(|&highest| highest >= least);
    let Some(usual) = median(&mut weekly) else { return Vec::new() };
    let mut watch = Watch { rise: PEAK_SHARE * usual, back: NOTHING.max(NEAR_BASE * noise), ..Watch::new() };
    for (time, value) in excess.present() {
        watch.see(time, value);
    }
    watch.left_open();
    watch.found
}

/// What is watched while the hours pass.
struct Watch {
    /// A rise by so much is a peak.
    rise: f64,
    /// At or below this the queue is back at its base.
    back: f64,
    found: Vec<QueuePeak>,
    state: State,
    last: i64,
}

enum State {
    /// In the middle of something whose beginning was not seen.
    Unknown,
    Quiet,
    /// Since a peak at a time and height; the lowest since then, and when that was.
    After {
        at: i64,
        height: f64,
        lowest: f64,
        lowest_at: i64,
    },
}

impl Watch {
    fn new() -> Watch {
        Watch { rise: 0.0, back: 0.0, found: Vec::new(), state: State::Unknown, last: i64::MIN }
    }

    fn see(&mut self, time: i64, value: f64) {
        if time.saturating_sub(self.last) > LONGEST_HOLE {
            self.left_open();
            self.state = State::Unknown;
        }
        self.last = time;
        let risen = State::After { at: time, height: value, lowest: value, lowest_at: time };
        match self.state {
            State::Unknown | State::Quiet if value <= self.rise * DRAINED_SHARE => self.state = State::Quiet,
            State::Quiet if value >= self.rise => self.state = risen,
            State::Unknown | State::Quiet => {}
            State::After { at, height, .. } if value <= self.back => {
                self.note(at, height, time, true, false);
                self.state = State::Quiet;
            }
            State::After { at, height, lowest, lowest_at } => {
                let fell = height - lowest >= FALLS_SHARE * self.rise;
                if fell && value - lowest >= self.rise {
                    let drained = lowest <= DRAINED_SHARE * height;
                    self.note(at, height, lowest_at, drained, !drained);
                    self.state = risen;
                } else if value > height {
                    self.state = risen;
                } else if value < lowest {
                    self.state = State::After { at, height, lowest: value, lowest_at: time };
                }
            }
        }
    }

    /// A peak that is still going on when nothing more is known.
    fn left_open(&mut self) {
        if let State::After { at, height, .. } = self.state {
            self.note(at, height, self.last, false, false);
        }
    }

    fn note(&mut self, at: i64, height: f64, until: i64, ended: bool, overtaken: bool) {
        let time = (until - at) as f64 / HOUR as f64;
        self.found.push(QueuePeak { at, height, drain: Lasting { time, ended }, overtaken });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models::growth_future::Draws;

    fn series(hours: usize, of: impl Fn(usize) -> f64) -> Series {
        Series::from_slots(0, HOUR, (0..hours).map(|hour| Some(of(hour))))
    }

    /// Each week at so many hours of it, 600 messages come at once; the servers have so many an hour to spare.
    fn bursts(weeks: usize, at: &[usize], spare: f64) -> Series {
        let mut depth = 0.0;
        let step = |hour: usize| {
            depth = if at.contains(&(hour % 168)) { depth + 600.0 } else { f64::max(0.0, depth - spare) };
            Some(depth)
        };
        Series::from_slots(0, HOUR, (0..weeks * 168).map(step))
    }

    #[test]
    fn a_queue_of_600_with_20_an_hour_to_spare_drains_in_30_hours() {
        let drain = queue_drain(&bursts(6, &[50], 20.0));
        assert_eq!(drain.peaks.len(), 6);
        assert!(drain.peaks.iter().all(|peak| peak.drain == Lasting { time: 30.0, ended: true }));
        assert_eq!((drain.median, drain.low, drain.high), (Some(30.0), Some(30.0), Some(30.0)));
        assert_eq!((drain.longest, drain.longer), (30.0, None));
        assert_eq!(drain.peaks[0].at, 50 * HOUR);
    }

    #[test]
    fn a_peak_that_the_next_one_overtakes_lasted_longer() {
        // The second burst comes 20 hours after the first, when 220 of 600 still wait; the 820 then take 41 hours.
        let drain = queue_drain(&bursts(4, &[20, 40], 20.0));
        assert_eq!(drain.peaks.len(), 8);
        let seen: Vec<_> = drain.peaks.iter().map(|p| (p.drain.time, p.drain.ended, p.overtaken)).collect();
        assert_eq!(seen[..2], [(19.0, false, true), (41.0, true, false)]);
        // Half of them were not seen to drain at 19 hours, and the others took 41: the median is 41.
        assert_eq!((drain.median, drain.longest), (Some(41.0), 41.0));
    }

    #[test]
    fn a_day_that_is_quieter_than_its_noon_is_drained_at_night() {
        // 100 by day, 20 on nights of workdays, nothing at weekends: a fifth of the peak is an ordinary night.
        let depth = |hour: usize| match (hour / 24 % 7, hour % 24) {
            (5 | 6, _) => 0.0,
            (_, 8..18) => 100.0,
            _ => 20.0,
        };
        let drain = queue_drain(&series(6 * 168, depth));
        assert!(drain.peaks.len() >= 29, "{}", drain.peaks.len());
        assert!(drain.peaks.iter().all(|peak| !peak.overtaken && peak.drain.time <= 31.0));
    }

    #[test]
    fn times_that_get_longer_are_told_to() {
        // 300 messages each Monday, and each week 2 an hour less to spare, from 30 on: 10 hours at first, 25 after nine weeks.
        let mut depth = 0.0;
        let step = |hour: usize| {
            let spare = 30.0 - 2.0 * (hour / 168) as f64;
            depth = if hour % 168 == 8 { 300.0 } else { f64::max(0.0, depth - spare) };
            Some(depth)
        };
        let drain = queue_drain(&Series::from_slots(0, HOUR, (0..10 * 168).map(step)));
        assert_eq!((drain.peaks[0].drain.time, drain.peaks[9].drain.time), (10.0, 25.0));
        assert!(drain.longer.is_some_and(|longer| (10.0..20.0).contains(&longer)), "{:?}", drain.longer);
    }

    #[test]
    fn noise_has_no_peaks_and_neither_has_an_empty_queue() {
        // Normal around 60 with a deviation of 10.
        let mut chance = Draws(0);
        let noisy =
            Series::from_slots(0, HOUR, (0..8 * 168).map(|_| Some(60.0 + 10.0 * chance.normals()[0])));
        assert!(queue_drain(&noisy).peaks.is_empty());
        assert!(queue_drain(&series(8 * 168, |_| 0.0)).peaks.is_empty());
        assert!(queue_drain(&Series::holes(0, HOUR, 9)).peaks.is_empty());
    }

    #[test]
    fn a_hole_hides_the_end_of_a_peak_and_what_began_before_the_history_is_no_peak() {
        let mut depth = bursts(6, &[50], 20.0);
        (60..70).for_each(|slot| depth.set(slot, None));
        let first = queue_drain(&depth).peaks[0];
        assert_eq!((first.drain, first.overtaken), (Lasting { time: 9.0, ended: false }, false));
        // The history begins while 500 of the first burst still wait.
        let cut =
            Series::from_slots(55 * HOUR, HOUR, (55..6 * 168).map(|slot| bursts(6, &[50], 20.0).get(slot)));
        assert_eq!(queue_drain(&cut).peaks.len(), 5);
    }
}
