//! Opens a file as people and publishers keep tables: plain text, gzip, zip or workbook, told apart
//! by its first bytes, in UTF-8, UTF-16 or Windows-1252.
//!
//! Text is decompressed as it is read, and every limit is kept while reading: memory grows with
//! what a row may hold, never with what a file claims or unpacks to.

use std::cell::Cell;
use std::fs::File;
use std::io::{BufRead, BufReader, Cursor, Error, Read, Seek as _, SeekFrom};
use std::path::Path;
use std::rc::Rc;
use std::sync::Arc;

use encoding_rs::{Encoding, UTF_16BE, UTF_16LE};
use flate2::read::{DeflateDecoder, MultiGzDecoder};
use zip::{CompressionMethod, ZipArchive};

use super::cells::MOST_PACKED;
use crate::diagnostics::{Place, Problem, Source, nearest};

/// Is told how many bytes of the file have been read since the last time.
pub type Progress = Arc<dyn Fn(u64) + Send + Sync>;

/// What a packed file, a pipe or a device may give: more is unpacked or cut first.
const MOST_UNPACKED: u64 = 512 << 20;

/// What one row may hold.
const MOST_IN_ROW: u64 = 1 << 20;

/// Text in UTF-16 is read whole.
const MOST_UTF_16: u64 = 128 << 20;

/// Files in an archive.
const MOST_ENTRIES: usize = 10_000;

/// What is inside a file.
pub(crate) enum Content {
    /// Text, decompressed on the way, with the count of bytes since its last row.
    Text(Box<dyn BufRead>, SinceRow),
    /// The bytes of a spreadsheet.
    Workbook(Vec<u8>),
}

/// Bytes read since the last row was complete; who reads rows sets it back to 0.
pub(crate) type SinceRow = Rc<Cell<u64>>;

const BUFFER: usize = 1 << 16;

/// Opens `path`; what can't be tables is refused with the reason.
pub(crate) fn open(path: &Path, progress: &Progress) -> Result<Content, Problem> {
    let source = Source::new(path.display().to_string(), "");
    let refuse = |message: String| Problem::error(source.whole(), message);
    let unreadable = |error: Error| unreadable(path, &source.whole(), &error);
    if path.is_dir() {
        return Err(refuse("this is a folder, not a file".into())
            .allowed("one or more files")
            .suggest(format!("name the files in it, such as {}", path.join("*.csv").display())));
    }
    let file = File::open(path).map_err(unreadable)?;
    let is_plain_file = file.metadata().is_ok_and(|meta| meta.is_file());
    let mut plain = buffered(Counting { inner: file, progress: progress.clone() });
    let magic: Vec<u8> = plain.fill_buf().map_err(unreadable)?.iter().take(8).copied().collect();
    match magic.as_slice() {
        [] => Err(refuse("the file is empty".into())),
        [0x1f, 0x8b, ..] => text(MultiGzDecoder::new(plain), MOST_UNPACKED, &source),
        [b'P', b'K', 3 | 5, ..] => unzip(path, &source, progress),
        _ if is_plain_file => text(plain, u64::MAX, &source),
        _ => text(plain, MOST_UNPACKED, &source),
    }
}

/// Why a file can't be read, and the one beside it that may be meant.
pub fn unreadable(path: &Path, place: &Place, error: &Error) -> Problem {
    let message = match error.kind() {
        std::io::ErrorKind::NotFound => "there is no such file".to_owned(),
        _ => format!("cannot be read: {error}"),
    };
    let problem = Problem::error(place.clone(), message);
    let wanted = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let names: Vec<String> = std::fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    match nearest(&wanted, names.iter().map(String::as_str)) {
        Some(name) if error.kind() == std::io::ErrorKind::NotFound => {
            problem.suggest(folder.join(name).display().to_string())
        }
        _ => problem,
    }
}

fn buffered(read: impl Read + 'static) -> Box<dyn BufRead> {
    Box::new(BufReader::with_capacity(BUFFER, read))
}

/// Says what to do about a file that ends too early, and nothing where it is a limit that stopped it.
pub(crate) fn suggest_whole(problem: Problem, kind: std::io::ErrorKind) -> Problem {
    match kind {
        std::io::ErrorKind::FileTooLarge => problem,
        _ => problem.suggest("is the file damaged or cut short? fetch it again"),
    }
}

/// Tells how many bytes of what is read whole came since its last line.
pub(crate) fn count_from_last_line(bytes: &[u8], since: &SinceRow) {
    let line = bytes.iter().rev().take(MOST_IN_ROW as usize + 1).take_while(|byte| **byte != b'\n');
    since.set(line.count() as u64);
}

