//! One scenario of the headline picture: the virus above, need below, and what ties them.

use super::axes::Plot;
use super::data::{Band, number_at, peak};
use super::labels::{leader_start, near};
use super::lag::Lag;
use super::letters::{Align, LABEL, NOTE, Type};
use super::palette::{AXIS, BLUE, Colour, DARK, INK, ORANGE, PALE, SHADE, WHITE};
use super::sheet::{Pen, Point, Rect, Sheet};
use crate::month::Month;

/// One scenario.
#[derive(Clone, Debug, PartialEq)]
pub struct Panel {
    /// Its name: "One wave".
    pub name: String,
    /// The first month of every series.
    pub start: Month,
    /// What drives need, such as the virus, as positions in months (as [`crate::month::position`]
    /// counts them) and values: as fine as it is known, a point a week or a day for a wave given by
    /// its formula.
    pub track: Vec<(f64, f64)>,
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

/// Between the strips.
pub(super) const LAGS: f64 = 40.0;
/// A row of names of restrictions.
pub(super) const TIMES: f64 = 18.0;
const TRACK_FILL: Colour = (0xA8, 0xA8, 0xA8);

impl Panel {
    pub(super) fn months(&self) -> usize {
        [self.immediate.len(), self.longitudinal.len(), self.range.len()]
            .into_iter()
            .fold(0, usize::max)
    }

    /// The month of the highest need.
    pub fn highest(&self) -> Option<Month> {
        peak(&self.total()).map(|(at, _)| self.start.plus(at as i32))
    }

    /// Whether it is known which need came soon: not where people come by the curves of a pack.
    pub(super) fn is_split(&self) -> bool {
        self.immediate.iter().any(|value| *value > 0.0)
    }

    pub(super) fn total(&self) -> Vec<f64> {
        self.immediate.iter().zip(&self.longitudinal).map(|(a, b)| a + b).collect()
    }

    pub(super) fn values(&self) -> impl Iterator<Item = f64> {
        let observed = self.observed.iter().map(|(_, value)| *value);
        self.total().into_iter().chain(self.range.high.iter().copied()).chain(observed)
    }

    /// Restrictions behind both strips, their names above.
    pub(super) fn shade(&self, sheet: &mut Sheet<'_>, above: &Plot, below: &Plot) {
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

    fn points(&self, plot: &Plot, hundred: f64) -> Vec<Point> {
        self.track
            .iter()
            .filter(|(at, value)| value.is_finite() && plot.shows(*at))
            .map(|(at, value)| (plot.x(*at), plot.y(value / hundred * 100.0)))
            .collect()
    }

    pub(super) fn draw_track(
        &self,
        sheet: &mut Sheet<'_>,
        plot: &Plot,
        hundred: f64,
        numbered: bool,
    ) {
        plot.rule(sheet, &plot.scale.ticks(), numbered, false);
        let track = self.points(plot, hundred);
        plot.under(sheet, &track, TRACK_FILL);
        sheet.line(&track, Pen::new(DARK, 1.8));
    }

    pub(super) fn draw_need(&self, sheet: &mut Sheet<'_>, plot: &Plot, numbered: bool) {
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
            sheet.line(&edge, Pen::new(INK, 1.3).dashed(5.0, 4.0));
        }
        for (month, value) in &self.observed {
            if value.is_finite() && plot.shows(month.start_position() + 0.5) {
                sheet.ring(plot.point(*month, 0, *value), 4.0, INK);
            }
        }
    }

    /// From each peak of the virus to the peak of need: a bracket between the strips.
    pub(super) fn draw_lags(
        &self,
        sheet: &mut Sheet<'_>,
        above: &Plot,
        below: &Plot,
        hundred: f64,
    ) {
        let shown = |lag: &&Lag| above.shows(lag.virus) && above.shows(lag.need);
        let lags: Vec<&Lag> = self.lags.iter().filter(shown).collect();
        let y = above.area.bottom + LAGS / 2.0 + 2.0;
        let (track, total) = (self.points(above, hundred), below.curve(self.start, &self.total()));
        for (i, lag) in lags.iter().enumerate() {
            let (from, to) = (above.x(lag.virus), above.x(lag.need));
            let fine = Pen::new(INK, 1.0).dashed(2.0, 4.0);
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
    pub(super) fn places_for_names(&self, plot: &Plot) -> Option<[(Point, Rect); 2]> {
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
pub(super) const NAMES: [(Colour, &str, &str); 2] = [
    (ORANGE, "Immediate need", "within three months"),
    (BLUE, "Longitudinal need", "after three months"),
];
const NAME_KIND: Type = LABEL.bold().sized(14.0);

fn name_size((_, name, more): &(Colour, &str, &str)) -> (f64, f64) {
    (NAME_KIND.width(name).max(NOTE.width(more)) + 22.0, 42.0)
}

/// Names both areas at their places.
pub(super) fn name_areas(sheet: &mut Sheet<'_>, places: [(Point, Rect); 2]) {
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

pub(super) fn swatch(sheet: &mut Sheet<'_>, (left, baseline): Point, colour: Colour) {
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
