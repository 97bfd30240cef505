//! Any table as people keep it, into figures by time, area, service and measure: months down or
//! across, a column per service or a row per figure, totals and notes among the rows.

mod column_names;
mod days;
mod reader;
mod shape;
mod totals;

use std::collections::BTreeSet;

use super::count::{self, NotACount};
use super::dates::{self, DayOrder, Period, Span};
use super::table::{Row, Table};
use crate::diagnostics::{Place, Problem, Problems};
use reader::Reader;
use shape::{Shape, When};

/// What the user says of the table.
#[derive(Clone, Debug, Default)]
pub struct Wishes {
    /// In which order the numbers of a date stand.
    pub order: Option<DayOrder>,
    /// Whether weeks and longer periods may be spread over months.
    pub spread: bool,
    /// The column, or the year's and the month's, that says when.
    pub date: Vec<String>,
    /// The column that says whose.
    pub area: Option<String>,
    /// Columns of figures.
    pub value: Vec<String>,
    /// Columns and the text that rows must have there.
    pub filters: Vec<(String, String)>,
}

/// One figure of a table.
#[derive(Clone, Debug)]
pub(crate) struct Figure<'a> {
    pub(crate) period: Period,
    /// Blank where the table names none.
    pub(crate) area: &'a str,
    /// The text of its column, or the name of the column of figures.
    pub(crate) service: &'a str,
    /// Blank where the table names none.
    pub(crate) measure: &'a str,
    /// Whether it was spread from another period.
    pub(crate) derived: bool,
    pub(crate) value: Result<Option<f64>, NotACount>,
    row: usize,
    column: usize,
}

/// A table as figures.
pub(crate) struct Tidy<'a> {
    table: &'a Table,
    shape: Shape,
    pub(crate) figures: Vec<Figure<'a>>,
    /// Figures whose time can't be read, and why: whether they matter the reader of them knows.
    pub(crate) undated: Vec<(Figure<'a>, Problem)>,
    /// What was understood, in words; blank where the table is as the documentation has it.
    pub(crate) understood: String,
}

impl<'a> Tidy<'a> {
    /// Whether the table names its areas.
    pub(crate) fn has_areas(&self) -> bool {
        self.shape.area.is_some()
    }

    /// The column of areas.
    pub(crate) fn area_column(&self) -> Option<usize> {
        self.shape.area
    }

    /// Whether a row names its service; else the columns do.
    pub(crate) fn has_services(&self) -> bool {
        self.shape.service.is_some()
    }

    /// Whether the table names its measures.
    pub(crate) fn has_measures(&self) -> bool {
        self.shape.measure.is_some()
    }

    /// Where a figure stands.
    pub(crate) fn place(&self, figure: &Figure<'_>) -> Place {
        self.table.place(&self.table.rows[figure.row], figure.column)
    }

    /// The line of a figure.
    pub(crate) fn line(&self, figure: &Figure<'_>) -> usize {
        self.table.rows[figure.row].line
    }

