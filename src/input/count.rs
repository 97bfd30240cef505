//! One cell that counts people or events. Marks such as `*`, `[c]` and `<5` say that a count is
//! withheld or not available: missing, never zero.

/// Marks of a missing count, in lower case.
const MISSING: [&str; 32] = [
    "",
    "*",
    "**",
    "-",
    "–",
    "—",
    "c",
    "x",
    "z",
    "s",
    "w",
    ":",
    ".",
    "..",
    "...",
    "#",
    "~",
    "?",
    "na",
    "n/a",
    "#n/a",
    "null",
    "none",
    "nan",
    "nil return",
    "suppressed",
    "withheld",
    "missing",
    "not available",
    "no data",
    "data not available",
    "not collected",
];

/// A text that is no count.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum NotACount {
    /// Neither a number nor a mark.
    NotANumber,
    /// A number below nothing.
    Negative,
    /// `1.003` where semicolons part the cells: a thousand and three, or one and a bit.
    Grouped,
}

impl NotACount {
    /// What is wrong.
    pub(crate) fn message(self) -> &'static str {
        match self {
            Self::NotANumber => "not a count",
            Self::Negative => "a count can't be negative",
            Self::Grouped => "a point before three digits: thousands, or not?",
        }
    }
}

/// What a count may look like.
pub(crate) const COUNTS: &str = "a number such as 1234 or \"1,234\"; blank, *, -, c, <5 or NULL if \
                                 it is not known";

/// Reads a cell: a count, or nothing where it is missing. `has_semicolons` where they part cells.
pub(crate) fn read(text: &str, has_semicolons: bool) -> Result<Option<f64>, NotACount> {
    let text = text.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
    if is_missing(text) {
        return Ok(None);
    }
    if has_semicolons && is_grouped_by_points(text) {
        return Err(NotACount::Grouped);
    }
    let plain = without_marks(text);
    let value = number(plain, has_semicolons).ok_or(NotACount::NotANumber)?;
    let is_negative = value < 0.0 || plain.starts_with('(');
    if is_negative && value != 0.0 { Err(NotACount::Negative) } else { Ok(Some(value.abs())) }
}

/// Whether a text marks a count as missing, or blurs it: `*`, `[c]`, `<5`, `1-9`.
pub(crate) fn is_missing(text: &str) -> bool {
    let text = text.trim();
    if text.as_bytes().first().is_some_and(u8::is_ascii_digit) {
        return is_range(text);
    }
    let text = text.to_lowercase();
    let bare = text.strip_prefix('[').and_then(|text| text.strip_suffix(']'));
    let bare = bare.or_else(|| text.strip_prefix('(')?.strip_suffix(')'));
    // Any letter in brackets is a mark of the publisher's: [c], [x], [low].
    let is_mark = bare.is_some_and(|bare| {
        !bare.is_empty() && bare.chars().all(|c| c.is_alphabetic() || c == '*' || c == ' ')
    });
    let is_below = text
        .strip_prefix(['<', '≤'])
        .is_some_and(|rest| rest.trim_start_matches(['=', ' ']).parse::<f64>().is_ok());
    is_mark || is_below || MISSING.contains(&text.as_str())
}

/// `1-9`, `1 to 4`.
pub(crate) fn is_range(text: &str) -> bool {
    let ends = text.split_once(['-', '–']).or_else(|| text.split_once(" to "));
    let ends = ends.map(|(low, high)| (low.trim().parse::<u32>(), high.trim().parse::<u32>()));
    matches!(ends, Some((Ok(low), Ok(high))) if low < high && high <= 1000)
}

/// `123*`, `123 [r]`, `123 (p)`, `123p` without what stands behind the number.
fn without_marks(text: &str) -> &str {
    let mut text = text.trim_end_matches(['*', '†', '‡', '^', ' ']);
    for (open, close) in [('[', ']'), ('(', ')')] {
        if let (true, Some(at @ 1..)) = (text.ends_with(close), text.rfind(open)) {
            text = text[..at].trim_end();
        }
    }
    match text.strip_suffix(['p', 'r', 'e']) {
        Some(rest) if rest.ends_with(|c: char| c.is_ascii_digit()) => rest,
        _ => text,
    }
}

