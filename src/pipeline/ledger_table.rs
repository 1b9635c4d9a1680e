//! What a run has foretold, as the columns of the ledger's table and back.

use crate::{
    archive::TableColumn,
    plans::{Ahead, DISTANCES, EventId, Foretold, Kind, Runway},
    series::DAY,
};

/// The kinds of findings that foretell a level.
const KINDS: [Kind; 3] = [Kind::VolumeExhaustion, Kind::InodeExhaustion, Kind::PoolExhaustion];

/// Stands between the parts of a sum: no identifier has it.
const BETWEEN: char = ' ';

/// The columns of what a run has foretold, a row each. What is not said is no number (NaN).
pub(super) fn of(foretold: &[Foretold]) -> Vec<TableColumn> {
    let text = |name: &str, of: &dyn Fn(&Foretold) -> String| TableColumn::Text {
        name: name.to_owned(),
        values: foretold.iter().map(of).collect(),
    };
    let time = |name: &str, of: &dyn Fn(&Foretold) -> i64| TableColumn::Time {
        name: name.to_owned(),
        seconds: foretold.iter().map(of).collect(),
    };
    let number = |name: &str, of: &dyn Fn(&Foretold) -> Option<f64>| TableColumn::Number {
        name: name.to_owned(),
        values: foretold.iter().map(|f| of(f).unwrap_or(f64::NAN)).collect(),
    };
    let parts =
        |f: &Foretold| f.parts.iter().map(|id| id.0.as_str()).collect::<Vec<_>>().join(&BETWEEN.to_string());
    let later = |f: &Foretold| {
        let marks = f.later_marks.iter().map(|(day, mark)| format!("{day}={mark:?}"));
        marks.collect::<Vec<_>>().join(&BETWEEN.to_string())
    };
    let mut columns = vec![
        text("id", &|f| f.id.0.clone()),
        text("kind", &|f| f.kind.name().to_owned()),
        text("verdict", &|f| f.verdict.clone()),
        text("parts", &parts),
        text("later_full_marks", &later),
        time("as_of", &|f| f.as_of),
        time("from", &|f| f.from_day * DAY),
        number("level", &|f| Some(f.level)),
        number("full_mark", &|f| Some(f.mark)),
        number("growth_a_day", &|f| Some(f.per_day)),
        number("horizon_days", &|f| Some(f.horizon_days)),
        number("runway_p5_days", &|f| f.runway.p5_days),
        number("runway_p50_days", &|f| f.runway.p50_days),
        number("runway_p95_days", &|f| f.runway.p95_days),
    ];
    for days in DISTANCES {
        let at = |f: &Foretold| f.ahead.iter().find(|ahead| ahead.days == days).copied();
        columns.extend([
            number(&level_name("p5", days), &|f| at(f).map(|ahead| ahead.p5)),
            number(&level_name("p50", days), &|f| at(f).map(|ahead| ahead.p50)),
            number(&level_name("p95", days), &|f| at(f).map(|ahead| ahead.p95)),
        ]);
    }
    columns
}

fn level_name(quantile: &str, days: i64) -> String {
    format!("{quantile}_in_{days}_days")
}

/// What a table says; rows of kinds that this program does not know are passed over.
///
/// # Errors
/// A column is missing, in words.
pub(super) fn read(columns: Vec<TableColumn>) -> Result<Vec<Foretold>, String> {
    if columns.is_empty() {
        return Ok(Vec::new());
    }
    let columns = Columns(columns);
    let (ids, kinds) = (columns.texts("id")?, columns.texts("kind")?);
    let (verdicts, parts) = (columns.texts("verdict")?, columns.texts("parts")?);
    let later = columns.texts("later_full_marks")?;
    let (as_of, from) = (columns.times("as_of")?, columns.times("from")?);
    let numbers = |name: &str| columns.numbers(name);
    let (levels, marks) = (numbers("level")?, numbers("full_mark")?);
    let (growth, horizons) = (numbers("growth_a_day")?, numbers("horizon_days")?);
    let (p5, p50) = (numbers("runway_p5_days")?, numbers("runway_p50_days")?);
    let p95 = numbers("runway_p95_days")?;
    // A version with other distances has other columns: what is not there was not said.
    let at = |quantile: &str, days: i64| numbers(&level_name(quantile, days)).ok();
    let ahead: Vec<_> = DISTANCES
        .iter()
        .filter_map(|&days| Some((days, at("p5", days)?, at("p50", days)?, at("p95", days)?)))
        .collect();
    let said = |value: f64| value.is_finite().then_some(value);
    let row = |i: usize| {
        let kind = KINDS.into_iter().find(|kind| kind.name() == kinds[i])?;
        let ahead = ahead.iter().filter_map(|&(days, p5, p50, p95)| {
            Some(Ahead { days, p5: said(p5[i])?, p50: said(p50[i])?, p95: said(p95[i])? })
        });
        Some(Foretold {
            id: EventId(ids[i].clone()),
            kind,
            verdict: verdicts[i].clone(),
            as_of: as_of[i],
            from_day: from[i].div_euclid(DAY),
            level: said(levels[i])?,
            mark: said(marks[i])?,
            later_marks: later[i].split(BETWEEN).filter_map(later_mark).collect(),
            per_day: said(growth[i])?,
            horizon_days: said(horizons[i])?,
            runway: Runway { p5_days: said(p5[i]), p50_days: said(p50[i]), p95_days: said(p95[i]) },
            ahead: ahead.collect(),
            parts: parts[i]
                .split(BETWEEN)
                .filter(|id| !id.is_empty())
                .map(|id| EventId(id.to_owned()))
                .collect(),
        })
    };
    Ok((0..ids.len()).filter_map(row).collect())
}

