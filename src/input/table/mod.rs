//! A table with the line of every row, so that each cell can be pointed at. Cells may be parted by
//! commas, semicolons or tabs; titles above the header and words below the rows are no rows.

pub(crate) mod head;
mod lines;

use std::collections::HashMap;

use csv::StringRecord;

use super::document::share_of_percent;
use crate::diagnostics::{Place, Problem, Problems, Source, nearest};
use crate::escape::without_guard;
use crate::month::Month;

/// More columns than any table of ours, or of a person, has.
const MOST_COLUMNS: usize = 2_000;

/// More cells than any table that is read whole.
const MOST_CELLS: usize = 8_000_000;

/// What is wrong with a table whose first line is a row like the others.
const NO_NAMES: &str = "the first line names none of the columns";

/// Whether others call their months by this name.
fn is_date(name: &str) -> bool {
    ["date", "period", "reporting_period"].iter().any(|date| date.eq_ignore_ascii_case(name))
}

/// A table read whole.
#[derive(Debug)]
pub struct Table {
    /// The file.
    pub source: Source,
    /// Column names as written, trimmed.
    pub header: Vec<String>,
    /// The rows that hold anything.
    pub rows: Vec<Row>,
    /// The line of the header.
    pub head: usize,
    /// Whether semicolons part the cells, as where a comma is the decimal point.
    pub has_semicolons: bool,
    /// Lines of words above the header and below the rows.
    pub words: Vec<String>,
}

/// One row of a table.
#[derive(Debug)]
pub struct Row {
    /// Its first line in the file, from 1.
    pub line: usize,
    cells: StringRecord,
}

impl Row {
    /// The cell of column `index`, trimmed; blank where the row is short.
    pub fn cell(&self, index: usize) -> &str {
        self.cells.get(index).map_or("", |cell| without_guard(cell.trim()))
    }

    /// Whether the row ends before column `index`.
    pub fn ends_before(&self, index: usize) -> bool {
        self.cells.len() <= index
    }
}

impl Table {
    /// Parses CSV text; ragged rows are problems, and names of columns that stand twice.
    pub fn parse(source: &Source, problems: &mut Problems) -> Option<Self> {
        let table = Self::parse_any_names(source, problems)?;
        table.check_names(problems);
        Some(table)
    }

    /// The same of a table of a pack, where a row of a name alone is a row as any other.
    pub fn parse_every_row(source: &Source, problems: &mut Problems) -> Option<Self> {
        let table = Self::parse_below(source, head::first_wide, false, problems)?;
        table.check_names(problems);
        Some(table)
    }

    /// The same, whatever names the columns have; wholly blank rows are passed over.
    pub fn parse_any_names(source: &Source, problems: &mut Problems) -> Option<Self> {
        Self::parse_below(source, head::first_wide, true, problems)
    }

    /// A table as people keep them: its header, which names a time, may stand below titles.
    pub fn parse_kept(source: &Source, problems: &mut Problems) -> Option<Self> {
        Self::parse_below(source, head::heading, true, problems)
    }

