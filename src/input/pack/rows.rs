//! The rows of a pack's tables as written.

use crate::diagnostics::{Place, Problem, Problems};
use crate::input::table::{Row, Table};
use crate::month::Month;
use crate::study::pack::{GroupKind, Unit};

/// A row of a table of names, with its place.
#[derive(Clone, Debug)]
pub(super) struct Named<T> {
    pub(super) id: String,
    pub(super) label: String,
    pub(super) rest: T,
    pub(super) place: Place,
}

#[derive(Clone, Debug)]
pub(super) struct ServiceRow {
    pub(super) family: String,
    pub(super) unit: Unit,
    pub(super) aliases: Vec<String>,
    pub(super) members: Vec<String>,
}

#[derive(Clone, Debug)]
pub(super) struct FamilyRow {
    pub(super) aliases: Vec<String>,
    /// Whether it is one of the few that are reported first.
    pub(super) headline: bool,
}

#[derive(Clone, Debug)]
pub(super) struct GroupRow {
    pub(super) kind: GroupKind,
    pub(super) curve: Option<String>,
    pub(super) ages: Option<(u32, u32)>,
}

#[derive(Clone, Debug)]
pub(super) struct RouteRow {
    pub(super) group: String,
    pub(super) condition: String,
    pub(super) service: String,
    pub(super) weight: f64,
    pub(super) place: Place,
}

#[derive(Clone, Debug)]
pub(super) struct DemandRow {
    pub(super) month: Month,
    pub(super) service: String,
    pub(super) underlying: Option<f64>,
    pub(super) returning: Option<f64>,
    pub(super) place: Place,
}

/// A table of names and nothing else.
pub(super) fn names_alone(
    table: &Table,
    id: &'static str,
    problems: &mut Problems,
) -> Vec<Named<()>> {
    table.allow(&[id, "label"], problems);
    names(table, id, problems)
}

fn names(table: &Table, id: &'static str, problems: &mut Problems) -> Vec<Named<()>> {
    let Some(column) = table.need(id, problems) else { return Vec::new() };
    let label = table.column("label");
    let mut list: Vec<Named<()>> = Vec::new();
    for row in &table.rows {
        let name = row.cell(column);
        let place = table.place(row, column);
        if name.is_empty() || name == "*" {
            problems.push(
                Problem::error(place, format!("a {id} needs a name"))
                    .read(name)
                    .allowed("a short name such as iapt; `*` stands for all"),
            );
            continue;
        }
        problems.take(crate::input::names::check(id, name, || place.clone()));
        if list.iter().any(|named| named.id == name) {
            let message = format!("{id} `{name}` stands twice");
            problems.push(
                Problem::error(place, message)
                    .allowed("each name once in a pack")
                    .suggest("take one of the rows out, or give it a name of its own"),
            );
            continue;
        }
        if let Some(column) = label {
            let place = || table.place(row, column);
            problems.take(crate::input::names::length(id, row.cell(column), place));
        }
        let label = label.map(|label| row.cell(label)).filter(|label| !label.is_empty());
        list.push(Named {
            id: name.to_owned(),
            label: label.unwrap_or(name).to_owned(),
            rest: (),
            place,
        });
    }
    list
}

/// The rows whose names [`names`] kept, with their rest read by `read`.
fn rows<T>(
    table: &Table,
    id: &'static str,
    problems: &mut Problems,
    mut read: impl FnMut(&Row, &mut Problems) -> Option<T>,
) -> Vec<Named<T>> {
    let named = names(table, id, problems);
    let Some(column) = table.column(id) else { return Vec::new() };
    named
        .into_iter()
        .filter_map(|name| {
            let row = table.rows.iter().find(|row| row.cell(column) == name.id)?;
            let rest = read(row, problems)?;
            Some(Named { id: name.id, label: name.label, rest, place: name.place })
        })
        .collect()
}

fn choice<T: Copy>(
    table: &Table,
    row: &Row,
    column: usize,
    names: &[(&str, T)],
    problems: &mut Problems,
) -> Option<T> {
    let cell = row.cell(column);
    let found = names.iter().find(|(name, _)| name.eq_ignore_ascii_case(cell));
    if found.is_none() {
        let what = &table.header[column];
        problems.push(
            Problem::error(table.place(row, column), format!("unknown {what} `{cell}`"))
                .choose(cell, names.iter().map(|(name, _)| *name)),
        );
    }
    found.map(|(_, value)| *value)
}

