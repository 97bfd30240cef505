//! Child and adolescent mental health waiting times, Public Health Scotland open data: a row per
//! health board and month (`202004`), Scotland's total under its own code beside its boards. The
//! columns are `Month`, `HB`, `ReferralsAccepted`, `ReferralsReceived`, each count with a column of
//! qualifiers (`ReferralsReceivedQF`) that is left out: a count that is not known is blank. Files of
//! their own tell who was seen, with the median and the 90th percentile of their waits, and who
//! still waits.

use csv::ByteRecord;

use super::gather::{Figure, Gatherer};
use super::level::Level;
use super::long::column;
use super::period::Period;
use super::rows::{Rows, field};
use crate::diagnostics::Problem;

/// The codes of the whole country in Public Health Scotland's files.
const SCOTLAND: [&[u8]; 2] = [b"S92000003", b"S92000001"];

/// Reads a file of referrals, of those seen or of those waiting.
pub(super) fn read(rows: &mut Rows, gatherer: &mut Gatherer<'_>) -> Result<(), Problem> {
    let date = column(rows, &["Month"])?;
    let board = column(rows, &["HB", "HBT"])?;
    let counts: Vec<(usize, usize)> = [
        ("CAMHS", "ReferralsReceived", "referrals"),
        ("CAMHS-accepted", "ReferralsAccepted", "accepted"),
        ("CAMHS-seen", "TotalPatientsSeen", "seen"),
        ("CAMHS-seen-18", "NumberOfPatientsSeen0To18Weeks", "seen within 18 weeks"),
        ("CAMHS-median", "MedianWeeksPatientsSeen", "weeks, median"),
        ("CAMHS-p90", "90thPercentileWeeksPatientsSeen", "weeks, 90th percentile"),
        ("CAMHS-waiting", "TotalPatientsWaiting", "waiting"),
    ]
    .into_iter()
    .filter_map(|(id, heading, word)| {
        let column = rows.header.find(heading)?;
        let measure = gatherer.measure(id.as_bytes(), heading.as_bytes());
        gatherer.describe(measure, "camhs", word);
        Some((column, measure))
    })
    .collect();
    let mut row = ByteRecord::new();
    while rows.read(&mut row)? {
        gatherer.catalogue.rows += 1;
        let code = field(&row, board);
        let is_nation = SCOTLAND.contains(&code);
        let (level, code) = if is_nation {
            (Level::Nation, b"Scotland".as_slice())
        } else {
            (Level::HealthBoard, code)
        };
        let area = gatherer.area(level, usize::MAX, code, code);
        let period = Period::named(field(&row, date));
        for (column, measure) in &counts {
            let (measure, value) = (*measure, field(&row, *column));
            let period = period.clone();
            gatherer.offer(rows, &Figure { area, measure, period, part: 0, value, is_final: true });
        }
    }
    Ok(())
}
