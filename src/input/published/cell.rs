//! One published figure: a count, or a mark of one withheld or not available.

use crate::input::count;

/// What stands in a cell.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) enum Cell {
    /// A figure.
    Count(f64),
    /// Withheld or not available.
    Missing,
}

/// Reads a cell; `None` if it is neither a figure nor a mark of a missing one.
pub(super) fn cell(bytes: &[u8]) -> Option<Cell> {
    let text = super::rows::text(bytes);
    match count::read(&text, false) {
        Ok(Some(value)) => Some(Cell::Count(value)),
        Ok(None) => Some(Cell::Missing),
        Err(count::NotACount::Negative) => Some(Cell::Count(-1.0)),
        Err(_) => None,
    }
}
