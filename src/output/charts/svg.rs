//! What plotters' SVG backend leaves to be done: the size in whole pixels, a title and a
//! description for those who can't see the picture, and the letters of the font itself, so that
//! it looks the same everywhere.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::fonts::Weight;
use super::sheet::Used;
use crate::escape::markup;

/// Gives `drawn`, an SVG in tenths of a pixel, its root, words and font.
pub(super) fn finish(
    drawn: &str,
    (width, height): (f64, f64),
    title: &str,
    description: &str,
    used: &Used,
) -> anyhow::Result<String> {
    let body = drawn.split_once(">\n").map_or("", |(_, body)| body);
    let mut svg = String::with_capacity(drawn.len() + 40_000);
    writeln!(
        svg,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
         viewBox=\"0 0 {}0 {}0\" role=\"img\" \
         stroke-linejoin=\"round\">\n<title>{}</title>\n<desc>{}</desc>",
        width,
        height,
        markup(title),
        markup(description)
    )?;
    svg.push_str("<style>");
    face(&mut svg, Weight::Regular, &used.regular)?;
    face(&mut svg, Weight::Bold, &used.bold)?;
    svg.push_str("text{font-kerning:none}</style>\n");
    svg.push_str(body);
    Ok(svg)
}

fn face(svg: &mut String, weight: Weight, used: &BTreeSet<char>) -> anyhow::Result<()> {
    if used.is_empty() {
        return Ok(());
    }
    let name = match weight {
        Weight::Regular => "normal",
        Weight::Bold => "bold",
    };
    write!(
        svg,
        "@font-face{{font-family:'Noto Sans';font-weight:{name};\
         src:url(data:font/ttf;base64,"
    )?;
    STANDARD.encode_string(weight.subset(used)?, svg);
    svg.push_str(")}");
    Ok(())
}
