//! The cells of a spreadsheet that hold anything, read one by one: a stray cell far away costs
//! nothing. Whatever a workbook claims of itself is held against what it holds before anything is
//! made room for.
//!
//! Programs that write workbooks without calculating leave formulas without their values. Such a
//! cell reads as its formula, `=SUM(B2:B4)`, which is no number: as a blank it would be a figure
//! left out unsaid.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Cursor, Read, Seek};

use calamine::{Data, Reader as _, SheetVisible, Xlsx};
use quick_xml::events::{BytesStart, Event};
use serde::Serialize;
use zip::ZipArchive;

use crate::diagnostics::{Problem, Source};

/// Cells by row and column, both from 0.
pub(super) type Cells = BTreeMap<u32, BTreeMap<u32, Data>>;

/// A workbook on disk.
pub(super) const MOST_PACKED: u64 = 32 << 20;

/// All parts of a workbook, unpacked.
const MOST_UNPACKED: u64 = 128 << 20;

/// Cells with anything in them, in a sheet.
const MOST_CELLS: usize = 2_000_000;

/// The text of all cells of a sheet.
const MOST_TEXT: usize = 64 << 20;

/// Columns with anything in them, in a sheet that is read as a table.
const MOST_COLUMNS: usize = 2_000;

/// Opens a workbook whose claims hold.
pub(super) fn open(bytes: Vec<u8>) -> Result<Xlsx<Cursor<Vec<u8>>>, String> {
    hold(&bytes)?;
    Xlsx::new(Cursor::new(bytes)).map_err(|error| error.to_string())
}

/// Reads the cells of `sheet`.
pub(super) fn read<R: Read + Seek>(book: &mut Xlsx<R>, sheet: &str) -> Result<Cells, String> {
    let mut reader = book.worksheet_cells_reader(sheet).map_err(|error| error.to_string())?;
    let mut cells = Cells::new();
    let (mut count, mut text) = (0, 0);
    while let Some(cell) = reader.next_cell_with_formula().map_err(|error| error.to_string())? {
        let value = match (Data::from(cell.value), cell.formula) {
            (Data::Empty, Some(formula)) => Data::String(format!("={formula}")),
            (value, _) => value,
        };
        let is_blank = match &value {
            Data::Empty => true,
            Data::String(text) => text.trim().is_empty(),
            _ => false,
        };
        if is_blank {
            continue;
        }
        count += 1;
        text += if let Data::String(own) = &value { own.len() } else { 0 };
        if count > MOST_CELLS {
            return Err(format!("the sheet has more than {MOST_CELLS} cells"));
        }
        if text > MOST_TEXT {
            return Err(format!("the sheet holds more than {} MB of text", MOST_TEXT >> 20));
        }
        let (row, column) = cell.pos;
        cells.entry(row).or_default().insert(column, value);
    }
    Ok(cells)
}

/// Reads through every part and holds its claims of size against what may be.
fn hold(bytes: &[u8]) -> Result<(), String> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|error| error.to_string())?;
    let mut left = MOST_UNPACKED;
    for index in 0..archive.len() {
        let entry = archive.by_index(index).map_err(|error| error.to_string())?;
        let is_xml = entry.name().is_ok_and(|name| name.ends_with(".xml"));
        let mut part = BufReader::new(entry.take(left));
        if is_xml {
            hold_part(&mut part)?;
        }
        std::io::copy(&mut part, &mut std::io::sink()).map_err(|error| error.to_string())?;
        left = part.get_ref().limit();
        if left == 0 {
            return Err(format!("it unpacks to more than {} MB", MOST_UNPACKED >> 20));
        }
    }
    Ok(())
}

/// Holds the claims of one part: how many strings there are, where its cells lie, what their shared
/// formulas are. What is no XML is left to the reader.
fn hold_part(part: &mut impl BufRead) -> Result<(), String> {
    let mut xml = quick_xml::Reader::from_reader(part);
    xml.config_mut().check_end_names = false;
    let mut buffer = Vec::new();
    let (mut shared, mut longest) = (0_usize, 0_usize);
    let mut strings: Option<(usize, usize)> = None;
    let mut is_formula = false;
    loop {
        buffer.clear();
        let Ok(event) = xml.read_event_into(&mut buffer) else { break };
        match event {
            Event::Start(element) | Event::Empty(element) => {
                let name = element.local_name();
                let name: &str = name.as_ref();
                is_formula = name == "f";
                match name {
                    "sst" => {
                        let claimed = attribute(&element, "uniqueCount");
                        strings = Some((claimed.and_then(|n| n.parse().ok()).unwrap_or(0), 0));
                    }
                    "si" => {
                        if let Some((_, found)) = &mut strings {
                            *found += 1;
                        }
                    }
                    "c" | "row" => is_place(attribute(&element, "r").as_deref().unwrap_or(""))?,
                    "dimension" | "f" => {
                        let range = attribute(&element, "ref").unwrap_or_default();
                        range.split(':').try_for_each(is_place)?;
                        if let Some(index) = attribute(&element, "si") {
                            shared += 1;
                            // As many digits as a sheet has cells.
                            if index.len() > 7 {
                                return Err(format!("a shared formula has the number {index}"));
                            }
                        }
                    }
                    _ => {}
                }
            }
            Event::Text(words) if is_formula => longest = longest.max(words.len()),
            Event::Eof => break,
            _ => {}
        }
    }
    if let Some((claimed, found)) = strings.filter(|(claimed, found)| *claimed > 10 * found + 1000)
    {
        return Err(format!("it claims {claimed} texts and holds {found}"));
    }
    if shared.saturating_mul(longest) > MOST_TEXT {
        return Err(format!("its shared formulas make more than {} MB", MOST_TEXT >> 20));
    }
    Ok(())
}

