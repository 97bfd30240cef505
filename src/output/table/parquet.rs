//! Tables as Apache Parquet with zstd: dates as dates, codes as texts, six figures as 32-bit numbers.

use std::io::{self, Write};
use std::sync::Arc;

use parquet::basic::{Compression, LogicalType, Repetition, Type as Physical, ZstdLevel};
use parquet::data_type::{ByteArray, ByteArrayType, DataType, FloatType, Int32Type, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedColumnWriter, SerializedFileWriter};
use parquet::schema::types::Type;

use super::{Cell, Encoder, Format, Head, Kind, Rows};
use crate::month::Month;

/// Apache Parquet.
#[derive(Clone, Copy, Debug)]
pub struct Parquet;

/// Rows of a row group, about.
const GROUP: usize = 100_000;

/// Rows that wait for their group, and the file so far.
struct Begun {
    writer: SerializedFileWriter<Vec<u8>>,
    waiting: Vec<Rows>,
}

fn failed(error: ParquetError) -> io::Error {
    io::Error::other(error)
}

impl Format for Parquet {
    fn extension(&self) -> &'static str {
        "parquet"
    }

    fn begin(&self, head: &Head, _: &mut dyn Write) -> io::Result<Box<dyn Encoder>> {
        let field = |column: &super::Column| {
            let (physical, logical) = match column.kind {
                Kind::Text | Kind::Identifier => (Physical::BYTE_ARRAY, Some(LogicalType::String)),
                Kind::Date => (Physical::INT32, Some(LogicalType::Date)),
                Kind::Number => (Physical::FLOAT, None),
                Kind::Integer => (Physical::INT64, None),
            };
            let field = Type::primitive_type_builder(column.name, physical)
                .with_repetition(Repetition::OPTIONAL)
                .with_logical_type(logical);
            Ok(Arc::new(field.build()?))
        };
        let fields = head.columns.iter().map(field).collect::<Result<_, ParquetError>>();
        let fields = fields.map_err(failed)?;
        let schema = Type::group_type_builder(head.name).with_fields(fields).build();
        let properties = WriterProperties::builder()
            .set_compression(Compression::ZSTD(ZstdLevel::default()))
            // The same bytes from every version of the library's name.
            .set_created_by("afterwave".to_owned());
        let (schema, properties) =
            (Arc::new(schema.map_err(failed)?), Arc::new(properties.build()));
        let writer = SerializedFileWriter::new(Vec::new(), schema, properties).map_err(failed)?;
        Ok(Box::new(Begun { writer, waiting: Vec::new() }))
    }
}

impl Encoder for Begun {
    fn rows(&mut self, rows: &Rows, _: &mut dyn Write) -> io::Result<()> {
        self.waiting.push(rows.clone());
        if self.waiting.iter().map(Rows::len).sum::<usize>() < GROUP {
            return Ok(());
        }
        self.group().map_err(failed)
    }

    fn finish(mut self: Box<Self>, to: &mut dyn Write) -> io::Result<()> {
        self.group().map_err(failed)?;
        to.write_all(&self.writer.into_inner().map_err(failed)?)
    }
}

impl Begun {
    /// Writes the rows that wait as a group.
    fn group(&mut self) -> Result<(), ParquetError> {
        let waiting = std::mem::take(&mut self.waiting);
        let Some(first) = waiting.first() else { return Ok(()) };
        let mut group = self.writer.next_row_group()?;
        for (index, column) in first.columns().iter().enumerate() {
            let Some(to) = group.next_column()? else { break };
            let cells = waiting
                .iter()
                .flat_map(|rows| (0..rows.len()).map(move |row| rows.cell(row, index)));
            match column.kind {
                Kind::Text | Kind::Identifier => {
                    write::<ByteArrayType>(to, cells, |cell| match cell {
                        Cell::Text(text) => Some(ByteArray::from(text)),
                        _ => None,
                    })?;
                }
                Kind::Date => {
                    write::<Int32Type>(to, cells, |cell| match cell {
                        Cell::Date(month) => Some(days(month)),
                        _ => None,
                    })?;
                }
                Kind::Number => {
                    write::<FloatType>(to, cells, |cell| match cell {
                        Cell::Number(value) => Some(value as f32),
                        _ => None,
                    })?;
                }
                Kind::Integer => {
                    write::<Int64Type>(to, cells, |cell| match cell {
                        Cell::Integer(value) => Some(value),
                        _ => None,
                    })?;
                }
            }
        }
        group.close()?;
        Ok(())
    }
}

/// A column of a group: the values there are, and where there are none.
fn write<'a, T: DataType>(
    mut to: SerializedColumnWriter<'_>,
    cells: impl Iterator<Item = Cell<'a>>,
    value: impl Fn(Cell<'a>) -> Option<T::T>,
) -> Result<(), ParquetError> {
    let (mut values, mut there) = (Vec::new(), Vec::new());
    for cell in cells {
        let value = value(cell);
        there.push(i16::from(value.is_some()));
        values.extend(value);
    }
    to.typed::<T>().write_batch(&values, Some(&there), None)?;
    to.close()
}

/// Days from 1 January 1970 to the first of a month.
fn days(month: Month) -> i32 {
    let of = |text: &str| text.parse::<jiff::civil::Date>().ok();
    let epoch = jiff::civil::date(1970, 1, 1);
    of(&month.first_day()).map_or(0, |day| (day - epoch).get_days())
}

#[cfg(test)]
mod tests {
    use super::super::{Column, Written};
    use super::*;
    use parquet::file::reader::{FileReader as _, SerializedFileReader};
    use parquet::record::RowAccessor as _;

    #[test]
    fn what_is_written_is_read() {
        let columns = vec![
            Column::id("area", ""),
            Column::date("month", ""),
            Column::number("mean", ""),
            Column::integer("quarter", ""),
        ];
        let mut rows = Rows::new(&columns);
        rows.text("8E553").month(Month::new(2020, 4).unwrap()).number(0.1).integer(1).end();
        rows.text("").month(Month::new(2021, 4).unwrap()).number(None).integer(None).end();
        let head = Head { name: "x", about: "", written: Written::Always, columns };
        let write = || {
            let mut bytes = Vec::new();
            let mut encoder = Parquet.begin(&head, &mut bytes).unwrap();
            encoder.rows(&rows, &mut bytes).unwrap();
            encoder.finish(&mut bytes).unwrap();
            bytes
        };
        assert_eq!(write(), write());
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(&write()).unwrap();
        let reader = SerializedFileReader::new(file).unwrap();
        let read: Vec<_> = reader.get_row_iter(None).unwrap().map(Result::unwrap).collect();
        assert_eq!((read.len(), read[0].get_string(0).unwrap().as_str()), (2, "8E553"));
        assert_eq!(read[0].get_float(2).unwrap(), 0.1);
        assert!(read[1].get_string(0).is_err());
        assert_eq!(days(Month::new(1970, 2).unwrap()), 31);
        assert_eq!(read[0].get_column_iter().nth(1).unwrap().1.to_string(), "2020-04-01");
    }
}
