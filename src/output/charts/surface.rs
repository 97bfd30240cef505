//! What a sheet needs of a plotters backend, in that backend's terms.

use plotters_backend::text_anchor::{HPos, Pos, VPos};
use plotters_backend::{
    BackendColor, BackendCoord, BackendStyle, BackendTextStyle, DrawingBackend, FontFamily,
    FontStyle,
};

use super::fonts::{FAMILY, Weight};
use super::letters::{Align, Type};
use super::palette::Colour;

/// Backends count whole units; a tenth of a pixel is fine enough for any curve.
pub(super) const TENTHS: f64 = 10.0;
/// From the top of a line of text to its baseline, in ems, as plotters' SVG backend has it.
pub(super) const TEXT_TOP: f64 = 0.76;

/// What a sheet needs of a backend.
pub(super) trait Surface {
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

/// A colour, and the width of a line.
#[derive(Clone, Copy)]
pub(super) struct Paint(pub(super) Colour, pub(super) u32);

impl BackendStyle for Paint {
    fn color(&self) -> BackendColor {
        BackendColor { alpha: 1.0, rgb: self.0 }
    }

    fn stroke_width(&self) -> u32 {
        self.1
    }
}

/// How a text is set.
#[derive(Clone, Copy)]
pub(super) struct Letters {
    pub(super) kind: Type,
    pub(super) align: Align,
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
