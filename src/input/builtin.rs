//! Inputs that are compiled in, so that the binary runs anywhere with no files.

use std::collections::BTreeMap;

use super::pack::PackFiles;
use crate::diagnostics::Source;

/// A built-in file: its path in the workspace that `init` writes, and its text.
pub type File = (&'static str, &'static str);

macro_rules! files {
    ($($path:literal),* $(,)?) => {
        &[$(($path, include_str!(concat!("../../", $path)))),*]
    };
}

/// The scenarios.
pub const SCENARIOS: &[File] = files![];

/// The packs, a folder each.
pub const PACKS: &[File] = files![];

/// The baselines.
pub const BASELINES: &[File] = files![];

fn source((path, text): &File) -> Source {
    Source::new(format!("built-in: {path}"), *text)
}

fn stem(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path).trim_end_matches(".toml").trim_end_matches(".csv")
}

/// The scenario `name`.
pub fn scenario(name: &str) -> Option<Source> {
    SCENARIOS.iter().find(|(path, _)| stem(path) == name).map(source)
}

/// The names of all scenarios.
pub fn scenario_names() -> impl Iterator<Item = &'static str> {
    SCENARIOS.iter().map(|(path, _)| stem(path))
}

/// The folder of a pack's file: `data/packs/informed/pack.toml` is of `informed`.
fn folder(path: &str) -> &str {
    path.rsplit('/').nth(1).unwrap_or_default()
}

/// The pack `name`.
pub fn pack(name: &str) -> Option<PackFiles> {
    let files: BTreeMap<String, Source> = PACKS
        .iter()
        .filter(|(path, _)| folder(path) == name)
        .map(|file| (file.0.rsplit('/').next().unwrap_or_default().to_owned(), source(file)))
        .collect();
    (!files.is_empty()).then(|| PackFiles { id: name.to_owned(), folder: None, files })
}

/// The names of all packs.
pub fn pack_names() -> impl Iterator<Item = &'static str> {
    PACKS.iter().filter(|(path, _)| path.ends_with("/pack.toml")).map(|(path, _)| folder(path))
}

/// Every baseline.
pub fn baselines() -> impl Iterator<Item = Source> {
    BASELINES.iter().map(source)
}
