//! Which input matters: the result with each input at its low and its high, the others at their
//! central values, the widest bar on top.

use super::Picture;
use super::data::Words;
use super::labels::{Sign, key};
use super::letters::{Align, LABEL, NOTE, TICK};
use super::palette::{BLUE, GRID, INK, ORANGE};
use super::scale::{Scale, number};
use super::sheet::{Pen, Rect, Sheet};

/// Bars from low to high around a central value.
#[derive(Clone, Debug, PartialEq)]
pub struct Tornado {
    /// Title, subtitle, source.
    pub words: Words,
    /// The result with every input at its central value.
    pub central: f64,
    /// The inputs; the widest fifteen are drawn.
    pub bars: Vec<Bar>,
}

/// One input.
#[derive(Clone, Debug, PartialEq)]
pub struct Bar {
    /// Its name.
    pub name: String,
    /// Its low, central and high in words, or nothing: "0.3 to 1.1".
    pub range: String,
    /// The result with the input at its low.
    pub low: f64,
    /// The result with the input at its high.
    pub high: f64,
}

impl Bar {
    fn width(&self) -> f64 {
        let width = (self.high - self.low).abs();
        if width.is_finite() { width } else { 0.0 }
    }
}

const MOST: usize = 15;
const ROW: f64 = 34.0;

impl Picture for Tornado {
    fn words(&self) -> &Words {
        &self.words
    }

    fn height(&self) -> f64 {
        78.0 + ROW * self.bars.len().clamp(1, MOST) as f64
    }

    fn sentences(&self) -> Vec<String> {
        let central = number(self.central, 0);
        let bars =
            self.shown().into_iter().take(5).map(|bar| {
                format!("{}: {} to {}.", bar.name, number(bar.low, 0), number(bar.high, 0))
            });
        std::iter::once(format!("Bars around {central}, the widest first.")).chain(bars).collect()
    }

    fn draw(&self, sheet: &mut Sheet<'_>, room: Rect) {
        let bars = self.shown();
        let values = bars.iter().flat_map(|bar| [bar.low, bar.high]).chain([self.central]);
        let scale = Scale::around(values, 5.0);
        let names = bars
            .iter()
            .map(|bar| LABEL.width(&bar.name).max(NOTE.width(&bar.range)))
            .fold(0.0, f64::max)
            .min(room.width() * 0.38);
        let value_room =
            scale.ticks().iter().map(|t| TICK.width(&scale.write(*t))).fold(0.0, f64::max);
        let left = room.left + names + 18.0 + value_room;
        let right = room.right - value_room - 12.0;
        let top = room.top + 48.0;
        let bottom = room.bottom - 26.0;
        let x = |value: f64| {
            let share = (value - scale.low) / (scale.high - scale.low);
            left + share.clamp(0.0, 1.0) * (right - left)
        };
        let entries = [
            (Sign::Area(BLUE), "with the input at its low"),
            (Sign::Area(ORANGE), "with the input at its high"),
        ];
        key(sheet, (room.left, room.top + 8.0), room.right, &entries);
        for tick in scale.ticks() {
            sheet.line(&[(x(tick), top), (x(tick), bottom)], Pen::new(GRID, 1.0));
            sheet.text((x(tick), bottom + 18.0), &scale.write(tick), TICK, Align::Centre);
        }
        let row = ((bottom - top) / bars.len().max(1) as f64).min(46.0);
        let centre = if self.central.is_finite() { self.central } else { scale.low };
        for (i, bar) in bars.iter().enumerate() {
            let middle = top + row * (i as f64 + 0.5);
            let at = room.left + names;
            let name_y = middle + if bar.range.is_empty() { 5.0 } else { -1.0 };
            sheet.text((at, name_y), &LABEL.fit(&bar.name, names), LABEL, Align::Right);
            let range = NOTE.sized(12.0);
            sheet.text((at, middle + 13.0), &range.fit(&bar.range, names), range, Align::Right);
            let ends = [(bar.low, BLUE), (bar.high, ORANGE)];
            for (value, colour) in ends.into_iter().filter(|(value, _)| value.is_finite()) {
                let (a, b) = (x(centre).min(x(value)), x(centre).max(x(value)));
                let half = row * 0.3;
                sheet.rect(
                    Rect { left: a, top: middle - half, right: b, bottom: middle + half },
                    colour,
                );
            }
            self.write_ends(sheet, bar, &scale, &x, middle);
        }
        sheet.line(&[(x(centre), top - 4.0), (x(centre), bottom)], Pen::new(INK, 1.6));
        let text = format!("central: {}", scale.write(self.central));
        let half = LABEL.width(&text) / 2.0;
        let at = x(centre).clamp(left + half, (right - half).max(left + half));
        sheet.text((at, top - 9.0), &text, LABEL.sized(14.0).bold(), Align::Centre);
    }
}

impl Tornado {
    fn shown(&self) -> Vec<&Bar> {
        let mut bars: Vec<&Bar> = self.bars.iter().collect();
        bars.sort_by(|a, b| b.width().total_cmp(&a.width()));
        bars.truncate(MOST);
        bars
    }

    /// The results at both ends of a bar, outside it.
    fn write_ends(
        &self,
        sheet: &mut Sheet<'_>,
        bar: &Bar,
        scale: &Scale,
        x: &dyn Fn(f64) -> f64,
        y: f64,
    ) {
        let (least, most) = (bar.low.min(bar.high), bar.low.max(bar.high));
        if !(least.is_finite() && most.is_finite()) {
            return;
        }
        let left = x(least.min(self.central)) - 6.0;
        let right = x(most.max(self.central)) + 6.0;
        sheet.text((left, y + 5.0), &scale.write(least), TICK, Align::Right);
        sheet.text((right, y + 5.0), &scale.write(most), TICK, Align::Left);
    }
}
