//! The parts of demand of one service family by month:
//! `referrals = underlying - suppressed + returning + surge + levers`.
//!
//! Above, referrals against what would have come; below, what makes the difference, stacked: what
//! adds upwards from zero, what takes away downwards.

use super::Picture;
use super::axes::{MONTH_AXIS, Plot, Span};
use super::data::{Band, Words, last, number_at};
use super::labels::{End, Sign, at_ends, key, room_for};
use super::letters::{Align, LABEL};
use super::palette::{BLUE, Colour, DARK, FOCUS, INK, ORANGE, PINK, TURQUOISE, WHITE, tint};
use super::scale::{Scale, number};
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

/// A layer of the stack: its name, colour and edges.
struct Layer {
    name: &'static str,
    colour: Colour,
    band: Band,
}

impl Picture for Parts {
    fn words(&self) -> &Words {
        &self.words
    }

    fn height(&self) -> f64 {
        540.0
    }

    fn sentences(&self) -> Vec<String> {
        let start = self.start.short();
        let parts = [
            ("underlying", &self.underlying),
            ("suppressed", &self.suppressed),
            ("returning", &self.returning),
            ("immediate surge", &self.surge_immediate),
            ("longitudinal surge", &self.surge_longitudinal),
            ("levers", &self.levers),
        ];
        let sums = parts.map(|(name, part)| {
            let sum = (0..self.months()).map(|i| number_at(part, i)).sum();
            format!("{name} {}", number(sum, 0))
        });
        vec![
            format!("Referrals against underlying demand by month from {start}, and below them"),
            format!("the parts of the difference, stacked. In all: {}.", sums.join(", ")),
        ]
    }

    fn draw(&self, sheet: &mut Sheet<'_>, room: Rect) {
        let difference = self.difference();
        let referrals: Vec<f64> =
            self.underlying.iter().zip(&difference).map(|(under, more)| under + more).collect();
        let layers = self.layers();
        let span = Span::over([(self.start, self.months())]);
        let edges = layers.iter().flat_map(|l| l.band.high.iter().chain(&l.band.low)).copied();
        let scales = [
            Scale::over(self.underlying.iter().chain(&referrals).copied(), 3.0),
            Scale::over(edges.chain(difference.iter().copied()), 5.0),
        ];
        let gutter = scales.iter().map(Plot::gutter).fold(0.0, f64::max);
        let names = ["Referrals", "Without the pandemic"];
        let right = room.right - room_for(names, 175.0);
        let middle = room.top + (room.height() - MONTH_AXIS) * 0.36;
        let upper = Rect { top: room.top + 30.0, bottom: middle, right, ..room };
        let lower = Rect { top: middle + 72.0, right, ..room };
        let [above, below] = scales;
        let above = Plot::new(upper, gutter, span, above, false);
        let below = Plot::new(lower, gutter, span, below, true);
        sheet.text((room.left, room.top + 13.0), "Referrals", LABEL.bold(), Align::Left);
        above.rule(sheet, &above.scale.ticks(), true, false);
        self.draw_referrals(sheet, &above, &referrals, room.right - right);
        let text = "What makes the difference";
        sheet.text((room.left, middle + 38.0), text, LABEL.bold(), Align::Left);
        let entries: Vec<(Sign, &str)> =
            layers.iter().map(|layer| (Sign::Area(layer.colour), layer.name)).collect();
        let net = (Sign::Line(Pen::new(INK, 2.2)), "all of them");
        let entries: Vec<_> = entries.into_iter().chain([net]).collect();
        key(sheet, (room.left, middle + 59.0), room.right, &entries);
        below.rule(sheet, &below.scale.ticks(), true, true);
        for layer in &layers {
            below.band(sheet, self.start, &layer.band, layer.colour);
            below.line(sheet, self.start, &layer.band.high, Pen::new(WHITE, 1.4));
        }
        let zero = below.y(0.0);
        sheet.line(&[(below.area.left, zero), (below.area.right, zero)], Pen::new(INK, 1.0));
        below.line(sheet, self.start, &difference, Pen::new(WHITE, 4.4));
        below.line(sheet, self.start, &difference, Pen::new(INK, 2.2));
    }
}

impl Parts {
    fn months(&self) -> usize {
        self.underlying.len()
    }

    /// What all parts but the underlying come to, by month.
    fn difference(&self) -> Vec<f64> {
        (0..self.months())
            .map(|i| {
                number_at(&self.returning, i)
                    + number_at(&self.surge_immediate, i)
                    + number_at(&self.surge_longitudinal, i)
                    + number_at(&self.levers, i)
                    - number_at(&self.suppressed, i)
            })
            .collect()
    }

    /// The layers from zero upwards, then from zero downwards; parts that never occur left out.
    fn layers(&self) -> Vec<Layer> {
        let months = self.months();
        let raising: Vec<f64> = (0..months).map(|i| number_at(&self.levers, i).max(0.0)).collect();
        let easing: Vec<f64> = (0..months).map(|i| number_at(&self.levers, i).min(0.0)).collect();
        let held: Vec<f64> = (0..months).map(|i| -number_at(&self.suppressed, i)).collect();
        let parts = [
            ("surge, longitudinal", BLUE, &self.surge_longitudinal),
            ("surge, immediate", ORANGE, &self.surge_immediate),
            ("returning", tint(TURQUOISE, 0.5), &self.returning),
            ("levers", PINK, &raising),
            ("suppressed", FOCUS, &held),
            ("levers", PINK, &easing),
        ];
        let mut layers = Vec::new();
        let mut edges = [vec![0.0; months], vec![0.0; months]];
        for (name, colour, part) in parts {
            if part.iter().all(|v| *v == 0.0 || !v.is_finite()) {
                continue;
            }
            let is_below = part.iter().any(|v| *v < 0.0);
            let edge = &mut edges[usize::from(is_below)];
            let next: Vec<f64> = (0..months).map(|i| edge[i] + number_at(part, i)).collect();
            layers.push(Layer { name, colour, band: Band::new(edge.clone(), next.clone()) });
            *edge = next;
        }
        layers
    }

    fn draw_referrals(&self, sheet: &mut Sheet<'_>, plot: &Plot, referrals: &[f64], width: f64) {
        let dashed = Pen::new(DARK, 1.8).dashed(7.0, 4.0);
        plot.line(sheet, self.start, &self.underlying, dashed);
        plot.line(sheet, self.start, referrals, Pen::new(INK, 2.4));
        let ends = [
            last(referrals).map(|v| End::new(plot.y(v), "Referrals", INK).bold()),
            last(&self.underlying).map(|v| End::new(plot.y(v), "Without the pandemic", DARK)),
        ];
        let ends: Vec<End> = ends.into_iter().flatten().collect();
        at_ends(sheet, &ends, plot.area.right, width, (plot.area.top, plot.area.bottom));
    }
}
