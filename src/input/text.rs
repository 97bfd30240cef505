//! A text file as bytes to a [`Source`]: encoding, emptiness and binary content are settled here.

use std::fs;
use std::io::Read as _;
use std::path::Path;

use encoding_rs::WINDOWS_1252;

use super::cells;
use super::file::Content;
pub use super::file::unreadable;
use super::table::head;
use crate::checksum::{sha256, sha256_of_file};
use crate::diagnostics::{Problem, Source};

/// Larger text inputs are published statistics, which `import` streams.
const MOST_BYTES: u64 = 64 << 20;

/// Reads a text file: UTF-8 (with or without a byte order mark), UTF-16 with one, or Windows-1252.
pub fn read(path: &Path) -> Result<Source, Problem> {
    let bytes = bytes(path)?;
    let here = || Source::new(path.display().to_string(), "").whole();
    let text = decode(&bytes).ok_or_else(|| {
        Problem::error(here(), "is not text (it holds zero bytes)").allowed("a CSV or TOML file")
    })?;
    if text.trim().is_empty() {
        return Err(
            Problem::error(here(), "is empty").allowed("a CSV or TOML file with text in it")
        );
    }
    Ok(Source::new(path.display().to_string(), text).of_file(sha256(&bytes)))
}

/// The same of a file that an option names: where the file as a whole is wrong, so is the option.
pub fn read_given(option: &str, path: &Path) -> Result<Source, Problem> {
    read(path).map_err(|problem| Problem { place: problem.place.cell(option), ..problem })
}

/// A table that an option names, whatever it is kept in: text or a workbook, packed or not; of a
/// workbook the first sheet in sight that holds a table.
pub fn read_table(option: &str, path: &Path) -> Result<Source, Problem> {
    let of_option = |problem: Problem| Problem { place: problem.place.cell(option), ..problem };
    let name = path.display().to_string();
    let source = Source::new(name.clone(), "");
    if path.is_dir() {
        return read_given(option, path);
    }
    let silent: super::file::Progress = std::sync::Arc::new(|_| {});
    let text = match super::file::open(path, &silent).map_err(of_option)? {
        Content::Workbook(bytes) => {
            cells::sheet_text(bytes, None, &source, is_table).map_err(of_option)?.0
        }
        Content::Text(mut text, since) => {
            let too_large = |problem: Problem| {
                problem
                    .allowed(format!("up to {} MB of text", MOST_BYTES >> 20))
                    .suggest("afterwave import reads published files of any size")
            };
            let mut bytes = Vec::new();
            while bytes.len() as u64 <= MOST_BYTES {
                super::file::count_from_last_line(&bytes, &since);
                let read = text.by_ref().take(1 << 18).read_to_end(&mut bytes);
                let place = source.whole();
                if read.map_err(|e| of_option(too_large(Problem::error(place, e.to_string()))))?
                    == 0
                {
                    break;
                }
            }
            if bytes.len() as u64 > MOST_BYTES {
                let problem = Problem::error(source.whole(), "is too large for an input table");
                return Err(of_option(too_large(problem)));
            }
            decode(&bytes).unwrap_or_default()
        }
    };
    if text.trim().is_empty() {
        let empty = Problem::error(source.whole(), "is empty");
        return Err(of_option(empty.allowed("a CSV file or workbook with a table in it")));
    }
    // What a pipe gave is gone: its text stands for it.
    let hash = if path.is_file() { sha256_of_file(path) } else { Ok(sha256(text.as_bytes())) };
    let unreadable = |error| of_option(unreadable(path, &source.whole(), &error));
    Ok(Source::new(name, text).of_file(hash.map_err(unreadable)?))
}

/// Whether a sheet holds a table: one that names a time, or has columns.
pub(super) fn is_table(text: &str) -> bool {
    let mut reader =
        csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
    let records: Vec<csv::StringRecord> = reader
        .records()
        .flatten()
        .filter(|r| r.iter().any(|c| !c.is_empty()))
        .take(head::LINES)
        .collect();
    let header = records.get(head::heading(&records));
    let is_time = |name: &str| head::is_when(name) || super::dates::is_month_name(name);
    header.is_some_and(|header| {
        let known = ["service", "measure", "from"];
        header.iter().filter(|name| !name.is_empty()).count() > 1
            && header.iter().any(|name| is_time(name) || known.contains(&name))
    })
}

/// Reads a file whole, whatever is in it, as far as one that somebody wrote may go.
pub fn bytes(path: &Path) -> Result<Vec<u8>, Problem> {
    bytes_up_to(path, MOST_BYTES)
}

/// Reads a file whole, up to so many bytes.
pub fn bytes_up_to(path: &Path, most: u64) -> Result<Vec<u8>, Problem> {
    let here = Source::new(path.display().to_string(), "").whole();
    let problem = |message: &str| Problem::error(here.clone(), message);
    let meta = fs::metadata(path).map_err(|error| unreadable(path, &here, &error))?;
    if meta.is_dir() {
        return Err(folder(path, problem("is a folder, not a file")));
    }
    // A pipe or a device has no size of its own: it is read as far as it may go.
    let mut bytes = Vec::new();
    let file = fs::File::open(path).map_err(|error| unreadable(path, &here, &error))?;
    let read = file.take(most + 1).read_to_end(&mut bytes);
    read.map_err(|error| unreadable(path, &here, &error))?;
    if bytes.len() as u64 > most {
        let size = if meta.is_file() { meta.len() } else { most };
        return Err(problem("is too large for an input table")
            .read(format!("{} MB or more", size >> 20))
            .allowed(format!("up to {} MB", most >> 20))
            .suggest("afterwave import reads published files of any size"));
    }
    Ok(bytes)
}

/// What a folder named for a file may be meant for: one of its files, a pack or a network.
fn folder(path: &Path, problem: Problem) -> Problem {
    /// More names are not read.
    const MOST: usize = 12;
    let has = |names: &[&str]| names.iter().all(|name| path.join(name).is_file());
    if has(&["pack.toml"]) {
        return problem.suggest(format!("--pack {}", path.display()));
    }
    if has(&["services.csv", "routes.csv", "arrivals.csv"]) {
        return problem.suggest(format!("afterwave network {}", path.display()));
    }
    let files = fs::read_dir(path).into_iter().flatten().flatten().map(|entry| entry.path());
    let mut files: Vec<String> =
        files.filter(|file| file.is_file()).map(|file| file.display().to_string()).collect();
    files.sort();
    files.truncate(MOST);
    if files.is_empty() { problem } else { problem.allowed(files.join(", ")) }
}

/// Text of unknown encoding, or nothing where the bytes are not text.
pub fn decode(bytes: &[u8]) -> Option<String> {
    if let Some(encoding) = super::file::encoding_of(bytes) {
        return Some(encoding.decode(bytes).0.into_owned());
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    if bytes.contains(&0) {
        return None;
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => Some(text.to_owned()),
        Err(_) => Some(WINDOWS_1252.decode_without_bom_handling(bytes).0.into_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::decode;

    #[test]
    fn encodings_are_recognised() {
        assert_eq!(decode(b"\xef\xbb\xbfmonth").as_deref(), Some("month"));
        assert_eq!(decode(b"caf\xe9 \x96 bar").as_deref(), Some("café – bar"));
        assert_eq!(decode(b"\xff\xfem\0o\0").as_deref(), Some("mo"));
        assert_eq!(decode(b"PK\x03\x04\0\0"), None);
    }
}
