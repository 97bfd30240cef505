//! Text of unknown origin, made safe for where it goes: one function for each way out.
//!
//! A name may come from any file. What would steer a terminal, hide in a text or turn it round
//! (control characters, marks of direction, characters of no width) becomes `�` everywhere; what
//! means something in one form alone is escaped for that form.

use std::borrow::Cow;
use std::fmt::Write as _;

use crate::checksum::sha256;

/// What stands for a character that must not pass.
const REPLACED: char = '\u{fffd}';

/// Whether a character is seen as what it is: no control, no mark of direction, no other character
/// that formats the text around it.
pub fn is_seen(c: char) -> bool {
    !c.is_control()
        && !matches!(c,
            '\u{ad}' | '\u{600}'..='\u{605}' | '\u{61c}' | '\u{6dd}' | '\u{70f}' | '\u{180e}'
            | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{fffe}' | '\u{ffff}'
            | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e007f}')
}

/// Characters that are seen, and the ends of lines and cells of a text.
fn seen(text: &str) -> Cow<'_, str> {
    let stays = |c: char| is_seen(c) || matches!(c, '\n' | '\t');
    if text.chars().all(stays) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.chars().map(|c| if stays(c) { c } else { REPLACED }).collect())
}

/// For a terminal.
pub fn terminal(text: &str) -> Cow<'_, str> {
    seen(text)
}

/// For a picture: what is drawn letter by letter, before it is written as [`markup`].
pub fn picture(text: &str) -> String {
    text.chars().map(|c| if is_seen(c) { c } else { ' ' }).collect()
}

/// For XML (SVG) and HTML, as text or in an attribute.
pub fn markup(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in seen(text).chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            c => safe.push(c),
        }
    }
    safe
}

/// For the label of a node in Mermaid or DOT, between double quotes.
pub fn label(text: &str) -> String {
    let line = |c: char| if matches!(c, '\n' | '\t' | '\\') { ' ' } else { c };
    markup(text).chars().map(line).collect::<String>().replace("&#39;", "'")
}

/// With what a spreadsheet takes a cell for a formula.
const FORMULA: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// A cell of words for CSV, before it is quoted: one that begins like a formula gets an apostrophe
/// before it, which our own readers take off again ([`without_guard`]).
pub fn cell(text: &str) -> Cow<'_, str> {
    if text.starts_with(FORMULA) { Cow::Owned(format!("'{}", seen(text))) } else { seen(text) }
}

/// A cell as it was before [`cell`] put an apostrophe before it.
pub fn without_guard(text: &str) -> &str {
    text.strip_prefix('\'').filter(|rest| rest.starts_with(FORMULA)).unwrap_or(text)
}

/// For a cell of a workbook, which is marked as text and holds no more than a cell can; and whether a
/// spreadsheet would take it for a formula once it is edited there.
pub fn sheet(text: &str) -> (Cow<'_, str>, bool) {
    /// Units of UTF-16.
    const MOST: usize = 32_767;
    let is_formula = text.starts_with(FORMULA);
    let text = seen(text);
    // A unit is at least a byte.
    if text.len() <= MOST {
        return (text, is_formula);
    }
    let mut units = 0;
    let fits = text.chars().take_while(|c| {
        units += c.len_utf16();
        units < MOST
    });
    let cut: String = fits.collect();
    let is_whole = cut.len() == text.len();
    (if is_whole { text } else { Cow::Owned(cut + "…") }, is_formula)
}

/// Adds a cell of words to a CSV text, quoted where it must be.
pub fn csv(text: &str, to: &mut String) {
    let safe = cell(text);
    let is_guarded = safe.len() != text.len() && safe.starts_with('\'');
    if is_guarded || safe.contains([',', '"', '\n', '\r']) {
        let _ = write!(to, "\"{}\"", safe.replace('"', "\"\""));
    } else {
        to.push_str(&safe);
    }
}

/// Adds a code to a CSV text: quoted, too, where it would be read as a number (`8E553`) or a day.
pub fn csv_code(text: &str, to: &mut String) {
    if text.parse::<f64>().is_ok() {
        let _ = write!(to, "\"{}\"", cell(text));
    } else {
        csv(text, to);
    }
}

/// A JSON document in which what is not seen is written as its number.
pub fn json(document: &str) -> Cow<'_, str> {
    let stays = |c: char| is_seen(c) || matches!(c, '\n' | '\t' | '\r');
    if document.chars().all(stays) {
        return Cow::Borrowed(document);
    }
    let mut safe = String::with_capacity(document.len());
    // Outside of strings there is none of them.
    for c in document.chars() {
        if stays(c) {
            safe.push(c);
        } else {
            for unit in c.encode_utf16(&mut [0; 2]) {
                let _ = write!(safe, "\\u{unit:04x}");
            }
        }
    }
    Cow::Owned(safe)
}

/// A text as TOML has it, in quotes.
pub fn toml(text: &str) -> String {
    let mut safe = "\"".to_owned();
    for c in text.chars() {
        match c {
            '"' | '\\' => safe.extend(['\\', c]),
            c if is_seen(c) => safe.push(c),
            c => {
                let _ = write!(safe, "\\U{:08x}", u32::from(c));
            }
        }
    }
    safe + "\""
}

