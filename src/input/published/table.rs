//! Any table as people keep it, taken into the gatherer: its figures as they stand, or under the
//! service and the measure that its columns name.

use std::collections::BTreeMap;

use super::gather::{Figure, Gatherer};
use super::level::{Breakdown, Level, breakdown};
use super::rows::Rows;
use crate::diagnostics::{Problem, Problems};
use crate::input::table::Table;
use crate::input::tidy;

/// Reads the table.
pub(super) fn read(rows: &mut Rows, gatherer: &mut Gatherer<'_>) -> Result<(), Problem> {
    let mut problems = Problems::default();
    let Some(table) = Table::parse_kept(&rows.source, &mut problems) else {
        gatherer.problems.extend(problems);
        return Ok(());
    };
    if table.column("derived").is_some() {
        return Err(Problem::error(
            table.source.line(table.head),
            "this is a baseline already, with months spread from longer periods",
        )
        .read(table.header.join(", "))
        .suggest("use it as it is: `afterwave run --baseline FILE`"));
    }
    let mut wishes = gatherer.request.wishes.clone();
    // An area asked for by the name of a column is that column.
    let (columns, codes): (Vec<&String>, Vec<&String>) =
        gatherer.request.areas.iter().partition(|area| table.column(area).is_some());
    wishes.area = columns.first().map(|area| (*area).clone());
    gatherer.area_column.clone_from(&wishes.area);
    let read = tidy::read(&table, &wishes, &|_| false, &mut problems);
    gatherer.problems.extend(problems);
    let Some(tidy) = read else { return Ok(()) };
    rows.understood.clone_from(&tidy.understood);
    let label = match (tidy.has_areas(), codes.as_slice()) {
        (true, _) | (false, []) => String::new(),
        (false, [one]) => (*one).clone(),
        (false, several) => {
            let names: Vec<&str> = several.iter().map(|area| area.as_str()).collect();
            return Err(Problem::error(
                rows.source.whole(),
                "the file names no area: one at most can be given to its figures",
            )
            .read(names.join(", ")));
        }
    };
    for (figure, problem) in &tidy.undated {
        let code = if tidy.has_areas() { figure.area } else { &label };
        let area = gatherer.area(level_of(code), usize::MAX, code.as_bytes(), b"");
        let measure = measure(&tidy, figure, gatherer);
        if gatherer.wants(area, measure) {
            gatherer.push(problem.clone());
        }
    }
    let mut measures_of: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    gatherer.catalogue.rows += table.rows.len();
    for figure in &tidy.figures {
        let code = if tidy.has_areas() { figure.area } else { &label };
        let area = gatherer.area(level_of(code), usize::MAX, code.as_bytes(), b"");
        let measure = measure(&tidy, figure, gatherer);
        if tidy.has_measures() {
            let service = gatherer.catalogue.measures[measure].service.clone();
            let measures = measures_of.entry(service).or_default();
            if !measures.contains(&measure) {
                measures.push(measure);
            }
        }
        rows.line = tidy.line(figure);
        let period = Ok(figure.period);
        let value = tidy.text(figure).as_bytes();
        let own = Figure { area, measure, period, part: 0, value, is_final: true };
        gatherer.offer_read(rows, &own, figure.value, figure.derived);
    }
    one_measure_a_service(rows, gatherer, &measures_of);
    Ok(())
}

fn level_of(code: &str) -> Level {
    match breakdown(code) {
        Breakdown::Whole(level) => level,
        _ => Level::Area,
    }
}

fn measure(tidy: &tidy::Tidy<'_>, figure: &tidy::Figure<'_>, gatherer: &mut Gatherer<'_>) -> usize {
    let service = if figure.service.is_empty() { "referrals" } else { figure.service };
    let word = if figure.measure.is_empty() { "referrals" } else { figure.measure };
    let id = if tidy.has_measures() { format!("{service}: {word}") } else { service.to_owned() };
    let known = gatherer.catalogue.measures.len();
    let name = if tidy.has_measures() { id.clone() } else { format!("{id} {}", figure.measure) };
    let measure = gatherer.measure(id.as_bytes(), name.trim().as_bytes());
    if measure == known {
        let known_service = crate::input::measure::known(service).map(|known| known.service);
        gatherer.describe(measure, known_service.unwrap_or(service), word);
    }
    measure
}

/// Two measures are never one series: where a service has several, one must be chosen.
fn one_measure_a_service(
    rows: &Rows,
    gatherer: &mut Gatherer<'_>,
    measures_of: &BTreeMap<String, Vec<usize>>,
) {
    let is_ambiguous = measures_of.values().any(|measures| measures.len() > 1);
    if gatherer.request.list || !gatherer.request.measures.is_empty() || !is_ambiguous {
        return;
    }
    let count: usize = measures_of.values().map(Vec::len).sum();
    gatherer.problems = Problem::error(
        rows.source.whole(),
        format!("the table mixes {count} measures, and a series is one measure throughout"),
    )
    .allowed("`--measure NAME`, by its whole name or the text of its `measure` column")
    .suggest("`--list` shows the measures")
    .into();
}
