//! How text looks: sizes and weights, and text brought to a width.

use super::fonts::Weight;
use super::palette::{Colour, INK, QUIET};
use crate::escape::picture;

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
        self.weight.width(&picture(text), self.size)
    }

    /// The height of a line.
    pub(super) fn line(&self) -> f64 {
        (self.size * 1.3).round()
    }

    /// `text`, cut with an ellipsis where it is wider than `width`.
    pub(super) fn fit(&self, text: &str, width: f64) -> String {
        let text = picture(text);
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
        for word in picture(text).split_whitespace() {
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

/// Which side of a text its place is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Align {
    Left,
    Centre,
    Right,
}
