//! A rise in parts, in words: what the stage means that it is in, and where to look.

use super::{Part, Parts, RiseExplained, SHIFT, wording::percent};
use crate::platform::Role;

/// One part is where a change is from this share of it on, two parts together likewise.
const MOST: f64 = 2.0 / 3.0;

/// Where the change is and where to look, in a sentence; `None` where nothing stands out.
pub(super) fn advice(explained: &RiseExplained, role: Option<Role>) -> Option<String> {
    let stage = explained.by_stage().and_then(|parts| stage_told(parts, role));
    let way = explained.ways.iter().find_map(|way| {
        let most = outstanding(&way.by_pool)?;
        Some(format!("Of the whole {} way, pool {} is {}.", way.way, most.name, of(most, &way.by_pool)))
    });
    let told: Vec<String> = stage.into_iter().chain(way).collect();
    (!told.is_empty()).then(|| told.join(" "))
}

/// The part that a change is in, if one is most of it for sure.
pub fn outstanding(parts: &Parts) -> Option<&Part> {
    parts.most().filter(|part| part.share >= MOST && part.share_low > 0.5 && part.name != SHIFT)
}

fn stage_told(parts: &Parts, role: Option<Role>) -> Option<String> {
    if let Some(most) = outstanding(parts) {
        let look = meaning(&most.name, role).map_or(String::new(), |look| format!(": {look}"));
        return Some(format!("Look at the stage {}{look}. It is {}.", most.name, of(most, parts)));
    }
    let [first, second, ..] = parts.parts.as_slice() else { return None };
    let both = first.share + second.share >= MOST && second.share_low > 0.0;
    both.then(|| {
        let share = |part: &Part| format!("{} ({})", part.name, percent(part.share));
        format!("It is in the stages {} and {}.", share(first), share(second))
    })
}

/// `97 % of the rise (+0.58 s of +0.60 s a message)`.
fn of(part: &Part, parts: &Parts) -> String {
    let what = if parts.seconds < 0.0 { "fall" } else { "rise" };
    let (own, all) = (seconds(part.seconds), seconds(parts.seconds));
    format!("{} of the {what} ({own} of {all} a message)", percent(part.share))
}

/// What a mail waits for in one of Postfix' stages (the delays `a/b/c/d` of its log), and where to look.
fn meaning(stage: &str, role: Option<Role>) -> Option<&'static str> {
    match stage {
        "before_queue_manager" => {
            Some("taking mail in, its filters, the queue's disk, or waiting for another try")
        }
        "queue_manager" => Some("waiting for a free delivery process"),
        "connection_setup" => Some("name service, connecting and TLS, up to the greeting"),
        "transmission" if role == Some(Role::Outbound) => Some("the remote side or the network"),
        "transmission" => Some("the next server on the way or the network"),
        _ => None,
    }
}

/// `+0.58 s`, `-120 ms`: two digits at least.
fn seconds(seconds: f64) -> String {
    match seconds.abs() {
        s if s < 0.0995 => format!("{:+.1} ms", 1e3 * seconds),
        s if s < 0.9995 => format!("{:+.0} ms", 1e3 * seconds),
        s if s < 9.995 => format!("{seconds:+.2} s"),
        s if s < 99.95 => format!("{seconds:+.1} s"),
        _ => format!("{seconds:+.0} s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(whole: f64, shares: &[(&str, f64, f64)]) -> Parts {
        let part = |&(name, share, share_low): &(&str, f64, f64)| Part {
            name: name.to_owned(),
            seconds: share * whole,
            low: share_low * whole,
            high: (2.0 * share - share_low) * whole,
            share,
            share_low,
            share_high: 2.0 * share - share_low,
        };
        Parts {
            seconds: whole,
            low: 0.9 * whole,
            high: 1.1 * whole,
            parts: shares.iter().map(part).collect(),
        }
    }

    #[test]
    fn the_stage_that_a_rise_is_in_is_told_with_what_it_waits_for() {
        let rise = parts(0.6, &[("transmission", 0.97, 0.9), ("queue_manager", 0.03, -0.02)]);
        assert_eq!(
            stage_told(&rise, Some(Role::Outbound)).unwrap(),
            "Look at the stage transmission: the remote side or the network. It is 97 % of the rise (+582 ms of \
             +600 ms a message)."
        );
        let fall = parts(-12.0, &[("queue_manager", 0.8, 0.7), ("transmission", 0.2, 0.1)]);
        let told = stage_told(&fall, Some(Role::Mx)).unwrap();
        assert!(told.ends_with("It is 80 % of the fall (-9.60 s of -12.0 s a message)."), "{told}");
    }

    #[test]
    fn two_stages_share_a_rise_and_more_are_not_told() {
        let two = parts(1.0, &[("connection_setup", 0.5, 0.4), ("transmission", 0.4, 0.3)]);
        assert_eq!(
            stage_told(&two, None).unwrap(),
            "It is in the stages connection_setup (50 %) and transmission (40 %)."
        );
        let three = [("a", 0.34, 0.3), ("b", 0.32, 0.3), ("c", 0.31, 0.3)];
        assert_eq!(stage_told(&parts(1.0, &three), None), None);
        // Nobody can repair a shift of traffic, and a part that is not sure is not told as most.
        assert_eq!(outstanding(&parts(1.0, &[(SHIFT, 0.9, 0.8)])), None);
        assert_eq!(outstanding(&parts(1.0, &[("a", 0.9, 0.3)])), None);
    }
}
