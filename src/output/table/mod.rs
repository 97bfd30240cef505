//! What a table of results is: a type that says its columns and gives its rows.
//!
//! A table is written in any [`Format`]; a format knows no table. Rows come case by case (one
//! scenario in one area), so that those of one case can be written and dropped before the next is
//! projected. Numbers have six significant figures, more than any of them means.

pub mod columns;
pub mod csv;
pub mod csv_gz;
pub mod json;
pub mod number;
#[cfg(feature = "parquet")]
pub mod parquet;
pub mod part;
pub mod workbook;

use std::io;

use serde::Serialize;

use super::disclosure::Withheld;
use crate::month::Month;
use crate::projection::quantiles::Stats;

/// What the cells of a column hold.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Words for people, or the name of a measure or a period.
    Text,
    /// A code or a name that other tables use for the same thing; never a number, even if it
    /// looks like one.
    Identifier,
    /// The first day of a month.
    Date,
    /// A number of six significant figures.
    Number,
    /// A whole number.
    Integer,
}

/// What a cell that holds nothing says.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
pub enum Blank {
    /// Nothing applies there.
    NotApplicable,
    /// There is something, and nobody knows it.
    NotAvailable,
}

/// A column of a table.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
pub struct Column {
    /// Its name in the header.
    pub name: &'static str,
    /// What its cells hold.
    pub kind: Kind,
    /// What they mean, in a line.
    pub about: &'static str,
    /// What a cell without anything says.
    pub blank: Blank,
}

impl Column {
    const fn new(name: &'static str, kind: Kind, about: &'static str) -> Self {
        Self { name, kind, about, blank: Blank::NotApplicable }
    }

    /// The same, of which a blank cell is not known.
    #[must_use]
    pub const fn or_unknown(self) -> Self {
        Self { blank: Blank::NotAvailable, ..self }
    }

    /// A column of words.
    pub const fn text(name: &'static str, about: &'static str) -> Self {
        Self::new(name, Kind::Text, about)
    }

    /// A column of codes.
    pub const fn id(name: &'static str, about: &'static str) -> Self {
        Self::new(name, Kind::Identifier, about)
    }

    /// A column of months.
    pub const fn date(name: &'static str, about: &'static str) -> Self {
        Self::new(name, Kind::Date, about)
    }

    /// A column of numbers.
    pub const fn number(name: &'static str, about: &'static str) -> Self {
        Self::new(name, Kind::Number, about)
    }

    /// A column of whole numbers.
    pub const fn integer(name: &'static str, about: &'static str) -> Self {
        Self::new(name, Kind::Integer, about)
    }
}

/// When a table is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Written {
    /// Always, with a header alone where it has no rows.
    Always,
    /// Where it has rows.
    WithRows,
    /// On request (`--detail`).
    OnRequest,
}

/// What a table is, without its rows.
#[derive(Clone, Debug)]
pub struct Head {
    /// The name of its file, without an ending.
    pub name: &'static str,
    /// What it says, in a line.
    pub about: &'static str,
    /// When it is written.
    pub written: Written,
    /// Its columns.
    pub columns: Vec<Column>,
}

/// A table of results made from `Of`: one case of a run, or all that a command found.
pub trait Table<Of: ?Sized>: Send + Sync {
    /// What it is.
    fn head(&self) -> Head;
    /// Its rows.
    fn rows(&self, of: &Of, rows: &mut Rows);
}

/// The rows of a table of which everything is at hand.
pub fn rows<Of: ?Sized>(table: &dyn Table<Of>, of: &Of) -> Rows {
    let mut rows = Rows::new(&table.head().columns);
    table.rows(of, &mut rows);
    rows
}

/// A table of which everything is at hand as a file: its name and bytes.
pub fn file<Of: ?Sized>(
    table: &dyn Table<Of>,
    of: &Of,
    format: &dyn Format,
) -> io::Result<(String, Vec<u8>)> {
    let head = table.head();
    let mut bytes = Vec::new();
    let mut encoder = format.begin(&head, &mut bytes)?;
    encoder.rows(&rows(table, of), &mut bytes)?;
    encoder.finish(&mut bytes)?;
    Ok((format!("{}.{}", head.name, format.extension()), bytes))
}

