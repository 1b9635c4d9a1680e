//! Publishing: a report's directory appears whole or not at all.
//!
//! All files are written into a hidden directory beside the final one and synced; one rename puts it in place,
//! exchanging it with a report of the same date. A run that is killed leaves the last good report, and its
//! hidden directory is removed by the next run.

use std::{
    fs::{self, File},
    io::{self, Write},
    os::unix::fs::symlink,
    path::{Path, PathBuf},
};

use chrono::DateTime;
use rustix::fs::{CWD, FlockOperation, RenameFlags, flock, renameat_with};

use super::{
    Played, Report, ReportError, backtest, csv::findings_csv, drawn::draw, forecasts, html,
    json::findings_json,
};

/// Hidden directories of runs that are under way, or were killed, begin so.
const HIDDEN: &str = ".publishing-";

/// The page of what fewer servers would save.
const COST_OPTIMISATION: &str = "cost-optimisation.html";

/// Locked while a run publishes.
const LOCK: &str = ".publishing.lock";

/// Where a report was published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Published {
    /// The report's directory, `<out>/<local date of as-of>`.
    pub directory: PathBuf,
    /// The page within it.
    pub weekly_html: PathBuf,
    /// The page of what fewer servers would save, within it.
    pub cost_optimisation_html: PathBuf,
    /// How many charts it holds.
    pub charts: usize,
}

/// Writes `<out>/<as-of>/` with `weekly.html`, `cost-optimisation.html`, `charts/*.png`, `findings.json`, `findings.csv` and
/// `forecasts.parquet`, and points `<out>/latest` to it. The same report gives the same bytes.
///
/// # Errors
/// When something cannot be drawn or written, or another run is publishing into `out`; the last good report
/// then stays as it was.
pub fn publish(report: &Report, out: &Path) -> Result<Published, ReportError> {
    let name =
        report.local_date(report.as_of).ok_or(ReportError::AsOf { seconds: report.as_of })?.to_string();
    let (directory, charts) = put(out, &name, true, |hidden| fill(report, hidden))?;
    let cost_optimisation_html = directory.join(COST_OPTIMISATION);
    Ok(Published { weekly_html: directory.join("weekly.html"), cost_optimisation_html, directory, charts })
}

/// Writes `<out>/backtest-<as-of>/` with `backtest.html` and `backtest.json`, and gives the page's path. The same
/// back-test gives the same bytes.
///
/// # Errors
/// As [`publish`].
pub fn publish_backtest(played: &Played, out: &Path) -> Result<PathBuf, ReportError> {
    let seconds = played.as_of;
    let as_of = DateTime::from_timestamp(seconds, 0).ok_or(ReportError::AsOf { seconds })?;
    let name = format!("backtest-{}", as_of.with_timezone(&played.timezone).date_naive());
    let (directory, ()) = put(out, &name, false, |hidden| {
        fs::create_dir_all(hidden).map_err(failed(hidden))?;
        write(&hidden.join("backtest.html"), backtest::page(played)?.as_bytes())?;
        write(&hidden.join("backtest.json"), backtest::backtest_json(played)?.as_bytes())?;
        sync_directory(hidden)
    })?;
    Ok(directory.join("backtest.html"))
}

/// Puts a directory that `fill` fills below `out`, and gives its path with what `fill` gave.
fn put<T>(
    out: &Path,
    name: &str,
    is_latest: bool,
    fill: impl FnOnce(&Path) -> Result<T, ReportError>,
) -> Result<(PathBuf, T), ReportError> {
    fs::create_dir_all(out).map_err(failed(out))?;
    let _lock = lock(out)?;
    remove_leftovers(out)?;

    let hidden = out.join(format!("{HIDDEN}{name}"));
    let filled = fill(&hidden)?;
    let directory = out.join(name);
    put_in_place(&hidden, &directory).map_err(failed(&directory))?;
    if is_latest {
        point_latest(out, name).map_err(failed(&out.join("latest")))?;
    }
    sync_directory(out)?;
    Ok((directory, filled))
}

/// Writes all files of the report and gives the number of charts.
fn fill(report: &Report, directory: &Path) -> Result<usize, ReportError> {
    let pictures = directory.join("charts");
    fs::create_dir_all(&pictures).map_err(failed(&pictures))?;
    let drawn = draw(report)?;
    for chart in &drawn {
        write(&directory.join(&chart.file), &chart.png)?;
    }
    write(&directory.join("weekly.html"), html::weekly(report, &drawn)?.as_bytes())?;
    write(&directory.join(COST_OPTIMISATION), html::cost_optimisation(report)?.as_bytes())?;
    write(&directory.join("findings.json"), findings_json(report)?.as_bytes())?;
    write(&directory.join("findings.csv"), &findings_csv(report)?)?;
    let parquet = directory.join("forecasts.parquet");
    forecasts::write(report, &parquet)?;
    File::open(&parquet).and_then(|file| file.sync_all()).map_err(failed(&parquet))?;
    sync_directory(&pictures)?;
    sync_directory(directory)?;
    Ok(drawn.len())
}

fn lock(out: &Path) -> Result<File, ReportError> {
    let path = out.join(LOCK);
    let file = File::options().create(true).truncate(false).write(true).open(&path).map_err(failed(&path))?;
    match flock(&file, FlockOperation::NonBlockingLockExclusive) {
        Ok(()) => Ok(file),
        Err(rustix::io::Errno::WOULDBLOCK) => Err(ReportError::Busy { out: out.to_owned() }),
        Err(other) => Err(failed(&path)(other.into())),
    }
}

