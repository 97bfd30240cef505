//! Any table as people keep it, into figures by time, area, service and measure: months down or
//! across, a column per service or a row per figure, totals and notes among the rows.

mod days;
mod shape;
mod totals;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use super::count::{self, NotACount};
use super::dates::{self, DayOrder, Period, Span};
use super::published::measure::{Nature, nature};
use super::table::{Row, Table, head};
use crate::diagnostics::{Place, Problem, Problems};
use crate::month::Month;
use shape::{Shape, When, time_text};

/// What the user says of the table.
#[derive(Clone, Debug, Default)]
pub struct Wishes {
    /// In which order the numbers of a date stand.
    pub order: Option<DayOrder>,
    /// Whether weeks and longer periods may be spread over months.
    pub spread: bool,
    /// The column, or the year's and the month's, that says when.
    pub date: Vec<String>,
    /// The column that says whose.
    pub area: Option<String>,
    /// Columns of figures.
    pub value: Vec<String>,
    /// Columns and the text that rows must have there.
    pub filters: Vec<(String, String)>,
}

/// One figure of a table.
#[derive(Clone, Debug)]
pub(crate) struct Figure<'a> {
    pub(crate) period: Period,
    /// Blank where the table names none.
    pub(crate) area: &'a str,
    /// The text of its column, or the name of the column of figures.
    pub(crate) service: &'a str,
    /// Blank where the table names none.
    pub(crate) measure: &'a str,
    /// Whether it was spread from another period.
    pub(crate) derived: bool,
    pub(crate) value: Result<Option<f64>, NotACount>,
    row: usize,
    column: usize,
}

/// A table as figures.
pub(crate) struct Tidy<'a> {
    table: &'a Table,
    shape: Shape,
    pub(crate) figures: Vec<Figure<'a>>,
    /// Figures whose time can't be read, and why: whether they matter the reader of them knows.
    pub(crate) undated: Vec<(Figure<'a>, Problem)>,
    /// What was understood, in words; blank where the table is as the documentation has it.
    pub(crate) understood: String,
}

impl<'a> Tidy<'a> {
    /// Whether the table names its areas.
    pub(crate) fn has_areas(&self) -> bool {
        self.shape.area.is_some()
    }

    /// The column of areas.
    pub(crate) fn area_column(&self) -> Option<usize> {
        self.shape.area
    }

    /// Whether a row names its service; else the columns do.
    pub(crate) fn has_services(&self) -> bool {
        self.shape.service.is_some()
    }

    /// Whether the table names its measures.
    pub(crate) fn has_measures(&self) -> bool {
        self.shape.measure.is_some()
    }

    /// Where a figure stands.
    pub(crate) fn place(&self, figure: &Figure<'_>) -> Place {
        self.table.place(&self.table.rows[figure.row], figure.column)
    }

    /// The line of a figure.
    pub(crate) fn line(&self, figure: &Figure<'_>) -> usize {
        self.table.rows[figure.row].line
    }

