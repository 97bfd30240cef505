//! A plotters backend on tiny-skia, and its PNG.
//!
//! Coordinates are those of the sheet in tenths of a pixel; the picture has two dots for each
//! pixel of the sheet and says so (192 dpi), so that it prints sharp at its intended size.

use std::convert::Infallible;

use ab_glyph::OutlineCurve;
use anyhow::Context as _;
use plotters_backend::text_anchor::{HPos, VPos};
use plotters_backend::{
    BackendColor, BackendCoord, BackendStyle, BackendTextStyle, DrawingBackend, DrawingErrorKind,
    FontStyle, FontTransform,
};
use tiny_skia::{
    Color, FillRule, LineCap, LineJoin, Paint, Path, PathBuilder, Pixmap, Rect, Stroke, Transform,
};

use super::fonts::Weight;
use super::surface::{TENTHS, TEXT_TOP};

/// Dots to a pixel of the sheet.
const DENSITY: f64 = 2.0;
/// Dots to a metre at 96 pixels an inch.
const DOTS_PER_METRE: u32 = (DENSITY * 96.0 / 0.0254 + 0.5) as u32;

type Drawn = Result<(), DrawingErrorKind<Infallible>>;

/// The backend.
pub(super) struct Pixels {
    map: Pixmap,
    size: (u32, u32),
}

impl Pixels {
    /// A white picture of `width` by `height` pixels of the sheet.
    pub(super) fn new(width: f64, height: f64) -> anyhow::Result<Self> {
        let dots = |length: f64| (length * DENSITY).round() as u32;
        let tenths = |length: f64| (length * TENTHS).round() as u32;
        let mut map = Pixmap::new(dots(width), dots(height)).context("the picture is too large")?;
        map.fill(Color::WHITE);
        Ok(Self { map, size: (tenths(width), tenths(height)) })
    }

    /// The picture as a PNG.
    pub(super) fn encode(&self) -> anyhow::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        let mut encoder = png::Encoder::new(&mut bytes, self.map.width(), self.map.height());
        encoder.set_color(png::ColorType::Rgb);
        encoder.set_depth(png::BitDepth::Eight);
        // Flat areas: the least effort makes them small, and more of it costs more than drawing.
        encoder.set_deflate_compression(png::DeflateCompression::Level(1));
        encoder.set_filter(png::Filter::Up);
        encoder.set_pixel_dims(Some(png::PixelDimensions {
            xppu: DOTS_PER_METRE,
            yppu: DOTS_PER_METRE,
            unit: png::Unit::Meter,
        }));
        let mut opaque = vec![0; self.map.data().len() / 4 * 3];
        for (three, four) in opaque.chunks_exact_mut(3).zip(self.map.data().chunks_exact(4)) {
            three.copy_from_slice(&four[..3]);
        }
        let mut writer = encoder.write_header()?;
        writer.write_image_data(&opaque)?;
        writer.finish()?;
        Ok(bytes)
    }

    fn scale() -> Transform {
        let scale = (DENSITY / TENTHS) as f32;
        Transform::from_scale(scale, scale)
    }

    fn fill(&mut self, path: Option<Path>, colour: BackendColor, placed: Transform) {
        if let Some(path) = path {
            self.map.fill_path(&path, &paint(colour), FillRule::Winding, placed, None);
        }
    }

    /// Fills a rectangle of the sheet, which is quicker than a path.
    fn fill_rect(&mut self, left: f64, top: f64, right: f64, bottom: f64, colour: BackendColor) {
        let dots = |tenths: f64| (tenths * (DENSITY / TENTHS)) as f32;
        if let Some(rect) = Rect::from_ltrb(dots(left), dots(top), dots(right), dots(bottom)) {
            self.map.fill_rect(rect, &paint(colour), Transform::identity(), None);
        }
    }

    fn stroke<S: BackendStyle>(&mut self, path: Option<Path>, style: &S) {
        let Some(path) = path else { return };
        let stroke = Stroke {
            width: style.stroke_width() as f32,
            line_cap: LineCap::Butt,
            line_join: LineJoin::Round,
            ..Stroke::default()
        };
        self.map.stroke_path(&path, &paint(style.color()), &stroke, Self::scale(), None);
    }
}

fn paint(colour: BackendColor) -> Paint<'static> {
    let mut paint = Paint::default();
    let (red, green, blue) = colour.rgb;
    paint.set_color_rgba8(red, green, blue, (colour.alpha.clamp(0.0, 1.0) * 255.0).round() as u8);
    paint
}

fn through(points: impl IntoIterator<Item = BackendCoord>, closed: bool) -> Option<Path> {
    let mut path = PathBuilder::new();
    for (x, y) in points {
        if path.is_empty() {
            path.move_to(x as f32, y as f32);
        } else {
            path.line_to(x as f32, y as f32);
        }
    }
    if closed {
        path.close();
    }
    path.finish()
}

fn ordered(a: i32, b: i32) -> (f64, f64) {
    (f64::from(a.min(b)), f64::from(a.max(b)))
}

impl DrawingBackend for Pixels {
    type ErrorType = Infallible;

    fn get_size(&self) -> (u32, u32) {
        self.size
    }

