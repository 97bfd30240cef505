//! Mental Health Services Data Set, NHS England (formerly NHS Digital).
//!
//! Long layout: monthly files, time series and four-week-wait files. Wide layout, to March 2019:
//! a row per area and month, a column per measure headed `MHS32 - Referrals starting in RP`.

use csv::ByteRecord;

use super::gather::{Figure, Gatherer};
use super::level::Breakdown;
use super::long::{self, Columns, column};
use super::period::Period;
use super::rows::{Rows, field};
use crate::diagnostics::Problem;

/// A row whose second level says this is about its first level alone.
fn is_whole(second_level: &[u8]) -> bool {
    matches!(second_level, b"" | b"NONE" | b"None" | b"NULL")
}

/// Reads the long layout.
pub(super) fn long(rows: &mut Rows, gatherer: &mut Gatherer<'_>) -> Result<(), Problem> {
    let columns = Columns {
        start: column(rows, &["REPORTING_PERIOD_START"])?,
        end: column(rows, &["REPORTING_PERIOD_END"])?,
        label: column(rows, &["BREAKDOWN"])?,
        status: rows.header.find("STATUS"),
        measure: column(rows, &["MEASURE_ID"])?,
        measure_name: column(rows, &["MEASURE_NAME", "MEASURE_ID"])?,
        value: column(rows, &["MEASURE_VALUE"])?,
    };
    let code = column(rows, &["PRIMARY_LEVEL"])?;
    let name = column(rows, &["PRIMARY_LEVEL_DESCRIPTION", "PRIMARY_LEVEL"])?;
    let second = column(rows, &["SECONDARY_LEVEL"])?;
    long::read(rows, gatherer, &columns, |row| {
        is_whole(field(row, second)).then(|| (field(row, code), field(row, name)))
    })
}

/// Reads the wide layout.
pub(super) fn wide(rows: &mut Rows, gatherer: &mut Gatherer<'_>) -> Result<(), Problem> {
    let date = column(rows, &["REPORTING_PERIOD"])?;
    let label = column(rows, &["BREAKDOWN"])?;
    let code = column(rows, &["PRIMARY_LEVEL"])?;
    let name = column(rows, &["PRIMARY_LEVEL_DESCRIPTION", "PRIMARY_LEVEL"])?;
    let second = column(rows, &["SECONDARY_LEVEL"])?;
    let status = rows.header.find("STATUS");
    let measures: Vec<(usize, usize)> = rows
        .header
        .0
        .iter()
        .enumerate()
        .filter_map(|(column, heading)| {
            let (id, name) = heading.split_once(" - ")?;
            Some((column, gatherer.measure(id.trim().as_bytes(), name.trim().as_bytes())))
        })
        .collect();
    if measures.is_empty() {
        return Err(Problem::error(rows.source.line(1), "no column is a measure")
            .read(rows.header.0.join(", "))
            .allowed("columns headed such as `MHS32 - Referrals starting in RP`"));
    }
    let mut row = ByteRecord::new();
    while rows.read(&mut row)? {
        gatherer.catalogue.rows += 1;
        let (number, breakdown) = gatherer.catalogue.label(field(&row, label));
        let Breakdown::Whole(level) = breakdown else { continue };
        if !is_whole(field(&row, second)) {
            gatherer.leave_part(number);
            continue;
        }
        let period = Period::named(field(&row, date));
        let area = gatherer.area(level, number, field(&row, code), field(&row, name));
        let is_final = status.is_some_and(|status| field(&row, status) == b"Final");
        for (column, measure) in &measures {
            let (measure, value) = (*measure, field(&row, *column));
            let period = period.clone();
            gatherer.offer(rows, &Figure { area, measure, period, part: 0, value, is_final });
        }
    }
    Ok(())
}
