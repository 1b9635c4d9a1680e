//! The platform: all that the operator declares in `platform.toml`.

use std::path::{Path, PathBuf};

use super::{ArchiveSettings, Calendar, Limit, Planned, Pool, ReportSettings, Scenario, SeriesKey, Source};

/// What `platform.toml` declares. Only [`Platform::load`] and [`Platform::parse`] make one, so its values
/// have been checked.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Platform {
    /// Its name, for titles.
    pub name: String,
    /// The zone that days, weekdays and holidays belong to.
    pub timezone: chrono_tz::Tz,
    /// The currency of all prices, by its ISO 4217 code, such as `EUR`.
    pub currency: String,
    /// A folder of the operator's own query packs, relative to the platform file.
    pub queries: Option<PathBuf>,
    /// Where the history is; at least one, names unique.
    pub sources: Vec<Source>,
    /// The servers; at least one pool, names unique, no host in two.
    pub pools: Vec<Pool>,
    /// Levels to stay below; no two select the very same.
    pub limits: Vec<Limit>,
    /// Holidays, weekend and events.
    pub calendar: Calendar,
    /// What is known to come, names unique.
    pub planned: Vec<Planned>,
    /// What somebody asks "what if" about, names unique.
    pub scenarios: Vec<Scenario>,
    /// How much the reports show.
    pub report: ReportSettings,
    /// Where the archive is, and how long it keeps what.
    pub archive: ArchiveSettings,
    /// The folder of the platform file; every relative path starts there.
    pub directory: PathBuf,
}

impl Platform {
    /// The pool that a host belongs to.
    pub fn pool_of(&self, host: &str) -> Option<&Pool> {
        self.pools.iter().find(|pool| pool.has(host))
    }

    /// The pool of a name.
    pub fn pool(&self, name: &str) -> Option<&Pool> {
        self.pools.iter().find(|pool| pool.name == name)
    }

    /// The level, in the measure's canonical unit, that a series of hosts of `pool` is to stay below. Of
    /// several limits the one with the most selectors counts, among equals the lowest.
    pub fn limit_for(&self, key: &SeriesKey, pool: Option<&Pool>) -> Option<f64> {
        let selecting = self.limits.iter().filter(|limit| limit.selects(key, pool));
        let closest = selecting
            .min_by(|a, b| b.selectors().cmp(&a.selectors()).then_with(|| a.limit.total_cmp(&b.limit)));
        closest.map(|limit| limit.limit)
    }

    /// The platform as if nothing were planned, and nobody asked "what if".
    pub fn without_plans(&self) -> Platform {
        Platform { planned: Vec::new(), scenarios: Vec::new(), ..self.clone() }
    }

    /// A path of the file as the process can open it: relative ones start at the file's folder.
    pub fn resolve(&self, path: &Path) -> PathBuf {
        self.directory.join(path)
    }
}
