//! The pipeline: the only file that knows every room, and the only one that reads the clock. It hands what one
//! room gives to the next.

use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
    time::{SystemTime, UNIX_EPOCH},
};

use rayon::prelude::*;

use crate::{
    archive::{Appended, Archive, ArchiveError, Column, Extract},
    plans::{
        Context, Finding, LastSeen, PoolServers, VolumeAnswer, drift_findings, ebb_finding, pool_finding,
        stale_findings, volume_findings,
    },
    platform::{ConfigErrors, Labels, Measure, Origin, Platform, Pool, SeriesKey},
    reports::{InputNotes, MeasureHeld, Published, Report, ReportError, Unrecognised, publish},
    series::{
        DAY, Fold, HOUR, HostLoad, Series, VolumeInput, derived, grid, native_step, parts_of, total_load,
        volumes,
    },
    sources::{
        FileReport, Identity, PackErrors, Packs, Recogniser, Recognition, Samples, expand, read_file,
        recognise_declared,
    },
};

/// Days of disk history that are looked at: three years show every yearly rhythm.
const DISK_DAYS: i64 = 3 * 365;
/// Days of other history that are looked at: a quarter for drifts, and a month before it.
const OTHER_DAYS: i64 = 120;
/// The finest step, in seconds, on which a pool's load is looked at: what Prometheus and CloudWatch users keep for months.
const LOAD_STEP: i64 = 300;

/// The measures whose drift is looked for.
const DRIFTING: &[Measure] = &[
    Measure::DeliveryDelay,
    Measure::QueueDepth,
    Measure::QueueAge,
    Measure::ResponseTime,
    Measure::ProbeDuration,
];