/// How a table is documented in docs/formats.md: what it says, its header, and the columns that are
/// its own.
pub fn documented(head: &Head) -> String {
    let mut text = format!("**`{}.csv`** {}", head.name, head.about);
    if head.written == Written::OnRequest {
        text.push_str(" With `--detail`.");
    }
    let names: Vec<&str> = head.columns.iter().map(|column| column.name).collect();
    let header = format!("\n\n`{}`\n", names.join(","));
    text + &header
        + &rows_of(head.columns.iter().filter(|column| !columns::SHARED.contains(column)))
}

/// Columns as rows of a table of names, kinds and meanings.
pub fn rows_of<'a>(columns: impl Iterator<Item = &'a Column>) -> String {
    let row = |column: &Column| {
        let kind = format!("{:?}", column.kind).to_lowercase();
        format!("| `{}` | {kind} | {} |\n", column.name, column.about)
    };
    let rows: String = columns.map(row).collect();
    if rows.is_empty() {
        return rows;
    }
    format!("\n| column | type | meaning |\n| --- | --- | --- |\n{rows}")
}

/// A way to write a table: csv, csv.gz, json.
pub trait Format: Sync {
    /// The ending of its files.
    fn extension(&self) -> &'static str;
    /// Begins a table.
    fn begin(&self, head: &Head, to: &mut dyn io::Write) -> io::Result<Box<dyn Encoder>>;
}

/// A table that is being written.
pub trait Encoder: Send {
    /// Adds rows.
    fn rows(&mut self, rows: &Rows, to: &mut dyn io::Write) -> io::Result<()>;
    /// Ends the table.
    fn finish(self: Box<Self>, to: &mut dyn io::Write) -> io::Result<()>;
}

/// Rows of a table, column by column.
#[derive(Clone, Debug)]
pub struct Rows {
    columns: Vec<Column>,
    cells: Vec<Cells>,
    /// The column of the next cell.
    at: usize,
    count: usize,
}

/// The cells of a column.
#[derive(Clone, Debug)]
enum Cells {
    /// Texts one behind the other, and where each ends.
    Text(String, Vec<usize>),
    Number(Vec<Option<f64>>),
    Integer(Vec<Option<i64>>),
    Date(Vec<Option<Month>>),
}

/// One cell.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Cell<'a> {
    /// Nothing is known.
    Missing,
    /// Words or a code.
    Text(&'a str),
    /// A number.
    Number(f64),
    /// A whole number.
    Integer(i64),
    /// The first day of a month.
    Date(Month),
    /// A number that may not be told.
    Withheld(Withheld),
}

impl Rows {
    /// No rows yet.
    pub fn new(columns: &[Column]) -> Self {
        let cells = columns.iter().map(|column| match column.kind {
            Kind::Text | Kind::Identifier => Cells::Text(String::new(), Vec::new()),
            Kind::Date => Cells::Date(Vec::new()),
            Kind::Number => Cells::Number(Vec::new()),
            Kind::Integer => Cells::Integer(Vec::new()),
        });
        Self { cells: cells.collect(), columns: columns.to_vec(), at: 0, count: 0 }
    }

    /// The columns.
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// How many rows there are.
    pub const fn len(&self) -> usize {
        self.count
    }

