//! Load (arrivals over capacity) by service and time: a row each, darker where it is higher, with
//! the number in the cell where it fits. Where load is above 1 more is accepted than can be seen; those cells are
//! outlined, each row for itself.

use super::Picture;
use super::data::{Words, peak};
use super::letters::{Align, LABEL, NOTE, TICK};
use super::palette::{Colour, INK, ORANGE, PALE, ink_on, mix};
use super::scale::number;
use super::sheet::{Pen, Rect, Sheet};

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
    /// What a marked cell means: "above 1: more accepted than capacity".
    pub mark_label: String,
}

/// The palette's sequence of blues, from light to dark.
const SEQUENCE: [Colour; 4] =
    [(0xEA, 0xF1, 0xF8), (0x9F, 0xC4, 0xE6), (0x20, 0x73, 0xBC), (0x12, 0x43, 0x6D)];
const ROW: f64 = 30.0;
/// Shades in the key.
const STEPS: usize = 24;

impl Picture for Heatmap {
    fn words(&self) -> &Words {
        &self.words
    }

    fn height(&self) -> f64 {
        70.0 + ROW * self.rows.len().clamp(1, 80) as f64
    }

    fn sentences(&self) -> Vec<String> {
        let rows = self.rows.iter().filter_map(|(name, values)| {
            let (column, value) = peak(values)?;
            let when = self.columns.get(column).map_or("", String::as_str);
            Some(format!("{name}: highest at {} in {when}.", number(value, 2)))
        });
        std::iter::once("A row of shades for each service.".to_owned()).chain(rows).collect()
    }

    fn draw(&self, sheet: &mut Sheet<'_>, room: Rect) {
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
        // As many decimals as fit in every cell; whole numbers only where they tell cells apart.
        let size = (height * 0.48).min(14.0);
        let fits = |decimals: &usize| {
            let widest = |v: f64| TICK.sized(size).width(&number(v, *decimals)) + 6.0 <= width;
            known().all(widest) && (*decimals > 0 || high >= 10.0)
        };
        let decimals = [2, 1, 0].into_iter().find(fits);
        let gap = if width > 8.0 { 1.0 } else { 0.0 };
        // Room between the rows for the outlines of both.
        let apart = (height * 0.2).min(6.0);
        for (r, (name, values)) in self.rows.iter().enumerate() {
            let y = top + height * r as f64;
            name_row(sheet, name, (room.left + names - 10.0, y), (names - 12.0, height));
            for c in 0..self.columns.len() {
                let value = values.get(c).copied().unwrap_or(f64::NAN);
                let left = room.left + names + width * c as f64;
                let (top, bottom) = (y + apart / 2.0, y + height - apart / 2.0);
                let cell = Rect { left, top, right: left + width - gap, bottom };
                if !value.is_finite() {
                    sheet.rect(cell, PALE);
                    continue;
                }
                let colour = shade((value - low) / range);
                sheet.rect(cell, colour);
                if let Some(decimals) = decimals {
                    let text = number(value, decimals);
                    let kind = TICK.sized(size).coloured(ink_on(colour));
                    let at =
                        (f64::midpoint(cell.left, cell.right), y + height / 2.0 + kind.size * 0.36);
                    sheet.text(at, &text, kind, Align::Centre);
                }
            }
            for (from, to) in self.marked(values) {
                let x = |c: usize| room.left + names + width * c as f64 - gap / 2.0;
                let (left, right) = (x(from) - 0.5, x(to) + 0.5);
                let (top, bottom) = (y + apart / 2.0 - 1.0, y + height - apart / 2.0 + 1.0);
                outline(sheet, Rect { left, top, right, bottom });
            }
        }
        let y = top + height * rows as f64 + 22.0;
        self.key(sheet, (room.left + names, y), room.right, low, high);
    }
}

impl Heatmap {
    /// The runs of marked cells of a row: the first column, and the one after the last.
    fn marked(&self, values: &[f64]) -> Vec<(usize, usize)> {
        let mut runs: Vec<(usize, usize)> = Vec::new();
        for (c, value) in values.iter().enumerate().take(self.columns.len()) {
            if !self.mark.is_some_and(|mark| *value > mark) {
                continue;
            }
            match runs.last_mut() {
                Some((_, end)) if *end == c => *end = c + 1,
                _ => runs.push((c, c + 1)),
            }
        }
        runs
    }

