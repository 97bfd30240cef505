//! Waits as published, `area,service,told,weeks,first,last,value`, to what a study knows of them.
//!
//! `told` is `referrals`, `seen`, `within` (with the limit in `weeks`), `median`, `p90` or `waiting`;
//! a figure covers the months from `first` to `last`. `import --waits` writes such files.

use super::table::{Row, Table};
use crate::diagnostics::{Problem, Problems, Source};
use crate::month::Month;
use crate::study::pack::{Pack, same_name};
use crate::study::waits::{Figure, Published, Told};

const COLUMNS: [&str; 8] = ["area", "service", "told", "weeks", "first", "last", "value", "source"];

/// Reads published waits; every wrong cell is a problem. A service that the pack lacks is passed
/// over where `is_built_in`.
pub fn read_waits(
    source: &Source,
    pack: &Pack,
    is_built_in: bool,
    problems: &mut Problems,
) -> Vec<Published> {
    let Some(table) = Table::parse(source, problems) else { return Vec::new() };
    let are_known = table.allow(&COLUMNS, problems);
    let needed = ["area", "service", "told", "first", "value"].map(|n| table.need(n, problems));
    let (true, [Some(area), Some(service), Some(told), Some(first), Some(value)]) =
        (are_known, needed)
    else {
        return Vec::new();
    };
    if table.rows.is_empty() {
        problems.push(
            Problem::error(source.whole(), "holds no row")
                .suggest("afterwave import FILE --waits --out waits.csv"),
        );
    }
    let mut all: Vec<Published> = Vec::new();
    for row in &table.rows {
        let name = row.cell(service);
        let Some(index) = pack.service(name) else {
            if !is_built_in {
                problems.push_once(pack.unknown_service(table.place(row, service), name));
            }
            continue;
        };
        let figure = figure(&table, row, [told, first, value]);
        let Some(figure) = problems.take(figure) else { continue };
        let area = row.cell(area);
        match all.iter_mut().find(|own| own.service == index && same_name(&own.area, area)) {
            Some(own) => own.figures.push(figure),
            None => all.push(Published {
                area: area.to_owned(),
                service: index,
                figures: vec![figure],
                file: source.name.to_string(),
            }),
        }
    }
    for own in &mut all {
        own.figures.sort_by_key(|figure| (figure.last, figure.first, figure.told));
    }
    all
}

fn figure(table: &Table, row: &Row, [told, first, value]: [usize; 3]) -> Result<Figure, Problem> {
    let place = |column| table.place(row, column);
    let name = row.cell(told);
    let known = Told::NAMES.iter().find(|(own, _)| own.eq_ignore_ascii_case(name));
    let Some((_, kind)) = known else {
        let names = Told::NAMES.iter().map(|(name, _)| *name);
        return Err(Problem::error(place(told), "unknown figure of waits").choose(name, names));
    };
    let month = |column: usize| {
        let text = row.cell(column);
        text.parse::<Month>().map_err(|error| {
            Problem::error(place(column), error.to_string()).read(text).allowed("such as 2020-04")
        })
    };
    let begins = month(first)?;
    let ends = match table.column("last").filter(|column| !row.cell(*column).is_empty()) {
        Some(column) => month(column)?,
        None => begins,
    };
    if ends < begins {
        return Err(Problem::error(place(first), "the period ends before it begins")
            .read(format!("{begins} to {ends}")));
    }
    let weeks = match table.column("weeks") {
        Some(column) => table.number(row, column)?,
        None => None,
    };
    if *kind == Told::Within && weeks.is_none_or(|weeks| weeks <= 0.0) {
        return Err(Problem::error(place(told), "a share within a limit needs its `weeks`"));
    }
    let most = if *kind == Told::Within { 1.0 } else { 1e12 };
    let number = table.number(row, value)?.filter(|number| (0.0..=most).contains(number));
    let Some(number) = number else {
        return Err(Problem::error(place(value), "is out of range")
            .read(row.cell(value))
            .allowed(if most == 1.0 { "a share from 0 to 1" } else { "0 or more" }));
    };
    Ok(Figure { told: *kind, weeks, first: begins, last: ends, value: number })
}
