//! One or all: when a pool counts as slower as a whole, when each host by itself, and when a host is apart.

use super::{Role, fields::Fields, wording::quoted};

/// Where the lines between "this host" and "the pool" are drawn, for latencies, queues and other drifts.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct OneOrAll {
    /// From this share of a pool's hosts on that rise, the pool rises; above 0 and at most 1.
    pub pool_share: f64,
    /// Up to this share of them, each rises by itself; from 0 to less than `pool_share`. Between both, neither is said.
    pub local_share: f64,
    /// How many robust standard deviations above its peers' median a level is apart; above 0 …
    pub apart_sigmas: f64,
    /// … and by how many percent of that median at least; above 0.
    pub apart_percent: f64,
}

impl Default for OneOrAll {
    /// Half of the hosts are no accident, and a third may be a rack or a batch of disks. Four sigmas and 30 %: levels
    /// differ from host to host anyway, and a user hardly notices less.
    fn default() -> Self {
        OneOrAll { pool_share: 0.5, local_share: 1.0 / 3.0, apart_sigmas: 4.0, apart_percent: 30.0 }
    }
}

impl OneOrAll {
    /// How many of so many hosts must rise for the pool to count.
    pub fn pool_from(&self, hosts: usize) -> usize {
        // A share that is written with few digits meets the count that it was meant for.
        ((self.pool_share * hosts as f64 - 1e-6).ceil().max(1.0) as usize).min(hosts)
    }

    /// How many of so many hosts may rise for each to count by itself: fewer than for the pool.
    pub fn local_to(&self, hosts: usize) -> usize {
        let most = (self.local_share * hosts as f64 + 1e-6).floor().max(0.0) as usize;
        most.min(self.pool_from(hosts).saturating_sub(1))
    }

    /// Reads the fields of a `[[pool]]` or `[[role]]`; what is absent is as in `default`.
    pub(super) fn read(fields: &mut Fields<'_>, default: OneOrAll) -> OneOrAll {
        let what = "a share of the pool's hosts";
        let some = |share: f64| share > 0.0 && share <= 1.0;
        let pool_share = fields.number("pool_share", what, "more than 0, at most 1", some);
        let most = |share: f64| (0.0..1.0).contains(&share);
        let local_share = fields.number("local_share", what, "0 or more, less than pool_share", most);
        let positive = |number: f64| number > 0.0;
        let sigmas = "a number of robust standard deviations";
        let sigmas = fields.number("apart_sigmas", sigmas, "a number above 0", positive);
        let percent = "percent above the other hosts";
        let percent = fields.number("apart_percent", percent, "a number above 0", positive);
        let own = OneOrAll {
            pool_share: pool_share.unwrap_or(default.pool_share),
            local_share: local_share.unwrap_or(default.local_share),
            apart_sigmas: sigmas.unwrap_or(default.apart_sigmas),
            apart_percent: percent.unwrap_or(default.apart_percent),
        };
        if own.local_share >= own.pool_share {
            let field = if local_share.is_some() { "local_share" } else { "pool_share" };
            let problem = format!(
                "leaves nothing between one host and the pool: local_share is {:.2}, pool_share {:.2}",
                own.local_share, own.pool_share
            );
            fields.refuse(field, problem, "legal: a local_share less than pool_share");
        }
        own
    }

    /// Reads the tables `[[role]]`: what the pools of a role have by default.
    pub(super) fn read_roles(tables: Vec<Fields<'_>>) -> Vec<(Role, OneOrAll)> {
        let mut roles: Vec<(Role, OneOrAll, usize)> = Vec::new();
        for mut fields in tables {
            fields.require("name", &Role::ALL.iter().map(|role| role.name()).collect::<Vec<_>>().join(", "));
            let role = fields.choice("name", "a role", Role::ALL, Role::name);
            let own = OneOrAll::read(&mut fields, OneOrAll::default());
            let line = fields.document().line(fields.offset());
            if let Some(role) = role {
                match roles.iter().find(|(other, ..)| *other == role) {
                    Some((.., at)) => {
                        let problem = format!("{} is told at line {at} already", quoted(role.name()));
                        fields.refuse("name", problem, "a role has one [[role]]: put both together");
                    }
                    None => roles.push((role, own, line)),
                }
            }
            fields.finish();
        }
        roles.into_iter().map(|(role, own, _)| (role, own)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_counts_of_hosts() {
        let usual = OneOrAll::default();
        // Half of 10 is 5 and a third 3; half of 3 is 2 and a third 1; half of 7 is 3.5.
        let counts = |hosts| (usual.pool_from(hosts), usual.local_to(hosts));
        assert_eq!([3, 6, 7, 10].map(counts), [(2, 1), (3, 2), (4, 2), (5, 3)]);
        // 0.33 of 3 is less than one: no host is by itself; 0.7 of 10 is 7, whatever its last digit is in binary.
        let own = OneOrAll { pool_share: 0.7, local_share: 0.33, ..usual };
        assert_eq!((own.local_to(3), own.pool_from(10)), (0, 7));
    }

    #[test]
    fn a_pool_of_few_hosts_is_never_both() {
        let near = OneOrAll { pool_share: 0.35, local_share: 0.34, ..OneOrAll::default() };
        // 0.35 of 3 is 2 hosts, 0.34 of 3 is 1; of 6 both are 3 and 2.
        assert_eq!((near.pool_from(3), near.local_to(3)), (2, 1));
        let all = OneOrAll { pool_share: 0.01, local_share: 0.0, ..OneOrAll::default() };
        assert_eq!((all.pool_from(3), all.local_to(3)), (1, 0));
    }
}
