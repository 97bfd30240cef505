//! A pack folder, to be edited and read back.

use super::files::Files;
use crate::input::workbook::Workbook;

/// The pack folder that gives the same numbers as a workbook.
pub fn workbook_to_pack(workbook: &Workbook) -> Files {
    let mut files = Files::default();
    for (name, text) in workbook.tables() {
        files.add(name, text);
    }
    files
}
