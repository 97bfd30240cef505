//! Baseline CSVs: observed referrals per month, area and service line.
//!
//! Tidy (`month,area,service,referrals[,measure][,derived]`) or wide (`month` and a column per
//! service). `*`, `-`, `c`, `NULL` and blank are missing, never zero.

pub mod family;
mod series;
mod slips;

use std::collections::BTreeMap;

use super::table::{NotANumber, Row, Table, number};
use crate::diagnostics::{Place, Problem, Problems, Source};
use crate::month::{MONTH_FORMS, Month};
use crate::study::area::Series;
use crate::study::pack::{Counted, Pack, same_name};

/// What stands for a value that is not given.
pub const MISSING: [&str; 5] = ["", "*", "-", "c", "null"];

/// More people than there are: beyond it a count is a typing mistake.
pub const MOST_PEOPLE: f64 = 1e10;

/// A baseline file as read: its series, by area in the order of the file.
#[derive(Clone, Debug, Default)]
pub struct Baseline {
    /// Area code or name, with its series.
    pub areas: Vec<(String, Vec<Series>)>,
    /// Counts of families: the number of the area, that of the family, and the series.
    pub families: Vec<(usize, usize, Series)>,
}

impl Baseline {
    /// The series of an area, in any case.
    pub fn area(&self, id: &str) -> Option<&(String, Vec<Series>)> {
        self.areas.iter().find(|(area, _)| same_name(area, id))
    }
}

/// One observation, before they are joined to series.
struct Observation<'a> {
    month: Month,
    area: &'a str,
    service: Counted,
    measure: &'a str,
    derived: bool,
    /// A count that can't be read still has its month.
    value: Result<Option<f64>, NotANumber>,
    place: Place,
}

/// Reads a baseline. Services are those of `pack`; areas without an `area` column are `area`. All of
/// it is read, and what is odd but no error is told of the areas that are `wanted` alone.
pub fn read_baseline(
    source: &Source,
    pack: &Pack,
    area: &str,
    wanted: &dyn Fn(&str) -> bool,
    problems: &mut Problems,
) -> Option<Baseline> {
    let table = Table::parse(source, problems)?;
    let month = table.need("month", problems)?;
    let tidy = table.column("service").is_some() || table.column("referrals").is_some();
    let observations = if tidy {
        read_tidy(&table, month, pack, area, problems)?
    } else {
        read_wide(&table, month, pack, area, problems)
    };
    if table.rows.is_empty() {
        problems.push(
            Problem::error(source.whole(), "holds no month")
                .read("a header and no rows")
                .suggest("a row such as 2020-04,… below the header"),
        );
    }
    // A row that can't be placed leaves a gap that is none.
    let service = table.column("service");
    let is_placed = |row: &Row| {
        row.cell(month).parse::<Month>().is_ok()
            && service.is_none_or(|service| pack.counted(row.cell(service)).is_some())
    };
    let all_placed = table.rows.iter().all(is_placed);
    Some(series::join(&observations, (all_placed, wanted), pack, problems))
}

fn read_tidy<'a>(
    table: &'a Table,
    month: usize,
    pack: &Pack,
    default_area: &'a str,
    problems: &mut Problems,
) -> Option<Vec<Observation<'a>>> {
    const COLUMNS: [&str; 6] = ["month", "area", "service", "referrals", "measure", "derived"];
    let are_known = table.allow(&COLUMNS, problems);
    let service = table.need("service", problems);
    let referrals = table.need("referrals", problems);
    // Without its areas every month of a second one would be told to stand twice.
    let (true, Some(service), Some(referrals)) = (are_known, service, referrals) else {
        return None;
    };
    let (area, measure, derived) =
        (table.column("area"), table.column("measure"), table.column("derived"));
    if let Some(column) = area {
        warn_of_slips(table, column, pack, problems);
    }
    let mut known = BTreeMap::new();
    let mut observations = Vec::new();
    for row in &table.rows {
        let name = row.cell(service);
        let service = *known
            .entry(name)
            .or_insert_with(|| find_service(name, pack, || table.place(row, service), problems));
        let at = month_cell(table, row, month, problems);
        let value = count_cell(table, row, referrals, problems);
        let (Some(service), Some(at)) = (service, at) else { continue };
        let text = |column: Option<usize>| column.map_or("", |column| row.cell(column));
        observations.push(Observation {
            month: at,
            area: Some(text(area)).filter(|area| !area.is_empty()).unwrap_or(default_area),
            service,
            measure: text(measure),
            derived: derived.is_some_and(|column| is_derived(table, row, column, problems)),
            value,
            place: table.place(row, referrals),
        });
    }
    Some(observations)
}

fn is_derived(table: &Table, row: &Row, column: usize, problems: &mut Problems) -> bool {
    match row.cell(column).to_lowercase().as_str() {
        "yes" | "true" | "1" | "derived" => true,
        "" | "no" | "false" | "0" => false,
        _ => {
            let place = table.place(row, column);
            let problem = Problem::error(place, "neither yes nor no").read(row.cell(column));
            problems.push(problem.allowed("yes (spread from a longer period), no or nothing"));
            false
        }
    }
}

