//! Two axes and what lies between them: months across, with Januarys as ticks and years below;
//! values upwards, with round ticks.

use super::data::{Band, Fan};
use super::letters::{Align, TICK};
use super::palette::{AXIS, Colour, GRID};
use super::scale::Scale;
use super::sheet::{Pen, Point, Rect, Sheet};
use crate::month::Month;

/// A stretch of time, in months as [`crate::month::position`] counts them.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) struct Span {
    from: f64,
    to: f64,
}

impl Span {
    /// The shortest stretch that holds `parts`, each a first month and a number of months.
    pub(super) fn over(parts: impl IntoIterator<Item = (Month, usize)>) -> Self {
        let mut span: Option<Self> = None;
        for (start, months) in parts.into_iter().filter(|(_, months)| *months > 0) {
            let from = start.start_position();
            let to = from + months as f64;
            span =
                Some(span.map_or(Self { from, to }, |s| Self {
                    from: s.from.min(from),
                    to: s.to.max(to),
                }));
        }
        let empty = Self { from: 2020.0 * 12.0, to: 2021.0 * 12.0 };
        span.unwrap_or(empty)
    }
}

/// Months across and values upwards in a rectangle.
#[derive(Clone, Debug)]
pub(super) struct Plot {
    pub(super) area: Rect,
    span: Span,
    pub(super) scale: Scale,
}

/// The height that month and year labels take below a plot.
pub(super) const MONTH_AXIS: f64 = 44.0;

impl Plot {
    /// A plot in `room`, which holds the labels of both axes too: `gutter` on the left, and
    /// [`MONTH_AXIS`] below where `dated`.
    pub(super) fn new(room: Rect, gutter: f64, span: Span, scale: Scale, dated: bool) -> Self {
        let below = if dated { MONTH_AXIS } else { 0.0 };
        let area = Rect { left: room.left + gutter, bottom: room.bottom - below, ..room };
        Self { area, span, scale }
    }

    /// The width the labels of `scale` need.
    pub(super) fn gutter(scale: &Scale) -> f64 {
        scale.widest() + 10.0
    }

    /// Where position `month` (its start, not its middle) lies across.
    pub(super) fn x(&self, month: f64) -> f64 {
        let share = (month - self.span.from) / (self.span.to - self.span.from).max(1.0);
        self.area.left + share.clamp(0.0, 1.0) * self.area.width()
    }

    /// Whether a position is on the axis.
    pub(super) fn shows(&self, month: f64) -> bool {
        (self.span.from..=self.span.to).contains(&month)
    }

    /// Where a value lies.
    pub(super) fn y(&self, value: f64) -> f64 {
        let range = (self.scale.high - self.scale.low).max(f64::MIN_POSITIVE);
        let share = ((value - self.scale.low) / range).clamp(0.0, 1.0);
        self.area.bottom - share * self.area.height()
    }

    /// The place of the value of the `i`th month from `start`: the middle of that month.
    pub(super) fn point(&self, start: Month, i: usize, value: f64) -> Point {
        (self.x(start.start_position() + i as f64 + 0.5), self.y(value))
    }

    /// Grid, ticks and numbers of the value axis, and months below.
    pub(super) fn frame(&self, sheet: &mut Sheet<'_>) {
        self.rule(sheet, &self.scale.ticks(), true, true);
    }

    /// Grid lines at `ticks`, with their numbers if `numbered`, and months below if `dated`.
    pub(super) fn rule(&self, sheet: &mut Sheet<'_>, ticks: &[f64], numbered: bool, dated: bool) {
        let Rect { left, right, bottom, .. } = self.area;
        for tick in ticks.iter().copied() {
            let y = self.y(tick);
            sheet.line(&[(left, y), (right, y)], Pen::new(GRID, 1.0));
            if numbered {
                let at = (left - 8.0, y + TICK.size * 0.36);
                sheet.text(at, &self.scale.write(tick), TICK, Align::Right);
            }
        }
        let zero = self.y(0.0_f64.clamp(self.scale.low, self.scale.high));
        sheet.line(&[(left, zero), (right, zero)], Pen::new(AXIS, 1.2));
        self.dates(sheet, bottom, dated);
    }

