//! The headline picture: the virus above, the need that follows it below, on one time axis; a
//! column for each scenario, all on the same scales.

use super::axes::{Plot, Scale, Span};
use super::data::{Band, Words, peak};
use super::labels::near;
use super::palette::{BLUE, Colour, DARK, INK, ORANGE, PALE, SHADE, WHITE};
use super::sheet::{Align, HEADING, LABEL, NOTE, Pen, Point, Rect, Sheet, Type};
use crate::month::Month;

/// The virus and need on one time axis, by scenario.
#[derive(Clone, Debug, PartialEq)]
pub struct Headline {
    /// Title, subtitle, source.
    pub words: Words,
    /// What the virus is measured by, and what 100 is: "hospital admissions, first peak = 100".
    pub virus_label: String,
    /// What need is counted in: "people in need because of the pandemic, thousands".
    pub need_label: String,
    /// What the range holds: "80% of runs".
    pub range_label: String,
    /// The value of the virus tracks that is drawn as 100: the peak of the first wave.
    pub virus_hundred: f64,
    /// A column each; two to three read best.
    pub panels: Vec<Panel>,
}

/// One scenario.
#[derive(Clone, Debug, PartialEq)]
pub struct Panel {
    /// Its name: "One wave".
    pub name: String,
    /// The first month of every series.
    pub start: Month,
    /// The virus track, a value a month.
    pub virus: Vec<f64>,
    /// Need within three months of exposure (median).
    pub immediate: Vec<f64>,
    /// Need later than that (median).
    pub longitudinal: Vec<f64>,
    /// The range of immediate and longitudinal need together.
    pub range: Band,
    /// When people's lives were restricted.
    pub restrictions: Vec<Restriction>,
    /// From a peak of the virus to the peak of need after it.
    pub lags: Vec<Lag>,
    /// Need as it was observed, where it was.
    pub observed: Vec<(Month, f64)>,
}

/// A time of restrictions, in months as [`crate::month::position`] counts them.
#[derive(Clone, Debug, PartialEq)]
pub struct Restriction {
    /// When it begins.
    pub from: f64,
    /// When it ends.
    pub to: f64,
    /// Whether it belongs to the first wave.
    pub first: bool,
    /// Its name, or nothing: "first lockdown".
    pub label: String,
}

/// A peak of the virus and the peak of need after it, in months as [`crate::month::position`]
/// counts them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Lag {
    /// When the virus peaks.
    pub virus: f64,
    /// When need peaks.
    pub need: f64,
}

impl Lag {
    /// Whole weeks from the one to the other, negative where need peaks first.
    pub fn weeks(&self) -> i64 {
        const WEEKS_PER_MONTH: f64 = 365.25 / 12.0 / 7.0;
        ((self.need - self.virus) * WEEKS_PER_MONTH).round() as i64
    }

    /// The lag in words, from the fullest to the shortest.
    fn wordings(&self) -> [String; 3] {
        let weeks = self.weeks();
        if weeks == 0 {
            return ["need peaks with the virus", "same week", "0"].map(String::from);
        }
        let count = weeks.abs();
        let unit = if count == 1 { "week" } else { "weeks" };
        let side = if weeks > 0 { "after" } else { "before" };
        [
            format!("need peaks {count} {unit} {side} the virus"),
            format!("{count} {unit} {side}"),
            format!("{count} {unit}"),
        ]
    }
}

const COLUMNS: usize = 3;
const ROW: f64 = 458.0;
const HEADINGS: f64 = 118.0;
const BETWEEN: f64 = 26.0;
const NAME: f64 = 26.0;
const VIRUS: f64 = 112.0;
const LAGS: f64 = 38.0;
const VIRUS_FILL: Colour = (0xA8, 0xA8, 0xA8);

impl Headline {
    fn rows(&self) -> usize {
        self.panels.len().div_ceil(self.columns()).max(1)
    }

    fn columns(&self) -> usize {
        if self.panels.len() == 4 { 2 } else { self.panels.len().clamp(1, COLUMNS) }
    }

