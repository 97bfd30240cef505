//! The sheet a chart is drawn on: shapes and text in pixels, the same on every backend, and the
//! words around the picture (title, subtitle, source).

use std::collections::BTreeSet;

use plotters_backend::text_anchor::{HPos, Pos, VPos};
use plotters_backend::{
    BackendColor, BackendCoord, BackendStyle, BackendTextStyle, DrawingBackend, FontFamily,
    FontStyle,
};

use super::Words;
use super::fonts::{FAMILY, Weight};
use super::palette::{Colour, INK, QUIET, WHITE};

/// Backends count whole units; a tenth of a pixel is fine enough for any curve.
pub(super) const TENTHS: f64 = 10.0;
/// From the top of a line of text to its baseline, in ems, as plotters' SVG backend has it.
pub(super) const TEXT_TOP: f64 = 0.76;
/// White space around everything.
const MARGIN: f64 = 24.0;
const TOP: f64 = 18.0;
const BOTTOM: f64 = 12.0;
/// Between the words and the picture.
const APART: f64 = 11.0;

/// A point in pixels, y downwards.
pub(super) type Point = (f64, f64);

/// A rectangle in pixels.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) struct Rect {
    pub(super) left: f64,
    pub(super) top: f64,
    pub(super) right: f64,
    pub(super) bottom: f64,
}

impl Rect {
    pub(super) fn width(&self) -> f64 {
        self.right - self.left
    }

    pub(super) fn height(&self) -> f64 {
        self.bottom - self.top
    }

    pub(super) fn meets(&self, other: &Self) -> bool {
        self.left < other.right
            && other.left < self.right
            && self.top < other.bottom
            && other.top < self.bottom
    }
}

/// How text looks.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) struct Type {
    pub(super) size: f64,
    pub(super) weight: Weight,
    pub(super) colour: Colour,
}

pub(super) const TITLE: Type = Type { size: 23.0, weight: Weight::Bold, colour: INK };
pub(super) const SUBTITLE: Type = Type { size: 15.5, weight: Weight::Regular, colour: QUIET };
pub(super) const HEADING: Type = Type { size: 17.0, weight: Weight::Bold, colour: INK };
pub(super) const LABEL: Type = Type { size: 15.0, weight: Weight::Regular, colour: INK };
pub(super) const TICK: Type = Type { size: 14.0, weight: Weight::Regular, colour: QUIET };
pub(super) const NOTE: Type = Type { size: 13.0, weight: Weight::Regular, colour: QUIET };

impl Type {
    pub(super) const fn bold(self) -> Self {
        Self { weight: Weight::Bold, ..self }
    }

    pub(super) const fn coloured(self, colour: Colour) -> Self {
        Self { colour, ..self }
    }

    pub(super) const fn sized(self, size: f64) -> Self {
        Self { size, ..self }
    }

    pub(super) fn width(&self, text: &str) -> f64 {
        self.weight.width(&clean(text), self.size)
    }

    /// The height of a line.
    pub(super) fn line(&self) -> f64 {
        (self.size * 1.3).round()
    }

    /// `text`, cut with an ellipsis where it is wider than `width`.
    pub(super) fn fit(&self, text: &str, width: f64) -> String {
        let text = clean(text);
        if self.width(&text) <= width {
            return text;
        }
        let mut cut = String::new();
        let mut used = self.width("…");
        for c in text.chars() {
            used += self.width(c.encode_utf8(&mut [0; 4]));
            if used > width {
                break;
            }
            cut.push(c);
        }
        if cut.is_empty() { cut } else { cut.trim_end().to_owned() + "…" }
    }

    /// `text` in lines no wider than `width`, at most `most` of them.
    pub(super) fn wrap(&self, text: &str, width: f64, most: usize) -> Vec<String> {
        let mut lines: Vec<String> = Vec::new();
        for word in clean(text).split_whitespace() {
            // What does not fit on the last line is owned up to by the ellipsis of `fit` below.
            let full = lines.len() == most;
            match lines.last_mut() {
                Some(line) if full || self.width(&format!("{line} {word}")) <= width => {
                    line.push(' ');
                    line.push_str(word);
                }
                _ => lines.push(word.to_owned()),
            }
        }
        lines.iter().map(|line| self.fit(line, width)).collect()
    }
}