    fn parse_below(
        source: &Source,
        heading: impl Fn(&[StringRecord]) -> usize,
        may_have_words: bool,
        problems: &mut Problems,
    ) -> Option<Self> {
        let delimiter = head::delimiter(&source.text);
        if let Some(problem) = lines::open_quote(source, delimiter) {
            problems.push(problem);
            return None;
        }
        let mut lines = lines::Lines::new(&source.text);
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(delimiter)
            .from_reader(source.text.as_bytes());
        let mut records: Vec<StringRecord> = Vec::new();
        let mut cells = 0;
        for record in reader.records() {
            let record = match record {
                Ok(record) => record,
                Err(error) => {
                    let line = lines.of(error.position());
                    problems.push(
                        Problem::error(source.line(line), format!("not a CSV row: {error}"))
                            .allowed("cells parted by commas, text in UTF-8"),
                    );
                    return None;
                }
            };
            let line = lines.of(record.position());
            cells += record.len();
            if record.iter().all(|cell| cell.trim().is_empty()) {
                continue;
            }
            let refuse = |message: &str, read: String, allowed: String| {
                Problem::error(source.line(line), message).read(read).allowed(allowed)
            };
            if record.len() > MOST_COLUMNS {
                let read = format!("{} columns", record.len());
                problems.push(refuse("too many columns", read, format!("up to {MOST_COLUMNS}")));
                return None;
            }
            if cells > MOST_CELLS {
                let allowed = format!("up to {MOST_CELLS} cells");
                problems.push(refuse("the table is too large", format!("{cells} cells"), allowed));
                return None;
            }
            let mut position = csv::Position::new();
            position.set_line(line as u64);
            let mut record = record;
            record.set_position(Some(position));
            records.push(record);
        }
        if records.first().is_some_and(|record| record.iter().any(|cell| cell.starts_with("sep=")))
        {
            records.remove(0);
        }
        if records.is_empty() {
            problems.push(
                Problem::error(source.whole(), "is empty")
                    .allowed("a header line, and rows below it"),
            );
            return None;
        }
        let at = heading(&records);
        let line_of = |record: &StringRecord| record.position().map_or(1, |at| at.line() as usize);
        let text_of = |record: &StringRecord| {
            let cells = record.iter().map(str::trim).filter(|cell| !cell.is_empty());
            cells.collect::<Vec<_>>().join(", ")
        };
        let mut words: Vec<String> = records[..at].iter().map(text_of).collect();
        let below = records.split_off((at + 1).min(records.len()));
        let named = records.pop()?;
        let header: Vec<String> =
            named.iter().map(|name| without_guard(name.trim()).to_owned()).collect();
        let is_wide = header.iter().filter(|name| !name.is_empty()).count() > 1;
        let is_longer = |record: &StringRecord| {
            record.iter().skip(header.len()).any(|cell| !cell.trim().is_empty())
        };
        let longer = below.iter().filter(|record| is_longer(record)).count();
        if is_wide && longer > 2 && 2 * longer > below.len() {
            let message = "the first line names fewer columns than most rows have";
            problems.push(
                Problem::error(source.line(line_of(&named)), message)
                    .read(header.join(", "))
                    .allowed("a first line with a name for each column"),
            );
            return None;
        }
        let mut rows = Vec::new();
        for record in below {
            let line = line_of(&record);
            // A header again, as at the top of a printed page.
            if record.iter().eq(named.iter()) && is_wide {
                continue;
            }
            if is_wide && may_have_words && head::is_words(&record) {
                words.push(text_of(&record));
                continue;
            }
            if is_longer(&record) {
                problems.push(
                    Problem::error(source.line(line), "the row has more cells than the header")
                        .read(format!("{} cells", record.len()))
                        .allowed(format!("{} cells", header.len()))
                        .suggest("put quotes around a cell that holds a comma, such as \"1,234\""),
                );
                continue;
            }
            rows.push(Row { line, cells: record });
        }
        let has_semicolons = delimiter == b';';
        Some(Self {
            source: source.clone(),
            header,
            rows,
            head: line_of(&named),
            has_semicolons,
            words,
        })
    }

    /// Complains of every name that an earlier column has; false where there is one.
    pub fn check_names(&self, problems: &mut Problems) -> bool {
        let before = problems.errors();
        let mut seen = HashMap::new();
        for (index, name) in self.header.iter().enumerate() {
            if name.is_empty() {
                continue;
            }
            if seen.insert(name.to_lowercase(), index).is_some() {
                problems.push(
                    Problem::error(
                        self.source.line(self.head).cell(name),
                        "the column stands twice",
                    )
                    .read(name)
                    .allowed("each column once"),
                );
            }
        }
        problems.errors() == before
    }

    /// The index of column `name`, any case.
    pub fn column(&self, name: &str) -> Option<usize> {
        let is = |header: &String| header.eq_ignore_ascii_case(name);
        let found = self.header.iter().position(is);
        // Others call their months a date or a period.
        found.or_else(|| {
            let is_month = name == "month";
            self.header.iter().position(|header| is_month && head::is_when(header))
        })
    }

    /// The index of a column that must be there. Where [`Table::allow`] told that another is
    /// meant for it, that is enough.
    pub fn need(&self, name: &str, problems: &mut Problems) -> Option<usize> {
        let found = self.column(name);
        if found.is_none() {
            let near = nearest(name, self.header.iter().map(String::as_str));
            let is_told = |problem: &Problem| {
                let is_meant = problem.suggestion.as_deref() == Some(name)
                    && near.is_some_and(|near| {
                        problem.place == self.source.line(self.head).cell(near)
                    });
                is_meant
                    || problem.message == NO_NAMES && problem.place == self.source.line(self.head)
            };
            if problems.iter().any(is_told) {
                return None;
            }
            let mut problem = Problem::error(
                self.source.line(self.head),
                format!("the column `{name}` is missing"),
            )
            .read(self.header.join(", "));
            if name == "month" && self.header.iter().any(|n| n.parse::<Month>().is_ok()) {
                problem = problem.allowed("a first line that names the columns: month,…");
            } else if let Some(near) = near.or_else(|| self.named_date(name)) {
                problem = problem.suggest(format!("rename `{near}` to `{name}`"));
            }
            problems.push(problem);
        }
        found
    }

    /// The column that others call their months by.
    fn named_date(&self, name: &str) -> Option<&str> {
        self.header
            .iter()
            .find(|name| is_date(name))
            .filter(|_| name == "month")
            .map(String::as_str)
    }

