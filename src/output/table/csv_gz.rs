//! Tables as comma-separated values, packed.

use std::io::{self, Write};

use flate2::write::GzEncoder;
use flate2::{Compression, GzBuilder};

use super::csv::Csv;
use super::{Encoder, Format, Head, Rows};

/// Comma-separated values in gzip, which names no time: the same rows are the same bytes.
#[derive(Clone, Copy, Debug)]
pub struct CsvGz;

impl Format for CsvGz {
    fn extension(&self) -> &'static str {
        "csv.gz"
    }

    fn begin(&self, head: &Head, _: &mut dyn Write) -> io::Result<Box<dyn Encoder>> {
        // Quickly: a third more bytes for a third of the time.
        let mut packed = GzBuilder::new().write(Vec::new(), Compression::fast());
        let plain = Csv.begin(head, &mut packed)?;
        Ok(Box::new(Packing { plain, packed }))
    }
}

struct Packing {
    plain: Box<dyn Encoder>,
    packed: GzEncoder<Vec<u8>>,
}

impl Encoder for Packing {
    fn rows(&mut self, rows: &Rows, to: &mut dyn Write) -> io::Result<()> {
        self.plain.rows(rows, &mut self.packed)?;
        to.write_all(self.packed.get_ref())?;
        self.packed.get_mut().clear();
        Ok(())
    }

    fn finish(mut self: Box<Self>, to: &mut dyn Write) -> io::Result<()> {
        self.plain.finish(&mut self.packed)?;
        to.write_all(&self.packed.finish()?)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use flate2::read::GzDecoder;

    use super::super::{Column, Written};
    use super::*;

    #[test]
    fn unpacked_it_is_the_csv() {
        let columns = vec![Column::id("code", ""), Column::number("n", "")];
        let mut rows = Rows::new(&columns);
        rows.text("a").number(1.5).end();
        let head = Head { name: "x", about: "", written: Written::Always, columns };
        let (mut packed, mut plain) = (Vec::new(), Vec::new());
        for (format, bytes) in [(&CsvGz as &dyn Format, &mut packed), (&Csv, &mut plain)] {
            let mut encoder = format.begin(&head, bytes).unwrap();
            encoder.rows(&rows, bytes).unwrap();
            encoder.finish(bytes).unwrap();
        }
        let mut unpacked = Vec::new();
        GzDecoder::new(&packed[..]).read_to_end(&mut unpacked).unwrap();
        assert_eq!(unpacked, plain);
    }
}
