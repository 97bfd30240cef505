//! The sheet a chart is drawn on: shapes and text in pixels, the same on every backend, and the
//! words around the picture (title, subtitle, source).

use std::collections::BTreeSet;

use plotters_backend::{BackendCoord, DrawingBackend};

use super::Words;
use super::fonts::Weight;
use super::letters::{Align, NOTE, SUBTITLE, TITLE, Type};
use super::palette::{Colour, WHITE};
use super::surface::{Letters, Paint, Surface, TENTHS, TEXT_TOP};
use crate::escape;

/// White space around everything.
const MARGIN: f64 = 24.0;
const TOP: f64 = 18.0;
const BOTTOM: f64 = 12.0;
/// How much wider than ours the letters of another font may be, where a viewer takes one in its
/// place: `DejaVu Sans`, what most free systems fall back on, is up to a fifth wider.
const WIDER: f64 = 1.2;
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
            title: TITLE.wrap(&words.title, width / WIDER, 4),
            subtitle: SUBTITLE.wrap(&words.subtitle, width / WIDER, 4),
            source: NOTE.wrap(&words.source, width / WIDER, 5),
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
        let text = escape::picture(text);
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
