//! The time zone of this machine, by its IANA name.

use std::{env, fs, path::Path};

use chrono_tz::Tz;

/// The zone of this machine, and where that is said.
pub(super) fn local_zone() -> Option<(Tz, &'static str)> {
    let variable = env::var("TZ").ok();
    // A link into the zone database on most systems; Debian names the zone in a file of its own as well.
    let link = fs::read_link("/etc/localtime").ok();
    let text = fs::read_to_string("/etc/timezone").ok();
    zone_of(variable.as_deref(), link.as_deref(), text.as_deref())
}

/// The first of `TZ`, the target of `/etc/localtime` and the text of `/etc/timezone` that names a zone.
fn zone_of(variable: Option<&str>, link: Option<&Path>, text: Option<&str>) -> Option<(Tz, &'static str)> {
    // POSIX lets the name in `TZ` begin with a colon; a rule such as `CET-1CEST` names no zone.
    let variable = variable.map(|zone| zone.strip_prefix(':').unwrap_or(zone));
    let link = link.and_then(Path::to_str).and_then(|link| Some(link.split_once("zoneinfo/")?.1));
    let link = link.map(|zone| zone.strip_prefix("posix/").unwrap_or(zone));
    let named = [(variable, "from TZ"), (link, "this machine's"), (text, "this machine's")];
    named.into_iter().find_map(|(zone, from)| Some((zone?.trim().parse().ok()?, from)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_that_names_a_zone_is_taken() {
        let link = Some(Path::new("/usr/share/zoneinfo/Europe/Berlin"));
        let zone = |variable, link, text| zone_of(variable, link, text).map(|(zone, _)| zone);
        assert_eq!(zone(Some(":Asia/Tokyo"), link, None), Some(Tz::Asia__Tokyo));
        assert_eq!(zone(Some("CET-1CEST"), link, None), Some(Tz::Europe__Berlin));
        assert_eq!(zone(None, Some(Path::new("../usr/share/zoneinfo/UTC")), None), Some(Tz::UTC));
        assert_eq!(
            zone(Some(""), Some(Path::new("/etc/own")), Some("Europe/Paris\n")),
            Some(Tz::Europe__Paris)
        );
        assert_eq!(zone(None, None, None), None);
    }
}
