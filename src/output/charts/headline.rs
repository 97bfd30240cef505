//! The headline picture: what drives need above (the virus), the need that follows it below, on one
//! time axis; a column for each scenario, all on the same scales.

use super::Picture;
use super::axes::{Plot, Span};
use super::data::{Words, peak};
use super::letters::{Align, HEADING, LABEL, NOTE};
use super::palette::INK;
use super::panel::{LAGS, NAMES, Panel, TIMES, name_areas, swatch};
use super::scale::{Scale, number};
use super::sheet::{Pen, Point, Rect, Sheet};

/// What drives need, and need, on one time axis, by scenario.
#[derive(Clone, Debug, PartialEq)]
pub struct Headline {
    /// Title, subtitle, source.
    pub words: Words,
    /// What drives need: "The virus".
    pub track_name: String,
    /// What that is measured by, and what 100 is: "hospital admissions, first peak = 100".
    pub track_label: String,
    /// What need is counted in: "people in need because of the pandemic, thousands".
    pub need_label: String,
    /// What the range holds: "80% of draws".
    pub range_label: String,
    /// The value of the tracks that is drawn as 100: the peak of the first wave.
    pub hundred: f64,
    /// A column each; two to three read best.
    pub panels: Vec<Panel>,
}

const COLUMNS: usize = 3;
const ROW: f64 = 458.0;
const HEADINGS: f64 = 118.0;
const BETWEEN: f64 = 26.0;
const NAME: f64 = 26.0;
const TRACK: f64 = 112.0;

impl Picture for Headline {
    fn words(&self) -> &Words {
        &self.words
    }

    fn height(&self) -> f64 {
        ROW * self.rows() as f64
    }

    fn sentences(&self) -> Vec<String> {
        let panels = self.panels.iter().filter_map(|panel| {
            let (_, need) = peak(&panel.total())?;
            let month = panel.highest()?.short();
            let lags = panel.lags.iter().take(4).map(|lag| format!("; {}", lag.wordings()[0]));
            let (name, need, lags) = (&panel.name, number(need, 0), lags.collect::<String>());
            Some(format!("{name}: need is highest in {month}, at {need}{lags}."))
        });
        std::iter::once(format!("{} and need by month.", self.track_name)).chain(panels).collect()
    }

    fn draw(&self, sheet: &mut Sheet<'_>, room: Rect) {
        let hundred = if self.hundred > 0.0 { self.hundred } else { 1.0 };
        let tracks =
            self.panels.iter().flat_map(|p| p.track.iter().map(|(_, v)| v / hundred * 100.0));
        let highest = tracks.filter(|v| v.is_finite()).fold(100.0, f64::max).min(1e6);
        let step = if highest < 250.0 { 50.0 } else { Scale::over([highest], 3.0).step() };
        let track = Scale::fixed(highest * 1.06, step);
        let need = Scale::over(self.panels.iter().flat_map(Panel::values), 5.0);
        let gutter = Plot::gutter(&need).max(Plot::gutter(&track));
        let span = Span::over(self.panels.iter().map(|p| (p.start, p.months())));
        let is_split = self.panels.iter().any(Panel::is_split);
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
            let upper = Rect { top: cell.top + TIMES * 2.0, bottom: cell.top + TRACK, ..cell };
            let lower = Rect { top: cell.top + TRACK + LAGS, ..cell };
            let above = Plot::new(upper, 0.0, span, track.clone(), false);
            let below = Plot::new(lower, 0.0, span, need.clone(), true);
            let is_named = i == 0 && is_split;
            let places = if is_named { panel.places_for_names(&below) } else { None };
            if column == 0 {
                let at = (room.left, above.area.top - 16.0);
                heading(sheet, at, &self.track_name, &self.track_label);
                let at = (room.left, below.area.top);
                let end = heading(sheet, at, "The need", &self.need_label);
                let with_areas = is_named && places.is_none();
                self.key(sheet, (room.left, end + 16.0), below.area.bottom + 30.0, with_areas);
                if self.panels.iter().any(|panel| !panel.lags.is_empty()) {
                    let y = above.area.bottom + LAGS / 2.0 + 7.0;
                    sheet.text((room.left, y), "Peak to peak", LABEL.bold(), Align::Left);
                }
            }
            let name = HEADING.fit(&panel.name, width);
            sheet.text((left, top + 15.0), &name, HEADING, Align::Left);
            panel.shade(sheet, &above, &below);
            panel.draw_track(sheet, &above, hundred, column == 0);
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
        let dashes = Pen::new(INK, 1.3).dashed(5.0, 4.0);
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