/// The columns a table must have besides its names; where they are, all others must be known too.
fn needed<const N: usize>(
    table: &Table,
    columns: &[&str],
    needed: [&str; N],
    problems: &mut Problems,
) -> Option<[usize; N]> {
    if !table.is_headed(columns, problems) {
        return None;
    }
    let found = needed.map(|name| table.need(name, problems));
    let is_whole = found.iter().all(Option::is_some);
    is_whole.then(|| table.allow(columns, problems))?;
    Some(found.map(Option::unwrap_or_default))
}

pub(super) fn drivers(table: &Table, problems: &mut Problems) -> Vec<Named<String>> {
    let columns = ["driver", "label", "track"];
    let Some([track]) = needed(table, &columns, ["track"], problems) else { return Vec::new() };
    rows(table, "driver", problems, |row, _| Some(row.cell(track).to_owned()))
}

pub(super) fn groups(table: &Table, problems: &mut Problems) -> Vec<Named<GroupRow>> {
    const KINDS: [(&str, GroupKind); 2] =
        [("event", GroupKind::Event), ("population", GroupKind::Population)];
    let columns = ["group", "label", "kind", "curve", "ages"];
    let Some([kind]) = needed(table, &columns, ["kind"], problems) else { return Vec::new() };
    let (curve, ages) = (table.column("curve"), table.column("ages"));
    rows(table, "group", problems, |row, problems| {
        Some(GroupRow {
            kind: choice(table, row, kind, &KINDS, problems)?,
            curve: curve.map(|c| row.cell(c).to_owned()).filter(|name| !name.is_empty()),
            ages: ages.and_then(|column| age_range(table, row, column, problems)),
        })
    })
}

/// `0-17` or `65+`; nothing is all ages.
fn age_range(
    table: &Table,
    row: &Row,
    column: usize,
    problems: &mut Problems,
) -> Option<(u32, u32)> {
    const OLDEST: u32 = 99;
    let cell = row.cell(column);
    if cell.is_empty() {
        return None;
    }
    let year = |text: &str| text.trim().parse::<u32>().ok();
    let range = match cell.strip_suffix('+') {
        Some(from) => year(from).map(|from| (from, OLDEST)),
        None => cell.split_once('-').and_then(|(from, to)| year(from).zip(year(to))),
    };
    let range = range.filter(|(from, to)| from <= to && *to <= OLDEST);
    if range.is_none() {
        problems.push(
            Problem::error(table.place(row, column), "no range of ages")
                .read(cell)
                .allowed("such as 0-17 or 65+, or nothing for all ages"),
        );
    }
    range
}

pub(super) fn families(table: &Table, problems: &mut Problems) -> Vec<Named<FamilyRow>> {
    const ANSWERS: [(&str, bool); 3] = [("", false), ("no", false), ("yes", true)];
    table.allow(&["family", "label", "aliases", "headline"], problems);
    let headline = table.column("headline");
    rows(table, "family", problems, |row, problems| {
        let is_headline =
            headline.map_or(Some(false), |column| choice(table, row, column, &ANSWERS, problems));
        Some(FamilyRow { aliases: several(table, row, "aliases"), headline: is_headline? })
    })
}

/// Several names in a cell, apart by semicolons.
fn several(table: &Table, row: &Row, name: &str) -> Vec<String> {
    let cell = table.column(name).map_or("", |column| row.cell(column));
    let parts = cell.split(';').map(str::trim).filter(|part| !part.is_empty());
    parts.map(str::to_owned).collect()
}

pub(super) fn services(table: &Table, problems: &mut Problems) -> Vec<Named<ServiceRow>> {
    let columns = ["service", "label", "family", "unit", "aliases", "members"];
    let Some([family, unit]) = needed(table, &columns, ["family", "unit"], problems) else {
        return Vec::new();
    };
    let list = |row: &Row, name| several(table, row, name);
    rows(table, "service", problems, |row, problems| {
        Some(ServiceRow {
            family: row.cell(family).to_owned(),
            unit: choice(table, row, unit, &Unit::NAMES, problems)?,
            aliases: list(row, "aliases"),
            members: list(row, "members"),
        })
    })
}

