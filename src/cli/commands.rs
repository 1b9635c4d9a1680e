//! The commands: what they print and how they end. Data goes to stdout, words to stderr.

use std::io::{self, IsTerminal, Write};

use anyhow::Context;

use super::{
    archive_table::archive_table,
    archive_words::{tidied_lines, verification_text},
    args::{ArchiveCommand, Args, Command, FailOn, Format, Job, Page, PullJob, ReportJob, VerifyJob},
    backtest::backtest,
    doctor::doctor,
    exit::Exit,
    init::init,
    progress::Bar,
    pull_words::{asked_table, pulled_json, pulled_words},
    schedule::schedule,
    what_if_args::{NothingToCompare, WhatIfJob},
};
use crate::{
    archive::{Archive, ArchiveError, Tidying},
    pipeline::{self, PipelineError, Places, Pulled},
    plans::Severity,
    platform::Platform,
    reports::{Report, findings_json, terminal_table, what_if_json, what_if_table},
};

/// Columns of a table where nobody says how wide the terminal is.
const PLAIN_WIDTH: usize = 100;

/// Runs a command.
pub(super) fn run(args: Args) -> Exit {
    let bar = Bar::new();
    let result = match &args.command {
        Command::Run(job) => whole_job(job, &bar),
        Command::Pull(job) => pull(job, &bar),
        Command::Plan(job) => plan(job, &bar),
        Command::Report(asked) => report(asked, &bar),
        Command::Backtest(asked) => backtest(asked, &bar),
        Command::Schedule(asked) => schedule(asked, &bar),
        Command::WhatIf(asked) => what_if(asked, &bar),
        Command::Archive(ArchiveCommand::Info(job)) => info(job),
        Command::Archive(ArchiveCommand::Verify(job)) => verify(job),
        Command::Archive(ArchiveCommand::Tidy(job)) => tidy(job),
        Command::Doctor(asked) => doctor(asked, &bar),
        Command::Init(asked) => init(asked, &bar),
    };
    bar.clear();
    result.unwrap_or_else(|error| {
        say(&format!("error: {error:#}"));
        if error.is::<NothingToCompare>() {
            return Exit::BadConfiguration;
        }
        match error.downcast_ref::<PipelineError>() {
            Some(
                PipelineError::Config(_)
                | PipelineError::Packs(_)
                | PipelineError::NoHistory { .. }
                | PipelineError::Horizon { .. }
                | PipelineError::Archive(ArchiveError::Location { .. }),
            ) => Exit::BadConfiguration,
            _ => Exit::Failed,
        }
    })
}

fn whole_job(job: &Job, bar: &Bar) -> anyhow::Result<Exit> {
    let (platform, places, as_of) = prepare(job)?;
    let pulled = pipeline::pull(&platform, &places, as_of, bar)?;
    tell_unreadable(&pulled);
    let report = pipeline::plan(&platform, &places, as_of, Some(&pulled), bar)?;
    finish(job, Page::Weekly, &platform, &report, &places, Some(&pulled), bar)
}

fn pull(pull: &PullJob, bar: &Bar) -> anyhow::Result<Exit> {
    let job = &pull.job;
    let (platform, places, as_of) = prepare(job)?;
    if pull.dry_run {
        let asked = pipeline::dry_run(&platform, &places, as_of)?;
        match job.format {
            Format::Json => out(&format!("{}\n", serde_json::to_string_pretty(&asked)?))?,
            Format::Table => out(&asked_table(&asked))?,
        }
        let impossible = asked.sources.iter().any(|source| !source.problems.is_empty());
        return Ok(if impossible { Exit::PartlyUnreadable } else { Exit::Done });
    }
    let pulled = pipeline::pull(&platform, &places, as_of, bar)?;
    bar.clear();
    tell_unreadable(&pulled);
    match job.format {
        Format::Json => out(&format!("{}\n", pulled_json(&pulled)))?,
        Format::Table => pulled_words(&pulled).iter().for_each(|line| say(line)),
    }
    Ok(if pulled.is_partial() { Exit::PartlyUnreadable } else { Exit::Done })
}

fn plan(job: &Job, bar: &Bar) -> anyhow::Result<Exit> {
    let (platform, places, as_of) = prepare(job)?;
    let report = pipeline::plan(&platform, &places, as_of, None, bar)?;
    bar.clear();
    match job.format {
        Format::Json => out(&findings_json(&report)?)?,
        Format::Table => out(&table(&report))?,
    }
    Ok(exit_code(job, &report, None))
}

fn report(asked: &ReportJob, bar: &Bar) -> anyhow::Result<Exit> {
    let job = &asked.job;
    let (platform, places, as_of) = prepare(job)?;
    let report = pipeline::plan(&platform, &places, as_of, None, bar)?;
    finish(job, asked.page, &platform, &report, &places, None, bar)
}

fn what_if(asked: &WhatIfJob, bar: &Bar) -> anyhow::Result<Exit> {
    let job = &asked.job;
    let (platform, places, as_of) = prepare(job)?;
    let platform = asked.asked(platform)?;
    let report = pipeline::what_if(&platform, &places, as_of, bar)?;
    bar.clear();
    match job.format {
        Format::Json => out(&what_if_json(&report)?)?,
        Format::Table => {
            let terminal = io::stdout().is_terminal();
            out(&what_if_table(&report, if terminal { terminal_width() } else { PLAIN_WIDTH }))?;
        }
    }
    Ok(exit_code(job, &report, None))
}