    /// The text of a figure.
    pub(crate) fn text(&self, figure: &Figure<'_>) -> &'a str {
        self.table.rows[figure.row].cell(figure.column)
    }

    /// Where the service of a figure is named.
    pub(crate) fn service_place(&self, figure: &Figure<'_>) -> Place {
        match self.shape.service {
            Some(column) => self.table.place(&self.table.rows[figure.row], column),
            None if figure.service.is_empty() => self.table.source.line(self.table.head),
            None => self.table.source.line(self.table.head).cell(figure.service),
        }
    }
}

/// Whether the name of a column of figures is no name of a service: `referrals`.
pub(crate) fn names_no_service(name: &str) -> bool {
    name.is_empty() || shape::VALUE.contains(&head::plain(name).as_str()) || is_total(name)
}

/// Whether a text names a sum: `Total`, `Grand total`, `2019/20 total`, `YTD`.
fn is_total(text: &str) -> bool {
    let words: Vec<String> = text
        .to_lowercase()
        .split(|c: char| !c.is_alphanumeric() && c != '/')
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect();
    let is_word = |word: Option<&String>| word.is_some_and(|word| dates::is_total_word(word));
    words.len() <= 4 && (is_word(words.first()) || is_word(words.last()))
        || words.join(" ") == "year to date"
}

/// Reads a table that may be laid out in any way; `names_service` where the name of a column says
/// that it holds figures.
pub(crate) fn read<'a>(
    table: &'a Table,
    wishes: &Wishes,
    names_service: &dyn Fn(&str) -> bool,
    problems: &mut Problems,
) -> Option<Tidy<'a>> {
    let before = problems.errors();
    let kept = wanted(table, wishes, problems)?;
    let sums = sums(table, &kept);
    let body: Vec<&Row> =
        kept.iter().filter(|row| !sums.contains(row)).map(|row| &table.rows[*row]).collect();
    let shape = shape::shape(table, &body, (wishes, names_service), problems)?;
    let mut reader = Reader {
        table,
        wishes,
        shape,
        raw: Vec::new(),
        undated: Vec::new(),
        sums,
        blank: 0,
        times: String::new(),
    };
    match reader.shape.when.clone() {
        When::Across(year) => reader.across(&kept, year, problems)?,
        When::Down(columns) => reader.down(&kept, &columns, problems)?,
        When::Between(first, last) => reader.between(&kept, first, last, problems),
        When::Above(month) => reader.above(&kept, month, problems),
    }
    if problems.errors() > before && reader.raw.is_empty() && reader.undated.is_empty() {
        return None;
    }
    totals::compare(&reader, problems);
    let understood = reader.understood();
    let figures = reader.figures(problems);
    let Reader { shape, undated, .. } = reader;
    Some(Tidy { table, shape, figures, undated, understood })
}

/// The rows that `--where` keeps, by their places.
fn wanted(table: &Table, wishes: &Wishes, problems: &mut Problems) -> Option<Vec<usize>> {
    let mut filters = Vec::new();
    for (name, text) in &wishes.filters {
        let place = || table.source.line(table.head);
        let Some(column) = table.column(name) else {
            problems.push(
                Problem::error(place(), format!("the table has no column `{name}`"))
                    .choose(name, table.header.iter().map(String::as_str)),
            );
            return None;
        };
        let mut texts: Vec<&str> = table.rows.iter().map(|row| row.cell(column)).collect();
        texts.sort_unstable();
        texts.dedup();
        if !texts.iter().any(|own| own.eq_ignore_ascii_case(text)) {
            problems.push(
                Problem::error(place().cell(name), format!("no row has `{text}` in `{name}`"))
                    .choose(text, texts),
            );
            return None;
        }
        filters.push((column, text));
    }
    let is_kept =
        |row: &Row| filters.iter().all(|(c, text)| row.cell(*c).eq_ignore_ascii_case(text));
    Some((0..table.rows.len()).filter(|at| is_kept(&table.rows[*at])).collect())
}

/// The rows that sum others: a cell before their first number says so, in a column that says
/// something else elsewhere.
fn sums(table: &Table, kept: &[usize]) -> BTreeSet<usize> {
    let is_other = |cell: &str| !cell.is_empty() && !is_total(cell);
    let names_others: Vec<bool> = (0..table.header.len())
        .map(|column| kept.iter().any(|row| is_other(table.rows[*row].cell(column))))
        .collect();
    let is_sum = |row: &&usize| {
        let row = &table.rows[**row];
        (0..table.header.len())
            .map(|column| (column, row.cell(column)))
            .take_while(|(_, cell)| {
                let is_count = count::read(cell, table.has_semicolons).is_ok() && !cell.is_empty();
                !is_count || dates::is_time(cell)
            })
            .any(|(column, cell)| names_others[column] && is_total(cell))
    };
    kept.iter().filter(is_sum).copied().collect()
}

/// Until weeks and days have become months.
const NO_PERIOD: Period = Period { first: Month::of_number(0), months: 0 };

/// A figure with its time, before weeks and days become months.
struct Raw<'a> {
    span: Span,
    figure: Figure<'a>,
}