/// Text that XML can hold: no control characters.
fn clean(text: &str) -> String {
    let is_odd = |c: char| c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}');
    text.chars().map(|c| if is_odd(c) { ' ' } else { c }).collect()
}

/// Which side of a text its place is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Align {
    Left,
    Centre,
    Right,
}

/// How a line looks.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) struct Pen {
    colour: Colour,
    width: f64,
    /// Lengths of dash and gap.
    dash: Option<(f64, f64)>,
}

impl Pen {
    pub(super) const fn new(colour: Colour, width: f64) -> Self {
        Self { colour, width, dash: None }
    }

    pub(super) const fn dashed(self, on: f64, off: f64) -> Self {
        Self { dash: Some((on, off)), ..self }
    }
}

/// The characters an SVG's font must hold.
#[derive(Debug, Default)]
pub(super) struct Used {
    pub(super) regular: BTreeSet<char>,
    pub(super) bold: BTreeSet<char>,
}

/// What a sheet needs of a backend.
trait Surface {
    fn fill(&mut self, points: &[BackendCoord], paint: Paint) -> anyhow::Result<()>;
    fn line(&mut self, points: &[BackendCoord], paint: Paint) -> anyhow::Result<()>;
    fn rect(&mut self, a: BackendCoord, b: BackendCoord, paint: Paint) -> anyhow::Result<()>;
    fn circle(&mut self, at: BackendCoord, radius: u32, paint: Paint) -> anyhow::Result<()>;
    fn text(&mut self, text: &str, at: BackendCoord, letters: Letters) -> anyhow::Result<()>;
}

impl<B: DrawingBackend> Surface for B
where
    B::ErrorType: 'static,
{
    fn fill(&mut self, points: &[BackendCoord], paint: Paint) -> anyhow::Result<()> {
        Ok(self.fill_polygon(points.iter().copied(), &paint)?)
    }

    fn line(&mut self, points: &[BackendCoord], paint: Paint) -> anyhow::Result<()> {
        Ok(self.draw_path(points.iter().copied(), &paint)?)
    }

    fn rect(&mut self, a: BackendCoord, b: BackendCoord, paint: Paint) -> anyhow::Result<()> {
        Ok(self.draw_rect(a, b, &paint, true)?)
    }

    fn circle(&mut self, at: BackendCoord, radius: u32, paint: Paint) -> anyhow::Result<()> {
        Ok(self.draw_circle(at, radius, &paint, true)?)
    }

    fn text(&mut self, text: &str, at: BackendCoord, letters: Letters) -> anyhow::Result<()> {
        Ok(self.draw_text(text, &letters, at)?)
    }
}

#[derive(Clone, Copy)]
struct Paint(Colour, u32);

impl BackendStyle for Paint {
    fn color(&self) -> BackendColor {
        BackendColor { alpha: 1.0, rgb: self.0 }
    }

    fn stroke_width(&self) -> u32 {
        self.1
    }
}

#[derive(Clone, Copy)]
struct Letters {
    kind: Type,
    align: Align,
}

impl BackendTextStyle for Letters {
    type FontError = std::fmt::Error;

    fn color(&self) -> BackendColor {
        BackendColor { alpha: 1.0, rgb: self.kind.colour }
    }

    fn size(&self) -> f64 {
        self.kind.size * TENTHS * 1.24
    }

    fn style(&self) -> FontStyle {
        match self.kind.weight {
            Weight::Regular => FontStyle::Normal,
            Weight::Bold => FontStyle::Bold,
        }
    }

