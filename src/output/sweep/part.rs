//! One table of one unit: written row by row beside its place, hashed on the way, then renamed.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::Path;

use sha2::{Digest as _, Sha256};
use tempfile::NamedTempFile;

use crate::checksum::hex;
use crate::input::sweep::Form;
use crate::output::table::csv::Csv;
use crate::output::table::csv_gz::CsvGz;
use crate::output::table::{Encoder, Format, Head, Rows};

/// A table that is being written.
pub(super) struct Part {
    encoder: Box<dyn Encoder>,
    to: Hashed,
}

/// A file that is hashed as it is written.
struct Hashed {
    file: BufWriter<NamedTempFile>,
    hash: Sha256,
}

impl Write for Hashed {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.file.write(bytes)?;
        self.hash.update(&bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Part {
    /// Begins a table in `folder`, which is made.
    pub(super) fn new(folder: &Path, head: &Head, form: Form) -> io::Result<Self> {
        fs::create_dir_all(folder)?;
        let file = tempfile::Builder::new().make_in(folder, |path| File::create_new(path))?;
        let mut to = Hashed { file: BufWriter::new(file), hash: Sha256::new() };
        let encoder = format(form).begin(head, &mut to)?;
        Ok(Self { encoder, to })
    }

    /// Writes rows.
    pub(super) fn rows(&mut self, rows: &Rows) -> io::Result<()> {
        self.encoder.rows(rows, &mut self.to)
    }

    /// Ends the table and gives it its name; its hash.
    pub(super) fn finish(mut self, path: &Path) -> io::Result<String> {
        self.encoder.finish(&mut self.to)?;
        let file = self.to.file.into_inner().map_err(io::IntoInnerError::into_error)?;
        file.persist(path).map_err(|error| error.error)?;
        Ok(hex(&self.to.hash.finalize()))
    }
}

/// How the rows of a form are encoded.
fn format(form: Form) -> &'static dyn Format {
    match form {
        Form::CsvGz => &CsvGz,
        #[cfg(feature = "parquet")]
        Form::Parquet => &crate::output::table::parquet::Parquet,
        // Without the feature, a sweep file that asks for Parquet is refused.
        _ => &Csv,
    }
}