struct Reader<'a, 'w> {
    table: &'a Table,
    wishes: &'w Wishes,
    shape: Shape,
    raw: Vec<Raw<'a>>,
    undated: Vec<(Figure<'a>, Problem)>,
    /// Rows that sum others.
    sums: BTreeSet<usize>,
    /// Rows without a time and without a figure.
    blank: usize,
    /// How the times were read, in words; blank for months.
    times: String,
}

impl<'a> Reader<'a, '_> {
    fn cell(&self, row: usize, column: usize) -> &'a str {
        self.table.rows[row].cell(column)
    }

    fn value(&self, row: usize, column: usize) -> Result<Option<f64>, NotACount> {
        count::read(self.cell(row, column), self.table.has_semicolons)
    }

    fn is_across(&self) -> bool {
        matches!(self.shape.when, When::Across(_))
    }

    /// What the name of a column of figures says is counted, where it says more than that it counts.
    fn heading(&self, column: usize) -> &'a str {
        let table: &'a Table = self.table;
        let name = table.header[column].as_str();
        if shape::VALUE.contains(&head::plain(name).as_str()) { "" } else { name }
    }

    /// Whether a row has any figure.
    fn has_figure(&self, row: usize) -> bool {
        self.shape.values.iter().any(|column| {
            !matches!(self.value(row, *column), Ok(None) | Err(NotACount::NotANumber))
        })
    }

    fn push(&mut self, row: usize, column: usize, span: Span, problems: &mut Problems) {
        let figure = self.figure(row, column, problems);
        self.raw.push(Raw { span, figure });
    }

    fn figure(&self, row: usize, column: usize, problems: &mut Problems) -> Figure<'a> {
        let text = |column: Option<usize>| column.map_or("", |column| self.cell(row, column));
        let table: &'a Table = self.table;
        let service = match self.shape.service {
            Some(service) => self.cell(row, service),
            None if self.is_across() => "",
            None => table.header[column].as_str(),
        };
        let derived = match text(self.shape.derived).to_lowercase().as_str() {
            "yes" | "true" | "1" | "derived" => true,
            "" | "no" | "false" | "0" => false,
            _ => {
                let at = self.shape.derived.unwrap_or(column);
                let problem =
                    Problem::error(table.place(&table.rows[row], at), "neither yes nor no");
                problems.push(
                    problem
                        .read(text(self.shape.derived))
                        .allowed("yes (spread from a longer period), no or nothing"),
                );
                false
            }
        };
        Figure {
            period: NO_PERIOD,
            area: text(self.shape.area),
            service,
            measure: match self.shape.measure {
                None if self.shape.service.is_some() && !self.is_across() => self.heading(column),
                measure => text(measure),
            },
            derived,
            value: self.value(row, column),
            row,
            column,
        }
    }

    /// A row that is too short for what it must hold is told, never filled up with blanks.
    fn is_whole(&self, row: usize, problems: &mut Problems) -> bool {
        let last = self.shape.values.iter().max().copied().unwrap_or(0);
        let own = &self.table.rows[row];
        if !own.ends_before(last) {
            return true;
        }
        let lacking: Vec<&str> = self
            .shape
            .values
            .iter()
            .filter(|column| own.ends_before(**column))
            .map(|column| self.table.header[*column].as_str())
            .collect();
        let place = self.table.source.line(own.line);
        problems.push(
            Problem::error(place, format!("the row ends before `{}`", lacking.join("`, `")))
                .allowed(format!("{} cells in a row, as in the header", self.table.header.len()))
                .suggest("add the count, or `*` if it is not known; is a comma missing?"),
        );
        false
    }

    /// Times in a column, or in two.
    fn down(&mut self, kept: &[usize], columns: &[usize], problems: &mut Problems) -> Option<()> {
        let table: &'a Table = self.table;
        let mut year = String::new();
        let mut times: Vec<(usize, Cow<'a, str>)> = Vec::new();
        for &row in kept {
            if self.sums.contains(&row) {
                continue;
            }
            let text: Cow<'a, str> = match columns {
                [one] => self.cell(row, *one).into(),
                _ => time_text(table, &table.rows[row], columns).into(),
            };
            let has_figure = self.has_figure(row);
            // A year in a row of its own above its months.
            if !has_figure && dates::is_year(&text) && text.len() > 3 {
                let others = (0..table.header.len()).filter(|c| !columns.contains(c));
                if others.into_iter().all(|column| self.cell(row, column).is_empty()) {
                    year = text.into_owned();
                    continue;
                }
            }
            let is_no_row = text.is_empty() || (!dates::is_time(&text) && text.contains(' '));
            if !has_figure && is_no_row && !dates::is_month_alone(&text) {
                self.blank += 1;
                continue;
            }
            let is_alone = !year.is_empty() && dates::is_month_alone(&text);
            times.push((row, if is_alone { format!("{year} {text}").into() } else { text }));
        }
        let name = columns.last().map_or("", |column| table.header[*column].as_str());
        let texts = times.iter().map(|(_, text)| text.as_ref());
        let column = match dates::understand(name, texts, self.wishes.order) {
            Ok(column) => column,
            Err(unclear) => {
                let is_it = |text: &str| unclear.example.as_deref() == Some(text);
                let row = times.iter().find(|(_, text)| is_it(text)).map(|(row, _)| *row);
                let at = columns.last().copied().unwrap_or(0);
                let place = row.map_or_else(
                    || table.source.line(table.head).cell(name),
                    |row| table.place(&table.rows[row], at),
                );
                problems.push(unclear.problem(place));
                return None;
            }
        };
        self.times.clone_from(&column.words);
        for (row, text) in &times {
            let place = || table.place(&table.rows[*row], columns.last().copied().unwrap_or(0));
            if text.is_empty() {
                problems.push(
                    Problem::error(place(), "a figure without a month")
                        .allowed("a month in every row"),
                );
                continue;
            }
            let Some(span) = column.spans.get(text.as_ref()).copied() else {
                let problem = dates::not_a_month(text, place());
                if let Some(column) = self.shape.values.first().copied() {
                    let figure = self.figure(*row, column, problems);
                    self.undated.push((figure, problem));
                }
                continue;
            };
            if self.is_whole(*row, problems) {
                for column in self.shape.values.clone() {
                    self.push(*row, column, span, problems);
                }
            }
        }
        Some(())
    }

    /// Times in the names of columns, with a year from a column where they have none.
    fn across(
        &mut self,
        kept: &[usize],
        year: Option<usize>,
        problems: &mut Problems,
    ) -> Option<()> {
        let table: &'a Table = self.table;
        let text = |row: usize, column: usize| match year {
            Some(year) => format!("{} {}", table.rows[row].cell(year), table.header[column]),
            None => table.header[column].clone(),
        };
        let body: Vec<usize> =
            kept.iter().copied().filter(|row| !self.sums.contains(row)).collect();
        let values = self.shape.values.clone();
        let rows: &[usize] = if year.is_some() { &body } else { body.get(..1).unwrap_or_default() };
        let times: Vec<String> = rows
            .iter()
            .flat_map(|row| values.iter().map(move |c| (row, c)))
            .map(|(r, c)| text(*r, *c))
            .collect();
        let name = year.map_or("month", |_| "month of the year");
        let column =
            match dates::understand(name, times.iter().map(String::as_str), self.wishes.order) {
                Ok(column) => column,
                Err(unclear) => {
                    problems.push(unclear.problem(table.source.line(table.head)));
                    return None;
                }
            };
        self.times.clone_from(&column.words);
        for row in body {
            if !self.has_figure(row)
                && values.iter().all(|column| self.cell(row, *column).is_empty())
            {
                self.blank += 1;
                continue;
            }
            if !self.is_whole(row, problems) {
                continue;
            }
            for &at in &values {
                let time = text(row, at);
                match column.spans.get(time.as_str()) {
                    Some(span) => self.push(row, at, *span, problems),
                    None => problems.push(dates::not_a_month(&time, table.source.line(table.head))),
                }
            }
        }
        Some(())
    }

    /// Times from a first to a last day.
    fn between(&mut self, kept: &[usize], first: usize, last: usize, problems: &mut Problems) {
        let table: &'a Table = self.table;
        for &row in kept {
            if self.sums.contains(&row) {
                continue;
            }
            let (start, end) = (self.cell(row, first), self.cell(row, last));
            if start.is_empty() && end.is_empty() && !self.has_figure(row) {
                self.blank += 1;
                continue;
            }
            match dates::between(start, end, self.wishes.order) {
                Some(span) if self.is_whole(row, problems) => {
                    for column in self.shape.values.clone() {
                        self.push(row, column, span, problems);
                    }
                }
                Some(_) => {}
                None => problems.push(
                    Problem::error(
                        table.place(&table.rows[row], last),
                        "the dates are not those of whole months or weeks",
                    )
                    .read(format!("{start} to {end}"))
                    .allowed("the first day of a month to the last of one, or seven days"),
                ),
            }
        }
    }

    /// One month for the whole table.
    fn above(&mut self, kept: &[usize], month: Month, problems: &mut Problems) {
        self.times = format!("all of {month}, as its title says");
        for &row in kept {
            if self.sums.contains(&row) {
                continue;
            }
            if !self.has_figure(row) {
                self.blank += 1;
            } else if self.is_whole(row, problems) {
                for column in self.shape.values.clone() {
                    self.push(row, column, Span::Months(Period::month(month)), problems);
                }
            }
        }
    }

    /// The figures, weeks and days made into months.
    fn figures(&mut self, problems: &mut Problems) -> Vec<Figure<'a>> {
        let mut figures = Vec::new();
        let mut by_days = Vec::new();
        for Raw { span, mut figure } in std::mem::take(&mut self.raw) {
            let Span::Months(period) = span else {
                by_days.push((span, figure));
                continue;
            };
            let words = format!("{} {}", figure.service, figure.measure);
            // What waits at the end of a quarter waits in its last month.
            let is_stock = nature(&words) == Nature::Stock;
            let period = if is_stock { Period::month(period.last()) } else { period };
            let worded = match period.months {
                1 => Period::worded(period.first, &words).ok(),
                _ => Some(period),
            };
            let Some(period) = worded else {
                let place = self.table.place(&self.table.rows[figure.row], figure.column);
                let problem = Problem::error(
                    place,
                    "the month is neither the first nor the last of a quarter",
                )
                .read(period.first.to_string())
                .allowed("quarters by their first or their last month");
                self.undated.push((figure, problem));
                continue;
            };
            figure.period = period;
            figures.push(figure);
        }
        figures.extend(days::by_month(self.table, by_days, self.wishes.spread, problems));
        figures
    }

    /// What was understood, where it is more than a table as the documentation has it.
    fn understood(&self) -> String {
        let header = &self.table.header;
        let mut parts = Vec::new();
        match &self.shape.when {
            When::Across(_) => parts.push("months across".to_owned()),
            When::Above(_) => {}
            When::Between(first, last) => {
                parts.push(format!("from `{}` to `{}`", header[*first], header[*last]));
            }
            When::Down(columns) => {
                let names: Vec<&str> =
                    columns.iter().map(|column| header[*column].as_str()).collect();
                if !names.iter().all(|name| name.eq_ignore_ascii_case("month")) {
                    parts.push(format!("time in `{}`", names.join("` and `")));
                }
            }
        }
        if !self.times.is_empty() {
            parts.push(self.times.clone());
        }
        let name = |column: Option<usize>, usual: &str| {
            let name = column.map(|column| header[column].as_str())?;
            (!name.eq_ignore_ascii_case(usual)).then(|| format!("{usual} in `{name}`"))
        };
        parts.extend(name(self.shape.area, "area"));
        parts.extend(name(self.shape.service, "service"));
        parts.extend(name(self.shape.measure, "measure"));
        let is_long = self.shape.service.is_some() && !matches!(self.shape.when, When::Across(_));
        if let ([value], true) = (self.shape.values.as_slice(), is_long) {
            parts.extend(name(Some(*value), "referrals"));
        }
        let mut left: Vec<String> = Vec::new();
        let mut columns: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for (column, why) in &self.shape.left_out {
            columns.entry(*why).or_default().push(&header[*column]);
        }
        left.extend(columns.iter().map(|(why, names)| format!("`{}` ({why})", names.join("`, `"))));
        let totals: Vec<&str> =
            self.shape.totals.iter().map(|column| header[*column].as_str()).collect();
        if !totals.is_empty() {
            left.push(format!("`{}` (a sum of others)", totals.join("`, `")));
        }
        let counted = |count: usize, one: &str, more: &str| match count {
            0 => None,
            1 => Some(format!("1 {one}")),
            count => Some(format!("{count} {more}")),
        };
        left.extend(counted(self.sums.len(), "row that sums others", "rows that sum others"));
        let words = self.table.words.len() + self.blank;
        left.extend(counted(words, "line of words", "lines of words"));
        let mut understood = parts.join(", ");
        if !left.is_empty() {
            let and = if understood.is_empty() { "" } else { "; " };
            understood = format!("{understood}{and}left out: {}", left.join(", "));
        }
        understood
    }
}