/// Any name is an area; one that is nearly another's is more likely a slip.
fn warn_of_slips(table: &Table, column: usize, pack: &Pack, problems: &mut Problems) {
    /// Shorter names, such as codes, are near each other by right.
    const LONG: usize = 5;
    /// The letters that a slip gets wrong.
    const SLIP: usize = 2;
    let mut rows: BTreeMap<&str, (usize, &Row)> = BTreeMap::new();
    for row in &table.rows {
        rows.entry(row.cell(column)).or_insert((0, row)).0 += 1;
    }
    let known = || pack.areas.iter().flat_map(|area| [area.id.as_str(), area.name.as_str()]);
    for (name, (count, row)) in &rows {
        let is_name = name.chars().count() >= LONG && !name.contains(|c: char| c.is_ascii_digit());
        if !is_name || known().any(|known| same_name(known, name)) {
            continue;
        }
        let more = rows.iter().filter(|(_, (other, _))| other > count).map(|(other, _)| *other);
        let near = known().chain(more).find(|other| {
            let distance = strsim::damerau_levenshtein(&name.to_lowercase(), &other.to_lowercase());
            (1..=SLIP).contains(&distance) && other.chars().count() >= LONG
        });
        if let Some(near) = near {
            let place = table.place(row, column);
            let message = format!("`{name}` is taken for an area of its own");
            problems.push(Problem::warning(place, message).suggest(near));
        }
    }
}

fn read_wide<'a>(
    table: &Table,
    month: usize,
    pack: &Pack,
    area: &'a str,
    problems: &mut Problems,
) -> Vec<Observation<'a>> {
    let mut columns: Vec<(usize, Counted)> = Vec::new();
    for (column, name) in table.header.iter().enumerate() {
        if column == month || name.is_empty() {
            continue;
        }
        let place = || table.source.line(1).cell(name);
        let Some(service) = find_service(name, pack, place, problems) else { continue };
        let Some((first, _)) = columns.iter().find(|(_, other)| *other == service) else {
            columns.push((column, service));
            continue;
        };
        // One column twice is told already, and each month of it would be.
        let first = &table.header[*first];
        if !first.eq_ignore_ascii_case(name) {
            problems.push(
                Problem::error(place(), format!("`{name}` and `{first}` are one service"))
                    .read(name)
                    .allowed("a column for each service"),
            );
        }
    }
    let mut observations = Vec::new();
    for row in &table.rows {
        let Some(at) = month_cell(table, row, month, problems) else { continue };
        for &(column, service) in &columns {
            let value = count_cell(table, row, column, problems);
            observations.push(Observation {
                month: at,
                area,
                service,
                measure: "",
                derived: false,
                value,
                place: table.place(row, column),
            });
        }
    }
    observations
}

fn find_service(
    name: &str,
    pack: &Pack,
    place: impl Fn() -> Place,
    problems: &mut Problems,
) -> Option<Counted> {
    let found = pack.counted(name);
    if found.is_none() {
        problems.push(pack.unknown_service(place(), name));
    }
    found
}

/// The month in a cell, or a problem that says what a month looks like.
pub fn month_cell(
    table: &Table,
    row: &Row,
    column: usize,
    problems: &mut Problems,
) -> Option<Month> {
    let text = row.cell(column);
    match text.parse::<Month>() {
        Ok(month) => Some(month),
        Err(error) => {
            let mut problem = Problem::error(table.place(row, column), error.to_string())
                .read(text)
                .allowed(MONTH_FORMS);
            if let Some(suggestion) = error.suggestion() {
                problem = problem.suggest(suggestion);
            }
            problems.push(problem);
            None
        }
    }
}

/// A count, or nothing where it is missing; what is neither becomes a problem.
fn count_cell(
    table: &Table,
    row: &Row,
    column: usize,
    problems: &mut Problems,
) -> Result<Option<f64>, NotANumber> {
    let text = row.cell(column);
    if MISSING.contains(&text.to_lowercase().as_str()) {
        return Ok(None);
    }
    match number(text) {
        Ok(Some(value)) if value > MOST_PEOPLE => {
            problems.push(
                Problem::error(table.place(row, column), "a count larger than any population")
                    .read(text)
                    .allowed(format!("up to {MOST_PEOPLE}")),
            );
            Err(NotANumber)
        }
        Ok(Some(value)) if value >= 0.0 => Ok(Some(value)),
        Ok(Some(_)) => {
            problems.push(
                Problem::error(table.place(row, column), "a count can't be negative")
                    .read(text)
                    .allowed("0 or more"),
            );
            Err(NotANumber)
        }
        _ => {
            problems.push(
                Problem::error(table.place(row, column), "not a count").read(text).allowed(
                    "a number such as 1234 or \"1,234\"; *, -, c, NULL or blank if missing",
                ),
            );
            Err(NotANumber)
        }
    }
}
