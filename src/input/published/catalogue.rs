//! What a file holds: its areas, measures and periods, counted as the rows go by.
//!
//! Its size is that of areas times measures, whatever the number of months.

use std::collections::BTreeMap;

use serde::Serialize;

use super::level::{Breakdown, Level, breakdown};
use super::lookup::Lookup;
use super::period::Period;
use super::rows::text;
use crate::input::measure::{Nature, known, nature};
use crate::month::Month;

/// The first and the last month of some figures, and how many there are.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
pub struct Span {
    /// The first month.
    pub first: Month,
    /// The last month.
    pub last: Month,
    /// How many figures.
    pub figures: usize,
    /// How many of them are withheld.
    pub missing: usize,
}

impl Span {
    fn empty(period: Period) -> Self {
        Self { first: period.first, last: period.last(), figures: 0, missing: 0 }
    }

    fn add(&mut self, period: Period, is_missing: bool) {
        self.first = self.first.min(period.first);
        self.last = self.last.max(period.last());
        self.figures += 1;
        self.missing += usize::from(is_missing);
    }
}

/// An area of a file.
#[derive(Clone, Debug, Serialize)]
pub struct Area {
    /// What kind of area.
    pub level: Level,
    /// Its code.
    pub code: String,
    /// The names it went by, in the order read.
    pub names: Vec<String>,
    /// The breakdown labels it stood under.
    #[serde(skip)]
    pub(super) labels: Vec<usize>,
    #[serde(skip)]
    pub(super) is_wanted: bool,
    #[serde(skip)]
    last_name: Vec<u8>,
    #[serde(skip)]
    spans: Vec<Option<Span>>,
}

impl Area {
    /// Whether `text` is found in its code, its level or one of its names, in any case.
    pub fn matches(&self, text: &str) -> bool {
        let own = [self.code.as_str(), self.level.id()];
        own.into_iter().chain(self.names.iter().map(String::as_str)).any(|name| holds(name, text))
    }

    /// The area's figures of a measure, by its place in [`Catalogue::measures`].
    pub fn span(&self, measure: usize) -> Option<Span> {
        self.spans.get(measure).copied().flatten()
    }
}

/// A measure of a file.
#[derive(Clone, Debug, Serialize)]
pub struct Measure {
    /// Its id, which stays when its name changes.
    pub id: String,
    /// The names it went by, in the order read.
    pub names: Vec<String>,
    /// The service line it is taken for.
    pub service: String,
    /// What is counted.
    pub word: String,
    /// What kind of number it is.
    pub nature: Nature,
    /// Its figures by the length of their period in months.
    pub lengths: BTreeMap<u16, Span>,
    #[serde(skip)]
    last_name: Vec<u8>,
    #[serde(skip)]
    pub(super) is_wanted: bool,
}

impl Measure {
    /// Whether `text` is found in its id or its name, in any case.
    pub fn matches(&self, text: &str) -> bool {
        holds(&self.id, text) || self.names.first().is_some_and(|name| holds(name, text))
    }
}

fn holds(name: &str, text: &str) -> bool {
    name.to_lowercase().contains(&text.to_lowercase())
}

/// What one or more files hold.
#[derive(Default, Serialize)]
pub struct Catalogue {
    /// Areas that stand for themselves, in the order read.
    pub areas: Vec<Area>,
    /// Measures, in the order read.
    pub measures: Vec<Measure>,
    /// Rows read.
    pub rows: usize,
    /// Rows that are parts of other rows, by their label.
    pub parts: BTreeMap<String, usize>,
    /// Rows under labels that are not known.
    pub unknown: BTreeMap<String, usize>,
    #[serde(skip)]
    pub(super) labels: Vec<(String, Breakdown, usize)>,
    #[serde(skip)]
    label_numbers: Lookup,
    #[serde(skip)]
    area_numbers: [(Lookup, Vec<usize>); Level::ALL.len()],
    #[serde(skip)]
    folded_numbers: [(Lookup, Vec<usize>); Level::ALL.len()],
    #[serde(skip)]
    measure_numbers: Lookup,
}

