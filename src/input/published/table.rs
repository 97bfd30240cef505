//! Any table with a month and figures, as people keep them: two columns, a column per service, or
//! tidy with columns `area`, `service`, `measure` and `referrals`; CSV or workbook.

use std::collections::BTreeMap;

use csv::ByteRecord;

use super::gather::{Figure, Gatherer};
use super::level::{Breakdown, Level, breakdown};
use super::period::{NoPeriod, Period};
use super::rows::{Header, Rows, field, month, text};
use crate::diagnostics::Problem;
use crate::month::MONTH_FORMS;

/// The column that holds the months.
pub(super) fn month_column(header: &Header) -> Option<usize> {
    header.any(&["month", "date", "period", "reporting_period", "month_start", "month_ending"])
}

struct Shape {
    month: usize,
    area: Option<usize>,
    service: Option<usize>,
    measure: Option<usize>,
    values: Vec<usize>,
}

/// Columns that say something about a figure and are none.
const REMARKS: &[&str] =
    &["note", "notes", "comment", "source", "source_url", "url", "area_name", "name", "unit"];

fn shape(rows: &Rows) -> Result<Shape, Problem> {
    let header = &rows.header;
    let missing =
        |what: &str| Problem::error(rows.source.line(1), what.to_owned()).read(header.0.join(", "));
    if header.find("derived").is_some() {
        return Err(missing("this is a baseline already, with months spread from longer periods")
            .suggest("use it as it is: `afterwave run --baseline FILE`"));
    }
    let month = month_column(header).ok_or_else(|| missing("no column is a month"))?;
    let area = header.any(&["area", "area_code", "org_code", "code"]);
    let service = header.any(&["service", "service_line"]);
    let measure = header.find("measure");
    let keys: Vec<usize> = [Some(month), area, service, measure].into_iter().flatten().collect();
    let mut values: Vec<usize> = match header.any(&["referrals", "value", "count"]) {
        Some(value) if service.is_some() || measure.is_some() => vec![value],
        _ => (0..header.0.len()).filter(|column| !keys.contains(column)).collect(),
    };
    values.retain(|column| {
        header.0.get(*column).is_some_and(|name| {
            !name.is_empty() && header.any(REMARKS) != Some(*column) && !is_remark(name)
        })
    });
    if values.is_empty() {
        return Err(
            missing("no column holds figures").allowed("a column of figures beside the month")
        );
    }
    Ok(Shape { month, area, service, measure, values })
}

fn is_remark(name: &str) -> bool {
    REMARKS.iter().any(|remark| remark.eq_ignore_ascii_case(name))
}

/// Reads the table.
pub(super) fn read(rows: &mut Rows, gatherer: &mut Gatherer<'_>) -> Result<(), Problem> {
    let shape = shape(rows)?;
    let label = label(&shape, rows, gatherer)?;
    gatherer.tally.remarks.extend(rows.header.0.iter().filter(|name| is_remark(name)).cloned());
    let mut measures_of: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    let mut row = ByteRecord::new();
    while rows.read(&mut row)? {
        gatherer.catalogue.rows += 1;
        let code = shape.area.map_or(label.as_bytes(), |column| field(&row, column));
        let level = match breakdown(&text(code)) {
            Breakdown::Whole(level) => level,
            _ => Level::Area,
        };
        let area = gatherer.area(level, usize::MAX, code, b"");
        let read = text(field(&row, shape.month)).into_owned();
        let month = month(&read);
        for column in &shape.values {
            let measure = measure(&shape, rows, gatherer, &row, *column);
            let period = month
                .ok_or(NoPeriod::Irregular)
                .and_then(|month| Period::worded(month, &gatherer.catalogue.measures[measure].id));
            if shape.measure.is_some() {
                let service = gatherer.catalogue.measures[measure].service.clone();
                let measures = measures_of.entry(service).or_default();
                if !measures.contains(&measure) {
                    measures.push(measure);
                }
            }
            let value = field(&row, *column);
            let figure = Figure { area, measure, period, part: 0, value, is_final: true };
            if month.is_none() && gatherer.wants(area, measure) {
                let problem = Problem::error(
                    rows.place().cell(rows.header.0[shape.month].clone()),
                    "this is not a month",
                );
                gatherer.push(
                    match read.parse::<crate::month::Month>() {
                        Err(error) => match error.suggestion() {
                            Some(nearest) => problem.suggest(nearest),
                            None => problem,
                        },
                        Ok(_) => problem,
                    }
                    .read(&read)
                    .allowed(MONTH_FORMS),
                );
                continue;
            }
            if month.is_some() {
                gatherer.offer(rows, &figure);
            }
        }
    }
    one_measure_a_service(rows, gatherer, &measures_of);
    Ok(())
}

/// The area of a table that names none: the one asked for.
fn label(shape: &Shape, rows: &Rows, gatherer: &Gatherer<'_>) -> Result<String, Problem> {
    match (shape.area, gatherer.request.areas.as_slice()) {
        (Some(_), _) | (None, []) => Ok(String::new()),
        (None, [one]) => Ok(one.clone()),
        (None, several) => Err(Problem::error(
            rows.source.whole(),
            "the file names no area: one at most can be given to its figures",
        )
        .read(several.join(", "))),
    }
}

fn measure(
    shape: &Shape,
    rows: &Rows,
    gatherer: &mut Gatherer<'_>,
    row: &ByteRecord,
    column: usize,
) -> usize {
    let heading = rows.header.0[column].clone();
    let service =
        shape.service.map_or_else(|| heading.clone(), |c| text(field(row, c)).into_owned());
    let word =
        shape.measure.map_or_else(|| "referrals".into(), |c| text(field(row, c)).into_owned());
    let id = if shape.measure.is_some() { format!("{service}: {word}") } else { service.clone() };
    let known = gatherer.catalogue.measures.len();
    let measure = gatherer.measure(id.as_bytes(), id.as_bytes());
    if measure == known {
        let known_service = super::measure::known(&service).map(|known| known.service);
        gatherer.describe(measure, known_service.unwrap_or(&service), &word);
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
