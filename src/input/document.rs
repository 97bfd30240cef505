//! A TOML document read key by key, so that every problem of it is found and pointed at.
//!
//! serde stops at the first mistake; a person with five typing mistakes should see five.

use std::cell::RefCell;
use std::ops::Range;

use jiff::civil::Date;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::diagnostics::{Place, Problem, Problems, Source};
use crate::draw::{Scale, Uncertain};
use crate::month::{MONTH_FORMS, Month, MonthError, parse_date};

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
        problems.push(Problem::error(place, message).allowed("TOML: key = value, texts in quotes"));
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
        self.problem(Problem::error(place, format!("{wanted} is wanted here")).read(read));
        None
    }

    fn read<T>(&self, value: &Spanned<DeValue<'_>>, inner: T) -> Read<T> {
        Read { value: inner, place: self.source.at(value.span()) }
    }

    /// Whether the table holds `key`, rightly or wrongly.
    pub fn has(&self, key: &str) -> bool {
        self.table.iter().any(|(k, _)| k.get_ref() == key)
    }

    /// A text.
    pub fn text(&self, key: &'static str) -> Option<Read<String>> {
        let value = self.value(key)?;
        match value.get_ref() {
            DeValue::String(text) => Some(self.read(value, text.to_string())),
            _ => self.wrong(value, "a text in quotes"),
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

    /// A whole number within `allowed`.
    pub fn whole(&self, key: &'static str, allowed: Range<usize>) -> Option<Read<usize>> {
        let value = self.value(key)?;
        let DeValue::Integer(number) = value.get_ref() else {
            return self.wrong(value, "a whole number");
        };
        match usize::from_str_radix(number.as_str(), number.radix()) {
            Ok(n) if allowed.contains(&n) => Some(self.read(value, n)),
            _ => {
                let text = format!("{} to {}", allowed.start, allowed.end - 1);
                self.problem(
                    Problem::error(
                        self.source.at(value.span()),
                        format!("`{key}` is out of range"),
                    )
                    .read(number.as_str())
                    .allowed(text),
                );
                None
            }
        }
    }

    /// A number within `least..=most`.
    pub fn number(&self, key: &'static str, least: f64, most: f64) -> Option<Read<f64>> {
        let value = self.value(key)?;
        let number = plain_number(value.get_ref());
        let Some(number) = number else { return self.wrong(value, "a number") };
        let read = self.read(value, number);
        self.in_bounds(key, &read, least, most).then_some(read)
    }

    fn in_bounds(&self, key: &str, read: &Read<f64>, least: f64, most: f64) -> bool {
        let fits = (least..=most).contains(&read.value);
        if !fits {
            let mut problem =
                Problem::error(read.place.clone(), format!("`{key}` is out of range"))
                    .read(number_text(read.value))
                    .allowed(bounds_text(least, most));
            if let Some(share) = share_of_percent(read.value, most).filter(|s| *s >= least) {
                problem = problem.suggest(format!("{share}, if {} is a percentage", read.value));
            }
            self.problem(problem);
        }
        fits
    }

    /// A number or a range `{ low, central, high, scale }`, each value within `least..=most`.
    pub fn uncertain(&self, key: &'static str, least: f64, most: f64) -> Option<Read<Uncertain>> {
        let value = self.value(key)?;
        if let Some(number) = plain_number(value.get_ref()) {
            let read = self.read(value, number);
            return self.in_bounds(key, &read, least, most).then(|| Read {
                value: Uncertain::point(number).within(least, most),
                place: read.place,
            });
        }
        let DeValue::Table(table) = value.get_ref() else {
            return self.wrong(value, "a number or { low = …, central = …, high = … }");
        };
        let keys = Keys::new(self.source, table, value.span(), self.problems);
        let part = |name| keys.number(name, least, most);
        let (low, central, high) = (part("low"), part("central"), part("high"));
        let scale = keys.choice(
            "scale",
            &[("linear", Scale::Linear), ("log", Scale::Log), ("logit", Scale::Logit)],
        );
        for name in ["low", "central", "high"] {
            if !keys.has(name) {
                keys.missing(name, "{ low = 0.6, central = 0.8, high = 0.9 }");
            }
        }
        keys.finish();
        let (low, central, high) = (low?.value, central?.value, high?.value);
        let place = self.source.at(value.span());
        match ordered(low, central, high) {
            Ok(()) => {
                let range = Uncertain::range(low, central, high)
                    .within(least, most)
                    .on(scale.map_or(Scale::Linear, |s| s.value));
                Some(Read { value: range, place })
            }
            Err((message, allowed)) => {
                self.problem(
                    Problem::error(place, message)
                        .read(format!(
                            "low {}, central {}, high {}",
                            number_text(low),
                            number_text(central),
                            number_text(high)
                        ))
                        .allowed(allowed),
                );
                None
            }
        }
    }

    /// A month, in any of the forms of a baseline, or a bare TOML date.
    pub fn month(&self, key: &'static str) -> Option<Read<Month>> {
        self.dated(key, "a month such as \"2020-04\"", str::parse, MONTH_FORMS)
    }

    /// A day.
    pub fn day(&self, key: &'static str) -> Option<Read<Date>> {
        let first = |text: &str| {
            parse_date(text).or_else(|error| match text.parse::<Month>() {
                Ok(month) => parse_date(&month.first_day()),
                Err(_) => Err(error),
            })
        };
        self.dated(key, "a day such as \"2020-04-01\"", first, "2020-04-01, 01/04/2020 or 2020-04")
    }

    fn dated<T>(
        &self,
        key: &'static str,
        wanted: &str,
        parse: impl FnOnce(&str) -> Result<T, MonthError>,
        allowed: &str,
    ) -> Option<Read<T>> {
        let value = self.value(key)?;
        let text = match value.get_ref() {
            DeValue::String(text) => text.to_string(),
            DeValue::Datetime(date) => date.to_string(),
            _ => return self.wrong(value, wanted),
        };
        match parse(&text) {
            Ok(date) => Some(self.read(value, date)),
            Err(error) => {
                let mut problem = Problem::error(self.source.at(value.span()), error.to_string())
                    .read(&text)
                    .allowed(allowed);
                if let Some(suggestion) = error.suggestion() {
                    problem = problem.suggest(suggestion);
                }
                self.problem(problem);
                None
            }
        }
    }

    /// A sub-table, read by `read`.
    pub fn table<T>(&self, key: &'static str, read: impl FnOnce(&Keys<'_>) -> T) -> Option<T> {
        let value = self.value(key)?;
        let DeValue::Table(table) = value.get_ref() else {
            return self.wrong(value, &format!("a table [{key}]"));
        };
        let keys = Keys::new(self.source, table, value.span(), self.problems);
        let result = read(&keys);
        keys.finish();
        Some(result)
    }

    /// A sub-table of sub-tables with names of the user's own.
    pub fn named_tables<T>(
        &self,
        key: &'static str,
        mut read: impl FnMut(&str, &Keys<'_>) -> Option<T>,
    ) -> Vec<T> {
        let Some(value) = self.value(key) else { return Vec::new() };
        let DeValue::Table(table) = value.get_ref() else {
            return self.wrong(value, &format!("tables [{key}.NAME]")).unwrap_or_default();
        };
        let mut results = Vec::new();
        for (name, value) in table {
            let DeValue::Table(inner) = value.get_ref() else {
                self.wrong::<()>(value, &format!("a table [{key}.{}]", name.get_ref()));
                continue;
            };
            let keys = Keys::new(self.source, inner, value.span(), self.problems);
            results.extend(read(name.get_ref(), &keys));
            keys.finish();
        }
        results
    }

    /// A list of tables `[[key]]`, each read by `read`; nothing where the key is absent.
    pub fn list<T>(
        &self,
        key: &'static str,
        mut read: impl FnMut(usize, &Keys<'_>) -> Option<T>,
    ) -> Option<Vec<T>> {
        let value = self.value(key)?;
        let DeValue::Array(items) = value.get_ref() else {
            return self.wrong(value, &format!("a list of tables [[{key}]]"));
        };
        let mut results = Vec::new();
        for (index, item) in items.iter().enumerate() {
            let DeValue::Table(table) = item.get_ref() else {
                self.wrong::<()>(item, &format!("a table [[{key}]]"));
                continue;
            };
            let keys = Keys::new(self.source, table, item.span(), self.problems);
            results.extend(read(index, &keys));
            keys.finish();
        }
        Some(results)
    }

    /// A list of texts.
    pub fn texts(&self, key: &'static str) -> Option<Vec<Read<String>>> {
        let value = self.value(key)?;
        let items = match value.get_ref() {
            DeValue::Array(items) => items,
            DeValue::String(text) => return Some(vec![self.read(value, text.to_string())]),
            _ => return self.wrong(value, "a list of texts"),
        };
        let mut texts = Vec::new();
        for item in items {
            match item.get_ref() {
                DeValue::String(text) => texts.push(self.read(item, text.to_string())),
                _ => {
                    self.wrong::<()>(item, "a text in quotes");
                }
            }
        }
        Some(texts)
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

fn plain_number(value: &DeValue<'_>) -> Option<f64> {
    let number = match value {
        DeValue::Integer(n) => i64::from_str_radix(n.as_str(), n.radix()).ok()? as f64,
        DeValue::Float(n) => n.as_str().parse().ok()?,
        _ => return None,
    };
    number.is_finite().then_some(number)
}

/// `low <= central <= high`, or what is wrong and what is allowed.
pub fn ordered(low: f64, central: f64, high: f64) -> Result<(), (&'static str, &'static str)> {
    const RULE: &str = "low <= central <= high";
    if low > high {
        Err(("low is above high", RULE))
    } else if !(low..=high).contains(&central) {
        Err(("central is not between low and high", RULE))
    } else {
        Ok(())
    }
}

/// The share that `value` is as a percentage, where it is likely to be one.
pub fn share_of_percent(value: f64, most: f64) -> Option<f64> {
    /// From here on; a little above 1 is a share too large.
    const LEAST: f64 = 2.0;
    let is_percent = value >= LEAST && (most..=100.0).contains(&value);
    // Rounded to what was typed: 7 / 100 is not quite 0.07.
    let share = (value * 1e10).round() / 1e12;
    (is_percent && share <= most).then_some(share)
}

/// A number as one would write it: `0.5`, `1e300`.
pub fn number_text(value: f64) -> String {
    /// From here on digits say nothing.
    const LONG: f64 = 1e15;
    if value.abs() < LONG { value.to_string() } else { format!("{value:e}") }
}

/// `0 to 1`, `0 or more`, …
pub fn bounds_text(least: f64, most: f64) -> String {
    match (least.is_finite(), most.is_finite()) {
        (true, true) => format!("{least} to {most}"),
        (true, false) => format!("{least} or more"),
        (false, true) => format!("up to {most}"),
        (false, false) => "any number".to_owned(),
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