/// Removes what killed runs left; the lock says that none of them still runs.
fn remove_leftovers(out: &Path) -> Result<(), ReportError> {
    for entry in fs::read_dir(out).map_err(failed(out))? {
        let entry = entry.map_err(failed(out))?;
        let hidden = entry.file_name().as_encoded_bytes().starts_with(HIDDEN.as_bytes());
        if hidden {
            remove(&entry.path()).map_err(failed(&entry.path()))?;
        }
    }
    Ok(())
}

fn remove(path: &Path) -> io::Result<()> {
    if fs::symlink_metadata(path)?.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) }
}

fn put_in_place(hidden: &Path, directory: &Path) -> io::Result<()> {
    if fs::symlink_metadata(directory).is_err() {
        return fs::rename(hidden, directory);
    }
    match renameat_with(CWD, hidden, CWD, directory, RenameFlags::EXCHANGE) {
        Ok(()) => remove(hidden),
        // File systems without an exchange (NFS, some overlays): the old report steps aside for a moment.
        Err(rustix::io::Errno::INVAL | rustix::io::Errno::NOSYS | rustix::io::Errno::OPNOTSUPP) => {
            let mut aside = hidden.as_os_str().to_owned();
            aside.push("-replaced");
            let aside = PathBuf::from(aside);
            fs::rename(directory, &aside)?;
            fs::rename(hidden, directory)?;
            remove(&aside)
        }
        Err(other) => Err(other.into()),
    }
}

/// Replaces the link by rename, so that it always points somewhere.
fn point_latest(out: &Path, name: &str) -> io::Result<()> {
    let link = out.join(format!("{HIDDEN}latest"));
    symlink(name, &link)?;
    fs::rename(&link, out.join("latest"))
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), ReportError> {
    let mut file = File::create(path).map_err(failed(path))?;
    file.write_all(bytes).and_then(|()| file.sync_all()).map_err(failed(path))
}

fn sync_directory(path: &Path) -> Result<(), ReportError> {
    File::open(path).and_then(|directory| directory.sync_all()).map_err(failed(path))
}

fn failed(path: &Path) -> impl FnOnce(io::Error) -> ReportError {
    let path = path.to_owned();
    move |source| ReportError::Write { path, source }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::reports::fixture;

    fn small() -> Report {
        Report { charts: 2, ..fixture::report() }
    }

    fn contents(directory: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
        let files = walkdir::WalkDir::new(directory).into_iter().map(Result::unwrap);
        files
            .filter(|entry| entry.file_type().is_file())
            .map(|entry| {
                let name = entry.path().strip_prefix(directory).unwrap().to_owned();
                (name, fs::read(entry.path()).unwrap())
            })
            .collect()
    }

    fn names(directory: &Path) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(directory)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn the_directory_holds_everything_and_twice_gives_the_same_bytes() {
        let out = tempfile::tempdir().unwrap();
        let published = publish(&small(), out.path()).unwrap();
        assert_eq!(published.directory, out.path().join("2026-11-16"));
        assert_eq!(published.charts, 2);
        let first = contents(&published.directory);
        let files: Vec<String> = first.keys().map(|name| name.display().to_string()).collect();
        assert_eq!(
            files,
            [
                "charts/disk-full-ms03-var-mail.png",
                "charts/inodes-full-ms02-var-mail.png",
                "cost-optimisation.html",
                "findings.csv",
                "findings.json",
                "forecasts.parquet",
                "weekly.html",
            ]
        );
        publish(&small(), out.path()).unwrap();
        assert!(contents(&published.directory) == first, "a second run gives other bytes");
        assert_eq!(names(out.path()), [LOCK, "2026-11-16", "latest"]);
        assert_eq!(fs::read_link(out.path().join("latest")).unwrap(), Path::new("2026-11-16"));
    }

    #[test]
    fn what_a_killed_run_left_is_removed_and_the_latest_moves_on() {
        let out = tempfile::tempdir().unwrap();
        let left = out.path().join(".publishing-2026-11-09/charts");
        fs::create_dir_all(&left).unwrap();
        fs::write(left.join("half.png"), b"half").unwrap();
        symlink("2026-11-02", out.path().join(".publishing-latest")).unwrap();
        symlink("2026-11-02", out.path().join("latest")).unwrap();
        publish(&Report { charts: 0, ..small() }, out.path()).unwrap();
        assert_eq!(names(out.path()), [LOCK, "2026-11-16", "latest"]);
        assert_eq!(fs::read_link(out.path().join("latest")).unwrap(), Path::new("2026-11-16"));
    }

    #[test]
    fn a_second_run_at_the_same_time_is_told_so() {
        let out = tempfile::tempdir().unwrap();
        let held = lock(out.path()).unwrap();
        let busy = publish(&small(), out.path()).unwrap_err();
        assert!(matches!(busy, ReportError::Busy { .. }));
        drop(held);
        assert!(publish(&Report { charts: 0, ..small() }, out.path()).is_ok());
    }

    #[test]
    fn a_file_in_the_way_is_named() {
        let out = tempfile::NamedTempFile::new().unwrap();
        let error = publish(&small(), out.path()).unwrap_err().to_string();
        assert!(error.contains(&out.path().display().to_string()), "{error}");
    }
}
