//! One service family as a fan: what came, what would have come without the pandemic, and what is
//! projected with its ranges.

use super::Picture;
use super::axes::{Plot, Span};
use super::data::{Fan, Series, Words, last};
use super::labels::{End, at_ends, room_for};
use super::letters::{Align, LABEL, NOTE};
use super::palette::{BLUE, DARK, INK, ORANGE, QUIET, TINTS, for_letters};
use super::scale::{Scale, number};
use super::sheet::{Pen, Rect, Sheet};
use crate::month::Month;

/// One service family: history, underlying demand, projection, and what came later.
#[derive(Clone, Debug, PartialEq)]
pub struct FanChart {
    /// Title, subtitle, source.
    pub words: Words,
    /// What was observed before the projection begins.
    pub history: Option<Series>,
    /// What would have come without the pandemic (median).
    pub underlying: Option<Series>,
    /// The projection.
    pub projection: Fan,
    /// What was observed later, which the projection did not know.
    pub observed: Option<Series>,
    /// The last month whose observations the projection was conditioned on, where it was.
    pub known_until: Option<Month>,
}

impl Picture for FanChart {
    fn words(&self) -> &Words {
        &self.words
    }

    fn height(&self) -> f64 {
        416.0
    }

    fn sentences(&self) -> Vec<String> {
        let fan = &self.projection;
        let from = fan.start.short();
        let mut sentences = vec![format!("Fan chart by month from {from}.")];
        if let (Some(median), Some((low, high))) = (last(&fan.median), fan.outer.last()) {
            let [median, low, high] = [median, low, high].map(|value| number(value, 0));
            sentences.push(format!(
                "The median ends at {median}, with 90% of draws between {low} and {high}."
            ));
        }
        sentences
    }

    fn draw(&self, sheet: &mut Sheet<'_>, room: Rect) {
        let fan = &self.projection;
        let series = [&self.history, &self.underlying, &self.observed];
        let known = || series.into_iter().flatten();
        let scale =
            Scale::over(known().flat_map(|s| s.values.iter().copied()).chain(fan.values()), 5.0);
        let span = Span::over(known().map(Series::extent).chain([fan.extent()]));
        let ends = self.ends();
        let right = room_for(ends.iter().map(|(_, end)| end.text.as_str()), 170.0);
        let gutter = Plot::gutter(&scale);
        let inner = Rect { right: room.right - right, top: room.top + 22.0, ..room };
        let plot = Plot::new(inner, gutter, span, scale, true);
        plot.frame(sheet);
        plot.fan(sheet, &fan.joined(self.history.as_ref()), TINTS, Pen::new(BLUE, 2.8));
        if let Some(underlying) = &self.underlying {
            let pen = Pen::new(DARK, 2.0).dashed(7.0, 4.0);
            plot.line(sheet, underlying.start, &underlying.values, pen);
        }
        if let Some(history) = &self.history {
            plot.line(sheet, history.start, &history.values, Pen::new(INK, 2.2));
        }
        self.mark_start(sheet, &plot);
        self.draw_observed(sheet, &plot);
        let ends: Vec<End> =
            ends.into_iter().map(|(value, end)| End { y: plot.y(value), ..end }).collect();
        let within = (plot.area.top, plot.area.bottom);
        at_ends(sheet, &ends, plot.area.right, right, within);
    }
}

impl FanChart {
    /// Labels at the right edge, with the values they stand at.
    fn ends(&self) -> Vec<(f64, End)> {
        let fan = &self.projection;
        let mut ends = Vec::new();
        if let Some(value) = last(&fan.median) {
            ends.push((value, End::new(0.0, "Projection", BLUE).bold()));
        }
        for (band, text) in
            [(&fan.band50, "50%"), (&fan.band80, "80%"), (&fan.outer, "90% of draws")]
        {
            if let Some((_, high)) = band.last() {
                ends.push((high, End::new(0.0, text, QUIET)));
            }
        }
        if let Some(value) = self.underlying.as_ref().and_then(|s| last(&s.values)) {
            ends.push((value, End::new(0.0, "Without the pandemic", DARK)));
        }
        ends
    }

    fn mark_start(&self, sheet: &mut Sheet<'_>, plot: &Plot) {
        let start = self.known_until.map_or(self.projection.start, |month| month.plus(1));
        let x = plot.x(start.start_position());
        let top = plot.area.top - 18.0;
        sheet.line(&[(x, top), (x, plot.area.bottom)], Pen::new(INK, 1.0));
        let text = format!("projection from {}", start.short());
        let fits = x + 6.0 + NOTE.width(&text) <= plot.area.right;
        let (x, align) = if fits { (x + 6.0, Align::Left) } else { (x - 6.0, Align::Right) };
        sheet.text((x, top + 11.0), &text, NOTE, align);
        if self.history.as_ref().is_some_and(|h| last(&h.values).is_some()) && fits {
            let x = plot.x(start.start_position()) - 6.0;
            if x - NOTE.width("observed") > plot.area.left {
                sheet.text((x, top + 11.0), "observed", NOTE, Align::Right);
            }
        }
    }

    fn draw_observed(&self, sheet: &mut Sheet<'_>, plot: &Plot) {
        let Some(observed) = &self.observed else { return };
        let points: Vec<_> =
            plot.runs(observed.start, &observed.values).into_iter().flatten().collect();
        for at in &points {
            sheet.ring(*at, 3.8, ORANGE);
        }
        if points.is_empty() {
            return;
        }
        // A key in the headroom: points have no end to be named at.
        let text = "what came, not known to the projection";
        let width = LABEL.sized(13.0).width(text) + 12.0;
        let left = plot.area.right - width;
        if left > plot.x(self.projection.start.start_position()) + 160.0 {
            let y = plot.area.top - 7.0;
            sheet.ring((left, y - 4.5), 4.5, ORANGE);
            sheet.text((left + 10.0, y), text, NOTE.coloured(for_letters(ORANGE)), Align::Left);
        }
    }
}