fn info(job: &Job) -> anyhow::Result<Exit> {
    let (_, places, _) = prepare(job)?;
    let info = find_archive(&places)?.info().map_err(PipelineError::from)?;
    match job.format {
        Format::Json => out(&format!("{}\n", serde_json::to_string_pretty(&info)?))?,
        Format::Table => out(&archive_table(&info, &places.archive.to_string()))?,
    }
    Ok(if info.measures.iter().all(|m| m.damaged.is_empty()) { Exit::Done } else { Exit::PartlyUnreadable })
}

fn verify(verify: &VerifyJob) -> anyhow::Result<Exit> {
    let job = &verify.job;
    let (_, places, _) = prepare(job)?;
    let archive = find_archive(&places)?;
    let removed = if verify.remove_damaged { pipeline::set_damaged_aside(&archive)? } else { Vec::new() };
    let seen = archive.verify().map_err(PipelineError::from)?;
    match job.format {
        Format::Json => {
            let answer = serde_json::json!({ "verification": seen, "removed": removed });
            out(&format!("{}\n", serde_json::to_string_pretty(&answer)?))?;
        }
        Format::Table => out(&verification_text(&seen, &removed, &places.archive.to_string()))?,
    }
    Ok(if seen.is_damaged() { Exit::PartlyUnreadable } else { Exit::Done })
}

fn tidy(job: &Job) -> anyhow::Result<Exit> {
    let (platform, places, _) = prepare(job)?;
    // Not `--as-of`: what is old is old today, whatever is looked at.
    let tidied = find_archive(&places)?
        .tidy(&Tidying::from(&platform.archive), pipeline::now())
        .map_err(PipelineError::from)?;
    match job.format {
        Format::Json => out(&format!("{}\n", serde_json::to_string_pretty(&tidied)?))?,
        Format::Table => tidied_lines(&tidied).iter().for_each(|line| say(line)),
    }
    Ok(if tidied.damaged.is_empty() { Exit::Done } else { Exit::PartlyUnreadable })
}

/// The archive, which must be there already.
fn find_archive(places: &Places) -> anyhow::Result<Archive> {
    let archive = places.find_archive().map_err(PipelineError::from)?;
    archive.with_context(|| format!("there is no archive at {}; `mailtide pull` makes it", places.archive))
}

pub(super) fn prepare(job: &Job) -> Result<(Platform, Places, i64), PipelineError> {
    let platform = Platform::load(&job.platform)?;
    let places = Places::of(&platform, job.archive.as_deref(), &job.out)?;
    let as_of = job.as_of.map_or_else(pipeline::now, |as_of| as_of.moment(platform.timezone));
    Ok((platform, places, as_of))
}

/// Writes the report, and prints its findings where somebody looks or where there is something to say.
fn finish(
    job: &Job,
    page: Page,
    platform: &Platform,
    report: &Report,
    places: &Places,
    pulled: Option<&Pulled>,
    bar: &Bar,
) -> anyhow::Result<Exit> {
    // Before it is told: what people have read is what later runs are held against.
    let kept = pipeline::keep_forecasts(platform, places, report);
    let published = pipeline::render(report, places, bar)?;
    bar.clear();
    if let Err(error) = kept {
        say(&format!(
            "warning: the forecasts of this run are not kept, so later ones cannot look back at them: {error}"
        ));
    }
    let urgent = report.findings.iter().any(|f| f.severity >= Severity::Warning);
    let partial = pulled.is_some_and(Pulled::is_partial);
    if job.format == Format::Json {
        out(&findings_json(report)?)?;
    } else if urgent || partial || io::stdout().is_terminal() {
        out(&table(report))?;
        let page = match page {
            Page::Weekly => &published.weekly_html,
            Page::CostOptimisation => &published.cost_optimisation_html,
        };
        out(&format!("\nReport: {}\n", page.display()))?;
    }
    Ok(exit_code(job, report, pulled))
}

fn exit_code(job: &Job, report: &Report, pulled: Option<&Pulled>) -> Exit {
    let worst = report.findings.iter().map(|f| f.severity).max().unwrap_or(Severity::Ok);
    match (job.fail_on, worst) {
        (Some(_), Severity::Critical) => Exit::Critical,
        (Some(FailOn::Warning), Severity::Warning) => Exit::Warnings,
        _ if pulled.is_some_and(Pulled::is_partial) => Exit::PartlyUnreadable,
        _ => Exit::Done,
    }
}

fn table(report: &Report) -> String {
    let terminal = io::stdout().is_terminal();
    let colour = terminal && std::env::var_os("NO_COLOR").is_none();
    let width = if terminal { terminal_width() } else { PLAIN_WIDTH };
    terminal_table(report, width, colour)
}

fn terminal_width() -> usize {
    rustix::termios::tcgetwinsize(io::stdout()).map_or(PLAIN_WIDTH, |size| usize::from(size.ws_col).max(1))
}

fn tell_unreadable(pulled: &Pulled) {
    for problem in pulled.unreadable() {
        say(&format!("not read: {problem}"));
    }
}

/// Data, to stdout. A reader that has gone away (`| head`) is no error.
pub(super) fn out(text: &str) -> io::Result<()> {
    match io::stdout().lock().write_all(text.as_bytes()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        done => done,
    }
}

/// Words, to stderr; there is nobody left to tell if that fails.
pub(super) fn say(text: &str) {
    let _ = writeln!(io::stderr().lock(), "{text}");
}
