//! A file as it is published, or a table of somebody's own.

use std::fmt::Write as _;
use std::io::Write as _;

use super::super::choices::{Choices, cell};
use super::{Case, baseline, case};

/// Months of the long layout of the Mental Health Services Data Set, or a table of somebody's own.
pub(super) fn published(c: &mut Choices<'_>) -> Case {
    if c.chance(40) {
        let text = baseline::text(c);
        return case(&["import", "table", "own.csv"]).with("own.csv", text);
    }
    const LAST: [u32; 12] = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let mut text = String::from(
        "REPORTING_PERIOD_START,REPORTING_PERIOD_END,STATUS,BREAKDOWN,PRIMARY_LEVEL,PRIMARY_LEVEL_DESCRIPTION,SECONDARY_LEVEL,SECONDARY_LEVEL_DESCRIPTION,MEASURE_ID,MEASURE_NAME,MEASURE_VALUE\r\n",
    );
    let (breakdown, code) = c.pick(&[
        ("England", "England"),
        ("CCG - GP Practice or Residence", "00V"),
        ("England", "England"),
    ]);
    for month in 0..c.between(1, 30) {
        let (year, month) = (2019 + month / 12, month % 12);
        let value = c.pick(&["*", "10", "350", "87500", "0", "91000", "45"]);
        let last = LAST[month] + u32::from(month == 1 && year == 2020);
        let _ = write!(
            text,
            "01/{0:02}/{year},{last}/{0:02}/{year},Final,{breakdown},{code},{code},NONE,NONE,{1},{1},{2}\r\n",
            month + 1,
            c.pick(&["MHS32", "MHS32", "MHS32", "MHS01"]),
            cell(c, value)
        );
    }
    let mut case = case(&["import"]);
    if c.chance(50) {
        case.words.push("mhsds".to_owned());
    }
    if code == "00V" {
        case.words.extend(["--area", "00V"].map(str::to_owned));
    }
    if c.chance(20) {
        case.words.push("--list".to_owned());
    }
    if c.chance(20) {
        case.words.push("file.csv.gz".to_owned());
        let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        let _ = zip.start_file("file.csv", zip::write::SimpleFileOptions::default());
        let _ = zip.write_all(text.as_bytes());
        let bytes = zip.finish().map(std::io::Cursor::into_inner).unwrap_or_default();
        return case.with("file.csv.gz", bytes);
    }
    case.words.push("file.csv".to_owned());
    case.with("file.csv", text)
}
