//! The cost-optimisation report as its template sees it: each pool's week, windows, savings, risks and replay.

use minijinja::value::Value;
use serde::Serialize;

use super::{card::Named, style, week::Heat};
use crate::{
    plans::{Between, Ebb, Finding, Kind, Replay, ReplayDay, RiskLevel, Saving, Verdict},
    reports::{
        Report, ReportError, chart, format,
        text::{one_line, sentence},
        words,
    },
};

/// Days of a replay that are listed one by one at most, the worst first.
const MOST_DAYS: usize = 10;

/// The whole page.
#[derive(Debug, Serialize)]
pub(super) struct CostPage {
    title: String,
    platform: String,
    as_of: String,
    timezone: String,
    style: Value,
    /// What all pools save together.
    totals: Vec<Named>,
    pools: Vec<PoolCost>,
    /// Pools without a schedule, and why.
    others: Vec<Named>,
}

#[derive(Debug, Serialize)]
struct PoolCost {
    place: String,
    name: String,
    headline: String,
    advice: String,
    timezone: String,
    heat: Option<Heat>,
    windows: Vec<Named>,
    exceptions: Vec<Named>,
    savings: Vec<Amount>,
    curve: Option<Curve>,
    levels: Vec<Level>,
    replay: Vec<Named>,
    days: Vec<Day>,
    other_days: usize,
    quiet: Option<String>,
    caveats: Vec<String>,
}

/// What is saved over a span.
#[derive(Debug, Serialize)]
struct Amount {
    span: &'static str,
    hours: String,
    money: String,
}

#[derive(Debug, Serialize)]
struct Curve {
    view_box: String,
    body: Value,
}

#[derive(Debug, Serialize)]
struct Level {
    risk: String,
    hours: String,
    money: String,
    replayed: String,
    chosen: bool,
}

#[derive(Debug, Serialize)]
struct Day {
    date: String,
    minutes: String,
    utilisation: String,
    short: u32,
}

impl CostPage {
    pub(super) fn new(report: &Report) -> Result<Self, ReportError> {
        let as_of = report.local(report.as_of).ok_or(ReportError::AsOf { seconds: report.as_of })?;
        let ranked = report.ranked();
        let of_pools = ranked.iter().filter(|finding| finding.kind == Kind::Ebb);
        let mut ebbs: Vec<(&Finding, &Ebb)> = of_pools.clone().filter_map(|f| Some((*f, ebb(f)?))).collect();
        // What saves most is read first.
        ebbs.sort_by(|a, b| b.1.server_hours_per_week.total_cmp(&a.1.server_hours_per_week));
        let others = of_pools.filter(|finding| ebb(finding).is_none());
        let pools = ebbs.iter().enumerate().map(|(i, (finding, ebb))| PoolCost::new(report, i, finding, ebb));
        Ok(Self {
            title: format!("{}: what fewer servers would save", report.platform),
            platform: report.platform.clone(),
            as_of: format::moment(&as_of),
            timezone: report.timezone.name().to_owned(),
            style: style(),
            totals: totals(report, &ebbs),
            pools: pools.collect::<Result<_, _>>()?,
            others: others
                .map(|finding| {
                    let name = one_line(&finding.subject.name, 120);
                    Named::new(name, sentence(&words::verdict(report, finding)))
                })
                .collect(),
        })
    }
}

fn ebb(finding: &Finding) -> Option<&Ebb> {
    match &finding.verdict {
        Verdict::Ebbs(ebb) => Some(ebb),
        _ => None,
    }
}

/// What all pools save together, span by span. The ends are added up as well: what makes one pool dearer, such as growth, often makes
/// the others so.
fn totals(report: &Report, ebbs: &[(&Finding, &Ebb)]) -> Vec<Named> {
    let Some((_, first)) = ebbs.first() else { return Vec::new() };
    let spans = first.savings.iter().map(|saving| saving.span);
    spans
        .map(|span| {
            let of_span = || ebbs.iter().filter_map(|(_, ebb)| ebb.savings.iter().find(|s| s.span == span));
            let hours = sum(of_span().map(|s| s.server_hours));
            let priced: Vec<Between> = of_span().filter_map(|s| s.money).collect();
            let money = if priced.is_empty() {
                String::new()
            } else {
                format!(", {}", money(report, sum(priced.into_iter())))
            };
            Named::new(format!("A {span}"), format!("{}{money}", server_hours(hours)))
        })
        .collect()
}

fn sum(parts: impl Iterator<Item = Between>) -> Between {
    parts.fold(Between { middle: 0.0, low: 0.0, high: 0.0 }, |sum, b| Between {
        middle: sum.middle + b.middle,
        low: sum.low + b.low,
        high: sum.high + b.high,
    })
}

fn server_hours(b: Between) -> String {
    format!(
        "{} server-hours ({} to {})",
        format::count(b.middle),
        format::count(b.low),
        format::count(b.high)
    )
}

