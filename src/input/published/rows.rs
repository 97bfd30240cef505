//! The rows of a published file, whatever it is packed in: byte records read into one reused
//! buffer, so that a file of any size needs the memory of one row. A file of no known layout is a
//! table as people keep them, and read whole.

use std::borrow::Cow;
use std::io::{BufRead, Cursor, Read as _};
use std::path::Path;

use csv::{ByteRecord, StringRecord};

use super::header::Header;
use super::layout::{self, Layout};
use crate::diagnostics::{Place, Problem, Source};
use crate::input::cells;
pub use crate::input::cells::SheetRead;
use crate::input::file::{self, Content, Progress, SinceRow};
use crate::input::table::head;
pub(super) use crate::input::table::head::plain;
use crate::month::Month;

/// A table being read, its header already taken.
pub(super) struct Rows {
    /// The file's name, for places of problems; the whole text of a table of no known layout.
    pub(super) source: Source,
    /// How it is laid out.
    pub(super) layout: Layout,
    /// The names of the columns.
    pub(super) header: Header,
    /// The line of the header.
    pub(super) head: usize,
    /// Lines above the header.
    pub(super) titles: Vec<String>,
    /// What of a table of no known layout was understood.
    pub(super) understood: String,
    /// The line of the row read last.
    pub(super) line: usize,
    /// The sheet, of a workbook.
    pub(super) sheet: Option<SheetRead>,
    /// The csv crate gives a row that follows a CRLF the line before its own.
    has_crlf: bool,
    /// What parts the cells of a text.
    delimiter: u8,
    reader: csv::Reader<Box<dyn BufRead>>,
    since: SinceRow,
}

/// So much of a file is looked at to know its layout.
const START: u64 = 1 << 17;

/// A table that is read whole; larger files are of a known layout.
const MOST_WHOLE: usize = 64 << 20;

impl Rows {
    /// Opens a file, finds its header and knows its layout; of a workbook the sheet `wanted`.
    pub(super) fn open(
        path: &Path,
        wanted: Option<&str>,
        progress: &Progress,
    ) -> Result<Self, Problem> {
        let source = Source::new(path.display().to_string(), "");
        let mut sheet = None;
        let (mut text, since) = match file::open(path, progress)? {
            Content::Text(..) if wanted.is_some() => {
                let place = source.whole().cell("--sheet");
                return Err(Problem::error(place, "only a workbook has sheets"));
            }
            Content::Text(text, since) => (text, since),
            Content::Workbook(bytes) => {
                let is_table = |text: &str| {
                    let known = layout::find(&first_records(text.as_bytes(), b','));
                    known.is_some() || crate::input::text::is_table(text)
                };
                let (text, read) = cells::sheet_text(bytes, wanted, &source, is_table)?;
                sheet = Some(read);
                let text: Box<dyn BufRead> = Box::new(Cursor::new(text.into_bytes()));
                (text, SinceRow::default())
            }
        };
        let damaged = |error: std::io::Error| {
            let problem =
                Problem::error(source.whole(), format!("the file can't be read: {error}"));
            file::suggest_whole(problem, error.kind())
        };
        let mut start = Vec::new();
        text.by_ref().take(START).read_to_end(&mut start).map_err(damaged)?;
        let delimiter = head::delimiter(&self::text(&start));
        let records = first_records(&start, delimiter);
        if records.is_empty() {
            return Err(Problem::error(source.whole(), "the file holds no rows"));
        }
        let known = layout::find(&records);
        let (layout, at) = known.unwrap_or_else(|| (Layout::Table, head::heading(&records)));
        let mut whole = String::new();
        if known.is_none() {
            let mut bytes = start.clone();
            loop {
                file::count_from_last_line(&bytes, &since);
                if bytes.len() > MOST_WHOLE {
                    let problem = Problem::error(source.whole(), "the table is too large");
                    let allowed = format!("up to {} MB in no known layout", MOST_WHOLE >> 20);
                    return Err(problem.allowed(allowed));
                }
                if text.by_ref().take(START).read_to_end(&mut bytes).map_err(damaged)? == 0 {
                    break;
                }
            }
            whole = crate::input::text::decode(&bytes).unwrap_or_default();
        }
        since.set(0);
        let has_crlf =
            start.split(|byte| *byte == b'\n').next().is_some_and(|l| l.ends_with(b"\r"));
        let rest: Box<dyn BufRead> = if known.is_some() { text } else { Box::new(Cursor::new([])) };
        let reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(delimiter)
            .buffer_capacity(1 << 16)
            .from_reader(Box::new(Cursor::new(start).chain(rest)) as Box<dyn BufRead>);
        let source = Source::new(source.name, whole);
        let header = Header(Vec::new());
        let (head, line, titles, understood) = (1, 0, Vec::new(), String::new());
        let mut rows = Self {
            source,
            layout,
            header,
            head,
            titles,
            understood,
            line,
            sheet,
            has_crlf,
            delimiter,
            reader,
            since,
        };
        let mut record = ByteRecord::new();
        let names = |record: &ByteRecord| -> Vec<String> {
            record.iter().map(|cell| self::text(cell).trim().to_owned()).collect()
        };
        for _ in 0..at {
            rows.next_record(&mut record)?;
            let title = names(&record).join(" ").trim().to_owned();
            rows.titles.extend(Some(title).filter(|title| !title.is_empty()));
        }
        rows.next_record(&mut record)?;
        rows.header = Header(names(&record));
        rows.head = rows.line.max(1);
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

    /// The row read last.
    pub(super) fn place(&self) -> Place {
        self.source.line(self.line)
    }

    fn next_record(&mut self, record: &mut ByteRecord) -> Result<bool, Problem> {
        let more = self.reader.read_byte_record(record).map_err(|error| {
            let message = format!("the file can't be read further: {error}");
            let problem = Problem::error(self.source.line(self.line + 1), message);
            let kind = match error.kind() {
                csv::ErrorKind::Io(error) => error.kind(),
                _ => std::io::ErrorKind::InvalidData,
            };
            file::suggest_whole(problem, kind)
        })?;
        self.since.set(0);
        self.line = record.position().map_or(self.line, |at| {
            at.line() as usize + usize::from(self.has_crlf && at.record() > 0)
        });
        Ok(more)
    }
}

/// The first records of a text, as far as it is there.
fn first_records(start: &[u8], delimiter: u8) -> Vec<StringRecord> {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter)
        .from_reader(start);
    let records = reader.byte_records().flatten().take(head::LINES);
    records.map(|record| record.iter().map(|cell| text(cell).into_owned()).collect()).collect()
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

/// A month as published: in any of its forms, or as `202004`.
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
    fn six_digits_are_a_year_and_a_month() {
        assert_eq!(month("202004"), Month::new(2020, 4));
        assert_eq!(month("202013"), None);
        assert_eq!(month(" May-18 "), Month::new(2018, 5));
    }
}