fn attribute(element: &BytesStart<'_>, name: &str) -> Option<String> {
    let found =
        element.attributes().flatten().find(|a| a.key.local_name().as_ref() as &str == name)?;
    Some(found.value.into_owned())
}

/// Whether a cell is one that a sheet has: to column XFD and row 1048576.
fn is_place(text: &str) -> Result<(), String> {
    let digits = text.trim_start_matches(|c: char| c.is_ascii_alphabetic());
    let letters = text.len() - digits.len();
    if letters > 3 || digits.len() > 7 {
        return Err(format!("it has a cell {text}, beyond the last of a sheet, XFD1048576"));
    }
    Ok(())
}

/// Which sheet of a workbook was read, and which were not.
#[derive(Clone, Debug, Serialize)]
pub struct SheetRead {
    /// Its name.
    pub name: String,
    /// The others.
    pub others: Vec<String>,
}

/// The sheet of a workbook that is asked for, or the first in sight that `is_table`, or that holds
/// anything: as CSV text, its lines those of the sheet and its dates days.
pub(super) fn sheet_text(
    bytes: Vec<u8>,
    wanted: Option<&str>,
    source: &Source,
    is_table: impl Fn(&str) -> bool,
) -> Result<(String, SheetRead), Problem> {
    let unreadable = |error: String| {
        Problem::error(source.whole(), format!("the workbook can't be read: {error}"))
    };
    let mut workbook = open(bytes).map_err(unreadable)?;
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
    let mut first = None;
    for name in names.iter().filter(is_wanted) {
        let cells = read(&mut workbook, name).map_err(unreadable)?;
        if cells.is_empty() {
            continue;
        }
        let text = csv_text(&cells).map_err(unreadable)?;
        let others = names.iter().filter(|other| *other != name).cloned().collect();
        let read = (text, SheetRead { name: name.clone(), others });
        if is_table(&read.0) {
            return Ok(read);
        }
        first.get_or_insert(read);
    }
    let problem = Problem::error(source.whole(), "the workbook holds no rows");
    first.ok_or_else(|| match wanted {
        Some(wanted) => problem.read(format!("sheet {wanted}")).allowed(names.join(", ")),
        None => problem,
    })
}

/// Cells as lines of CSV, of the columns that hold anything.
fn csv_text(cells: &Cells) -> Result<String, String> {
    let columns: BTreeSet<u32> = cells.values().flat_map(|row| row.keys().copied()).collect();
    if columns.len() > MOST_COLUMNS {
        return Err(format!("the sheet has more than {MOST_COLUMNS} columns"));
    }
    let blank = ",".repeat(columns.len().saturating_sub(1).max(1)) + "\n";
    let mut text = String::new();
    let mut next = 0;
    for (line, row) in cells {
        let gap = line.saturating_sub(next) as usize;
        // As many commas as cells, or one, where a sheet is all but empty.
        text.push_str(&(if gap < 1000 { blank.repeat(gap) } else { ",\n".repeat(gap) }));
        next = line + 1;
        for (at, column) in columns.iter().enumerate() {
            if at > 0 {
                text.push(',');
            }
            let cell = row.get(column).map_or_else(String::new, cell_text);
            if cell.contains([',', '"', ';', '\t', '|']) {
                let _ = write!(text, "\"{}\"", cell.replace('"', "\"\""));
            } else {
                text.push_str(&cell);
            }
        }
        text.push('\n');
        if text.len() > 2 * MOST_TEXT {
            return Err(format!("the sheet holds more than {} MB of text", MOST_TEXT >> 20));
        }
    }
    Ok(text)
}

/// A cell as text on one line; a date as its day.
fn cell_text(cell: &Data) -> String {
    match cell {
        Data::Empty => String::new(),
        // Days from 1900 to 9999, beyond which a spreadsheet has no dates.
        Data::DateTime(day) if (1.0..2_958_466.0).contains(&day.as_f64()) => {
            let (year, month, day, ..) = day.to_ymd_hms_milli();
            format!("{year:04}-{month:02}-{day:02}")
        }
        other => other.to_string().replace(['\n', '\r'], " "),
    }
}

/// Whether a cell reads as a formula without its value.
pub(super) fn is_unsaved(text: &str) -> bool {
    text.starts_with('=')
}

/// What is wrong with such a cell.
pub(super) const UNSAVED: &str = "is a formula without a saved value";

/// What to do about it.
pub(super) const SAVE: &str =
    "open the workbook in a spreadsheet and save it: that keeps the values";

/// `C12` of row 11 and column 2.
pub(super) fn address(row: u32, column: u32) -> String {
    let mut letters = Vec::new();
    let mut rest = column + 1;
    while rest > 0 {
        letters.push(char::from(b'A' + ((rest - 1) % 26) as u8));
        rest = (rest - 1) / 26;
    }
    let letters: String = letters.iter().rev().collect();
    format!("{letters}{}", row + 1)
}