pub(super) fn exposures(table: &Table, problems: &mut Problems) -> Vec<(String, String, Place)> {
    table.allow(&["driver", "group"], problems);
    let (driver, group) = (table.need("driver", problems), table.need("group", problems));
    let (Some(driver), Some(group)) = (driver, group) else { return Vec::new() };
    let mut list: Vec<(String, String, Place)> = Vec::new();
    for row in &table.rows {
        let (driver_id, group_id) = (row.cell(driver), row.cell(group));
        let place = table.place(row, driver);
        match list.iter().find(|(d, g, _)| d == driver_id && g == group_id) {
            Some((.., first)) => problems.push(
                Problem::error(place, "the exposure stands twice")
                    .read(format!("also at {}", first.text())),
            ),
            None => list.push((driver_id.to_owned(), group_id.to_owned(), place)),
        }
    }
    list
}

pub(super) fn routes(table: &Table, problems: &mut Problems) -> Vec<RouteRow> {
    table.allow(&["group", "condition", "service", "weight"], problems);
    let mut need = |name| table.need(name, problems);
    let columns = (need("group"), need("condition"), need("service"), need("weight"));
    let (Some(group), Some(condition), Some(service), Some(weight)) = columns else {
        return Vec::new();
    };
    let mut list: Vec<RouteRow> = Vec::new();
    for row in &table.rows {
        let place = table.place(row, weight);
        let Some(number) = problems.take(table.number(row, weight)) else { continue };
        let number = match number {
            Some(number) if number >= 0.0 => number,
            _ => {
                problems
                    .push(Problem::error(place, "a weight is 0 or more").read(row.cell(weight)));
                continue;
            }
        };
        let new = RouteRow {
            group: row.cell(group).to_owned(),
            condition: row.cell(condition).to_owned(),
            service: row.cell(service).to_owned(),
            weight: number,
            place,
        };
        let same = |r: &&RouteRow| {
            r.group == new.group && r.condition == new.condition && r.service == new.service
        };
        if let Some(first) = list.iter().find(same) {
            problems.push(
                Problem::error(new.place, "the route stands twice")
                    .read(format!("also at {}", first.place.text())),
            );
        } else {
            list.push(new);
        }
    }
    list
}

pub(super) fn curves(table: &Table, problems: &mut Problems) -> Vec<(String, Vec<f64>, Place)> {
    let month = table.column("month");
    let columns =
        (0..table.header.len()).filter(|c| Some(*c) != month && !table.header[*c].is_empty());
    let mut list = Vec::new();
    for column in columns {
        let mut values = Vec::new();
        for row in &table.rows {
            match problems.take(table.number(row, column)) {
                Some(Some(value)) if value >= 0.0 => values.push(value),
                Some(_) => problems.push(
                    Problem::error(table.place(row, column), "a share of a curve is 0 or more")
                        .read(row.cell(column)),
                ),
                None => {}
            }
        }
        let name = table.header[column].clone();
        let place = table.source.line(1).cell(name.as_str());
        let sum: f64 = values.iter().sum();
        if (sum - 1.0).abs() > 1e-8 {
            problems.push(
                Problem::error(place.clone(), format!("the curve `{name}` does not sum to 1"))
                    .read(sum.to_string())
                    .allowed("1, within 0.00000001"),
            );
        }
        list.push((name, values, place));
    }
    list
}

pub(super) fn demand(table: &Table, problems: &mut Problems) -> Vec<DemandRow> {
    table.allow(&["month", "service", "underlying", "returning"], problems);
    let mut need = |name| table.need(name, problems);
    let columns = (need("month"), need("service"), need("underlying"), need("returning"));
    let (Some(month), Some(service), Some(underlying), Some(returning)) = columns else {
        return Vec::new();
    };
    let mut list = Vec::new();
    for row in &table.rows {
        let at = crate::input::baseline::month_cell(table, row, month, problems);
        let count = |column, problems: &mut Problems| {
            let number = problems.take(table.number(row, column)).flatten();
            if number.is_some_and(|n| n < 0.0) {
                problems.push(
                    Problem::error(table.place(row, column), "a count can't be negative")
                        .read(row.cell(column)),
                );
            }
            number
        };
        let (underlying, returning) = (count(underlying, problems), count(returning, problems));
        let Some(month) = at else { continue };
        list.push(DemandRow {
            month,
            service: row.cell(service).to_owned(),
            underlying,
            returning,
            place: table.place(row, service),
        });
    }
    list
}
