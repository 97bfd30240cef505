//! Inputs that are compiled in, so that the binary runs anywhere with no files.

use std::collections::BTreeMap;

use crate::diagnostics::{BUILT_IN, Source};

/// A built-in file: its path in the workspace that `init` writes, and its text.
pub type File = (&'static str, &'static str);

macro_rules! files {
    ($($path:literal),* $(,)?) => {
        &[$(($path, include_str!(concat!("../../", $path)))),*]
    };
}

/// The scenarios.
pub const SCENARIOS: &[File] = files![
    "scenarios/single-wave.toml",
    "scenarios/two-waves.toml",
    "scenarios/multiple-waves.toml",
    "scenarios/sudden-shock.toml",
    "scenarios/prolonged-pandemic.toml",
    "scenarios/even-ebb.toml",
    "scenarios/incubating-impact.toml",
    "scenarios/fluctuating-fears.toml",
];

/// The packs, a folder each.
pub const PACKS: &[File] = files![
    "data/packs/believed-2021/pack.toml",
    "data/packs/believed-2021/areas.csv",
    "data/packs/believed-2021/conditions.csv",
    "data/packs/believed-2021/drivers.csv",
    "data/packs/believed-2021/exposures.csv",
    "data/packs/believed-2021/families.csv",
    "data/packs/believed-2021/figures.csv",
    "data/packs/believed-2021/groups.csv",
    "data/packs/believed-2021/notes.md",
    "data/packs/believed-2021/routes.csv",
    "data/packs/believed-2021/services.csv",
    "data/packs/believed-2021/strata.csv",
    "data/packs/informed/pack.toml",
    "data/packs/informed/figures.csv",
    "data/packs/informed/learnt.csv",
    "data/packs/informed/notes.md",
];

/// The baselines.
pub const BASELINES: &[File] = files!["data/baselines/england.csv", "data/baselines/bury.csv",];

/// The registry of areas.
pub const REGISTRY: [File; 4] = [
    ("data/areas/areas.csv", include_str!("../../data/areas/areas.csv")),
    ("data/areas/successions.csv", include_str!("../../data/areas/successions.csv")),
    ("data/areas/residents.csv", include_str!("../../data/areas/residents.csv")),
    ("data/areas/referrals.csv", include_str!("../../data/areas/referrals.csv")),
];

/// The published figures that results are held against.
pub const CHECKS: &[File] = files!["data/checks.csv"];

/// Waits as published, and when and where access standards hold.
pub const WAITS: &[File] = files!["data/waits.csv", "data/standards.csv"];

/// The example of a network.
pub const NETWORK: &[File] =
    files!["data/network/services.csv", "data/network/routes.csv", "data/network/arrivals.csv",];

/// The library of levers.
pub const LEVERS: &[File] = files!["data/levers.csv"];

/// JSON schemas of the files that people write, for editors.
pub const SCHEMAS: &[File] = files!["docs/schema/scenario.json", "docs/schema/pack.json"];

/// Every built-in file: its path in a workspace, and its text.
pub fn files() -> impl Iterator<Item = File> {
    SCENARIOS
        .iter()
        .chain(PACKS)
        .chain(BASELINES)
        .chain(LEVERS)
        .chain(CHECKS)
        .chain(WAITS)
        .chain(NETWORK)
        .copied()
}

fn source((path, text): &File) -> Source {
    Source::new(format!("{BUILT_IN}{path}"), *text)
}

/// The hash of a built-in text, by the name of its source.
pub fn sha256(name: &str) -> Option<String> {
    let path = name.strip_prefix(BUILT_IN)?;
    if path == OWN_CURVES_NAME {
        return scenario(OWN_CURVES)?.sha256();
    }
    let file = files().find(|(own, _)| *own == path)?;
    source(&file).sha256()
}

fn stem(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path).trim_end_matches(".toml").trim_end_matches(".csv")
}

/// The scenarios of a run that names none.
pub const DEFAULT_SCENARIOS: [&str; 3] = ["single-wave", "two-waves", "multiple-waves"];

/// The pack of a run that names none.
pub const DEFAULT_PACK: &str = "informed";

/// The scenario of a pack that brings curves of its own.
pub const OWN_CURVES: &str = "own-curves";

const OWN_CURVES_NAME: &str = "the pack's own curves";

/// The scenario `name`.
pub fn scenario(name: &str) -> Option<Source> {
    if name == OWN_CURVES {
        let text = "name = \"The pack's own curves\"\n[exposure]\ncurve = \"pack\"\n";
        return Some(Source::new(format!("{BUILT_IN}{OWN_CURVES_NAME}"), text));
    }
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

/// The files of the pack `name`, by file name.
pub fn pack(name: &str) -> Option<BTreeMap<String, Source>> {
    let files: BTreeMap<String, Source> = PACKS
        .iter()
        .filter(|(path, _)| folder(path) == name)
        .map(|file| (file.0.rsplit('/').next().unwrap_or_default().to_owned(), source(file)))
        .collect();
    (!files.is_empty()).then_some(files)
}

/// The names of all packs.
pub fn pack_names() -> impl Iterator<Item = &'static str> {
    PACKS.iter().filter(|(path, _)| path.ends_with("/pack.toml")).map(|(path, _)| folder(path))
}

/// The published figures that results are held against.
pub fn checks() -> Source {
    CHECKS.iter().map(source).next().unwrap_or_else(|| Source::new("built-in", ""))
}

/// Waits as published.
pub fn waits() -> Source {
    source(&WAITS[0])
}

/// When and where access standards hold.
pub fn standards() -> Source {
    source(&WAITS[1])
}

/// The library of levers.
pub fn levers() -> Source {
    LEVERS.iter().map(source).next().unwrap_or_else(|| Source::new("built-in: data/levers.csv", ""))
}

/// The tables of the registry: areas, successions, residents, referrals.
pub fn registry() -> [Source; 4] {
    REGISTRY.each_ref().map(source)
}

/// Every baseline.
pub fn baselines() -> impl Iterator<Item = Source> {
    BASELINES.iter().map(source)
}
