//! Tables as one workbook that people keep, to the conventions of accessible spreadsheets: a cover,
//! contents and notes, then a sheet for each table, which begins in the fourth row under its title;
//! one table a sheet with a name of its own, a header of unique names, no merged and no blank cells.
//! What a cell can't say stands as `[x]` (not available), `[z]` (not applicable), `[c]` (withheld)
//! or `[low]` (0 to 4).

use rust_xlsxwriter::{
    DocProperties, ExcelDateTime, Format, Table, TableColumn, TableStyle, Url, Workbook, Worksheet,
    XlsxError,
};

use super::{Blank, Cell, Head, Kind, Rows, number};
use crate::escape;
use crate::month::Month;
use crate::output::disclosure::Withheld;

/// Rows of a sheet.
const MOST_ROWS: usize = 1_048_576;
/// Where a table begins: under its title and two lines of words.
const TOP: u32 = 3;
/// Characters of the widest column.
const WIDEST: usize = 60;
/// Characters of the column of words: of the cover, of contents and notes.
const COVER: usize = 100;
const WORDS: usize = 90;

/// The height of a row of words in a column of so many characters: not every program finds it by
/// itself.
fn height(text: &str, width: usize) -> f64 {
    15.0 * (text.chars().count().div_ceil(width * 9 / 10).max(1) as f64)
}

/// What stands on the cover: a title, and lines of words.
#[derive(Clone, Debug)]
pub struct Cover {
    /// Of the workbook.
    pub title: String,
    /// Lines below it.
    pub lines: Vec<String>,
}

/// Why no workbook can be made.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A table has more rows than a sheet has room for.
    #[error("{table} has {rows} rows, more than a sheet of a workbook has room for")]
    TooLong {
        /// The table.
        table: &'static str,
        /// Its rows.
        rows: usize,
    },
    /// What the writer refuses.
    #[error(transparent)]
    Writer(#[from] XlsxError),
}

/// The bytes of a workbook of tables; those without rows are left out.
pub fn workbook(cover: &Cover, tables: &[(&Head, &[Rows])]) -> Result<Vec<u8>, Error> {
    let tables: Vec<&(&Head, &[Rows])> = tables.iter().filter(|own| count(own.1) > 0).collect();
    let long = tables.iter().find(|(_, parts)| count(parts) > MOST_ROWS - TOP as usize - 1);
    if let Some((head, parts)) = long {
        return Err(Error::TooLong { table: head.name, rows: count(parts) });
    }
    let mut book = Workbook::new();
    // The same results are the same bytes: no clock.
    let made = ExcelDateTime::from_ymd(2020, 1, 1)?;
    let title = escape::sheet(&cover.title).0;
    let about = DocProperties::new().set_title(&*title).set_creation_datetime(&made);
    book.set_properties(&about);
    let formats = Formats::new();
    let sheet = book.add_worksheet().set_name("Cover")?;
    text(sheet, 0, 0, &cover.title, &formats.title)?;
    for (row, line) in (1..).zip(&cover.lines) {
        text(sheet, row, 0, line, &formats.words)?;
        sheet.set_row_height(row, height(line, COVER))?;
    }
    sheet.set_column_width(0, COVER as u32)?;
    let contents = tables
        .iter()
        .map(|(head, parts)| [head.name.to_owned(), plain(head.about), count(parts).to_string()]);
    let sheet = book.add_worksheet().set_name("Contents")?;
    let intro = [
        "Contents",
        "This worksheet contains one table.",
        "Each sheet named here holds one table.",
    ];
    listed(sheet, &formats, intro, ("contents", &["Sheet", "What it holds", "Rows"]), contents)?;
    for (row, (head, _)) in (TOP + 1..).zip(&tables) {
        let url = Url::new(format!("internal:'{}'!A1", head.name)).set_text(head.name);
        sheet.write_url(row, 0, url)?;
    }
    let codes = [
        ["[x]", "All", "Not available: there is a figure, and nobody knows it."],
        ["[z]", "All", "Not applicable: no figure can stand here."],
        ["[c]", "All", "Confidential: a number of few people is withheld."],
        ["[low]", "All", "A count of 0 to 4 that is not told."],
    ];
    let codes = codes.map(|row| row.map(str::to_owned)).into_iter();
    let columns = tables.iter().flat_map(|(head, _)| {
        let note = |column: &super::Column| {
            [column.name.to_owned(), head.name.to_owned(), plain(column.about)]
        };
        head.columns.iter().map(note).collect::<Vec<_>>()
    });
    let sheet = book.add_worksheet().set_name("Notes")?;
    let intro = [
        "Notes",
        "This worksheet contains one table.",
        "Codes that stand in cells, then what each column means.",
    ];
    let head = ("notes", &["Code or column", "Sheet", "Meaning"]);
    listed(sheet, &formats, intro, head, codes.chain(columns))?;
    for (head, parts) in tables {
        let sheet = book.add_worksheet().set_name(head.name)?;
        table(sheet, &formats, head, parts)?;
    }
    Ok(book.save_to_buffer()?)
}

