//! Scenarios side by side for one service family: a panel each on the same scales, the others as
//! grey lines behind it.

use super::Picture;
use super::axes::{Plot, Span};
use super::data::{Band, Series, Words, peak};
use super::labels::{Sign, key};
use super::letters::{Align, HEADING, NOTE};
use super::palette::{AXIS, DARK, SERIES, for_letters, tint};
use super::scale::{Scale, number};
use super::sheet::{Pen, Rect, Sheet};
use crate::month::Month;

/// Scenarios side by side, each with its 90% range.
#[derive(Clone, Debug, PartialEq)]
pub struct Scenarios {
    /// Title, subtitle, source.
    pub words: Words,
    /// What would have come without the pandemic (median).
    pub underlying: Option<Series>,
    /// The scenarios, the first being the one others are compared with.
    pub scenarios: Vec<Scenario>,
}

/// One scenario of a comparison.
#[derive(Clone, Debug, PartialEq)]
pub struct Scenario {
    /// Its name.
    pub name: String,
    /// What sets it apart, in a few words, or nothing.
    pub note: String,
    /// The first month.
    pub start: Month,
    /// The median.
    pub median: Vec<f64>,
    /// The 5th and 95th percentile.
    pub band: Band,
}

const PANEL: f64 = 300.0;

impl Picture for Scenarios {
    fn words(&self) -> &Words {
        &self.words
    }

    fn height(&self) -> f64 {
        (28.0 + PANEL * self.rows() as f64).max(416.0)
    }

    fn sentences(&self) -> Vec<String> {
        let scenarios = self.scenarios.iter().filter_map(|scenario| {
            let (at, value) = peak(&scenario.median)?;
            let month = scenario.start.plus(at as i32).short();
            Some(format!("{}: highest at {} in {month}.", scenario.name, number(value, 0)))
        });
        std::iter::once("A panel for each scenario.".to_owned()).chain(scenarios).collect()
    }

    fn draw(&self, sheet: &mut Sheet<'_>, room: Rect) {
        let values = self
            .scenarios
            .iter()
            .flat_map(|s| s.median.iter().chain(&s.band.low).chain(&s.band.high).copied());
        let under = self.underlying.iter().flat_map(|s| s.values.iter().copied());
        let scale = Scale::over(values.chain(under), 4.0);
        let extents = self.scenarios.iter().map(|s| (s.start, s.median.len().max(s.band.len())));
        let span = Span::over(extents.chain(self.underlying.iter().map(Series::extent)));
        let columns = self.columns();
        let mut entries = vec![
            (Sign::Line(Pen::new(SERIES[0], 2.8)), "median of the scenario"),
            (Sign::Area(tint(SERIES[0], 0.28)), "90% of its draws"),
        ];
        if self.scenarios.len() > 1 {
            entries.push((Sign::Line(Pen::new(AXIS, 1.4)), "the other scenarios"));
        }
        if self.underlying.is_some() {
            let pen = Pen::new(DARK, 1.5).dashed(5.0, 4.0);
            entries.push((Sign::Line(pen), "without the pandemic"));
        }
        key(sheet, (room.left, room.top + 8.0), room.right, &entries);
        let room = Rect { top: room.top + 28.0, ..room };
        let gutter = Plot::gutter(&scale);
        let left = room.left + gutter;
        let width = (room.right - left - 24.0 * (columns - 1) as f64) / columns as f64;
        let height = room.height() / self.rows() as f64;
        for (i, scenario) in self.scenarios.iter().enumerate() {
            let (row, column) = (i / columns, i % columns);
            let left = left + (width + 24.0) * column as f64;
            let top = room.top + height * row as f64;
            let colour = SERIES[i % SERIES.len()];
            sheet.text(
                (left, top + 14.0),
                &HEADING.fit(&scenario.name, width),
                HEADING.coloured(for_letters(colour)),
                Align::Left,
            );
            sheet.text((left, top + 32.0), &NOTE.fit(&scenario.note, width), NOTE, Align::Left);
            let bottom = top + height - if row + 1 < self.rows() { 16.0 } else { 0.0 };
            let cell = Rect { left, top: top + 46.0, right: left + width, bottom };
            let plot = Plot::new(cell, 0.0, span, scale.clone(), true);
            plot.rule(sheet, &plot.scale.ticks(), column == 0, true);
            plot.band(sheet, scenario.start, &scenario.band, tint(colour, 0.28));
            for other in self.scenarios.iter().filter(|other| !std::ptr::eq(*other, scenario)) {
                plot.line(sheet, other.start, &other.median, Pen::new(AXIS, 1.4));
            }
            if let Some(under) = &self.underlying {
                plot.line(sheet, under.start, &under.values, Pen::new(DARK, 1.5).dashed(5.0, 4.0));
            }
            plot.line(sheet, scenario.start, &scenario.median, Pen::new(colour, 2.8));
        }
    }
}

impl Scenarios {
    fn columns(&self) -> usize {
        match self.scenarios.len() {
            0 | 1 => 1,
            2 | 4 => 2,
            _ => 3,
        }
    }

    fn rows(&self) -> usize {
        self.scenarios.len().div_ceil(self.columns()).max(1)
    }
}
