//! Walks the cells of a table once its shape is known.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use super::column_names;
use super::shape::{Names, Shape, When, time_text};
use super::{Figure, Wishes, days};
use crate::diagnostics::{Problem, Problems};
use crate::input::count::{self, NotACount};
use crate::input::dates::{self, Period, Span};
use crate::input::measure::{Nature, nature};
use crate::input::table::Table;
use crate::month::Month;

/// Until weeks and days have become months.
const NO_PERIOD: Period = Period { first: Month::of_number(0), months: 0 };

/// A figure with its time, before weeks and days become months.
pub(super) struct Raw<'a> {
    pub(super) span: Span,
    pub(super) figure: Figure<'a>,
}

pub(super) struct Reader<'a, 'w> {
    pub(super) table: &'a Table,
    pub(super) wishes: &'w Wishes,
    pub(super) shape: Shape,
    pub(super) raw: Vec<Raw<'a>>,
    pub(super) undated: Vec<(Figure<'a>, Problem)>,
    /// Rows that sum others.
    pub(super) sums: BTreeSet<usize>,
    /// Rows without a time and without a figure.
    pub(super) blank: usize,
    /// How the times were read, in words; blank for months.
    pub(super) times: String,
}

impl<'a> Reader<'a, '_> {
    pub(super) fn cell(&self, row: usize, column: usize) -> &'a str {
        self.table.rows[row].cell(column)
    }

    pub(super) fn value(&self, row: usize, column: usize) -> Result<Option<f64>, NotACount> {
        count::read(self.cell(row, column), self.table.has_semicolons)
    }

    pub(super) fn is_across(&self) -> bool {
        matches!(self.shape.when, When::Across(_))
    }

    /// What the name of a column of figures says is counted, where it says more than that it counts.
    pub(super) fn heading(&self, column: usize) -> &'a str {
        let table: &'a Table = self.table;
        let name = table.header[column].as_str();
        if column_names::is_value(name) { "" } else { name }
    }

    /// Whether a row has any figure.
    pub(super) fn has_figure(&self, row: usize) -> bool {
        self.shape.values.iter().any(|column| {
            !matches!(self.value(row, *column), Ok(None) | Err(NotACount::NotANumber))
        })
    }

    pub(super) fn push(&mut self, row: usize, column: usize, span: Span, problems: &mut Problems) {
        let figure = self.figure(row, column, problems);
        self.raw.push(Raw { span, figure });
    }

    pub(super) fn figure(&self, row: usize, column: usize, problems: &mut Problems) -> Figure<'a> {
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
    pub(super) fn is_whole(&self, row: usize, problems: &mut Problems) -> bool {
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
    pub(super) fn down(
        &mut self,
        kept: &[usize],
        columns: &[usize],
        problems: &mut Problems,
    ) -> Option<()> {
        let table: &'a Table = self.table;
        let mut year = String::new();
        // A year that stands once, in a cell that its months share.
        let mut shared = "";
        let mut times: Vec<(usize, Cow<'a, str>)> = Vec::new();
        for &row in kept {
            if self.sums.contains(&row) {
                continue;
            }
            let text: Cow<'a, str> = match columns {
                [one] => self.cell(row, *one).into(),
                [of_year, month] => {
                    let (own, month) = (self.cell(row, *of_year), self.cell(row, *month));
                    if !own.is_empty() {
                        shared = own;
                    }
                    if own.is_empty() && dates::is_month_alone(month) {
                        format!("{shared} {month}").into()
                    } else {
                        time_text(table, &table.rows[row], columns).into()
                    }
                }
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

    /// Times in the names of columns, with what they lack from a column.
    pub(super) fn across(
        &mut self,
        kept: &[usize],
        names: Names,
        problems: &mut Problems,
    ) -> Option<()> {
        let table: &'a Table = self.table;
        let text = |row: usize, column: usize| {
            let heading = &table.header[column];
            match names {
                Names::Whole => heading.clone(),
                Names::Months(year) => format!("{} {heading}", table.rows[row].cell(year)),
                Names::Years(month) => format!("{heading} {}", table.rows[row].cell(month)),
            }
        };
        let body: Vec<usize> =
            kept.iter().copied().filter(|row| !self.sums.contains(row)).collect();
        let values = self.shape.values.clone();
        let rows: &[usize] =
            if names.beside().is_some() { &body } else { body.get(..1).unwrap_or_default() };
        let times: Vec<String> = rows
            .iter()
            .flat_map(|row| values.iter().map(move |c| (row, c)))
            .map(|(r, c)| text(*r, *c))
            .collect();
        let name = names.beside().map_or("month", |_| "month of the year");
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
    pub(super) fn between(
        &mut self,
        kept: &[usize],
        first: usize,
        last: usize,
        problems: &mut Problems,
    ) {
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
    pub(super) fn above(&mut self, kept: &[usize], month: Month, problems: &mut Problems) {
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
    pub(super) fn figures(&mut self, problems: &mut Problems) -> Vec<Figure<'a>> {
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
    pub(super) fn understood(&self) -> String {
        let header = &self.table.header;
        let mut parts = Vec::new();
        match &self.shape.when {
            When::Across(Names::Years(_)) => parts.push("months down, years across".to_owned()),
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
