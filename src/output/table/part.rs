//! One table that is written rows by rows: beside its place, hashed on the way, then renamed.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::Path;

use sha2::{Digest as _, Sha256};
use tempfile::NamedTempFile;

use super::{Encoder, Format, Head, Rows};
use crate::checksum::hex;

/// A table that is being written.
pub(in crate::output) struct Part {
    encoder: Box<dyn Encoder>,
    to: Hashing,
}

/// A file as it was written.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Hashed {
    /// SHA-256 of its bytes, in hexadecimal.
    pub sha256: String,
    /// How many they are.
    pub bytes: u64,
}

/// A file that is hashed as it is written.
struct Hashing {
    file: BufWriter<NamedTempFile>,
    hash: Sha256,
    bytes: u64,
}

impl Write for Hashing {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.file.write(bytes)?;
        self.hash.update(&bytes[..written]);
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Part {
    /// Begins a table in `folder`, which is made.
    pub(in crate::output) fn new(
        folder: &Path,
        head: &Head,
        format: &dyn Format,
    ) -> io::Result<Self> {
        fs::create_dir_all(folder)?;
        let file = tempfile::Builder::new().make_in(folder, |path| File::create_new(path))?;
        let mut to = Hashing { file: BufWriter::new(file), hash: Sha256::new(), bytes: 0 };
        let encoder = format.begin(head, &mut to)?;
        Ok(Self { encoder, to })
    }

    /// Writes rows.
    pub(in crate::output) fn rows(&mut self, rows: &Rows) -> io::Result<()> {
        self.encoder.rows(rows, &mut self.to)
    }

    /// Ends the table and gives it its name.
    pub(in crate::output) fn finish(mut self, path: &Path) -> io::Result<Hashed> {
        self.encoder.finish(&mut self.to)?;
        let file = self.to.file.into_inner().map_err(io::IntoInnerError::into_error)?;
        file.persist(path).map_err(|error| error.error)?;
        Ok(Hashed { sha256: hex(&self.to.hash.finalize()), bytes: self.to.bytes })
    }
}
