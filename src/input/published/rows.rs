//! The rows of a published file, whatever it is packed in: byte records read into one reused
//! buffer, so that a file of any size needs the memory of one row.
//!
//! Text is UTF-8 with or without a byte order mark, UTF-16 with one, or Windows-1252; cells are decoded only where
//! they are used.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::{BufRead, Cursor};
use std::path::Path;

use calamine::{Data, Reader as _, SheetVisible, Xlsx};
use csv::ByteRecord;
use serde::Serialize;

use super::bytes::{self, Content, Progress};
use crate::diagnostics::{Place, Problem, Source};
use crate::input::cells::{self, Cells};
use crate::month::Month;

/// A table being read, its header already taken.
pub(super) struct Rows {
    /// The file's name, for places of problems.
    pub(super) source: Source,
    /// The names of the columns.
    pub(super) header: Header,
    /// The line of the row read last.
    pub(super) line: usize,
    /// The sheet, of a workbook.
    pub(super) sheet: Option<SheetRead>,
    /// The csv crate gives a row that follows a CRLF the line before its own.
    has_crlf: bool,
    /// What parts the cells of a text.
    delimiter: u8,
    inner: Inner,
}

enum Inner {
    Text(Box<csv::Reader<Box<dyn BufRead>>>),
    Sheet(std::vec::IntoIter<(usize, ByteRecord)>),
}

impl Rows {
    /// Opens a file and reads its header; of a workbook the sheet `wanted`.
    pub(super) fn open(
        path: &Path,
        wanted: Option<&str>,
        progress: &Progress,
    ) -> Result<Self, Problem> {
        let source = Source::new(path.display().to_string(), "");
        let (mut has_crlf, mut delimiter, mut read) = (false, b',', None);
        let inner = match bytes::open(path, progress)? {
            Content::Text(_) if wanted.is_some() => {
                let place = source.whole().cell("--sheet");
                return Err(Problem::error(place, "only a workbook has sheets"));
            }
            Content::Text(mut text) => {
                let first_line = first_line(&mut text);
                has_crlf = first_line.ends_with(b"\r");
                delimiter = delimiter_of(&first_line);
                Inner::Text(Box::new(csv_reader(text, delimiter)))
            }
            Content::Workbook(bytes) => {
                let (rows, sheet) = sheet(bytes, wanted, &source)?;
                read = Some(sheet);
                Inner::Sheet(rows.into_iter())
            }
        };
        let header = Header(Vec::new());
        let mut rows = Self { source, header, line: 0, sheet: read, has_crlf, delimiter, inner };
        let mut first = ByteRecord::new();
        if !rows.next_record(&mut first)? {
            return Err(Problem::error(rows.source.whole(), "the file holds no rows"));
        }
        rows.header = Header(first.iter().map(|cell| text(cell).trim().to_owned()).collect());
        Ok(rows)
    }

    /// Reads the next row; `false` at the end. A row of another length than the header's is a
    /// problem, except that trailing blank cells may be left off by a spreadsheet.
    pub(super) fn read(&mut self, record: &mut ByteRecord) -> Result<bool, Problem> {
        loop {
            if !self.next_record(record)? {
                return Ok(false);
            }
            if self.holds_rows(record) {
                return Err(Problem::error(
                    self.place(),
                    "a quote is opened here and closed in a row below: a cell holds whole rows",
                )
                .allowed("a quote at the beginning and one at the end of a cell")
                .suggest("take the quote out, or close it on the same line"));
            }
            if record.len() == self.header.0.len() {
                return Ok(true);
            }
            if record.iter().all(<[u8]>::is_empty) {
                continue;
            }
            return Err(Problem::error(
                self.place(),
                format!(
                    "the row has {} columns and the header has {}",
                    record.len(),
                    self.header.0.len()
                ),
            )
            .suggest("look for a comma without quotes, or a file cut short"));
        }
    }