    fn anchor(&self) -> Pos {
        let across = match self.align {
            Align::Left => HPos::Left,
            Align::Centre => HPos::Center,
            Align::Right => HPos::Right,
        };
        Pos::new(across, VPos::Top)
    }

    fn family(&self) -> FontFamily<'_> {
        FontFamily::Name(FAMILY)
    }

    fn layout_box(&self, text: &str) -> Result<(BackendCoord, BackendCoord), Self::FontError> {
        let width = (self.kind.width(text) * TENTHS) as i32;
        Ok(((0, 0), (width, (self.kind.size * TENTHS) as i32)))
    }

    /// Both backends set text themselves.
    fn draw<E, F: FnMut(i32, i32, BackendColor) -> Result<(), E>>(
        &self,
        _: &str,
        _: BackendCoord,
        _: F,
    ) -> Result<Result<(), E>, Self::FontError> {
        Err(std::fmt::Error)
    }
}

/// The words around a picture, in lines.
struct Lines {
    title: Vec<String>,
    subtitle: Vec<String>,
    source: Vec<String>,
}

impl Lines {
    fn of(words: &Words, width: f64) -> Self {
        let width = width - 2.0 * MARGIN;
        Self {
            title: TITLE.wrap(&words.title, width, 3),
            subtitle: SUBTITLE.wrap(&words.subtitle, width, 2),
            source: NOTE.wrap(&words.source, width, 4),
        }
    }
}

/// The height that words take on a sheet of `width`, above and below the picture.
pub(super) fn height_of_words(words: &Words, width: f64) -> f64 {
    let lines = Lines::of(words, width);
    let height = |lines: &[String], kind: Type| lines.len() as f64 * kind.line();
    TOP + height(&lines.title, TITLE)
        + height(&lines.subtitle, SUBTITLE)
        + 4.0
        + 2.0 * APART
        + height(&lines.source, NOTE)
        + BOTTOM
}

/// The sheet. A failure to draw is kept until [`Sheet::end`], so that charts read as pictures.
pub(super) struct Sheet<'a> {
    surface: &'a mut dyn Surface,
    size: (f64, f64),
    used: Used,
    failed: Option<anyhow::Error>,
}

