//! Keeps the figures asked for while the rows of any number of files go by, and counts the rest.
//!
//! A figure's key is area, level, measure, start and end. The same key in a later file is a
//! revision and takes the place of the earlier one; twice in one file, a final figure takes the
//! place of a provisional one, and anything else that disagrees is an error.

use std::collections::{BTreeMap, HashMap};

use super::Request;
use super::catalogue::{Area, Catalogue, Measure};
use super::layout::Defaults;
use super::level::Level;
use super::lookup::Lookup;
use super::period::{NoPeriod, Period, Periods};
use super::rows::{Rows, text};
use super::wait_measures::is_of_waits;
use crate::diagnostics::{Problem, Problems};
use crate::input::cells::{SAVE, is_unsaved};
use crate::input::count::{self, COUNTS, NotACount};
use crate::month::MONTH_FORMS;

/// One figure of a row.
pub(super) struct Figure<'a> {
    /// Numbers of the catalogue.
    pub(super) area: usize,
    /// Numbers of the catalogue.
    pub(super) measure: usize,
    pub(super) period: Result<Period, NoPeriod>,
    /// Which part of a sum it is, for files that have no totals; 0 otherwise.
    pub(super) part: usize,
    /// The cell.
    pub(super) value: &'a [u8],
    /// Whether it is marked as final.
    pub(super) is_final: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Key {
    pub(super) area: usize,
    pub(super) measure: usize,
    pub(super) period: Period,
    pub(super) part: usize,
}

struct Kept {
    value: Option<f64>,
    file: usize,
    line: usize,
    is_final: bool,
}

/// How many rows or figures were not taken, by reason.
#[derive(Default)]
pub(super) struct Tally {
    pub(super) other_measures: usize,
    pub(super) other_areas: usize,
    pub(super) irregular: usize,
    /// Where the first of these stands.
    pub(super) first_irregular: Option<String>,
    pub(super) repeated: usize,
    /// Figures with a date that can't be read, and the problem of the first.
    pub(super) undated: Option<(usize, Problem)>,
    /// Months of which a part seems to be missing, in words.
    pub(super) uneven: Vec<String>,
    /// Whether figures were spread from weeks.
    pub(super) derived: bool,
    /// Figures that stand twice with two values, in words: neither is taken.
    pub(super) contradicted: Vec<String>,
    pub(super) revised: usize,
    pub(super) changed: usize,
}

/// The figures of all files.
pub(super) struct Gatherer<'r> {
    pub(super) request: &'r Request,
    pub(super) defaults: Defaults,
    pub(super) catalogue: Catalogue,
    pub(super) periods: Periods,
    /// Numbers for the parts of sums, the same in every file.
    pub(super) parts: Lookup,
    pub(super) problems: Problems,
    pub(super) tally: Tally,
    /// The number of the file being read.
    pub(super) file: usize,
    /// The column of a table that `--area` names.
    pub(super) area_column: Option<String>,
    /// The names of all files, for problems that belong to no line.
    pub(super) files: String,
    /// Whether partial first months are left out.
    pub(super) leaves_out_partial: bool,
    kept: HashMap<Key, Kept>,
}

/// Beyond this, one more of the same problem teaches nothing.
const MOST_PROBLEMS: usize = 20;

impl<'r> Gatherer<'r> {
    pub(super) fn new(request: &'r Request, defaults: Defaults) -> Self {
        Self {
            request,
            defaults,
            catalogue: Catalogue::default(),
            periods: Periods::default(),
            parts: Lookup::default(),
            problems: Problems::default(),
            tally: Tally::default(),
            file: 0,
            area_column: None,
            files: String::new(),
            leaves_out_partial: !request.keep_partial,
            kept: HashMap::new(),
        }
    }

    /// The number of an area.
    pub(super) fn area(&mut self, level: Level, label: usize, code: &[u8], name: &[u8]) -> usize {
        let (request, defaults) = (self.request, self.defaults);
        let column = self.area_column.as_deref();
        let wants = |area: &Area| wants_area(request, defaults, column, area);
        self.catalogue.area(level, label, code, name, wants)
    }

