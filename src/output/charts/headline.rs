//! The headline picture: the virus above, the need that follows it below, on one time axis; a
//! column for each scenario, all on the same scales.

use super::Picture;
use super::axes::{Plot, Scale, Span, number};
use super::data::{Band, Words, number_at, peak};
use super::labels::{leader_start, near};
use super::palette::{AXIS, BLUE, Colour, DARK, INK, ORANGE, PALE, SHADE, WHITE};
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
    /// The virus track as positions in months (as [`crate::month::position`] counts them) and
    /// values: as fine as it is known, a point a week or a day for a wave given by its formula.
    pub virus: Vec<(f64, f64)>,
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
    /// From the virus peak at `virus` to the highest month of `need` (from `start` on) before
    /// position `until`, its place between months read off a parabola through its neighbours.
    /// Nothing where need only rises or falls in that time.
    pub fn find(virus: f64, until: f64, start: Month, need: &[f64]) -> Option<Self> {
        let position = |i: usize| start.start_position() + i as f64 + 0.5;
        let is_peak = |i: &usize| need[*i] >= need[*i - 1] && need[*i] > need[*i + 1];
        let i = (1..need.len().saturating_sub(1))
            .filter(|i| (virus - 1.0..until).contains(&position(*i)))
            .filter(is_peak)
            .max_by(|a, b| need[*a].total_cmp(&need[*b]))?;
        let (before, at, after) = (need[i - 1], need[i], need[i + 1]);
        let bend = before - 2.0 * at + after;
        let aside = if bend < 0.0 { 0.5 * (before - after) / bend } else { 0.0 };
        Some(Self { virus, need: position(i) + aside })
    }

    /// Whole weeks from the one to the other, negative where need peaks first.
    pub fn weeks(&self) -> i64 {
        const WEEKS_PER_MONTH: f64 = 365.25 / 12.0 / 7.0;
        ((self.need - self.virus) * WEEKS_PER_MONTH).round() as i64
    }

    /// The lag in words, from the fullest to the shortest.
    fn wordings(&self) -> [String; 3] {
        let weeks = self.weeks();
        if weeks == 0 {
            return ["need peaks with the virus", "same week", "0 wk"].map(String::from);
        }
        let count = weeks.unsigned_abs();
        let unit = if count == 1 { "week" } else { "weeks" };
        let (side, aside) = if weeks > 0 { ("after", "") } else { ("before", " before") };
        [
            format!("need peaks {count} {unit} {side} the virus"),
            format!("{count} {unit}{aside}"),
            format!("{count} wk{aside}"),
        ]
    }
}

const COLUMNS: usize = 3;
const ROW: f64 = 458.0;
const HEADINGS: f64 = 118.0;
const BETWEEN: f64 = 26.0;
const NAME: f64 = 26.0;
const VIRUS: f64 = 112.0;
/// Between the strips.
const LAGS: f64 = 40.0;
/// A row of names of restrictions.
const TIMES: f64 = 18.0;
const VIRUS_FILL: Colour = (0xA8, 0xA8, 0xA8);

impl Picture for Headline {
    fn words(&self) -> &Words {
        &self.words
    }

    fn height(&self) -> f64 {
        ROW * self.rows() as f64
    }

    fn sentences(&self) -> Vec<String> {
        let panels = self.panels.iter().filter_map(|panel| {
            let (at, need) = peak(&panel.total())?;
            let month = panel.start.plus(at as i32).short();
            let lags = panel.lags.iter().take(4).map(|lag| format!("; {}", lag.wordings()[0]));
            let (name, need, lags) = (&panel.name, number(need, 0), lags.collect::<String>());
            Some(format!("{name}: need is highest in {month}, at {need}{lags}."))
        });
        std::iter::once("Virus and need by month.".to_owned()).chain(panels).collect()
    }

