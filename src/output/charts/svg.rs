//! What plotters' SVG backend leaves to be done: the size in whole pixels, a title and a
//! description for those who can't see the picture, and the letters of the font itself, so that
//! it looks the same everywhere.

use crate::escape::markup;
use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::fonts::Weight;
use super::sheet::Used;

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
    base64(svg, &weight.subset(used)?);
    svg.push_str(")}");
    Ok(())
}

fn base64(out: &mut String, bytes: &[u8]) {
    const SIGNS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for three in bytes.chunks(3) {
        let byte = |i: usize| u32::from(three.get(i).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for i in 0..4 {
            let sign = SIGNS[(bits >> (18 - 6 * i) & 63) as usize];
            out.push(if i <= three.len() { char::from(sign) } else { '=' });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_of_the_standard_s_examples() {
        for (plain, coded) in
            [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")]
        {
            let mut out = String::new();
            base64(&mut out, plain.as_bytes());
            assert_eq!(out, coded);
        }
    }
}