fn count(parts: &[Rows]) -> usize {
    parts.iter().map(Rows::len).sum()
}

/// Words without the marks of Markdown.
fn plain(text: &str) -> String {
    let mut text = text.replace('`', "");
    while let Some((before, rest)) = text.split_once("](") {
        let after = rest.split_once(')').map_or("", |(_, after)| after);
        text = format!("{}{after}", before.replacen('[', "", 1));
    }
    text
}

/// A cell of words, which stays text whatever it begins with, also when somebody edits it.
fn text<'a>(
    sheet: &'a mut Worksheet,
    row: u32,
    column: u16,
    words: &str,
    format: &Format,
) -> Result<&'a mut Worksheet, XlsxError> {
    match escape::sheet(words) {
        (safe, true) => {
            sheet.write_string_with_format(row, column, safe, &format.clone().set_quote_prefix())
        }
        (safe, false) => sheet.write_string_with_format(row, column, safe, format),
    }
}

struct Formats {
    title: Format,
    plain: Format,
    words: Format,
    date: Format,
}

impl Formats {
    fn new() -> Self {
        Self {
            title: Format::new().set_bold().set_font_size(16),
            plain: Format::new(),
            words: Format::new().set_text_wrap(),
            date: Format::new().set_num_format("yyyy-mm-dd"),
        }
    }
}

/// A sheet of words: a title, two lines, and a table of three columns of text.
fn listed(
    sheet: &mut Worksheet,
    formats: &Formats,
    [title, first, second]: [&str; 3],
    (name, head): (&str, &[&str; 3]),
    rows: impl Iterator<Item = [String; 3]>,
) -> Result<(), XlsxError> {
    above(sheet, formats, [title, first, second])?;
    let mut last = TOP;
    for row in rows {
        last += 1;
        let longest = row.iter().max_by_key(|text| text.len()).map_or("", String::as_str);
        sheet.set_row_height(last, height(longest, WORDS))?;
        for (column, words) in (0..).zip(&row) {
            match words.parse::<u32>() {
                Ok(number) => sheet.write_number(last, column, number)?,
                Err(_) => text(sheet, last, column, words, &formats.words)?,
            };
        }
    }
    let widths = if name == "notes" { [24, 20, WORDS as u32] } else { [24, WORDS as u32, 10] };
    for (column, width) in (0..).zip(widths) {
        sheet.set_column_width(column, width)?;
    }
    let own = named(name, head.iter().copied());
    sheet.add_table(TOP, 0, last.max(TOP + 1), 2, &own)?;
    Ok(())
}

fn above(sheet: &mut Worksheet, formats: &Formats, lines: [&str; 3]) -> Result<(), XlsxError> {
    let [title, first, second] = lines;
    text(sheet, 0, 0, title, &formats.title)?;
    sheet.write_string(1, 0, first)?.write_string(2, 0, second)?;
    // Printed, it is as wide as a page, with its header on each.
    sheet.set_landscape().set_print_fit_to_pages(1, 0).set_repeat_rows(TOP, TOP)?;
    Ok(())
}

fn named<'a>(name: &str, head: impl Iterator<Item = &'a str>) -> Table {
    let bold = Format::new().set_bold();
    let column = |name: &str| TableColumn::new().set_header(name).set_header_format(&bold);
    let columns: Vec<TableColumn> = head.map(column).collect();
    let name = name.replace('-', "_");
    Table::new()
        .set_name(name)
        .set_columns(&columns)
        .set_style(TableStyle::Light1)
        .set_banded_rows(false)
}

