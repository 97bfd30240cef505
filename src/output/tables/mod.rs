//! The tables of a run, one file each. A new one is a file here and a line in [`of_cases`],
//! [`of_areas`] or [`of_runs`].

mod checks;
mod comparison;
mod course;
mod equity;
mod goals;
mod need;
mod observed;
mod pathways;
mod rollup;
mod services;
mod summary;
mod waits;
mod written;

use serde::Serialize;

use super::disclosure::Control;
use super::goals::Answers;
use super::table::{self, Head, Rows, Table};
use crate::evaluate::comparison::Difference;
use crate::month::Month;
use crate::projection::Projection;
use crate::projection::quantiles::Stats;
use crate::study::Study;
pub use rollup::{Sums, Whole, wholes};
pub use written::{Made, Writer};

/// One scenario in one area.
#[derive(Clone, Copy, Debug)]
pub struct OfCase<'a> {
    /// What was projected.
    pub study: &'a Study,
    /// What came of it.
    pub projection: &'a Projection,
    /// What may be told of it; none tells all.
    pub control: Option<&'a Control>,
}

impl<'a> OfCase<'a> {
    fn scenario(&self) -> &'a str {
        &self.study.scenarios[self.projection.scenario].id
    }

    fn area(&self) -> &'a str {
        &self.study.areas[self.projection.area].id
    }

    fn start(&self) -> Month {
        self.study.scenarios[self.projection.scenario].start
    }
}

/// The scenarios of an area beside each other.
#[derive(Clone, Copy, Debug)]
pub struct OfArea<'a> {
    /// What was projected.
    pub study: &'a Study,
    /// Each scenario against the first.
    pub differences: &'a [Difference],
    /// What may be told of it; none tells all.
    pub control: Option<&'a Control>,
}

/// What a run found of all its cases together.
#[derive(Clone, Copy, Debug)]
pub struct OfRun<'a> {
    /// What was projected.
    pub study: &'a Study,
    /// Areas added up.
    pub sums: &'a Sums,
    /// Goals beside results.
    pub answers: &'a Answers<'a>,
    /// What may be told of it; none tells all.
    pub control: Option<&'a Control>,
}

/// A statistic that is made only for a table, as it may be told.
fn told(
    control: Option<&Control>,
    of: (usize, Option<usize>),
    measure: &str,
    stats: Stats,
) -> Stats {
    control.map_or(stats, |control| control.told(of, measure, stats))
}

/// A table with rows for each case.
pub type CaseTable = Box<dyn for<'a> Table<OfCase<'a>>>;

/// Tables with rows for each case, which need no other case.
pub fn of_cases() -> Vec<CaseTable> {
    vec![
        Box::new(summary::SUMMARY),
        Box::new(services::Services),
        Box::new(course::PROJECTION),
        Box::new(course::FAMILIES),
        Box::new(waits::WAITS),
        Box::new(equity::Equity),
        Box::new(checks::Checks),
        Box::new(course::PROJECTION_DETAIL),
        Box::new(course::FAMILIES_DETAIL),
        Box::new(waits::WAITS_DETAIL),
        Box::new(need::Need),
        Box::new(pathways::Pathways),
    ]
}

/// Tables that a sweep may write: those of cases, and their answers with means.
pub fn of_sweeps() -> Vec<CaseTable> {
    let mut list = of_cases();
    list.insert(0, Box::new(summary::TOTALS));
    list
}

/// Tables that put the scenarios of an area beside each other.
pub fn of_areas() -> Vec<Box<dyn for<'a> Table<OfArea<'a>>>> {
    vec![Box::new(comparison::Comparison)]
}

/// Tables of all cases together, or of none.
pub fn of_runs() -> Vec<Box<dyn for<'a> Table<OfRun<'a>>>> {
    vec![Box::new(rollup::Rollup), Box::new(goals::Goals), Box::new(observed::Observed)]
}

/// Every table of a run, in the order of its files.
pub fn heads() -> Vec<Head> {
    let cases = of_cases().into_iter().map(|table| table.head());
    let areas = of_areas().into_iter().map(|table| table.head());
    let runs = of_runs().into_iter().map(|table| table.head());
    cases.chain(areas).chain(runs).collect()
}

/// What a run found, short enough to be read at once, gathered case by case.
#[derive(Debug, Default, Serialize)]
pub struct Digest {
    services: Vec<Rows>,
    summary: Vec<Rows>,
    checks: Vec<Rows>,
    comparison: Option<Rows>,
    rollup: Option<Rows>,
    goals: Option<Rows>,
}

impl Digest {
    /// Adds a case.
    pub fn add(&mut self, of: &OfCase<'_>) {
        self.services.push(table::rows(&services::Services, of));
        self.summary.push(table::rows(&summary::SUMMARY, of));
        self.checks.push(table::rows(&checks::Checks, of));
    }

    /// Adds what all cases come to.
    pub fn end(&mut self, differences: &[Difference], run: &OfRun<'_>) {
        let OfRun { study, control, .. } = *run;
        let areas = OfArea { study, differences, control };
        self.comparison = Some(table::rows(&comparison::Comparison, &areas));
        self.rollup = Some(table::rows(&rollup::Rollup, run));
        self.goals = Some(table::rows(&goals::Goals, run));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::table::columns;

    /// docs/formats.md says what every table and column is, in the words of the table itself.
    #[test]
    fn every_column_is_documented() {
        let text = include_str!("../../../docs/formats.md");
        let heads = heads();
        let sections: Vec<String> = std::iter::once(table::rows_of(columns::SHARED.iter()))
            .chain(heads.iter().map(table::documented))
            .filter(|section| !text.contains(section))
            .collect();
        assert!(sections.is_empty(), "docs/formats.md should have:\n{}", sections.join("\n"));
    }
}