/// Refuses what is no text before a reader makes nonsense of it, and keeps the limits of what is.
fn text(read: impl Read + 'static, most: u64, source: &Source) -> Result<Content, Problem> {
    let refuse = |message: &str| Problem::error(source.whole(), message);
    let since = SinceRow::default();
    let limited = Limited { inner: read, left: most, since: since.clone() };
    let mut text = buffered(limited);
    let start = text.fill_buf().map_err(|error| refuse(&damaged(&error)))?;
    let wanted = "comma-separated text (also .gz or .zip) or an .xlsx workbook";
    let utf_16 = encoding_of(start);
    match start {
        [] => Err(refuse("the file holds nothing once unpacked")),
        // Rare and small, as a spreadsheet's `Unicode text`: read whole.
        _ if utf_16.is_some() => {
            let mut bytes = Vec::new();
            let mut most = text.take(MOST_UTF_16);
            // No rows are counted here.
            loop {
                since.set(0);
                let read = most.by_ref().take(BUFFER as u64).read_to_end(&mut bytes);
                if read.map_err(|error| refuse(&damaged(&error)))? == 0 {
                    break;
                }
            }
            if most.limit() == 0 {
                return Err(refuse("the text in UTF-16 is too large")
                    .allowed(format!("up to {} MB in UTF-16", MOST_UTF_16 >> 20))
                    .suggest("save it as CSV UTF-8"));
            }
            let decoded = utf_16.map(|encoding| encoding.decode(&bytes).0.into_owned());
            since.set(0);
            Ok(Content::Text(
                Box::new(Cursor::new(decoded.unwrap_or_default().into_bytes())),
                since,
            ))
        }
        [0xd0, 0xcf, 0x11, 0xe0, ..] => Err(refuse("this is an old .xls workbook")
            .allowed(wanted)
            .suggest("save it as .xlsx or CSV")),
        [b'%', b'P', b'D', b'F', ..] => Err(refuse("this is a PDF").allowed(wanted)),
        _ if start.contains(&0) => {
            Err(refuse("the file holds binary data, not text").allowed(wanted))
        }
        _ => Ok(Content::Text(text, since)),
    }
}

fn damaged(error: &Error) -> String {
    match error.kind() {
        std::io::ErrorKind::FileTooLarge => error.to_string(),
        _ => format!("the file is damaged and can't be unpacked: {error}"),
    }
}

/// The encoding of text in UTF-16, with a mark or told by the zero bytes of its plain letters.
pub(crate) fn encoding_of(start: &[u8]) -> Option<&'static Encoding> {
    if let Some((encoding, _)) = Encoding::for_bom(start) {
        return (encoding != encoding_rs::UTF_8).then_some(encoding);
    }
    let start = &start[..start.len().min(4096) & !1];
    let zeros = |at: usize| start.iter().skip(at).step_by(2).filter(|byte| **byte == 0).count();
    let (even, odd, half) = (zeros(0), zeros(1), start.len() / 2);
    match half {
        0 => None,
        _ if even == 0 && odd * 2 > half => Some(UTF_16LE),
        _ if odd == 0 && even * 2 > half => Some(UTF_16BE),
        _ => None,
    }
}

/// A workbook, or the one text file of an archive.
fn unzip(path: &Path, source: &Source, progress: &Progress) -> Result<Content, Problem> {
    let refuse = |message: String| Problem::error(source.whole(), message);
    let damaged = |error: &dyn std::fmt::Display| {
        refuse(format!("the archive is damaged and can't be unpacked: {error}"))
    };
    let file = File::open(path).map_err(|e| damaged(&e))?;
    let size = file.metadata().map_or(0, |meta| meta.len());
    let mut archive = ZipArchive::new(file).map_err(|e| damaged(&e))?;
    if archive.len() > MOST_ENTRIES {
        return Err(refuse("the archive holds too many files".to_owned())
            .read(archive.len().to_string())
            .allowed(format!("up to {MOST_ENTRIES}")));
    }
    let mut names: Vec<String> =
        archive.file_names().filter_map(|name| Some(name.ok()?.into_owned())).collect();
    if names.iter().any(|name| name == "xl/workbook.xml") {
        if size > MOST_PACKED {
            return Err(refuse("the workbook is too large".to_owned())
                .read(format!("{} MB", size >> 20))
                .allowed(format!("up to {} MB", MOST_PACKED >> 20))
                .suggest("save the sheet as CSV"));
        }
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
    match method {
        CompressionMethod::Stored => text(packed, u64::MAX, source),
        CompressionMethod::Deflated => {
            text(DeflateDecoder::new(BufReader::new(packed)), MOST_UNPACKED, source)
        }
        other => Err(refuse(format!("the archive is packed by {other}, not by deflate"))),
    }
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

/// Stops where a file gives more than it may, or a row never ends.
struct Limited<R> {
    inner: R,
    left: u64,
    since: SinceRow,
}

impl<R: Read> Read for Limited<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let refuse = |words: String| Err(Error::new(std::io::ErrorKind::FileTooLarge, words));
        let read = self.inner.read(buffer)?;
        self.left = self.left.saturating_sub(read as u64);
        self.since.set(self.since.get() + read as u64);
        if self.left == 0 && read > 0 {
            let megabytes = MOST_UNPACKED >> 20;
            return refuse(format!(
                "it gives more than {megabytes} MB, the most of a packed file or a pipe: unpack it first"
            ));
        }
        if self.since.get() > MOST_IN_ROW + 2 * BUFFER as u64 {
            return refuse(format!(
                "a row is longer than {} MB, the most that is read",
                MOST_IN_ROW >> 20
            ));
        }
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn utf_16_is_known_with_and_without_its_mark() {
        let text = "month,iapt\n2019-01,5\n";
        let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        assert_eq!(encoding_of(&little), Some(UTF_16LE));
        assert_eq!(encoding_of(&big), Some(UTF_16BE));
        assert_eq!(encoding_of(b"\xff\xfem\0"), Some(UTF_16LE));
        for other in [text.as_bytes(), b"\xef\xbb\xbfmonth", b"\x7fELF\x01\0\0\0", b"\0\0\0\0", b""]
        {
            assert_eq!(encoding_of(other), None, "{other:?}");
        }
    }
}