    pub(super) fn size(&self) -> (f64, f64) {
        (960.0, 152.0 + ROW * self.rows() as f64)
    }

    pub(super) fn description(&self) -> String {
        let mut text = format!("{}. Virus and need by month.", self.words.subtitle);
        for panel in &self.panels {
            if let Some((at, need)) = peak(&panel.total()) {
                let month = panel.start.plus(at as i32).short();
                text += &format!(" {}: need peaks at {need:.0} in {month}", panel.name);
                for lag in panel.lags.iter().take(4) {
                    text += &format!("; {}", lag.wordings()[0]);
                }
                text.push('.');
            }
        }
        text
    }

    pub(super) fn draw(&self, sheet: &mut Sheet<'_>, room: Rect) {
        let hundred = if self.virus_hundred > 0.0 { self.virus_hundred } else { 1.0 };
        let virus = Scale::over(
            self.panels.iter().flat_map(|p| p.virus.iter().map(|v| v / hundred * 100.0)),
            2.0,
        )
        .with_room(0.42);
        let need = Scale::over(self.panels.iter().flat_map(Panel::values), 5.0);
        let gutter = Plot::gutter(&need).max(Plot::gutter(&virus));
        let span = Span::over(self.panels.iter().map(|p| (p.start, p.months())));
        let columns = self.columns();
        let left = room.left + HEADINGS + gutter;
        let width = (room.right - left - BETWEEN * (columns - 1) as f64) / columns as f64;
        let height = room.height() / self.rows() as f64;
        for (i, panel) in self.panels.iter().enumerate() {
            let (row, column) = (i / columns, i % columns);
            let left = left + (width + BETWEEN) * column as f64;
            let top = room.top + height * row as f64;
            let bottom = top + height - if row + 1 < self.rows() { 14.0 } else { 0.0 };
            let cell = Rect { left, top: top + NAME, right: left + width, bottom };
            let upper = Rect { bottom: cell.top + VIRUS, ..cell };
            let lower = Rect { top: cell.top + VIRUS + LAGS, ..cell };
            let above = Plot::new(upper, 0.0, span, virus.clone(), false);
            let below = Plot::new(lower, 0.0, span, need.clone(), true);
            if column == 0 {
                heading(sheet, (room.left, above.area.top), "The virus", &self.virus_label);
                heading(sheet, (room.left, below.area.top), "The need", &self.need_label);
            }
            let name = HEADING.fit(&panel.name, width);
            sheet.text((left, top + 15.0), &name, HEADING, Align::Left);
            panel.shade(sheet, &above, &below);
            panel.draw_virus(sheet, &above, hundred, column == 0);
            panel.draw_need(sheet, &below, column == 0);
            panel.draw_lags(sheet, &above, &below, hundred);
            if i == 0 {
                panel.name_areas(sheet, &below, &self.range_label);
            }
        }
    }
}

fn heading(sheet: &mut Sheet<'_>, at: Point, name: &str, unit: &str) {
    sheet.text((at.0, at.1 + 14.0), name, LABEL.bold(), Align::Left);
    for (n, line) in NOTE.wrap(unit, HEADINGS - 14.0, 6).iter().enumerate() {
        sheet.text((at.0, at.1 + 33.0 + n as f64 * NOTE.line()), line, NOTE, Align::Left);
    }
}

impl Panel {
    fn months(&self) -> usize {
        [self.virus.len(), self.immediate.len(), self.longitudinal.len(), self.range.len()]
            .into_iter()
            .fold(0, usize::max)
    }

    fn total(&self) -> Vec<f64> {
        self.immediate.iter().zip(&self.longitudinal).map(|(a, b)| a + b).collect()
    }

    fn values(&self) -> impl Iterator<Item = f64> {
        let observed = self.observed.iter().map(|(_, value)| *value);
        self.total().into_iter().chain(self.range.high.iter().copied()).chain(observed)
    }

