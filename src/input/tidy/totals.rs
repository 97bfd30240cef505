//! Sums among the rows and columns of a table: left out, and held against their parts.

use super::is_total;
use super::reader::Reader;
use super::shape::When;
use crate::diagnostics::{Problem, Problems};

/// Rounding, not a mistake.
const TOLERANCE: f64 = 0.5;

/// Warns of sums that are not those of their parts. What lacks a part is not compared.
pub(super) fn compare(reader: &Reader<'_, '_>, problems: &mut Problems) {
    let shape = &reader.shape;
    let mut wrong: Vec<(usize, usize, f64, f64)> = Vec::new();
    for &row in &reader.sums {
        let named: Vec<usize> = (0..reader.table.header.len())
            .filter(|column| is_total(reader.cell(row, *column)))
            .collect();
        let is_sum = named.iter().any(|column| is_plain_sum(reader.cell(row, *column)));
        let times: Vec<usize> = match &shape.when {
            When::Down(columns) => columns.clone(),
            When::Between(first, last) => vec![*first, *last],
            When::Across(names) => names.beside().into_iter().collect(),
            When::Above(_) => Vec::new(),
        };
        let keys = times
            .iter()
            .copied()
            .chain([shape.area, shape.service, shape.measure].into_iter().flatten());
        // A part has the keys that the sum gives by name.
        let keys: Vec<usize> =
            keys.filter(|key| !named.contains(key) && !reader.cell(row, *key).is_empty()).collect();
        for &column in shape.values.iter().filter(|_| is_sum) {
            let Ok(Some(sum)) = reader.value(row, column) else { continue };
            let is_part = |part: usize| {
                keys.iter().all(|key| reader.cell(part, *key) == reader.cell(row, *key))
            };
            let parts = |from: usize| -> Option<f64> {
                let figures = reader.raw.iter().map(|raw| &raw.figure);
                let own = figures.filter(|f| {
                    f.column == column && f.row < row && f.row >= from && is_part(f.row)
                });
                own.map(|figure| figure.value.ok().flatten()).sum()
            };
            // All rows above it, or those since the last sum, or all rows of the table.
            let last = reader.sums.range(..row).next_back().map_or(0, |other| other + 1);
            let all: Option<f64> = reader
                .raw
                .iter()
                .map(|raw| &raw.figure)
                .filter(|f| f.column == column && is_part(f.row))
                .map(|figure| figure.value.ok().flatten())
                .sum();
            let found: Vec<f64> = [parts(0), parts(last), all].into_iter().flatten().collect();
            if let (Some(first), false) =
                (found.first(), found.iter().any(|found| (found - sum).abs() <= TOLERANCE))
            {
                wrong.push((row, column, sum, *first));
            }
        }
    }
    for &column in shape.totals.iter().filter(|column| is_plain_sum(&reader.table.header[**column]))
    {
        let rows: std::collections::BTreeSet<usize> =
            reader.raw.iter().map(|raw| raw.figure.row).collect();
        for row in rows {
            let parts: Option<f64> =
                shape.values.iter().map(|c| reader.value(row, *c).ok().flatten()).sum();
            if let (Ok(Some(sum)), Some(parts)) = (reader.value(row, column), parts)
                && (sum - parts).abs() > TOLERANCE
            {
                wrong.push((row, column, sum, parts));
            }
        }
    }
    let Some((row, column, sum, parts)) = wrong.first().copied() else { return };
    let more = match wrong.len() - 1 {
        0 => String::new(),
        more => format!(" (and {more} more)"),
    };
    let place = reader.table.place(&reader.table.rows[row], column);
    problems.push(
        Problem::warning(place, format!("a total is not the sum of its parts{more}"))
            .read(sum.to_string())
            .allowed(format!("the parts sum to {parts}; the total is left out"))
            .suggest("is a part missing, or counted twice?"),
    );
}

/// Whether a name is of a sum, not of a mean.
fn is_plain_sum(text: &str) -> bool {
    let text = text.to_lowercase();
    ["total", "sum"].iter().any(|word| text.contains(word))
}
