//! Where a table begins and ends in a file as people keep it: what parts its cells, its header below
//! titles, and the lines of words around it that are no rows.

use csv::StringRecord;

use crate::input::count;
use crate::input::dates;

/// So many lines from the top the header is looked for.
pub(crate) const LINES: usize = 40;

/// Names of columns that say when, without case, blanks and punctuation.
const WHEN: [&str; 38] = [
    "month",
    "date",
    "period",
    "reportingperiod",
    "monthstart",
    "monthstarting",
    "monthending",
    "monthend",
    "monthended",
    "monthcommencing",
    "monthbeginning",
    "week",
    "weekending",
    "weekend",
    "weekcommencing",
    "weekbeginning",
    "weekno",
    "weeknumber",
    "quarter",
    "quarterending",
    "quarterend",
    "quarterended",
    "qtr",
    "year",
    "financialyear",
    "fy",
    "calendaryear",
    "yearending",
    "day",
    "timeperiod",
    "monthyear",
    "yearmonth",
    "isoweek",
    "periodending",
    "periodend",
    "periodstart",
    "reportingmonth",
    "referralmonth",
];

/// A name without case, blanks and punctuation.
pub(crate) fn plain(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Whether a column of this name says when.
pub(crate) fn is_when(name: &str) -> bool {
    WHEN.contains(&plain(name).as_str())
}

/// What parts the cells: the mark that stands equally often on most of the first lines.
pub(crate) fn delimiter(start: &str) -> u8 {
    let lines: Vec<&str> =
        start.lines().filter(|line| !line.trim().is_empty()).take(LINES).collect();
    if let Some(mark) = lines.first().and_then(|line| line.trim().strip_prefix("sep=")) {
        return mark.bytes().next().filter(u8::is_ascii).unwrap_or(b',');
    }
    let score = |mark: u8| {
        let counts: Vec<usize> = lines.iter().map(|line| outside_quotes(line, mark)).collect();
        let with = |count: usize| counts.iter().filter(|own| **own == count).count();
        counts.iter().filter(|count| **count > 0).map(|count| with(*count)).max().unwrap_or(0)
    };
    [(b',', 1), (b';', 0), (b'\t', 0), (b'|', 0)]
        .into_iter()
        .max_by_key(|(mark, is_usual)| (score(*mark), *is_usual))
        .map_or(b',', |(mark, _)| mark)
}

fn outside_quotes(line: &str, mark: u8) -> usize {
    let mut is_quoted = false;
    line.bytes()
        .filter(|byte| {
            is_quoted ^= *byte == b'"';
            *byte == mark && !is_quoted
        })
        .count()
}

fn filled(record: &StringRecord) -> usize {
    record.iter().filter(|cell| !cell.trim().is_empty()).count()
}

/// Which of the first records names the columns: the first that names one for the time or several
/// months, else the first of several cells.
pub(crate) fn heading(records: &[StringRecord]) -> usize {
    let records = &records[..records.len().min(LINES)];
    let widest = records.iter().map(filled).max().unwrap_or(0);
    let is_wide = |record: &StringRecord| filled(record) > 1 || widest < 2;
    let names_time = |record: &&StringRecord| {
        let cells = || record.iter().map(str::trim).filter(|cell| !cell.is_empty());
        let months = cells().filter(|cell| dates::is_month_name(cell)).count();
        let alone = cells().filter(|cell| dates::is_month_alone(cell)).count();
        let is_named = cells().any(|cell| is_when(cell) && !cell.ends_with(':'));
        let is_body = cells().next().is_some_and(dates::is_time);
        is_wide(record) && !is_body && (is_named || months > 1 || alone > 3)
    };
    let named = records.iter().position(|record| names_time(&record));
    named.or_else(|| records.iter().position(is_wide)).unwrap_or(0)
}

/// The first row of several cells, for tables whose columns have fixed names.
pub(crate) fn first_wide(records: &[StringRecord]) -> usize {
    let widest = records.iter().take(LINES).map(filled).max().unwrap_or(0);
    records.iter().take(LINES).position(|r| filled(r) > 1 || widest < 2).unwrap_or(0)
}

/// Whether a row is a line of words, such as a source or a footnote: no number and no time in it.
pub(crate) fn is_words(record: &StringRecord) -> bool {
    let cells: Vec<&str> = record.iter().map(str::trim).filter(|cell| !cell.is_empty()).collect();
    let is_figure = |cell: &&str| {
        dates::is_time(cell) || count::read(cell, false).is_ok_and(|value| value.is_some())
    };
    let is_long = |cell: &&str| cell.split_whitespace().count() > 2;
    let is_note = |cell: &&str| {
        let start = plain(cell);
        cell.starts_with(['*', '[', '†']) && cell.len() > 3
            || ["source", "note", "footnote", "caveat"].iter().any(|word| start.starts_with(word))
    };
    let is_sentence = cells.first().is_some_and(|cell| is_long(cell) || is_note(cell));
    // A row of which every count is withheld is a row.
    let is_marked = cells.iter().skip(1).any(|cell| count::is_missing(cell));
    is_sentence && !is_marked && !cells.iter().any(is_figure)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mark_that_parts_cells_is_found_whatever_stands_in_them() {
        assert_eq!(delimiter("month;iapt\n2019-01;1,5\n2019-02;1,6\n"), b';');
        assert_eq!(
            delimiter("Referrals, by month\n\nmonth\tiapt\n2019-01\t5\n2019-02\t6\n"),
            b'\t'
        );
        assert_eq!(delimiter("month,note\n2019-01,\"a;b;c\"\n"), b',');
        assert_eq!(delimiter("sep=;\nmonth;a,b\n"), b';');
        assert_eq!(delimiter("month\n2019-01\n"), b',');
    }

    #[test]
    fn lines_of_words_are_told_from_rows() {
        let record = |text: &str| -> StringRecord { text.split('|').collect::<Vec<_>>().into() };
        for words in ["Source: NHS England| accessed by us|", "* rounded|", "See the notes below||"]
        {
            assert!(is_words(&record(words)), "{words}");
        }
        for row in ["Adult community mental health|*|[c]", "Early help in crisis|5|6", "2019-01|x"]
        {
            assert!(!is_words(&record(row)), "{row}");
        }
    }

    #[test]
    fn the_header_is_found_below_titles() {
        let records = |text: &str| -> Vec<StringRecord> {
            text.lines().map(|line| line.split('|').collect::<Vec<_>>().into()).collect()
        };
        assert_eq!(heading(&records("Referrals|\nMonth|IAPT\n2019-01|5")), 1);
        assert_eq!(heading(&records("NHS Bury|2019\nPeriod:|all\nMonth|IAPT\n2019-01|5")), 2);
        assert_eq!(heading(&records("Title|||\nService|Apr-19|May-19|Jun-19\nIAPT|1|2|3")), 1);
        assert_eq!(heading(&records("service|from|value\niapt|2020-01|5")), 0);
        assert_eq!(heading(&records("2019-01|5\n2019-02|6")), 0);
    }
}
