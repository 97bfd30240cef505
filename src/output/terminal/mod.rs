//! What a person reads on a terminal: the first screen, and everything on request.

pub mod first;
pub mod full;
mod years;

use comfy_table::{ColumnConstraint, ContentArrangement, Table, Width, presets};

use super::words;

/// A borderless table that fits the terminal.
pub fn new_table() -> Table {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_content_arrangement(ContentArrangement::Dynamic);
    table.set_width(words::width() as u16);
    table
}

/// Gives every column room for its longest word, so that none is broken within.
pub fn keep_words_whole(table: &mut Table) {
    let mut longest: Vec<usize> = Vec::new();
    for row in table.header().into_iter().chain(table.row_iter()) {
        for (index, cell) in row.cell_iter().enumerate() {
            longest.resize(longest.len().max(index + 1), 0);
            let words = cell.content();
            let word = words.split_whitespace().map(|word| word.chars().count()).max();
            longest[index] = longest[index].max(word.unwrap_or(0));
        }
    }
    for (column, longest) in table.column_iter_mut().zip(longest) {
        let width = Width::Fixed(longest as u16 + column.padding_width());
        column.set_constraint(ColumnConstraint::LowerBoundary(width));
    }
}
