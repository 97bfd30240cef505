//! Noto Sans, compiled in: widths of text, outlines of letters, and the subset an SVG carries.
//!
//! Widths are sums of the letters' advances. Nothing is kerned: the subset keeps no kerning
//! tables, so a browser sets the same widths as are measured here.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use ab_glyph::{Font as _, FontRef, InvalidFont, Outline};
use anyhow::Context as _;

/// The name under which an SVG asks for the font; the others stand in where it can't be loaded,
/// and are no wider.
pub(super) const FAMILY: &str = "Noto Sans, Arial, Helvetica, sans-serif";

/// The two weights in use.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Weight {
    Regular,
    Bold,
}

type Parsed = Result<FontRef<'static>, InvalidFont>;
static REGULAR: LazyLock<Parsed> = LazyLock::new(|| FontRef::try_from_slice(notosans::REGULAR_TTF));
static BOLD: LazyLock<Parsed> = LazyLock::new(|| FontRef::try_from_slice(notosans::BOLD_TTF));

impl Weight {
    const fn bytes(self) -> &'static [u8] {
        match self {
            Self::Regular => notosans::REGULAR_TTF,
            Self::Bold => notosans::BOLD_TTF,
        }
    }

    fn font(self) -> Option<&'static FontRef<'static>> {
        match self {
            Self::Regular => REGULAR.as_ref().ok(),
            Self::Bold => BOLD.as_ref().ok(),
        }
    }

    /// The width of `text` at `size` pixels to the em.
    pub(super) fn width(self, text: &str, size: f64) -> f64 {
        self.letters(text).map(|letter| letter.advance).sum::<f64>() * size
    }

    /// The letters of `text`, in units of the em.
    pub(super) fn letters(self, text: &str) -> impl Iterator<Item = Letter> {
        self.font().into_iter().flat_map(move |font| {
            let em = f64::from(font.units_per_em().unwrap_or(1000.0));
            text.chars().map(move |c| {
                let id = font.glyph_id(c);
                Letter { font, id, advance: f64::from(font.h_advance_unscaled(id)) / em, em }
            })
        })
    }

    /// An OpenType font of the letters in `used` alone.
    pub(super) fn subset(self, used: &BTreeSet<char>) -> anyhow::Result<Vec<u8>> {
        let font = font_subset::Font::opentype(self.bytes()).context("cannot read the font")?;
        Ok(font.subset(used).context("cannot cut the font")?.to_opentype())
    }
}

/// One letter of a text.
pub(super) struct Letter {
    font: &'static FontRef<'static>,
    id: ab_glyph::GlyphId,
    /// How far the next letter stands from it, in ems.
    pub(super) advance: f64,
    /// The font's units to the em.
    pub(super) em: f64,
}

impl Letter {
    /// Its curves in the font's units, y upwards; a space has none.
    pub(super) fn outline(&self) -> Option<Outline> {
        self.font.outline(self.id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subset_has_the_letters_asked_for_and_their_widths() {
        let used: BTreeSet<char> = "Referrals, 95% – £1,000 ≥ 6".chars().collect();
        for weight in [Weight::Regular, Weight::Bold] {
            let bytes = weight.subset(&used).unwrap();
            assert!(bytes.len() < 20_000, "{}", bytes.len());
            let small = FontRef::try_from_slice(&bytes).unwrap();
            let em = f64::from(small.units_per_em().unwrap());
            for c in &used {
                let advance = f64::from(small.h_advance_unscaled(small.glyph_id(*c))) / em;
                assert!((advance - weight.width(&c.to_string(), 1.0)).abs() < 1e-9, "{c}");
            }
            assert_eq!(small.glyph_id('z').0, 0, "not asked for");
        }
    }
}
