//! The commands: what they print and how they end.

use std::io::{self, IsTerminal};

use super::{
    archive::archive,
    args::{Args, Command, Page, PullJob, ReportJob},
    backtest::backtest,
    doctor::doctor,
    exit::Exit,
    init::init,
    job::{FailOn, Format, Job},
    progress::Bar,
    pull_words::{asked_table, pulled_json, pulled_words},
    schedule::schedule,
    stdio::{out, say},
    what_if_args::{NothingToCompare, WhatIfJob},
};
use crate::{
    archive::ArchiveError,
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
        Command::Archive(command) => archive(command),
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
                | PipelineError::OldHistory { .. }
                | PipelineError::Horizon { .. }
                | PipelineError::Archive(ArchiveError::Location { .. }),
            ) => Exit::BadConfiguration,
            _ => Exit::Failed,
        }
    })
}

fn whole_job(job: &Job, bar: &Bar) -> anyhow::Result<Exit> {
    let (platform, places, as_of) = job.prepare()?;
    let pulled = pipeline::pull(&platform, &places, as_of, bar)?;
    tell_unreadable(&pulled);
    let report = pipeline::plan(&platform, &places, as_of, Some(&pulled), bar)?;
    finish(job, Page::Weekly, &platform, &report, &places, Some(&pulled), bar)
}

fn pull(pull: &PullJob, bar: &Bar) -> anyhow::Result<Exit> {
    let job = &pull.job;
    let (platform, places, as_of) = job.prepare()?;
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
    let (platform, places, as_of) = job.prepare()?;
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
    let (platform, places, as_of) = job.prepare()?;
    let report = pipeline::plan(&platform, &places, as_of, None, bar)?;
    finish(job, asked.page, &platform, &report, &places, None, bar)
}

fn what_if(asked: &WhatIfJob, bar: &Bar) -> anyhow::Result<Exit> {
    let job = &asked.job;
    let (platform, places, as_of) = job.prepare()?;
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
