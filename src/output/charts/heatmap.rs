//! Load (arrivals over capacity) by service and time: a row each, darker where it is higher, with
//! the number in the cell where it fits. Where load is above 1 the list grows; those cells are
//! outlined.

use super::axes::number;
use super::data::Words;
use super::palette::{Colour, INK, ORANGE, PALE, ink_on, mix};
use super::sheet::{Align, LABEL, NOTE, Pen, Rect, Sheet, TICK};

/// A measure by row and column.
#[derive(Clone, Debug, PartialEq)]
pub struct Heatmap {
    /// Title, subtitle, source.
    pub words: Words,
    /// Names of the columns in order, months or quarters: "Apr 2020" or "2020-21 Q1".
    pub columns: Vec<String>,
    /// Names of the rows with a value a column; `NaN` is left blank.
    pub rows: Vec<(String, Vec<f64>)>,
    /// The value above which cells are outlined: 1 for load.
    pub mark: Option<f64>,
    /// What a marked cell means: "above 1: the waiting list grows".
    pub mark_label: String,
}

/// The palette's sequence of blues, from light to dark.
const SEQUENCE: [Colour; 4] =
    [(0xEA, 0xF1, 0xF8), (0x9F, 0xC4, 0xE6), (0x20, 0x73, 0xBC), (0x12, 0x43, 0x6D)];
const ROW: f64 = 30.0;

impl Heatmap {
    pub(super) fn size(&self) -> (f64, f64) {
        (960.0, 220.0 + ROW * self.rows.len().clamp(3, 80) as f64)
    }

    pub(super) fn description(&self) -> String {
        let mut text = format!("{}. Table of shades, a row for each of:", self.words.subtitle);
        for (i, (name, values)) in self.rows.iter().enumerate() {
            let high = super::data::peak(values);
            text += if i == 0 { " " } else { "; " };
            text += name;
            if let Some((column, value)) = high {
                let when = self.columns.get(column).map_or("", String::as_str);
                text += &format!(" (highest {} in {when})", number(value, 2));
            }
        }
        text + "."
    }

    pub(super) fn draw(&self, sheet: &mut Sheet<'_>, room: Rect) {
        let known =
            || self.rows.iter().flat_map(|(_, values)| values).copied().filter(|v| v.is_finite());
        let low = known().fold(f64::INFINITY, f64::min).clamp(-1e12, 1e12);
        let high = known().fold(f64::NEG_INFINITY, f64::max).clamp(-1e12, 1e12);
        let range = if high > low { high - low } else { 1.0 };
        let names = self.rows.iter().map(|(name, _)| LABEL.width(name)).fold(0.0, f64::max);
        let names = names.min(room.width() * 0.3) + 12.0;
        let columns = self.columns.len().max(1);
        let width = (room.width() - names) / columns as f64;
        let rows = self.rows.len().max(1);
        let top = room.top + 40.0;
        let height = ((room.bottom - top - 28.0) / rows as f64).min(44.0);
        self.name_columns(sheet, room.left + names, top, width);
        let mut marked = Vec::new();
        for (r, (name, values)) in self.rows.iter().enumerate() {
            let y = top + height * r as f64;
            let kind = LABEL.sized((height - 4.0).clamp(4.0, 15.0));
            let at = (room.left + names - 10.0, y + height / 2.0 + kind.size * 0.36);
            sheet.text(at, &kind.fit(name, names - 12.0), kind, Align::Right);
            for c in 0..self.columns.len() {
                let value = values.get(c).copied().unwrap_or(f64::NAN);
                let left = room.left + names + width * c as f64;
                let gap = if width > 8.0 { 1.0 } else { 0.0 };
                let cell =
                    Rect { left, top: y, right: left + width - gap, bottom: y + height - 1.0 };
                if !value.is_finite() {
                    sheet.rect(cell, PALE);
                    continue;
                }
                let colour = shade((value - low) / range);
                sheet.rect(cell, colour);
                if self.mark.is_some_and(|mark| value > mark) {
                    marked.push(cell);
                }
                let text = number(value, 2);
                let kind = TICK.sized((height * 0.48).min(14.0)).coloured(ink_on(colour));
                if kind.width(&text) + 6.0 <= width {
                    let at =
                        (f64::midpoint(cell.left, cell.right), y + height / 2.0 + kind.size * 0.36);
                    sheet.text(at, &text, kind, Align::Centre);
                }
            }
        }
        for cell in &marked {
            outline(sheet, *cell);
        }
        let y = top + height * rows as f64 + 22.0;
        self.key(sheet, (room.left + names, y), room.right, low, high);
    }