    fn draw(&self, sheet: &mut Sheet<'_>, room: Rect) {
        let hundred = if self.virus_hundred > 0.0 { self.virus_hundred } else { 1.0 };
        let tracks =
            self.panels.iter().flat_map(|p| p.virus.iter().map(|(_, v)| v / hundred * 100.0));
        let highest = tracks.filter(|v| v.is_finite()).fold(100.0, f64::max).min(1e6);
        let step = if highest < 250.0 { 50.0 } else { Scale::over([highest], 3.0).step() };
        let virus = Scale::fixed(highest * 1.06, step);
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
            let upper = Rect { top: cell.top + TIMES * 2.0, bottom: cell.top + VIRUS, ..cell };
            let lower = Rect { top: cell.top + VIRUS + LAGS, ..cell };
            let above = Plot::new(upper, 0.0, span, virus.clone(), false);
            let below = Plot::new(lower, 0.0, span, need.clone(), true);
            let places = if i == 0 { panel.places_for_names(&below) } else { None };
            if column == 0 {
                let at = (room.left, above.area.top - 16.0);
                heading(sheet, at, "The virus", &self.virus_label);
                let at = (room.left, below.area.top);
                let end = heading(sheet, at, "The need", &self.need_label);
                let with_areas = i == 0 && places.is_none();
                self.key(sheet, (room.left, end + 16.0), below.area.bottom + 30.0, with_areas);
                let y = above.area.bottom + LAGS / 2.0 + 7.0;
                sheet.text((room.left, y), "Peak to peak", LABEL.bold(), Align::Left);
            }
            let name = HEADING.fit(&panel.name, width);
            sheet.text((left, top + 15.0), &name, HEADING, Align::Left);
            panel.shade(sheet, &above, &below);
            panel.draw_virus(sheet, &above, hundred, column == 0);
            panel.draw_need(sheet, &below, column == 0);
            panel.draw_lags(sheet, &above, &below, hundred);
            if let Some(places) = places {
                name_areas(sheet, places);
            }
        }
    }
}

impl Headline {
    fn rows(&self) -> usize {
        self.panels.len().div_ceil(self.columns()).max(1)
    }

    fn columns(&self) -> usize {
        if self.panels.len() == 4 { 2 } else { self.panels.len().clamp(1, COLUMNS) }
    }
}

impl Headline {
    /// Below the name of the lower strip: what its lines mean, and its areas where these are not
    /// named in place.
    fn key(&self, sheet: &mut Sheet<'_>, (left, top): Point, bottom: f64, with_areas: bool) {
        let width = HEADINGS - 10.0;
        let mut y = top;
        for (colour, name, more) in NAMES.iter().filter(|_| with_areas) {
            y += 18.0;
            swatch(sheet, (left, y), *colour);
            let name = name.trim_end_matches(" need");
            sheet.text((left + 19.0, y), name, NOTE.bold().coloured(INK), Align::Left);
            for line in NOTE.wrap(more, width - 19.0, 2) {
                y += NOTE.line();
                sheet.text((left + 19.0, y), &line, NOTE, Align::Left);
            }
        }
        y += 20.0;
        let dashes = Pen::new(INK, 1.3).dashed(4.0, 3.0);
        sheet.line(&[(left, y - 4.5), (left + 18.0, y - 4.5)], dashes);
        for line in NOTE.wrap(&self.range_label, width - 23.0, 2) {
            sheet.text((left + 23.0, y), &line, NOTE, Align::Left);
            y += NOTE.line();
        }
        if y + 4.0 < bottom && self.panels.iter().any(|panel| !panel.observed.is_empty()) {
            y += 4.0;
            sheet.ring((left + 9.0, y - 4.5), 4.0, INK);
            sheet.text((left + 23.0, y), "observed", NOTE, Align::Left);
        }
    }
}

/// Names a strip and gives where the name ends.
fn heading(sheet: &mut Sheet<'_>, at: Point, name: &str, unit: &str) -> f64 {
    sheet.text((at.0, at.1 + 14.0), name, LABEL.bold(), Align::Left);
    let mut y = at.1 + 16.0;
    for line in NOTE.wrap(unit, HEADINGS - 10.0, 5) {
        y += NOTE.line();
        sheet.text((at.0, y), &line, NOTE, Align::Left);
    }
    y
}

