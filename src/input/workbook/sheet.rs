//! One sheet of a workbook: its header, its rows and where each cell is.

use std::io::{Read, Seek};
use std::sync::Arc;

use calamine::{Data, ExcelDateTime, ExcelDateTimeType, Reader as _, Xlsx};
use jiff::civil::Date;

use crate::diagnostics::{Place, Problem, Problems, Source, nearest};
use crate::draw::Uncertain;
use crate::input::cells::{self, Cells, SAVE, UNSAVED, address, is_unsaved};
use crate::month::{MONTH_FORMS, Month};

/// Excel counts days from 1900; a number of this size in a column of months is one of them.
const SERIAL_DAYS: std::ops::Range<f64> = 20_000.0..80_000.0;

/// The numbers a parameter may be.
#[derive(Clone, Copy)]
pub(super) struct Bounds {
    pub(super) least: f64,
    pub(super) most: f64,
    pub(super) words: &'static str,
}

pub(super) const SHARE: Bounds = Bounds { least: 0.0, most: 1.0, words: "a share from 0 to 1" };
pub(super) const PERCENT: Bounds =
    Bounds { least: 0.0, most: 100.0, words: "a percentage from 0 to 100" };
pub(super) const NOT_NEGATIVE: Bounds =
    Bounds { least: 0.0, most: f64::INFINITY, words: "a number that is not negative" };

/// A sheet by its cells; row and column numbers count from 0, as in the file.
pub(super) struct Sheet {
    source: Source,
    pub(super) name: &'static str,
    /// Column names with their columns, from the first row that holds anything.
    pub(super) header: Vec<(String, u32)>,
    header_row: u32,
    rows: Cells,
}

impl Sheet {
    /// Reads the sheet called `name` (in any case); a missing one is a problem.
    pub(super) fn read<R: Read + Seek>(
        book: &mut Xlsx<R>,
        file: &Arc<str>,
        name: &'static str,
        problems: &mut Problems,
    ) -> Option<Self> {
        let source = Source::new(file.clone(), "");
        let sheets = book.sheet_names();
        let Some(found) = sheets.iter().find(|sheet| same(sheet, name)) else {
            let mut problem = Problem::error(source.whole(), format!("has no sheet `{name}`"))
                .read(format!("sheets {}", sheets.join(", ")))
                .allowed("the sheets curves, groups, g2c, c2t, treatments and demand");
            if let Some(near) = nearest(name, sheets.iter().map(String::as_str)) {
                problem = problem.suggest(format!("rename `{near}` to `{name}`"));
            }
            problems.push(problem);
            return None;
        };
        let place = source.whole().cell(name);
        let mut rows = match cells::read(book, found) {
            Ok(rows) => rows,
            Err(why) => {
                problems.push(Problem::error(place, format!("can't be read: {why}")));
                return None;
            }
        };
        let Some((header_row, first)) = rows.pop_first() else {
            problems.push(
                Problem::error(place, "the sheet is empty")
                    .allowed("a row of column names, then rows"),
            );
            return None;
        };
        let header = first.iter().map(|(&column, cell)| (show(cell), column)).collect();
        let sheet = Self { source, name, header, header_row, rows };
        sheet.check_header(problems);
        if sheet.rows.is_empty() {
            problems.push(
                Problem::error(place, "the sheet has column names and no rows")
                    .suggest("is the workbook saved whole? save it again from the app it is of"),
            );
        }
        Some(sheet)
    }

    fn check_header(&self, problems: &mut Problems) {
        for (i, (name, column)) in self.header.iter().enumerate() {
            if let Some((_, first)) = self.header[..i].iter().find(|(other, _)| same(other, name)) {
                problems.push(
                    Problem::error(
                        self.place(self.header_row, *column),
                        format!(
                            "the column `{name}` stands twice, first at {}",
                            address(self.header_row, *first)
                        ),
                    )
                    .read(name),
                );
            }
        }
    }

    /// Where a cell is, such as `g2c!C12`.
    pub(super) fn place(&self, row: u32, column: u32) -> Place {
        self.source.whole().cell(format!("{}!{}", self.name, address(row, column)))
    }

    /// The sheet as a whole.
    pub(super) fn whole(&self) -> Place {
        self.source.whole().cell(self.name)
    }

    /// The column called `name`.
    pub(super) fn column(&self, name: &str) -> Option<u32> {
        self.header.iter().find(|(header, _)| same(header, name)).map(|(_, column)| *column)
    }

