//! A TOML document read key by key, so that every problem of it is found and pointed at.
//!
//! serde stops at the first mistake; a person with five typing mistakes should see five.

mod date;
mod nested;
mod number;

use std::cell::RefCell;
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

pub use nested::Given;
pub use number::{bounds_text, number_text, ordered, share_of_percent};

use crate::diagnostics::{Place, Problem, Problems, Source, nearest};

/// Parses `source` and hands its root table to `read`; syntax errors are all reported.
pub fn read_document<T>(
    source: &Source,
    problems: &mut Problems,
    read: impl FnOnce(&Keys<'_>) -> T,
) -> Option<T> {
    let (table, errors) = DeTable::parse_recoverable(&source.text);
    for error in &errors {
        let place = error.span().map_or_else(|| source.whole(), |span| source.at(span));
        let message = error.message().replace('\n', " ");
        problems.push(
            Problem::error(place, message)
                .allowed("TOML: key = value, texts in quotes, decimals with a point"),
        );
    }
    if !errors.is_empty() {
        return None;
    }
    let found = RefCell::new(Problems::default());
    let keys = Keys::new(source, table.get_ref(), table.span(), &found);
    let value = read(&keys);
    keys.finish();
    problems.extend(found.into_inner());
    Some(value)
}

/// A value with the place it was read at.
#[derive(Clone, Debug)]
pub struct Read<T> {
    /// The value.
    pub value: T,
    /// Where it stands.
    pub place: Place,
}

/// The keys of one table; those never asked for are unknown.
pub struct Keys<'a> {
    source: &'a Source,
    table: &'a DeTable<'a>,
    span: Range<usize>,
    asked: RefCell<Vec<&'static str>>,
    problems: &'a RefCell<Problems>,
}

impl<'a> Keys<'a> {
    fn new(
        source: &'a Source,
        table: &'a DeTable<'a>,
        span: Range<usize>,
        problems: &'a RefCell<Problems>,
    ) -> Self {
        Self { source, table, span, asked: RefCell::default(), problems }
    }

    /// Where the table begins.
    pub fn place(&self) -> Place {
        // The root table spans the whole file: its first line says nothing.
        if self.span.start == 0 { self.source.whole() } else { self.source.at(self.span.clone()) }
    }

    /// Adds a problem.
    pub fn problem(&self, problem: Problem) {
        self.problems.borrow_mut().push(problem);
    }

    /// Says that `key` must be there.
    pub fn missing(&self, key: &str, example: &str) {
        self.problem(
            Problem::error(self.place(), format!("the key `{key}` is missing")).suggest(example),
        );
    }

    fn value(&self, key: &'static str) -> Option<&'a Spanned<DeValue<'a>>> {
        self.asked.borrow_mut().push(key);
        self.table.iter().find(|(k, _)| k.get_ref() == key).map(|(_, v)| v)
    }

    fn wrong<T>(&self, value: &Spanned<DeValue<'_>>, wanted: &str) -> Option<T> {
        let place = self.source.at(value.span());
        let read = self.source.text.get(value.span()).unwrap_or_default();
        let mut problem = Problem::error(place, format!("{wanted} is wanted here")).read(read);
        // `[[waves]]` where `waves` is a text, and `[[wave]]` a list.
        if value.get_ref().is_array() || value.get_ref().is_table() {
            let asked = self.asked.borrow();
            let own = self.table.iter().find(|(_, own)| own.span() == value.span());
            let near = own.and_then(|(own, _)| {
                let others = asked.iter().copied().filter(|key| *key != own.get_ref().as_ref());
                nearest(own.get_ref(), others)
            });
            problem.suggestion = near.map(|near| format!("[[{near}]]"));
        }
        self.problem(problem);
        None
    }

    fn read<T>(&self, value: &Spanned<DeValue<'_>>, inner: T) -> Read<T> {
        Read { value: inner, place: self.source.at(value.span()) }
    }

    /// Whether the table holds `key`, rightly or wrongly: one with a slip in its name is unknown, and
    /// not missing too.
    pub fn has(&self, key: &str) -> bool {
        self.table.iter().any(|(own, _)| nearest(own.get_ref(), [key]).is_some())
    }

    /// A text.
    pub fn text(&self, key: &'static str) -> Option<Read<String>> {
        let value = self.value(key)?;
        match value.get_ref() {
            DeValue::String(text) => Some(self.read(value, text.to_string())),
            _ => self.wrong(value, "a text in quotes"),
        }
    }

    /// `true` or `false`.
    pub fn flag(&self, key: &'static str) -> Option<Read<bool>> {
        let value = self.value(key)?;
        match value.get_ref() {
            DeValue::Boolean(flag) => Some(self.read(value, *flag)),
            _ => self.wrong(value, "true or false"),
        }
    }

    /// One of a few names.
    pub fn choice<T: Copy>(&self, key: &'static str, names: &[(&str, T)]) -> Option<Read<T>> {
        let text = self.text(key)?;
        match names.iter().find(|(name, _)| *name == text.value) {
            Some((_, value)) => Some(Read { value: *value, place: text.place }),
            None => {
                self.problem(
                    Problem::error(text.place, format!("unknown `{key}`"))
                        .choose(&text.value, names.iter().map(|(name, _)| *name)),
                );
                None
            }
        }
    }

    /// Complains of every key that was never asked for.
    fn finish(&self) {
        let asked = self.asked.borrow();
        for (key, _) in self.table {
            let name: &str = key.get_ref();
            if !asked.contains(&name) {
                let place = self.source.at(key.span());
                self.problem(
                    Problem::error(place, format!("unknown key `{name}`"))
                        .choose(name, asked.iter().copied()),
                );
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems_of(text: &str) -> String {
        let mut problems = Problems::default();
        read_document(&Source::new("s.toml", text), &mut problems, |keys| {
            keys.text("name");
            keys.month("start");
            keys.uncertain("height", 0.0, 1.0);
            keys.list("wave", |_, wave| wave.day("peak"));
        });
        problems.render(false)
    }

    #[test]
    fn every_mistake_is_reported_not_only_the_first() {
        let text = problems_of(
            "nmae = \"x\"\nstart = \"2020-13\"\nheight = { low = 0.9, central = 0.5, high = 0.2 }\n[[wave]]\npeek = \"2020-04-01\"\n",
        );
        for part in ["`nmae`", "try: name", "month 13", "low is above high", "`peek`", "try: peak"]
        {
            assert!(text.contains(part), "{part} is missing in\n{text}");
        }
    }

    #[test]
    fn syntax_errors_have_their_line() {
        assert!(problems_of("name = \"x\nstart = 3").contains("s.toml:1"));
    }

    #[test]
    fn bare_dates_and_whole_numbers_are_understood() {
        assert_eq!(problems_of("start = 2020-04-01\nheight = 1\n"), "");
    }
}