impl Panel {
    fn months(&self) -> usize {
        [self.immediate.len(), self.longitudinal.len(), self.range.len()]
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

    /// Restrictions behind both strips, their names above.
    fn shade(&self, sheet: &mut Sheet<'_>, above: &Plot, below: &Plot) {
        // Later ones first, so that the first stays whole.
        for first in [false, true] {
            for time in self.restrictions.iter().filter(|r| r.first == first) {
                let (left, right) = (above.x(time.from), above.x(time.to));
                let colour = if first { SHADE } else { PALE };
                let (top, bottom) = (above.area.top - 3.0, below.area.bottom);
                sheet.rect(Rect { left, top, right, bottom }, colour);
            }
        }
        // From the right, so that a raised name's line passes left of the name below it.
        let mut named: Vec<_> = self.restrictions.iter().filter(|r| !r.label.is_empty()).collect();
        named.sort_by(|a, b| b.from.total_cmp(&a.from));
        let mut free_until = [above.area.right + 2.0; 2];
        for time in named {
            let left = above.x(time.from);
            let right = left + NOTE.width(&time.label);
            let Some(row) = free_until.iter().position(|end| right <= *end) else { continue };
            let baseline = above.area.top - 8.0 - TIMES * row as f64;
            let stem = [(left, above.area.top - 3.0), (left, baseline + 3.0)];
            sheet.line(&stem, Pen::new(AXIS, 1.0));
            sheet.text((left, baseline), &time.label, NOTE, Align::Left);
            free_until[row] = left - 8.0;
        }
    }

    fn track(&self, plot: &Plot, hundred: f64) -> Vec<Point> {
        self.virus
            .iter()
            .filter(|(at, value)| value.is_finite() && plot.shows(*at))
            .map(|(at, value)| (plot.x(*at), plot.y(value / hundred * 100.0)))
            .collect()
    }

    fn draw_virus(&self, sheet: &mut Sheet<'_>, plot: &Plot, hundred: f64, numbered: bool) {
        plot.rule(sheet, &plot.scale.ticks(), numbered, false);
        let track = self.track(plot, hundred);
        plot.under(sheet, &track, VIRUS_FILL);
        sheet.line(&track, Pen::new(DARK, 1.8));
    }

    fn draw_need(&self, sheet: &mut Sheet<'_>, plot: &Plot, numbered: bool) {
        plot.rule(sheet, &plot.scale.ticks(), numbered, true);
        let total = plot.curve(self.start, &self.total());
        let later = plot.curve(self.start, &self.longitudinal);
        plot.under(sheet, &total, ORANGE);
        plot.under(sheet, &later, BLUE);
        sheet.line(&later, Pen::new(WHITE, 1.2));
        sheet.line(&total, Pen::new(INK, 2.0));
        let [low, high] = [&self.range.low, &self.range.high].map(|e| plot.curve(self.start, e));
        // On dark areas a black dash needs a white ground.
        sheet.line(&low, Pen::new(WHITE, 2.6));
        for edge in [low, high] {
            sheet.line(&edge, Pen::new(INK, 1.3).dashed(4.0, 3.0));
        }
        for (month, value) in &self.observed {
            if value.is_finite() && plot.shows(month.start_position() + 0.5) {
                sheet.ring(plot.point(*month, 0, *value), 4.0, INK);
            }
        }
    }

    /// From each peak of the virus to the peak of need: a bracket between the strips.
    fn draw_lags(&self, sheet: &mut Sheet<'_>, above: &Plot, below: &Plot, hundred: f64) {
        let shown = |lag: &&Lag| above.shows(lag.virus) && above.shows(lag.need);
        let lags: Vec<&Lag> = self.lags.iter().filter(shown).collect();
        let y = above.area.bottom + LAGS / 2.0 + 2.0;
        let (track, total) = (self.track(above, hundred), below.curve(self.start, &self.total()));
        for (i, lag) in lags.iter().enumerate() {
            let (from, to) = (above.x(lag.virus), above.x(lag.need));
            let fine = Pen::new(INK, 1.0).dashed(2.0, 2.5);
            sheet.line(&[(from, height_at(&track, from)), (from, y)], fine);
            sheet.line(&[(to, y), (to, height_at(&total, to))], fine);
            arrow(sheet, from, to, y);
            let start = from.max(to) + 6.0;
            let end = lags
                .get(i + 1)
                .map_or(above.area.right + 4.0, |next| above.x(next.virus.min(next.need)) - 8.0);
            let kind = LABEL.bold().sized(14.5);
            if let Some(text) = lag.wordings().iter().find(|w| start + kind.width(w) <= end) {
                sheet.text((start, y + 5.0), text, kind, Align::Left);
            }
        }
    }

    /// Places beside the areas for their names, in free room nearby and clear of restrictions;
    /// nothing unless there is room for both.
    fn places_for_names(&self, plot: &Plot) -> Option<[(Point, Rect); 2]> {
        let (total, later) = (self.total(), &self.longitudinal);
        let curves = (0..self.months()).map(|i| {
            let value = number_at(&self.range.high, i).max(number_at(&total, i)).max(0.0);
            let (x, y) = plot.point(self.start, i, value);
            Rect { left: x - 12.0, top: y - 8.0, right: x + 12.0, bottom: plot.area.bottom }
        });
        let shades = self.restrictions.iter().map(|r| Rect {
            left: plot.x(r.from) - 8.0,
            right: plot.x(r.to) + 4.0,
            ..plot.area
        });
        let taken: Vec<Rect> = curves.chain(shades).collect();
        let within = Rect { left: plot.area.left + 8.0, ..plot.area };
        // The middle of an area, `on` months after its peak, where it can be told from the rest.
        let middle = |values: &[f64], under: &[f64], on: usize| -> Option<Point> {
            let i = (peak(values)?.0 + on).min(values.len() - 1);
            let base = number_at(under, i);
            Some(plot.point(self.start, i, base + number_at(values, i) / 2.0))
        };
        let anchors = [middle(&self.immediate, later, 0)?, middle(later, &[], 5)?];
        let first = near(anchors[0], name_size(&NAMES[0]), within, &taken, &[])?;
        let second = near(anchors[1], name_size(&NAMES[1]), within, &taken, &[first])?;
        let is_near = |(anchor, place): &(Point, Rect)| {
            let start = leader_start(place);
            (start.0 - anchor.0).hypot(start.1 - anchor.1) < 150.0
        };
        let places = [(anchors[0], first), (anchors[1], second)];
        places.iter().all(is_near).then_some(places)
    }
}

/// What the two areas are called, and why.
const NAMES: [(Colour, &str, &str); 2] = [
    (ORANGE, "Immediate need", "within three months"),
    (BLUE, "Longitudinal need", "after three months"),
];
const NAME_KIND: Type = LABEL.bold().sized(14.0);

fn name_size((_, name, more): &(Colour, &str, &str)) -> (f64, f64) {
    (NAME_KIND.width(name).max(NOTE.width(more)) + 22.0, 42.0)
}

/// Names both areas at their places.
fn name_areas(sheet: &mut Sheet<'_>, places: [(Point, Rect); 2]) {
    for ((anchor, place), (colour, name, more)) in places.into_iter().zip(NAMES) {
        let leader = [leader_start(&place), anchor];
        sheet.line(&leader, Pen::new(WHITE, 3.0));
        sheet.line(&leader, Pen::new(INK, 1.0));
        sheet.dot(anchor, 3.2, WHITE);
        sheet.dot(anchor, 2.0, INK);
        swatch(sheet, (place.left, place.top + 16.0), colour);
        sheet.text((place.left + 19.0, place.top + 16.0), name, NAME_KIND, Align::Left);
        sheet.text((place.left + 19.0, place.top + 33.0), more, NOTE, Align::Left);
    }
}

fn swatch(sheet: &mut Sheet<'_>, (left, baseline): Point, colour: Colour) {
    let (top, bottom) = (baseline - 11.5, baseline + 1.5);
    sheet.rect(Rect { left, top, right: left + 13.0, bottom }, colour);
}

/// From a dot to the point of an arrow.
fn arrow(sheet: &mut Sheet<'_>, from: f64, to: f64, y: f64) {
    let length = (to - from).abs().min(7.0);
    let base = to - length * (to - from).signum();
    sheet.dot((from, y), 2.8, INK);
    sheet.line(&[(from, y), (base, y)], Pen::new(INK, 2.0));
    sheet.fill(&[(to, y), (base, y - 5.0), (base, y + 5.0)], INK);
}

/// How high a drawn line stands at `x`.
fn height_at(line: &[Point], x: f64) -> f64 {
    let after = line.partition_point(|point| point.0 < x);
    match (after.checked_sub(1).and_then(|i| line.get(i)), line.get(after)) {
        (Some(a), Some(b)) if b.0 > a.0 => a.1 + (b.1 - a.1) * (x - a.0) / (b.0 - a.0),
        (Some(point), _) | (None, Some(point)) => point.1,
        (None, None) => 0.0,
    }
}