    /// Whether the first line names any column that is, or may be meant for, one of `allowed`; else it
    /// is a row like the others, which is told instead of each of its cells.
    pub fn is_headed(&self, allowed: &[&str], problems: &mut Problems) -> bool {
        let is_near =
            |name: &String| is_date(name) || nearest(name, allowed.iter().copied()).is_some();
        let is_headed = self.header.len() < 2 || self.header.iter().any(is_near);
        if !is_headed {
            problems.push_once(
                Problem::error(self.source.line(self.head), NO_NAMES)
                    .read(self.header.join(", "))
                    .allowed(format!("a first line with {}", allowed.join(", "))),
            );
        }
        is_headed
    }

    /// Complains of every column that is none of `allowed`; false where there is one. What is read
    /// without a column that a slip hides may be told to be wrong row by row, and is not.
    pub fn allow(&self, allowed: &[&str], problems: &mut Problems) -> bool {
        let is_unknown = |name: &&String| {
            let is_month = allowed.contains(&"month") && head::is_when(name);
            !name.is_empty() && !is_month && !allowed.iter().any(|a| a.eq_ignore_ascii_case(name))
        };
        if !self.is_headed(allowed, problems) {
            return false;
        }
        let mut are_known = true;
        for name in self.header.iter().filter(is_unknown) {
            are_known = false;
            let place = self.source.line(self.head).cell(name);
            problems.push(
                Problem::error(place, format!("unknown column `{name}`"))
                    .choose(name, allowed.iter().copied()),
            );
        }
        are_known
    }

    /// Where a cell is.
    pub fn place(&self, row: &Row, column: usize) -> Place {
        let place = self.source.line(row.line);
        match self.header.get(column) {
            Some(name) => place.cell(name),
            None => place,
        }
    }

    /// The number in a cell, or nothing where it is blank.
    pub fn number(&self, row: &Row, column: usize) -> Result<Option<f64>, Problem> {
        let text = row.cell(column);
        number(text).map_err(|NotANumber| {
            let problem = Problem::error(self.place(row, column), "not a number")
                .read(text)
                .allowed("a number such as 0.25, 1234 or \"1,234\"");
            let percent = text.strip_suffix('%').and_then(|text| number(text).ok().flatten());
            match percent.and_then(|percent| share_of_percent(percent, 1.0)) {
                Some(share) => problem.suggest(share.to_string()),
                None => problem,
            }
        })
    }
}

/// A text that is no number.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct NotANumber;

/// A finite number, thousands commas allowed; blank is nothing.
pub fn number(text: &str) -> Result<Option<f64>, NotANumber> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    let plain = without_thousands(text).ok_or(NotANumber)?;
    match plain.parse::<f64>() {
        Ok(value) if value.is_finite() => Ok(Some(value)),
        _ => Err(NotANumber),
    }
}

/// `1,234,567` without its commas; nothing where the commas are not thousands.
fn without_thousands(text: &str) -> Option<String> {
    if !text.contains(',') {
        return Some(text.to_owned());
    }
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let mut groups = whole.trim_start_matches('-').split(',');
    let first = groups.next()?;
    let sound = (1..=3).contains(&first.len()) && groups.all(|group| group.len() == 3);
    (sound && !fraction.contains(',')).then(|| text.replace(',', ""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_of_three_words_alone_is_a_row_of_a_pack() {
        let source = Source::new("groups.csv", "group,size\nPeople who wait,\nOthers,2\n");
        let mut problems = Problems::default();
        let rows = |table: Option<Table>| table.map(|table| table.rows.len());
        assert_eq!(rows(Table::parse_every_row(&source, &mut problems)), Some(2));
        assert_eq!(rows(Table::parse(&source, &mut problems)), Some(1));
        assert!(problems.is_empty());
    }

    #[test]
    fn numbers_may_hold_thousands_commas_and_nothing_else() {
        assert_eq!(number("1,234"), Ok(Some(1234.0)));
        assert_eq!(number(" 0.5 "), Ok(Some(0.5)));
        assert_eq!(number(""), Ok(None));
        for wrong in ["1,23", "12,3456", "a", "NaN", "inf", "1e999", "£5", "1.2,345"] {
            assert_eq!(number(wrong), Err(NotANumber), "{wrong}");
        }
    }

    #[test]
    fn a_million_columns_are_refused_at_once() {
        let mut problems = Problems::default();
        let source = Source::new("wide.csv", "a,".repeat(1_000_000));
        assert!(Table::parse(&source, &mut problems).is_none());
        assert_eq!(problems.errors(), 1);
    }

    #[test]
    fn a_row_too_long_is_pointed_at() {
        let mut problems = Problems::default();
        let source = Source::new("x.csv", "month,iapt\n2020-01,1,234\n");
        Table::parse(&source, &mut problems);
        assert!(problems.render(false).contains("x.csv:2"), "{}", problems.render(false));
    }
}