    /// The column called `name`; a missing one is a problem.
    pub(super) fn need(&self, name: &str, problems: &mut Problems) -> Option<u32> {
        let found = self.column(name);
        if found.is_none() {
            let names = self.header.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>();
            let mut problem =
                Problem::error(self.whole(), format!("the column `{name}` is missing"))
                    .read(names.join(", "));
            if let Some(near) = self.meant_for(name) {
                problem = problem.suggest(format!("rename `{near}` to `{name}`"));
            }
            problems.push(problem);
        }
        found
    }

    /// The column that is likely meant for `name`.
    fn meant_for(&self, name: &str) -> Option<&str> {
        nearest(name, self.header.iter().map(|(name, _)| name.as_str()))
    }

    /// Warns of columns that are none of `names`, or of the ranges of `ranged`.
    pub(super) fn mention_unused(&self, names: &[&str], ranged: &[&str], problems: &mut Problems) {
        let ranges: Vec<String> = ranged
            .iter()
            .flat_map(|name| [format!("{name}_low"), format!("{name}_high")])
            .collect();
        let known = || names.iter().copied().chain(ranges.iter().map(String::as_str));
        // Of one that is missing [`Sheet::need`] says what is meant for it.
        let missing = || names.iter().filter(|name| self.column(name).is_none());
        for (name, column) in &self.header {
            let is_meant = missing().any(|missing| self.meant_for(missing) == Some(name));
            if !is_meant && !known().any(|k| same(k, name)) {
                problems.push(
                    Problem::warning(
                        self.place(self.header_row, *column),
                        format!("the column `{name}` is not used"),
                    )
                    .choose(name, known()),
                );
            }
        }
    }

    /// The rows below the header that hold anything in one of `columns`.
    pub(super) fn rows<'s>(&'s self, columns: &'s [u32]) -> impl Iterator<Item = u32> + 's {
        self.rows
            .iter()
            .filter(|(_, cells)| columns.iter().any(|column| cells.contains_key(column)))
            .map(|(row, _)| *row)
    }

    fn cell(&self, row: u32, column: u32) -> &Data {
        self.rows.get(&row).and_then(|cells| cells.get(&column)).unwrap_or(&Data::Empty)
    }

    /// The text of a cell, without spaces around it.
    pub(super) fn shown(&self, row: u32, column: u32) -> String {
        show(self.cell(row, column))
    }

    /// A name: not blank.
    pub(super) fn text(&self, row: u32, column: u32) -> Result<String, Problem> {
        let problem = |message: &str| {
            Problem::error(self.place(row, column), message.to_owned())
                .read(self.shown(row, column))
                .allowed("a name without `*`")
        };
        match self.cell(row, column) {
            Data::Empty => Err(problem("is blank")),
            Data::Error(_) => Err(problem("is the error of a formula")),
            cell => match show(cell) {
                // In a pack, `*` stands for every name.
                name if name.contains('*') => Err(problem("holds a `*`")),
                formula if is_unsaved(&formula) => Err(problem(UNSAVED).suggest(SAVE)),
                name => Ok(name),
            },
        }
    }

    /// A number within `bounds`.
    pub(super) fn number(
        &self,
        row: u32,
        column: u32,
        bounds: Bounds,
        problems: &mut Problems,
    ) -> Option<f64> {
        let problem = |message: &str| {
            Problem::error(self.place(row, column), message.to_owned())
                .read(self.shown(row, column))
                .allowed(bounds.words)
        };
        let cell = self.cell(row, column);
        let Some(value) = number_in(cell) else {
            let why = why_no_number(cell);
            let problem = problem(why);
            problems.push(if why == UNSAVED { problem.suggest(SAVE) } else { problem });
            return None;
        };
        if let Data::String(text) = cell {
            problems.push(
                Problem::warning(self.place(row, column), "is a number stored as text")
                    .read(text)
                    .suggest(format!("it is taken as {value}")),
            );
        }
        if value.is_finite() && (bounds.least..=bounds.most).contains(&value) {
            return Some(value);
        }
        problems.push(problem("is out of range"));
        None
    }

    /// A parameter with its optional range from the columns `name_low` and `name_high`.
    pub(super) fn parameter(
        &self,
        row: u32,
        name: &str,
        bounds: Bounds,
        problems: &mut Problems,
    ) -> Option<Uncertain> {
        let column = self.column(name)?;
        let central = self.number(row, column, bounds, problems);
        let mut edge = |suffix: &str| match self.column(&format!("{name}_{suffix}")) {
            Some(column) if *self.cell(row, column) != Data::Empty => {
                self.number(row, column, bounds, problems).map(|value| Some((value, column)))
            }
            _ => Some(None),
        };
        let (low, high) = (edge("low")?, edge("high")?);
        let central = central?;
        for (edge, below) in [(low, true), (high, false)] {
            let Some((value, column)) = edge else { continue };
            if (below && value > central) || (!below && value < central) {
                let side = if below { "at most" } else { "at least" };
                problems.push(
                    Problem::error(self.place(row, column), "is on the wrong side of the value")
                        .read(self.shown(row, column))
                        .allowed(format!("{side} {name}, which is {central}")),
                );
            }
        }
        let edge = |edge: Option<(f64, u32)>| edge.map_or(central, |(value, _)| value);
        Some(Uncertain::range(edge(low), central, edge(high)).within(bounds.least, bounds.most))
    }

