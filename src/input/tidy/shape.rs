//! What the columns of a table are: when, whose, which service, what is counted, and how many. A
//! column of text that is none of these tells rows apart that would else be one series, and refuses
//! the table by its name.

use std::collections::BTreeMap;

use super::Wishes;
use super::column_names::{ALLOWED, AREA, MEASURE, REMARKS, SERVICE, is_slip, is_value};
use crate::diagnostics::{Problem, Problems};
use crate::input::count;
use crate::input::dates;
use crate::input::table::head::{is_when, plain};
use crate::input::table::{Row, Table};
use crate::month::Month;

/// Where the times stand.
#[derive(Clone, Debug)]
pub(super) enum When {
    /// In one column, or in two that belong together: a year and a month.
    Down(Vec<usize>),
    /// In a first and a last day.
    Between(usize, usize),
    /// In the names of the columns of figures.
    Across(Names),
    /// In a line above the header: one month for the whole table.
    Above(Month),
}

/// What the names of columns of figures say of their time.
#[derive(Clone, Copy, Debug)]
pub(super) enum Names {
    /// All of it: `Apr-19`.
    Whole,
    /// The month, its year in a column.
    Months(usize),
    /// The year, the name of its month in a column.
    Years(usize),
}

impl Names {
    /// The column that holds the other half.
    pub(super) fn beside(self) -> Option<usize> {
        match self {
            Self::Whole => None,
            Self::Months(column) | Self::Years(column) => Some(column),
        }
    }
}

