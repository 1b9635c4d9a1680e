//! How the disk of a pool is planned: for how long to order and to move, at which risk, at what price, and when a
//! host's growth departs from the others'.

use super::{HostPattern, Role, fields::Fields, pool::read_patterns};

/// What the operator wants of the plans for a pool's disk.
#[derive(Debug, Clone, PartialEq)]
pub struct Planning {
    /// The mount points that hold what can be moved from one server of the pool to another; empty is all but those of
    /// the system.
    pub volumes: Vec<HostPattern>,
    /// Days from the plan that ordered disk is to last, 1 to 3650; never beyond what forecasts look ahead.
    pub order_days: f64,
    /// Days from the plan for which a move is to relieve a volume, 1 to 3650.
    pub move_days: f64,
    /// The chance, above 0 and at most one half, that is taken of being full before these days are over. When to order
    /// does not depend on it: that is the early edge of the forecast.
    pub risk: f64,
    /// Price of a terabyte (10¹² bytes) of disk in the platform's currency, not negative; `None` where not declared.
    pub price_per_tb: Option<f64>,
    /// How many robust standard deviations above the other hosts' growth a host's departs from it; above 0.
    pub departs_sigmas: f64,
    /// … and by how many percent of its level a month at least; above 0.
    pub departs_percent: f64,
}

impl Default for Planning {
    /// A year of disk covers a budget. A quarter of relief is time enough to order at leisure. One chance in five, since
    /// what turns out to be too little is added to by a later report, and what was too much stands idle. Five
    /// sigmas and five percent a month: pools of 5 to 20 hosts, drawn with a growth that differs between hosts by 0.3 to
    /// 0.5 of a logarithm and wanders by 0.2 to 0.3, then raised a false finding in 0.2 to 4 % of the reports.
    fn default() -> Self {
        Planning {
            volumes: Vec::new(),
            order_days: 365.0,
            move_days: 90.0,
            risk: 0.2,
            price_per_tb: None,
            departs_sigmas: 5.0,
            departs_percent: 5.0,
        }
    }
}

/// Mount points of the system itself, where no mail server keeps mailboxes (Filesystem Hierarchy Standard 3.0,
/// chapters 3 to 5), and `root`, as collectd and Diamond call `/`.
const SYSTEM_MOUNTS: &[&str] =
    &["", "boot", "boot/efi", "root", "tmp", "usr", "usr/local", "var/log", "var/tmp"];

impl Planning {
    /// Ten years: beyond it, dates mean nothing.
    const LONGEST_DAYS: f64 = 3650.0;

    /// Whether what a volume holds can be moved to other servers of a pool.
    pub fn holds_data(&self, mount: &str) -> bool {
        if !self.volumes.is_empty() {
            return self.volumes.iter().any(|pattern| pattern.matches(mount));
        }
        let plain = mount.trim_matches('/');
        !SYSTEM_MOUNTS.iter().any(|system| plain == *system || plain == system.replace('/', "-"))
    }

    /// Whether servers of a role hold mailboxes, which can be moved from one to another.
    pub fn can_move(role: Role) -> bool {
        role == Role::Mailstore
    }

    /// Reads the fields of a `[[pool]]` that are about its disk; `lead_time_days` is the pool's.
    pub(super) fn read(fields: &mut Fields<'_>, lead_time_days: f64) -> Planning {
        let default = Planning::default();
        let days = |days: f64| (1.0..=Self::LONGEST_DAYS).contains(&days);
        let order_days = fields.number("order_days", "a number of days", "1 to 3650", days);
        let move_days = fields.number("move_days", "a number of days", "1 to 3650", days);
        let risk = |risk: f64| risk > 0.0 && risk <= 0.5;
        let risk =
            fields.number("plan_risk", "a chance", "more than 0, at most 0.5; 0.2 is one in five", risk);
        let price = "a price in the platform's currency";
        let price_per_tb = fields.number("price_per_tb", price, "0 or more", |price| price >= 0.0);
        let positive = |number: f64| number > 0.0;
        let sigmas = "a number of robust standard deviations";
        let sigmas = fields.number("departs_sigmas", sigmas, "a number above 0", positive);
        let percent = fields.number("departs_percent", "percent a month", "a number above 0", positive);
        let volumes = read_patterns(fields, "volumes", "mount points with `*`, `?` and `[a-d]`");
        if volumes.as_ref().is_some_and(Vec::is_empty) {
            let remedy = "name mount points, as in [\"/var/mail*\"], or remove the field";
            fields.refuse("volumes", "matches no volume", remedy);
        }
        if order_days.is_some_and(|days| days <= lead_time_days) {
            let problem =
                format!("is over before ordered disk arrives, after lead_time_days = {lead_time_days}");
            fields.refuse("order_days", problem, "legal: more days than lead_time_days");
        }
        Planning {
            volumes: volumes.unwrap_or_default(),
            order_days: order_days.unwrap_or(default.order_days.max(2.0 * lead_time_days)),
            move_days: move_days.unwrap_or(default.move_days),
            risk: risk.unwrap_or(default.risk),
            price_per_tb,
            departs_sigmas: sigmas.unwrap_or(default.departs_sigmas),
            departs_percent: percent.unwrap_or(default.departs_percent),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_system_s_own_mounts_hold_no_mailboxes() {
        let all = Planning::default();
        for mount in ["/", "root", "/boot/efi", "boot-efi", "/var/log", "var-log", "/tmp/"] {
            assert!(!all.holds_data(mount), "{mount}");
        }
        for mount in ["/var/mail", "var-mail", "/srv", "/var/log/mail", "C:"] {
            assert!(all.holds_data(mount), "{mount}");
        }
        let named = Planning { volumes: vec![HostPattern::new("/mail*").unwrap()], ..all };
        assert!(named.holds_data("/mail2") && !named.holds_data("/var/mail"));
    }
}