fn money(report: &Report, b: Between) -> String {
    let amount = |amount| format::money(amount, &report.currency);
    format!("{} ({} to {})", amount(b.middle), amount(b.low), amount(b.high))
}

impl PoolCost {
    fn new(report: &Report, rank: usize, finding: &Finding, ebb: &Ebb) -> Result<Self, ReportError> {
        let failed = |source| ReportError::Chart { finding: finding.id.to_string(), source };
        let curve = chart::curve(&ebb.curve).map_err(failed)?.map(|svg| Curve::new(&svg));
        let week = finding.evidence.week.as_ref();
        let mut bad: Vec<&ReplayDay> = ebb.replay.days.iter().filter(|day| day.minutes_above > 0.0).collect();
        bad.sort_by(|a, b| b.minutes_above.total_cmp(&a.minutes_above).then(a.date.cmp(&b.date)));
        bad.truncate(MOST_DAYS);
        let exceptions = ebb.schedule.exceptions.iter().map(|exception| {
            let windows: Vec<String> = exception
                .windows
                .iter()
                .map(|w| format!("{} with {} of {}", words::window(w), w.servers, w.servers_now))
                .collect();
            let said = if windows.is_empty() { "no window starts".to_owned() } else { windows.join("; ") };
            Named::new(
                format!("{}, {}", format::date(exception.date), one_line(&exception.because, 60)),
                sentence(&said),
            )
        });
        Ok(Self {
            place: format!("pool-{rank}"),
            name: one_line(&finding.subject.name, 120),
            headline: sentence(&finding.headline),
            advice: sentence(&finding.advice),
            timezone: ebb.schedule.timezone.name().to_owned(),
            heat: week.and_then(Heat::needed),
            windows: ebb
                .schedule
                .windows
                .iter()
                .map(|w| Named::new(words::window(w), format!("{} of {} servers", w.servers, w.servers_now)))
                .collect(),
            exceptions: exceptions.collect(),
            savings: ebb.savings.iter().map(|saving| Amount::new(report, saving)).collect(),
            curve,
            levels: ebb.curve.iter().map(|level| Level::new(report, level)).collect(),
            replay: replay(&ebb.replay, ebb.violation_share),
            other_days: ebb.replay.days.len() - bad.len(),
            days: bad.into_iter().map(Day::new).collect(),
            quiet: week.and_then(|week| week.quiet.as_ref()).map(words::quiet),
            caveats: ebb.caveats.iter().map(|caveat| sentence(caveat)).collect(),
        })
    }
}

impl Amount {
    fn new(report: &Report, saving: &Saving) -> Self {
        Amount {
            span: saving.span,
            hours: server_hours(saving.server_hours),
            money: saving.money.map_or(format::NOTHING.to_owned(), |b| money(report, b)),
        }
    }
}

impl Curve {
    fn new(svg: &str) -> Self {
        let (head, body) = svg.split_once('>').unwrap_or(("", ""));
        let view_box = head.split_once("viewBox=\"").and_then(|(_, rest)| rest.split_once('"'));
        Curve {
            view_box: view_box.map(|(sizes, _)| sizes.to_owned()).unwrap_or_default(),
            body: Value::from_safe_string(body.trim().to_owned()),
        }
    }
}

impl Level {
    fn new(report: &Report, level: &RiskLevel) -> Self {
        Level {
            risk: format::percent(level.risk),
            hours: format::count(level.server_hours_per_week),
            money: level
                .money_per_week
                .map_or(format::NOTHING.to_owned(), |m| format::money(m, &report.currency)),
            replayed: level.violation_share.map_or(format::NOTHING.to_owned(), format::percent),
            chosen: level.chosen,
        }
    }
}

impl Day {
    fn new(day: &ReplayDay) -> Self {
        Day {
            date: format::date(day.date),
            minutes: format::count(day.minutes_above),
            utilisation: format::percent(day.worst_utilisation),
            short: day.servers_short,
        }
    }
}

/// How the schedules of earlier weeks did, beside doing nothing and beside hindsight.
fn replay(replay: &Replay, share: Option<f64>) -> Vec<Named> {
    let beside = |name: &str, with: String, without: String| {
        Named::new(name, format!("{with}; with all servers {without}"))
    };
    vec![
        Named::new("Weeks held back", replay.weeks.to_string()),
        Named::new(
            "Of the windows' time with too few servers",
            share.map_or(format::NOTHING.to_owned(), format::percent),
        ),
        beside(
            "Minutes a week above the target",
            format::count(replay.minutes_above),
            format::count(replay.minutes_above_doing_nothing),
        ),
        beside(
            "Highest utilisation of an hour",
            format::percent(replay.worst_utilisation),
            format::percent(replay.worst_utilisation_doing_nothing),
        ),
        Named::new("Most servers missing", replay.servers_short.to_string()),
        Named::new(
            "Server-hours saved a week",
            format!(
                "{}; the best windows in hindsight {}",
                format::count(replay.server_hours_per_week),
                format::count(replay.best_server_hours_per_week)
            ),
        ),
    ]
}