impl Catalogue {
    /// The number of a breakdown label and what it says.
    pub(super) fn label(&mut self, label: &[u8]) -> (usize, Breakdown) {
        let (number, is_new) = self.label_numbers.number(label);
        if is_new {
            let label = text(label).into_owned();
            let breakdown = breakdown(&label);
            self.labels.push((label, breakdown, 0));
        }
        let (_, breakdown, rows) = &mut self.labels[number];
        *rows += 1;
        (number, *breakdown)
    }

    /// The number of an area; `is_wanted` is asked once for each.
    pub(super) fn area(
        &mut self,
        level: Level,
        label: usize,
        code: &[u8],
        name: &[u8],
        is_wanted: impl FnOnce(&Area) -> bool,
    ) -> usize {
        let (numbers, places) = &mut self.area_numbers[level as usize];
        let (number, is_new) = numbers.number(code);
        // `00V` and `00v` are one area.
        let (folded, firsts) = &mut self.folded_numbers[level as usize];
        let is_new = is_new && {
            let (same, is_new) = folded.number(&code.trim_ascii().to_ascii_uppercase());
            if is_new {
                firsts.push(self.areas.len());
            }
            places.push(firsts[same]);
            is_new
        };
        if is_new {
            let mut area = Area {
                level,
                code: text(code).trim().to_owned(),
                names: Vec::new(),
                last_name: Vec::new(),
                labels: Vec::new(),
                is_wanted: false,
                spans: Vec::new(),
            };
            area.is_wanted = is_wanted(&area);
            self.areas.push(area);
        }
        let place = places[number];
        let area = &mut self.areas[place];
        if !area.labels.contains(&label) {
            area.labels.push(label);
        }
        note_name(&mut area.names, &mut area.last_name, name);
        place
    }

    /// The number of a measure; `is_wanted` is asked once for each.
    pub(super) fn measure(
        &mut self,
        id: &[u8],
        name: &[u8],
        is_wanted: impl FnOnce(&Measure) -> bool,
    ) -> usize {
        let (number, is_new) = self.measure_numbers.number(id);
        if is_new {
            let id = text(id).trim().to_owned();
            let known = known(&id);
            let mut measure = Measure {
                service: known.map_or_else(|| id.to_lowercase(), |k| k.service.to_owned()),
                word: known.map_or_else(|| id.clone(), |k| k.word.to_owned()),
                nature: nature(&text(name)),
                id,
                names: Vec::new(),
                lengths: BTreeMap::new(),
                last_name: Vec::new(),
                is_wanted: false,
            };
            measure.is_wanted = is_wanted(&measure);
            self.measures.push(measure);
        }
        let measure = &mut self.measures[number];
        note_name(&mut measure.names, &mut measure.last_name, name);
        number
    }

    /// Counts one figure.
    pub(super) fn see(&mut self, area: usize, measure: usize, period: Period, is_missing: bool) {
        let spans = &mut self.areas[area].spans;
        if spans.len() <= measure {
            spans.resize(measure + 1, None);
        }
        spans[measure].get_or_insert_with(|| Span::empty(period)).add(period, is_missing);
        let lengths = &mut self.measures[measure].lengths;
        let of_length = lengths.entry(period.months).or_insert_with(|| Span::empty(period));
        of_length.add(period, is_missing);
    }

    /// Sorts the labels into parts and unknown ones, once all rows are read.
    pub(super) fn close(&mut self) {
        for (label, breakdown, rows) in &self.labels {
            match breakdown {
                Breakdown::Whole(_) => {}
                Breakdown::Part => *self.parts.entry(label.clone()).or_default() += rows,
                Breakdown::Unknown => *self.unknown.entry(label.clone()).or_default() += rows,
            }
        }
    }
}

/// Names change under one code or id: each is kept once.
fn note_name(names: &mut Vec<String>, last: &mut Vec<u8>, name: &[u8]) {
    if last == name {
        return;
    }
    last.clear();
    last.extend_from_slice(name);
    let name = text(name).trim().to_owned();
    if !names.contains(&name) {
        names.push(name);
    }
}
