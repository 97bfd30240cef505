//! Tables and lists inside a document.

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