    /// Whether a cell goes over the end of its line and on for as many cells as a row has, a month
    /// or a number among them: a remark of two lines with commas is none.
    fn holds_rows(&self, record: &ByteRecord) -> bool {
        let is_figure = |part: &[u8]| {
            let part = text(part);
            part.trim().parse::<f64>().is_ok() || part.trim().parse::<Month>().is_ok()
        };
        let is_row = |cell: &[u8]| {
            let parts = || cell.split(|byte| *byte == self.delimiter);
            cell.contains(&b'\n')
                && parts().count() >= self.header.0.len()
                && parts().flat_map(|part| part.split(|byte| *byte == b'\n')).any(is_figure)
        };
        record.as_slice().contains(&b'\n') && record.iter().any(is_row)
    }

    /// Whether semicolons part its cells, as where a comma is the decimal point.
    pub(super) fn has_semicolons(&self) -> bool {
        self.delimiter == b';'
    }

    /// The row read last.
    pub(super) fn place(&self) -> Place {
        self.source.line(self.line)
    }

    fn next_record(&mut self, record: &mut ByteRecord) -> Result<bool, Problem> {
        match &mut self.inner {
            Inner::Text(reader) => {
                let more = reader.read_byte_record(record).map_err(|error| {
                    Problem::error(
                        self.source.line(self.line + 1),
                        format!("the file can't be read further: {error}"),
                    )
                    .suggest("is the file damaged or cut short? fetch it again")
                })?;
                self.line = record.position().map_or(self.line, |at| {
                    at.line() as usize + usize::from(self.has_crlf && at.record() > 0)
                });
                Ok(more)
            }
            Inner::Sheet(rows) => Ok(rows.next().is_some_and(|(line, row)| {
                self.line = line;
                *record = row;
                true
            })),
        }
    }
}

fn first_line(text: &mut impl BufRead) -> Vec<u8> {
    text.fill_buf().unwrap_or(&[]).split(|b| *b == b'\n').next().unwrap_or(&[]).to_vec()
}

/// Columns are parted by commas, tabs or semicolons, whichever the header has most of.
fn delimiter_of(first_line: &[u8]) -> u8 {
    [b',', b'\t', b';']
        .into_iter()
        .max_by_key(|mark| (first_line.split(|b| b == mark).count(), *mark == b','))
        .unwrap_or(b',')
}

fn csv_reader(text: Box<dyn BufRead>, delimiter: u8) -> csv::Reader<Box<dyn BufRead>> {
    csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter)
        .buffer_capacity(1 << 16)
        .from_reader(text)
}

/// Which sheet of a workbook was read, and which were not.
#[derive(Clone, Debug, Serialize)]
pub struct SheetRead {
    /// Its name.
    pub name: String,
    /// The others.
    pub others: Vec<String>,
}

/// Rows with their lines.
type Lines = Vec<(usize, ByteRecord)>;

/// The sheet that is asked for, or the first in sight that holds anything; its dates written as days.
fn sheet(
    bytes: Vec<u8>,
    wanted: Option<&str>,
    source: &Source,
) -> Result<(Lines, SheetRead), Problem> {
    let unreadable = |error: &dyn std::fmt::Display| {
        Problem::error(source.whole(), format!("the workbook can't be read: {error}"))
    };
    let mut workbook: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(|e| unreadable(&e))?;
    let mut sheets = workbook.sheets_metadata().to_vec();
    // A sheet that nobody sees is read only where no other holds anything.
    sheets.sort_by_key(|sheet| sheet.visible != SheetVisible::Visible);
    let names: Vec<String> = sheets.into_iter().map(|sheet| sheet.name).collect();
    let is_wanted = |name: &&String| wanted.is_none_or(|wanted| wanted.eq_ignore_ascii_case(name));
    if let Some(wanted) = wanted
        && !names.iter().any(|name| is_wanted(&name))
    {
        return Err(Problem::error(source.whole().cell("--sheet"), "there is no such sheet")
            .choose(wanted, names.iter().map(String::as_str)));
    }
    for name in names.iter().filter(is_wanted) {
        let cells = cells::read(&mut workbook, name, usize::MAX).map_err(|e| unreadable(&e))?;
        if !cells.is_empty() {
            let others = names.iter().filter(|other| *other != name).cloned().collect();
            return Ok((records(&cells), SheetRead { name: name.clone(), others }));
        }
    }
    let problem = Problem::error(source.whole(), "the workbook holds no rows");
    Err(match wanted {
        Some(wanted) => problem.read(format!("sheet {wanted}")).allowed(names.join(", ")),
        None => problem,
    })
}

