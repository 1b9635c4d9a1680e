//! A pool's load: what all its servers carry together.

use super::grid::Series;

/// One server's load on the pool's grid step.
#[derive(Debug, Clone)]
pub struct HostLoad {
    /// The server.
    pub host: String,
    /// Its load.
    pub load: Series,
}

/// The load of all servers together, so that a server that was scaled in does not look like low demand.
///
/// In a pool that scales out, a server without a sample carries nothing: the others carry the load. In one that
/// does not, a server without a sample is a hole in the monitoring, and counts as the mean of the others. A
/// slot in which fewer than half of the usual servers answer is a hole either way.
pub fn total_load(hosts: &[HostLoad], scales_out: bool) -> Series {
    let ranges = || hosts.iter().filter(|h| !h.load.is_empty());
    let (Some(start), Some(end), Some(step)) = (
        ranges().map(|h| h.load.time(0)).min(),
        ranges().map(|h| h.load.time(h.load.len())).max(),
        ranges().map(|h| h.load.step()).min(),
    ) else {
        return Series::holes(0, 1, 0);
    };
    let len = usize::try_from((end - start) / step).unwrap_or(0);
    let mut sums = vec![(0.0_f64, 0_usize); len];
    for host in ranges() {
        for (time, value) in host.load.present() {
            if let Some(sum) = sums.get_mut(((time - start) / step) as usize) {
                sum.0 += value;
                sum.1 += 1;
            }
        }
    }
    let mut counts: Vec<f64> = sums.iter().filter(|s| s.1 > 0).map(|s| s.1 as f64).collect();
    let usual = super::quantile::median(&mut counts).unwrap_or(0.0).ceil();
    Series::from_slots(
        start,
        step,
        sums.into_iter().map(|(sum, count)| {
            let enough = count > 0 && count as f64 * 2.0 >= usual;
            let missing = (usual - count as f64).max(0.0);
            enough.then(|| if scales_out { sum } else { sum + missing * sum / count as f64 })
        }),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn host(name: &str, values: &[Option<f64>]) -> HostLoad {
        HostLoad { host: name.to_owned(), load: Series::from_slots(0, 900, values.iter().copied()) }
    }

    #[test]
    fn a_missing_server_is_scaled_in_or_a_hole() {
        let hosts = [
            host("a", &[Some(1.0), Some(1.0), Some(1.0), None]),
            host("b", &[Some(2.0), Some(2.0), Some(2.0), None]),
            host("c", &[Some(3.0), None, Some(3.0), Some(3.0)]),
        ];
        let total = |scales| total_load(&hosts, scales).slots().collect::<Vec<_>>();
        assert_eq!(total(true), [Some(6.0), Some(3.0), Some(6.0), None]);
        assert_eq!(total(false), [Some(6.0), Some(4.5), Some(6.0), None]);
    }
}