    /// Names above the columns: as they are where they fit, else in two rows, the years written
    /// once; as many as fit, a January or first quarter among them.
    fn name_columns(&self, sheet: &mut Sheet<'_>, left: f64, top: f64, width: f64) {
        let widest = |names: &[String]| names.iter().map(|n| TICK.width(n)).fold(0.0, f64::max);
        let split: Vec<(String, String)> =
            self.columns.iter().map(|name| year_and_part(name)).collect();
        let in_two = widest(&self.columns) + 6.0 > width;
        let parts: Vec<String> = split.iter().map(|(_, part)| part.clone()).collect();
        let room = if in_two { widest(&parts) } else { widest(&self.columns) };
        let every = ((room + 6.0) / width.max(0.1)).ceil().clamp(1.0, 1e6) as usize;
        let is_first = |name: &String| name.starts_with("Jan") || name.ends_with("Q1");
        let offset = self.columns.iter().position(is_first).unwrap_or(0) % every;
        let right = left + width * self.columns.len() as f64;
        let (mut written, mut free_from) = ("", left - 40.0);
        for c in (offset..self.columns.len()).step_by(every) {
            let x = left + width * (c as f64 + 0.5);
            if x + room / 2.0 > right + 14.0 || x - room / 2.0 < left - 14.0 {
                continue;
            }
            if !in_two {
                sheet.text((x, top - 7.0), &self.columns[c], TICK, Align::Centre);
                continue;
            }
            let (year, part) = &split[c];
            sheet.text((x, top - 7.0), part, TICK, Align::Centre);
            let half = TICK.width(year) / 2.0;
            if written != year && x - half > free_from && x + half < right + 14.0 {
                sheet.text((x, top - 24.0), year, TICK, Align::Centre);
                (written, free_from) = (year, x + half + 6.0);
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

/// "Apr 2020" and "2020-21 Q1" as year and part of the year.
fn year_and_part(name: &str) -> (String, String) {
    let Some((first, second)) = name.trim().split_once(' ') else {
        return (String::new(), name.to_owned());
    };
    let (year, part) = if first.starts_with(|c: char| c.is_ascii_digit()) {
        (first, second)
    } else {
        (second, first)
    };
    (year.to_owned(), part.to_owned())
}

/// The name of a row: smaller, and on two lines if need be, where it is too long for one.
fn name_row(sheet: &mut Sheet<'_>, name: &str, (right, top): (f64, f64), room: (f64, f64)) {
    let (width, height) = room;
    let one = LABEL.sized((height - 4.0).clamp(4.0, 15.0));
    let two = LABEL.sized((height * 0.4).min(12.5));
    let lines = two.wrap(name, width, 2);
    let middle = top + height / 2.0;
    if one.width(name) <= width || two.size < 7.0 {
        let at = (right, middle + one.size * 0.36);
        sheet.text(at, &one.fit(name, width), one, Align::Right);
        return;
    }
    let step = two.size * 1.1;
    let first = middle + two.size * 0.36 - step / 2.0 * (lines.len() as f64 - 1.0);
    for (i, line) in lines.iter().enumerate() {
        sheet.text((right, first + step * i as f64), line, two, Align::Right);
    }
}

fn outline(sheet: &mut Sheet<'_>, Rect { left, top, right, bottom }: Rect) {
    let around = [(left, top), (right, top), (right, bottom), (left, bottom), (left, top - 1.0)];
    sheet.line(&around, Pen::new(ORANGE, 2.0));
}

fn shade(share: f64) -> Colour {
    let steps = (SEQUENCE.len() - 1) as f64;
    let at = share.clamp(0.0, 1.0) * steps;
    let step = (at.floor() as usize).min(SEQUENCE.len() - 2);
    mix(SEQUENCE[step], SEQUENCE[step + 1], at - step as f64)
}
