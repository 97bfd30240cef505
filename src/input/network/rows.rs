//! Tables of a network, their cells by the names of the columns.

use std::ops::RangeInclusive;

use crate::diagnostics::{Place, Problem, Problems, Source};
use crate::input::table::{self, Table};
use crate::input::text::decode;

/// One row of a table.
#[derive(Clone, Copy)]
pub(super) struct Row<'a> {
    table: &'a Table,
    row: &'a table::Row,
}

/// The table in the bytes of a file; names of columns may stand twice, as in the published layout.
pub(super) fn read(name: &str, bytes: &[u8], problems: &mut Problems) -> Option<Table> {
    let Some(text) = decode(bytes) else {
        let place = Source::new(name, "").whole();
        problems.push(Problem::error(place, "is not text").allowed("a CSV file"));
        return None;
    };
    Table::parse_any_names(&Source::new(name, text), problems)
}

/// Complains about columns that are missing, unknown or twice; false if there are any.
pub(super) fn check(
    table: &Table,
    required: &[&str],
    optional: &[&str],
    problems: &mut Problems,
) -> bool {
    let errors = problems.errors();
    let known: Vec<&str> = required.iter().chain(optional).copied().collect();
    table.allow(&known, problems);
    table.check_names(problems);
    for name in required {
        table.need(name, problems);
    }
    problems.errors() == errors
}

/// The rows of a table.
pub(super) fn rows(table: &Table) -> impl Iterator<Item = Row<'_>> {
    table.rows.iter().map(move |row| Row { table, row })
}

impl<'a> Row<'a> {
    /// The cell under `column`; blank where there is none.
    pub(super) fn text(&self, column: &str) -> &'a str {
        self.table.column(column).map_or("", |index| self.cell(index))
    }

    /// The cell of column number `index`.
    pub(super) fn cell(&self, index: usize) -> &'a str {
        self.row.cell(index)
    }

    /// Where the cell under `column` is.
    pub(super) fn place(&self, column: &str) -> Place {
        self.table.source.line(self.row.line).cell(column)
    }

    /// A problem with the cell under `column`, saying what was read.
    pub(super) fn problem(&self, column: &str, message: impl Into<String>) -> Problem {
        Problem::error(self.place(column), message).read(self.text(column))
    }

    /// The number under `column`, within `range`.
    pub(super) fn number(&self, column: &str, range: RangeInclusive<f64>) -> Result<f64, Problem> {
        number(self.text(column), range).map_err(|allowed| {
            let message = if self.text(column).is_empty() {
                format!("`{column}` is blank")
            } else {
                format!("`{column}` can't be used")
            };
            self.problem(column, message).allowed(allowed)
        })
    }

    /// The whole number under `column`, at most `most`.
    pub(super) fn count(&self, column: &str, least: u32, most: u32) -> Result<u32, Problem> {
        let value = self.number(column, f64::from(least)..=f64::from(most))?;
        if value.fract() == 0.0 {
            return Ok(value as u32);
        }
        Err(self
            .problem(column, format!("`{column}` is not a whole number"))
            .allowed(format!("a whole number from {least} to {most}")))
    }
}

/// A number within `range`, with or without thousands commas; else what is allowed.
pub(super) fn number(text: &str, range: RangeInclusive<f64>) -> Result<f64, String> {
    match table::number(text) {
        Ok(Some(value)) if range.contains(&value) => Ok(value),
        _ => Err(format!("a number from {} to {}", range.start(), range.end())),
    }
}
