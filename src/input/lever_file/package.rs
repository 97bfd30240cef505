//! A package of levers: what would be bought together, as a file with `name` and `[[lever]]`, and
//! within which `budget` and `[[staff]]`.

use std::path::Path;

use super::{LeverFile, MOST_STAFF, read_lever};
use crate::diagnostics::{Problem, Problems, Source};
use crate::input::document::{Keys, Read, read_document};
use crate::input::text;
use crate::month::FinancialYear;
use crate::study::lever::MOST;
use crate::study::package::{Limits, Posts};

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
    /// What may be spent and who is there.
    pub limits: Limits,
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
        limits: Limits {
            budget: keys.number("budget", 0.0, MOST).map(|budget| budget.value),
            staff: keys.list("staff", |_, keys| posts(keys)).unwrap_or_default(),
        },
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

/// One `[[staff]]`: a financial year, and the posts that can be filled in it.
fn posts(keys: &Keys<'_>) -> Option<Posts> {
    let (year, number) = (keys.text("year"), keys.number("posts", 0.0, MOST_STAFF));
    for (key, is_there, example) in [
        ("year", keys.has("year"), "year = \"2021-22\""),
        ("posts", keys.has("posts"), "posts = 12"),
    ] {
        if !is_there {
            keys.missing(key, example);
        }
    }
    let year = year?;
    let read = FinancialYear::parse(&year.value);
    if read.is_none() {
        keys.problem(
            Problem::error(year.place, "not a financial year")
                .read(&year.value)
                .allowed("April to March, such as 2021-22"),
        );
    }
    Some(Posts { year: read?, posts: number?.value })
}

impl PackageFile {
    /// The names of its levers.
    pub fn names(&self) -> Vec<String> {
        let named = self.named.iter().map(|name| name.value.clone());
        named.chain(self.levers.iter().map(|lever| lever.name().to_owned())).collect()
    }
}
