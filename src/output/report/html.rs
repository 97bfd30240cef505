//! Text and tables as HTML, and numbers as a page has them.

use std::fmt::Write as _;

pub(super) use crate::escape::markup as escaped;
use crate::output::words::thousands;
use crate::projection::quantiles::Stats;

/// A table with a caption; the first cell of a row names it.
#[derive(Debug, Default)]
pub(super) struct Table {
    pub(super) caption: String,
    pub(super) head: Vec<String>,
    /// Cells, and attributes of the row (none is an empty text).
    pub(super) rows: Vec<(String, Vec<Cell>)>,
}

/// A cell: its text, a note under it, and the name by which a script finds it.
#[derive(Clone, Debug, Default)]
pub(super) struct Cell {
    pub(super) text: String,
    pub(super) note: String,
    pub(super) key: String,
    pub(super) is_text: bool,
}

impl Cell {
    /// A number or a few words.
    pub(super) fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), ..Self::default() }
    }

    /// A sentence, set as one.
    pub(super) fn words(text: impl Into<String>) -> Self {
        Self { text: text.into(), is_text: true, ..Self::default() }
    }

    /// With a note under it.
    pub(super) fn with(self, note: impl Into<String>) -> Self {
        Self { note: note.into(), ..self }
    }

    /// Where a script puts what the moved waves make of it.
    pub(super) fn key(self, key: impl Into<String>) -> Self {
        Self { key: key.into(), ..self }
    }

    fn html(&self) -> String {
        let key = if self.key.is_empty() {
            String::new()
        } else {
            format!(" data-key=\"{}\"", escaped(&self.key))
        };
        let class = if self.is_text { " class=\"words\"" } else { "" };
        let note = if self.note.is_empty() {
            String::new()
        } else {
            format!(" <small>{}</small>", escaped(&self.note))
        };
        format!("<td{class}{key}>{}{note}</td>", escaped(&self.text))
    }
}

impl Table {
    /// A table of rows of cells.
    pub(super) fn new(caption: impl Into<String>, head: &[&str]) -> Self {
        let head = head.iter().map(|cell| (*cell).to_owned()).collect();
        Self { caption: caption.into(), head, rows: Vec::new() }
    }

    /// Adds a row.
    pub(super) fn row(&mut self, cells: Vec<Cell>) {
        self.rows.push((String::new(), cells));
    }

    /// The table in a region that scrolls where it is too wide; nothing where it has no rows.
    pub(super) fn html(&self) -> String {
        if self.rows.is_empty() {
            return String::new();
        }
        let caption = escaped(&self.caption);
        let mut text = format!(
            "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"{caption}\">\
             <table><caption>{caption}</caption>\n<thead><tr>"
        );
        for cell in &self.head {
            let _ = write!(text, "<th scope=\"col\">{}</th>", escaped(cell));
        }
        text.push_str("</tr></thead>\n<tbody>\n");
        for (attributes, cells) in &self.rows {
            let _ = write!(text, "<tr{attributes}>");
            for (index, cell) in cells.iter().enumerate() {
                if index == 0 {
                    let note = if cell.note.is_empty() {
                        String::new()
                    } else {
                        format!(" <small>{}</small>", escaped(&cell.note))
                    };
                    let name = escaped(&cell.text);
                    let _ = write!(text, "<th scope=\"row\">{name}{note}</th>");
                } else {
                    text.push_str(&cell.html());
                }
            }
            text.push_str("</tr>\n");
        }
        text.push_str("</tbody></table></div>\n");
        text
    }
}

/// A count to so many significant figures, with thousands; the minus sign is a minus sign.
pub(super) fn count(value: f64, figures: i32) -> String {
    let size = value.abs();
    let unit =
        if size >= 1.0 { 10f64.powi(size.log10().floor() as i32 - figures + 1) } else { 1.0 };
    signed(&thousands((value / unit.max(1.0)).round() * unit.max(1.0)))
}

/// `12,000 to 34,000`: the 5th and 95th percentile to two figures.
pub(super) fn count_ends(stats: &Stats) -> String {
    format!("{} to {}", count(stats.q05(), 2), count(stats.q95(), 2))
}

/// `+12%`, `−3.1%`.
pub(super) fn percent(share: f64) -> String {
    signed(&crate::output::words::percent(share))
}

/// `3 to 25%`.
pub(super) fn percent_ends(stats: &Stats) -> String {
    signed(&crate::output::words::percent_ends(stats))
}

/// `75%`.
pub(super) fn share(share: f64) -> String {
    format!("{:.0}%", share * 100.0)
}

fn signed(text: &str) -> String {
    text.replace('-', "\u{2212}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_a_name_is_obeyed() {
        let hostile = "<img src=x onerror=\"a('b')\">&\u{1b}[1m";
        let safe = escaped(hostile);
        assert!(!safe.contains(['<', '>', '"', '\'', '\u{1b}']), "{safe}");
        assert!(safe.starts_with("&lt;img"));
    }

    #[test]
    fn counts_have_the_figures_that_they_mean() {
        let shown = [(1_689_337.0, 3), (-120_400.0, 2), (812.4, 2), (0.3, 2), (9_960.0, 2)];
        let texts = shown.map(|(value, figures)| count(value, figures));
        assert_eq!(texts, ["1,690,000", "\u{2212}120,000", "810", "0", "10,000"]);
    }

    #[test]
    fn a_table_names_its_rows_and_columns() {
        let mut table = Table::new("Fruit & veg", &["Kind", "Number"]);
        assert_eq!(table.html(), "");
        table.row(vec![Cell::new("Pears"), Cell::new("3").with("about").key("n")]);
        let html = table.html();
        assert!(html.contains("<caption>Fruit &amp; veg</caption>"), "{html}");
        assert!(html.contains("<th scope=\"row\">Pears</th>"), "{html}");
        assert!(html.contains("<td data-key=\"n\">3 <small>about</small></td>"), "{html}");
    }
}
