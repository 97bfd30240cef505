//! Tables and lists inside a document.

use toml::Spanned;
use toml::de::DeValue;

use super::{Keys, Read};

impl Keys<'_> {
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
}

/// A number that a key path is set to, or a list of them to be tried, as `--set` takes it.
#[derive(Clone, Debug)]
pub struct Given {
    /// The path, such as `wave.2.height`, and where it stands.
    pub path: Read<String>,
    /// `1.5`, `low,central,high` or a day, each where it stands.
    pub values: Vec<Read<String>>,
}

impl Keys<'_> {
    /// Whether `key` is a table, and not a list or a text.
    pub fn is_table(&self, key: &str) -> bool {
        let value = self.table.iter().find(|(k, _)| k.get_ref() == key);
        value.is_some_and(|(_, value)| matches!(value.get_ref(), DeValue::Table(_)))
    }

    /// A table of paths with the value of each, or with `lists` of values; quoted as one word or
    /// not, a path is the same.
    pub fn settings(&self, key: &'static str, lists: bool) -> Vec<Given> {
        let Some(value) = self.value(key) else { return Vec::new() };
        let DeValue::Table(table) = value.get_ref() else {
            return self.wrong(value, &format!("a table [{key}]")).unwrap_or_default();
        };
        let mut leaves = Vec::new();
        paths(table, "", &mut leaves);
        let mut list = Vec::new();
        for (path, span, value) in leaves {
            let path = Read { value: path, place: self.source.at(span) };
            let wanted = "a number, a day in quotes or [low, central, high]";
            let items: Vec<_> = match value.get_ref() {
                DeValue::Array(items) if lists => items.iter().collect(),
                _ if lists => {
                    self.wrong::<()>(value, "a list of values, such as [0.5, 1, 2]");
                    continue;
                }
                _ => vec![value],
            };
            let of = |item: &Spanned<DeValue<'_>>| match as_setting(item.get_ref()) {
                Some(text) => Some(self.read(item, text)),
                None => self.wrong(item, wanted),
            };
            list.push(Given { path, values: items.into_iter().filter_map(of).collect() });
        }
        list
    }

    /// A list of rows of values, each row where it stands.
    pub fn rows(&self, key: &'static str) -> Option<Vec<Read<Vec<String>>>> {
        let value = self.value(key)?;
        let DeValue::Array(rows) = value.get_ref() else {
            return self.wrong(value, "a list of rows, such as [[1, 0.9], [2, 1.1]]");
        };
        let mut list = Vec::new();
        for row in rows {
            let cells = match row.get_ref() {
                DeValue::Array(cells) => {
                    cells.iter().map(|cell| as_setting(cell.get_ref())).collect()
                }
                _ => None,
            };
            match cells {
                Some(cells) => list.push(self.read(row, cells)),
                None => {
                    self.wrong::<()>(row, "a row with a value for each key");
                }
            }
        }
        Some(list)
    }
}

type Leaf<'t, 'a> = (String, std::ops::Range<usize>, &'t Spanned<DeValue<'a>>);

/// The values of a table and of tables in it, by their paths.
fn paths<'t, 'a>(table: &'t toml::de::DeTable<'a>, before: &str, to: &mut Vec<Leaf<'t, 'a>>) {
    for (key, value) in table {
        let path = format!("{before}{}", key.get_ref());
        match value.get_ref() {
            DeValue::Table(inner) if as_setting(value.get_ref()).is_none() => {
                paths(inner, &format!("{path}."), to);
            }
            _ => to.push((path, key.span(), value)),
        }
    }
}

/// A value as `--set` takes it: a number, a day, a range.
fn as_setting(value: &DeValue<'_>) -> Option<String> {
    match value {
        DeValue::String(text) => Some(text.to_string()),
        DeValue::Integer(number) if number.radix() == 10 => Some(number.as_str().to_owned()),
        DeValue::Float(number) => Some(number.as_str().to_owned()),
        DeValue::Datetime(day) => Some(day.to_string()),
        DeValue::Array(three) if three.len() == 3 => {
            let parts: Option<Vec<String>> =
                three.iter().map(|v| as_setting(v.get_ref())).collect();
            parts.map(|parts| parts.join(","))
        }
        DeValue::Table(range) => {
            let part = |name: &str| {
                let found = range.iter().find(|(key, _)| key.get_ref() == name)?;
                as_setting(found.1.get_ref())
            };
            let parts: Option<Vec<String>> =
                ["low", "central", "high"].into_iter().map(part).collect();
            parts.filter(|_| range.len() == 3).map(|parts| parts.join(","))
        }
        _ => None,
    }
}