    fn name_columns(&self, sheet: &mut Sheet<'_>, left: f64, top: f64, width: f64) {
        let widest = self.columns.iter().map(|name| TICK.width(name)).fold(0.0, f64::max);
        let two_lines = widest + 6.0 > width;
        let half = |name: &str, n: usize| name.split_whitespace().nth(n).unwrap_or("").to_owned();
        let room = if two_lines {
            self.columns
                .iter()
                .flat_map(|name| [half(name, 0), half(name, 1)])
                .map(|t| TICK.width(&t))
                .fold(0.0, f64::max)
        } else {
            widest
        };
        let every = ((room + 6.0) / width.max(0.1)).ceil().max(1.0) as usize;
        let right = left + width * self.columns.len() as f64;
        let mut written = String::new();
        for (c, name) in self.columns.iter().enumerate().step_by(every) {
            let x = left + width * (c as f64 + 0.5);
            if x + room / 2.0 > right + 14.0 {
                continue;
            }
            if two_lines {
                let (first, second) = (half(name, 0), half(name, 1));
                // Of "2020-21 Q1" the year, of "Apr 2020" the month is the finer part or not: both
                // stand above each other, and what repeats is written once.
                let repeats = |part: &str| part == written;
                let year_first = first.starts_with(|c: char| c.is_ascii_digit());
                let (year, part) = if year_first { (first, second) } else { (second, first) };
                if !repeats(&year) {
                    sheet.text((x, top - 24.0), &year, TICK, Align::Centre);
                    written = year;
                }
                sheet.text((x, top - 7.0), &part, TICK, Align::Centre);
            } else {
                sheet.text((x, top - 7.0), name, TICK, Align::Centre);
            }
        }
    }

    fn key(&self, sheet: &mut Sheet<'_>, at: (f64, f64), right: f64, low: f64, high: f64) {
        if low > high {
            return;
        }
        let (from, to) = (number(low, 2), number(high, 2));
        let mut x = at.0;
        sheet.text((x, at.1), &from, NOTE, Align::Left);
        x += NOTE.width(&from) + 8.0;
        const STEPS: usize = 24;
        for step in 0..STEPS {
            let left = x + 5.0 * step as f64;
            let colour = shade(step as f64 / (STEPS - 1) as f64);
            sheet.rect(
                Rect { left, top: at.1 - 11.0, right: left + 5.0, bottom: at.1 + 1.0 },
                colour,
            );
        }
        x += 5.0 * STEPS as f64 + 8.0;
        sheet.text((x, at.1), &to, NOTE, Align::Left);
        x += NOTE.width(&to) + 28.0;
        if self.mark.is_some() && x + 30.0 + NOTE.width(&self.mark_label) < right {
            outline(sheet, Rect { left: x, top: at.1 - 11.0, right: x + 20.0, bottom: at.1 + 1.0 });
            sheet.text((x + 28.0, at.1), &self.mark_label, NOTE.coloured(INK), Align::Left);
        }
    }
}

fn outline(sheet: &mut Sheet<'_>, cell: Rect) {
    let Rect { left, top, right, bottom } = cell;
    let inside = [
        (left + 1.0, top + 1.0),
        (right - 1.0, top + 1.0),
        (right - 1.0, bottom - 1.0),
        (left + 1.0, bottom - 1.0),
        (left + 1.0, top),
    ];
    sheet.line(&inside, Pen::new(ORANGE, 2.2));
}

fn shade(share: f64) -> Colour {
    let steps = (SEQUENCE.len() - 1) as f64;
    let at = share.clamp(0.0, 1.0) * steps;
    let step = (at.floor() as usize).min(SEQUENCE.len() - 2);
    mix(SEQUENCE[step], SEQUENCE[step + 1], at - step as f64)
}
