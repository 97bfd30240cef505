//! The rows of a published file, whatever it is packed in: byte records read into one reused
//! buffer, so that a file of any size needs the memory of one row.
//!
//! Text is UTF-8 with or without a byte order mark, or Windows-1252; cells are decoded only where
//! they are used.

use std::borrow::Cow;
use std::io::{BufRead, Cursor};
use std::path::Path;

use calamine::{Data, Reader as _, Xlsx};
use csv::ByteRecord;

use super::bytes::{self, Content, Progress};
use crate::diagnostics::{Place, Problem, Source};
use crate::month::Month;

/// A table being read, its header already taken.
pub(super) struct Rows {
    /// The file's name, for places of problems.
    pub(super) source: Source,
    /// The names of the columns.
    pub(super) header: Header,
    /// The line of the row read last.
    pub(super) line: usize,
    /// The csv crate gives a row that follows a CRLF the line before its own.
    has_crlf: bool,
    inner: Inner,
}

enum Inner {
    Text(Box<csv::Reader<Box<dyn BufRead>>>),
    Sheet(std::vec::IntoIter<(usize, ByteRecord)>),
}

impl Rows {
    /// Opens a file and reads its header.
    pub(super) fn open(path: &Path, progress: &Progress) -> Result<Self, Problem> {
        let source = Source::new(path.display().to_string(), "");
        let mut has_crlf = false;
        let inner = match bytes::open(path, progress)? {
            Content::Text(mut text) => {
                let first_line = first_line(&mut text);
                has_crlf = first_line.ends_with(b"\r");
                Inner::Text(Box::new(csv_reader(text, &first_line)))
            }
            Content::Workbook(bytes) => Inner::Sheet(sheet(bytes, &source)?.into_iter()),
        };
        let mut rows = Self { source, header: Header(Vec::new()), line: 0, has_crlf, inner };
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
fn csv_reader(text: Box<dyn BufRead>, first_line: &[u8]) -> csv::Reader<Box<dyn BufRead>> {
    let delimiter = [b',', b'\t', b';']
        .into_iter()
        .max_by_key(|mark| (first_line.split(|b| b == mark).count(), *mark == b','))
        .unwrap_or(b',');
    csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter)
        .buffer_capacity(1 << 16)
        .from_reader(text)
}

/// The first sheet that holds anything, its dates written as days.
fn sheet(bytes: Vec<u8>, source: &Source) -> Result<Vec<(usize, ByteRecord)>, Problem> {
    let unreadable = |error: &dyn std::fmt::Display| {
        Problem::error(source.whole(), format!("the workbook can't be read: {error}"))
    };
    let mut workbook: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(|e| unreadable(&e))?;
    for name in workbook.sheet_names() {
        let range = workbook.worksheet_range(&name).map_err(|e| unreadable(&e))?;
        let first = range.start().map_or(0, |(row, _)| row as usize);
        let rows: Vec<(usize, ByteRecord)> = range
            .rows()
            .enumerate()
            .filter(|(_, row)| row.iter().any(|cell| !matches!(cell, Data::Empty)))
            .map(|(i, row)| {
                let cells: Vec<String> = row.iter().map(sheet_cell).collect();
                (first + i + 1, ByteRecord::from(cells))
            })
            .collect();
        if !rows.is_empty() {
            return Ok(rows);
        }
    }
    Err(Problem::error(source.whole(), "the workbook holds no rows"))
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
