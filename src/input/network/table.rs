//! A CSV file as rows of named cells that know where they stand.

use std::ops::RangeInclusive;

use crate::diagnostics::{Place, Problem, Problems, Source};
use crate::input::text::{Lines, open_quote};

/// A CSV file with its header.
#[derive(Debug)]
pub(super) struct Table {
    pub(super) source: Source,
    pub(super) columns: Vec<String>,
    rows: Vec<(usize, Vec<String>)>,
}

/// One row of a table.
#[derive(Clone, Copy)]
pub(super) struct Row<'a> {
    table: &'a Table,
    pub(super) line: usize,
    cells: &'a [String],
}

impl Table {
    /// Reads UTF-8 with or without a byte order mark, or Windows-1252. Empty lines are skipped.
    pub(super) fn read(name: &str, bytes: &[u8], problems: &mut Problems) -> Option<Self> {
        let text = match std::str::from_utf8(bytes) {
            Ok(text) => text.strip_prefix('\u{feff}').unwrap_or(text).to_owned(),
            Err(_) => encoding_rs::WINDOWS_1252.decode_without_bom_handling(bytes).0.into_owned(),
        };
        let source = Source::new(name, text);
        if let Some(problem) = open_quote(&source) {
            problems.push(problem);
            return None;
        }
        let mut lines = Lines::new(&source.text);
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .from_reader(source.text.as_bytes());
        let mut rows: Vec<(usize, Vec<String>)> = Vec::new();
        for record in reader.records() {
            let record = match record {
                Ok(record) => record,
                Err(error) => {
                    problems.push(Problem::error(source.whole(), format!("not a CSV: {error}")));
                    return None;
                }
            };
            let line = lines.of(record.position());
            let cells: Vec<String> = record.iter().map(|cell| cell.trim().to_owned()).collect();
            if cells.iter().any(|cell| !cell.is_empty()) {
                rows.push((line, cells));
            }
        }
        if rows.is_empty() {
            problems.push(
                Problem::error(source.whole(), "the file is empty")
                    .allowed("a header and a row for each service, route or period"),
            );
            return None;
        }
        let (_, columns) = rows.remove(0);
        for (line, cells) in &rows {
            if cells.iter().skip(columns.len()).any(|cell| !cell.is_empty()) {
                let message = "the row has more cells than the header";
                problems.push(
                    Problem::error(source.line(*line), message)
                        .read(format!("{} cells", cells.len()))
                        .allowed(format!("{} cells", columns.len())),
                );
            }
        }
        Some(Self { source, columns, rows })
    }

    /// Complains about columns that are missing or unknown; false if there are any.
    pub(super) fn check(
        &self,
        required: &[&str],
        optional: &[&str],
        problems: &mut Problems,
    ) -> bool {
        let errors = problems.errors();
        let known = || required.iter().chain(optional).copied();
        let mut meant = Vec::new();
        for (index, name) in self.columns.iter().enumerate() {
            let place = || self.source.line(1).cell(name);
            if !known().any(|known| known == name) {
                let problem = Problem::error(place(), format!("unknown column `{name}`"))
                    .choose(name, known());
                meant.extend(problem.suggestion.clone());
                problems.push(problem);
            } else if self.columns[..index].contains(name) {
                problems.push(
                    Problem::error(place(), format!("a second column `{name}`"))
                        .read(self.columns.join(", "))
                        .allowed("each column once"),
                );
            }
        }
        let is_missing = |name: &str| self.index(name).is_none() && meant.iter().all(|m| m != name);
        for name in required.iter().filter(|name| is_missing(name)) {
            let message = format!("the column `{name}` is missing");
            problems
                .push(Problem::error(self.source.line(1), message).read(self.columns.join(", ")));
        }
        problems.errors() == errors
    }

    fn index(&self, column: &str) -> Option<usize> {
        self.columns.iter().position(|name| name == column)
    }

    pub(super) fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        self.rows.iter().map(|(line, cells)| Row { table: self, line: *line, cells })
    }
}

impl<'a> Row<'a> {
    /// The cell under `column`; blank where there is none.
    pub(super) fn text(&self, column: &str) -> &'a str {
        self.table.index(column).map_or("", |index| self.cell(index))
    }

    /// The cell of column number `index`.
    pub(super) fn cell(&self, index: usize) -> &'a str {
        self.cells.get(index).map_or("", String::as_str)
    }

    pub(super) fn place(&self, column: &str) -> Place {
        self.table.source.line(self.line).cell(column)
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
        Err(self.problem(column, format!("`{column}` is not a whole number")))
    }
}

/// A finite number within `range`, with or without thousands commas; else what is allowed.
pub(super) fn number(text: &str, range: RangeInclusive<f64>) -> Result<f64, String> {
    let allowed = || format!("a number from {} to {}", range.start(), range.end());
    let value: f64 = text.trim().replace(',', "").parse().map_err(|_| allowed())?;
    if range.contains(&value) { Ok(value) } else { Err(allowed()) }
}