/// A finite number; thousands may be parted by commas or blanks, a decimal comma stands where
/// semicolons part the cells.
fn number(text: &str, has_semicolons: bool) -> Option<f64> {
    let text = text.strip_prefix('(').and_then(|text| text.strip_suffix(')')).unwrap_or(text);
    let is_blank = |c: char| matches!(c, ' ' | '\u{a0}' | '\u{2009}' | '\u{202f}');
    let number = if text.contains(',') {
        grouped(text, |c| c == ',').or_else(|| {
            let is_one = has_semicolons && text.matches(',').count() == 1 && !text.contains('.');
            is_one.then(|| text.replace(',', "."))
        })?
    } else if text.contains(is_blank) {
        grouped(text, is_blank)?
    } else {
        text.to_owned()
    };
    // Rust reads `inf` and `nan`; a count is digits.
    let is_digits = number.bytes().any(|byte| byte.is_ascii_digit());
    number.parse().ok().filter(|value: &f64| value.is_finite() && is_digits)
}

/// `1,234,567.5` without its commas: groups of three digits after the first.
fn grouped(text: &str, is_mark: impl Fn(char) -> bool + Copy) -> Option<String> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let mut groups = whole.trim_start_matches('-').split(is_mark);
    let is_sound = groups.next().is_some_and(|first| (1..=3).contains(&first.len()))
        && groups.all(|group| group.len() == 3);
    let is_sound = is_sound && !fraction.contains(is_mark);
    is_sound.then(|| text.chars().filter(|c| !is_mark(*c)).collect())
}

/// `1.003`: where semicolons part the cells, a thousand and three as likely as one and a bit.
fn is_grouped_by_points(text: &str) -> bool {
    let mut groups = text.split('.');
    let is_first = groups.next().is_some_and(|first| (1..=3).contains(&first.len()));
    let mut others = groups.peekable();
    let is_group = |group: &str| group.len() == 3 && group.bytes().all(|b| b.is_ascii_digit());
    is_first && others.peek().is_some() && others.all(is_group)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_missing_and_never_zero() {
        for mark in [
            "*",
            "-",
            "–",
            "c",
            "NULL",
            "null",
            "",
            " ",
            "[x]",
            "[c]",
            "[low]",
            "<5",
            "< 5",
            "<=7",
            "1-9",
            "1 to 4",
            "N/A",
            "(c)",
            "Suppressed",
            "..",
        ] {
            assert_eq!(read(mark, false), Ok(None), "{mark:?}");
        }
        assert_eq!(read("0", false), Ok(Some(0.0)));
    }

    #[test]
    fn thousands_and_marks_behind_a_number_are_read() {
        for (text, value) in [
            ("1,234", 1234.0),
            ("1 234", 1234.0),
            ("1\u{a0}234", 1234.0),
            ("1,234,567.5", 1_234_567.5),
            ("123*", 123.0),
            ("123 [r]", 123.0),
            ("1,234 (p)", 1234.0),
            ("123p", 123.0),
            ("12.0", 12.0),
        ] {
            assert_eq!(read(text, false), Ok(Some(value)), "{text}");
        }
        assert_eq!(read("1234,5", true), Ok(Some(1234.5)));
        assert_eq!(read("1,234", true), Ok(Some(1234.0)));
        assert_eq!(read("1.003", true), Err(NotACount::Grouped));
        for text in ["-5", "(5)", "-1,234"] {
            assert_eq!(read(text, false), Err(NotACount::Negative), "{text}");
        }
        for text in ["1,23", "12 or so", "inf", "12o", "£5", "95%", "1e999", "1.2,345", "2-1"] {
            assert_eq!(read(text, false), Err(NotACount::NotANumber), "{text}");
        }
    }
}
