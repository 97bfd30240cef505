//! Talking therapies for anxiety and depression (IAPT), NHS England.
//!
//! Monthly: a row per organisation and measure; dates DD/MM/YYYY with `*` to 2024, ISO with `-`
//! after. `all` in a code stands for every organisation of that sort. Annual: totals by financial
//! year, which say nothing of their months; the report's own file is of one year, which its name
//! alone tells, and its totals are the rows whose variable is `Total`.

use csv::ByteRecord;

use super::gather::{Figure, Gatherer};
use super::level::{Breakdown, Level, breakdown};
use super::long::{self, Columns, column};
use super::period::Period;
use super::rows::{Rows, field, text};
use crate::diagnostics::Problem;
use crate::month::FinancialYear;

/// Reads the monthly layout.
pub(super) fn monthly(rows: &mut Rows, gatherer: &mut Gatherer<'_>) -> Result<(), Problem> {
    let columns = Columns {
        start: column(rows, &["REPORTING_PERIOD_START"])?,
        end: column(rows, &["REPORTING_PERIOD_END"])?,
        label: column(rows, &["GROUP_TYPE"])?,
        status: None,
        measure: column(rows, &["MEASURE_ID"])?,
        measure_name: column(rows, &["MEASURE_NAME", "MEASURE_ID"])?,
        value: column(rows, &["MEASURE_VALUE_SUPPRESSED", "MEASURE_VALUE"])?,
    };
    let code = column(rows, &["ORG_CODE1"])?;
    let name = column(rows, &["ORG_NAME1", "ORG_CODE1"])?;
    let second_code = column(rows, &["ORG_CODE2"])?;
    let second_name = column(rows, &["ORG_NAME2", "ORG_CODE2"])?;
    long::read(rows, gatherer, &columns, |row| {
        match (is_all(field(row, code)), is_all(field(row, second_code))) {
            (true, true) => Some((b"England".as_slice(), b"England".as_slice())),
            (false, true) => Some((field(row, code), field(row, name))),
            (true, false) => Some((field(row, second_code), field(row, second_name))),
            (false, false) => None,
        }
    })
}

fn is_all(code: &[u8]) -> bool {
    code.eq_ignore_ascii_case(b"all")
}

/// Reads totals by financial year.
pub(super) fn annual(rows: &mut Rows, gatherer: &mut Gatherer<'_>) -> Result<(), Problem> {
    let year = column(rows, &["financial_year"])?;
    let area = column(rows, &["area", "org_code", "area_code"])?;
    let service = rows.header.any(&["service", "service_line"]);
    let value = column(rows, &["referrals", "referrals_received", "value"])?;
    let mut row = ByteRecord::new();
    while rows.read(&mut row)? {
        gatherer.catalogue.rows += 1;
        let read = text(field(&row, year)).into_owned();
        let Some(year) = FinancialYear::parse(&read) else {
            gatherer.push(
                Problem::error(rows.place().cell("financial_year"), "this is no financial year")
                    .read(&read)
                    .allowed("2020-21, 2020/21 or 2020-2021"),
            );
            continue;
        };
        let code = field(&row, area);
        let level = match breakdown(&text(code)) {
            Breakdown::Whole(level) => level,
            _ => Level::Area,
        };
        let area = gatherer.area(level, usize::MAX, code, code);
        let service = service.map_or(b"IAPT".as_slice(), |column| field(&row, column));
        let measure = gatherer.measure(service, b"referrals received by year");
        gatherer.describe(measure, &text(service), "referrals");
        let period = Ok(Period { first: year.first(), months: 12 });
        let value = field(&row, value);
        gatherer.offer(rows, &Figure { area, measure, period, part: 0, value, is_final: true });
    }
    Ok(())
}

/// Counts of the annual report by id, column (from 2019-20 on with an underscore) and what is
/// counted.
const REPORTED: [(&str, &str, &str); 4] = [
    ("IAPT", "CountReferralsReceived", "referrals"),
    ("IAPT-entered", "CountFirstTreatment", "entered treatment"),
    ("IAPT-finished", "CountFinishedCourseTreatment", "finished treatment"),
    ("IAPT-ended", "CountEndedReferrals", "ended referrals"),
];

/// Reads the main file of an annual report.
pub(super) fn report(rows: &mut Rows, gatherer: &mut Gatherer<'_>) -> Result<(), Problem> {
    let name = rows.source.name.to_string();
    let file = name.rsplit(['/', '\\']).next().unwrap_or(&name);
    let Some(year) = year_in(file) else {
        return Err(Problem::error(
            rows.source.whole(),
            "the annual report does not say its year, and neither does the name of the file",
        )
        .read(file)
        .allowed("a name that holds the year, as published")
        .suggest("psych-ther-ann-rep-csv-2019-20-main.csv"));
    };
    let (kind, code) = (column(rows, &["OrgType"])?, column(rows, &["OrgCode"])?);
    let name = column(rows, &["OrgName", "OrgCode"])?;
    let variables = column(rows, &["VariableType"])?;
    let counts: Vec<(usize, usize)> = REPORTED
        .iter()
        .filter_map(|(id, heading, word)| {
            let column = rows.header.find(heading)?;
            let measure = gatherer.measure(id.as_bytes(), word.as_bytes());
            gatherer.describe(measure, "iapt", word);
            Some((column, measure))
        })
        .collect();
    let mut row = ByteRecord::new();
    while rows.read(&mut row)? {
        gatherer.catalogue.rows += 1;
        let (label, breakdown) = gatherer.catalogue.label(field(&row, kind));
        let Breakdown::Whole(level) = breakdown else { continue };
        if !field(&row, variables).eq_ignore_ascii_case(b"total") {
            gatherer.leave_part(label);
            continue;
        }
        let code = if level == Level::Nation { b"England".as_slice() } else { field(&row, code) };
        let area = gatherer.area(level, label, code, field(&row, name));
        for (column, measure) in &counts {
            let period = Ok(Period { first: year.first(), months: 12 });
            let (measure, value) = (*measure, field(&row, *column));
            gatherer.offer(rows, &Figure { area, measure, period, part: 0, value, is_final: true });
        }
    }
    Ok(())
}

/// The financial year that a file's name holds: `…-2019-20-main.csv`.
fn year_in(name: &str) -> Option<FinancialYear> {
    let is_digit = |at: usize| name.as_bytes().get(at).is_some_and(u8::is_ascii_digit);
    (0..name.len()).filter(|at| *at == 0 || !is_digit(at - 1)).find_map(|at| {
        let long =
            name.get(at..at + 9).filter(|_| !is_digit(at + 9)).and_then(FinancialYear::parse);
        long.or_else(|| {
            name.get(at..at + 7).filter(|_| !is_digit(at + 7)).and_then(FinancialYear::parse)
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_year_of_a_report_is_in_its_name() {
        for name in ["psych-ther-ann-rep-csv-2019-20-main-csv.csv", "report 2019-2020.csv"] {
            assert_eq!(year_in(name), Some(FinancialYear(2019)), "{name}");
        }
        assert_eq!(year_in("main-2019-04-12.csv"), None);
    }
}