impl<'a> Sheet<'a> {
    /// A white sheet on `backend`.
    pub(super) fn new<B: DrawingBackend>(backend: &'a mut B) -> Self
    where
        B::ErrorType: 'static,
    {
        let (width, height) = backend.get_size();
        let size = (f64::from(width) / TENTHS, f64::from(height) / TENTHS);
        let mut sheet = Self { surface: backend, size, used: Used::default(), failed: None };
        sheet.rect(Rect { left: 0.0, top: 0.0, right: size.0, bottom: size.1 }, WHITE);
        sheet
    }

    /// The characters used, or what went wrong.
    pub(super) fn end(self) -> anyhow::Result<Used> {
        self.failed.map_or(Ok(self.used), Err)
    }

    fn note(&mut self, done: anyhow::Result<()>) {
        if let Err(error) = done {
            self.failed.get_or_insert(error);
        }
    }

    /// Writes the words around the picture and gives the room left for it.
    pub(super) fn words(&mut self, words: &Words) -> Rect {
        let lines = Lines::of(words, self.size.0);
        let mut top = TOP;
        for (lines, kind) in [(&lines.title, TITLE), (&lines.subtitle, SUBTITLE)] {
            for line in lines {
                top += kind.line();
                self.text((MARGIN, top - kind.size * 0.3), line, kind, Align::Left);
            }
            top += 2.0;
        }
        let mut bottom = self.size.1 - BOTTOM;
        for line in lines.source.iter().rev() {
            self.text((MARGIN, bottom - NOTE.size * 0.3), line, NOTE, Align::Left);
            bottom -= NOTE.line();
        }
        Rect { left: MARGIN, top: top + APART, right: self.size.0 - MARGIN, bottom: bottom - APART }
    }

    /// Fills a polygon.
    pub(super) fn fill(&mut self, points: &[Point], colour: Colour) {
        if points.len() > 2 {
            let points: Vec<_> = points.iter().copied().map(tenths).collect();
            let done = self.surface.fill(&points, Paint(colour, 0));
            self.note(done);
        }
    }

    /// Fills a rectangle.
    pub(super) fn rect(&mut self, rect: Rect, colour: Colour) {
        let (a, b) = (tenths((rect.left, rect.top)), tenths((rect.right, rect.bottom)));
        if a.0 < b.0 && a.1 < b.1 {
            let done = self.surface.rect(a, b, Paint(colour, 0));
            self.note(done);
        }
    }

    /// Fills a circle.
    pub(super) fn dot(&mut self, at: Point, radius: f64, colour: Colour) {
        let done = self.surface.circle(tenths(at), (radius * TENTHS) as u32, Paint(colour, 0));
        self.note(done);
    }

    /// A circle with a white middle.
    pub(super) fn ring(&mut self, at: Point, radius: f64, colour: Colour) {
        self.dot(at, radius, colour);
        self.dot(at, radius - 1.6, WHITE);
    }

    /// Fills a square stood on its corner.
    pub(super) fn diamond(&mut self, (x, y): Point, half: f64, colour: Colour) {
        self.fill(&[(x, y - half), (x + half, y), (x, y + half), (x - half, y)], colour);
    }

    /// Draws a line through `points`.
    pub(super) fn line(&mut self, points: &[Point], pen: Pen) {
        match pen.dash {
            None => self.stroke(points, pen),
            Some((on, off)) => {
                for dash in dashes(points, on, off) {
                    self.stroke(&dash, pen);
                }
            }
        }
    }

    fn stroke(&mut self, points: &[Point], pen: Pen) {
        if points.len() > 1 {
            let points: Vec<_> = points.iter().copied().map(tenths).collect();
            let width = (pen.width * TENTHS).round() as u32;
            let done = self.surface.line(&points, Paint(pen.colour, width));
            self.note(done);
        }
    }

    /// Writes `text` with its baseline at `at`.
    pub(super) fn text(&mut self, at: Point, text: &str, kind: Type, align: Align) {
        self.letters((at.0, at.1 - TEXT_TOP * kind.size), text, Letters { kind, align });
    }

    fn letters(&mut self, at: Point, text: &str, letters: Letters) {
        let text = clean(text);
        if text.trim().is_empty() {
            return;
        }
        let used = match letters.kind.weight {
            Weight::Regular => &mut self.used.regular,
            Weight::Bold => &mut self.used.bold,
        };
        used.extend(text.chars());
        let done = self.surface.text(&text, tenths(at), letters);
        self.note(done);
    }
}

/// A pixel place in a backend's units; far-off places are brought near enough to count.
fn tenths((x, y): Point) -> BackendCoord {
    let whole = |v: f64| (v.clamp(-10_000.0, 10_000.0) * TENTHS).round() as i32;
    (whole(x), whole(y))
}

/// The parts of a line that a dash pattern shows.
fn dashes(points: &[Point], on: f64, off: f64) -> Vec<Vec<Point>> {
    let mut shown = Vec::new();
    let mut dash: Vec<Point> = points.first().copied().into_iter().collect();
    let (mut drawing, mut left) = (true, on);
    for pair in points.windows(2) {
        let (mut from, to) = (pair[0], pair[1]);
        let mut rest = (to.0 - from.0).hypot(to.1 - from.1);
        while rest > left {
            let share = left / rest;
            from = (from.0 + (to.0 - from.0) * share, from.1 + (to.1 - from.1) * share);
            rest -= left;
            if drawing {
                dash.push(from);
                shown.push(std::mem::take(&mut dash));
            } else {
                dash = vec![from];
            }
            drawing = !drawing;
            left = if drawing { on } else { off };
        }
        left -= rest;
        if drawing {
            dash.push(to);
        }
    }
    if drawing && dash.len() > 1 {
        shown.push(dash);
    }
    shown
}
