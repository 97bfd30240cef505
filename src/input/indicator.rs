//! Leading indicators: `month` and a column for each, such as crime, domestic violence, bullying or
//! absence from school.

use super::baseline::month_cell;
use super::count::is_missing;
use super::table::Table;
use crate::diagnostics::{Problem, Problems, Source};
use crate::month::Month;

/// A leading indicator by month.
#[derive(Clone, Debug)]
pub struct Indicator {
    /// Its name.
    pub name: String,
    /// Its months with their values.
    pub months: Vec<(Month, f64)>,
}

/// Reads every indicator of a file; blank cells and `*` are missing.
pub fn read_indicators(source: &Source, problems: &mut Problems) -> Vec<Indicator> {
    let Some(table) = Table::parse_kept(source, problems) else { return Vec::new() };
    table.check_names(problems);
    let Some(month) = table.need("month", problems) else { return Vec::new() };
    let mut list: Vec<Indicator> = Vec::new();
    for (column, name) in table.header.iter().enumerate() {
        if column == month || name.is_empty() {
            continue;
        }
        let mut months = Vec::new();
        for row in &table.rows {
            let Some(at) = month_cell(&table, row, month, problems) else { continue };
            if is_missing(row.cell(column)) {
                continue;
            }
            let Some(value) = problems.take(table.number(row, column)).flatten() else { continue };
            if months.iter().any(|(known, _)| *known == at) {
                problems.push(
                    Problem::error(table.place(row, month), "the month stands twice")
                        .read(row.cell(month)),
                );
                continue;
            }
            months.push((at, value));
        }
        list.push(Indicator { name: name.clone(), months });
    }
    if list.is_empty() && problems.errors() == 0 {
        problems.push(
            Problem::error(source.line(1), "holds no indicator")
                .read(table.header.join(","))
                .suggest("month,absence"),
        );
    }
    list
}
