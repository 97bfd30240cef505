//! Small pictures of one kind side by side, each on a scale of its own: scenarios as lines with
//! their ranges, what was observed as rings, and a mark to be met.

use super::Picture;
use super::axes::{Plot, Span};
use super::data::{Band, Series, Words, last};
use super::labels::{Sign, key};
use super::letters::{Align, HEADING, NOTE};
use super::palette::{DARK, INK, QUIET, SERIES, tint};
use super::scale::{Scale, number};
use super::sheet::{Pen, Rect, Sheet};
use crate::month::Month;

/// Small pictures side by side.
#[derive(Clone, Debug, PartialEq)]
pub struct Multiples {
    /// Title, subtitle, source.
    pub words: Words,
    /// The scenarios, by the names that the key gives them.
    pub scenarios: Vec<String>,
    /// What the dark dashed line is, or nothing.
    pub mark: String,
    /// The pictures.
    pub panels: Vec<Multiple>,
}

/// One small picture.
#[derive(Clone, Debug, PartialEq)]
pub struct Multiple {
    /// What it is of.
    pub name: String,
    /// What is measured, and what else must be known, in a few words.
    pub note: String,
    /// A line for each scenario, in their order.
    pub lines: Vec<Course>,
    /// The dark dashed line.
    pub mark: Option<Series>,
    /// What was observed.
    pub observed: Option<Series>,
}

/// One scenario in a small picture.
#[derive(Clone, Debug, PartialEq)]
pub struct Course {
    /// The first month.
    pub start: Month,
    /// The median.
    pub median: Vec<f64>,
    /// The 5th and 95th percentile.
    pub band: Band,
}

const PANEL: f64 = 250.0;
const COLUMNS: usize = 2;
const APART: f64 = 28.0;

impl Picture for Multiples {
    fn words(&self) -> &Words {
        &self.words
    }

    fn height(&self) -> f64 {
        28.0 + PANEL * self.rows() as f64
    }

    fn sentences(&self) -> Vec<String> {
        let panels = self.panels.iter().flat_map(|panel| {
            self.scenarios.iter().zip(&panel.lines).filter_map(|(name, line)| {
                let most = line.median.iter().copied().fold(f64::NEG_INFINITY, f64::max);
                let end = last(&line.median)?;
                let digits = usize::from(most < 10.0);
                let [most, end] = [most, end].map(|value| number(value, digits));
                Some(format!("{}, {name}: at most {most}, {end} at the end.", panel.name))
            })
        });
        std::iter::once("A panel for each.".to_owned()).chain(panels).collect()
    }

    fn draw(&self, sheet: &mut Sheet<'_>, room: Rect) {
        let colour = |i: usize| SERIES[i % SERIES.len()];
        let mut entries: Vec<(Sign, &str)> = Vec::new();
        for (i, name) in self.scenarios.iter().enumerate() {
            entries.push((Sign::Line(pen(i)), name));
        }
        if !self.mark.is_empty() {
            entries.push((Sign::Line(MARK), &self.mark));
        }
        if self.panels.iter().any(|panel| panel.observed.is_some()) {
            entries.push((Sign::Ring(INK), "observed"));
        }
        key(sheet, (room.left, room.top + 8.0), room.right, &entries);
        let room = Rect { top: room.top + 28.0, ..room };
        let columns = COLUMNS.min(self.panels.len().max(1));
        let scales: Vec<Scale> = self.panels.iter().map(Multiple::scale).collect();
        let gutter = scales.iter().map(Plot::gutter).fold(0.0, f64::max);
        let span = Span::over(self.panels.iter().flat_map(Multiple::extents));
        let width = (room.width() - APART * (columns - 1) as f64) / columns as f64;
        let height = room.height() / self.rows() as f64;
        for (i, (panel, scale)) in self.panels.iter().zip(scales).enumerate() {
            let left = room.left + (width + APART) * (i % columns) as f64;
            let top = room.top + height * (i / columns) as f64;
            let bottom = top + height - 10.0;
            let name = HEADING.fit(&panel.name, width * 0.68);
            sheet.text((left, top + 14.0), &name, HEADING, Align::Left);
            let beside = left + HEADING.width(&name) + 10.0;
            let note = NOTE.coloured(QUIET).fit(&panel.note, left + width - beside);
            sheet.text((beside, top + 14.0), &note, NOTE, Align::Left);
            let cell = Rect { left, top: top + 30.0, right: left + width, bottom };
            let plot = Plot::new(cell, gutter, span, scale, true);
            plot.rule(sheet, &plot.scale.ticks(), true, true);
            for (i, line) in panel.lines.iter().enumerate().rev() {
                plot.band(sheet, line.start, &line.band, tint(colour(i), 0.16));
            }
            if let Some(mark) = &panel.mark {
                plot.line(sheet, mark.start, &mark.values, MARK);
            }
            for (i, line) in panel.lines.iter().enumerate().rev() {
                // Edges, where bands lie over each other.
                for edge in [&line.band.low, &line.band.high] {
                    plot.line(sheet, line.start, edge, Pen::new(tint(colour(i), 0.5), 0.8));
                }
                plot.line(sheet, line.start, &line.median, pen(i));
            }
            if let Some(observed) = &panel.observed {
                for (t, value) in observed.values.iter().enumerate() {
                    if value.is_finite() {
                        sheet.ring(plot.point(observed.start, t, *value), 2.8, INK);
                    }
                }
            }
        }
    }
}

const MARK: Pen = Pen::new(DARK, 1.5).dashed(5.0, 4.0);

impl Multiples {
    fn rows(&self) -> usize {
        self.panels.len().div_ceil(COLUMNS).max(1)
    }
}

/// Scenarios are told apart by dashes too.
fn pen(i: usize) -> Pen {
    let pen = Pen::new(SERIES[i % SERIES.len()], 2.4);
    match i {
        0 => pen,
        1 => pen.dashed(12.0, 3.0),
        2 => pen.dashed(3.0, 3.0),
        _ => pen.dashed(8.0, 2.0),
    }
}

impl Multiple {
    fn extents(&self) -> impl Iterator<Item = (Month, usize)> {
        let lines = self.lines.iter().map(|line| (line.start, line.median.len()));
        lines.chain(self.observed.iter().map(Series::extent))
    }

    fn scale(&self) -> Scale {
        let lines = self.lines.iter().flat_map(|line| {
            line.median.iter().chain(&line.band.low).chain(&line.band.high).copied()
        });
        let others = self.mark.iter().chain(&self.observed).flat_map(|s| s.values.iter().copied());
        Scale::over(lines.chain(others), 4.0)
    }
}
