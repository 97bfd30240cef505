//! Ranges side by side: a dot and its range for each name, under headings, on one scale.

use super::Picture;
use super::data::Words;
use super::letters::{Align, LABEL, TICK};
use super::palette::{AXIS, BLUE, GRID, INK, QUIET, tint};
use super::scale::{Scale, number};
use super::sheet::{Pen, Rect, Sheet};

/// Ranges on one scale.
#[derive(Clone, Debug, PartialEq)]
pub struct Ranges {
    /// Title, subtitle, source.
    pub words: Words,
    /// What the scale counts: "people".
    pub unit: String,
    /// Groups of ranges, from the top.
    pub groups: Vec<Group>,
}

/// Ranges under one heading.
#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    /// The heading; may be empty.
    pub name: String,
    /// Its ranges, from the top.
    pub ranges: Vec<Range>,
}

/// One range.
#[derive(Clone, Debug, PartialEq)]
pub struct Range {
    /// Its name.
    pub name: String,
    /// 5th percentile, median, 95th percentile.
    pub values: [f64; 3],
    /// Whether it is drawn pale: what may be nothing.
    pub is_pale: bool,
}

const ROW: f64 = 26.0;
const HEAD: f64 = 28.0;

impl Ranges {
    fn rows(&self) -> f64 {
        let heads = self.groups.iter().filter(|group| !group.name.is_empty()).count();
        let rows: usize = self.groups.iter().map(|group| group.ranges.len()).sum();
        rows as f64 * ROW + heads as f64 * HEAD
    }
}

impl Picture for Ranges {
    fn words(&self) -> &Words {
        &self.words
    }

    fn height(&self) -> f64 {
        self.rows() + 52.0
    }

    fn sentences(&self) -> Vec<String> {
        let group = |group: &Group| {
            let ranges = group.ranges.iter().map(|range| {
                let [low, middle, high] = range.values.map(|value| number(value, 0));
                format!("{} {middle} ({low} to {high})", range.name)
            });
            let ranges = ranges.collect::<Vec<_>>().join(", ");
            if group.name.is_empty() {
                format!("{ranges}.")
            } else {
                format!("{}: {ranges}.", group.name)
            }
        };
        self.groups.iter().map(group).collect()
    }

    fn draw(&self, sheet: &mut Sheet<'_>, room: Rect) {
        let ranges = || self.groups.iter().flat_map(|group| &group.ranges);
        let scale = Scale::over(ranges().flat_map(|range| range.values), 6.0);
        let heads = self.groups.iter().map(|group| LABEL.bold().width(&group.name));
        let names = ranges().map(|range| LABEL.width(&range.name)).chain(heads);
        let names = names.fold(0.0, f64::max).min(room.width() * 0.35);
        let (left, right) = (room.left + names + 18.0, room.right - 24.0);
        let (top, bottom) = (room.top + 4.0, room.top + 4.0 + self.rows());
        let x = |value: f64| {
            let share = (value - scale.low) / (scale.high - scale.low);
            left + share.clamp(0.0, 1.0) * (right - left)
        };
        for tick in scale.ticks() {
            let colour = if tick == 0.0 { AXIS } else { GRID };
            sheet.line(&[(x(tick), top), (x(tick), bottom)], Pen::new(colour, 1.0));
            sheet.text((x(tick), bottom + 18.0), &scale.write(tick), TICK, Align::Centre);
        }
        sheet.text((f64::midpoint(left, right), bottom + 38.0), &self.unit, TICK, Align::Centre);
        let mut y = top;
        for group in &self.groups {
            if !group.name.is_empty() {
                y += HEAD;
                let name = LABEL.bold();
                sheet.text((room.left, y - 8.0), &name.fit(&group.name, names), name, Align::Left);
            }
            for range in &group.ranges {
                let middle = y + ROW / 2.0;
                let [low, median, high] = range.values;
                let colour = if range.is_pale { tint(BLUE, 0.55) } else { BLUE };
                let letters =
                    if range.is_pale { LABEL.coloured(QUIET) } else { LABEL.coloured(INK) };
                let at = room.left + names;
                sheet.text(
                    (at, middle + 5.0),
                    &letters.fit(&range.name, names),
                    letters,
                    Align::Right,
                );
                if low.is_finite() && high.is_finite() {
                    sheet.line(&[(x(low), middle), (x(high), middle)], Pen::new(colour, 3.0));
                }
                if median.is_finite() {
                    if range.is_pale {
                        sheet.ring((x(median), middle), 6.0, colour);
                    } else {
                        sheet.dot((x(median), middle), 6.0, colour);
                    }
                }
                y += ROW;
            }
        }
    }
}
