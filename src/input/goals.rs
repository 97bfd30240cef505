//! Goals files: what a measure of a service is to be in a month, at least or at most.
//!
//! `service,measure,month` and `at_least` or `at_most`; optionally `area`, `goal` (its name) and
//! `agreed_with`.

use super::baseline::month_cell;
use super::document::{bounds_text, share_of_percent};
use super::table::Table;
use crate::diagnostics::{Place, Problem, Problems, Source, nearest};
use crate::month::Month;
use crate::study::Study;
use crate::study::pack::{Counted, same_name};
use crate::study::scenario::Scenario;

const COLUMNS: [&str; 8] =
    ["goal", "area", "service", "measure", "month", "at_least", "at_most", "agreed_with"];

/// A goal, under its header.
const EXAMPLE: &str = "service,measure,month,at_least: iapt,within_standard,2024-03,0.75";

/// The columns of which a goal needs one.
const SIDES: [&str; 2] = ["at_least", "at_most"];

/// An ambition that a projection is held against; `M` is a measure.
#[derive(Clone, PartialEq, Debug)]
pub struct Goal<M> {
    /// Its name for people.
    pub label: String,
    /// The area, by index in the study; none is every area.
    pub area: Option<usize>,
    /// The service or family.
    pub service: Counted,
    /// What is to be reached.
    pub measure: M,
    /// When.
    pub month: Month,
    /// How much.
    pub bound: Bound,
    /// Who agreed to it.
    pub agreed_with: String,
    /// Where it stands.
    pub place: Place,
}

/// Which side of a value is good.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Bound {
    /// As much or more.
    AtLeast(f64),
    /// As much or less.
    AtMost(f64),
}

/// Reads a goals file; measures are chosen among `measures`.
pub fn read_goals<M: Copy>(
    source: &Source,
    study: &Study,
    measures: &[(&str, M)],
    problems: &mut Problems,
) -> Vec<Goal<M>> {
    let Some(table) = Table::parse(source, problems) else { return Vec::new() };
    table.allow(&COLUMNS, problems);
    let needed = ["service", "measure", "month"].map(|name| table.need(name, problems));
    let has_side = has_side(&table, problems);
    let (true, [Some(service), Some(measure), Some(month)]) = (has_side, needed) else {
        return Vec::new();
    };
    if table.rows.is_empty() {
        problems.push(Problem::error(source.whole(), "holds no goal").suggest(EXAMPLE));
    }
    let mut list = Vec::new();
    for row in &table.rows {
        let text = |name: &str| table.column(name).map_or("", |column| row.cell(column));
        let of_service = study.pack.counted(row.cell(service));
        if of_service.is_none() {
            problems.push(study.pack.unknown_service(table.place(row, service), row.cell(service)));
        }
        let of_measure = measures.iter().find(|(name, _)| *name == row.cell(measure));
        if of_measure.is_none() {
            problems.push(
                Problem::error(table.place(row, measure), "unknown measure")
                    .choose(row.cell(measure), measures.iter().map(|(name, _)| *name)),
            );
        }
        let area = text("area");
        let of_area = study.areas.iter().position(|known| same_name(&known.id, area));
        if of_area.is_none() && !area.is_empty() {
            let column = table.column("area").unwrap_or(service);
            problems.push(
                Problem::error(table.place(row, column), "not an area of this run")
                    .choose(area, study.areas.iter().map(|area| area.id.as_str())),
            );
        }
        let at = month_cell(&table, row, month, problems);
        if let Some(at) = at {
            warn_of_outside(at, table.place(row, month), study, problems);
        }
        let bound = bound(&table, row, service, problems);
        let (Some(service), Some((name, of_measure))) = (of_service, of_measure) else { continue };
        let (Some(month), Some(bound)) = (at, bound) else { continue };
        let label = match text("goal") {
            "" => format!("{} {name}", study.pack.id_of(service)),
            label => label.to_owned(),
        };
        list.push(Goal {
            label,
            area: of_area,
            service,
            measure: *of_measure,
            month,
            bound,
            agreed_with: text("agreed_with").to_owned(),
            place: table.place(row, measure),
        });
    }
    list
}

/// Whether a column says which side of a value is good; where a slip hides it, that is told already.
fn has_side(table: &Table, problems: &mut Problems) -> bool {
    let found = SIDES.iter().any(|side| table.column(side).is_some());
    if !found && !table.header.iter().any(|name| nearest(name, SIDES).is_some()) {
        problems.push(
            Problem::error(table.source.line(1), "neither `at_least` nor `at_most` is a column")
                .read(table.header.join(", "))
                .suggest("service,measure,month,at_least"),
        );
    }
    found
}

/// Warns of a month that no scenario projects.
fn warn_of_outside(month: Month, place: Place, study: &Study, problems: &mut Problems) {
    let is_projected = |scenario: &Scenario| (scenario.start..=scenario.last()).contains(&month);
    if study.scenarios.iter().any(is_projected) {
        return;
    }
    let first = study.scenarios.iter().map(|scenario| scenario.start).min();
    let last = study.scenarios.iter().map(Scenario::last).max();
    let Some((first, last)) = first.zip(last) else { return };
    problems.push(
        Problem::warning(
            place,
            "no scenario projects this month: nothing is held against the goal",
        )
        .read(month.to_string())
        .allowed(format!("{first} to {last}"))
        .suggest("a month among these, or a scenario with more months"),
    );
}

/// One of the two sides.
fn bound(
    table: &Table,
    row: &super::table::Row,
    place: usize,
    problems: &mut Problems,
) -> Option<Bound> {
    // A side whose column is misspelt was told, and is no side that is missing.
    if ["at_least", "at_most"].iter().all(|name| table.column(name).is_none()) {
        return None;
    }
    let is_share = table.column("measure").is_some_and(|c| row.cell(c).starts_with("within_"));
    let most = if is_share { 1.0 } else { f64::INFINITY };
    let mut side = |name: &str| -> Option<Option<f64>> {
        let Some(column) = table.column(name) else { return Some(None) };
        let value = problems.take(table.number(row, column))?;
        if let Some(value) = value.filter(|value| !(0.0..=most).contains(value)) {
            let problem = Problem::error(table.place(row, column), "no goal can lie there")
                .read(value.to_string())
                .allowed(bounds_text(0.0, most));
            problems.push(match share_of_percent(value, most) {
                Some(share) => problem.suggest(format!("{share}, if {value} is a percentage")),
                None => problem,
            });
            return None;
        }
        Some(value)
    };
    let (at_least, at_most) = (side("at_least"), side("at_most"));
    let sides = (at_least?, at_most?);
    match sides {
        (Some(value), None) => Some(Bound::AtLeast(value)),
        (None, Some(value)) => Some(Bound::AtMost(value)),
        (least, most) => {
            let read = if least.or(most).is_some() { "both" } else { "neither" };
            problems.push(
                Problem::error(
                    table.place(row, place),
                    "a goal is `at_least` or `at_most` a value",
                )
                .read(read)
                .suggest(EXAMPLE),
            );
            None
        }
    }
}