/// What file systems of one kind or another keep for devices.
const DEVICES: [&str; 6] = ["con", "prn", "aux", "nul", "com", "lpt"];

/// A name, or a part of one, that every file system takes: small letters, digits, `-` and `_`, of no
/// more than 60 bytes. What is cut keeps its own by a hash.
pub fn file_name(text: &str) -> String {
    const MOST: usize = 60;
    let safe = |c: char| if c.is_alphanumeric() || matches!(c, '-' | '_') { c } else { '-' };
    let mut name: String = text.to_lowercase().chars().map(safe).collect();
    if name.len() > MOST {
        let hash = &sha256(text.as_bytes())[..8];
        let mut end = MOST - 9;
        while !name.is_char_boundary(end) {
            end -= 1;
        }
        name.truncate(end);
        name = format!("{name}-{hash}");
    }
    let is_device = DEVICES.contains(&name.trim_end_matches(|c: char| c.is_ascii_digit()));
    if name.is_empty() || is_device { name + "-" } else { name }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Title of a terminal, bell, C1 control, override of direction, no width, tag, end of line.
    const HOSTILE: [&str; 7] = [
        "\u{1b}]0;x\u{7}",
        "\u{9b}31m",
        "a\u{202e}b",
        "a\u{200b}b",
        "\u{feff}a",
        "a\u{e0041}",
        "a\u{2028}b",
    ];

    #[test]
    fn nothing_unseen_passes_any_way_out() {
        for text in HOSTILE {
            let mut csv_text = String::new();
            csv(text, &mut csv_text);
            let json = json(&serde_json::to_string(text).unwrap()).into_owned();
            assert_eq!(serde_json::from_str::<String>(&json).unwrap(), text);
            let ways = [
                terminal(text).into_owned(),
                picture(text),
                markup(text),
                label(text),
                sheet(text).0.into_owned(),
                csv_text,
                json,
                file_name(text),
            ];
            for way in ways {
                assert!(way.chars().all(is_seen), "{way:?}");
            }
        }
        assert!(matches!(terminal("Ångström – 日本\n"), Cow::Borrowed(_)));
    }

    #[test]
    fn a_cell_is_no_formula_and_a_code_no_number() {
        let rows = [
            ("=cmd|x", "\"'=cmd|x\""),
            ("+1", "\"'+1\""),
            ("-1", "\"'-1\""),
            ("@x", "\"'@x\""),
            ("\tx", "\"'\tx\""),
            ("a,\"b\"", "\"a,\"\"b\"\"\""),
            ("8E553", "\"8E553\""),
            ("00123", "\"00123\""),
            ("00V", "00V"),
        ];
        for (text, written) in rows {
            let mut cell = String::new();
            csv_code(text, &mut cell);
            assert_eq!(cell, written);
            let mut reader = csv_reader(&cell);
            let record = reader.records().next().unwrap().unwrap();
            assert_eq!(without_guard(&record[0]), text, "read again");
        }
        assert_eq!(without_guard("'tis"), "'tis");
    }

    #[test]
    fn a_cell_of_a_workbook_holds_what_a_cell_can() {
        assert_eq!(sheet("=1+1"), ("=1+1".into(), true));
        assert_eq!(sheet("a = b"), ("a = b".into(), false));
        for (text, is_cut) in [
            ("é".repeat(32_766), false),
            ("é".repeat(32_768), true),
            // Two units each.
            ("🌊".repeat(16_383), false),
            ("🌊".repeat(16_384), true),
            ("x".repeat(5_000_000), true),
        ] {
            let (safe, _) = sheet(&text);
            assert!(safe.encode_utf16().count() <= 32_767);
            assert_eq!(safe.ends_with('…'), is_cut, "{} bytes", text.len());
        }
    }

    fn csv_reader(text: &str) -> csv::Reader<&[u8]> {
        csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes())
    }

    #[test]
    fn markup_and_labels_hold_no_mark_of_their_form() {
        assert_eq!(markup("<a b=\"c\">&'"), "&lt;a b=&quot;c&quot;&gt;&amp;&#39;");
        assert_eq!(label("say \"x\"\n\\"), "say &quot;x&quot;  ");
    }

    #[test]
    fn toml_reads_the_same_text() {
        for text in HOSTILE.into_iter().chain(["a \"b\" \\ 'c'", "two\nlines", "\u{7f}"]) {
            let document = format!("a = {}", toml(text));
            let read: toml::Table = document.parse().unwrap();
            assert_eq!(read["a"].as_str(), Some(text), "{document}");
        }
    }

    #[test]
    fn names_of_files_are_short_and_known_everywhere() {
        assert_eq!(file_name("A/b ?"), "a-b--");
        assert_eq!(file_name("CON"), "con-");
        assert_eq!(file_name("com1"), "com1-");
        assert_eq!(file_name(""), "-");
        assert_eq!(file_name("../../etc"), "------etc");
        let long = file_name(&"é".repeat(4000));
        assert!(long.len() <= 60 && long != file_name(&"é".repeat(4001)), "{long}");
    }
}
