//! Words of messages: the nearest name, and texts kept short.

use crate::escape;

/// The name of `names` nearest to `read`, if any is near enough to be meant.
pub fn nearest<'a>(read: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let read = read.to_lowercase();
    // The same letters in another order are meant however far they moved: `itap` for `iapt`.
    let letters = |name: &str| {
        let mut letters: Vec<char> = name.to_lowercase().chars().collect();
        letters.sort_unstable();
        letters
    };
    let of_read = letters(&read);
    names
        .into_iter()
        .map(|name| (strsim::damerau_levenshtein(&read, &name.to_lowercase()), name))
        .filter(|(distance, name)| {
            *distance <= 1.max(name.chars().count().max(read.chars().count()) / 3)
                || letters(name) == of_read
        })
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
}

/// Names in a row; of many the first.
pub(super) fn list(names: &[&str]) -> String {
    const MOST: usize = 40;
    let shown = names.iter().take(MOST).copied().collect::<Vec<_>>().join(", ");
    if names.len() > MOST { format!("{shown}, … ({} in all)", names.len()) } else { shown }
}

/// A message whose quoted names are cut at 80 characters.
pub(super) fn with_short_names(message: &str) -> String {
    if message.len() <= 80 {
        return message.to_owned();
    }
    let parts = message.split('`').enumerate();
    let parts = parts.map(|(at, part)| if at % 2 == 1 { cut(part, 80) } else { part.to_owned() });
    parts.collect::<Vec<_>>().join("`")
}

/// Text of at most `most` characters.
pub(super) fn cut(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}

/// Untrusted text made safe for a terminal: control characters escaped, at most 240 characters.
pub fn printable(text: &str) -> String {
    const MOST: usize = 240;
    escape::terminal(&cut(text, MOST)).into_owned()
}

/// Lines of at most `width` columns, broken between words alone.
pub fn in_lines<'a>(width: usize) -> textwrap::Options<'a> {
    textwrap::Options::new(width)
        .break_words(false)
        .word_splitter(textwrap::WordSplitter::NoHyphenation)
}