    /// Restrictions behind both strips, their names on top.
    fn shade(&self, sheet: &mut Sheet<'_>, above: &Plot, below: &Plot) {
        let mut ends = [above.area.left - 4.0; 2];
        // Later ones first, so that the first stays whole.
        for first in [false, true] {
            for time in self.restrictions.iter().filter(|r| r.first == first) {
                let (left, right) = (above.x(time.from), above.x(time.to));
                let colour = if first { SHADE } else { PALE };
                let (top, bottom) = (above.area.top, below.area.bottom);
                sheet.rect(Rect { left, top, right, bottom }, colour);
            }
        }
        for time in self.restrictions.iter().filter(|r| !r.label.is_empty()) {
            let left = above.x(time.from) + 3.0;
            let right = left + NOTE.width(&time.label);
            let row = ends.iter().position(|end| *end + 6.0 <= left);
            if let Some(row) = row.filter(|_| right <= above.area.right + 2.0) {
                let baseline = above.area.top + 13.0 + NOTE.line() * row as f64;
                sheet.text((left, baseline), &time.label, NOTE, Align::Left);
                ends[row] = right;
            }
        }
    }

    fn draw_virus(&self, sheet: &mut Sheet<'_>, plot: &Plot, hundred: f64, numbered: bool) {
        let values: Vec<f64> = self.virus.iter().map(|v| v / hundred * 100.0).collect();
        let floor = Band::new(vec![0.0; values.len()], values.clone());
        plot.band(sheet, self.start, &floor, VIRUS_FILL);
        plot.line(sheet, self.start, &values, Pen::new(DARK, 1.8));
        let ticks: Vec<f64> = plot.scale.ticks().into_iter().filter(|t| *t <= 100.0).collect();
        plot.rule(sheet, &ticks, numbered, false);
    }

    fn draw_need(&self, sheet: &mut Sheet<'_>, plot: &Plot, numbered: bool) {
        plot.rule(sheet, &plot.scale.ticks(), numbered, true);
        let total = self.total();
        let floor = vec![0.0; total.len()];
        plot.band(sheet, self.start, &Band::new(floor.clone(), total.clone()), ORANGE);
        let later = Band::new(floor, self.longitudinal.clone());
        plot.band(sheet, self.start, &later, BLUE);
        plot.line(sheet, self.start, &self.longitudinal, Pen::new(WHITE, 1.2));
        plot.line(sheet, self.start, &total, Pen::new(INK, 2.0));
        for edge in [&self.range.low, &self.range.high] {
            plot.line(sheet, self.start, edge, Pen::new(WHITE, 3.0));
            plot.line(sheet, self.start, edge, Pen::new(INK, 1.3).dashed(4.0, 3.0));
        }
        for (month, value) in &self.observed {
            if value.is_finite() && plot.shows(month.start_position() + 0.5) {
                sheet.ring(plot.point(*month, 0, *value), 4.5, INK);
            }
        }
    }

    /// From each peak of the virus to the peak of need: a bracket between the strips.
    fn draw_lags(&self, sheet: &mut Sheet<'_>, above: &Plot, below: &Plot, hundred: f64) {
        let shown = |lag: &&Lag| above.shows(lag.virus) && above.shows(lag.need);
        let lags: Vec<&Lag> = self.lags.iter().filter(shown).collect();
        let y = above.area.bottom + LAGS / 2.0 + 2.0;
        let total = self.total();
        for (i, lag) in lags.iter().enumerate() {
            let (from, to) = (above.x(lag.virus), above.x(lag.need));
            let top = above.y(self.value_at(&self.virus, lag.virus) / hundred * 100.0);
            let bottom = below.y(self.value_at(&total, lag.need));
            let fine = Pen::new(INK, 1.0).dashed(2.0, 2.5);
            sheet.line(&[(from, top), (from, y - 5.0)], fine);
            sheet.line(&[(to, y + 5.0), (to, bottom)], fine);
            let bracket = Pen::new(INK, 2.2);
            sheet.line(&[(from, y), (to, y)], bracket);
            sheet.line(&[(from, y - 5.5), (from, y + 5.5)], bracket);
            sheet.line(&[(to, y - 5.5), (to, y + 5.5)], bracket);
            let start = from.max(to) + 7.0;
            let end = lags
                .get(i + 1)
                .map_or(above.area.right + 4.0, |next| above.x(next.virus.min(next.need)) - 8.0);
            let kind = LABEL.bold().sized(14.5);
            if let Some(text) = lag.wordings().iter().find(|w| start + kind.width(w) <= end) {
                sheet.text((start, y + 5.0), text, kind, Align::Left);
            }
        }
    }

