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

use super::table::{self, Format, Head, Rows, Table, Written};
use crate::input::goals::Goal;
use crate::month::Month;
use crate::projection::Projection;
use crate::projection::measure::Measure;
use crate::study::Study;
pub use rollup::{Whole, wholes};

/// One scenario in one area.
#[derive(Clone, Copy, Debug)]
pub struct OfCase<'a> {
    /// What was projected.
    pub study: &'a Study,
    /// What came of it.
    pub projection: &'a Projection,
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
}

/// Tables with rows for each case, which need no other case.
pub fn of_cases<'a>() -> Vec<Box<dyn Table<OfCase<'a>> + 'a>> {
    vec![
        Box::new(summary::SUMMARY),
        Box::new(services::Services),
        Box::new(course::PROJECTION),
        Box::new(course::FAMILIES),
        Box::new(waits::Waits),
        Box::new(equity::Equity),
        Box::new(checks::Checks),
        Box::new(course::PROJECTION_DETAIL),
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

/// Every table of a run as files, in the order above: names and bytes.
pub fn files(
    run: &OfRun<'_>,
    format: &dyn Format,
    on_request: bool,
) -> io::Result<Vec<(String, Vec<u8>)>> {
    let is_wanted = |head: &Head| on_request || head.written != Written::OnRequest;
    // Rows of some cases at a time: no more are held than are written together.
    let file = |head: &Head, parts: &mut dyn Iterator<Item = Vec<Rows>>| {
        let (mut bytes, mut has_rows) = (Vec::new(), false);
        let mut encoder = format.begin(head, &mut bytes)?;
        for rows in parts.flatten() {
            has_rows |= !rows.is_empty();
            encoder.rows(&rows, &mut bytes)?;
        }
        encoder.finish(&mut bytes)?;
        let name = format!("{}.{}", head.name, format.extension());
        Ok((has_rows || head.written == Written::Always).then_some((name, bytes)))
    };
    let cases = of_cases().into_par_iter().map(|table| {
        let head = table.head();
        if !is_wanted(&head) {
            return Ok(None);
        }
        let rows = |projection| table::rows(&*table, &OfCase { study: run.study, projection });
        let some = run.projections.chunks(2 * rayon::current_num_threads());
        file(&head, &mut some.map(|cases| cases.par_iter().map(rows).collect()))
    });
    let runs = of_runs().into_par_iter().map(|table| {
        let head = table.head();
        if is_wanted(&head) {
            file(&head, &mut std::iter::once(vec![table::rows(&*table, run)]))
        } else {
            Ok(None)
        }
    });
    let list: io::Result<Vec<_>> = cases.chain(runs).collect();
    Ok(list?.into_iter().flatten().collect())
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
        let rows = |projection| table::rows(table, &OfCase { study: run.study, projection });
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
