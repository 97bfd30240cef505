//! `run.json`: the record of a folder of results, by which they can be made again and checked.
//!
//! Written last, by every command that writes a folder: the arguments as they were typed, every file
//! that was read with what it stood for and its hash, and every file that was written with its hash.
//! It alone may name the time.

use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::files::Files;
use crate::diagnostics::{Problem, Source};
use crate::escape;

/// Its name in the folder.
pub const RECORD: &str = "run.json";

/// A file that was read, or a built-in one.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct InputHash {
    /// What named it: an option or an argument; none where another input did, or nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// The path, relative to where the command was run unless it was given whole; or `built-in: …`.
    pub name: String,
    /// SHA-256 of its bytes, in hexadecimal.
    pub sha256: String,
}

/// The command line behind results.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Made {
    /// The verb.
    pub command: String,
    /// Verb, options and arguments as they were typed.
    pub arguments: Vec<String>,
    /// What tells a study from another: its baseline, pack, areas and network.
    pub study: Vec<String>,
}

/// A record as it is written.
#[derive(Debug, Serialize)]
pub(super) struct Record<'a, About> {
    afterwave: &'static str,
    #[serde(flatten)]
    made: &'a Made,
    time: String,
    inputs: &'a [InputHash],
    #[serde(flatten)]
    about: &'a About,
    files: BTreeMap<String, String>,
}

/// Nothing more to be said of a command's results.
#[derive(Debug, Serialize)]
pub struct NoMore {}

impl<'a, About: Serialize> Record<'a, About> {
    pub(super) fn new(
        made: &'a Made,
        inputs: &'a [InputHash],
        about: &'a About,
        files: &Files,
    ) -> Self {
        let hashes = files
            .list
            .iter()
            .map(|(name, own)| (name.to_string_lossy().replace('\\', "/"), own.sha256()));
        Self {
            afterwave: env!("CARGO_PKG_VERSION"),
            made,
            time: jiff::Timestamp::now().to_string(),
            inputs,
            about,
            files: hashes.collect(),
        }
    }

    pub(super) fn text(&self) -> serde_json::Result<String> {
        Ok(escape::json(&serde_json::to_string_pretty(self)?).into_owned() + "\n")
    }
}

/// A record as it is read.
#[derive(Clone, Debug, Deserialize)]
pub struct Recorded {
    /// The version that wrote it.
    pub afterwave: String,
    /// The command line.
    #[serde(flatten)]
    pub made: Made,
    /// What was read.
    pub inputs: Vec<InputHash>,
    /// What was written, without the record itself: names in the folder, and hashes.
    pub files: BTreeMap<PathBuf, String>,
}

impl Recorded {
    /// The record in a folder; none where none can be read.
    pub fn of(folder: &Path) -> Option<Self> {
        Self::read(&folder.join(RECORD)).ok()
    }

    /// Reads a record.
    pub fn read(path: &Path) -> Result<Self, Problem> {
        let place = || Source::new(path.display().to_string(), "").whole();
        let bytes = crate::input::text::bytes(path)?;
        let wrong = |message: String| {
            Problem::error(place(), "is no record of results")
                .read(message)
                .allowed(format!("the {RECORD} that is written beside results"))
        };
        let mut record: Self = serde_json::from_slice(&bytes).map_err(|e| wrong(e.to_string()))?;
        let is_inside =
            |name: &Path| name.components().all(|part| matches!(part, Component::Normal(_)));
        record.files.retain(|name, _| is_inside(name));
        Ok(record)
    }
}
