//! Cells and tables of the terminal.

use comfy_table::{CellAlignment, Table};

use super::super::terminal::keep_words_whole;
use crate::projection::quantiles::Stats;

pub(super) fn unknown() -> String {
    "-".to_owned()
}

pub(super) fn of(stats: Option<Stats>, words: impl Fn(&Stats) -> String) -> String {
    stats.map_or_else(unknown, |stats| words(&stats))
}

/// A name with room to be broken at its joints.
pub(super) fn spaced(name: &str) -> String {
    name.replace('+', " + ").replace('@', " @")
}

pub(super) fn finished(mut table: Table, right: &[usize]) -> String {
    for (index, column) in table.column_iter_mut().enumerate() {
        column.set_padding((0, 1));
        if right.contains(&index) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    keep_words_whole(&mut table);
    table.trim_fmt() + "\n"
}