/// The columns of a table by what they are for.
#[derive(Clone, Debug)]
pub(super) struct Shape {
    pub(super) when: When,
    pub(super) area: Option<usize>,
    pub(super) service: Option<usize>,
    pub(super) measure: Option<usize>,
    pub(super) derived: Option<usize>,
    pub(super) values: Vec<usize>,
    /// Sums of other columns.
    pub(super) totals: Vec<usize>,
    /// Columns left out, and what they are taken for.
    pub(super) left_out: Vec<(usize, &'static str)>,
}

/// Works out the columns of `table`, of the rows that are wanted.
pub(super) fn shape(
    table: &Table,
    rows: &[&Row],
    (wishes, names_service): (&Wishes, &dyn Fn(&str) -> bool),
    problems: &mut Problems,
) -> Option<Shape> {
    let before = problems.errors();
    let named = |name: &String, problems: &mut Problems| {
        let found = table.column(name);
        if found.is_none() {
            let place = table.source.line(table.head);
            problems.push(
                Problem::error(place, format!("the table has no column `{name}`"))
                    .choose(name, table.header.iter().map(String::as_str)),
            );
        }
        found
    };
    let asked: Vec<usize> = wishes.date.iter().filter_map(|name| named(name, problems)).collect();
    let values: Vec<usize> = wishes.value.iter().filter_map(|name| named(name, problems)).collect();
    let own_area = wishes.area.as_ref().and_then(|name| named(name, problems));
    if problems.errors() > before {
        return None;
    }
    let columns = Columns { table, rows, wishes };
    let (when, spare) =
        if asked.is_empty() { columns.when(problems)? } else { (When::Down(asked), Vec::new()) };
    let mut shape = Shape {
        when,
        area: own_area,
        service: None,
        measure: None,
        derived: None,
        values: Vec::new(),
        totals: Vec::new(),
        left_out: Vec::new(),
    };
    let taken: Vec<usize> = match &shape.when {
        When::Down(columns) => columns.clone(),
        When::Between(first, last) => vec![*first, *last],
        When::Across(names) => names.beside().into_iter().collect(),
        When::Above(_) => Vec::new(),
    };
    let (mut areas, mut texts, mut figures) = (Vec::new(), Vec::new(), Vec::new());
    for column in 0..table.header.len() {
        if taken.contains(&column) || own_area == Some(column) {
            continue;
        }
        let name = plain(&table.header[column]);
        let kind = columns.kind(column);
        let is = |names: &[&str]| names.contains(&name.as_str());
        if values.contains(&column) {
            figures.push(column);
        } else if columns.is_heading(&shape.when, column) {
            shape.values.push(column);
        } else if spare.contains(&column) {
            shape.left_out.push((column, "another way to say when"));
        } else if is(&REMARKS) || name.ends_with("qf") || name.ends_with("comments") {
            shape.left_out.push((column, "remarks"));
        } else if is(&["derived"]) {
            shape.derived = Some(column);
        } else if names_service(&table.header[column]) {
            figures.push(column);
        } else if (is(&AREA) || is_slip(&name, "area")) && kind != Kind::Figures
            || is(&["area", "areacode", "orgcode"])
        {
            areas.push(column);
        } else if (is(&SERVICE) || is_slip(&name, "service"))
            && kind != Kind::Figures
            && shape.service.is_none()
        {
            shape.service = Some(column);
        } else if (is(&MEASURE) || is_slip(&name, "measure"))
            && kind != Kind::Figures
            && shape.measure.is_none()
        {
            shape.measure = Some(column);
        } else if kind == Kind::Shares {
            shape.left_out.push((column, "shares, no counts"));
        } else if name.is_empty() && kind == Kind::Figures {
            shape.left_out.push((column, "figures without a name"));
        } else if kind == Kind::Figures || kind == Kind::Blank && !name.is_empty() {
            figures.push(column);
        } else if kind == Kind::Text {
            texts.push(column);
        }
    }
    if own_area.is_none() {
        shape.area = columns.whose(&areas, &mut shape.left_out, problems);
    } else {
        texts.extend(areas);
    }
    if let (None, Some(at)) =
        (shape.service, texts.iter().position(|c| table.header[*c].is_empty()))
    {
        shape.service = Some(texts.remove(at));
    }
    columns.sort_figures(&mut shape, figures, &values, problems);
    for column in texts {
        let keys = [shape.area, shape.service, shape.measure];
        if columns.is_settled(column, &keys) {
            shape.left_out.push((column, "the same wherever its row's keys are"));
            continue;
        }
        let name = &table.header[column];
        let mut examples: Vec<&str> = rows.iter().map(|row| row.cell(column)).collect();
        examples.sort_unstable();
        examples.dedup();
        examples.retain(|text| !text.is_empty());
        examples.truncate(5);
        let place = table.source.line(table.head).cell(name);
        let problem =
            Problem::error(place, format!("unknown column `{name}`: its text tells rows apart"))
                .choose(name, ALLOWED)
                .read(examples.join(", "));
        problems.push(match problem.suggestion {
            Some(_) => problem,
            None => problem.suggest(format!(
                "rename it to `area`, `service` or `measure`, whichever it is; `import --where \
                 \"{name}=VALUE\"` keeps some of its rows"
            )),
        });
    }
    (problems.errors() == before).then_some(shape)
}

/// What most cells of a column are.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Kind {
    Blank,
    Figures,
    Shares,
    Text,
}

struct Columns<'a> {
    table: &'a Table,
    rows: &'a [&'a Row],
    wishes: &'a Wishes,
}

