//! A package of levers: what would be bought together, as a file with `name` and `[[lever]]`.

use std::path::Path;

use super::{LeverFile, read_lever};
use crate::diagnostics::{Problem, Problems, Source};
use crate::input::document::{Read, read_document};
use crate::input::text;

/// A package as written.
#[derive(Debug)]
pub struct PackageFile {
    /// Its text.
    pub source: Source,
    /// Its name; that of the file where it has none.
    pub name: String,
    /// Levers of the library, as they stand there, or of the scenarios.
    pub named: Vec<Read<String>>,
    /// Levers of its own.
    pub levers: Vec<LeverFile>,
}

/// Reads a package.
pub fn read_package(path: &Path, problems: &mut Problems) -> Option<PackageFile> {
    let source = problems.take(text::read_given("--package", path))?;
    let stem = path.file_stem().map(|stem| stem.to_string_lossy().into_owned());
    let package = read_document(&source, problems, |keys| PackageFile {
        source: source.clone(),
        name: keys.text("name").map(|name| name.value).or(stem).unwrap_or_default(),
        named: keys.texts("levers").unwrap_or_default(),
        levers: keys.list("lever", |index, keys| Some(read_lever(index, keys))).unwrap_or_default(),
    })?;
    if package.named.is_empty() && package.levers.is_empty() {
        problems.push(
            Problem::error(source.whole(), "the package has no levers")
                .allowed("`levers`, names of the library, or [[lever]] as in a scenario")
                .suggest("levers = [\"vcse-hub\", \"eip-teams\"]"),
        );
    }
    Some(package)
}

impl PackageFile {
    /// The names of its levers.
    pub fn names(&self) -> Vec<String> {
        let named = self.named.iter().map(|name| name.value.clone());
        named.chain(self.levers.iter().map(|lever| lever.name().to_owned())).collect()
    }
}