/// Rows as wide as the widest of them, from the first column that holds anything.
fn records(cells: &Cells) -> Lines {
    let first = cells.values().filter_map(|row| row.keys().next()).min().copied().unwrap_or(0);
    let last = cells.values().filter_map(|row| row.keys().last()).max().copied().unwrap_or(0);
    let record = |row: &BTreeMap<u32, Data>| -> ByteRecord {
        let cells: Vec<String> =
            (first..=last).map(|at| row.get(&at).map_or_else(String::new, sheet_cell)).collect();
        cells.into()
    };
    cells.iter().map(|(line, row)| (*line as usize + 1, record(row))).collect()
}

fn sheet_cell(cell: &Data) -> String {
    match cell {
        Data::Empty => String::new(),
        // Days from 1900 to 9999, beyond which a spreadsheet has no dates.
        Data::DateTime(day) if (1.0..2_958_466.0).contains(&day.as_f64()) => {
            let (year, month, day, ..) = day.to_ymd_hms_milli();
            format!("{year:04}-{month:02}-{day:02}")
        }
        other => other.to_string(),
    }
}

/// The names of a table's columns.
#[derive(Clone, Debug)]
pub(super) struct Header(pub(super) Vec<String>);

impl Header {
    /// Where a column stands; letters and digits count, case and punctuation do not.
    pub(super) fn find(&self, name: &str) -> Option<usize> {
        let wanted = plain(name);
        self.0.iter().position(|column| plain(column) == wanted)
    }

    /// The first of several names a column goes by.
    pub(super) fn any(&self, names: &[&str]) -> Option<usize> {
        names.iter().find_map(|name| self.find(name))
    }

    /// Whether all these columns are there.
    pub(super) fn has(&self, names: &[&str]) -> bool {
        names.iter().all(|name| self.find(name).is_some())
    }
}

/// A name without case, blanks and punctuation.
pub(super) fn plain(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// The cell as text: UTF-8, or else Windows-1252.
pub(super) fn text(cell: &[u8]) -> Cow<'_, str> {
    std::str::from_utf8(cell)
        .map_or_else(|_| encoding_rs::WINDOWS_1252.decode_without_bom_handling(cell).0, Cow::from)
}

/// A cell of a row, blank where there is none.
pub(super) fn field(record: &ByteRecord, column: usize) -> &[u8] {
    record.get(column).unwrap_or(&[])
}

/// A month as users write it, or as a spreadsheet's day number, or as `202004`.
pub(super) fn month(text: &str) -> Option<Month> {
    let text = text.trim();
    if let (6, Ok(number)) = (text.len(), text.parse::<i32>()) {
        return Month::new(number / 100, u32::try_from(number % 100).ok()?);
    }
    text.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_utf_8_or_windows_1252() {
        assert_eq!(text("Ynys Môn".as_bytes()), "Ynys Môn");
        assert_eq!(text(b"Ynys M\xf4n"), "Ynys Môn");
    }

    #[test]
    fn columns_are_found_in_any_spelling() {
        let header = Header(vec!["REPORTING_PERIOD_START".into(), "Org Code".into()]);
        assert_eq!(header.find("Reporting period start"), Some(0));
        assert_eq!(header.any(&["code", "org_code"]), Some(1));
        assert!(!header.has(&["org code", "name"]));
    }

    #[test]
    fn six_digits_are_a_year_and_a_month() {
        assert_eq!(month("202004"), Month::new(2020, 4));
        assert_eq!(month("202013"), None);
        assert_eq!(month(" May-18 "), Month::new(2018, 5));
    }
}
