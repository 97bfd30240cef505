//! The cells of a spreadsheet that hold anything, read one by one: a stray cell far away costs
//! nothing.
//!
//! Programs that write workbooks without calculating leave formulas without their values. Such a
//! cell reads as its formula, `=SUM(B2:B4)`, which is no number: as a blank it would be a figure
//! left out unsaid.

use std::collections::BTreeMap;
use std::io::{Read, Seek};

use calamine::{Data, Xlsx};

/// Cells by row and column, both from 0.
pub(super) type Cells = BTreeMap<u32, BTreeMap<u32, Data>>;

/// Reads the cells of `sheet`, refusing more than `most`.
pub(super) fn read<R: Read + Seek>(
    book: &mut Xlsx<R>,
    sheet: &str,
    most: usize,
) -> Result<Cells, String> {
    let mut reader = book.worksheet_cells_reader(sheet).map_err(|error| error.to_string())?;
    let mut cells = Cells::new();
    let mut count = 0;
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
        if count > most {
            return Err(format!("it has more than {most} cells"));
        }
        let (row, column) = cell.pos;
        cells.entry(row).or_default().insert(column, value);
    }
    Ok(cells)
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
