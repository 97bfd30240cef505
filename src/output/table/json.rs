//! Tables as JSON: a list with an object for each row.

use std::io::{self, Write};

use serde::ser::{Serialize, SerializeMap as _, SerializeSeq as _, Serializer};

use super::{Cell, Encoder, Format, Head, Rows, number};
use crate::escape;

/// A JSON array of objects, a line each.
#[derive(Clone, Copy, Debug)]
pub struct Json;

impl Format for Json {
    fn extension(&self) -> &'static str {
        "json"
    }

    fn begin(&self, _: &Head, to: &mut dyn Write) -> io::Result<Box<dyn Encoder>> {
        to.write_all(b"[")?;
        Ok(Box::new(Begun { is_first: true }))
    }
}

struct Begun {
    is_first: bool,
}

impl Encoder for Begun {
    fn rows(&mut self, rows: &Rows, to: &mut dyn Write) -> io::Result<()> {
        for row in 0..rows.len() {
            to.write_all(if self.is_first { b"\n" } else { b",\n" })?;
            self.is_first = false;
            let text = serde_json::to_string(&Record { rows, row })?;
            to.write_all(escape::json(&text).as_bytes())?;
        }
        Ok(())
    }

    fn finish(self: Box<Self>, to: &mut dyn Write) -> io::Result<()> {
        to.write_all(b"\n]\n")
    }
}

/// One row: its cells by the names of their columns.
struct Record<'a> {
    rows: &'a Rows,
    row: usize,
}

impl Serialize for Record<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let columns = self.rows.columns();
        let mut map = serializer.serialize_map(Some(columns.len()))?;
        for (index, column) in columns.iter().enumerate() {
            let name = column.name;
            match self.rows.cell(self.row, index) {
                Cell::Missing => map.serialize_entry(name, &())?,
                Cell::Text(text) => map.serialize_entry(name, text)?,
                Cell::Withheld(withheld) => map.serialize_entry(name, withheld.words())?,
                Cell::Number(value) => map.serialize_entry(name, &number::rounded(value))?,
                Cell::Integer(value) => map.serialize_entry(name, &value)?,
                Cell::Date(month) => map.serialize_entry(name, &month.first_day())?,
            }
        }
        map.end()
    }
}

impl Serialize for Rows {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_seq(Some(self.len()))?;
        for row in 0..self.len() {
            list.serialize_element(&Record { rows: self, row })?;
        }
        list.end()
    }
}