    /// Ticks at quarters, longer at Januarys; months where there is room, years below.
    fn dates(&self, sheet: &mut Sheet<'_>, bottom: f64, written: bool) {
        const NAMES: [&str; 4] = ["Jan", "Apr", "Jul", "Oct"];
        let month_width = self.area.width() / (self.span.to - self.span.from).max(1.0);
        let quarterly = month_width * 3.0 >= TICK.width("Mmm") + 4.0;
        let half_yearly = month_width * 6.0 >= TICK.width("Mmm") + 4.0;
        let years_to_a_label =
            [1, 2, 5, 10, 20, 50].into_iter().find(|n| month_width * 12.0 * f64::from(*n) > 42.0);
        if month_width * 12.0 > 12.0 {
            let first = (self.span.from / 3.0).ceil() as i64;
            let last = (self.span.to / 3.0).floor() as i64;
            for quarter in first..=last {
                let position = (quarter * 3) as f64;
                let x = self.x(position);
                let january = quarter.rem_euclid(4) == 0;
                let length = if january { 7.0 } else { 4.0 };
                sheet.line(&[(x, bottom), (x, bottom + length)], Pen::new(AXIS, 1.2));
                let name = NAMES[quarter.rem_euclid(4) as usize];
                let fits = x - TICK.width(name) / 2.0 > self.area.left - 14.0
                    && x + TICK.width(name) / 2.0 < self.area.right + 14.0;
                if written && fits && (quarterly || half_yearly && quarter % 2 == 0) {
                    sheet.text((x, bottom + 20.0), name, TICK, Align::Centre);
                }
            }
        }
        let Some(step) = years_to_a_label.filter(|_| written) else { return };
        let years = (self.span.from / 12.0).floor() as i32..=(self.span.to / 12.0).floor() as i32;
        let y = bottom + if quarterly || half_yearly { 38.0 } else { 22.0 };
        for year in years.filter(|year| year % step == 0) {
            let first = self.x(f64::from(year) * 12.0);
            let last = self.x(f64::from(year) * 12.0 + 12.0);
            let text = year.to_string();
            let (x, room) = if step == 1 {
                (f64::midpoint(first, last), last - first)
            } else {
                (first, f64::INFINITY)
            };
            if room >= TICK.width(&text) && x + TICK.width(&text) / 2.0 <= self.area.right + 14.0 {
                sheet.text((x, y), &text, TICK, Align::Centre);
            }
        }
    }

    /// The places of a series, broken where a value is unknown.
    pub(super) fn runs(&self, start: Month, values: &[f64]) -> Vec<Vec<Point>> {
        let mut runs: Vec<Vec<Point>> = vec![Vec::new()];
        for (i, value) in values.iter().enumerate() {
            if value.is_finite() {
                if let Some(run) = runs.last_mut() {
                    run.push(self.point(start, i, *value));
                }
            } else {
                runs.push(Vec::new());
            }
        }
        runs.retain(|run| !run.is_empty());
        runs
    }

    /// A curve through a series, rounded between the months (a Catmull-Rom spline, never below
    /// zero), for pictures in which the course matters and not the single month.
    pub(super) fn curve(&self, start: Month, values: &[f64]) -> Vec<Point> {
        const PARTS: usize = 6;
        let known: Vec<f64> = values.iter().map(|v| if v.is_finite() { *v } else { 0.0 }).collect();
        let Some(last) = known.len().checked_sub(1) else { return Vec::new() };
        let mut points = Vec::with_capacity(last * PARTS + 1);
        for i in 0..last {
            let (a, b) = (known[i.saturating_sub(1)], known[i]);
            let (c, d) = (known[i + 1], known[(i + 2).min(last)]);
            for part in 0..PARTS {
                let t = part as f64 / PARTS as f64;
                let cubic = 3.0 * (b - c) + d - a;
                let square = 2.0 * a - 5.0 * b + 4.0 * c - d;
                let value = b + 0.5 * t * (c - a + t * (square + t * cubic));
                let position = start.start_position() + i as f64 + 0.5 + t;
                points.push((self.x(position), self.y(value.max(0.0))));
            }
        }
        points.push(self.point(start, last, known[last]));
        points
    }

    /// Fills the area from zero up to `edge`.
    pub(super) fn under(&self, sheet: &mut Sheet<'_>, edge: &[Point], colour: Colour) {
        let (Some(first), Some(last)) = (edge.first(), edge.last()) else { return };
        let floor = self.y(0.0);
        let mut outline = edge.to_vec();
        outline.extend([(last.0, floor), (first.0, floor)]);
        sheet.fill(&outline, colour);
    }

    /// Draws a series; a month alone becomes a dot.
    pub(super) fn line(&self, sheet: &mut Sheet<'_>, start: Month, values: &[f64], pen: Pen) {
        for run in self.runs(start, values) {
            if let [only] = run.as_slice() {
                sheet.line(&[(only.0 - 2.0, only.1), (only.0 + 2.0, only.1)], pen);
            }
            sheet.line(&run, pen);
        }
    }

    /// Fills the area between two series.
    pub(super) fn band(&self, sheet: &mut Sheet<'_>, start: Month, band: &Band, colour: Colour) {
        let pairs: Vec<_> = band.low.iter().copied().zip(band.high.iter().copied()).collect();
        let mut from = 0;
        while from < pairs.len() {
            let known = |pair: &&(f64, f64)| pair.0.is_finite() && pair.1.is_finite();
            let run = pairs[from..].iter().take_while(known).count();
            let months = from..from + run;
            let above = months.clone().map(|i| self.point(start, i, pairs[i].1));
            let below = months.rev().map(|i| self.point(start, i, pairs[i].0));
            let outline: Vec<_> = above.chain(below).collect();
            if let [high, low] = outline.as_slice() {
                let (left, right) = (high.0 - 2.0, high.0 + 2.0);
                sheet.rect(Rect { left, top: high.1, right, bottom: low.1 }, colour);
            }
            sheet.fill(&outline, colour);
            from += run + 1;
        }
    }

    /// Fills a fan's bands from wide to narrow and draws its median.
    pub(super) fn fan(&self, sheet: &mut Sheet<'_>, fan: &Fan, tints: [Colour; 3], median: Pen) {
        for (band, colour) in [&fan.outer, &fan.band80, &fan.band50].into_iter().zip(tints) {
            self.band(sheet, fan.start, band, colour);
        }
        self.line(sheet, fan.start, &fan.median, median);
    }
}