    /// Areas that are asked for by name.
    pub(super) fn areas_asked(&self) -> impl Iterator<Item = &String> {
        self.request.areas.iter().filter(|area| self.area_column.as_ref() != Some(*area))
    }

    /// The number of a measure.
    pub(super) fn measure(&mut self, id: &[u8], name: &[u8]) -> usize {
        let (request, defaults) = (self.request, self.defaults);
        self.catalogue.measure(id, name, |measure| wants_measure(request, defaults, measure))
    }

    /// Says what a measure counts, and for which service, where the file itself does.
    pub(super) fn describe(&mut self, measure: usize, service: &str, word: &str) {
        let measure = &mut self.catalogue.measures[measure];
        measure.service = service_id(service);
        word.clone_into(&mut measure.word);
    }

    /// Counts a row that is a part of another one.
    pub(super) fn leave_part(&mut self, label: usize) {
        let name = self.catalogue.labels.get(label).map_or("", |(label, ..)| label.as_str());
        let name = format!("{name} by a second level");
        *self.catalogue.parts.entry(name).or_default() += 1;
    }

    /// Whether an area and a measure are asked for; what is not is counted.
    pub(super) fn wants(&mut self, area: usize, measure: usize) -> bool {
        if !self.catalogue.measures[measure].is_wanted {
            self.tally.other_measures += 1;
            return false;
        }
        if !self.catalogue.areas[area].is_wanted {
            self.tally.other_areas += 1;
            return false;
        }
        true
    }

    /// Counts a figure in the catalogue, and keeps it if it is asked for.
    pub(super) fn offer(&mut self, rows: &Rows, figure: &Figure<'_>) {
        let is_missing = !figure.value.first().is_some_and(u8::is_ascii_digit);
        if let Ok(period) = figure.period {
            self.catalogue.see(figure.area, figure.measure, period, is_missing);
        }
        if self.wants(figure.area, figure.measure) {
            self.keep(rows, figure, count::read(&text(figure.value), false));
        }
    }

    /// The same of a figure whose value is read already.
    pub(super) fn offer_read(
        &mut self,
        rows: &Rows,
        figure: &Figure<'_>,
        value: Result<Option<f64>, NotACount>,
        is_derived: bool,
    ) {
        if let Ok(period) = figure.period {
            self.catalogue.see(figure.area, figure.measure, period, value == Ok(None));
        }
        if self.wants(figure.area, figure.measure) {
            self.tally.derived |= is_derived;
            self.keep(rows, figure, value);
        }
    }

    fn keep(&mut self, rows: &Rows, figure: &Figure<'_>, value: Result<Option<f64>, NotACount>) {
        let period = match &figure.period {
            Ok(period) => *period,
            Err(NoPeriod::Unreadable(date)) if !figure.value.is_empty() => {
                let problem = || Problem::error(rows.place(), "").read(date).allowed(MONTH_FORMS);
                self.tally.undated.get_or_insert_with(|| (0, problem())).0 += 1;
                return;
            }
            // Not a month, or a footnote, which has neither a date nor a figure.
            Err(_) => {
                self.tally.irregular += 1;
                self.tally.first_irregular.get_or_insert_with(|| rows.place().text());
                return;
            }
        };
        let value = match value {
            Ok(value) => value,
            Err(wrong) => return self.bad(rows, figure, wrong),
        };
        let key = Key { area: figure.area, measure: figure.measure, period, part: figure.part };
        let new = Kept { value, file: self.file, line: rows.line, is_final: figure.is_final };
        let Some(old) = self.kept.get(&key) else {
            self.kept.insert(key, new);
            return;
        };
        if old.file != new.file {
            self.tally.revised += 1;
            self.tally.changed += usize::from(old.value != new.value);
            self.kept.insert(key, new);
        } else if old.value == new.value || old.is_final != new.is_final {
            self.tally.repeated += 1;
            if new.is_final {
                self.kept.insert(key, new);
            }
        } else {
            let code = &self.catalogue.areas[key.area].code;
            let of_area = if code.is_empty() { String::new() } else { format!(" of {code}") };
            if self.request.waits {
                // One figure of many thousands: its series goes on without it.
                let id = &self.catalogue.measures[key.measure].id;
                self.tally.contradicted.push(format!("{id}{of_area} in {}", period.first));
                self.kept.insert(key, Kept { value: None, ..new });
                return;
            }
            let message = format!(
                "two figures for {}{of_area} in {}: line {} has another",
                self.catalogue.measures[key.measure].id, period.first, old.line,
            );
            self.push(Problem::error(rows.place(), message).read(text(figure.value)));
        }
    }