    /// The text of a figure.
    pub(crate) fn text(&self, figure: &Figure<'_>) -> &'a str {
        self.table.rows[figure.row].cell(figure.column)
    }

    /// Where the service of a figure is named.
    pub(crate) fn service_place(&self, figure: &Figure<'_>) -> Place {
        match self.shape.service {
            Some(column) => self.table.place(&self.table.rows[figure.row], column),
            None if figure.service.is_empty() => self.table.source.line(self.table.head),
            None => self.table.source.line(self.table.head).cell(figure.service),
        }
    }
}

/// Whether the name of a column of figures is no name of a service: `referrals`.
pub(crate) fn names_no_service(name: &str) -> bool {
    name.is_empty() || column_names::is_value(name) || is_total(name)
}

/// Whether a text names a sum: `Total`, `Grand total`, `2019/20 total`, `YTD`.
fn is_total(text: &str) -> bool {
    let words: Vec<String> = text
        .to_lowercase()
        .split(|c: char| !c.is_alphanumeric() && c != '/')
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect();
    let is_word = |word: Option<&String>| word.is_some_and(|word| dates::is_total_word(word));
    words.len() <= 4 && (is_word(words.first()) || is_word(words.last()))
        || words.join(" ") == "year to date"
}

/// Reads a table that may be laid out in any way; `names_service` where the name of a column says
/// that it holds figures.
pub(crate) fn read<'a>(
    table: &'a Table,
    wishes: &Wishes,
    names_service: &dyn Fn(&str) -> bool,
    problems: &mut Problems,
) -> Option<Tidy<'a>> {
    let before = problems.errors();
    let kept = wanted(table, wishes, problems)?;
    let sums = sums(table, &kept);
    let body: Vec<&Row> =
        kept.iter().filter(|row| !sums.contains(row)).map(|row| &table.rows[*row]).collect();
    let shape = shape::shape(table, &body, (wishes, names_service), problems)?;
    let mut reader = Reader {
        table,
        wishes,
        shape,
        raw: Vec::new(),
        undated: Vec::new(),
        sums,
        blank: 0,
        times: String::new(),
    };
    match reader.shape.when.clone() {
        When::Across(names) => reader.across(&kept, names, problems)?,
        When::Down(columns) => reader.down(&kept, &columns, problems)?,
        When::Between(first, last) => reader.between(&kept, first, last, problems),
        When::Above(month) => reader.above(&kept, month, problems),
    }
    if problems.errors() > before && reader.raw.is_empty() && reader.undated.is_empty() {
        return None;
    }
    totals::compare(&reader, problems);
    let understood = reader.understood();
    let figures = reader.figures(problems);
    let Reader { shape, undated, .. } = reader;
    Some(Tidy { table, shape, figures, undated, understood })
}

/// The rows that `--where` keeps, by their places.
fn wanted(table: &Table, wishes: &Wishes, problems: &mut Problems) -> Option<Vec<usize>> {
    let mut filters = Vec::new();
    for (name, text) in &wishes.filters {
        let place = || table.source.line(table.head);
        let Some(column) = table.column(name) else {
            problems.push(
                Problem::error(place(), format!("the table has no column `{name}`"))
                    .choose(name, table.header.iter().map(String::as_str)),
            );
            return None;
        };
        let mut texts: Vec<&str> = table.rows.iter().map(|row| row.cell(column)).collect();
        texts.sort_unstable();
        texts.dedup();
        if !texts.iter().any(|own| own.eq_ignore_ascii_case(text)) {
            problems.push(
                Problem::error(place().cell(name), format!("no row has `{text}` in `{name}`"))
                    .choose(text, texts),
            );
            return None;
        }
        filters.push((column, text));
    }
    let is_kept =
        |row: &Row| filters.iter().all(|(c, text)| row.cell(*c).eq_ignore_ascii_case(text));
    Some((0..table.rows.len()).filter(|at| is_kept(&table.rows[*at])).collect())
}

/// The rows that sum others: a cell before their first number says so, in a column that says
/// something else elsewhere.
fn sums(table: &Table, kept: &[usize]) -> BTreeSet<usize> {
    let is_other = |cell: &str| !cell.is_empty() && !is_total(cell);
    let names_others: Vec<bool> = (0..table.header.len())
        .map(|column| kept.iter().any(|row| is_other(table.rows[*row].cell(column))))
        .collect();
    let is_sum = |row: &&usize| {
        let row = &table.rows[**row];
        (0..table.header.len())
            .map(|column| (column, row.cell(column)))
            .take_while(|(_, cell)| {
                let is_count = count::read(cell, table.has_semicolons).is_ok() && !cell.is_empty();
                !is_count || dates::is_time(cell)
            })
            .any(|(column, cell)| names_others[column] && is_total(cell))
    };
    kept.iter().filter(is_sum).copied().collect()
}