    /// A series at a position, between its months.
    fn value_at(&self, values: &[f64], position: f64) -> f64 {
        let at = (position - self.start.start_position() - 0.5).max(0.0);
        let below = at.floor() as usize;
        let value = |i: usize| values.get(i).copied().unwrap_or(0.0);
        let share = at - at.floor();
        value(below) * (1.0 - share) + value(below + 1) * share
    }

    /// Names the areas where they are, in free room nearby.
    fn name_areas(&self, sheet: &mut Sheet<'_>, plot: &Plot, range: &str) {
        let total = self.total();
        let mut taken: Vec<Rect> = (0..self.months())
            .map(|i| {
                let high = self.range.high.get(i).copied().unwrap_or(0.0);
                let value = high.max(total.get(i).copied().unwrap_or(0.0)).max(0.0);
                let (x, y) = plot.point(self.start, i, value);
                Rect { left: x - 12.0, top: y - 8.0, right: x + 12.0, bottom: plot.area.bottom }
            })
            .collect();
        let within = Rect { left: plot.area.left + 8.0, top: plot.area.top, ..plot.area };
        let middle = |values: &[f64], under: &[f64]| -> Option<Point> {
            let (i, value) = peak(values)?;
            let base = under.get(i).copied().unwrap_or(0.0);
            Some(plot.point(self.start, i, base + value / 2.0))
        };
        let edge = peak(&self.range.high).map(|(i, _)| {
            let i = (i + 2).min(self.range.high.len().saturating_sub(1));
            plot.point(self.start, i, self.range.high[i])
        });
        let wanted: [(Option<Point>, Option<Colour>, &str, &str); 3] = [
            (edge, None, range, "between the dashed lines"),
            (
                middle(&self.immediate, &self.longitudinal),
                Some(ORANGE),
                "Immediate need",
                "within three months",
            ),
            (
                middle(&self.longitudinal, &[]),
                Some(BLUE),
                "Longitudinal need",
                "after three months",
            ),
        ];
        for (anchor, colour, name, more) in wanted {
            let Some(anchor) = anchor else { continue };
            let kinds: [(Type, &str); 2] = [(LABEL.bold().sized(14.0), name), (NOTE, more)];
            let width =
                kinds.iter().map(|(kind, text)| kind.width(text)).fold(0.0, f64::max) + 20.0;
            let size = (width, 38.0);
            let Some(place) = near(anchor, size, within, &taken) else { continue };
            let middle = (place.left - 4.0, f64::midpoint(place.top, place.bottom));
            if colour.is_some() || true {
                sheet.line(&[middle, anchor], Pen::new(WHITE, 3.0));
                sheet.line(&[middle, anchor], Pen::new(INK, 1.0));
                if colour.is_some() {
                    sheet.dot(anchor, 3.0, WHITE);
                    sheet.dot(anchor, 2.0, INK);
                }
            }
            let text = match colour {
                Some(colour) => {
                    let (left, top) = (place.left, place.top + 5.0);
                    sheet.rect(Rect { left, top, right: left + 13.0, bottom: top + 13.0 }, colour);
                    place.left + 19.0
                }
                None => place.left,
            };
            sheet.text((text, place.top + 16.0), kinds[0].1, kinds[0].0, Align::Left);
            sheet.text((text, place.top + 33.0), kinds[1].1, kinds[1].0, Align::Left);
            taken.push(Rect { left: place.left - 6.0, ..place });
        }
    }
}