    fn ensure_prepared(&mut self) -> Drawn {
        Ok(())
    }

    fn present(&mut self) -> Drawn {
        Ok(())
    }

    fn draw_pixel(&mut self, (x, y): BackendCoord, colour: BackendColor) -> Drawn {
        let (x, y) = (f64::from(x), f64::from(y));
        self.fill_rect(x, y, x + 1.0, y + 1.0, colour);
        Ok(())
    }

    fn draw_line<S: BackendStyle>(&mut self, a: BackendCoord, b: BackendCoord, style: &S) -> Drawn {
        let half = f64::from(style.stroke_width()) / 2.0;
        let ((left, right), (top, bottom)) = (ordered(a.0, b.0), ordered(a.1, b.1));
        if top == bottom {
            self.fill_rect(left, top - half, right, top + half, style.color());
        } else if left == right {
            self.fill_rect(left - half, top, left + half, bottom, style.color());
        } else {
            self.stroke(through([a, b], false), style);
        }
        Ok(())
    }

    fn draw_rect<S: BackendStyle>(
        &mut self,
        upper_left: BackendCoord,
        bottom_right: BackendCoord,
        style: &S,
        fill: bool,
    ) -> Drawn {
        let (left, right) = ordered(upper_left.0, bottom_right.0);
        let (top, bottom) = ordered(upper_left.1, bottom_right.1);
        if fill {
            self.fill_rect(left, top, right, bottom, style.color());
        } else {
            let rect = Rect::from_ltrb(left as f32, top as f32, right as f32, bottom as f32);
            self.stroke(rect.map(PathBuilder::from_rect), style);
        }
        Ok(())
    }

    fn draw_path<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        points: I,
        style: &S,
    ) -> Drawn {
        let points: Vec<BackendCoord> = points.into_iter().collect();
        if let [a, b] = points[..] {
            return self.draw_line(a, b, style);
        }
        self.stroke(through(points, false), style);
        Ok(())
    }

    fn draw_circle<S: BackendStyle>(
        &mut self,
        (x, y): BackendCoord,
        radius: u32,
        style: &S,
        fill: bool,
    ) -> Drawn {
        let path = PathBuilder::from_circle(x as f32, y as f32, radius as f32);
        if fill {
            self.fill(path, style.color(), Self::scale());
        } else {
            self.stroke(path, style);
        }
        Ok(())
    }

    fn fill_polygon<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        points: I,
        style: &S,
    ) -> Drawn {
        self.fill(through(points, true), style.color(), Self::scale());
        Ok(())
    }

    fn draw_text<S: BackendTextStyle>(
        &mut self,
        text: &str,
        style: &S,
        (x, y): BackendCoord,
    ) -> Drawn {
        let weight = match style.style() {
            FontStyle::Bold => Weight::Bold,
            _ => Weight::Regular,
        };
        // plotters' sizes are of the line, its SVG backend's of the em.
        let size = style.size() / 1.24;
        let width = weight.width(text, size);
        let left = match style.anchor().h_pos {
            HPos::Left => 0.0,
            HPos::Center => -width / 2.0,
            HPos::Right => -width,
        };
        let baseline = match style.anchor().v_pos {
            VPos::Top => TEXT_TOP * size,
            VPos::Center => 0.27 * size,
            VPos::Bottom => -0.27 * size,
        };
        let degrees = match style.transform() {
            FontTransform::None => 0.0,
            FontTransform::Rotate90 => 90.0,
            FontTransform::Rotate180 => 180.0,
            FontTransform::Rotate270 => 270.0,
        };
        let placed = Self::scale()
            .pre_translate(x as f32, y as f32)
            .pre_concat(Transform::from_rotate(degrees));
        self.fill(outline(text, weight, size, left, baseline), style.color(), placed);
        Ok(())
    }
}

/// The letters of `text` as one path, from `left` along `baseline`.
fn outline(text: &str, weight: Weight, size: f64, left: f64, baseline: f64) -> Option<Path> {
    let mut path = PathBuilder::new();
    let mut pen = left;
    for letter in weight.letters(text) {
        let place = |p: ab_glyph::Point| {
            let scale = size / letter.em;
            ((pen + f64::from(p.x) * scale) as f32, (baseline - f64::from(p.y) * scale) as f32)
        };
        let mut end = None;
        for curve in letter.outline().map(|outline| outline.curves).unwrap_or_default() {
            let (from, to) = match curve {
                OutlineCurve::Line(a, b)
                | OutlineCurve::Quad(a, _, b)
                | OutlineCurve::Cubic(a, _, _, b) => (place(a), place(b)),
            };
            if end != Some(from) {
                path.move_to(from.0, from.1);
            }
            match curve {
                OutlineCurve::Line(..) => path.line_to(to.0, to.1),
                OutlineCurve::Quad(_, c, _) => {
                    let c = place(c);
                    path.quad_to(c.0, c.1, to.0, to.1);
                }
                OutlineCurve::Cubic(_, c, d, _) => {
                    let (c, d) = (place(c), place(d));
                    path.cubic_to(c.0, c.1, d.0, d.1, to.0, to.1);
                }
            }
            end = Some(to);
        }
        pen += letter.advance * size;
    }
    path.finish()
}