/// A mark from a day on, such as `20780=1.2e12`.
fn later_mark(text: &str) -> Option<(i64, f64)> {
    let (day, mark) = text.split_once('=')?;
    Some((day.parse().ok()?, mark.parse().ok().filter(|mark: &f64| mark.is_finite())?))
}

/// The moment of the run whose table this is.
pub(super) fn moment(columns: &[TableColumn]) -> Option<i64> {
    columns.iter().find_map(|column| match column {
        TableColumn::Time { name, seconds } if name == "as_of" => seconds.first().copied(),
        _ => None,
    })
}

/// A table's columns by name. All are equally long, as Parquet has it.
struct Columns(Vec<TableColumn>);

impl Columns {
    fn texts(&self, name: &str) -> Result<&[String], String> {
        let found = self.0.iter().find_map(|column| match column {
            TableColumn::Text { name: own, values } if own == name => Some(&values[..]),
            _ => None,
        });
        found.ok_or_else(|| lacks(name))
    }

    fn times(&self, name: &str) -> Result<&[i64], String> {
        let found = self.0.iter().find_map(|column| match column {
            TableColumn::Time { name: own, seconds } if own == name => Some(&seconds[..]),
            _ => None,
        });
        found.ok_or_else(|| lacks(name))
    }

    fn numbers(&self, name: &str) -> Result<&[f64], String> {
        let found = self.0.iter().find_map(|column| match column {
            TableColumn::Number { name: own, values } if own == name => Some(&values[..]),
            _ => None,
        });
        found.ok_or_else(|| lacks(name))
    }
}

fn lacks(name: &str) -> String {
    format!("has no column `{name}`, so another version of Mailtide wrote it")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Numbers of any size, and what is not said.
    fn said() -> impl Strategy<Value = Option<f64>> {
        proptest::option::of(any::<f64>().prop_filter("finite", |value| value.is_finite()))
    }

    fn number() -> impl Strategy<Value = f64> {
        any::<f64>().prop_filter("finite", |value| value.is_finite())
    }

    fn foretold() -> impl Strategy<Value = Foretold> {
        let id = || "[a-z0-9._/-]{1,60}".prop_map(EventId);
        let ahead = proptest::collection::vec(proptest::option::of((number(), number(), number())), 7);
        let numbers = (number(), number(), number(), number());
        let head = (id(), 0..3usize, "[a-z_]{1,20}", any::<i32>(), any::<i32>());
        let later = proptest::collection::vec((any::<i64>(), number()), 0..3);
        let tail = (proptest::collection::vec(id(), 0..4), later);
        (head, numbers, (said(), said(), said()), ahead, tail).prop_map(
            |(head, (level, mark, per_day, horizon_days), runway, ahead, (parts, later))| {
                let (id, kind, verdict, as_of, from) = head;
                let at = |(days, at): (i64, Option<(f64, f64, f64)>)| {
                    at.map(|(p5, p50, p95)| Ahead { days, p5, p50, p95 })
                };
                Foretold {
                    id,
                    kind: KINDS[kind],
                    verdict,
                    as_of: as_of.into(),
                    from_day: from.into(),
                    level,
                    mark,
                    later_marks: later,
                    per_day,
                    horizon_days,
                    runway: Runway { p5_days: runway.0, p50_days: runway.1, p95_days: runway.2 },
                    ahead: DISTANCES.into_iter().zip(ahead).filter_map(at).collect(),
                    parts,
                }
            },
        )
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(run in proptest::collection::vec(foretold(), 1..6)) {
            let table = of(&run);
            prop_assert_eq!(moment(&table), Some(run[0].as_of));
            prop_assert_eq!(read(table), Ok(run));
        }
    }

    #[test]
    fn a_table_of_another_version_is_named_by_what_it_lacks() {
        let table: Vec<TableColumn> = of(&[])
            .into_iter()
            .filter(|c| !matches!(c, TableColumn::Number { name, .. } if name == "level"))
            .collect();
        let problem = "has no column `level`, so another version of Mailtide wrote it";
        assert_eq!(read(table), Err(problem.to_owned()));
        assert_eq!(read(of(&[])), Ok(vec![]));
    }
}