    /// A month, as a date of Excel or as text.
    pub(super) fn month(&self, row: u32, column: u32) -> Result<Month, Problem> {
        let problem = |message: String| {
            Problem::error(self.place(row, column), message)
                .read(self.shown(row, column))
                .allowed(format!("the first day of a month: a date, or {MONTH_FORMS}"))
        };
        let day = match self.cell(row, column) {
            Data::DateTime(date) => date_of(*date),
            Data::Float(days) if SERIAL_DAYS.contains(days) => {
                date_of(ExcelDateTime::new(*days, ExcelDateTimeType::DateTime, false))
            }
            Data::Empty => return Err(problem("is blank".to_owned())),
            cell => {
                return show(cell).parse().map_err(|error: crate::month::MonthError| {
                    let suggestion = error.suggestion();
                    let problem = problem(error.to_string());
                    match suggestion {
                        Some(suggestion) => problem.suggest(suggestion),
                        None => problem,
                    }
                });
            }
        };
        let Some(day) = day else { return Err(problem("is not a date".to_owned())) };
        let month = Month::of(day);
        if day.day() == 1 && Month::new(month.year(), month.month()).is_some() {
            Ok(month)
        } else {
            Err(problem("is not the first day of a month".to_owned()).suggest(month.first_day()))
        }
    }

    /// What the `month` column of a curve counts: a number, or a month of the calendar.
    pub(super) fn position(&self, row: u32, column: u32) -> Option<i32> {
        match self.cell(row, column) {
            Data::Float(value) if !SERIAL_DAYS.contains(value) => {
                (value.fract() == 0.0 && value.abs() < 1e6).then_some(*value as i32)
            }
            Data::Int(value) => i32::try_from(*value).ok(),
            Data::Empty => None,
            _ => {
                let epoch = Month::new(1900, 1)?;
                self.month(row, column).ok().map(|month| month.since(epoch))
            }
        }
    }
}

/// The number in a cell, or spelt by its text without thousands commas: `1,5` means two things in
/// two countries.
fn number_in(cell: &Data) -> Option<f64> {
    match cell {
        Data::Float(value) => Some(*value),
        Data::Int(value) => Some(*value as f64),
        Data::String(text) => text.trim().parse().ok().filter(|value: &f64| value.is_finite()),
        _ => None,
    }
}

fn why_no_number(cell: &Data) -> &'static str {
    match cell {
        Data::Empty => "is blank",
        Data::Error(_) => "is the error of a formula",
        Data::DateTime(_) | Data::DateTimeIso(_) | Data::DurationIso(_) => {
            "is a date, not a number"
        }
        Data::String(text) if is_unsaved(text) => UNSAVED,
        _ => "is not a number",
    }
}

/// The day of an Excel date, where there is one.
fn date_of(date: ExcelDateTime) -> Option<Date> {
    let (year, month, day, ..) = date.to_ymd_hms_milli();
    Date::new(i16::try_from(year).ok()?, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

/// A cell as a person would see it, trimmed.
fn show(cell: &Data) -> String {
    match cell {
        Data::DateTime(date) => date_of(*date).map_or(date.as_f64().to_string(), |d| d.to_string()),
        Data::Empty => String::new(),
        cell => cell.to_string().trim().to_owned(),
    }
}

/// Whether two names are one: case, runs of spaces and non-breaking spaces do not count.
pub(super) fn same(a: &str, b: &str) -> bool {
    key(a) == key(b)
}

/// What two spellings of one name have in common.
pub(super) fn key(name: &str) -> String {
    name.split_whitespace().map(str::to_lowercase).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_those_of_a_spreadsheet() {
        assert_eq!(address(11, 2), "C12");
        assert_eq!(address(0, 25), "Z1");
        assert_eq!(address(0, 26), "AA1");
        assert_eq!(address(0, 16_383), "XFD1");
    }

    #[test]
    fn spelling_with_other_spaces_is_the_same_name() {
        assert!(same("General\u{a0}Practice", " general  practice "));
        assert!(!same("IAPT", "IAPT 3+"));
    }
}