/// What ended a command.
#[derive(Debug, thiserror::Error)]
pub enum PipelineError {
    /// The platform file is refused.
    #[error(transparent)]
    Config(#[from] ConfigErrors),
    /// A query pack is refused.
    #[error(transparent)]
    Packs(#[from] PackErrors),
    /// The archive failed.
    #[error(transparent)]
    Archive(#[from] ArchiveError),
    /// The report could not be written.
    #[error(transparent)]
    Report(#[from] ReportError),
    /// There is no history at all.
    #[error("the archive {} holds nothing up to {as_of}; check the sources' `files` and run `mailtide pull`", path.display())]
    NoHistory {
        /// The archive.
        path: PathBuf,
        /// The moment asked for, RFC 3339.
        as_of: String,
    },
}

/// Told of the work as it goes on.
pub trait Progress: Sync {
    /// A stage of so many steps begins.
    fn stage(&self, name: &str, steps: u64);
    /// One step is done.
    fn step(&self, note: &str);
}

/// Where a command finds and leaves its things.
#[derive(Debug, Clone)]
pub struct Places {
    /// The archive's directory.
    pub archive: PathBuf,
    /// The reports' directory.
    pub out: PathBuf,
}

/// What a pull did.
#[derive(Debug, Clone)]
pub struct Pulled {
    /// Every file, in the order of the platform file.
    pub files: Vec<FileReport>,
    /// Patterns that name no file, and what else kept a file from being found.
    pub missing: Vec<String>,
    /// Series that a source tells apart and Mailtide does not, each pair in words.
    pub merged: Vec<String>,
    /// What the archive took.
    pub appended: Appended,
}

impl Pulled {
    /// Whether a part of the input could not be read.
    pub fn is_partial(&self) -> bool {
        !self.missing.is_empty() || self.files.iter().any(|f| f.error.is_some())
    }
}

/// The present moment, in seconds since 1970-01-01 UTC.
pub fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}

/// Reads every source's files into the archive. A broken file does not stop the others; what stands before its
/// break is kept.
pub fn pull(platform: &Platform, places: &Places, progress: &dyn Progress) -> Result<Pulled, PipelineError> {
    let mut packs = Packs::shipped()?;
    if let Some(folder) = &platform.queries {
        packs = packs.with_folder(&platform.resolve(folder))?;
    }
    let mut work: Vec<(PathBuf, usize)> = Vec::new();
    let mut missing = Vec::new();
    let mut recognisers = Vec::new();
    for (index, source) in platform.sources.iter().enumerate() {
        recognisers.push(match &source.packs {
            Some(names) => Recogniser::new(&packs.only(names)?),
            None => Recogniser::new(&packs),
        });
        let Origin::Files(files) = &source.origin else { continue };
        let (paths, errors) = expand(files, &platform.directory);
        work.extend(paths.into_iter().map(|path| (path, index)));
        missing.extend(errors.iter().map(ToString::to_string));
    }
    progress.stage("reading", work.len() as u64);
    let mut samples: Vec<Vec<Samples>> = platform.sources.iter().map(|_| Vec::new()).collect();
    let mut files = Vec::new();
    let mut names: Vec<Names> = platform.sources.iter().map(|source| Names::of(&source.name)).collect();
    // One after the other: memory holds one file's text and the columns.
    for (path, index) in work {
        let shown = path.strip_prefix(&platform.directory).unwrap_or(&path).display().to_string();
        let own_names = RefCell::new(&mut names[index]);
        let recognise = |identity: &Identity| -> Recognition {
            let identity = &identity.in_file(&shown);
            let recognition = match &platform.sources[index].declared {
                Some(declared) => recognise_declared(declared, identity),
                None => recognisers[index].recognise(identity),
            };
            if let Recognition::Known { key, .. } = &recognition {
                own_names.borrow_mut().note(key, identity);
            }
            recognition
        };
        let reading = read_file(&path, &shown, &recognise);
        samples[index].extend(reading.samples);
        files.push(reading.report);
        progress.step(&shown);
    }
    progress.stage("keeping", 1);
    let archive = Archive::open(&places.archive)?;
    let mut appended = Appended::default();
    for (source, samples) in platform.sources.iter().zip(samples) {
        appended = appended.plus(archive.append(&source.name, samples)?);
    }
    progress.step("archive");
    let merged = names.into_iter().flat_map(|names| names.merged).collect();
    Ok(Pulled { files, missing, merged, appended })
}

/// What one source calls its series, to notice where two of them have become one.
struct Names {
    source: String,
    first: BTreeMap<SeriesKey, String>,
    merged: Vec<String>,
}

impl Names {
    fn of(source: &str) -> Self {
        Names { source: source.to_owned(), first: BTreeMap::new(), merged: Vec::new() }
    }

    fn note(&mut self, key: &SeriesKey, identity: &Identity) {
        let name = identity.to_string();
        match self.first.get(key) {
            Some(first) if *first == name => {}
            Some(first) => self.merged.push(format!(
                "source {}: {first} and {name} are both {key}; their samples are mixed. Give the label that tells \
                 them apart in a query pack of your own, or export one of them",
                self.source
            )),
            None => {
                self.first.insert(key.clone(), name);
            }
        }
    }
}

/// Judges what the archive holds up to `as_of`, and makes a report of it. `pulled` is what this run read, if it
/// read anything.
pub fn plan(
    platform: &Platform,
    places: &Places,
    as_of: i64,
    pulled: Option<&Pulled>,
    progress: &dyn Progress,
) -> Result<Report, PipelineError> {
    let no_history = || {
        let as_of = chrono::DateTime::from_timestamp(as_of, 0).map_or(as_of.to_string(), |t| t.to_rfc3339());
        PipelineError::NoHistory { path: places.archive.clone(), as_of }
    };
    // Opening would make one, and planning writes nothing.
    if !places.archive.exists() {
        return Err(no_history());
    }
    let archive = Archive::open(&places.archive)?;
    let context = Context { platform, as_of };
    let mut history = History::new(&archive, as_of)?;
    progress.stage("judging", 4);
    let mut findings = disk_findings(&mut history, &context)?;
    progress.step("disks");
    findings.extend(drift_of_all(&mut history, &context)?);
    progress.step("latencies and queues");
    findings.extend(ebb_of_all(&mut history, &context)?);
    progress.step("daily use");
    history.read_the_rest()?;
    if history.seen.is_empty() {
        return Err(no_history());
    }
    findings.extend(stale_findings(&history.seen, &context));
    progress.step("what has stopped");
    let title =
        platform.report.title.clone().unwrap_or_else(|| format!("{}: weekly capacity report", platform.name));
    Ok(Report {
        platform: platform.name.clone(),
        timezone: platform.timezone,
        currency: platform.currency.clone(),
        as_of,
        title,
        charts: platform.report.charts,
        findings,
        inputs: notes(platform, &history, pulled),
    })
}

/// Writes a report's files below `places.out`.
pub fn render(report: &Report, places: &Places, progress: &dyn Progress) -> Result<Published, PipelineError> {
    progress.stage("drawing", 1);
    let published = publish(report, &places.out)?;
    progress.step("report");
    Ok(published)
}

/// The archive as far as `as_of`, and what was seen of each series while reading it.
struct History<'a> {
    archive: &'a Archive,
    as_of: i64,
    held: Vec<Measure>,
    read: BTreeSet<Measure>,
    seen: Vec<LastSeen>,
    spans: Vec<(Measure, Span)>,
}

/// How much is held of one measure.
#[derive(Debug, Clone, Copy)]
struct Span {
    series: usize,
    points: u64,
    first: i64,
    last: i64,
    finest: i64,
    coarsest: i64,
}

impl<'a> History<'a> {
    fn new(archive: &'a Archive, as_of: i64) -> Result<Self, ArchiveError> {
        let held = archive.measures()?;
        Ok(History { archive, as_of, held, read: BTreeSet::new(), seen: Vec::new(), spans: Vec::new() })
    }

    /// One measure up to `as_of`; nothing where the archive has none of it.
    fn extract(&mut self, measure: Measure) -> Result<Extract, ArchiveError> {
        if !self.held.contains(&measure) {
            return Ok(Extract { measure, columns: Vec::new(), disagreements: Vec::new() });
        }
        let days = if VolumeInput::MEASURES.contains(&measure) { DISK_DAYS } else { OTHER_DAYS };
        let extract = self.archive.extract(measure, self.as_of - days * DAY..self.as_of.saturating_add(1))?;
        if self.read.insert(measure) {
            self.note(&extract);
        }
        Ok(extract)
    }

    /// A measure and the ones that it may be derived from.
    fn with_parts(&mut self, measure: Measure) -> Result<Vec<Column>, ArchiveError> {
        let mut extracts = vec![self.extract(measure)?];
        for &part in parts_of(measure) {
            extracts.push(self.extract(part)?);
        }
        Ok(derived(measure, &extracts))
    }

    /// Looks at the measures that no question asked for, so that none stops unnoticed.
    fn read_the_rest(&mut self) -> Result<(), ArchiveError> {
        for measure in self.held.clone() {
            if !self.read.contains(&measure) {
                self.extract(measure)?;
            }
        }
        Ok(())
    }

    fn note(&mut self, extract: &Extract) {
        let mut span: Option<Span> = None;
        for column in &extract.columns {
            let (Some(&first), Some(&last)) = (column.points.times.first(), column.points.times.last())
            else {
                continue;
            };
            let step = native_step(&column.points).unwrap_or(HOUR);
            let key = SeriesKey { measure: extract.measure, labels: column.labels.clone() };
            self.seen.push(LastSeen { key, time: last, step });
            let points = column.points.len() as u64;
            let old =
                column.points.times.windows(2).take(100).map(|w| w[1] - w[0]).max().unwrap_or(step).max(step);
            let one = Span { series: 1, points, first, last, finest: step, coarsest: old };
            span = Some(span.map_or(one, |s| Span {
                series: s.series + 1,
                points: s.points + points,
                first: s.first.min(first),
                last: s.last.max(last),
                finest: s.finest.min(step),
                coarsest: s.coarsest.max(old.min(DAY)),
            }));
        }
        if let Some(span) = span {
            self.spans.push((extract.measure, span));
        }
    }
}

fn disk_findings(history: &mut History, context: &Context) -> Result<Vec<Finding>, ArchiveError> {
    let mut input = VolumeInput::default();
    for &measure in VolumeInput::MEASURES {
        input.add(history.extract(measure)?);
    }
    let volumes = volumes(input);
    let answers: Vec<(Option<&Pool>, VolumeAnswer)> = volumes
        .par_iter()
        .map(|volume| {
            let pool = volume.labels.get("host").and_then(|host| context.platform.pool_of(host));
            (pool, volume_findings(volume, pool, context))
        })
        .collect();
    let pools = &context.platform.pools;
    let of_pools = pools.par_iter().filter_map(|pool| {
        let own = answers.iter().filter(|(of, _)| of.is_some_and(|of| of.name == pool.name));
        pool_finding(pool, &own.map(|(_, answer)| answer.clone()).collect::<Vec<_>>(), context)
    });
    let mut findings: Vec<Finding> = of_pools.collect();
    findings.extend(answers.into_iter().flat_map(|(_, answer)| answer.findings));
    Ok(findings)
}

fn drift_of_all(history: &mut History, context: &Context) -> Result<Vec<Finding>, ArchiveError> {
    let mut findings = Vec::new();
    for &measure in DRIFTING {
        let columns = history.with_parts(measure)?;
        findings.extend(drift_findings(measure, &columns, context));
    }
    Ok(findings)
}

fn ebb_of_all(history: &mut History, context: &Context) -> Result<Vec<Finding>, ArchiveError> {
    let pools = &context.platform.pools;
    let running = history.extract(Measure::ServersRunning)?.columns;
    let mut findings = Vec::new();
    for measure in pools.iter().map(Pool::load).collect::<BTreeSet<_>>() {
        let columns = history.with_parts(measure)?;
        let of_measure: Vec<&Pool> = pools.iter().filter(|pool| pool.load() == measure).collect();
        let judged = of_measure.par_iter().map(|pool| {
            let servers =
                PoolServers { loads: loads(pool, &columns), running: servers_running(pool, &running) };
            ebb_finding(pool, &servers, context)
        });
        findings.extend(judged.collect::<Vec<_>>());
    }
    Ok(findings)
}

/// Whether a series belongs to a pool: by its host, or by a source's own name of the pool.
fn belongs(labels: &Labels, pool: &Pool) -> bool {
    match (labels.get("host"), labels.get("pool")) {
        (Some(host), _) => pool.has(host),
        (None, Some(name)) => name == pool.name || pool.has(name),
        (None, None) => false,
    }
}

/// The loads of a pool's hosts, on the finest step that its sources keep; series of one host are added up.
fn loads(pool: &Pool, columns: &[Column]) -> Vec<HostLoad> {
    let own: Vec<&Column> = columns.iter().filter(|c| belongs(&c.labels, pool)).collect();
    let finest = own.iter().filter_map(|c| native_step(&c.points)).min().unwrap_or(HOUR);
    let step = if finest <= LOAD_STEP { LOAD_STEP } else { HOUR };
    let name = |column: &Column| column.labels.get("host").unwrap_or_default().to_owned();
    let mut hosts: Vec<HostLoad> = Vec::new();
    for same in own.chunk_by(|a, b| name(a) == name(b)) {
        let parts: Vec<HostLoad> = same
            .iter()
            .map(|column| HostLoad { host: name(column), load: grid(&column.points, step, Fold::Mean) })
            .collect();
        let load = total_load(&parts, false);
        hosts.push(HostLoad { host: name(same[0]), load });
    }
    hosts
}

fn servers_running(pool: &Pool, columns: &[Column]) -> Option<Series> {
    let own = columns.iter().find(|c| belongs(&c.labels, pool))?;
    Some(grid(&own.points, HOUR, Fold::Median))
}

fn notes(platform: &Platform, history: &History, pulled: Option<&Pulled>) -> InputNotes {
    let files = pulled.map(|p| &p.files[..]).unwrap_or_default();
    let about = |file: &FileReport, text: &String| format!("{}: {text}", file.path);
    let mut unreadable: Vec<String> = pulled.map(|p| p.missing.clone()).unwrap_or_default();
    unreadable.extend(files.iter().filter_map(|f| f.error.as_ref().map(ToString::to_string)));
    let hosts: BTreeSet<&str> = history.seen.iter().filter_map(|s| s.key.labels.get("host")).collect();
    let unassigned = hosts.into_iter().filter(|host| platform.pool_of(host).is_none());
    let mut unrecognised: Vec<Unrecognised> = files
        .iter()
        .flat_map(|f| &f.unrecognised)
        .map(|u| Unrecognised { identity: u.identity.clone(), nearest: u.nearest.clone() })
        .collect();
    unrecognised.sort_by(|a, b| a.identity.cmp(&b.identity));
    unrecognised.dedup();
    let mut warnings: Vec<String> = pulled.map(|p| p.merged.clone()).unwrap_or_default();
    warnings.extend(files.iter().flat_map(|f| f.warnings.iter().map(move |text| about(f, text))));
    InputNotes {
        files_read: files.iter().filter(|f| f.error.is_none()).count(),
        series: history.spans.iter().map(|s| s.1.series).sum(),
        points: history.spans.iter().map(|s| s.1.points).sum(),
        oldest: history.spans.iter().map(|s| s.1.first).min(),
        newest: history.spans.iter().map(|s| s.1.last).max(),
        unreadable,
        not_read: files.iter().flat_map(|f| f.not_read.iter().map(move |text| about(f, text))).collect(),
        warnings,
        unrecognised,
        unassigned_hosts: unassigned.map(str::to_owned).collect(),
        measures: history.spans.iter().map(|(measure, span)| held(*measure, span)).collect(),
    }
}

fn held(measure: Measure, span: &Span) -> MeasureHeld {
    let words = |seconds: i64| match seconds {
        s if s >= DAY => format!("{} d", s / DAY),
        s if s >= HOUR => format!("{} h", s / HOUR),
        s if s >= 60 => format!("{} min", s / 60),
        s => format!("{s} s"),
    };
    let step = if span.coarsest >= 2 * span.finest {
        format!("{}, lately {}", words(span.coarsest), words(span.finest))
    } else {
        words(span.finest)
    };
    let days = (span.last - span.first + DAY / 2) / DAY;
    MeasureHeld {
        measure: measure.name().to_owned(),
        series: span.series,
        step,
        span: format!("{days} days"),
    }
}

/// The archive that a platform keeps its history in, unless it is told otherwise: platforms do not share one.
pub fn default_archive(platform: &Platform) -> PathBuf {
    let plain = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' };
    Path::new("archive").join(platform.name.chars().map(plain).collect::<String>())
}
