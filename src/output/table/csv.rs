//! Tables as comma-separated values.

use std::io::{self, Write};

use super::{Cell, Encoder, Format, Head, Kind, Rows, number};
use crate::escape::{csv, csv_code};

/// Comma-separated values, UTF-8, a header first.
#[derive(Clone, Copy, Debug)]
pub struct Csv;

impl Format for Csv {
    fn extension(&self) -> &'static str {
        "csv"
    }

    fn begin(&self, head: &Head, to: &mut dyn Write) -> io::Result<Box<dyn Encoder>> {
        let names: Vec<&str> = head.columns.iter().map(|column| column.name).collect();
        writeln!(to, "{}", names.join(","))?;
        let columns = head.columns.iter().map(|_| Encoded::default()).collect();
        Ok(Box::new(Begun { columns }))
    }
}

/// A table that is being written.
struct Begun {
    columns: Vec<Encoded>,
}

/// The last text of a column and how it is written: the next row is most likely of the same area,
/// service and measure.
#[derive(Default)]
struct Encoded {
    text: String,
    written: String,
}

impl Encoded {
    fn push(&mut self, text: &str, kind: Kind, to: &mut String) {
        if self.text != text {
            text.clone_into(&mut self.text);
            self.written.clear();
            match kind {
                Kind::Identifier => csv_code(text, &mut self.written),
                _ => csv(text, &mut self.written),
            }
        }
        to.push_str(&self.written);
    }
}

impl Encoder for Begun {
    fn rows(&mut self, rows: &Rows, to: &mut dyn Write) -> io::Result<()> {
        // Many tables are open at once: room for text is not kept.
        let mut text = String::new();
        for row in 0..rows.len() {
            for (index, (column, last)) in rows.columns().iter().zip(&mut self.columns).enumerate()
            {
                if index > 0 {
                    text.push(',');
                }
                match rows.cell(row, index) {
                    Cell::Missing => (),
                    Cell::Text(words) => last.push(words, column.kind, &mut text),
                    Cell::Withheld(withheld) => text.push_str(withheld.words()),
                    Cell::Number(value) => number::push(value, &mut text),
                    Cell::Integer(value) => text.push_str(&value.to_string()),
                    Cell::Date(month) => text.push_str(&month.first_day()),
                }
            }
            text.push('\n');
        }
        to.write_all(text.as_bytes())
    }

    fn finish(self: Box<Self>, _: &mut dyn Write) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Column, Written};
    use super::*;

    #[test]
    fn text_is_quoted_and_never_a_formula_or_a_number() {
        let columns =
            vec![Column::id("code", ""), Column::text("words", ""), Column::number("n", "")];
        let mut rows = Rows::new(&columns);
        rows.text("8E553").text("a,b").number(0.1 + 0.2).end();
        rows.text("00V").text("=1+1").number(None).end();
        rows.text("x").text("say \"x\"").number(-0.0).end();
        let head = Head { name: "x", about: "", written: Written::Always, columns };
        let mut bytes = Vec::new();
        let mut encoder = Csv.begin(&head, &mut bytes).unwrap();
        encoder.rows(&rows, &mut bytes).unwrap();
        assert_eq!(
            String::from_utf8(bytes).unwrap(),
            "code,words,n\n\"8E553\",\"a,b\",0.3\n00V,\"'=1+1\",\nx,\"say \"\"x\"\"\",0\n"
        );
    }
}