    /// Whether there are none.
    pub const fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// A cell of a row.
    pub fn cell(&self, row: usize, column: usize) -> Cell<'_> {
        match &self.cells[column] {
            Cells::Text(text, ends) => {
                let start = if row == 0 { 0 } else { ends[row - 1] };
                match &text[start..ends[row]] {
                    "" => Cell::Missing,
                    text => Cell::Text(text),
                }
            }
            Cells::Number(list) => match list[row] {
                None => Cell::Missing,
                Some(value) => Withheld::of(value).map_or(Cell::Number(value), Cell::Withheld),
            },
            Cells::Integer(list) => list[row].map_or(Cell::Missing, Cell::Integer),
            Cells::Date(list) => list[row].map_or(Cell::Missing, Cell::Date),
        }
    }

    /// The column of the next cell. A cell of another kind is a slip of whoever wrote the table:
    /// every test of its rows finds it.
    fn next(&mut self, kinds: &[Kind]) -> Option<&mut Cells> {
        let column = self.columns.get(self.at);
        debug_assert!(
            column.is_some_and(|column| kinds.contains(&column.kind)),
            "{column:?} is given as {kinds:?}"
        );
        self.at += 1;
        self.cells.get_mut(self.at - 1)
    }

    /// How many cells are hidden, and how many say that they are small.
    pub fn withheld(&self) -> [usize; 2] {
        let numbers = self.cells.iter().filter_map(|cells| match cells {
            Cells::Number(list) => Some(list.iter().flatten()),
            _ => None,
        });
        let mut count = [0; 2];
        for withheld in numbers.flatten().filter_map(|value| Withheld::of(*value)) {
            count[usize::from(withheld == Withheld::Under5)] += 1;
        }
        count
    }

    /// Words or a code; empty for none.
    pub fn text(&mut self, value: &str) -> &mut Self {
        if let Some(Cells::Text(text, ends)) = self.next(&[Kind::Text, Kind::Identifier]) {
            text.push_str(value);
            ends.push(text.len());
        }
        self
    }

    /// A number; none for one that is not finite.
    pub fn number(&mut self, value: impl Into<Option<f64>>) -> &mut Self {
        let value = value.into().filter(|value| value.is_finite());
        if let Some(Cells::Number(list)) = self.next(&[Kind::Number]) {
            list.push(value);
        }
        self
    }

    /// A whole number.
    pub fn integer(&mut self, value: impl Into<Option<i64>>) -> &mut Self {
        let value = value.into();
        if let Some(Cells::Integer(list)) = self.next(&[Kind::Integer]) {
            list.push(value);
        }
        self
    }

    /// A month, and then its financial year and quarter.
    pub fn month(&mut self, month: Month) -> &mut Self {
        if let Some(Cells::Date(list)) = self.next(&[Kind::Date]) {
            list.push(Some(month));
        }
        self
    }

    /// The financial year and quarter of a month.
    pub fn year_and_quarter(&mut self, month: Month) -> &mut Self {
        self.text(&month.financial_year().to_string()).integer(i64::from(month.quarter()))
    }

    /// The mean and quantiles of [`columns::STATS`].
    pub fn stats(&mut self, stats: Option<&Stats>) -> &mut Self {
        self.number(stats.map(|stats| stats.mean));
        for quantile in columns::QUANTILES {
            self.number(stats.map(|stats| stats.at(quantile)));
        }
        self
    }

    /// The median and range of [`columns::RANGE`].
    pub fn range(&mut self, stats: Option<&Stats>) -> &mut Self {
        self.number(stats.map(Stats::median));
        self.number(stats.map(Stats::q05)).number(stats.map(Stats::q95))
    }

    /// The rows that `keep` says, by their place.
    #[must_use]
    pub fn only(&self, keep: impl Fn(usize) -> bool) -> Self {
        let mut some = Self::new(&self.columns);
        for row in (0..self.count).filter(|row| keep(*row)) {
            for (column, cells) in some.cells.iter_mut().enumerate() {
                match (cells, self.cell(row, column)) {
                    (Cells::Text(text, ends), cell) => {
                        if let Cell::Text(words) = cell {
                            text.push_str(words);
                        }
                        ends.push(text.len());
                    }
                    (Cells::Number(list), Cell::Number(value)) => list.push(Some(value)),
                    (Cells::Number(list), _) => list.push(None),
                    (Cells::Integer(list), Cell::Integer(value)) => list.push(Some(value)),
                    (Cells::Integer(list), _) => list.push(None),
                    (Cells::Date(list), Cell::Date(month)) => list.push(Some(month)),
                    (Cells::Date(list), _) => list.push(None),
                }
            }
            some.count += 1;
        }
        some
    }

    /// Ends the row.
    pub fn end(&mut self) {
        debug_assert_eq!(self.at, self.columns.len(), "cells in a row of {:?}", self.columns);
        self.at = 0;
        self.count += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_read_as_they_were_written() {
        let columns = [Column::id("a", ""), Column::number("b", ""), Column::integer("c", "")];
        let mut rows = Rows::new(&columns);
        rows.text("x").number(0.5).integer(3).end();
        rows.text("").number(f64::NAN).integer(None).end();
        let cells = |row| [0, 1, 2].map(|column| rows.cell(row, column));
        assert_eq!(cells(0), [Cell::Text("x"), Cell::Number(0.5), Cell::Integer(3)]);
        assert_eq!(cells(1), [Cell::Missing; 3]);
        assert_eq!((rows.len(), rows.is_empty()), (2, false));
        let second = rows.only(|row| row == 1);
        assert_eq!(([0, 1, 2].map(|column| second.cell(0, column)), second.len()), (cells(1), 1));
    }
}
