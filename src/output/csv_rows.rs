//! CSV rows written fast: text guarded, numbers in full precision.

use std::fmt::Write as _;

use crate::escape;
use crate::month::Month;
use crate::projection::quantiles::{Quantile, Stats};

/// A CSV text that grows row by row.
#[derive(Debug, Default)]
pub struct Rows {
    text: String,
    fresh: bool,
}

impl Rows {
    /// A table with its header.
    pub fn new(header: &str) -> Self {
        Self { text: format!("{header}\n"), fresh: true }
    }

    /// Rows without a header, to be appended to others.
    pub fn headless() -> Self {
        Self { text: String::new(), fresh: true }
    }

    fn separate(&mut self) {
        if !self.fresh {
            self.text.push(',');
        }
        self.fresh = false;
    }

    /// A text cell; quoted where it must be, and never read as a formula by a spreadsheet.
    pub fn text(&mut self, text: &str) -> &mut Self {
        self.separate();
        escape::csv_code(text, &mut self.text);
        self
    }

    /// A number in full precision.
    pub fn number(&mut self, value: f64) -> &mut Self {
        self.separate();
        // Small rounding must not print a minus before nothing.
        let value = if value == 0.0 { 0.0 } else { value };
        let mut buffer = zmij::Buffer::new();
        let text = buffer.format(value);
        self.text.push_str(text.strip_suffix(".0").unwrap_or(text));
        self
    }

    /// A number, or an empty cell.
    pub fn maybe(&mut self, value: Option<f64>) -> &mut Self {
        match value {
            Some(value) => self.number(value),
            None => self.text(""),
        }
    }

    /// The mean and every quantile.
    pub fn stats(&mut self, stats: &Stats) -> &mut Self {
        self.number(stats.mean);
        for (_, value) in stats.quantiles() {
            self.number(value);
        }
        self
    }

    /// The median with its 5th and 95th percentile, or three empty cells.
    pub fn range(&mut self, stats: Option<&Stats>) -> &mut Self {
        for quantile in [Quantile::Q50, Quantile::Q05, Quantile::Q95] {
            self.maybe(stats.map(|stats| stats.at(quantile)));
        }
        self
    }

    /// The financial year and quarter of a month.
    pub fn year_and_quarter(&mut self, month: Month) -> &mut Self {
        self.text(&month.financial_year().to_string());
        self.separate();
        let _ = write!(self.text, "{}", month.quarter());
        self
    }

    /// Ends the row.
    pub fn end(&mut self) {
        self.text.push('\n');
        self.fresh = true;
    }

    /// Appends rows written apart.
    pub fn append(&mut self, parts: &[Self]) {
        self.text.reserve(parts.iter().map(|part| part.text.len()).sum());
        for part in parts {
            self.text.push_str(&part.text);
        }
    }

    /// The text.
    pub fn into_text(self) -> String {
        self.text
    }
}

/// A row of words and numbers for a writer that puts the quotes: words are never a formula.
pub fn guarded<T: AsRef<str>>(row: impl IntoIterator<Item = T>) -> impl Iterator<Item = String> {
    row.into_iter().map(|cell| {
        let cell = cell.as_ref();
        let is_number = cell.parse::<f64>().is_ok();
        if is_number { cell.to_owned() } else { escape::cell(cell).into_owned() }
    })
}

/// `mean,q025,…`.
pub fn stats_header() -> String {
    format!("mean,{}", Quantile::ALL.map(Quantile::name).join(","))
}

/// `NAME,NAME_q05,NAME_q95`.
pub fn range_header(name: &str) -> String {
    format!("{name},{name}_q05,{name}_q95")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_quoted_and_never_a_formula() {
        let mut rows = Rows::headless();
        rows.text("a,b").text("=1+1").text("say \"x\"").number(0.1 + 0.2).number(-0.0).maybe(None);
        rows.end();
        assert_eq!(
            rows.into_text(),
            "\"a,b\",\"'=1+1\",\"say \"\"x\"\"\",0.30000000000000004,0,\n"
        );
    }
}