fn table(
    sheet: &mut Worksheet,
    formats: &Formats,
    head: &Head,
    parts: &[Rows],
) -> Result<(), XlsxError> {
    above(sheet, formats, [head.name, "This worksheet contains one table.", &plain(head.about)])?;
    let mut widths: Vec<usize> = head.columns.iter().map(|column| column.name.len() + 3).collect();
    let mut at = TOP;
    for rows in parts {
        for row in 0..rows.len() {
            at += 1;
            for (index, column) in rows.columns().iter().enumerate() {
                let place = index as u16;
                let blank = match column.blank {
                    Blank::NotAvailable => "[x]",
                    Blank::NotApplicable => "[z]",
                };
                match rows.cell(row, index) {
                    Cell::Missing => sheet.write_string(at, place, blank)?,
                    Cell::Withheld(Withheld::Hidden) => sheet.write_string(at, place, "[c]")?,
                    Cell::Withheld(Withheld::Under5) => sheet.write_string(at, place, "[low]")?,
                    Cell::Text(words) => {
                        widths[index] = widths[index].max(words.chars().count() + 2);
                        text(sheet, at, place, words, &formats.plain)?
                    }
                    Cell::Number(value) => sheet.write_number(at, place, number::rounded(value))?,
                    Cell::Integer(value) => sheet.write_number(at, place, value as f64)?,
                    Cell::Date(month) => {
                        sheet.write_datetime_with_format(at, place, date(month)?, &formats.date)?
                    }
                };
            }
        }
    }
    for (index, column) in head.columns.iter().enumerate() {
        let least = if column.kind == Kind::Date { 12 } else { 8 };
        sheet.set_column_width(index as u16, widths[index].clamp(least, WIDEST) as u32)?;
    }
    let last = head.columns.len().saturating_sub(1) as u16;
    sheet.add_table(TOP, 0, at, last, &named(head.name, head.columns.iter().map(|c| c.name)))?;
    // Words above that run on over empty columns do not make a printed table small.
    sheet.set_freeze_panes(TOP + 1, 0)?.set_print_area(0, 0, at, last)?;
    Ok(())
}

fn date(month: Month) -> Result<ExcelDateTime, XlsxError> {
    ExcelDateTime::from_ymd(month.year() as u16, month.month() as u8, 1)
}

#[cfg(test)]
mod tests {
    use calamine::{Data, Reader as _, Xlsx};

    use super::super::{Column, Written};
    use super::*;

    #[test]
    fn cells_are_read_back_as_they_are_and_the_bytes_are_the_same() {
        let columns = vec![
            Column::id("code", "a code"),
            Column::text("words", "some `words`, see [there](there.md)"),
            Column::number("n", "a number").or_unknown(),
            Column::date("month", "the first day"),
        ];
        let mut rows = Rows::new(&columns);
        let month = Month::new(2020, 4).unwrap();
        rows.text("8E553").text("=1+1").number(0.1 + 0.2).month(month).end();
        rows.text("00V").text("").number(None).month(month).end();
        rows.text("@a").text("-1").number(-f64::MIN_POSITIVE).month(month).end();
        rows.text("+1").text("\u{202e}x\u{1b}[31m\u{7}\u{0}").number(f64::MIN_POSITIVE);
        rows.month(month).end();
        rows.text("\t=1").text(&"é".repeat(40_000)).number(1.0).month(month).end();
        let head = Head { name: "some-table", about: "About.", written: Written::Always, columns };
        let cover = Cover { title: "A title".to_owned(), lines: vec!["A line.".to_owned()] };
        let parts = [rows.clone()];
        let make = || workbook(&cover, &[(&head, &parts[..])]).unwrap();
        let bytes = make();
        assert!(bytes == make(), "the same results are other bytes");
        let mut book = Xlsx::new(std::io::Cursor::new(bytes)).unwrap();
        assert_eq!(book.sheet_names(), ["Cover", "Contents", "Notes", "some-table"]);
        let sheet = book.worksheet_range("some-table").unwrap();
        let texts: Vec<Vec<String>> =
            sheet.rows().map(|row| row.iter().map(ToString::to_string).collect()).collect();
        assert_eq!(texts[3], ["code", "words", "n", "month"]);
        assert_eq!(sheet.get_value((4, 0)), Some(&Data::String("8E553".to_owned())));
        assert_eq!(sheet.get_value((4, 1)), Some(&Data::String("=1+1".to_owned())));
        assert_eq!(sheet.get_value((4, 2)), Some(&Data::Float(0.3)));
        assert!(sheet.get_value((4, 3)).is_some_and(|cell| matches!(cell, Data::DateTime(_))));
        assert_eq!(texts[5][1..3], ["[z]", "[x]"]);
        assert_eq!([&texts[6][2], &texts[7][2]], ["[c]", "[low]"]);
        assert_eq!(texts[7][..2], ["+1", "\u{fffd}x\u{fffd}[31m\u{fffd}\u{fffd}"]);
        assert_eq!(texts[8][0], "\t=1");
        assert!(texts[8][1].ends_with('…') && texts[8][1].chars().count() == 32_767);
        assert_eq!(texts.len(), 9, "no row is blank");
        let notes = book.worksheet_range("Notes").unwrap();
        assert!(notes.rows().any(|row| row[2] == Data::String("some words, see there".to_owned())));
    }
}
