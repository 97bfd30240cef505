//! The long layout shared by NHS England's files: a row per period, area and measure.

use csv::ByteRecord;

use super::gather::{Figure, Gatherer};
use super::level::Breakdown;
use super::rows::{Rows, field, plain};
use crate::diagnostics::{Problem, nearest};

/// Where the columns stand.
pub(super) struct Columns {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) label: usize,
    pub(super) status: Option<usize>,
    pub(super) measure: usize,
    pub(super) measure_name: usize,
    pub(super) value: usize,
}

/// Reads every row. `area` gives the code and the name of a row's area, `None` where the row is
/// a part of one.
pub(super) fn read(
    rows: &mut Rows,
    gatherer: &mut Gatherer<'_>,
    columns: &Columns,
    area: impl for<'a> Fn(&'a ByteRecord) -> Option<(&'a [u8], &'a [u8])>,
) -> Result<(), Problem> {
    let mut row = ByteRecord::new();
    while rows.read(&mut row)? {
        gatherer.catalogue.rows += 1;
        let (label, breakdown) = gatherer.catalogue.label(field(&row, columns.label));
        let Breakdown::Whole(level) = breakdown else { continue };
        let Some((code, name)) = area(&row) else {
            gatherer.leave_part(label);
            continue;
        };
        let area = gatherer.area(level, label, code, name);
        let measure =
            gatherer.measure(field(&row, columns.measure), field(&row, columns.measure_name));
        let period = gatherer.periods.between(field(&row, columns.start), field(&row, columns.end));
        let is_final = columns.status.is_some_and(|status| field(&row, status) == b"Final");
        let value = field(&row, columns.value);
        gatherer.offer(rows, &Figure { area, measure, period, part: 0, value, is_final });
    }
    Ok(())
}

/// The column `name`, or the problem that it is missing.
pub(super) fn column(rows: &Rows, names: &[&str]) -> Result<usize, Problem> {
    rows.header.any(names).ok_or_else(|| {
        let wanted = names.first().copied().unwrap_or_default();
        let message = format!("the column {wanted} is missing");
        let problem = Problem::error(rows.source.line(1), message).read(rows.header.0.join(", "));
        // A part of the name is nearer than any slip of it.
        let part = |name: &&String| name.len() > 2 && plain(wanted).contains(&plain(name));
        let near = rows.header.0.iter().find(part).map(String::as_str);
        match near.or_else(|| nearest(wanted, rows.header.0.iter().map(String::as_str))) {
            Some(name) => problem.suggest(format!("rename `{name}` to `{wanted}`")),
            None => problem,
        }
    })
}
