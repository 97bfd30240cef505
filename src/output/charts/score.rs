//! A projection made blind, against what happened: the fan with the truth on it, and how many
//! months of truth fell into each range.

use super::Picture;
use super::axes::{Plot, Span};
use super::data::{Fan, Series, Words};
use super::labels::{Sign, key};
use super::letters::{Align, LABEL, NOTE};
use super::palette::{BLUE, INK, ORANGE, PALE, TINTS};
use super::scale::{Scale, number};
use super::sheet::{Pen, Rect, Sheet};

/// A backtest of one service family.
#[derive(Clone, Debug, PartialEq)]
pub struct Score {
    /// Title, subtitle, source.
    pub words: Words,
    /// What was known when the projection was made.
    pub history: Option<Series>,
    /// The projection.
    pub projection: Fan,
    /// What happened.
    pub truth: Series,
    /// How often the truth fell into each range.
    pub coverage: Vec<Coverage>,
}

/// How often the truth fell into a range.
#[derive(Clone, Debug, PartialEq)]
pub struct Coverage {
    /// The share that should: 0.8 of an 80% range.
    pub nominal: f64,
    /// The share that did.
    pub observed: f64,
}

const SIDE: f64 = 210.0;

impl Picture for Score {
    fn words(&self) -> &Words {
        &self.words
    }

    fn height(&self) -> f64 {
        416.0
    }

    fn sentences(&self) -> Vec<String> {
        let percent = |share: f64| number(share * 100.0, 0);
        let coverage = self.coverage.iter().map(|part| {
            let (nominal, observed) = (percent(part.nominal), percent(part.observed));
            format!("The {nominal}% range held {observed}% of months.")
        });
        std::iter::once("Fan chart with the truth as points.".to_owned()).chain(coverage).collect()
    }

    fn draw(&self, sheet: &mut Sheet<'_>, room: Rect) {
        let history = self.history.iter();
        let values = history.clone().chain([&self.truth]).flat_map(|s| s.values.iter().copied());
        let scale = Scale::over(values.chain(self.projection.values()), 5.0);
        let extents = history.chain([&self.truth]).map(Series::extent);
        let span = Span::over(extents.chain([self.projection.extent()]));
        let side = if self.coverage.is_empty() { 12.0 } else { SIDE + 36.0 };
        let entries = [
            (Sign::Line(Pen::new(INK, 2.2)), "known then"),
            (Sign::Line(Pen::new(BLUE, 2.8)), "projected"),
            (Sign::Area(TINTS[2]), "50%"),
            (Sign::Area(TINTS[1]), "80%"),
            (Sign::Area(TINTS[0]), "95% of draws"),
            (Sign::Ring(ORANGE), "what happened"),
        ];
        key(sheet, (room.left, room.top + 8.0), room.right, &entries);
        let top = room.top + 28.0;
        let inner = Rect { right: room.right - side, top, ..room };
        let gutter = Plot::gutter(&scale);
        let plot = Plot::new(inner, gutter, span, scale, true);
        plot.frame(sheet);
        plot.fan(sheet, &self.projection.joined(self.history.as_ref()), TINTS, Pen::new(BLUE, 2.8));
        if let Some(history) = &self.history {
            plot.line(sheet, history.start, &history.values, Pen::new(INK, 2.2));
        }
        for at in plot.runs(self.truth.start, &self.truth.values).into_iter().flatten() {
            sheet.ring(at, 4.5, ORANGE);
        }
        if !self.coverage.is_empty() {
            let area = Rect { left: room.right - SIDE, bottom: plot.area.bottom, top, ..room };
            self.draw_coverage(sheet, area);
        }
    }
}

impl Score {
    /// A bar a range, with a mark where it should end.
    fn draw_coverage(&self, sheet: &mut Sheet<'_>, area: Rect) {
        sheet.text(
            (area.left, area.top + 12.0),
            "Months inside the range",
            LABEL.bold(),
            Align::Left,
        );
        let shown = &self.coverage[..self.coverage.len().min(6)];
        let row = ((area.height() - 60.0) / shown.len() as f64).min(74.0);
        let tints = [TINTS[2], TINTS[1], TINTS[0]];
        for (i, part) in shown.iter().enumerate() {
            let top = area.top + 34.0 + row * i as f64;
            let percent = |share: f64| number(share * 100.0, 0) + "%";
            let text = format!("{} range: {}", percent(part.nominal), percent(part.observed));
            sheet.text(
                (area.left, top + 12.0),
                &LABEL.fit(&text, area.width()),
                LABEL,
                Align::Left,
            );
            let bar = Rect { top: top + 20.0, bottom: top + row.min(44.0), ..area };
            sheet.rect(bar, PALE);
            let along = |share: f64| {
                let share = if share.is_finite() { share.clamp(0.0, 1.0) } else { 0.0 };
                area.left + share * area.width()
            };
            sheet.rect(Rect { right: along(part.observed), ..bar }, tints[i % 3]);
            let mark = along(part.nominal);
            sheet.line(&[(mark, bar.top - 3.0), (mark, bar.bottom + 3.0)], Pen::new(INK, 2.4));
        }
        let y = (area.top + 34.0 + row * shown.len() as f64 + 16.0).min(area.bottom);
        sheet.text((area.left, y), "the mark: what it should be", NOTE, Align::Left);
    }
}
