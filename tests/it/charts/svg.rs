//! Enough of an SVG reader to check the pictures: tags that close, and the box of every text.

use ab_glyph::{Font as _, FontRef};

pub struct Text {
    pub words: String,
    pub left: f64,
    pub right: f64,
    pub top: f64,
    pub bottom: f64,
}

pub struct Picture {
    pub title: String,
    pub description: String,
    pub width: f64,
    pub height: f64,
    pub texts: Vec<Text>,
}

impl Picture {
    pub fn read(svg: &str) -> Result<Self, String> {
        let mut picture = Self {
            title: String::new(),
            description: String::new(),
            width: 0.0,
            height: 0.0,
            texts: vec![],
        };
        let mut open: Vec<(String, String)> = Vec::new();
        let mut rest = svg;
        while let Some(start) = rest.find('<') {
            let content = &rest[..start];
            if content.contains('>') {
                return Err(format!("a bare > in {content}"));
            }
            let end = rest[start..].find('>').ok_or("a tag without an end")? + start;
            let tag = &rest[start + 1..end];
            rest = &rest[end + 1..];
            if tag.matches('"').count() % 2 == 1 {
                return Err(format!("an odd number of quotes in {tag}"));
            }
            if let Some(name) = tag.strip_prefix('/') {
                let (opened, attributes) = open.pop().ok_or("nothing to close")?;
                if opened != name {
                    return Err(format!("{name} closes {opened}"));
                }
                picture.take(name, &attributes, &unescape(content)?)?;
            } else if !tag.ends_with('/') {
                let (name, attributes) = tag.split_once(' ').unwrap_or((tag, ""));
                if name == "svg" {
                    picture.width = number(attributes, "width")?;
                    picture.height = number(attributes, "height")?;
                }
                open.push((name.to_owned(), attributes.to_owned()));
            }
        }
        if open.is_empty() { Ok(picture) } else { Err(format!("{open:?} left open")) }
    }

    fn take(&mut self, name: &str, attributes: &str, content: &str) -> Result<(), String> {
        match name {
            "title" => content.clone_into(&mut self.title),
            "desc" => content.clone_into(&mut self.description),
            "text" => self.texts.push(text(attributes, content.trim())?),
            _ => (),
        }
        Ok(())
    }

    /// Texts that leave the sheet or meet.
    pub fn problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        for (i, a) in self.texts.iter().enumerate() {
            let inside =
                a.left >= 0.0 && a.top >= 0.0 && a.right <= self.width && a.bottom <= self.height;
            if !inside {
                problems.push(format!(
                    "`{}` leaves the sheet ({:.0} to {:.0})",
                    a.words, a.left, a.right
                ));
            }
            for b in &self.texts[i + 1..] {
                let meet =
                    a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
                if meet {
                    problems.push(format!(
                        "`{}` meets `{}` at {:.0}, {:.0}",
                        a.words, b.words, a.left, a.top
                    ));
                }
            }
        }
        problems
    }
}

fn text(attributes: &str, words: &str) -> Result<Text, String> {
    let bytes = if attributes.contains("font-weight=\"bold\"") {
        notosans::BOLD_TTF
    } else {
        notosans::REGULAR_TTF
    };
    let font = FontRef::try_from_slice(bytes).map_err(|e| e.to_string())?;
    let size = number(attributes, "font-size")? / 10.0;
    let em = f64::from(font.units_per_em().unwrap());
    let width: f64 = words
        .chars()
        .map(|c| f64::from(font.h_advance_unscaled(font.glyph_id(c))) / em * size)
        .sum();
    let x = number(attributes, "x")? / 10.0;
    let left = match attribute(attributes, "text-anchor")? {
        "start" => x,
        "middle" => x - width / 2.0,
        _ => x - width,
    };
    // The letters' own height: capitals and descenders.
    let baseline = number(attributes, "y")? / 10.0 + 0.76 * size;
    let (top, bottom) = (baseline - 0.74 * size, baseline + 0.22 * size);
    Ok(Text { words: words.to_owned(), left, right: left + width, top, bottom })
}

fn attribute<'a>(attributes: &'a str, name: &str) -> Result<&'a str, String> {
    let start = format!(" {name}=\"");
    let padded = attributes.strip_prefix(&start[1..]);
    let value = padded.or_else(|| attributes.split_once(&start).map(|(_, value)| value));
    let value = value.ok_or_else(|| format!("no {name} in {attributes}"))?;
    Ok(value.split('"').next().unwrap_or(""))
}

fn number(attributes: &str, name: &str) -> Result<f64, String> {
    attribute(attributes, name)?.parse().map_err(|e| format!("{name}: {e}"))
}

fn unescape(text: &str) -> Result<String, String> {
    let known = ["&lt;", "&gt;", "&quot;", "&apos;", "&amp;"];
    for (at, _) in text.match_indices('&') {
        if !known.iter().any(|entity| text[at..].starts_with(entity)) {
            return Err(format!("a bare & in {text}"));
        }
    }
    let plain = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&apos;", "'"), ("&amp;", "&")];
    Ok(plain.iter().fold(text.to_owned(), |text, (from, to)| text.replace(from, to)))
}
