//! The parts of demand of one service family by month:
//! `referrals = underlying - suppressed + returning + surge + levers`.
//!
//! What came is stacked upwards from zero: the underlying demand that still presented, then what
//! returned, then the surge. What was held back is left as a hatched gap below the line of
//! underlying demand.

use super::axes::{Plot, Scale, Span, number};
use super::data::{Band, Words, last};
use super::labels::{End, at_ends, room_for};
use super::palette::{
    BLUE, Colour, DARK, INK, ORANGE, PURPLE, TURQUOISE, WHITE, for_letters, tint,
};
use super::sheet::{Pen, Rect, Sheet};
use crate::month::Month;

/// The parts of demand, stacked; all positive but `levers`.
#[derive(Clone, Debug, PartialEq)]
pub struct Parts {
    /// Title, subtitle, source.
    pub words: Words,
    /// The first month of every part.
    pub start: Month,
    /// Would have been referred without the pandemic.
    pub underlying: Vec<f64>,
    /// Held back.
    pub suppressed: Vec<f64>,
    /// Held back before, and presents now.
    pub returning: Vec<f64>,
    /// New need within three months of exposure.
    pub surge_immediate: Vec<f64>,
    /// New need after that.
    pub surge_longitudinal: Vec<f64>,
    /// Net effect of levers.
    pub levers: Vec<f64>,
}

impl Parts {
    pub(super) fn size(&self) -> (f64, f64) {
        (960.0, 540.0)
    }

    fn months(&self) -> usize {
        self.underlying.len()
    }

    fn at(values: &[f64], i: usize) -> f64 {
        values.get(i).copied().filter(|v| v.is_finite()).unwrap_or(0.0)
    }

    /// The edges of the stack from the lowest up, and referrals last.
    fn edges(&self) -> [Vec<f64>; 5] {
        let months = 0..self.months();
        let came =
            |i: usize| (Self::at(&self.underlying, i) - Self::at(&self.suppressed, i)).max(0.0);
        let back = |i: usize| came(i) + Self::at(&self.returning, i);
        let later = |i: usize| back(i) + Self::at(&self.surge_longitudinal, i);
        let soon = |i: usize| later(i) + Self::at(&self.surge_immediate, i);
        let all = |i: usize| soon(i) + Self::at(&self.levers, i);
        [
            months.clone().map(came).collect(),
            months.clone().map(back).collect(),
            months.clone().map(later).collect(),
            months.clone().map(soon).collect(),
            months.map(all).collect(),
        ]
    }

    pub(super) fn description(&self) -> String {
        let sum = |values: &[f64]| number((0..self.months()).map(|i| Self::at(values, i)).sum(), 0);
        format!(
            "{}. Stacked areas by month from {}. In all: underlying {}, suppressed {}, returning \
             {}, immediate surge {}, longitudinal surge {}, levers {}.",
            self.words.subtitle,
            self.start.short(),
            sum(&self.underlying),
            sum(&self.suppressed),
            sum(&self.returning),
            sum(&self.surge_immediate),
            sum(&self.surge_longitudinal),
            sum(&self.levers)
        )
    }

    pub(super) fn draw(&self, sheet: &mut Sheet<'_>, room: Rect) {
        let edges = self.edges();
        let [came, back, later, soon, all] = &edges;
        let values = edges.iter().flatten().chain(&self.underlying).copied();
        let scale = Scale::over(values, 5.0);
        let has_levers = self.levers.iter().any(|v| *v != 0.0);
        let has_suppressed = self.suppressed.iter().any(|v| *v > 0.0);
        let mut ends = vec![
            (soon, later, "Surge, immediate", ORANGE, &self.surge_immediate),
            (later, back, "Surge, longitudinal", BLUE, &self.surge_longitudinal),
            (back, came, "Returning", TURQUOISE, &self.returning),
        ];
        ends.retain(|(.., part)| part.iter().any(|v| *v > 0.0));
        let names =
            ends.iter().map(|end| end.2).chain(["Underlying, presenting", "Referrals with levers"]);
        let right = room_for(names, 175.0);
        let span = Span::over([(self.start, self.months())]);
        let gutter = Plot::gutter(&scale);
        let inner = Rect { right: room.right - right, top: room.top + 8.0, ..room };
        let plot = Plot::new(inner, gutter, span, scale, true);
        plot.frame(sheet);
        let floor = vec![0.0; self.months()];
        let stack: [(&Vec<f64>, Colour); 4] =
            [(soon, ORANGE), (later, BLUE), (back, TURQUOISE), (came, tint(DARK, 0.25))];
        for (edge, colour) in stack {
            plot.band(sheet, self.start, &Band::new(floor.clone(), edge.clone()), colour);
            plot.line(sheet, self.start, edge, Pen::new(WHITE, 1.0));
        }
        let line = Pen::new(INK, 2.0).dashed(7.0, 4.0);
        plot.line(sheet, self.start, &self.underlying, line);
        if has_levers {
            plot.line(sheet, self.start, all, Pen::new(PURPLE, 2.6).dashed(2.5, 2.5));
        }
        let mut labels: Vec<End> = ends
            .iter()
            .filter_map(|(top, bottom, name, colour, _)| {
                let y = plot.y(f64::midpoint(last(top)?, last(bottom)?));
                Some(End::new(y, *name, for_letters(*colour)).bold())
            })
            .collect();
        labels
            .extend(last(came).map(|v| End::new(plot.y(v / 2.0), "Underlying, presenting", DARK)));
        labels.extend(last(&self.underlying).map(|v| End::new(plot.y(v), "Underlying, all", INK)));
        if has_levers {
            let end = last(all)
                .map(|v| End::new(plot.y(v), "Referrals with levers", for_letters(PURPLE)));
            labels.extend(end);
        }
        at_ends(sheet, &labels, plot.area.right, right, (plot.area.top, plot.area.bottom));
        if has_suppressed {
            self.name_gap(sheet, &plot, came);
        }
    }

    /// Names the gap between what presented and what underlay it, where it is widest.
    fn name_gap(&self, sheet: &mut Sheet<'_>, plot: &Plot, came: &[f64]) {
        use super::sheet::{Align, LABEL};
        let Some((i, held)) = super::data::peak(&self.suppressed) else { return };
        if held <= 0.0 || i >= came.len() {
            return;
        }
        let low = plot.point(self.start, i, came[i]);
        let high = plot.point(self.start, i, Self::at(&self.underlying, i));
        sheet.line(&[low, high], Pen::new(INK, 1.2));
        for end in [low, high] {
            sheet.line(&[(end.0 - 4.0, end.1), (end.0 + 4.0, end.1)], Pen::new(INK, 1.2));
        }
        let text = format!("held back: {}", number(held, 0));
        let kind = LABEL.sized(14.0).bold();
        let fits = low.0 + 8.0 + kind.width(&text) < plot.area.right;
        let y = (low.1 + 22.0).min(plot.area.bottom - 8.0);
        let (x, align) =
            if fits { (low.0 - 4.0, Align::Left) } else { (low.0 + 4.0, Align::Right) };
        sheet.text((x.max(plot.area.left + 4.0), y), &text, kind, align);
    }
}