    fn bad(&mut self, rows: &Rows, figure: &Figure<'_>, wrong: NotACount) {
        let column = &self.catalogue.measures[figure.measure].id;
        let read = text(figure.value);
        let (message, help) = if is_unsaved(&read) {
            ("the figure is a formula without a saved value", Some(SAVE))
        } else {
            (wrong.message(), None)
        };
        let mut problem =
            Problem::error(rows.place().cell(column.clone()), message).read(read).allowed(COUNTS);
        problem.suggestion = help.map(str::to_owned);
        self.push(problem);
    }

    /// Adds a problem of one row.
    pub(super) fn push(&mut self, problem: Problem) {
        if self.problems.errors() < MOST_PROBLEMS {
            self.problems.push(problem);
        }
    }

    /// The figures kept, in order; parts are added up, and a sum with a missing part is missing.
    pub(super) fn take(&mut self) -> BTreeMap<(usize, usize), BTreeMap<Period, Option<f64>>> {
        let mut kept: Vec<(Key, Kept)> = self.kept.drain().collect();
        kept.sort_by_key(|(key, _)| *key);
        let mut series: BTreeMap<(usize, usize), BTreeMap<Period, Option<f64>>> = BTreeMap::new();
        for (key, figure) in kept {
            series
                .entry((key.area, key.measure))
                .or_default()
                .entry(key.period)
                .and_modify(|sum| *sum = sum.zip(figure.value).map(|(a, b)| a + b))
                .or_insert(figure.value);
        }
        series
    }
}

/// A name as an id: lower case, with dashes for what is neither letter nor digit.
fn service_id(name: &str) -> String {
    let id: String = name
        .to_lowercase()
        .chars()
        .map(|c| if c.is_alphanumeric() || c == '_' { c } else { ' ' })
        .collect();
    id.split_whitespace().collect::<Vec<_>>().join("-")
}

/// A code or a level, in any case.
fn wants_area(request: &Request, defaults: Defaults, column: Option<&str>, area: &Area) -> bool {
    if request.list {
        return false;
    }
    let mut asked = request.areas.iter().filter(|asked| Some(asked.as_str()) != column).peekable();
    if asked.peek().is_none() {
        return defaults.nation.is_none_or(|_| area.level == Level::Nation);
    }
    asked.any(|wanted| is_area(wanted, area))
}

/// Whether `wanted` names this area.
pub(super) fn is_area(wanted: &str, area: &Area) -> bool {
    let is = |name: &str| name.eq_ignore_ascii_case(wanted);
    let nation_code = match area.code.as_str() {
        "England" => "E92000001",
        "Scotland" => "S92000003",
        _ => "",
    };
    is(&area.code) || is(area.level.id()) || (area.level == Level::Nation && is(nation_code))
}

fn wants_measure(request: &Request, defaults: Defaults, measure: &Measure) -> bool {
    let is = |name: &str| is_measure(name, measure);
    if request.measures.is_empty() && request.waits {
        return is_of_waits(&measure.id);
    }
    if request.measures.is_empty() {
        return defaults.measures.is_empty() || defaults.measures.iter().any(|name| is(name));
    }
    request.measures.iter().any(|name| is(name))
}

/// Whether `wanted` names this measure: by id, or by what it counts.
pub(super) fn is_measure(wanted: &str, measure: &Measure) -> bool {
    measure.id.eq_ignore_ascii_case(wanted)
        || measure.id.split_once(": ").is_some_and(|(_, word)| word.eq_ignore_ascii_case(wanted))
}
