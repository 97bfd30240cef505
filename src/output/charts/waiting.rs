//! The waiting list and the wait of one service, one above the other, with the standard drawn in.

use super::Picture;
use super::axes::{Plot, Span};
use super::data::{Fan, Series, Words, last};
use super::labels::{End, at_ends, room_for};
use super::letters::{Align, LABEL, NOTE};
use super::palette::{BLUE, DARK, INK, ORANGE, QUIET, TINTS, for_letters};
use super::scale::{Scale, number};
use super::sheet::{Pen, Rect, Sheet};

/// Waiting list and wait as fans.
#[derive(Clone, Debug, PartialEq)]
pub struct Waiting {
    /// Title, subtitle, source.
    pub words: Words,
    /// The upper strip: people who wait.
    pub list: Strip,
    /// The lower strip: how long they wait.
    pub wait: Strip,
}

/// A measure over time.
#[derive(Clone, Debug, PartialEq)]
pub struct Strip {
    /// What is measured, in what unit: "Median wait, weeks".
    pub label: String,
    /// Its projection.
    pub fan: Fan,
    /// What was observed.
    pub observed: Option<Series>,
    /// What would be without the pandemic (median).
    pub without: Option<Series>,
    /// A standard to be met, and its name: `(6.0, "standard: 6 weeks")`.
    pub standard: Option<(f64, String)>,
}

impl Picture for Waiting {
    fn words(&self) -> &Words {
        &self.words
    }

    fn height(&self) -> f64 {
        500.0
    }

    fn sentences(&self) -> Vec<String> {
        let strips = [&self.list, &self.wait].into_iter().filter_map(|strip| {
            let median = number(last(&strip.fan.median)?, 1);
            Some(format!("{}: the median ends at {median}.", strip.label))
        });
        std::iter::once("Two fan charts by month.".to_owned()).chain(strips).collect()
    }

    fn draw(&self, sheet: &mut Sheet<'_>, room: Rect) {
        let strips = [&self.list, &self.wait];
        let span = Span::over(strips.into_iter().flat_map(Strip::extents));
        let scales = strips.map(Strip::scale);
        let gutter = scales.iter().map(Plot::gutter).fold(0.0, f64::max);
        let ends = strips.map(Strip::ends);
        let texts = ends.iter().flatten().map(|(_, end)| end.text.as_str());
        let right = room_for(texts, 170.0);
        let middle = room.top + (room.height() - super::axes::MONTH_AXIS) / 2.0;
        let rooms = [
            Rect { bottom: middle - 8.0, right: room.right - right, ..room },
            Rect { top: middle + 8.0, right: room.right - right, ..room },
        ];
        for (i, strip) in strips.into_iter().enumerate() {
            let room = Rect { top: rooms[i].top + 30.0, ..rooms[i] };
            let label = LABEL.bold().fit(&strip.label, room.width());
            sheet.text((room.left, room.top - 15.0), &label, LABEL.bold(), Align::Left);
            let plot = Plot::new(room, gutter, span, scales[i].clone(), i == 1);
            plot.rule(sheet, &plot.scale.ticks(), true, i == 1);
            strip.draw(sheet, &plot);
            let ends: Vec<End> = ends[i]
                .iter()
                .map(|(value, end)| End { y: plot.y(*value), ..end.clone() })
                .collect();
            at_ends(sheet, &ends, plot.area.right, right, (plot.area.top, plot.area.bottom));
        }
    }
}

impl Strip {
    fn extents(&self) -> impl Iterator<Item = (crate::month::Month, usize)> {
        self.observed.iter().map(Series::extent).chain([self.fan.extent()])
    }

    fn scale(&self) -> Scale {
        let others = self.observed.iter().chain(&self.without);
        let observed = others.flat_map(|s| s.values.iter().copied());
        let standard = self.standard.iter().map(|(value, _)| *value);
        Scale::over(self.fan.values().chain(observed).chain(standard), 4.0)
    }

    fn ends(&self) -> Vec<(f64, End)> {
        let mut ends = Vec::new();
        if let Some(value) = last(&self.fan.median) {
            ends.push((value, End::new(0.0, "Median", BLUE).bold()));
        }
        for (band, text) in [(&self.fan.band80, "80%"), (&self.fan.outer, "90% of draws")] {
            if let Some((_, high)) = band.last() {
                ends.push((high, End::new(0.0, text, QUIET)));
            }
        }
        if let Some(value) = self.without.as_ref().and_then(|s| last(&s.values)) {
            ends.push((value, End::new(0.0, "Without the pandemic", DARK)));
        }
        if let Some((value, name)) = &self.standard {
            ends.push((*value, End::new(0.0, name.clone(), for_letters(ORANGE)).bold()));
        }
        ends
    }

    fn draw(&self, sheet: &mut Sheet<'_>, plot: &Plot) {
        plot.fan(sheet, &self.fan.joined(self.observed.as_ref()), TINTS, Pen::new(BLUE, 2.8));
        if let Some(without) = &self.without {
            let pen = Pen::new(DARK, 2.0).dashed(7.0, 4.0);
            plot.line(sheet, without.start, &without.values, pen);
        }
        if let Some(observed) = &self.observed {
            plot.line(sheet, observed.start, &observed.values, Pen::new(INK, 2.2));
            if let Some(first) = plot.runs(observed.start, &observed.values).first() {
                sheet.text((first[0].0, first[0].1 - 7.0), "observed", NOTE, Align::Left);
            }
        }
        if let Some((value, _)) = self.standard.as_ref().filter(|(value, _)| value.is_finite()) {
            let y = plot.y(*value);
            let line = [(plot.area.left, y), (plot.area.right, y)];
            sheet.line(&line, Pen::new(ORANGE, 2.2).dashed(9.0, 5.0));
        }
    }
}