impl<'a> Columns<'a> {
    fn cells(&self, column: usize) -> impl Iterator<Item = &'a str> {
        self.rows.iter().map(move |row| row.cell(column)).filter(|cell| !cell.is_empty())
    }

    fn kind(&self, column: usize) -> Kind {
        let (mut all, mut numbers, mut marks, mut shares, mut ranges) = (0, 0, 0, 0, 0);
        for cell in self.cells(column) {
            all += 1;
            // `1-9` blurs a count beside counts, and is an age group by itself.
            ranges += usize::from(count::is_range(cell));
            shares += usize::from(cell.ends_with('%'));
            match count::read(cell, self.table.has_semicolons) {
                Ok(Some(_)) | Err(count::NotACount::Negative | count::NotACount::Grouped) => {
                    numbers += 1;
                }
                Ok(None) => marks += 1,
                Err(count::NotACount::NotANumber) if cell.starts_with('=') => numbers += 1,
                Err(count::NotACount::NotANumber) => {}
            }
        }
        let name = &self.table.header[column];
        if shares * 2 > all || (name.contains('%') && numbers > 0) {
            Kind::Shares
        } else if numbers == 0 && marks == all && ranges == 0 {
            Kind::Blank
        } else if (numbers + marks) * 2 >= all && numbers > 0 {
            Kind::Figures
        } else {
            Kind::Text
        }
    }

    /// Whether the name of a column says a time, where times stand across.
    fn is_heading(&self, when: &When, column: usize) -> bool {
        let name = &self.table.header[column];
        match when {
            When::Across(Names::Years(_)) => dates::is_year(name),
            When::Across(_) => {
                dates::is_month_name(name) || (dates::is_month_alone(name) && !is_when(name))
            }
            When::Down(_) | When::Between(..) | When::Above(_) => false,
        }
    }

    /// Whether a column holds names of months without their years, sums of them aside.
    fn are_month_names(&self, column: usize) -> bool {
        self.cells(column).next().is_some() && self.cells(column).all(dates::is_month_alone)
    }

    /// Where the times stand, and columns that say them again.
    fn when(&self, problems: &mut Problems) -> Option<(When, Vec<usize>)> {
        let header = &self.table.header;
        let all = 0..header.len();
        let across = all.clone().filter(|c| dates::is_month_name(&header[*c])).count();
        let alone = all.clone().filter(|c| dates::is_month_alone(&header[*c])).count();
        let is_year =
            |c: &usize| plain(&header[*c]).contains("year") || self.cells(*c).all(dates::is_year);
        let has_years = all.clone().any(|c| dates::is_year(&header[c]));
        if let Some(names) = all.clone().find(|c| has_years && self.are_month_names(*c)) {
            return Some((When::Across(Names::Years(names)), Vec::new()));
        }
        if across > 1 {
            return Some((When::Across(Names::Whole), Vec::new()));
        }
        if alone > 3 {
            let Some(year) = all.clone().find(|c| is_year(c) && self.cells(*c).next().is_some())
            else {
                let place = self.table.source.line(self.table.head);
                problems.push(
                    Problem::error(place, "months stand across, and no year is given")
                        .read(header.join(", "))
                        .allowed("names of columns such as Apr-19, or a column `year`"),
                );
                return None;
            };
            return Some((When::Across(Names::Months(year)), Vec::new()));
        }
        let mut found: Vec<usize> = all.clone().filter(|c| is_when(&header[*c])).collect();
        if found.is_empty() {
            let says_time = |c: &usize| {
                let times = self.cells(*c).filter(|cell| {
                    dates::is_time(cell) && cell.contains(|c: char| !c.is_ascii_digit())
                });
                let (times, all) = (times.count(), self.cells(*c).count());
                all > 0 && times * 5 >= all * 4 && !dates::is_time(&header[*c])
            };
            found = all.clone().filter(says_time).take(1).collect();
        }
        match found.as_slice() {
            [] => {
                if let Some(month) = self.month_above() {
                    return Some((When::Above(month), Vec::new()));
                }
                problems.push(self.no_month());
                None
            }
            [one] => Some((When::Down(vec![*one]), Vec::new())),
            several => {
                let when = self.best(several);
                let taken: Vec<usize> = match &when {
                    When::Down(columns) => columns.clone(),
                    When::Between(a, b) => vec![*a, *b],
                    When::Across(_) | When::Above(_) => Vec::new(),
                };
                let spare = several.iter().copied().filter(|c| !taken.contains(c)).collect();
                Some((when, spare))
            }
        }
    }

    /// The one month that the lines above the header name: `Period: June 2019`.
    fn month_above(&self) -> Option<Month> {
        let cells = self.table.words.iter().flat_map(|line| line.split(", "));
        let mut months: Vec<Month> = cells
            .filter_map(|cell| {
                let (label, month) = cell.rsplit_once(':').unwrap_or(("", cell));
                let is_label = label.is_empty() || is_when(label);
                is_label.then(|| dates::month_by_name(month)).flatten()
            })
            .collect();
        months.dedup();
        let [month] = months.as_slice() else { return None };
        Some(*month)
    }

    /// Of several columns that say when, the one or the two that say it most closely.
    fn best(&self, several: &[usize]) -> When {
        let has = |column: &&usize, words: &[&str]| {
            let name = self.table.header[**column].to_lowercase();
            words.iter().any(|word| name.contains(word))
        };
        let start = several.iter().find(|c| has(c, &["start", "from", "commenc"]));
        let end = several.iter().find(|c| has(c, &["end"]));
        if let (Some(start), Some(end)) = (start, end)
            && start != end
        {
            return When::Between(*start, *end);
        }
        let length = |columns: &[usize]| -> Option<u16> {
            let texts: Vec<String> =
                self.rows.iter().map(|row| time_text(self.table, row, columns)).collect();
            let name = &self.table.header[*columns.last()?];
            let cells = texts.iter().map(String::as_str);
            let column = dates::understand(name, cells, self.wishes.order).ok()?;
            let longest = column.spans.values().map(|span| match span {
                dates::Span::Months(period) => period.months,
                dates::Span::Days { .. } => 1,
            });
            longest.max()
        };
        let singles = several.iter().map(|column| vec![*column]);
        let best = singles.filter_map(|c| Some((length(&c)?, c))).min_by_key(|(length, _)| *length);
        match best {
            Some((..12, columns)) => When::Down(columns),
            best => {
                let is_year = |c: &&usize| {
                    self.cells(**c).next().is_some() && self.cells(**c).all(dates::is_year)
                };
                let year = several.iter().find(is_year);
                let pair = year.and_then(|year| {
                    let others = several.iter().filter(|c| *c != year).map(|c| vec![*year, *c]);
                    others.filter_map(|c| Some((length(&c)?, c))).min_by_key(|(length, _)| *length)
                });
                let first = vec![several[0]];
                When::Down(pair.or(best).map_or(first, |(_, columns)| columns))
            }
        }
    }

    /// The column that says whose the figures are: of a code and its name the code, of a place and
    /// what it is part of the place.
    fn whose(
        &self,
        areas: &[usize],
        left_out: &mut Vec<(usize, &'static str)>,
        problems: &mut Problems,
    ) -> Option<usize> {
        let mut areas = areas.to_vec();
        areas.sort_by_key(|column| !plain(&self.table.header[*column]).contains("code"));
        let fits =
            |column: &&usize| areas.iter().all(|other| self.is_settled(*other, &[Some(**column)]));
        if let Some(found) = areas.iter().find(fits) {
            let others = areas.iter().filter(|other| *other != found);
            left_out.extend(others.map(|other| (*other, "names of the area")));
            return Some(*found);
        }
        if let [first, second, ..] = areas.as_slice() {
            let name = |column: &usize| self.table.header[*column].as_str();
            let place = self.table.source.line(self.table.head).cell(name(second));
            let message =
                format!("`{}` and `{}` both say whose the figures are", name(first), name(second));
            problems.push(Problem::error(place, message).allowed("one column of areas").suggest(
                format!(
                    "`import --where \"{0}=VALUE\"`, or leave `{0}` out if its rows are no parts",
                    name(second)
                ),
            ));
        }
        None
    }

    /// Sorts columns of figures into those to take, sums of them, and others.
    fn sort_figures(
        &self,
        shape: &mut Shape,
        figures: Vec<usize>,
        asked: &[usize],
        problems: &mut Problems,
    ) {
        let name = |column: usize| self.table.header[column].as_str();
        let is_across = matches!(shape.when, When::Across(_));
        let is_value = |column: &usize| is_value(name(*column));
        if !asked.is_empty() {
            let others = figures.iter().filter(|c| !asked.contains(c));
            shape.left_out.extend(others.map(|c| (*c, "not asked for")));
            shape.values = asked.to_vec();
        } else if is_across {
            let (sums, others): (Vec<usize>, Vec<usize>) =
                figures.into_iter().partition(|c| super::is_total(name(*c)));
            shape.totals = sums;
            shape.left_out.extend(others.into_iter().map(|c| (c, "no month")));
        } else if shape.service.is_some() || shape.measure.is_some() {
            let main = figures.iter().copied().find(is_value);
            match (main, figures.as_slice()) {
                (Some(main), _) => {
                    let others = figures.iter().filter(|c| **c != main);
                    shape.left_out.extend(others.map(|c| (*c, "other figures")));
                    shape.values = vec![main];
                }
                (None, [_] | []) => shape.values = figures,
                (None, [_, second, ..]) => {
                    let names: Vec<&str> = figures.iter().map(|c| name(*c)).collect();
                    let place = self.table.source.line(self.table.head).cell(name(*second));
                    problems.push(
                        Problem::error(place, "several columns hold figures of one service")
                            .read(names.join(", "))
                            .allowed("one column named `referrals`, or `import --value COLUMN`"),
                    );
                }
            }
        } else {
            let (sums, parts): (Vec<usize>, Vec<usize>) =
                figures.into_iter().partition(|c| super::is_total(name(*c)));
            // A sum alone is the figure.
            let (values, totals) = if parts.is_empty() { (sums, parts) } else { (parts, sums) };
            (shape.values, shape.totals) = (values, totals);
        }
        if shape.values.is_empty() && problems.errors() == 0 {
            let place = self.table.source.line(self.table.head);
            let text = self.table.header.join(", ");
            let message = if shape.service.is_some() {
                "the column `referrals` is missing"
            } else {
                "no column holds figures"
            };
            problems.push(
                Problem::error(place, message)
                    .read(text)
                    .allowed("a column of figures beside the month"),
            );
        }
    }

    /// Whether a column says the same wherever the keys of its row are the same.
    fn is_settled(&self, column: usize, keys: &[Option<usize>]) -> bool {
        let mut seen: BTreeMap<Vec<&str>, &str> = BTreeMap::new();
        self.rows.iter().all(|row| {
            let text = row.cell(column);
            let key: Vec<&str> = keys.iter().flatten().map(|key| row.cell(*key)).collect();
            text.is_empty() || *seen.entry(key).or_insert(text) == text
        })
    }

    fn no_month(&self) -> Problem {
        let place = self.table.source.line(self.table.head);
        let header = &self.table.header;
        let problem = Problem::error(place, "no column is a month").read(header.join(", "));
        let is_headless = header.first().is_some_and(|name| dates::is_time(name));
        if is_headless {
            problem.allowed("a first line that names the columns: month,…")
        } else {
            problem.allowed("a column `month`, or months as the names of columns")
        }
    }
}

/// The time of a row from its columns: as it stands, or a year with its month, quarter or week.
pub(super) fn time_text(table: &Table, row: &Row, columns: &[usize]) -> String {
    match columns {
        [year, part] => {
            let name = plain(&table.header[*part]);
            let (year, part) = (row.cell(*year), row.cell(*part));
            let is_number = part.parse::<u32>().is_ok();
            let mark = match () {
                () if is_number && name.contains("week") => "W",
                () if is_number && name.contains("quarter") => "Q",
                () => "",
            };
            if part.is_empty() { String::new() } else { format!("{year} {mark}{part}") }
        }
        [one] => row.cell(*one).to_owned(),
        _ => String::new(),
    }
}
