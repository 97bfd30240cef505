//! Child and adolescent mental health waiting times, Public Health Scotland open data: a row per
//! health board and month (`202004`), Scotland's total under its own code beside its boards. The
//! columns are `Month`, `HB` and the counts of one of three files: referrals, patients seen by weeks
//! waited, patients waiting by weeks waited; each with a column of qualifiers (`ReferralsReceivedQF`)
//! that is left out: a count that is not known is blank. Median and 90th percentile are no counts.

use csv::ByteRecord;

use super::gather::{Figure, Gatherer};
use super::level::Level;
use super::long::column;
use super::period::Period;
use super::rows::{Rows, field};
use crate::diagnostics::Problem;

/// The codes of the whole country in Public Health Scotland's files.
const SCOTLAND: [&[u8]; 2] = [b"S92000003", b"S92000001"];

/// Counts by id, column and what is counted.
const COUNTS: [(&str, &str, &str); 10] = [
    ("CAMHS", "ReferralsReceived", "referrals"),
    ("CAMHS-accepted", "ReferralsAccepted", "accepted"),
    ("CAMHS-seen", "TotalPatientsSeen", "seen"),
    ("CAMHS-seen-0-18", "NumberOfPatientsSeen0To18Weeks", "seen within 18 weeks"),
    ("CAMHS-seen-19-35", "NumberOfPatientsSeen19To35Weeks", "seen after 19 to 35 weeks"),
    ("CAMHS-seen-36-52", "NumberOfPatientsSeen36To52Weeks", "seen after 36 to 52 weeks"),
    ("CAMHS-seen-over-52", "NumberOfPatientsSeenOver52Weeks", "seen after over 52 weeks"),
    ("CAMHS-waiting", "TotalPatientsWaiting", "waiting at month end"),
    (
        "CAMHS-waiting-0-18",
        "NumberOfPatientsWaiting0To18Weeks",
        "waiting up to 18 weeks at month end",
    ),
    (
        "CAMHS-waiting-over-52",
        "NumberOfPatientsWaitingOver52Weeks",
        "waiting over 52 weeks at month end",
    ),
];

/// Reads one of the three files.
pub(super) fn read(rows: &mut Rows, gatherer: &mut Gatherer<'_>) -> Result<(), Problem> {
    let date = column(rows, &["Month"])?;
    let board = column(rows, &["HB", "HBT"])?;
    let counts: Vec<(usize, usize)> = COUNTS
        .iter()
        .filter_map(|(id, heading, word)| {
            let column = rows.header.find(heading)?;
            // The word says whether it is a stock.
            let measure = gatherer.measure(id.as_bytes(), word.as_bytes());
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
