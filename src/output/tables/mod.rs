//! The tables of a run, one file each. A new one is a file here and a line in [`of_cases`] or
//! [`of_runs`].

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

use std::io;

use rayon::prelude::*;
use serde::Serialize;

use super::disclosure::Control;
use super::table::{self, Format, Head, Rows, Table, Written};
use crate::input::goals::Goal;
use crate::month::Month;
use crate::projection::Projection;
use crate::projection::measure::Measure;
use crate::projection::quantiles::Stats;
use crate::study::Study;
pub use rollup::{Whole, wholes};

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

/// Everything a run found.
#[derive(Clone, Copy, Debug)]
pub struct OfRun<'a> {
    /// What was projected.
    pub study: &'a Study,
    /// What came of it: every scenario in every area.
    pub projections: &'a [Projection],
    /// Goals that results are held against.
    pub goals: &'a [Goal<Measure>],
    /// What may be told of it; none tells all.
    pub control: Option<&'a Control>,
}

impl<'a> OfRun<'a> {
    /// A statistic that is made only for a table, as it may be told.
    fn told(&self, of: (usize, Option<usize>), measure: &str, stats: Stats) -> Stats {
        self.control.map_or(stats, |control| control.told(of, measure, stats))
    }

    fn case(&self, projection: &'a Projection) -> OfCase<'a> {
        OfCase { study: self.study, projection, control: self.control }
    }
}

/// Tables with rows for each case, which need no other case.
pub fn of_cases<'a>() -> Vec<Box<dyn Table<OfCase<'a>> + 'a>> {
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
pub fn of_sweeps<'a>() -> Vec<Box<dyn Table<OfCase<'a>> + 'a>> {
    let mut list = of_cases();
    list.insert(0, Box::new(summary::TOTALS));
    list
}

/// Tables that put cases beside each other, or need none.
pub fn of_runs<'a>() -> Vec<Box<dyn Table<OfRun<'a>> + 'a>> {
    vec![
        Box::new(comparison::Comparison),
        Box::new(rollup::Rollup),
        Box::new(goals::Goals),
        Box::new(observed::Observed),
    ]
}

/// Every table of a run, in the order above, and what `then` makes of its rows; those that are
/// not wanted are left out.
fn each<R: Send>(
    run: &OfRun<'_>,
    on_request: bool,
    then: impl Fn(Head, Vec<Rows>) -> R + Sync,
) -> Vec<R> {
    let is_wanted = |head: &Head| on_request || head.written != Written::OnRequest;
    let cases = of_cases().into_par_iter().filter_map(|table| {
        let head = Some(table.head()).filter(is_wanted)?;
        let rows = |projection| table::rows(&*table, &run.case(projection));
        Some(then(head, run.projections.par_iter().map(rows).collect()))
    });
    let runs = of_runs().into_par_iter().filter_map(|table| {
        let head = Some(table.head()).filter(is_wanted)?;
        Some(then(head, vec![table::rows(&*table, run)]))
    });
    cases.chain(runs).collect()
}

/// A table as a file.
#[derive(Debug)]
pub struct Made {
    /// What it is.
    pub head: Head,
    /// Its name.
    pub name: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// How many cells are hidden, and how many say that they are small.
    pub withheld: [usize; 2],
}

/// Every table of a run as files.
pub fn files(run: &OfRun<'_>, format: &dyn Format, on_request: bool) -> io::Result<Vec<Made>> {
    let made = each(run, on_request, |head, parts| {
        let mut bytes = Vec::new();
        let mut encoder = format.begin(&head, &mut bytes)?;
        let mut withheld = [0; 2];
        for rows in &parts {
            encoder.rows(rows, &mut bytes)?;
            let own = rows.withheld();
            withheld = [withheld[0] + own[0], withheld[1] + own[1]];
        }
        encoder.finish(&mut bytes)?;
        let is_written = head.written == Written::Always || parts.iter().any(|own| !own.is_empty());
        let name = format!("{}.{}", head.name, format.extension());
        Ok(is_written.then_some(Made { head, name, bytes, withheld }))
    });
    let list: io::Result<Vec<_>> = made.into_iter().collect();
    Ok(list?.into_iter().flatten().collect())
}

/// Every table of a run, for a format that takes them together.
pub fn all(run: &OfRun<'_>, on_request: bool) -> Vec<(Head, Vec<Rows>)> {
    each(run, on_request, |head, parts| (head, parts))
}

/// What a run found, short enough to be read at once.
#[derive(Debug, Serialize)]
pub struct Digest {
    services: Vec<Rows>,
    summary: Vec<Rows>,
    checks: Vec<Rows>,
    comparison: Rows,
    rollup: Rows,
    goals: Rows,
}

/// The digest of a run.
pub fn digest(run: &OfRun<'_>) -> Digest {
    fn each<'a>(run: &OfRun<'a>, table: &dyn Table<OfCase<'a>>) -> Vec<Rows> {
        let rows = |projection| table::rows(table, &run.case(projection));
        run.projections.iter().map(rows).collect()
    }
    Digest {
        services: each(run, &services::Services),
        summary: each(run, &summary::SUMMARY),
        checks: each(run, &checks::Checks),
        comparison: table::rows(&comparison::Comparison, run),
        rollup: table::rows(&rollup::Rollup, run),
        goals: table::rows(&goals::Goals, run),
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
        let mut heads: Vec<Head> = of_cases().iter().map(|table| table.head()).collect();
        heads.extend(of_runs().iter().map(|table| table.head()));
        let sections: Vec<String> = std::iter::once(table::rows_of(columns::SHARED.iter()))
            .chain(heads.iter().map(table::documented))
            .filter(|section| !text.contains(section))
            .collect();
        assert!(sections.is_empty(), "docs/formats.md should have:\n{}", sections.join("\n"));
    }
}
