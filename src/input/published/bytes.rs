//! Opens a file as published: plain text, gzip, zip or workbook, told apart by its first bytes.
//!
//! Text is decompressed as it is read, so memory does not grow with the file.

use std::fs::File;
use std::io::{BufRead, BufReader, Cursor, Read, Seek as _, SeekFrom};
use std::path::Path;
use std::sync::Arc;

use flate2::read::{DeflateDecoder, MultiGzDecoder};
use zip::{CompressionMethod, ZipArchive};

use crate::diagnostics::{Problem, Source};
use crate::input::text::{decode, unreadable};

/// Is told how many bytes of the file have been read since the last time.
pub type Progress = Arc<dyn Fn(u64) + Send + Sync>;

/// What is inside a file.
pub(super) enum Content {
    /// Text, decompressed on the way.
    Text(Box<dyn BufRead>),
    /// The bytes of a spreadsheet.
    Workbook(Vec<u8>),
}

const BUFFER: usize = 1 << 16;

/// Opens `path`; what can't be tables is refused with the reason.
pub(super) fn open(path: &Path, progress: &Progress) -> Result<Content, Problem> {
    let source = Source::new(path.display().to_string(), "");
    let refuse = |message: String| Problem::error(source.whole(), message);
    let unreadable = |error: std::io::Error| unreadable(path, &source.whole(), &error);
    if path.is_dir() {
        return Err(refuse("this is a folder, not a file".into())
            .allowed("one or more files")
            .suggest(format!("name the files in it, such as {}", path.join("*.csv").display())));
    }
    let file = File::open(path).map_err(unreadable)?;
    let mut plain = buffered(Counting { inner: file, progress: progress.clone() });
    let magic: Vec<u8> = plain.fill_buf().map_err(unreadable)?.iter().take(8).copied().collect();
    let text = match magic.as_slice() {
        [] => return Err(refuse("the file is empty".into())),
        [0x1f, 0x8b, ..] => buffered(MultiGzDecoder::new(plain)),
        [b'P', b'K', 3 | 5, ..] => return unzip(path, &source, progress),
        _ => plain,
    };
    sniffed(text, &source).map(Content::Text)
}

fn buffered(read: impl Read + 'static) -> Box<dyn BufRead> {
    Box::new(BufReader::with_capacity(BUFFER, read))
}

/// Refuses what is no text before a reader makes nonsense of it.
fn sniffed(mut text: Box<dyn BufRead>, source: &Source) -> Result<Box<dyn BufRead>, Problem> {
    let refuse = |message: &str| Problem::error(source.whole(), message);
    let start = text
        .fill_buf()
        .map_err(|error| refuse(&format!("the file is damaged and can't be unpacked: {error}")))?;
    let wanted = "comma-separated text (also .gz or .zip) or an .xlsx workbook";
    match start {
        [] => Err(refuse("the file holds nothing once unpacked")),
        // Rare and small, as a spreadsheet's `Unicode text`: read whole.
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => {
            let mut bytes = Vec::new();
            text.read_to_end(&mut bytes).map_err(|error| refuse(&error.to_string()))?;
            Ok(Box::new(Cursor::new(decode(&bytes).unwrap_or_default().into_bytes())))
        }
        [0xd0, 0xcf, 0x11, 0xe0, ..] => Err(refuse("this is an old .xls workbook")
            .allowed(wanted)
            .suggest("save it as .xlsx or CSV")),
        [b'%', b'P', b'D', b'F', ..] => Err(refuse("this is a PDF").allowed(wanted)),
        _ if start.contains(&0) => {
            Err(refuse("the file holds binary data, not text").allowed(wanted))
        }
        _ => Ok(text),
    }
}

/// A workbook, or the one text file of an archive.
fn unzip(path: &Path, source: &Source, progress: &Progress) -> Result<Content, Problem> {
    let refuse = |message: String| Problem::error(source.whole(), message);
    let damaged = |error: &dyn std::fmt::Display| {
        refuse(format!("the archive is damaged and can't be unpacked: {error}"))
    };
    let file = File::open(path).map_err(|e| damaged(&e))?;
    let mut archive = ZipArchive::new(file).map_err(|e| damaged(&e))?;
    let mut names: Vec<String> =
        archive.file_names().filter_map(|name| Some(name.ok()?.into_owned())).collect();
    if names.iter().any(|name| name == "xl/workbook.xml") {
        return std::fs::read(path).map(Content::Workbook).map_err(|e| damaged(&e));
    }
    names.retain(|name| is_table(name));
    // Beside a table, a text is what to read first.
    if names.iter().any(|name| !has_extension(name, "txt")) {
        names.retain(|name| !has_extension(name, "txt"));
    }
    names.sort();
    let [name] = names.as_slice() else {
        let found = if names.is_empty() { "no .csv file".into() } else { names.join(", ") };
        return Err(refuse(format!("the archive holds {} tables", names.len()))
            .read(found)
            .allowed("one .csv file in an archive")
            .suggest("unpack it and name the file that is wanted"));
    };
    let entry = archive.by_name(name).map_err(|e| damaged(&e))?;
    let (method, size) = (entry.compression(), entry.compressed_size());
    let start = entry.data_start().ok_or_else(|| damaged(&"no place for its data"))?;
    drop(entry);
    let mut file = File::open(path).map_err(|e| damaged(&e))?;
    file.seek(SeekFrom::Start(start)).map_err(|e| damaged(&e))?;
    let packed = Counting { inner: file, progress: progress.clone() }.take(size);
    let text = match method {
        CompressionMethod::Stored => buffered(packed),
        CompressionMethod::Deflated => buffered(DeflateDecoder::new(BufReader::new(packed))),
        other => return Err(refuse(format!("the archive is packed by {other}, not by deflate"))),
    };
    sniffed(text, source).map(Content::Text)
}

fn is_table(name: &str) -> bool {
    let is_text = ["csv", "tsv", "txt"].into_iter().any(|wanted| has_extension(name, wanted));
    is_text && !name.starts_with("__MACOSX")
}

fn has_extension(name: &str, wanted: &str) -> bool {
    Path::new(name).extension().is_some_and(|own| own.eq_ignore_ascii_case(wanted))
}

struct Counting<R> {
    inner: R,
    progress: Progress,
}

impl<R: Read> Read for Counting<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let read = self.inner.read(buffer)?;
        (self.progress)(read as u64);
        Ok(read)
    }
}
